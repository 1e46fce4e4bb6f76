//! The hour that comes twice in autumn, and the one that is left out in spring.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::*;
use crate::observation::{Observation, Subject};

/// Polls of a wallet that spends ₹60 an hour, each five minutes, around a change of the clock in New York; gives the largest and
/// the least burn ratio in the day after it, and the normal burn at the hours after it.
fn around(change: &str) -> (f64, f64, Vec<f64>) {
    let change: DateTime<Utc> = change.parse().unwrap();
    let mut forecaster = Forecaster::new(Business { zone: Tz::America__New_York, ..Business::default() });
    let (mut now, end) = (change - TimeDelta::days(20), change + TimeDelta::days(8));
    let (mut balance, mut most, mut least, mut normal) = (Decimal::from(1_000_000), 0.0_f64, f64::MAX, Vec::new());
    while now < end {
        now += TimeDelta::minutes(5);
        balance -= Decimal::from(5);
        forecaster.observe(&Observation::complete(now, vec![Subject::new("MA_X", "").with_balance(balance)]));
        if now > change {
            let burn = forecaster.at(now).burn("MA_X").unwrap();
            (most, least) = (most.max(burn.ratio), least.min(burn.ratio));
            normal.push(burn.normal);
        }
    }
    (most, least, normal)
}

#[test]
fn the_hour_that_comes_twice_is_no_burst_and_inflates_no_profile() {
    let (most, least, normal) = around("2026-11-01T06:00:00Z");
    assert!(most < 1.1 && least > 0.9, "{least} to {most}");
    assert!(normal.iter().all(|normal| (57.0..63.0).contains(normal)), "{normal:?}");
}

#[test]
fn the_hour_that_is_left_out_is_no_silence() {
    let (most, least, normal) = around("2026-03-08T07:00:00Z");
    assert!(most < 1.1 && least > 0.9, "{least} to {most}");
    assert!(normal.iter().all(|normal| (57.0..63.0).contains(normal)), "{normal:?}");
}
