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
