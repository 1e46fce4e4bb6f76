//! Until when an alert is snoozed, as people type it: `2h`, `till 09:00`, `until topped up`, `until next level`.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use vobiz_core::alert::Until;
use vobiz_core::time::{next_local, parse_duration};

use super::hour;
use crate::messages::Reader;

/// The longest snooze.
const LONGEST: TimeDelta = TimeDelta::days(30);
/// What can be written.
pub(super) const FORMS: &str = "Write 2h, till 09:00, until topped up or until next level";

/// Reads the words; `None` where they are something else.
fn read(words: &str, now: DateTime<Utc>, zone: Tz) -> Option<Result<Until, String>> {
    let words = words.to_lowercase();
    let after = ["till ", "until ", "for "].iter().find_map(|before| words.strip_prefix(before));
    let end = after.unwrap_or(&words).trim();
    match end {
        "topped up" | "top-up" | "topup" => return Some(Ok(Until::ToppedUp)),
        "next level" | "the next level" => return Some(Ok(Until::NextLevel)),
        _ => {}
    }
    // A number alone is a time only behind a word such as till.
    if let Some(time) = hour::parse(end).filter(|_| after.is_some() || end.contains([':', 'm'])) {
        return Some(Ok(Until::Time(next_local(now, zone, time))));
    }
    let Some(time) = parse_duration(end) else {
        // No rule is called so.
        return after.map(|end| Err(format!("“{end}” is not a time. {FORMS}.")));
    };
    Some(match TimeDelta::from_std(time) {
        Ok(time) if time > TimeDelta::zero() && time <= LONGEST => Ok(Until::Time(now + time)),
        _ => Err(format!("An alert can be snoozed for 30 days at most, and “{end}” is not within that. {FORMS}.")),
    })
}

/// Splits words into those before the end of a snooze and that end, where there is one.
pub(super) fn split<'a, 'b>(
    words: &'b [&'a str],
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<(&'b [&'a str], Option<Until>), String> {
    for start in 0..words.len() {
        let rest = words[start..].join(" ");
        // The first word is a part of whom they name, whatever else it could mean.
        if let Some(until) = read(&rest, now, zone).filter(|until| start > 0 || until.is_ok()) {
            return Ok((&words[..start], Some(until?)));
        }
    }
    Ok((words, None))
}

/// `until 09:00`, `until it is topped up`
pub(super) fn words(until: Until, reader: &Reader) -> String {
    match until {
        Until::Time(end) => format!("until {}", reader.at(end)),
        Until::ToppedUp => "until it is topped up".to_owned(),
        Until::NextLevel => "until it gets worse".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_an_end_is_understood() {
        let now: DateTime<Utc> = "2026-05-12T04:35:00Z".parse().unwrap();
        let read = |line: &str| {
            let words: Vec<&str> = line.split(' ').collect();
            split(&words, now, Tz::Asia__Kolkata).map(|(before, until)| (before.join(" "), until))
        };
        let rule = || "low balance".to_owned();
        for (line, until) in [
            ("low balance 2h", Until::Time(now + TimeDelta::hours(2))),
            ("low balance till 09:00", Until::Time("2026-05-13T03:30:00Z".parse().unwrap())),
            ("low balance until 11:00", Until::Time("2026-05-12T05:30:00Z".parse().unwrap())),
            ("low balance until Topped Up", Until::ToppedUp),
            ("low balance next level", Until::NextLevel),
        ] {
            assert_eq!(read(line), Ok((rule(), Some(until))), "{line}");
        }
        assert_eq!(read("low balance"), Ok((rule(), None)));
        for (line, words) in [
            ("MA_X 31d", "30 days at most"),
            ("MA_X 0h", "30 days at most"),
            ("MA_X till 25:00", "“25:00” is not a time"),
            ("MA_X low balance for ever", "“ever” is not a time"),
        ] {
            assert!(read(line).unwrap_err().contains(words), "{line}");
        }
        assert_eq!(read("till foods"), Ok(("till foods".to_owned(), None)), "somebody may be called so");
    }
}
