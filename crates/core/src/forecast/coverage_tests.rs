//! How far a partner's money goes for wallets whose course is known.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::tests::{Course, DAY, monday};
use super::*;
use crate::observation::{Observation, Subject};

/// So many wallets, each of which spends ₹60 an hour from 09:00 to 19:00 but on Sundays, seen for six weeks and some hours.
fn fleet(wallets: usize, hours: i64) -> (Forecaster, DateTime<Utc>) {
    let mut course = Course::new(1_000_000.0);
    course.live(6 * 7 * DAY + hours * 12, 1.0);
    let mut forecaster = course.forecaster.clone();
    let profile = course.forecaster.profile("MA_X").unwrap();
    for number in 0..wallets {
        forecaster.restore(format!("MA_{number}"), profile.clone());
    }
    (forecaster, course.now)
}

fn coverage(forecaster: &Forecaster, now: DateTime<Utc>, balances: &[(&str, i64)], money: i64, days: f64) -> Option<Coverage> {
    let customers = balances.iter().map(|(auth_id, balance)| (*auth_id, Decimal::from(*balance)));
    forecaster.at(now).coverage(customers, money.into(), days)
}

#[test]
fn nothing_is_shown_where_no_customer_is_known() {
    let (forecaster, now) = fleet(1, 0);
    assert_eq!(coverage(&forecaster, now, &[], 1000, 14.0), None);
    assert_eq!(coverage(&forecaster, now, &[("MA_UNKNOWN", 5)], 1000, 14.0), None);
    assert_eq!(Forecasts::none().coverage([("MA_0", Decimal::ONE)].into_iter(), Decimal::ONE, 14.0), None);
    let some = coverage(&forecaster, now, &[("MA_0", 5), ("MA_UNKNOWN", 5)], 1000, 14.0).unwrap();
    assert_eq!(some.unknown, 1);
}

#[test]
fn money_pays_hour_by_hour_for_all_customers_together() {
    let (forecaster, now) = fleet(2, 0);
    // Monday midnight. Two wallets: ₹1,200 a working day.
    let two = [("MA_0", 0), ("MA_1", 0)];
    let days = |money| coverage(&forecaster, now, &two, money, 14.0).unwrap().days;
    assert!((days(600) - 14.0 / 24.0).abs() < 0.06, "Monday 14:00: {}", days(600));
    assert!((days(1800) - 38.0 / 24.0).abs() < 0.1, "Tuesday 14:00: {}", days(1800));
    assert!((days(7800) - (7.0 + 14.0 / 24.0)).abs() < 0.15, "next Monday 14:00, no Sunday paid: {}", days(7800));
    let all = coverage(&forecaster, now, &two, 1_000_000, 14.0).unwrap();
    assert!((all.per_day - 1200.0 * 6.0 / 7.0).abs() < 60.0, "{all:?}");
    assert!((all.days - 14.0).abs() < 1e-9);
    assert!((coverage(&forecaster, now, &two, 1_000_000, 40.0).unwrap().days - 14.0).abs() < 1e-9, "the horizon");
    assert!((coverage(&forecaster, now, &two, 1_000_000, 3.0).unwrap().days - 3.0).abs() < 1e-9, "as asked");
    assert!(coverage(&forecaster, now, &two, 1000, -1.0).unwrap().days.abs() < 1e-9);
    assert!(coverage(&forecaster, now, &two, 1000, f64::NAN).unwrap().days.abs() < 1e-9);
}

#[test]
fn what_wallets_lack_by_the_next_working_morning_is_summed_wallet_by_wallet() {
    let (forecaster, noon) = fleet(3, 12);
    // Until Tuesday 09:00 each spends ₹420.
    let seen = coverage(&forecaster, noon, &[("MA_0", 400), ("MA_1", 5000), ("MA_2", -100)], 1000, 7.0).unwrap();
    assert!((seen.morning_hours - 21.0).abs() < 1e-9, "{seen:?}");
    assert!((seen.needed - (20.0 + 0.0 + 520.0)).abs() < 30.0, "{seen:?}");
}

#[test]
fn the_next_working_morning_is_after_now_and_no_sunday_nor_holiday() {
    let (mut forecaster, now) = fleet(1, 0);
    let hours =
        |forecaster: &Forecaster, at: DateTime<Utc>| coverage(forecaster, at, &[("MA_0", 0)], 1, 1.0).unwrap().morning_hours;
    for (hour, expected) in [(0, 9.0), (8, 1.0), (9, 24.0), (10, 23.0), (5 * 24 + 9, 48.0), (6 * 24 + 12, 21.0)] {
        let waits = hours(&forecaster, now + TimeDelta::hours(hour));
        assert!((waits - expected).abs() < 1e-9, "hour {hour}: {waits}");
    }
    let nobody = Business { days: [].into(), ..Business::default() };
    let profile = forecaster.profile("MA_0").cloned().unwrap();
    forecaster = Forecaster::new(nobody);
    forecaster.restore("MA_0", profile);
    assert!((hours(&forecaster, now + TimeDelta::hours(10)) - 14.0).abs() < 1e-9, "nobody works: midnight");
}

#[test]
fn fees_that_are_due_are_needed_too() {
    let mut course = Course::new(100_000.0);
    course.live(7 * DAY + 6 * 12, 1.0);
    course.forecaster.fee("MA_X", course.now, Decimal::from(-2000), Every::Week);
    course.balance -= 2000.0;
    course.live(6 * DAY + 16 * 12, 1.0);
    // Sunday 22:00; the fee is due on Monday at 06:00.
    let seen = coverage(&course.forecaster, course.now, &[("MA_X", 500)], 500, 7.0).unwrap();
    assert!((seen.needed - 1500.0).abs() < 20.0, "{seen:?}");
    assert!((seen.days - 8.0 / 24.0).abs() < 0.05, "{seen:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn more_money_never_covers_less_and_none_covers_nothing(
        spends in proptest::collection::vec(0_u32..500, 1..6),
        hour in 0_i64..168,
        money in 0_i64..200_000,
        more in 0_i64..100_000,
        days in 0.0_f64..20.0,
    ) {
        let forecaster = lived(&spends);
        let now = monday() + TimeDelta::hours(4 * 24 + hour);
        let ids: Vec<String> = (0..spends.len()).map(|number| format!("MA_{number}")).collect();
        let customers: Vec<(&str, i64)> = ids.iter().map(|auth_id| (auth_id.as_str(), 100)).collect();
        let covers = |money| coverage(&forecaster, now, &customers, money, days);
        if let Some(less) = covers(money) {
            prop_assert!(less.days <= covers(money + more).unwrap().days);
            prop_assert!((0.0..=days.min(14.0) + 1e-9).contains(&less.days), "{:?}", less);
            prop_assert_eq!(covers(0).unwrap().days.to_bits(), 0.0_f64.to_bits());
            prop_assert_eq!(covers(-money - 1).unwrap().days.to_bits(), 0.0_f64.to_bits());
            prop_assert!(less.needed >= 0.0 && less.needed.is_finite() && less.per_day >= 0.0 && less.per_day.is_finite());
        }
    }

    #[test]
    fn the_order_of_customers_changes_nothing_but_rounding(
        spends in proptest::collection::vec(0_u32..500, 1..6),
        turn in 0_usize..6,
        money in 0_i64..50_000,
    ) {
        let forecaster = lived(&spends);
        let now = monday() + TimeDelta::days(5);
        let ids: Vec<String> = (0..=spends.len()).map(|number| format!("MA_{number}")).collect();
        let customers: Vec<(&str, i64)> = ids.iter().map(|auth_id| (auth_id.as_str(), 100)).collect();
        let mut turned = customers.clone();
        turned.rotate_left(turn % customers.len());
        let (one, other) = (coverage(&forecaster, now, &customers, money, 14.0), coverage(&forecaster, now, &turned, money, 14.0));
        prop_assert_eq!(one.is_some(), other.is_some());
        if let Some((one, other)) = one.zip(other) {
            let near = |one: f64, other: f64| (one - other).abs() <= 1e-6 * one.abs().max(1.0);
            prop_assert!(near(one.days, other.days) && near(one.needed, other.needed) && near(one.per_day, other.per_day), "{:?} {:?}", one, other);
            prop_assert_eq!(one.unknown, other.unknown);
        }
    }
}

/// Wallets that spent so much in every hour of four days.
fn lived(spends: &[u32]) -> Forecaster {
    let mut forecaster = Forecaster::new(Business::default());
    for hour in 0..=4 * 24 {
        let at = monday() + TimeDelta::hours(hour);
        let customers = (0..).zip(spends).map(|(number, spend)| {
            Subject::new(format!("MA_{number}"), "").with_balance(Decimal::from(1_000_000 - hour * i64::from(*spend)))
        });
        forecaster.observe(&Observation::complete(at, customers.collect()));
    }
    forecaster
}
