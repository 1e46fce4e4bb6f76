//! Instants and calendar days as the API writes them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// Reads an instant: RFC 3339 with `Z` or any offset and 0–9 fraction digits; without a zone it is taken as UTC.
pub fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.with_timezone(&Utc));
    }
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .map(|instant| instant.and_utc())
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
    // chrono alone would also take `2026-5-1`, which the API does not write and a person may mistype.
    if day.len() == 10 { NaiveDate::parse_from_str(day, "%Y-%m-%d").ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_day_is_written_with_ten_signs() {
        assert_eq!(parse_day("2026-04-30"), NaiveDate::from_ymd_opt(2026, 4, 30));
        assert_eq!(parse_day("2026-04-30T23:00:00+05:30"), NaiveDate::from_ymd_opt(2026, 4, 30));
        for text in ["2026-04-31", "2026-4-3", "30-04-2026", "", "2026-04-30x", "二〇二六年"] {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }
}
