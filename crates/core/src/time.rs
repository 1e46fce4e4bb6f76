//! Instants and calendar days as the API writes them, spans of time as people write them.

use std::time::Duration;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::error::{Error, ErrorKind, Result};

/// Reads an instant: RFC 3339 with `Z` or any offset and 0–9 fraction digits; without a zone it is taken as UTC.
pub fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let instant = match DateTime::parse_from_rfc3339(text) {
        Ok(instant) => instant.with_timezone(&Utc),
        Err(_) => ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
            .into_iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?
            .and_utc(),
    };
    // A year of other than four digits, which an offset alone can make of one, could be written but not read again.
    (0..=9999).contains(&instant.year()).then_some(instant)
}

/// Reads a calendar day, `YYYY-MM-DD`; of an instant, its own day as written.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let day = match text.as_bytes().get(10) {
        None => text,
        Some(b'T' | b' ') => {
            parse_instant(text)?;
            text.get(..10)?
        }
        Some(_) => return None,
    };
    // chrono alone would also take `2026-5-1` and `-2026-5-1`, which the API does not write and a person may mistype.
    let written = day.bytes().map(|sign| if sign.is_ascii_digit() { b'0' } else { sign });
    written.eq(*b"0000-00-00").then(|| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok())?
}

/// Reads a span of time: `90s`, `5m`, `2h`, `1d`, or several parts from the largest unit down, `1h30m`.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut seconds: u64 = 0;
    let mut smallest = u64::MAX;
    while !rest.is_empty() {
        let (digits, tail) = rest.split_at(rest.find(|sign: char| !sign.is_ascii_digit())?);
        let mut signs = tail.chars();
        let unit = match signs.next()? {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            'd' => 24 * 60 * 60,
            _ => return None,
        };
        // `30m1h` and `1h1h` are slips, not spans.
        if unit >= smallest {
            return None;
        }
        smallest = unit;
        seconds = digits.parse::<u64>().ok()?.checked_mul(unit)?.checked_add(seconds)?;
        rest = signs.as_str();
    }
    (smallest != u64::MAX).then(|| Duration::from_secs(seconds))
}

/// The first instant after `now` at which clocks in `zone` show `time`.
///
/// A time that a day skips (clocks set forward) comes when the skipped hour ends; one that a day has
/// twice comes the first time.
pub fn next_local(now: DateTime<Utc>, zone: Tz, time: NaiveTime) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    (0..3)
        .filter_map(|ahead| today.checked_add_days(Days::new(ahead)))
        .map(|day| {
            let shown = day.and_time(time);
            (0..=240)
                .find_map(|minutes| zone.from_local_datetime(&(shown + TimeDelta::minutes(minutes))).earliest())
                .map_or_else(|| shown.and_utc(), |instant| instant.with_timezone(&Utc))
        })
        .find(|instant| *instant > now)
        .unwrap_or(now + TimeDelta::days(1))
}

/// Calendar days from one to another, both included; an open end leaves the choice to the service.
///
/// ```
/// use vobiz_core::DateRange;
/// let april = DateRange::between("2026-04-01".parse()?, "2026-04-30".parse()?);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DateRange {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

impl DateRange {
    /// Both ends given.
    pub fn between(from: NaiveDate, to: NaiveDate) -> Self {
        Self { from: Some(from), to: Some(to) }
    }

    /// The `days` days that end with `last`: seven of them are `last` and the six days before it.
    pub fn ending(last: NaiveDate, days: u32) -> Self {
        let before = Days::new(u64::from(days.saturating_sub(1)));
        Self { from: Some(last.checked_sub_days(before).unwrap_or(NaiveDate::MIN)), to: Some(last) }
    }

    /// The range, unless it ends before it begins.
    pub(crate) fn checked(self, operation: &'static str) -> Result<Self> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from > to => Err(Error::new(
                ErrorKind::Invalid,
                operation,
                format!("the first day ({from}) is after the last ({to}); swap them"),
            )),
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_read_from_the_largest_unit_down() {
        for (text, seconds) in
            [("90s", 90), ("5m", 300), ("2h", 7200), ("1d", 86_400), ("1h30m", 5400), (" 1d1s ", 86_401), ("0s", 0)]
        {
            assert_eq!(parse_duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "5",
            "m",
            "5 m",
            "1.5h",
            "-5m",
            "30m1h",
            "1h1h",
            "5M",
            "5ms",
            "99999999999999999999s",
            "999999999999999999d",
            "५m",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn every_printed_form_is_the_same_instant() {
        let expected = parse_instant("2026-02-06T06:50:07.722963Z").unwrap();
        for text in ["2026-02-06T06:50:07.722963+00:00", "2026-02-06T12:20:07.722963+05:30", "2026-02-06 06:50:07.722963"] {
            assert_eq!(parse_instant(text), Some(expected), "{text}");
        }
        assert!(parse_instant("2026-03-25T10:00:00Z").is_some());
        assert_eq!(parse_instant("yesterday"), None);
    }

    #[test]
    fn a_year_has_four_digits_in_utc_too() {
        for text in ["9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00", "+12026-01-01T00:00:00", "-2026-01-01 00:00:00"] {
            assert_eq!(parse_instant(text), None, "{text}");
        }
        assert!(parse_instant("9999-12-31T23:59:59Z").is_some());
    }

    #[test]
    fn a_day_is_written_with_ten_signs() {
        assert_eq!(parse_day("2026-04-30"), NaiveDate::from_ymd_opt(2026, 4, 30));
        assert_eq!(parse_day("2026-04-30T23:00:00+05:30"), NaiveDate::from_ymd_opt(2026, 4, 30));
        for text in [
            "2026-04-31",
            "2026-4-3",
            "30-04-2026",
            "",
            "2026-04-30x",
            "二〇二六年",
            "-2016-12-3",
            "+2016-12-3",
            "2026- 4-30",
            "12026-4-30",
        ] {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }

    #[test]
    fn the_next_local_time_is_right_across_daylight_saving() {
        for (now, zone, time, expected) in [
            ("2026-05-12T03:29:59Z", Tz::Asia__Kolkata, "09:00", "2026-05-12T03:30:00Z"),
            ("2026-05-12T03:30:00Z", Tz::Asia__Kolkata, "09:00", "2026-05-13T03:30:00Z"),
            // Berlin skips 02:00 to 03:00 on 29 March and has it twice on 25 October.
            ("2026-03-28T12:00:00Z", Tz::Europe__Berlin, "02:30", "2026-03-29T01:00:00Z"),
            ("2026-03-29T12:00:00Z", Tz::Europe__Berlin, "02:30", "2026-03-30T00:30:00Z"),
            ("2026-10-24T12:00:00Z", Tz::Europe__Berlin, "02:30", "2026-10-25T00:30:00Z"),
            ("2026-10-25T00:30:00Z", Tz::Europe__Berlin, "02:30", "2026-10-26T01:30:00Z"),
        ] {
            let now = now.parse().unwrap();
            let time = NaiveTime::parse_from_str(time, "%H:%M").unwrap();
            assert_eq!(next_local(now, zone, time), expected.parse::<DateTime<Utc>>().unwrap(), "{now} {zone} {time}");
        }
    }
}
