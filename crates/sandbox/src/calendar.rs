//! Hours and days as the service counts them: those of India, five and a half hours ahead of UTC.

use chrono::{DateTime, Datelike, Months, NaiveDate, Weekday};

const AHEAD: i64 = 19_800;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// An hour of the Indian clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Hour(i64);

impl Hour {
    /// The hour that `second` (since 1970, UTC) falls into.
    pub(crate) fn of(second: i64) -> Self {
        Self((second + AHEAD).div_euclid(HOUR))
    }

    pub(crate) fn start(self) -> i64 {
        self.0 * HOUR - AHEAD
    }

    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }

    pub(crate) fn day(self) -> Day {
        Day(self.0.div_euclid(24))
    }

    /// 0 to 23.
    pub(crate) fn of_day(self) -> usize {
        usize::try_from(self.0.rem_euclid(24)).unwrap_or(0)
    }

    /// Hours since 1970, Indian time.
    pub(crate) fn number(self) -> i64 {
        self.0
    }

    pub(crate) fn from_number(number: i64) -> Self {
        Self(number)
    }
}

/// A day of the Indian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Day(i64);

impl Day {
    pub(crate) fn of(second: i64) -> Self {
        Hour::of(second).day()
    }

    /// The day of the UTC calendar with the date that `second` has there.
    pub(crate) fn of_utc(second: i64) -> Self {
        Self(second.div_euclid(DAY))
    }

    /// The second at which the day of the UTC calendar with this date begins.
    pub(crate) fn start_in_utc(self) -> i64 {
        self.0 * DAY
    }

    pub(crate) fn from_date(date: NaiveDate) -> Self {
        Self(date.signed_duration_since(NaiveDate::default()).num_days())
    }

    pub(crate) fn date(self) -> NaiveDate {
        DateTime::from_timestamp(self.0 * DAY, 0).map(|instant| instant.date_naive()).unwrap_or_default()
    }

    pub(crate) fn start(self) -> i64 {
        self.0 * DAY - AHEAD
    }

    pub(crate) fn first_hour(self) -> Hour {
        Hour(self.0 * 24)
    }

    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }

    pub(crate) fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// The day of this number in the month before.
    pub(crate) fn of_last_month(self, number: u32) -> Self {
        let date = self.date().checked_sub_months(Months::new(1)).and_then(|date| date.with_day(number));
        date.map_or(self, Self::from_date)
    }

    /// Days from `earlier` to this one, 0 when it is not later.
    pub(crate) fn since(self, earlier: Self) -> usize {
        usize::try_from(self.0 - earlier.0).unwrap_or(0)
    }

    /// Monday is 0.
    pub(crate) fn weekday(self) -> usize {
        usize::try_from((self.0 + 3).rem_euclid(7)).unwrap_or(0)
    }

    pub(crate) fn is_sunday(self) -> bool {
        self.date().weekday() == Weekday::Sun
    }

    pub(crate) fn of_month(self) -> u32 {
        self.date().day()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Datelike, NaiveDate, Utc};

    use super::{Day, Hour};

    fn second(text: &str) -> i64 {
        text.parse::<DateTime<Utc>>().expect("an instant").timestamp()
    }

    #[test]
    fn a_day_begins_at_half_past_six_in_the_evening_utc() {
        let before = Day::of(second("2026-05-11T18:29:59Z"));
        let after = Day::of(second("2026-05-11T18:30:00Z"));
        assert_eq!(before.date(), NaiveDate::from_ymd_opt(2026, 5, 11).expect("a date"));
        assert_eq!(after, before.next());
        assert_eq!(after.start(), second("2026-05-11T18:30:00Z"));
        assert_eq!(Day::from_date(after.date()), after);
    }

    #[test]
    fn nine_in_kolkata_is_half_past_three_in_utc() {
        let hour = Hour::of(second("2026-05-12T03:30:00Z"));
        assert_eq!(hour.of_day(), 9);
        assert_eq!(hour.start(), second("2026-05-12T03:30:00Z"));
    }

    #[test]
    fn weekdays_agree_with_the_calendar() {
        let day = Day::of(second("2026-05-12T03:30:00Z"));
        for offset in 0..7 {
            let day = day.plus(offset);
            assert_eq!(day.weekday(), day.date().weekday().num_days_from_monday() as usize);
        }
    }
}
