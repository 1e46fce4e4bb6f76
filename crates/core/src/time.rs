//! Instants and calendar days as the API writes them, spans of time as people write them.

use std::time::Duration;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::error::{Error, ErrorKind, Result};

/// Reads an instant: a day, `T` or a blank, a time with 0 or more digits of fraction, and `Z` or an offset (`+05:30`, `+0530`,
/// `+05`); without a zone it is taken as UTC. A day alone is no instant.
pub fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim().as_bytes();
    let day = day_at(text)?;
    let is_split = matches!(text.get(10)?, b'T' | b't' | b' ') && text.get(13) == Some(&b':');
    let (hour, minute) = (two_digits(text, 11)?, two_digits(text, 14)?);
    let (mut second, mut nanos, mut end) = (0, 0, 16);
    if text.get(16) == Some(&b':') {
        (second, end) = (two_digits(text, 17)?, 19);
        if text.get(19) == Some(&b'.') {
            let digits = text[20..].iter().take_while(|sign| sign.is_ascii_digit()).count();
            nanos = (0..9)
                .fold(0, |nanos, place| nanos * 10 + text[20..20 + digits].get(place).map_or(0, |digit| u32::from(digit - b'0')));
            end = if digits > 0 { 20 + digits } else { return None };
        }
    }
    let offset = offset_seconds(text[end..].trim_ascii_start())?;
    // A leap second is the second before it, gone on for longer.
    let (second, nanos) = if second == 60 { (59, nanos + 1_000_000_000) } else { (second, nanos) };
    let time = NaiveTime::from_hms_nano_opt(hour, minute, second, nanos).filter(|_| is_split)?;
    let instant = day.and_time(time).checked_sub_signed(TimeDelta::seconds(offset))?.and_utc();
    // A year of other than four digits, which an offset alone can make of one, could be written but not read again.
    (0..=9999).contains(&instant.year()).then_some(instant)
}

/// The seconds that a zone is ahead of UTC.
fn offset_seconds(zone: &[u8]) -> Option<i64> {
    let sign = match zone {
        [] | [b'Z' | b'z'] | b"UTC" | b"GMT" => return Some(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let minutes = match zone.len() {
        3 => 0,
        5 => two_digits(zone, 3)?,
        6 if zone[3] == b':' => two_digits(zone, 4)?,
        _ => return None,
    };
    let hours = two_digits(zone, 1)?;
    (hours < 24 && minutes < 60).then(|| sign * i64::from(hours * 60 + minutes) * 60)
}

fn two_digits(text: &[u8], at: usize) -> Option<u32> {
    let digit = |at: usize| text.get(at).filter(|sign| sign.is_ascii_digit()).map(|sign| u32::from(sign - b'0'));
    Some(digit(at)? * 10 + digit(at + 1)?)
}

/// The day in the first ten signs: `YYYY-MM-DD`, and no other form that a person may mistype.
fn day_at(text: &[u8]) -> Option<NaiveDate> {
    if text.get(4) != Some(&b'-') || text.get(7) != Some(&b'-') {
        return None;
    }
    let year = two_digits(text, 0)? * 100 + two_digits(text, 2)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, two_digits(text, 5)?, two_digits(text, 8)?)
}

/// Reads a calendar day, `YYYY-MM-DD`; of an instant, its own day as written.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    if text.len() > 10 {
        parse_instant(text)?;
    }
    day_at(text.as_bytes())
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
/// twice comes the first time. A day that a zone skips as a whole has none.
pub fn next_local(now: DateTime<Utc>, zone: Tz, time: NaiveTime) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    (0..3)
        .filter_map(|ahead| today.checked_add_days(Days::new(ahead)))
        .filter_map(|day| {
            let shown = day.and_time(time);
            let mut later = (0..=240).filter_map(|minutes| shown.checked_add_signed(TimeDelta::minutes(minutes)));
            let instant = later.find_map(|shown| zone.from_local_datetime(&shown).earliest())?;
            (instant.date_naive() == day).then(|| instant.with_timezone(&Utc))
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
        for (text, same) in [
            ("2026-02-06T06:50:07+0000", "2026-02-06T06:50:07Z"),
            ("2026-02-06 12:20:07+05:30", "2026-02-06T06:50:07Z"),
            ("2026-02-06 12:20:07 +0530", "2026-02-06T06:50:07Z"),
            ("2026-02-06 06:50:07.25+00", "2026-02-06T06:50:07.25Z"),
            ("2026-02-06T06:50Z", "2026-02-06T06:50:00Z"),
            ("2026-02-06t06:50:07.123456789999z", "2026-02-06T06:50:07.123456789Z"),
            ("2026-02-06 06:50:07 UTC", "2026-02-06T06:50:07Z"),
        ] {
            assert_eq!(parse_instant(text), Some(same.parse().unwrap()), "{text}");
        }
        for text in [
            "2026-02-06",
            "2026-02-06T",
            "2026-02-06T06",
            "2026-02-06T06:50:07.Z",
            "2026-02-06T24:00:00Z",
            "2026-02-06T06:50:07+24:00",
            "2026-02-06T06:50:07 IST",
            "0000-00-00 00:00:00",
            "2026-02-06T06:50:07Zé",
        ] {
            assert_eq!(parse_instant(text), None, "{text}");
        }
        assert_eq!(parse_instant("yesterday"), None);
    }

    proptest::proptest! {
        #[test]
        fn what_is_read_agrees_with_the_standard(seconds in -62_167_219_200_i64..253_402_300_800, nanos in 0_u32..1_000_000_000, offset in -86_340_i32..86_340) {
            let zone = chrono::FixedOffset::east_opt(offset / 60 * 60).unwrap();
            let instant = DateTime::from_timestamp(seconds, nanos).unwrap();
            let text = instant.with_timezone(&zone).to_rfc3339();
            let expected = DateTime::parse_from_rfc3339(&text).ok().map(|instant| instant.with_timezone(&Utc));
            proptest::prop_assert_eq!(parse_instant(&text), expected.filter(|_| !text.starts_with(['+', '-'])));
        }

        #[test]
        fn no_text_panics(text in "[-+0-9T:. Zé]{0,40}") {
            let _ = (parse_instant(&text), parse_day(&text), parse_duration(&text));
        }
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

    #[test]
    fn each_day_of_a_zone_has_a_local_time_exactly_once() {
        // Apia had no 30 December 2011.
        let missing = NaiveDate::from_ymd_opt(2011, 12, 30).unwrap();
        for zone in [Tz::Europe__Berlin, Tz::America__St_Johns, Tz::Asia__Kolkata, Tz::Pacific__Apia, Tz::Africa__Casablanca] {
            for (year, hour, minute) in [2011, 2026].into_iter().flat_map(|year| [(year, 0, 0), (year, 2, 30), (year, 9, 0)]) {
                let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
                let mut day = NaiveDate::from_ymd_opt(year, 1, 2).unwrap();
                let begin = zone.from_local_datetime(&day.and_hms_opt(0, 0, 0).unwrap()).unwrap();
                let mut now = begin.with_timezone(&Utc) - TimeDelta::seconds(1);
                while day.year() == year {
                    let due = next_local(now, zone, time);
                    if zone == Tz::Pacific__Apia && day == missing {
                        day = day.succ_opt().unwrap();
                    }
                    assert_eq!(due.with_timezone(&zone).date_naive(), day, "{zone} {time} after {now}");
                    (now, day) = (due, day.succ_opt().unwrap());
                }
            }
        }
    }
}
