//! How often a wallet's range held, and how wide it must be to hold in eight cases of ten.
//!
//! Adaptive conformal inference: each miss widens the range by four times what each hit narrows it, so that in the long run
//! one case in five misses, whatever the wallet's spend is distributed like.

use serde::{Deserialize, Serialize};

/// How far one outcome moves the logarithm of the width.
const STEP: f32 = 0.1;
/// The part of outcomes that should miss.
const MISSES: f32 = 0.2;
/// Bounds of the logarithm of the width.
const NARROWEST: f32 = -1.5;
const WIDEST: f32 = 1.5;
/// Outcomes that are counted.
const COUNTED: u8 = 50;

/// The record of one wallet's range. All zero while nothing was judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Conformal {
    /// Logarithm of the width, in units of the profile's own error and noise.
    log_width: f32,
    /// The last outcomes, the newest in the lowest bit: 1 where the range held.
    outcomes: u64,
    judged: u8,
}

/// How often a range of this wallet held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RangeRecord {
    /// In how many of the last cases that were judged.
    pub held: u8,
    /// How many cases that is: at most the last 50.
    pub of: u8,
}

impl Conformal {
    /// By how much the range is wider than error and noise alone make it.
    pub(super) fn width(self) -> f64 {
        // A database may hold what is no number.
        let log_width = if self.log_width.is_nan() { 0.0 } else { self.log_width };
        f64::from(log_width.clamp(NARROWEST, WIDEST)).exp()
    }

    /// A range held, or did not.
    pub(super) fn judge(&mut self, held: bool) {
        let shift = if held { -STEP * MISSES } else { STEP * (1.0 - MISSES) };
        self.log_width = (self.log_width + shift).clamp(NARROWEST, WIDEST);
        self.outcomes = self.outcomes << 1 | u64::from(held);
        self.judged = self.judged.min(COUNTED - 1) + 1;
    }

    /// How often it held lately; `None` before it was judged once.
    pub(super) fn record(self) -> Option<RangeRecord> {
        let of = self.judged.min(COUNTED);
        let counted = self.outcomes & ((1 << of) - 1);
        let held = u8::try_from(counted.count_ones()).unwrap_or(of);
        (of > 0).then_some(RangeRecord { held, of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_fifty_outcomes_are_counted() {
        let mut range = Conformal::default();
        assert_eq!(range.record(), None);
        range.judge(false);
        assert_eq!(range.record(), Some(RangeRecord { held: 0, of: 1 }));
        for _ in 0..49 {
            range.judge(true);
        }
        assert_eq!(range.record(), Some(RangeRecord { held: 49, of: 50 }));
        range.judge(true);
        assert_eq!(range.record(), Some(RangeRecord { held: 50, of: 50 }), "the oldest is forgotten");
    }

    #[test]
    fn the_width_settles_where_one_case_in_five_misses() {
        // Errors of ten sizes by turns: a range holds where it is at least as wide as the error.
        let (mut range, mut held) = (Conformal::default(), 0);
        for case in 0_u32..4000 {
            let is_held = range.width() >= 0.35 + f64::from(case * 7 % 10) * 0.2;
            held += u32::from(is_held && case >= 1000);
            range.judge(is_held);
        }
        assert!((2340..=2460).contains(&held), "{held} of 3000");
    }

    #[test]
    fn the_width_is_bounded_whatever_comes() {
        for is_held in [true, false] {
            let mut range = Conformal::default();
            (0..10_000).for_each(|_| range.judge(is_held));
            assert!((0.2..5.0).contains(&range.width()), "{}", range.width());
        }
    }
}
