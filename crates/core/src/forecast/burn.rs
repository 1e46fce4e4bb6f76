//! A wallet's spend compared with its own normal: far above is a stuck dialer or fraud, far below is dead air.

use serde::{Deserialize, Serialize};

use super::ahead::Ahead;
use super::estimate::{Ratio, bounded};
use super::forecaster::Forecasts;
use super::profile::Profile;
use super::week::Rates;

/// Hours of mean spend, made or missed, over which the last hours are forgotten.
const MEMORY: f64 = 4.0;
/// Hours on the clock over which spend that was too much is forgotten, and spend that was missed.
const MUCH_MEMORY: f64 = 1.5;
const MISSED_MEMORY: f64 = 48.0;
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

/// How the last hours went in which there was spend, or should have been. Silence in quiet hours proves nothing and mends
/// nothing; what was too much is over when it stops.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Lately(Ratio);

impl Lately {
    /// A part of an hour in which so much was spent and so much expected.
    pub(crate) fn add(&mut self, spent: f64, expected: f64, mean: f64) {
        let traffic = if mean > 0.0 { spent.max(expected) / mean } else { 0.0 };
        self.0.add(spent, expected, traffic, MEMORY);
    }

    /// So many hours passed.
    pub(crate) fn fade(&mut self, hours: f64) {
        let memory = if self.0.spent > self.0.expected { MUCH_MEMORY } else { MISSED_MEMORY };
        self.0.add(0.0, 0.0, hours, memory);
    }

    /// Spent, against what was expected.
    pub(crate) fn ratio(self) -> Ratio {
        self.0
    }
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
