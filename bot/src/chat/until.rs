//! Until when an alert is snoozed, as people type it: `2h`, `till 09:00`, `until topped up`, `until next level`.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use vobiz_core::alert::Until;
use vobiz_core::time::{next_local, parse_duration};

use super::{find, hour};

/// The longest snooze.
const LONGEST: TimeDelta = TimeDelta::days(30);
/// What can be written.
pub(super) const FORMS: &str = "Write 2h, till 09:00, until topped up or until next level";

/// What words after whom and what they name are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Read {
    Until(Until),
    /// A time that no snooze may have, and why.
    Refused(String),
    /// No time, although a word such as till is before it, and so why: it can be a part of a name too.
    Unreadable(String),
}

/// Reads the words; `None` where they are something else.
fn read(words: &str, now: DateTime<Utc>, zone: Tz) -> Option<Read> {
    let words = words.to_lowercase();
    let after = ["till ", "until ", "for "].iter().find_map(|before| words.strip_prefix(before));
    let end = after.unwrap_or(&words).trim();
    match end {
        "topped up" | "top-up" | "topup" => return Some(Read::Until(Until::ToppedUp)),
        "next level" | "the next level" => return Some(Read::Until(Until::NextLevel)),
        _ => {}
    }
    // A number alone is a time only behind a word such as till.
    if let Some(time) = hour::parse(end).filter(|_| after.is_some() || end.contains([':', 'm'])) {
        return Some(Read::Until(Until::Time(next_local(now, zone, time))));
    }
    let Some(time) = parse_duration(end) else {
        return after.map(|end| Read::Unreadable(format!("“{end}” is not a time. {FORMS}.")));
    };
    Some(match TimeDelta::from_std(time) {
        Ok(time) if time > TimeDelta::zero() && time <= LONGEST => Read::Until(Until::Time(now + time)),
        _ => Read::Refused(format!("An alert can be snoozed for 30 days at most, and “{end}” is not within that. {FORMS}.")),
    })
}

/// Splits words into those before the end of a snooze and that end, where there is one. What is the name of a rule is no end,
/// whatever it could mean, and neither is what names somebody together with the words before it.
pub(super) fn split<'a, 'b>(
    words: &'b [&'a str],
    rules: &[&str],
    is_somebody: impl Fn(&str) -> bool,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<(&'b [&'a str], Option<Until>), String> {
    let mut unreadable = None;
    for start in behind_a_rule(words, rules).unwrap_or(0)..words.len() {
        match read(&words[start..].join(" "), now, zone) {
            Some(Read::Until(until)) => return Ok((&words[..start], Some(until))),
            // The first word is a part of whom they name, whatever else it could mean.
            _ if start == 0 => {}
            Some(Read::Refused(why)) => return Err(why),
            Some(Read::Unreadable(why)) => unreadable = unreadable.or(Some(why)),
            None => {}
        }
    }
    match unreadable {
        Some(why) if !is_somebody(&words.join(" ")) => Err(why),
        _ => Ok((words, None)),
    }
}

/// Where a rule that is behind the first word ends: the first one, and of those that begin there the longest.
fn behind_a_rule(words: &[&str], rules: &[&str]) -> Option<usize> {
    (1..words.len()).find_map(|start| {
        let is_rule = |end: &usize| rules.iter().any(|rule| find::is_same(rule, &words[start..*end].join(" ")));
        (start + 1..=words.len()).rev().find(is_rule)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_an_end_is_understood() {
        let now: DateTime<Utc> = "2026-05-12T04:35:00Z".parse().unwrap();
        let rules = ["low balance", "runway 24h", "no calls for an hour"];
        let read = |line: &str| {
            let words: Vec<&str> = line.split(' ').collect();
            let is_somebody = |who: &str| who == "Foods for All";
            split(&words, &rules, is_somebody, now, Tz::Asia__Kolkata).map(|(before, until)| (before.join(" "), until))
        };
        let two_hours = Until::Time(now + TimeDelta::hours(2));
        for (line, until) in [
            ("low balance 2h", two_hours),
            ("low balance till 09:00", Until::Time("2026-05-13T03:30:00Z".parse().unwrap())),
            ("low balance until 11:00", Until::Time("2026-05-12T05:30:00Z".parse().unwrap())),
            ("low balance until Topped Up", Until::ToppedUp),
            ("low balance next level", Until::NextLevel),
        ] {
            assert_eq!(read(line), Ok(("low balance".to_owned(), Some(until))), "{line}");
        }
        for (line, before, until) in [
            ("low balance", "low balance", None),
            ("till foods", "till foods", None),
            ("2h", "", Some(two_hours)),
            ("MA_X runway 24h", "MA_X runway 24h", None),
            ("MA_X runway 24h 2h", "MA_X runway 24h", Some(two_hours)),
            ("calls no calls for an hour", "calls no calls for an hour", None),
            ("calls No calls for an hour for 2h", "calls No calls for an hour", Some(two_hours)),
            ("Foods for All", "Foods for All", None),
            ("Foods for All 2h", "Foods for All", Some(two_hours)),
            ("Foods for All low balance 2h", "Foods for All low balance", Some(two_hours)),
        ] {
            assert_eq!(read(line), Ok((before.to_owned(), until)), "{line}");
        }
        for (line, words) in [
            ("MA_X 31d", "30 days at most"),
            ("MA_X 0h", "30 days at most"),
            ("MA_X till 25:00", "“25:00” is not a time"),
            ("MA_X low balance for ever", "“ever” is not a time"),
        ] {
            assert!(read(line).unwrap_err().contains(words), "{line}");
        }
    }
}
