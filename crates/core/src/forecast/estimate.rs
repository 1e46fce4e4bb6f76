//! Estimates and how they are combined. They are finite by construction: what is stored is clamped, and no ratio is
//! larger than [`LARGEST_RATIO`].

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

/// Beyond this a ratio says no more than "far too much".
const LARGEST_RATIO: f64 = 1e6;
/// Beyond this an amount of a wallet is taken for this.
const LARGEST: f64 = 1e18;

/// The powers of ten by which a decimal is scaled: at most the 28th.
const POWERS: [f64; 29] = {
    let mut powers = [1.0; 29];
    let mut place = 1;
    while place < powers.len() {
        powers[place] = powers[place - 1] * 10.0;
        place += 1;
    }
    powers
};

/// A time until a wallet is empty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Hours on the clock.
    pub hours: f64,
    /// Working hours among them.
    pub working: f64,
}

/// What was spent, against what was expected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ratio {
    pub(crate) spent: f32,
    pub(crate) expected: f32,
}

impl Ratio {
    /// Adds what was spent and expected in so many hours, and forgets what lies `memory` hours back.
    pub(crate) fn add(&mut self, spent: f64, expected: f64, hours: f64, memory: f64) {
        // After a clock was set back, hours are below zero, and forgetting must not become growing.
        let keep = (-hours.max(0.0) / memory).exp();
        self.spent = to_f32(f64::from(self.spent) * keep + spent);
        self.expected = to_f32(f64::from(self.expected) * keep + expected);
    }

    /// Spent ÷ expected, where expected is `scale` times what it was thought to be, drawn towards 1 by a `prior` spend.
    pub(crate) fn factor(self, scale: f64, prior: f64) -> f64 {
        let (spent, expected) = (f64::from(self.spent), f64::from(self.expected) * scale);
        if expected + prior > 0.0 { bounded((spent + prior) / (expected + prior)) } else { 1.0 }
    }
}

/// An amount as an estimate takes it.
pub(crate) fn amount(amount: Decimal) -> f64 {
    // The conversion of the library reads the 96 bits of any decimal; nearly all amounts fit into fewer.
    match i64::try_from(amount.mantissa()) {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        Ok(mantissa) => mantissa as f64 / POWERS[amount.scale() as usize % POWERS.len()],
        Err(_) => amount.to_f64().unwrap_or_default(),
    }
}

/// A ratio that is finite and not negative.
pub(crate) fn bounded(ratio: f64) -> f64 {
    if ratio.is_nan() { 1.0 } else { ratio.clamp(0.0, LARGEST_RATIO) }
}

/// The mean of something seen `weight` times and of something worth `prior` sightings.
pub(crate) fn blend(own: f64, weight: f64, other: f64, prior: f64) -> f64 {
    (own * weight + other * prior) / (weight + prior)
}

/// An estimate as it is stored: always a finite number.
#[expect(clippy::cast_possible_truncation, reason = "an estimate, kept small on purpose")]
pub(crate) fn to_f32(value: f64) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(-LARGEST, LARGEST) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_finite_whatever_it_is_made_from() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN] {
            assert!(to_f32(value).is_finite() && bounded(value).is_finite(), "{value}");
        }
        let mut ratio = Ratio { spent: f32::MAX, expected: 0.0 };
        ratio.add(f64::MAX, 0.0, 1.0, 4.0);
        assert!(ratio.factor(1.0, f64::MIN_POSITIVE).is_finite());
    }

    #[test]
    fn an_amount_is_what_the_library_makes_of_it() {
        for text in [
            "0",
            "-0.01",
            "1234.56",
            "-21474836.48",
            "999999.99999",
            "79228162514264337593543950335",
            "0.0000000000000000000000000001",
        ] {
            let decimal: Decimal = text.parse().unwrap();
            let (own, library) = (amount(decimal), decimal.to_f64().unwrap());
            assert!((own - library).abs() <= library.abs() * 1e-15, "{text}: {own} {library}");
        }
    }

    #[test]
    fn hours_below_zero_forget_nothing_and_make_nothing_grow() {
        let mut ratio = Ratio { spent: 3.0, expected: 2.0 };
        ratio.add(0.0, 0.0, -100_000.0, 1.5);
        assert_eq!(ratio, Ratio { spent: 3.0, expected: 2.0 });
    }
}
