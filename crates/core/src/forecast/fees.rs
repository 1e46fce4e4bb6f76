//! Fees that come again: seen or announced once, expected from then on.

use serde::{Deserialize, Serialize};

use super::estimate::to_f32;

/// Kinds of fees remembered of one wallet.
const KEPT: usize = 3;

/// How often a fee comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Every {
    /// On the same day of each month.
    Month,
    /// On the same day of each week.
    Week,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Fee {
    amount: f32,
    /// Second on the wall clock at which it is due next.
    due: i64,
    every: Every,
}

/// The fees of one wallet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Fees([Option<Fee>; KEPT]);

impl Fees {
    /// A fee was paid.
    pub(crate) fn paid(&mut self, wall: i64, amount: f64, every: Every) {
        self.expect(wall, next(wall, every), amount, every);
    }

    /// The balance fell by a single step that no ledger explains: most of those are fees by the month. One like it a week
    /// before makes it a fee by the week.
    pub(crate) fn step(&mut self, wall: i64, amount: f64) {
        let a_week_ago = next(wall - 7 * 86_400, Every::Month);
        let is_same = |kept: &Fee| {
            kept.every == Every::Month
                && (kept.due - a_week_ago).abs() <= 86_400 / 2
                && (amount / f64::from(kept.amount).max(f64::MIN_POSITIVE) - 1.0).abs() < 0.3
        };
        if let Some(place) = self.0.iter().position(|kept| kept.as_ref().is_some_and(is_same)) {
            self.0[place] = Some(Fee { amount: to_f32(amount), due: next(wall, Every::Week), every: Every::Week });
            return;
        }
        let is_weekly = |kept: &Fee| kept.every == Every::Week && (kept.due - wall).abs() <= 86_400 / 2;
        let every = if self.0.iter().flatten().any(is_weekly) { Every::Week } else { Every::Month };
        self.paid(wall, amount, every);
    }

    /// So much is known to be due in all: it takes the place of all fees that are expected about then.
    pub(crate) fn due_at(&mut self, wall: i64, amount: f64, every: Every) {
        for kept in &mut self.0 {
            kept.take_if(|kept| kept.every == every && (wall - kept.due).abs() <= 2 * 86_400);
        }
        self.expect(wall, wall, amount, every);
    }

    /// The fee that was due about `wall` is due next at `due`.
    fn expect(&mut self, wall: i64, due: i64, amount: f64, every: Every) {
        let fee = Fee { amount: to_f32(amount), due, every };
        let is_same = |kept: &Fee| kept.every == every && (wall - kept.due).abs() <= 2 * 86_400;
        let known = self.0.iter().position(|kept| kept.as_ref().is_some_and(is_same));
        let place = known.or_else(|| self.0.iter().position(Option::is_none)).unwrap_or_else(|| self.last_due());
        self.0[place] = Some(fee);
    }

    /// Of a full set the place of the fee that is due last.
    fn last_due(&self) -> usize {
        (0..KEPT).max_by_key(|place| self.0[*place].map(|fee| fee.due)).unwrap_or(0)
    }

    /// What is due from `from` on, twice of each kind, as seconds on the wall clock and amounts.
    pub(crate) fn due(&self, from: i64) -> DueFees {
        let mut found = DueFees::default();
        for (place, fee) in self.0.iter().flatten().enumerate() {
            let due = if fee.due + 86_400 < from { next(fee.due, fee.every) } else { fee.due.max(from) };
            found[2 * place] = Some((due, f64::from(fee.amount)));
            found[2 * place + 1] = Some((next(due, fee.every), f64::from(fee.amount)));
        }
        found
    }
}

/// Fees to come: second on the wall clock, amount.
pub(crate) type DueFees = [Option<(i64, f64)>; 2 * KEPT];

fn next(wall: i64, every: Every) -> i64 {
    let months = |at: chrono::DateTime<chrono::Utc>| at.checked_add_months(chrono::Months::new(1));
    match every {
        Every::Week => wall + 7 * 86_400,
        Every::Month => chrono::DateTime::from_timestamp(wall, 0).and_then(months).map_or(i64::MAX / 4, |at| at.timestamp()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    /// 2026-08-31, a Monday, 10:00.
    const FIRST: i64 = 1_788_170_400;

    fn due(fees: &Fees, from: i64) -> Vec<(i64, f64)> {
        fees.due(from).into_iter().flatten().collect()
    }

    #[test]
    fn a_weekly_fee_is_due_each_seven_days_and_a_monthly_one_on_the_last_day_of_a_short_month() {
        let mut fees = Fees::default();
        fees.paid(FIRST, 20.0, Every::Week);
        assert_eq!(due(&fees, FIRST), [(FIRST + 7 * DAY, 20.0), (FIRST + 14 * DAY, 20.0)]);
        let mut fees = Fees::default();
        fees.paid(FIRST, 500.0, Every::Month);
        assert_eq!(due(&fees, FIRST), [(FIRST + 30 * DAY, 500.0), (FIRST + 60 * DAY, 500.0)], "30 September, 30 October");
    }

    #[test]
    fn what_is_late_is_due_now_for_a_day_and_then_the_next_time() {
        let mut fees = Fees::default();
        fees.paid(FIRST, 20.0, Every::Week);
        let expected = FIRST + 7 * DAY;
        assert_eq!(due(&fees, expected + DAY), [(expected + DAY, 20.0), (expected + 8 * DAY, 20.0)]);
        assert_eq!(due(&fees, expected + DAY + 1)[0], (expected + 7 * DAY, 20.0));
    }

    #[test]
    fn a_fee_within_two_days_of_when_it_was_due_is_the_same_one_with_another_amount() {
        for (late, count) in [(0, 1), (2 * DAY, 1), (-2 * DAY, 1), (2 * DAY + 1, 2), (-2 * DAY - 1, 2)] {
            let mut fees = Fees::default();
            fees.paid(FIRST, 20.0, Every::Week);
            fees.paid(FIRST + 7 * DAY + late, 25.0, Every::Week);
            assert_eq!(fees.0.iter().flatten().count(), count, "{late} seconds late");
            assert!(fees.0.iter().flatten().any(|fee| fee.amount.to_bits() == 25_f32.to_bits()));
        }
        let mut fees = Fees::default();
        fees.paid(FIRST, 20.0, Every::Week);
        fees.paid(FIRST + 7 * DAY, 20.0, Every::Month);
        assert_eq!(fees.0.iter().flatten().count(), 2, "another interval is another fee");
    }

    #[test]
    fn a_step_is_expected_again_in_a_month_and_after_two_of_them_each_week() {
        let mut fees = Fees::default();
        fees.step(FIRST, 500.0);
        assert_eq!(due(&fees, FIRST)[0], (FIRST + 30 * DAY, 500.0));
        fees.step(FIRST + 7 * DAY + 300, 510.0);
        assert_eq!(due(&fees, FIRST + 7 * DAY + 300), [(FIRST + 14 * DAY + 300, 510.0), (FIRST + 21 * DAY + 300, 510.0)]);
        fees.step(FIRST + 14 * DAY, 505.0);
        assert_eq!(due(&fees, FIRST + 14 * DAY)[0], (FIRST + 21 * DAY, 505.0));
        fees.step(FIRST + 16 * DAY, 90.0);
        assert_eq!(fees.0.iter().flatten().count(), 2, "another one");
    }

    #[test]
    fn of_a_fourth_fee_the_third_is_forgotten() {
        let mut fees = Fees::default();
        for (days, amount) in [(0, 1.0), (10, 2.0), (20, 3.0), (25, 4.0)] {
            fees.paid(FIRST + days * DAY, amount, Every::Month);
        }
        let amounts: Vec<_> = fees.0.iter().flatten().map(|fee| f64::from(fee.amount)).collect();
        assert_eq!(amounts, [1.0, 2.0, 4.0]);
    }
}
