//! The days that are closed together.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::parse_day;

/// Days of a named zone that are closed together: a calendar month, or a part of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// The zone in which days are cut.
    #[serde(serialize_with = "write_zone", deserialize_with = "read_zone")]
    pub zone: Tz,
}

impl Period {
    /// A calendar month, written `2026-04`. `None` for what is not one.
    ///
    /// ```
    /// use vobiz_core::billing::Period;
    /// let february = Period::month("2028-02", chrono_tz::Asia::Kolkata).unwrap();
    /// assert_eq!(february.to.to_string(), "2028-02-29");
    /// ```
    pub fn month(text: &str, zone: Tz) -> Option<Self> {
        let from = parse_day(&format!("{}-01", text.trim()))?;
        let next = from.checked_add_months(chrono::Months::new(1))?;
        Some(Self { from, to: next.pred_opt()?, zone })
    }

    /// A calendar month in a zone by its name, such as `Asia/Kolkata`.
    ///
    /// # Errors
    ///
    /// What is not one, and what to write instead.
    pub fn parse(month: &str, zone: &str) -> Result<Self, String> {
        let known =
            zone.parse().map_err(|_| format!("zone is the name of a time zone such as \"Asia/Kolkata\", not {zone:?}"))?;
        Self::month(month, known).ok_or_else(|| format!("month is text such as \"2026-04\", not {month:?}"))
    }

    /// The day of an instant, in the zone of the period.
    pub fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// Whether a day is in the period.
    pub fn has(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }

    /// Whether an instant is in the period.
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.has(self.day_of(at))
    }

    /// Whether the last day has ended.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.day_of(now) > self.to
    }

    /// Whether it is a whole calendar month.
    pub fn is_month(&self) -> bool {
        Self::month(&self.from.format("%Y-%m").to_string(), self.zone) == Some(*self)
    }

    /// The period that ends on the day before: the month before a calendar month, else as many days. `None` at the beginning
    /// of the calendar.
    pub fn before(&self) -> Option<Self> {
        let to = self.from.pred_opt()?;
        let from = if self.is_month() {
            self.from.checked_sub_months(chrono::Months::new(1))?
        } else {
            to.checked_sub_signed(self.to.signed_duration_since(self.from))?
        };
        Some(Self { from, to, ..*self })
    }

    /// As invoices name it: `2026-04` of a calendar month, else `2026-04-01_2026-04-15`.
    pub fn name(&self) -> String {
        if self.is_month() { self.from.format("%Y-%m").to_string() } else { format!("{}_{}", self.from, self.to) }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde takes")]
fn write_zone<S: Serializer>(zone: &Tz, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(zone.name())
}

fn read_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(|_| serde::de::Error::custom("not the name of a time zone"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_its_own_days_and_nothing_else_is_one() {
        for (text, last) in [("2026-02", 28), ("2028-02", 29), ("2026-04", 30), ("2026-12", 31)] {
            let period = Period::month(text, Tz::UTC).unwrap();
            assert_eq!((period.name(), period.to), (text.to_owned(), format!("{text}-{last}").parse().unwrap()));
        }
        for text in ["2026-13", "2026-4", "2026", "", "april", "2026-04-01"] {
            assert_eq!(Period::month(text, Tz::UTC), None, "{text}");
        }
    }

    #[test]
    fn before_a_month_is_a_month_and_before_a_week_a_week() {
        let days = |from: &str, to: &str| Period { from: from.parse().unwrap(), to: to.parse().unwrap(), zone: Tz::UTC };
        for (period, before) in [
            (days("2026-03-01", "2026-03-31"), days("2026-02-01", "2026-02-28")),
            (days("2026-05-04", "2026-05-10"), days("2026-04-27", "2026-05-03")),
            (days("2026-03-01", "2026-03-01"), days("2026-02-28", "2026-02-28")),
        ] {
            assert_eq!(period.before(), Some(before));
        }
    }

    #[test]
    fn an_instant_belongs_to_the_day_that_its_zone_has_then() {
        let period = Period::month("2026-03", Tz::Europe__Berlin).unwrap();
        // Clocks went forward on the 29th: the month ends at 22:00 UTC and began at 23:00 UTC.
        for (at, is_in) in [
            ("2026-02-28T22:59:59Z", false),
            ("2026-02-28T23:00:00Z", true),
            ("2026-03-31T21:59:59Z", true),
            ("2026-03-31T22:00:00Z", false),
        ] {
            assert_eq!(period.contains(at.parse().unwrap()), is_in, "{at}");
            assert_eq!(period.is_over(at.parse().unwrap()), at.starts_with("2026-03-31T22"), "{at}");
        }
    }

    #[test]
    fn a_period_is_read_back_as_it_was_written() {
        let period = Period::month("2026-03", Tz::Asia__Kolkata).unwrap();
        let text = serde_json::to_string(&period).unwrap();
        assert_eq!(serde_json::from_str::<Period>(&text).unwrap(), period);
        assert!(serde_json::from_str::<Period>(&text.replace("Asia/Kolkata", "Asia/Nowhere")).is_err());
    }
}
