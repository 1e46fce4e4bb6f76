//! What a wallet will spend in so many hours, as a range.

use super::ahead::{Ahead, today_holds};
use super::business::hour_of_week;
use super::chance::range;
use super::conformal::Conformal;
use super::estimate::to_f32;
use super::profile::Profile;
use super::week::Rates;

impl Profile {
    /// The 10, 50 and 90 % quantiles of what is spent in so many hours, fees included; `None` while too little was seen.
    pub(crate) fn spend(&self, hours: f64, ahead: &Ahead, rates: &Rates) -> Option<[f64; 3]> {
        let outlook = self.outlook(ahead, rates)?;
        let (mut calls, mut fees) = (0.0, 0.0);
        for slot in ahead.slots.iter().take_while(|slot| slot.after < hours) {
            let part = ((hours - slot.after) / slot.length.max(f64::MIN_POSITIVE)).min(1.0);
            calls += outlook.calls(slot) * part;
            fees += outlook.fees_in(slot);
        }
        Some(range(outlook.variance, outlook.noise, calls, self.range.width(hours)).map(|calls| calls + fees))
    }

    /// The spend on calls to expect in so many hours from an hour on.
    pub(super) fn calls_ahead(&self, hour: i64, hours: i64, rates: &Rates) -> f64 {
        let level = self.level_factor();
        let today = self.today_factor(level, rates);
        let calls = (hour..hour + hours).zip(today_holds());
        calls.map(|(hour, holds)| f64::from(rates[hour_of_week(hour * 3600)]) * level * (1.0 + (today - 1.0) * holds)).sum()
    }

    /// The ends of the range of that spend.
    pub(super) fn range_ahead(&self, hour: i64, hours: u8, widths: &Conformal, rates: &Rates) -> [f32; 2] {
        let calls = self.calls_ahead(hour, hours.into(), rates);
        let [low, _, high] = range(self.error.into(), self.noise.into(), calls, widths.width(hours.into()));
        [to_f32(low), to_f32(high)]
    }
}
