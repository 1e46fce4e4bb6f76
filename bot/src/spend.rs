//! What a wallet spent in a time, from its recorded balances, and what it usually spends then.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use vobiz_core::billing::sum as exact_sum;

use crate::store::Past;

/// How long after its begin a time may be read first.
const LATE: TimeDelta = TimeDelta::minutes(30);

/// What was spent in a time, beside what is usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spent {
    pub(crate) now: Decimal,
    /// The median of the same time on earlier days, and how many of them are known.
    pub(crate) usual: Option<(Decimal, usize)>,
}

/// What was spent from an instant to another, beside the same time on each of so many days before. `None` where the time was
/// not recorded.
pub(crate) fn beside_other_days(past: &Past, from: DateTime<Utc>, to: DateTime<Utc>, days: u32) -> Option<Spent> {
    let now = between(past, from, to)?;
    let shifted = |day: u32| {
        let shift = TimeDelta::days(day.into());
        between(past, from.checked_sub_signed(shift)?, to.checked_sub_signed(shift)?)
    };
    let mut before: Vec<Decimal> = (1..=days).filter_map(shifted).collect();
    before.sort_unstable();
    let usual = before.get(before.len() / 2).map(|median| (*median, before.len()));
    Some(Spent { now, usual })
}

/// The falls of a balance in a time: money paid in is left out. `None` where the wallet was not read at its begin, or where that
/// sum has more digits than a number holds.
fn between(past: &Past, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Decimal> {
    let mut last = past.before;
    let (mut sum, mut begun) = (Decimal::ZERO, last.map(|_| DateTime::<Utc>::MIN_UTC));
    for (at, balance) in &past.changes {
        let Some(balance) = *balance else { continue };
        if *at > to {
            break;
        }
        begun = begun.or(Some(*at));
        if let Some(last) = last.filter(|last| *at > from && *last > balance) {
            sum = exact_sum(sum, exact_sum(last, -balance).ok()?).ok()?;
        }
        last = Some(balance);
    }
    begun.filter(|begun| *begun <= from + LATE && *begun <= to).map(|_| sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn past(before: Option<i64>, changes: &[(&str, Option<i64>)]) -> Past {
        let changes = changes.iter().map(|(time, balance)| (at(time), balance.map(Decimal::from))).collect();
        Past { before: before.map(Decimal::from), changes }
    }

    #[test]
    fn what_was_spent_is_the_sum_of_the_falls_beside_top_ups_and_gaps() {
        let past = past(
            None,
            &[
                ("2026-05-11T10:00:00Z", Some(900)),
                ("2026-05-11T13:00:00Z", Some(800)),
                ("2026-05-11T19:00:00Z", None),
                ("2026-05-11T20:00:00Z", Some(500)),
                ("2026-05-11T20:30:00Z", Some(5500)),
                ("2026-05-11T21:00:00Z", Some(5450)),
            ],
        );
        let (midnight, now) = (at("2026-05-11T18:30:00Z"), at("2026-05-11T22:00:00Z"));
        assert_eq!(between(&past, midnight, now), Some(350.into()));
        assert_eq!(between(&past, midnight - TimeDelta::days(1), now), None, "recording began later");
        assert_eq!(between(&Past::default(), midnight, now), None);
    }

    #[test]
    fn the_same_time_of_earlier_days_is_what_is_usual() {
        let past = past(
            Some(1000),
            &[
                ("2026-05-08T02:00:00Z", Some(990)),
                ("2026-05-09T02:00:00Z", Some(960)),
                ("2026-05-10T02:00:00Z", Some(940)),
                ("2026-05-10T09:00:00Z", Some(100)),
                ("2026-05-11T02:00:00Z", Some(-5)),
            ],
        );
        let spent = beside_other_days(&past, at("2026-05-11T00:00:00Z"), at("2026-05-11T03:00:00Z"), 3);
        assert_eq!(spent, Some(Spent { now: 105.into(), usual: Some((20.into(), 3)) }));
        let alone = beside_other_days(&past, at("2026-05-11T00:00:00Z"), at("2026-05-11T03:00:00Z"), 0);
        assert_eq!(alone, Some(Spent { now: 105.into(), usual: None }));
    }

    #[test]
    fn a_sum_that_no_number_holds_is_unknown() {
        let day = ["2026-05-12T00:00:00Z", "2026-05-12T06:00:00Z", "2026-05-12T12:00:00Z", "2026-05-12T18:00:00Z"].map(at);
        let balances = [Decimal::MAX, Decimal::ZERO, Decimal::MAX, Decimal::ZERO];
        let changes = day.into_iter().zip(balances).map(|(at, balance)| (at, Some(balance))).collect();
        assert_eq!(between(&Past { before: Some(Decimal::MAX), changes }, day[0], day[3]), None);
    }
}
