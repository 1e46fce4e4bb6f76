//! Working time: 09:00 to 19:00 of Monday to Saturday.

use crate::calendar::Hour;

const HOUR: i64 = 3_600;

fn is_open(hour: Hour) -> bool {
    (9..19).contains(&hour.of_day()) && !hour.day().is_sunday()
}

/// Working seconds from one second to another, counted no further than `most`.
pub(super) fn between(from: i64, to: i64, most: i64) -> i64 {
    let (mut second, mut worked) = (from, 0);
    while second < to && worked < most {
        let hour = Hour::of(second);
        let end = hour.next().start().min(to);
        if is_open(hour) {
            worked += end - second;
        }
        second = end;
    }
    worked.min(most)
}

/// The second at which so many working seconds have passed since `from`.
pub(super) fn after(from: i64, worked: i64) -> i64 {
    let (mut second, mut left) = (from, worked);
    loop {
        let hour = Hour::of(second);
        let end = hour.next().start();
        if is_open(hour) {
            if left <= end - second {
                return second + left;
            }
            left -= end - second;
        }
        second = end;
    }
}

/// Four hours.
pub(super) const LEAD: i64 = 4 * HOUR;

#[cfg(test)]
mod tests {
    use super::{HOUR, after, between};

    fn second(text: &str) -> i64 {
        text.parse::<chrono::DateTime<chrono::Utc>>().expect("an instant").timestamp()
    }

    #[test]
    fn a_sunday_has_no_working_time() {
        let (saturday, monday) = (second("2026-09-05T18:00:00+05:30"), second("2026-09-07T10:30:00+05:30"));
        assert_eq!(between(saturday, monday, i64::MAX), 2 * HOUR + HOUR / 2);
        assert_eq!(between(saturday, monday, HOUR), HOUR);
        assert_eq!(after(saturday, 2 * HOUR + HOUR / 2), monday);
    }
}
