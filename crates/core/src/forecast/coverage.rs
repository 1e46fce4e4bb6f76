//! How long the partner's own money covers what its customers are expected to spend.

use rust_decimal::Decimal;

use super::ahead::{Ahead, Slot};
use super::business::HOUR;
use super::estimate::amount;
use super::forecaster::{Forecasts, Wallet};

const DAY_HOURS: f64 = 24.0;
const WEEK_DAYS: f64 = 7.0;

/// The partner's money compared with what customers are expected to spend on calls and to pay in fees.
///
/// All of it is estimate, in units of the currency that the amounts were given in.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Coverage {
    /// Days until the money is used if it pays for all of that, hour by hour; at most as many as were asked for.
    pub days: f64,
    /// What the customers' wallets will lack by the next working morning; what one has left over helps no other.
    pub needed: f64,
    /// Hours until work begins that morning.
    pub morning_hours: f64,
    /// Expected spend and fees a day, over the next seven days.
    pub per_day: f64,
    /// Customers of whom too little is known; nothing is expected of them.
    pub unknown: usize,
}

impl Forecasts<'_> {
    /// How far `money` covers what these customers, each with the balance of its wallet, are expected to spend. Looks at
    /// most `days` ahead, and no further than any forecast does.
    ///
    /// `None` where too little is known of every one of them.
    pub fn coverage<'s>(
        &self,
        customers: impl Iterator<Item = (&'s str, Decimal)>,
        money: Decimal,
        days: f64,
    ) -> Option<Coverage> {
        let days = days.max(0.0);
        let (forecaster, ahead) = self.all()?;
        let morning_hours = forecaster.business().next_opening(ahead.slots.first()?.wall);
        let mut demand = Demand::new(ahead, morning_hours, days);
        let (mut needed, mut known, mut unknown) = (0.0, 0_usize, 0_usize);
        for (auth_id, balance) in customers {
            let until_morning = self.wallet(auth_id).and_then(|(wallet, _)| demand.add(wallet));
            match until_morning.zip(Some(amount(balance))) {
                Some((until_morning, balance)) => {
                    known += 1;
                    needed += (until_morning - balance).max(0.0);
                }
                None => unknown += 1,
            }
        }
        let days = demand.covered(amount(money), days);
        (known > 0).then(|| Coverage { days, needed, morning_hours, per_day: demand.per_day(), unknown })
    }
}

/// What all customers together are expected to spend in each of the hours to come.
struct Demand<'a> {
    ahead: &'a Ahead,
    morning: f64,
    spend: Vec<f64>,
}

impl<'a> Demand<'a> {
    fn new(ahead: &'a Ahead, morning: f64, days: f64) -> Self {
        let wanted = (days.max(WEEK_DAYS) * DAY_HOURS).max(morning);
        let slots = ahead.slots.iter().take_while(|slot| slot.after < wanted).count();
        Self { ahead, morning, spend: vec![0.0; slots] }
    }

    /// One more wallet: what it is expected to spend until the morning. `None` while too little is known of it.
    fn add(&mut self, wallet: &Wallet) -> Option<f64> {
        let outlook = wallet.profile.outlook(self.ahead, &wallet.rates)?;
        let mut until_morning = 0.0;
        for (sum, slot) in self.spend.iter_mut().zip(&self.ahead.slots) {
            let calls = outlook.calls(slot);
            *sum += calls;
            until_morning += calls * part_before(slot, self.morning);
        }
        let begins = self.ahead.slots.first()?.wall;
        for (due, fee) in outlook.fees() {
            let hour = usize::try_from(due.div_euclid(HOUR) - begins.div_euclid(HOUR)).ok();
            if let Some((hour, sum)) = hour.and_then(|hour| Some((hour, self.spend.get_mut(hour)?))) {
                *sum += fee;
                until_morning += if self.ahead.slots.get(hour)?.after < self.morning { fee } else { 0.0 };
            }
        }
        Some(until_morning)
    }

    /// Days until `money` is used.
    fn covered(&self, money: f64, days: f64) -> f64 {
        let mut left = money.max(0.0);
        for (spend, slot) in self.spend.iter().zip(&self.ahead.slots) {
            if left <= *spend {
                let part = if left > 0.0 { left / spend } else { 0.0 };
                return ((slot.after + part * slot.length) / DAY_HOURS).min(days);
            }
            left -= spend;
        }
        (self.ahead.hours() / DAY_HOURS).min(days)
    }

    fn per_day(&self) -> f64 {
        let week = WEEK_DAYS * DAY_HOURS;
        let spend = self.spend.iter().zip(&self.ahead.slots).map(|(spend, slot)| spend * part_before(slot, week));
        spend.sum::<f64>() / WEEK_DAYS
    }
}

/// What part of an hour to come lies before so many hours from now.
fn part_before(slot: &Slot, hours: f64) -> f64 {
    ((hours - slot.after) / slot.length).clamp(0.0, 1.0)
}
