//! A wallet's spend compared with its own normal: far above is a stuck dialer or fraud, far below is dead air.

use super::ahead::Ahead;
use super::estimate::bounded;
use super::forecaster::Forecasts;
use super::profile::Profile;
use super::week::Rates;

/// Spend that is set against what the last hours show: so many hours of the mean, and so much of an hour's noise.
const MEAN_PRIOR: f64 = 0.5;
const NOISE_PRIOR: f64 = 2.0;

/// A wallet's spend compared with its own normal. All of it is estimate, in units of the wallet's currency.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Burn {
    /// Times the normal spend, drawn towards 1 where the last hours prove little: finite, never negative.
    ///
    /// Where next to nothing is normal, at night, a burst is set against a part of the wallet's mean hour instead.
    /// What is missing is believed only of a wallet that was seen for a week and has money to spend. It
    /// stays missing until there is spend again: a night in which nothing was expected mends nothing.
    pub ratio: f64,
    /// Spend per hour now.
    pub rate: f64,
    /// Spend per hour that is normal at this hour, the recent days included.
    pub normal: f64,
}

impl Forecasts<'_> {
    /// A wallet's spend compared with its own normal for the hour; `None` while too little is known of it.
    pub fn burn(&self, auth_id: &str) -> Option<Burn> {
        let (wallet, ahead) = self.wallet(auth_id)?;
        wallet.profile.burn(ahead, &wallet.rates)
    }
}

impl Profile {
    fn burn(&self, ahead: &Ahead, rates: &Rates) -> Option<Burn> {
        let now = ahead.slots.first().filter(|_| self.is_known())?;
        let level = self.level_factor();
        let normal = f64::from(rates[now.hour]) * level;
        let against = self.usual(now.hour, level * self.today_factor(level, rates), rates);
        let burst = self.burst(against);
        if burst > 0.0 {
            return Some(Burn { ratio: bounded((against + burst) / against), rate: against + burst, normal });
        }
        let prior = self.mean() * MEAN_PRIOR + f64::from(self.noise) * NOISE_PRIOR;
        let ratio = self.lately(rates).factor(level, prior);
        let ratio = if self.can_be_missed() { ratio } else { ratio.max(1.0) };
        Some(Burn { ratio, rate: ratio * normal, normal })
    }
}
