//! What a fall of the balance is: calls, a burst of them, or a single step.
//!
//! Two intervals that both fall far are a burst. One that falls far beyond the falls that this wallet knows, and then
//! stops, is a fee, a bill or a theft: no rate follows from it, and it is no habit of calling.

use serde::{Deserialize, Serialize};

use super::estimate::to_f32;

/// A step is at least so many times the largest usual fall, and so many hours of mean spend.
const STEP_TIMES: f64 = 4.0;
const STEP_HOURS: f64 = 2.0;
/// A burst of falls so many times the largest usual one is not what this wallet does.
const UNKNOWN_TIMES: f64 = 1.5;
/// The next interval of a burst falls at least at this part of the rate.
const GOES_ON: f64 = 1.0 / 3.0;
/// Steps within about ten days above which they are how this wallet spends: one long call now and then.
const MANY_STEPS: f32 = 4.0;
const STEPS_MEMORY: f64 = 24.0 * 14.0;
/// Hours over which the largest fall is forgotten.
const LARGEST_MEMORY: f64 = 24.0 * 30.0;
/// A burst of so many hours is no burst any more but the new usual.
const BURST_HOURS: f32 = 6.0;

/// The falls between two readings that a wallet knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Falls {
    /// The largest usual one.
    largest: f32,
    /// The smallest one: about the price of a call.
    smallest: f32,
    /// Single steps, older ones for less.
    steps: f32,
    /// Hours of the burst under way.
    burst: f32,
}

impl Falls {
    /// Whether a fall is so large that the next reading must say whether it is a step.
    pub(crate) fn is_far(self, fall: f64, mean: f64) -> bool {
        !self.is_bursting() && fall > STEP_TIMES * f64::from(self.largest) && fall > STEP_HOURS * mean
    }

    /// Whether a far fall stopped at once. A wallet that often falls so spends so.
    pub(crate) fn is_step(&mut self, fall: f64, rate: f64, next_rate: f64) -> bool {
        if next_rate > GOES_ON * rate {
            return false;
        }
        self.steps += 1.0;
        if self.steps < MANY_STEPS {
            return true;
        }
        self.largest = self.largest.max(to_f32(fall));
        false
    }

    /// An interval of ordinary calls.
    pub(crate) fn usual(&mut self, fall: f64, hours: f64) {
        let keep = |memory: f64| to_f32((-hours.max(0.0) / memory).exp());
        if self.steps > 0.0 {
            self.steps *= keep(STEPS_MEMORY);
        }
        self.burst = 0.0;
        if fall > 0.0 {
            let fall = to_f32(fall);
            self.largest = (self.largest * keep(LARGEST_MEMORY)).max(fall);
            self.smallest = if self.smallest > 0.0 { (self.smallest * 1.02).min(fall) } else { fall };
        }
    }

    /// Whether this wallet never fell so far before: campaigns that come again are a habit, a stuck dialer is none.
    pub(crate) fn is_unknown(self, fall: f64) -> bool {
        fall > UNKNOWN_TIMES * f64::from(self.largest)
    }

    /// Whether a burst is under way.
    pub(crate) fn is_bursting(self) -> bool {
        self.burst > 0.0
    }

    /// An interval of a burst; whether it is still one, and not the new usual.
    pub(crate) fn burst(&mut self, hours: f64) -> bool {
        self.burst += to_f32(hours);
        self.burst < BURST_HOURS
    }

    /// Whether so little cannot pay for a call.
    pub(crate) fn cannot_pay(self, balance: f64) -> bool {
        balance <= 0.0 || balance < f64::from(self.smallest) * 0.5
    }
}
