//! Wallets whose course is known, and their forecasts.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive as _;

use super::*;
use crate::observation::{Observation, Subject};

/// Monday, 00:00 in India.
pub(super) fn monday() -> DateTime<Utc> {
    crate::time::parse_instant("2026-08-30T18:30:00Z").unwrap()
}

fn wallet(balance: Option<f64>) -> Subject {
    let balance = balance.map(|balance| Decimal::from_f64(balance).unwrap().round_dp(5));
    Subject { balance, ..Subject::new("MA_X", "Sharma Logistics") }
}

/// A wallet that spends ₹60 an hour from 09:00 to 19:00 every day but Sunday, polled each five minutes.
pub(super) struct Course {
    pub(super) forecaster: Forecaster,
    pub(super) now: DateTime<Utc>,
    pub(super) balance: f64,
}

impl Course {
    pub(super) fn new(balance: f64) -> Self {
        Self { forecaster: Forecaster::new(Business::default()), now: monday(), balance }
    }

    pub(super) fn burn(&self) -> f64 {
        let hour = (self.now - monday()).num_hours();
        if (9..19).contains(&(hour % 24)) && hour / 24 % 7 != 6 { 5.0 } else { 0.0 }
    }

    pub(super) fn see(&mut self, reading: Option<f64>) {
        self.forecaster.observe(&Observation::complete(self.now, vec![wallet(reading)]));
    }

    /// Replays polls at so many times the usual burn.
    pub(super) fn live(&mut self, polls: i64, times: f64) {
        for _ in 0..polls {
            self.balance -= self.burn() * times;
            self.now += TimeDelta::minutes(5);
            self.see(Some(self.balance));
        }
    }

    /// Spends this at each of so many polls, whatever the hour.
    pub(super) fn spend(&mut self, polls: i64, amount: f64) {
        for _ in 0..polls {
            self.balance -= amount;
            self.now += TimeDelta::minutes(5);
            self.see(Some(self.balance));
        }
    }

    pub(super) fn runway(&self, balance: i64) -> Option<Runway> {
        self.forecaster.at(self.now).runway("MA_X", balance.into())
    }
}

pub(super) const DAY: i64 = 288;

#[test]
fn less_than_two_days_are_too_little_for_a_forecast() {
    let mut course = Course::new(100_000.0);
    course.live(2 * DAY - 13, 1.0);
    assert_eq!(course.runway(1000), None);
    course.live(26, 1.0);
    assert!(course.runway(1000).is_some());
}

#[test]
fn a_wallet_that_spends_nothing_has_no_forecast() {
    let mut course = Course::new(1000.0);
    course.live(3 * DAY, 0.0);
    assert_eq!(course.runway(1000), None);
    assert_eq!(course.forecaster.at(course.now).runway("MA_UNKNOWN", 1000.into()), None);
}

#[test]
fn a_regular_wallet_lasts_through_the_night_and_the_sunday_that_cost_nothing() {
    let mut course = Course::new(100_000.0);
    course.live(4 * 7 * DAY + 12 * 12, 1.0);
    // Monday noon; ₹60 an hour: 420 are left for today, 600 a day.
    let likely = course.runway(300).unwrap().likely.unwrap();
    assert!((4.5..5.5).contains(&likely.hours), "{likely:?}");
    assert!((4.5..5.5).contains(&likely.working), "{likely:?}");
    let night = course.runway(540).unwrap().likely.unwrap();
    assert!((22.5..23.9).contains(&night.hours), "11:00 on Tuesday: {night:?}");
    assert!((8.5..9.5).contains(&night.working), "seven of Monday, two of Tuesday: {night:?}");
    let weekend = course.runway(420 + 5 * 600 + 120).unwrap().likely.unwrap();
    assert!((165.0..169.0).contains(&weekend.hours), "11:00 next Monday, no Sunday counted: {weekend:?}");
}

#[test]
fn the_range_is_in_order_and_grows_with_what_was_never_sure() {
    let mut course = Course::new(100_000.0);
    for day in 0..21 {
        // What the afternoon will be, no morning tells.
        course.live(14 * 12, 1.0);
        course.live(10 * 12, if day % 2 == 0 { 0.4 } else { 1.8 });
    }
    let runway = course.runway(400).unwrap();
    let hours = |span: Option<Span>| span.unwrap().hours;
    assert!(hours(runway.low) < hours(runway.likely) && hours(runway.likely) < hours(runway.high), "{runway:?}");
    let mut steady = Course::new(100_000.0);
    steady.live(21 * DAY, 1.0);
    let sure = steady.runway(400).unwrap();
    assert!(hours(sure.high) - hours(sure.low) < hours(runway.high) - hours(runway.low));
}

#[test]
fn a_day_at_twice_the_pace_is_noticed_within_hours() {
    let mut course = Course::new(100_000.0);
    course.live(14 * DAY + 9 * 12, 1.0);
    let usual = course.runway(500).unwrap().likely.unwrap().hours;
    course.live(3 * 12, 2.0);
    let today = course.runway(500).unwrap();
    assert!(today.likely.unwrap().hours < 0.65 * usual, "{today:?}, usually {usual}");
    assert!(today.burn > 1.6 * today.normal, "{today:?}");
}

#[test]
fn a_stuck_dialer_is_seen_after_two_readings_and_one_odd_reading_is_not_one() {
    let mut course = Course::new(100_000.0);
    course.live(14 * DAY + 11 * 12, 1.0);
    let before = course.runway(5000).unwrap().cautious;
    course.live(1, 30.0);
    assert!(course.runway(5000).unwrap().burn < 200.0, "one interval proves nothing");
    course.live(2, 30.0);
    let burst = course.runway(5000).unwrap();
    assert!(burst.burn > 1000.0, "{burst:?}");
    assert!(burst.cautious.unwrap().hours < 5.0 && before.is_none_or(|before| before.hours > 24.0), "{burst:?} {before:?}");
}

#[test]
fn a_single_step_is_no_burst_and_teaches_nothing_about_calls() {
    for hour in [6, 11] {
        let (mut course, mut other) = (Course::new(100_000.0), Course::new(100_000.0));
        course.live(14 * DAY + hour * 12, 1.0);
        other.live(14 * DAY + hour * 12, 1.0);
        course.balance -= 900.0;
        // A call right after the fee does not make two intervals of a burst.
        course.spend(1, 1.0);
        course.spend(1, 1.0);
        other.live(2, 1.0);
        for _ in 0..12 {
            let (step, usual) = (course.runway(400).unwrap(), other.runway(400).unwrap());
            assert!(step.burn <= 1.1 * usual.burn.max(6.0), "hour {hour}: {step:?} {usual:?}");
            assert!(step.cautious.unwrap().hours > 0.8 * usual.cautious.unwrap().hours, "hour {hour}: {step:?} {usual:?}");
            course.live(1, 1.0);
            other.live(1, 1.0);
        }
    }
}

#[test]
fn a_burst_is_no_habit() {
    let (mut course, mut other) = (Course::new(100_000.0), Course::new(100_000.0));
    course.live(14 * DAY + 11 * 12, 1.0);
    other.live(14 * DAY + 11 * 12, 1.0);
    course.live(24, 30.0);
    other.live(24, 1.0);
    assert!(course.runway(5000).unwrap().burn > 1000.0);
    course.live(2, 1.0);
    other.live(2, 1.0);
    for _ in 0..8 * 24 {
        let hours = |course: &Course| course.runway(700).unwrap().likely.unwrap().hours;
        assert!((hours(&course) - hours(&other)).abs() < 0.15 * hours(&other), "{} {}", hours(&course), hours(&other));
        course.live(12, 1.0);
        other.live(12, 1.0);
    }
}

#[test]
fn a_burst_that_does_not_end_becomes_the_usual() {
    let mut course = Course::new(1_000_000.0);
    course.live(14 * DAY, 1.0);
    course.live(5 * DAY, 5.0);
    course.live(10 * 12, 5.0);
    let runway = course.runway(3000).unwrap();
    assert!((2.0..12.0).contains(&runway.likely.unwrap().working), "9 working hours of it would cost 2700: {runway:?}");
}

#[test]
fn money_paid_in_ends_a_burst_and_a_new_one_is_seen_again() {
    let mut course = Course::new(100_000.0);
    course.live(14 * DAY + 11 * 12, 1.0);
    course.live(6, 30.0);
    assert!(course.runway(5000).unwrap().burn > 1000.0);
    course.balance += 20_000.0;
    course.live(1, 1.0);
    assert!(course.runway(5000).unwrap().burn < 100.0);
    course.live(2, 30.0);
    assert!(course.runway(5000).unwrap().burn > 1000.0);
}

#[test]
fn one_long_call_now_and_then_is_how_a_wallet_spends() {
    let mut course = Course::new(100_000.0);
    for day in 0..28 {
        course.live(2 * 12 + day % 5 * 12, 0.0);
        course.spend(1, 70.0);
        course.live(DAY - (2 * 12 + day % 5 * 12) - 1, 0.0);
    }
    let mean = course.forecaster.profile("MA_X").unwrap().mean();
    assert!((2.0..4.0).contains(&mean), "₹70 a day: {mean} an hour");
}

#[test]
fn a_wallet_that_cannot_pay_for_a_call_has_no_time_left() {
    let mut course = Course::new(100_000.0);
    course.live(14 * DAY + 11 * 12, 1.0);
    for (balance, is_empty) in [("0.98", true), ("0", true), ("-3", true), ("40", false)] {
        let forecasts = course.forecaster.at(course.now);
        let (lasts, _) = forecasts.up_to(9.0, true).of("MA_X", balance.parse().unwrap()).unwrap();
        assert_eq!(lasts.hours <= 0.0, is_empty, "{balance}: {lasts:?}");
    }
}

#[test]
fn a_fee_that_a_number_announces_is_expected_before_it_was_ever_paid() {
    let mut course = Course::new(50_000.0);
    course.live(7 * DAY + 20 * 12, 1.0);
    let without = course.runway(600).unwrap().likely.unwrap();
    course.forecaster.fee_due("MA_X", course.now + TimeDelta::hours(10), Decimal::from(800), Every::Month);
    let with = course.runway(600).unwrap().likely.unwrap();
    assert!(without.hours > 20.0 && (9.9..10.9).contains(&with.hours), "{without:?} {with:?}");
    course.forecaster.fee_due("MA_X", course.now + TimeDelta::hours(10), Decimal::from(100), Every::Month);
    assert!(course.runway(600).unwrap().likely.unwrap().hours > 11.0, "the same fee, another amount");
}

#[test]
fn an_alert_can_wait_for_work_to_begin_while_the_wallet_lasts_until_then() {
    let course = |hours: i64| {
        let mut course = Course::new(100_000.0);
        course.live(14 * DAY + hours * 12, 1.0);
        course
    };
    let can_wait =
        |course: &Course, hours: f64| course.forecaster.at(course.now).up_to(9.0, true).can_wait(Span { hours, working: 0.0 });
    let night = course(20);
    assert!(can_wait(&night, 13.1) && !can_wait(&night, 12.9), "work begins in 13 hours");
    for hour in [9, 12, 18] {
        assert!(!can_wait(&course(hour), 100.0), "at work, {hour}");
    }
    let mut early = course(8);
    early.live(7, 1.0);
    assert!(!can_wait(&early, 100.0), "25 minutes before work begins");
    assert!(can_wait(&course(6 * 24 + 12), 30.0), "Sunday");
}

#[test]
fn a_zero_that_was_never_true_teaches_nothing() {
    let (mut course, mut other) = (Course::new(50_000.0), Course::new(50_000.0));
    course.live(14 * DAY, 1.0);
    other.live(14 * DAY, 1.0);
    course.now += TimeDelta::minutes(5);
    course.see(Some(0.0));
    course.live(11, 1.0);
    other.live(12, 1.0);
    assert_eq!(
        course.runway(500).unwrap().likely.map(|span| span.hours.round()),
        other.runway(500).unwrap().likely.map(|span| span.hours.round())
    );
}

#[test]
fn what_comes_late_twice_or_not_at_all_changes_nothing() {
    let mut course = Course::new(50_000.0);
    course.live(3 * DAY, 1.0);
    let before = course.forecaster.profile("MA_X").cloned();
    course.see(Some(course.balance));
    course.see(Some(1.0));
    course.see(None);
    course.now -= TimeDelta::hours(5);
    course.see(Some(7.0));
    let failed = Observation::failed(monday(), crate::observation::Unread { kind: "server", message: String::new() });
    course.forecaster.observe(&failed);
    assert_eq!(course.forecaster.profile("MA_X").cloned(), before);
}

#[test]
fn a_clock_that_was_far_ahead_silences_a_wallet_no_longer_than_it_was() {
    let mut course = Course::new(100_000.0);
    course.live(8 * DAY, 1.0);
    let before = course.forecaster.profile("MA_X").unwrap().hours_seen();
    let now = course.now;
    course.now += TimeDelta::days(4000);
    course.see(Some(course.balance));
    course.now = now;
    course.live(DAY, 1.0);
    let seen = course.forecaster.profile("MA_X").unwrap().hours_seen() - before;
    assert!((22.0..25.0).contains(&seen), "{seen} hours of the day that followed");
}

#[test]
fn a_wallet_whose_currency_changed_is_learned_anew() {
    let mut course = Course::new(100_000.0);
    let mut see = |currency: Option<&str>, polls: i64| {
        for _ in 0..polls {
            course.now += TimeDelta::minutes(5);
            course.balance -= 5.0;
            let subject = Subject { currency: currency.map(str::to_owned), ..wallet(Some(course.balance)) };
            course.forecaster.observe(&Observation::complete(course.now, vec![subject]));
        }
        course.forecaster.profile("MA_X").map(Profile::hours_seen).unwrap() > 24.0
    };
    assert!(see(None, 2 * DAY));
    assert!(see(Some("INR"), 2), "known at last is not changed");
    assert!(see(None, 2), "unknown is not changed");
    assert!(!see(Some("USD"), 2));
}

#[test]
fn a_top_up_is_not_spend_and_an_empty_wallet_is_not_a_quiet_one() {
    let mut course = Course::new(50_000.0);
    course.live(14 * DAY + 12 * 12, 1.0);
    let usual = course.runway(300).unwrap().likely.unwrap().hours;
    course.balance += 20_000.0;
    course.live(12, 1.0);
    let after = course.runway(300).unwrap().likely.unwrap().hours;
    assert!((after - usual).abs() < 0.5, "{usual} {after}");
    let rates = course.forecaster.profile("MA_X").unwrap().mean();
    for _ in 0..3 * DAY {
        course.now += TimeDelta::minutes(5);
        course.see(Some(0.0));
    }
    assert!(course.forecaster.profile("MA_X").unwrap().mean() > 0.98 * rates);
}

#[test]
fn a_fee_that_was_paid_once_is_expected() {
    let mut course = Course::new(50_000.0);
    course.live(7 * DAY + 10 * 12, 1.0);
    course.forecaster.fee("MA_X", course.now, Decimal::from(-2000), Every::Week);
    course.balance -= 2000.0;
    course.live(6 * DAY + 13 * 12, 1.0);
    // Sunday 23:00; the fee is due on Monday at 10:00.
    let with = course.runway(900).unwrap().likely.unwrap();
    assert!((10.0..12.5).contains(&with.hours), "{with:?}");
}

#[test]
fn a_profile_is_small_and_comes_back_from_its_bytes() {
    let mut course = Course::new(50_000.0);
    course.live(10 * DAY, 1.0);
    let profile = course.forecaster.profile("MA_X").unwrap();
    let text = serde_json::to_string(profile).unwrap();
    // The last hour is measured anew.
    let mut kept = profile.clone();
    *kept.last_hour = last_hour::LastHour::default();
    assert_eq!(serde_json::from_str::<Profile>(&text).unwrap(), kept);
}

/// The six things that an on-call person met, as far as they are the forecast's.
#[test]
fn a_monthly_fee_at_dawn_is_reported_as_one_step_and_burn_is_what_was_measured() {
    let mut course = Course::new(100_000.0);
    course.live(14 * DAY + 6 * 12, 1.0);
    course.balance -= 800.0;
    course.live(2, 1.0);
    let runway = course.runway(3417).unwrap();
    let step = runway.step.unwrap();
    assert!((step.amount - 800.0).abs() < 1e-6 && (step.within * 60.0 - 5.0).abs() < 1e-6, "{step:?}");
    assert_eq!(runway.measured, Some(0.0), "nobody calls at six");
    assert!(runway.cautious.unwrap().hours > 24.0, "{runway:?}");
}

#[test]
fn burn_is_that_of_the_last_hour_and_not_expected() {
    let mut course = Course::new(100_000.0);
    course.live(14 * DAY + 12 * 12, 1.0);
    course.live(12, 0.5);
    let runway = course.runway(3000).unwrap();
    assert!((runway.measured.unwrap() - 30.0).abs() < 0.5, "{runway:?}");
    course.now += TimeDelta::hours(2);
    assert_eq!(course.runway(3000).unwrap().measured, None, "not read since");
}

#[test]
fn a_fee_that_the_wallet_cannot_pay_is_reported_before_it_is_due() {
    let mut course = Course::new(100_000.0);
    course.live(14 * DAY + 20 * 12, 1.0);
    course.forecaster.fee_due("MA_X", course.now + TimeDelta::hours(10), Decimal::from(500), Every::Month);
    course.forecaster.fee_due("MA_X", course.now + TimeDelta::hours(11), Decimal::from(800), Every::Month);
    let fee = course.runway(600).unwrap().fee.unwrap();
    assert!((fee.amount - 800.0).abs() < 0.01 && (fee.after - 11.0).abs() < 0.01, "one announcement replaces another: {fee:?}");
    course.forecaster.fee_due("MA_X", course.now + TimeDelta::days(6), Decimal::from(70), Every::Month);
    assert!((course.runway(600).unwrap().fee.unwrap().amount - 800.0).abs() < 0.01);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever wallets read, whenever: no panic, ends in order, nothing that is not a number.
    #[test]
    fn any_readings_give_a_range_in_order(readings in proptest::collection::vec((0_i64..4000, -1e12_f64..1e12), 1..400), balance in -1e6_f64..1e9) {
        let mut course = Course::new(0.0);
        course.live(2 * DAY, 1.0);
        for (minutes, reading) in readings {
            course.now = monday() + TimeDelta::minutes(2 * 1440 + minutes * 7);
            course.see(Some(reading));
        }
        let forecasts = course.forecaster.at(course.now);
        if let Some(runway) = forecasts.runway("MA_X", Decimal::from_f64(balance).unwrap_or_default()) {
            let hours = |span: Option<Span>| span.map_or(f64::INFINITY, |span| span.hours);
            prop_assert!(hours(runway.low) <= hours(runway.likely) + 1e-6 && hours(runway.likely) <= hours(runway.high) + 1e-6, "{:?}", runway);
            prop_assert!(runway.burn.is_finite() && runway.normal.is_finite());
        }
    }

    /// The order of customers in an observation does not matter.
    #[test]
    fn the_order_of_customers_does_not_matter(balances in proptest::collection::vec(0_i64..10_000, 2..12)) {
        let customers = |balances: &[i64]| -> Vec<Subject> {
            (0..).zip(balances).map(|(number, balance)| Subject { balance: Some((*balance).into()), ..Subject::new(format!("MA_{number}"), "") }).collect()
        };
        let (mut one, mut other) = (Forecaster::new(Business::default()), Forecaster::new(Business::default()));
        for poll in 0..40 {
            let at = monday() + TimeDelta::hours(poll);
            let mut seen = customers(&balances.iter().map(|balance| balance - poll).collect::<Vec<_>>());
            one.observe(&Observation::complete(at, seen.clone()));
            seen.reverse();
            other.observe(&Observation::complete(at, seen));
        }
        for number in 0..balances.len() {
            let id = format!("MA_{number}");
            prop_assert_eq!(one.profile(&id), other.profile(&id));
        }
    }
}

#[test]
fn working_time_leaves_out_nights_sundays_and_holidays() {
    let business = Business { holidays: [chrono::NaiveDate::from_ymd_opt(2026, 9, 2).unwrap()].into(), ..Business::default() };
    let at = |hours| monday() + TimeDelta::hours(hours);
    for (from, to, expected) in [(0, 24, 10), (9, 10, 1), (19, 33, 0), (8, 34, 11), (48, 72, 0), (24 * 6, 24 * 7, 0), (10, 9, 0)]
    {
        assert_eq!(business.between(at(from), at(to)), TimeDelta::hours(expected), "{from}–{to}");
    }
}
