//! The spend of wallets whose course is known, compared with their own normal.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::tests::{Course, DAY};
use super::*;

const HOUR: i64 = 12;

impl Course {
    fn burn_ratio(&self) -> Burn {
        self.forecaster.at(self.now).burn("MA_X").unwrap()
    }

    fn after_weeks(weeks: i64) -> Self {
        let mut course = Self::new(1_000_000.0);
        course.live(weeks * 7 * DAY, 1.0);
        course
    }
}

#[test]
fn a_wallet_that_is_not_known_has_no_normal() {
    let mut course = Course::new(1000.0);
    course.live(20 * HOUR, 1.0);
    assert_eq!(course.forecaster.at(course.now).burn("MA_X"), None);
    assert_eq!(course.forecaster.at(course.now).burn("MA_UNKNOWN"), None);
    assert_eq!(Forecasts::none().burn("MA_X"), None);
}

#[test]
fn as_usual_is_one() {
    let mut course = Course::after_weeks(3);
    for _ in 0..7 * 24 {
        course.live(HOUR, 1.0);
        let burn = course.burn_ratio();
        assert!((0.9..1.1).contains(&burn.ratio), "{burn:?} {}", course.now);
    }
}

#[test]
fn dead_air_in_working_hours_is_reported_within_hours_and_not_taken_back_at_night() {
    let mut course = Course::after_weeks(3);
    course.live(11 * HOUR, 1.0);
    course.live(HOUR / 2, 0.0);
    assert!(course.burn_ratio().ratio > 0.5, "half an hour proves little: {:?}", course.burn_ratio());
    course.live(3 * HOUR + 6, 0.0);
    let burn = course.burn_ratio();
    assert!(burn.ratio < 0.2 && burn.rate < 12.0 && (40.0..65.0).contains(&burn.normal), "{burn:?}");
    course.live(14 * HOUR, 0.0);
    assert!(course.burn_ratio().ratio < 0.3, "a night proves nothing and mends nothing: {:?}", course.burn_ratio());
    course.live(9 * HOUR, 1.0);
    assert!(course.burn_ratio().ratio > 0.8, "{:?}", course.burn_ratio());
}

#[test]
fn nothing_is_missed_at_night_nor_on_a_sunday_that_is_always_quiet() {
    let mut course = Course::after_weeks(3);
    course.live(5 * DAY + 19 * HOUR, 1.0);
    for _ in 0..5 + 24 + 9 {
        course.spend(HOUR, 0.0);
        let burn = course.burn_ratio();
        assert!((0.8..1.2).contains(&burn.ratio), "{burn:?} {}", course.now);
    }
}

#[test]
fn nothing_is_missed_of_a_wallet_that_is_empty_or_almost() {
    for left in [0.0, 3.0, -40.0] {
        let mut course = Course::new(3.0 * 6.0 * 600.0 + 120.0 + left);
        course.live(21 * DAY + 11 * HOUR, 1.0);
        course.spend(6 * HOUR, 0.0);
        assert!(course.burn_ratio().ratio >= 1.0, "{left}: {:?}", course.burn_ratio());
        course.balance = 50_000.0;
        course.live(HOUR / 2, 1.0);
        assert!((0.5..2.0).contains(&course.burn_ratio().ratio), "{left}: {:?}", course.burn_ratio());
    }
}

#[test]
fn nothing_is_missed_before_a_week_was_seen() {
    let mut course = Course::new(50_000.0);
    course.live(4 * DAY + 11 * HOUR, 1.0);
    course.live(6 * HOUR, 0.0);
    assert!(course.burn_ratio().ratio >= 1.0, "{:?}", course.burn_ratio());
}

#[test]
fn a_stuck_dialer_is_far_above_after_two_polls_by_day_and_by_night() {
    for hours in [3, 14, 23, 6 * 24 + 12] {
        let mut course = Course::after_weeks(3);
        course.live(hours * HOUR, 1.0);
        course.spend(1, 25.0);
        assert!(course.burn_ratio().ratio < 3.0, "one reading proves nothing: {:?}", course.burn_ratio());
        course.spend(1, 25.0);
        let burn = course.burn_ratio();
        assert!(burn.ratio > 3.0 && (200.0..400.0).contains(&burn.rate), "hour {hours}: {burn:?}");
        course.spend(6 * HOUR, 0.0);
        assert!(hours == 14 || course.burn_ratio().ratio < 2.0, "over when it stops, hour {hours}: {:?}", course.burn_ratio());
    }
}

/// What a busy wallet spends in five minutes: calls that come by chance and cost by chance.
fn calls(random: &mut fastrand::Rng, mean: f64) -> f64 {
    let (mut spent, mut waited) = (0.0, -random.f64().max(1e-12).ln());
    while waited < mean {
        spent += -random.f64().max(1e-12).ln();
        waited += -random.f64().max(1e-12).ln();
    }
    spent
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_noise_of_a_busy_wallet_is_hardly_ever_far_above_or_far_below(seed: u64, busy in 2.0_f64..20.0) {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut course = Course::new(1_000_000.0);
        let (mut looks, mut far) = (0, 0);
        for day in 0..28 {
            let mood = 0.8 + 0.4 * random.f64();
            for poll in 0..DAY {
                let works = course.burn() > 0.0;
                let spent = calls(&mut random, if works { busy * mood } else { busy * 0.02 });
                course.spend(1, spent);
                if day > 13 && poll % 3 == 0 {
                    looks += 1;
                    far += i32::from(!(0.3..3.0).contains(&course.burn_ratio().ratio));
                }
            }
        }
        prop_assert!(far * 200 <= looks, "{far} of {looks}");
    }

    #[test]
    fn any_readings_give_a_ratio_that_is_a_number(readings in proptest::collection::vec((0_i64..9000, -1e12_f64..1e12), 1..200)) {
        let mut course = Course::new(0.0);
        course.live(4 * DAY, 1.0);
        let from = course.now;
        for (minutes, reading) in readings {
            course.now = from + TimeDelta::minutes(minutes);
            course.see(Some(reading));
            if let Some(burn) = course.forecaster.at(course.now).burn("MA_X") {
                prop_assert!(burn.ratio.is_finite() && burn.ratio >= 0.0 && burn.rate.is_finite() && burn.normal.is_finite(), "{:?}", burn);
            }
        }
    }
}

#[test]
fn how_often_the_range_held_is_counted() {
    let mut course = Course::new(100_000.0);
    course.live(9 * 288, 1.0);
    let record = course.runway(600).unwrap().record.unwrap();
    assert!((12..=15).contains(&record.of) && record.held <= record.of, "{record:?}");
}

#[test]
fn a_movement_from_before_the_last_reading_explains_no_later_one() {
    let mut course = Course::new(100_000.0);
    course.live(14 * 288 + 11 * 12, 1.0);
    course.forecaster.paid_in("MA_X", course.now - TimeDelta::hours(1));
    course.live(2, 30.0);
    assert!(course.runway(5000).unwrap().burn > 1000.0, "the burst is seen");
}
