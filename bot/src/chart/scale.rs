//! Axes: how far they reach, and where their lines are.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// Lines above zero that an axis aims at.
const LINES: i64 = 3;

/// An axis that holds zero and every value.
pub(super) struct Scale {
    lowest: Decimal,
    highest: Decimal,
    ticks: Vec<(Decimal, String)>,
}

impl Scale {
    /// The axis for these values, its lines at least `smallest` apart and labelled by `label`.
    pub(super) fn over(values: &[Option<Decimal>], smallest: Decimal, label: impl Fn(Decimal) -> String) -> Self {
        let ends = |(low, high): (Decimal, Decimal), value: &Decimal| (low.min(*value), high.max(*value));
        let (low, high) = values.iter().flatten().fold((Decimal::ZERO, Decimal::ZERO), ends);
        let reach = high.max(low.abs()).max(Decimal::ONE);
        let step = step(reach).max(smallest);
        let lines = |end: Decimal| (end / step).ceil().to_i64().unwrap_or(LINES);
        let ticks: Vec<_> = (-lines(low.abs())..=lines(high).max(1))
            .filter_map(|line| step.checked_mul(Decimal::from(line)))
            .map(|value| (value, label(value)))
            .collect();
        let ends =
            |pick: fn(Decimal, Decimal) -> Decimal, start: Decimal| ticks.iter().fold(start, |end, (value, _)| pick(end, *value));
        Self { lowest: ends(Decimal::min, low), highest: ends(Decimal::max, high), ticks }
    }

    /// The lines, lowest first.
    pub(super) fn ticks(&self) -> &[(Decimal, String)] {
        &self.ticks
    }

    /// How far up the axis a value is, 0 to 1. This is geometry: no amount comes out of it.
    pub(super) fn share(&self, value: Decimal) -> f64 {
        self.share_of(number(value))
    }

    /// The same for an estimate.
    pub(super) fn share_of(&self, value: f64) -> f64 {
        let reach = number(self.highest) - number(self.lowest);
        if reach > 0.0 { ((value - number(self.lowest)) / reach).clamp(0.0, 1.0) } else { 0.0 }
    }
}

fn number(value: Decimal) -> f64 {
    value.to_f64().unwrap_or_default()
}

/// A round distance between lines: 1, 2 or 5 times a power of ten.
fn step(reach: Decimal) -> Decimal {
    let mut power = Decimal::new(1, 2);
    loop {
        for factor in [1, 2, 5].map(Decimal::from) {
            match power.checked_mul(factor) {
                Some(step) if step.checked_mul(Decimal::from(LINES)).is_none_or(|most| most >= reach) => return step,
                Some(_) => {}
                None => return power,
            }
        }
        match power.checked_mul(Decimal::TEN) {
            Some(more) => power = more,
            None => return power,
        }
    }
}

/// A number of days as a place on the picture.
pub(super) fn pixels(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_round_and_hold_every_value() {
        for (values, expected) in [
            (vec!["0"], vec!["0", "1"]),
            (vec!["69"], vec!["0", "50", "100"]),
            (vec!["7.21", "26.48"], vec!["0", "10", "20", "30"]),
            (vec!["6867", "150"], vec!["0", "5000", "10000"]),
            (vec!["-3", "12"], vec!["-5", "0", "5", "10", "15"]),
        ] {
            let scale = Scale::over(&values.iter().map(|value| value.parse().ok()).collect::<Vec<_>>(), Decimal::ONE, |value| {
                value.normalize().to_string()
            });
            assert_eq!(scale.ticks().iter().map(|(_, label)| label.as_str()).collect::<Vec<_>>(), expected, "{values:?}");
        }
    }

    #[test]
    fn the_largest_amount_still_has_an_axis() {
        let scale = Scale::over(&[Some(Decimal::MAX), Some(Decimal::MIN)], Decimal::ONE, |value| value.to_string());
        assert!((0.0..=1.0).contains(&scale.share(Decimal::MAX)));
        assert!(scale.ticks().len() < 12);
    }
}
