//! Minutes since the local midnight of day 0, and working time: Monday to Saturday, 09:00 to 19:00 in Kolkata.

use chrono::{DateTime, Utc};

pub(super) const HOUR: f64 = 60.0;
pub(super) const DAY: f64 = 1440.0;
/// Minutes between two steps of the truth.
pub(super) const POLL: f64 = 5.0;
const CLOSE: f64 = 19.0 * HOUR;
/// Seconds since 1970 of the midnight in Kolkata that begins Tuesday, 1 September 2026.
const START: i64 = 1_788_201_000;

/// Minutes since the beginning.
pub(super) fn minute(at: DateTime<Utc>) -> f64 {
    let micros = at.timestamp_micros() - START * 1_000_000;
    #[expect(clippy::cast_precision_loss, reason = "months in microseconds are far below 2⁵³")]
    let seconds = micros as f64 / 1e6;
    seconds / 60.0
}

/// A number of steps, days or minutes that is known to be small and not negative.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small, and below zero is as good as zero")]
pub(super) fn whole(number: f64) -> usize {
    number as usize
}

#[expect(clippy::cast_precision_loss, reason = "small")]
pub(super) fn float(number: usize) -> f64 {
    number as f64
}

/// 0 is Monday; day 0 is a Tuesday.
fn weekday(day: usize) -> usize {
    (day + 1) % 7
}

/// Close of the next working day, at least 24 hours away.
pub(super) fn horizon(at: f64) -> f64 {
    let next = whole(at / DAY) + 1;
    let next = if weekday(next) == 6 { next + 1 } else { next };
    (at + DAY).max(float(next) * DAY + CLOSE)
}

/// Working minutes up to each minute.
pub(super) struct WorkClock(Vec<f64>);

impl WorkClock {
    pub(super) fn new(days: usize) -> Self {
        let mut sum = vec![0.0];
        let mut worked = 0.0;
        for minute in 0..(days + 30) * 1440 {
            let is_work = weekday(minute / 1440) != 6 && (540..1140).contains(&(minute % 1440));
            worked += if is_work { 1.0 } else { 0.0 };
            sum.push(worked);
        }
        Self(sum)
    }

    fn at(&self, minute: f64) -> f64 {
        let place = whole(minute.max(0.0));
        let last = self.0.last().copied().unwrap_or_default();
        let (Some(low), Some(high)) = (self.0.get(place), self.0.get(place + 1)) else { return last };
        low + (high - low) * (minute.max(0.0) - float(place))
    }

    /// Working minutes from one minute to another.
    pub(super) fn between(&self, from: f64, to: f64) -> f64 {
        self.at(to) - self.at(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> f64 {
        minute(text.parse().unwrap())
    }

    #[test]
    fn sundays_and_nights_have_no_working_time() {
        let clock = WorkClock::new(10);
        let worked = clock.between(at("2026-09-05T18:00:00+05:30"), at("2026-09-07T10:30:30+05:30"));
        assert!((worked - 150.5).abs() < 1e-9, "{worked}");
    }

    #[test]
    fn the_horizon_is_the_close_of_the_next_working_day_a_day_away_at_least() {
        for (from, to) in [
            ("2026-09-01T10:00:00+05:30", "2026-09-02T19:00:00+05:30"),
            ("2026-09-01T20:00:00+05:30", "2026-09-02T20:00:00+05:30"),
            ("2026-09-05T10:00:00+05:30", "2026-09-07T19:00:00+05:30"),
        ] {
            assert!((horizon(at(from)) - at(to)).abs() < 1e-9, "{from}");
        }
    }
}
