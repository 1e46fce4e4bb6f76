//! Business time: the hours of the week in a zone, and which of them somebody works.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, NaiveDate, Offset as _, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

/// Hours of a week.
pub(crate) const WEEK: usize = 168;
/// Seconds.
pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 24 * HOUR;

/// When people work, and in which zone: what *four working hours* means, and which hour of the week an instant is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Business {
    /// The zone of days and hours.
    pub zone: Tz,
    /// The days on which people work.
    pub days: BTreeSet<u8>,
    /// Minute of the day at which work begins.
    pub opens: u32,
    /// Minute of the day at which it ends.
    pub closes: u32,
    /// Days on which nobody works.
    pub holidays: BTreeSet<NaiveDate>,
}

impl Default for Business {
    /// Monday to Saturday, 09:00–19:00, Asia/Kolkata.
    fn default() -> Self {
        Self { zone: Tz::Asia__Kolkata, days: (0..6).collect(), opens: 9 * 60, closes: 19 * 60, holidays: BTreeSet::new() }
    }
}

impl Business {
    /// Seconds east of UTC at an instant.
    fn offset(&self, at: DateTime<Utc>) -> i64 {
        i64::from(self.zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
    }

    /// Seconds since 1970 on the wall clock.
    pub(crate) fn wall(&self, at: DateTime<Utc>) -> i64 {
        at.timestamp() + self.offset(at)
    }

    /// Whether people work on a day.
    pub fn works_on(&self, day: NaiveDate) -> bool {
        let weekday = day.weekday().num_days_from_monday();
        u8::try_from(weekday).is_ok_and(|weekday| self.days.contains(&weekday)) && !self.holidays.contains(&day)
    }

    /// Working time between two instants; nothing where the second is not later.
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
        let (from, to) = (self.wall(from), self.wall(to));
        let mut worked = 0;
        let mut midnight = from - from.rem_euclid(DAY);
        while midnight < to {
            worked += self.worked(midnight, from, to);
            midnight += DAY;
        }
        TimeDelta::seconds(worked)
    }

    /// Hours from `now` to the close of the next working day after today, a day at least.
    pub(crate) fn next_close(&self, now: DateTime<Utc>) -> f64 {
        let from = self.wall(now);
        let today = from - from.rem_euclid(DAY);
        let next = (1..60).map(|days| today + days * DAY).find(|day| day_of(*day).is_some_and(|day| self.works_on(day)));
        as_hours(next.unwrap_or(today + DAY) + i64::from(self.closes) * 60 - from).max(24.0)
    }

    /// Hours from a second on the wall clock to the next opening after it; the next midnight where nobody ever works.
    pub(crate) fn next_opening(&self, from: i64) -> f64 {
        let today = from - from.rem_euclid(DAY);
        let days = (0..60).map(|days| today + days * DAY).filter(|day| day_of(*day).is_some_and(|day| self.works_on(day)));
        let next = days.map(|day| day + i64::from(self.opens) * 60).find(|opens| *opens > from);
        as_hours(next.unwrap_or(today + DAY) - from)
    }

    /// The last time, on the wall clock, that it was this minute of a working day; `None` where nobody worked for 60 days.
    pub(crate) fn last(&self, minute: u32, now: DateTime<Utc>) -> Option<i64> {
        let now = self.wall(now);
        let today = now - now.rem_euclid(DAY);
        let days = (0..60).map(|days| today - days * DAY).filter(|day| day_of(*day).is_some_and(|day| self.works_on(day)));
        days.map(|day| day + i64::from(minute) * 60).find(|at| *at <= now)
    }

    /// Working seconds of the day that begins at `midnight`, within `from..to`; all on the wall clock.
    pub(crate) fn worked(&self, midnight: i64, from: i64, to: i64) -> i64 {
        let opens = (midnight + i64::from(self.opens) * 60).max(from);
        let closes = (midnight + i64::from(self.closes) * 60).min(to);
        if closes > opens && day_of(midnight).is_some_and(|day| self.works_on(day)) { closes - opens } else { 0 }
    }
}

/// Hour of the week of a second on the wall clock: 0 is Monday 00:00.
pub(crate) fn hour_of_week(wall: i64) -> usize {
    // 1970 began on a Thursday.
    usize::try_from((wall.div_euclid(HOUR) + 3 * 24).rem_euclid(168)).unwrap_or(0)
}

fn day_of(wall: i64) -> Option<NaiveDate> {
    DateTime::from_timestamp(wall, 0).map(|at| at.date_naive())
}

#[expect(clippy::cast_precision_loss, reason = "spans of at most a year, in seconds")]
pub(crate) fn as_hours(seconds: i64) -> f64 {
    seconds as f64 / 3600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_hour_of_the_week_begins_on_monday_on_the_wall_clock() {
        let business = Business::default();
        for (instant, hour) in [
            ("2026-08-30T18:29:59Z", 167),
            ("2026-08-30T18:30:00Z", 0),
            ("2026-08-31T05:29:59Z", 10),
            ("2026-08-31T05:30:00Z", 11),
            ("1970-01-01T00:00:00Z", 3 * 24 + 5),
            ("1969-12-28T18:30:00Z", 0),
        ] {
            assert_eq!(hour_of_week(business.wall(at(instant))), hour, "{instant}");
        }
    }

    #[test]
    fn the_next_close_is_that_of_the_working_day_after_today_and_a_day_away_at_least() {
        let business = Business::default();
        for (now, hours) in [
            ("2026-08-31T03:30:00Z", 34.0), // Monday 09:00: Tuesday 19:00
            ("2026-08-31T18:29:00Z", 24.0), // Monday 23:59: 19 h away
            ("2026-09-05T06:30:00Z", 55.0), // Saturday noon: Monday
            ("2026-09-06T06:30:00Z", 31.0), // Sunday noon: Monday
        ] {
            let close = business.next_close(at(now));
            assert!((close - hours).abs() < 1e-9, "{now}: {close}");
        }
        let never = Business { days: BTreeSet::new(), ..Business::default() };
        assert!((never.next_close(at("2026-08-31T03:30:00Z")) - 34.0).abs() < 1e-9, "nobody ever works: tomorrow, all the same");
    }

    #[test]
    fn working_time_is_counted_to_the_second() {
        let business = Business::default();
        let between = |from, to| business.between(at(from), at(to)).num_seconds();
        assert_eq!(between("2026-08-31T03:29:59Z", "2026-08-31T03:30:01Z"), 1, "opens at nine");
        assert_eq!(between("2026-08-31T13:29:59Z", "2026-08-31T13:30:01Z"), 1, "closes at seven");
        assert_eq!(between("2026-08-31T05:00:00Z", "2026-09-01T05:00:00Z"), 10 * 3600, "a day is ten hours");
        assert_eq!(between("2026-08-31T05:00:00Z", "2026-08-31T05:00:00Z"), 0);
    }
}
