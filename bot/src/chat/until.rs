//! Until when an alert is snoozed, as people type it: `2h`, `till 09:00`, `until topped up`, `until next level`.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use vobiz_core::alert::Until;
use vobiz_core::settings::values::clock_time;
use vobiz_core::time::{next_local, parse_duration};

use crate::messages::Reader;

/// The longest snooze.
const LONGEST: TimeDelta = TimeDelta::days(30);
/// What can be written.
pub(super) const FORMS: &str = "Write 2h, till 09:00, until topped up or until next level";

/// Reads the words; `None` where they are something else.
fn read(words: &str, now: DateTime<Utc>, zone: Tz) -> Option<Result<Until, String>> {
    let words = words.to_lowercase();
    let end = ["till ", "until "].iter().find_map(|before| words.strip_prefix(before)).unwrap_or(&words).trim();
    match end {
        "topped up" | "top-up" | "topup" => return Some(Ok(Until::ToppedUp)),
        "next level" | "the next level" => return Some(Ok(Until::NextLevel)),
        _ => {}
    }
    if let Ok(time) = clock_time(end) {
        return Some(Ok(Until::Time(next_local(now, zone, time))));
    }
    let time = TimeDelta::from_std(parse_duration(end)?).ok();
    Some(match time {
        Some(time) if time > TimeDelta::zero() && time <= LONGEST => Ok(Until::Time(now + time)),
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
        if let Some(until) = read(&words[start..].join(" "), now, zone) {
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
        assert!(read("31d").unwrap_err().contains("30 days at most"));
        assert!(read("0h").unwrap_err().contains("30 days at most"));
    }
}
