//! The last hours of a wallet in which there was spend, or should have been.

use serde::{Deserialize, Serialize};

use super::estimate::Ratio;

/// Hours of mean spend, made or missed, over which the last hours are forgotten.
const MEMORY: f64 = 4.0;
/// Hours on the clock over which spend that was too much is forgotten, and spend that was missed.
const MUCH_MEMORY: f64 = 1.5;
const MISSED_MEMORY: f64 = 48.0;

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
