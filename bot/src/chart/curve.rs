//! A balance over time as pieces without a gap.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

/// Balances over a time in which the wallet was read all along.
pub(crate) type Segment = Vec<(DateTime<Utc>, Decimal)>;

/// What happened to what is known of a balance; at one instant in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// It is read again, and is what it was before.
    Back,
    Read(Decimal),
    Lost,
}

/// The pieces of a balance from an instant to another. `before` is what it was at the start, `changes` are without a balance
/// where one sweep did not read it, `gaps` are times without a sweep, and `every` is the time between two sweeps.
pub(crate) fn segments(
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    before: Option<Decimal>,
    changes: &[(DateTime<Utc>, Option<Decimal>)],
    gaps: &[(DateTime<Utc>, DateTime<Utc>)],
    every: TimeDelta,
) -> Vec<Segment> {
    let mut events: Vec<(DateTime<Utc>, Event)> = before.map(|balance| (from, Event::Read(balance))).into_iter().collect();
    for (at, balance) in changes {
        match balance {
            Some(balance) => events.push((*at, Event::Read(*balance))),
            None => events.extend([(*at, Event::Lost), (at.checked_add_signed(every).unwrap_or(*at), Event::Back)]),
        }
    }
    events.extend(gaps.iter().flat_map(|(begin, end)| [(*begin, Event::Lost), (*end, Event::Back)]));
    events.retain(|(at, _)| *at >= from && *at <= to);
    events.sort_unstable();
    let (mut segments, mut open, mut last): (Vec<Segment>, Segment, Option<Decimal>) = (Vec::new(), Vec::new(), None);
    for (at, event) in events {
        match event {
            Event::Read(balance) => {
                last = Some(balance);
                open.push((at, balance));
            }
            Event::Back if open.is_empty() => open.extend(last.map(|balance| (at, balance))),
            Event::Back => {}
            Event::Lost => {
                if !open.is_empty() {
                    open.extend(last.map(|balance| (at, balance)));
                    segments.push(std::mem::take(&mut open));
                }
            }
        }
    }
    if !open.is_empty() {
        open.extend(last.map(|balance| (to, balance)));
        segments.push(open);
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000 + minute * 60, 0).unwrap()
    }

    /// Pieces as minutes and balances.
    fn pieces(before: Option<i64>, changes: &[(i64, Option<i64>)], gaps: &[(i64, i64)]) -> Vec<Vec<(i64, i64)>> {
        let changes: Vec<_> = changes.iter().map(|(minute, balance)| (at(*minute), balance.map(Decimal::from))).collect();
        let gaps: Vec<_> = gaps.iter().map(|(from, to)| (at(*from), at(*to))).collect();
        let found = segments((at(0), at(60)), before.map(Decimal::from), &changes, &gaps, TimeDelta::minutes(5));
        let minute = |instant: DateTime<Utc>| (instant - at(0)).num_minutes();
        let point = |(instant, balance): &(DateTime<Utc>, Decimal)| (minute(*instant), i64::try_from(*balance).unwrap());
        found.iter().map(|segment| segment.iter().map(point).collect()).collect()
    }

    #[test]
    fn a_balance_holds_until_it_changes_and_is_unknown_where_it_was_not_read() {
        assert_eq!(pieces(None, &[], &[]), Vec::<Vec<_>>::new());
        assert_eq!(pieces(Some(9), &[], &[]), [[(0, 9), (60, 9)]]);
        assert_eq!(pieces(None, &[(10, Some(7))], &[]), [[(10, 7), (60, 7)]], "one sample");
        assert_eq!(
            pieces(Some(9), &[(10, Some(7)), (20, None), (25, Some(6))], &[]),
            [vec![(0, 9), (10, 7), (20, 7)], vec![(25, 7), (25, 6), (60, 6)]]
        );
        assert_eq!(pieces(Some(9), &[(40, Some(1))], &[(10, 40)]), [vec![(0, 9), (10, 9)], vec![(40, 9), (40, 1), (60, 1)]]);
        assert_eq!(pieces(None, &[(10, None)], &[]), Vec::<Vec<_>>::new());
        assert_eq!(pieces(None, &[(-5, Some(1)), (99, Some(2))], &[(-9, 70)]), Vec::<Vec<_>>::new(), "outside");
    }
}
