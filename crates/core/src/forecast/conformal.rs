//! How often a wallet's ranges held, and how wide they must be to hold in eight cases of ten.
//!
//! Adaptive conformal inference, for each of three horizons: each miss widens the range by four times what each hit narrows
//! it, so that in the long run one case in five misses, whatever the wallet's spend is distributed like.

use serde::{Deserialize, Serialize};

/// Hours for which spend is forecast and judged, each so many times a week. Between two of them, widths lie between theirs.
const HORIZONS: [u8; 3] = [4, 12, 56];
/// The horizon whose outcomes are counted.
const RECORDED: usize = 1;
/// How far one outcome moves the logarithm of the width, at first and in the end, in thousandths.
const FIRST_STEP: i16 = 300;
const LAST_STEP: i16 = 80;
/// Hits that narrow a range as far as one miss widens it.
const HITS: i16 = 4;
/// Bound of the logarithm of the width, in thousandths.
const WIDEST: i16 = 2000;
/// Outcomes that are counted.
const COUNTED: u8 = 50;
/// Parts of an hour in which it is counted how much was seen, and how many of ten must have been.
const PARTS: u8 = 4;
const LEAST_SEEN: u16 = 9;

/// The record of one wallet's ranges. All zero while nothing was judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Conformal {
    horizons: [Horizon; HORIZONS.len()],
    /// The last outcomes, the newest in the lowest bit: 1 where the range held.
    outcomes: u64,
}

/// The ranges of one horizon, and the forecast whose hours are not over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Horizon {
    /// Logarithm of the width, in units of the profile's own error and noise, in thousandths.
    log_width: i16,
    /// How many were judged, up to as many as are counted.
    judged: u8,
    /// Quarters of an hour that were seen of the forecast.
    seen: u8,
    /// What is left to spend until its low end and its high one.
    low: f32,
    high: f32,
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
    /// By how much the range of so many hours is wider than error and noise alone make it.
    pub(super) fn width(&self, hours: f64) -> f64 {
        let mut before: Option<(f64, f64)> = None;
        for (at, width) in HORIZONS.map(f64::from).into_iter().zip(self.horizons.map(Horizon::log_width)) {
            if hours <= at {
                let (from, narrow) = before.unwrap_or((at, width));
                let part = if at > from { (hours / from).ln() / (at / from).ln() } else { 0.0 };
                return (narrow + (width - narrow) * part).exp();
            }
            before = Some((at, width));
        }
        before.map_or(1.0, |(_, width)| width.exp())
    }

    /// So much was spent in an hour, of which such a part was seen.
    pub(super) fn spent(&mut self, spent: f32, seen: f32) {
        let whole = [0.125, 0.375, 0.625, 0.875].iter().filter(|least| seen >= **least).count();
        for horizon in &mut self.horizons {
            horizon.low -= spent;
            horizon.high -= spent;
            horizon.seen = horizon.seen.saturating_add(u8::try_from(whole).unwrap_or(PARTS));
        }
    }

    /// What was forecast can no longer be judged.
    pub(super) fn abandon(&mut self) {
        for horizon in &mut self.horizons {
            horizon.seen = 0;
        }
    }

    /// An hour begins, as counted since 1970: judges the forecasts that end with it, and makes new ones in their place.
    pub(super) fn enter(&mut self, hour: i64, mut forecast: impl FnMut(&Self, u8) -> [f32; 2]) {
        for (place, hours) in HORIZONS.into_iter().enumerate().filter(|(_, hours)| hour.rem_euclid((*hours).into()) == 0) {
            let Horizon { seen, low, high, .. } = self.horizons[place];
            if u16::from(seen) * 10 >= u16::from(PARTS) * u16::from(hours) * LEAST_SEEN {
                self.judge(place, low <= 0.0 && high >= 0.0);
            }
            let [low, high] = forecast(self, hours);
            let horizon = &mut self.horizons[place];
            (horizon.seen, horizon.low, horizon.high) = (0, low, high);
        }
    }

    /// A range of a horizon held, or did not.
    fn judge(&mut self, place: usize, held: bool) {
        let horizon = &mut self.horizons[place];
        let step = (FIRST_STEP / (1 + i16::from(horizon.judged) / 4)).max(LAST_STEP);
        let shift = if held { -step / (HITS + 1) } else { step * HITS / (HITS + 1) };
        horizon.log_width = horizon.log_width.saturating_add(shift).clamp(-WIDEST, WIDEST);
        horizon.judged = horizon.judged.min(COUNTED - 1) + 1;
        if place == RECORDED {
            self.outcomes = self.outcomes << 1 | u64::from(held);
        }
    }

    /// How often ranges of half a day held lately; `None` before one was judged.
    pub(super) fn record(&self) -> Option<RangeRecord> {
        let of = self.horizons[RECORDED].judged.min(COUNTED);
        let counted = self.outcomes & ((1 << of) - 1);
        let held = u8::try_from(counted.count_ones()).unwrap_or(of);
        (of > 0).then_some(RangeRecord { held, of })
    }
}

impl Horizon {
    /// Bounded, whatever a database holds.
    fn log_width(self) -> f64 {
        f64::from(self.log_width.clamp(-WIDEST, WIDEST)) / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_fifty_outcomes_of_half_a_day_are_counted() {
        let mut range = Conformal::default();
        assert_eq!(range.record(), None);
        range.judge(0, true);
        assert_eq!(range.record(), None, "of four hours");
        range.judge(RECORDED, false);
        assert_eq!(range.record(), Some(RangeRecord { held: 0, of: 1 }));
        for _ in 0..49 {
            range.judge(RECORDED, true);
        }
        assert_eq!(range.record(), Some(RangeRecord { held: 49, of: 50 }));
        range.judge(RECORDED, true);
        assert_eq!(range.record(), Some(RangeRecord { held: 50, of: 50 }), "the oldest is forgotten");
    }

    #[test]
    fn the_width_settles_where_one_case_in_five_misses() {
        // Errors of ten sizes by turns: a range holds where it is at least as wide as the error.
        let (mut range, mut held) = (Conformal::default(), 0);
        for case in 0_u32..4000 {
            let is_held = range.width(4.0) >= 0.35 + f64::from(case * 7 % 10) * 0.2;
            held += u32::from(is_held && case >= 1000);
            range.judge(0, is_held);
        }
        assert!((2340..=2460).contains(&held), "{held} of 3000");
    }

    #[test]
    fn a_forecast_is_judged_when_its_hours_are_over_and_were_seen() {
        let forecast = |_: &Conformal, hours: u8| [f32::from(hours), f32::from(hours) * 2.0];
        let judged = |spent: f32, seen: f32, is_abandoned: bool| {
            let mut range = Conformal::default();
            for hour in 0..=12 {
                range.enter(hour, forecast);
                range.spent(spent, seen);
                if is_abandoned && hour == 2 {
                    range.abandon();
                }
            }
            range.record()
        };
        assert_eq!(judged(1.5, 1.0, false), Some(RangeRecord { held: 1, of: 1 }));
        assert_eq!(judged(0.9, 1.0, false), Some(RangeRecord { held: 0, of: 1 }));
        assert_eq!(judged(2.1, 1.0, false), Some(RangeRecord { held: 0, of: 1 }));
        assert_eq!(judged(1.5, 0.5, false), None, "half of it was not seen");
        assert_eq!(judged(1.5, 1.0, true), None, "it could not spend");
    }

    #[test]
    fn between_two_horizons_the_width_lies_between_theirs() {
        let mut range = Conformal::default();
        (0..50).for_each(|_| range.judge(1, false));
        let widths = [1.0, 4.0, 8.0, 12.0, 24.0, 56.0, 400.0].map(|hours| range.width(hours));
        assert!(widths[0].to_bits() == widths[1].to_bits() && widths[1] < widths[2] && widths[2] < widths[3], "{widths:?}");
        assert!(widths[3] > widths[4] && widths[4] > widths[5] && widths[5].to_bits() == widths[6].to_bits(), "{widths:?}");
    }

    #[test]
    fn the_width_is_bounded_whatever_comes() {
        for is_held in [true, false] {
            let mut range = Conformal::default();
            (0..10_000).for_each(|_| range.judge(0, is_held));
            assert!((0.1..8.0).contains(&range.width(0.0)), "{}", range.width(0.0));
        }
    }
}
