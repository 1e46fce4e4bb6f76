//! Which answer rates are out of their usual range, with the evidence needed to say so.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::tally::{Group, Tally};

/// Quantile of the normal distribution for an interval that covers 95 %.
const USUAL: f64 = 1.959_963_984_540_054;
/// The same for 99.9 %: many groups are looked at, and few of them may be findings by chance.
const STRICT: f64 = 3.290_526_731_491_926;
/// Groups of one kind that are needed to know what is usual.
const PEERS: usize = 7;
/// How many robust standard deviations around the median are usual.
const WIDTH: f64 = 3.0;
/// Scales a median absolute deviation to a standard deviation.
const TO_DEVIATION: f64 = 1.4826;
/// The least distance from the median that matters, in percent points.
const LEAST: f64 = 2.0;

/// The range in which a rate probably lies, in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Wilson's interval that covers 95 %, in percent. `None` without calls, and where more were answered than there were.
///
/// ```
/// let interval = vobiz_core::billing::wilson(8, 10).unwrap();
/// assert!((interval.low - 49.0).abs() < 0.1 && (interval.high - 94.3).abs() < 0.1);
/// ```
pub fn wilson(answered: u64, total: u64) -> Option<Interval> {
    interval(answered, total, USUAL)
}

#[expect(clippy::cast_precision_loss, reason = "a rate of more calls than 2⁵³ is no less exact for it")]
fn interval(answered: u64, total: u64, z: f64) -> Option<Interval> {
    if total == 0 || answered > total {
        return None;
    }
    let (n, share) = (total as f64, answered as f64 / total as f64);
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 100.0 / (1.0 + z * z / n);
    Some(Interval { low: ((middle - half) * scale).max(0.0), high: ((middle + half) * scale).min(100.0) })
}

/// A group of calls whose rate is out of its usual range.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What the calls have in common.
    pub group: Group,
    /// Its value.
    pub key: String,
    /// The day; `None` of hours.
    pub day: Option<NaiveDate>,
    /// Calls.
    pub total: u64,
    /// Answered calls; of a hangup cause, calls that ended so.
    pub answered: u64,
    /// Percent of them.
    pub rate: f64,
    /// Where the rate probably lies, given so many calls (99.9 %).
    pub interval: Interval,
    /// The usual range: of the other days of the same customer, direction or cause, of the other days, or of the other hours.
    pub usual: Interval,
}

/// Groups out of their usual range, the farthest first. Few calls are no finding: the interval of a group's rate has to lie
/// outside the range of its peers, three robust standard deviations and at least two points around their median.
pub fn quality(tallies: &[Tally]) -> Vec<Finding> {
    let mut series: BTreeMap<(Group, &str), Vec<&Tally>> = BTreeMap::new();
    for tally in tallies {
        let key = match tally.group {
            Group::Day | Group::Hour => "",
            Group::Direction | Group::Customer | Group::Cause => &tally.key,
        };
        series.entry((tally.group, key)).or_default().push(tally);
    }
    let mut found: Vec<Finding> = series.into_values().flat_map(|peers| of_series(&peers)).collect();
    let distance = |finding: &Finding| (finding.usual.low - finding.interval.high).max(finding.interval.low - finding.usual.high);
    found.sort_by(|one, other| distance(other).total_cmp(&distance(one)));
    found
}

fn of_series(peers: &[&Tally]) -> Vec<Finding> {
    let rates: Vec<(usize, f64)> = peers
        .iter()
        .enumerate()
        .filter_map(|(place, tally)| Some((place, wilson(tally.answered, tally.total).map(|_| rate(tally))?)))
        .collect();
    let mut found = Vec::new();
    for (place, own) in &rates {
        let others: Vec<f64> = rates.iter().filter(|(other, _)| other != place).map(|(_, rate)| *rate).collect();
        let Some((usual, tally)) = usual_range(others).zip(peers.get(*place)) else { continue };
        let Some(range) = interval(tally.answered, tally.total, STRICT) else { continue };
        if range.high < usual.low || range.low > usual.high {
            found.push(Finding {
                group: tally.group,
                key: tally.key.clone(),
                day: tally.day,
                total: tally.total,
                answered: tally.answered,
                rate: *own,
                interval: range,
                usual,
            });
        }
    }
    found
}

#[expect(clippy::cast_precision_loss, reason = "see `interval`")]
fn rate(tally: &Tally) -> f64 {
    tally.answered as f64 * 100.0 / tally.total as f64
}

fn usual_range(mut rates: Vec<f64>) -> Option<Interval> {
    if rates.len() < PEERS {
        return None;
    }
    let middle = median(&mut rates)?;
    let mut distances: Vec<f64> = rates.iter().map(|rate| (rate - middle).abs()).collect();
    let half = (median(&mut distances)? * TO_DEVIATION * WIDTH).max(LEAST);
    Some(Interval { low: (middle - half).max(0.0), high: (middle + half).min(100.0) })
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(of: u32, answered: u64, total: u64) -> Tally {
        let day = NaiveDate::from_ymd_opt(2026, 4, of).unwrap();
        Tally { group: Group::Day, key: day.to_string(), day: Some(day), total, answered }
    }

    #[test]
    fn few_calls_are_no_finding_and_many_are() {
        let usual = (1..=20).map(|of| day(of, 600 + u64::from(of % 5) * 4, 1_000));
        let with = |odd: Tally| quality(&usual.clone().chain([odd]).collect::<Vec<_>>());
        assert!(with(day(21, 2, 10)).is_empty(), "two of ten say little");
        assert!(with(day(21, 598, 1_000)).is_empty());
        let found = with(day(21, 400, 1_000));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].key, "2026-04-21");
        assert!(found[0].interval.high < found[0].usual.low);
    }

    #[test]
    fn without_peers_nothing_is_usual() {
        assert!(quality(&[day(1, 0, 10_000), day(2, 9_000, 10_000)]).is_empty());
        assert!(quality(&[]).is_empty());
    }

    #[test]
    fn an_interval_stays_within_what_a_rate_can_be() {
        for (answered, total) in [(0, 1), (1, 1), (0, 1_000_000), (5, 5)] {
            let range = wilson(answered, total).unwrap();
            assert!(range.low >= 0.0 && range.high <= 100.0 && range.low < range.high, "{range:?}");
        }
        assert_eq!((wilson(0, 0), wilson(2, 1)), (None, None));
    }
}
