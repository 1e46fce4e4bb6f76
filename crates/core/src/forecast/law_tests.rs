//! What must hold of any forecast, whatever the wallet.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::tests::monday;
use super::*;
use crate::observation::{Observation, Subject};

/// Minutes between two readings, and how many of them.
const EVERY: i64 = 10;
const READINGS: usize = 12 * 144;

/// A wallet's spend in paise between readings: by day, by night, by chance.
fn spends(seed: u64, by_day: i64, by_night: i64, busy: u8) -> Vec<i64> {
    let mut random = fastrand::Rng::with_seed(seed);
    let each = (0..READINGS).map(|reading| {
        let most = if (54..114).contains(&(reading % 144)) { by_day } else { by_night };
        if random.u8(0..100) < busy { random.i64(0..=most) } else { 0 }
    });
    each.collect()
}

/// What is forecast of a wallet that spent this, with so many paise left, read `times` times as often, from `start` on.
fn forecast(spends: &[i64], left: i64, scale: i64, times: i64, start: DateTime<Utc>) -> Option<[Option<Span>; 4]> {
    let mut forecaster = Forecaster::new(Business::default());
    let (mut now, mut paise) = (start, spends.iter().sum::<i64>() + left);
    for spent in spends {
        for part in 0..times {
            // What is spent between two readings is spread over those in between.
            paise -= spent * (part + 1) / times - spent * part / times;
            now += TimeDelta::seconds(EVERY * 60 / times);
            let balance = Some(Decimal::new(paise * scale, 2));
            forecaster.observe(&Observation::complete(now, vec![Subject { balance, ..Subject::new("MA_X", "") }]));
        }
    }
    let runway = forecaster.at(now).runway("MA_X", Decimal::new(left * scale, 2))?;
    Some([runway.cautious, runway.low, runway.likely, runway.high])
}

fn hours(span: Option<Span>) -> f64 {
    span.map_or(f64::INFINITY, |span| span.hours)
}

/// The same within the rounding of what is stored.
fn same(one: Option<Span>, other: Option<Span>) -> bool {
    let (one, other) = (hours(one), hours(other));
    one.total_cmp(&other).is_eq() || (one - other).abs() <= 0.02 + one.min(other) * 0.005
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn more_money_never_lasts_shorter(seed: u64, by_day in 1_i64..5000, by_night in 0_i64..500, busy in 3_u8..=100, left in 0_i64..2_000_000, more in 0_i64..500_000) {
        let spends = spends(seed, by_day, by_night, busy);
        let mut forecaster = Forecaster::new(Business::default());
        let (mut now, mut paise) = (monday(), spends.iter().sum::<i64>() + left);
        for spent in &spends {
            paise -= spent;
            now += TimeDelta::minutes(EVERY);
            let balance = Some(Decimal::new(paise, 2));
            forecaster.observe(&Observation::complete(now, vec![Subject { balance, ..Subject::new("MA_X", "") }]));
        }
        let forecasts = forecaster.at(now);
        let runway = |paise| forecasts.runway("MA_X", Decimal::new(paise, 2));
        if let (Some(less), Some(more)) = (runway(left), runway(left + more)) {
            for (less, more) in [(less.cautious, more.cautious), (less.low, more.low), (less.likely, more.likely), (less.high, more.high)] {
                prop_assert!(hours(less) <= hours(more) + 1e-6, "{:?} {:?}", less, more);
            }
        }
    }

    #[test]
    fn a_wallet_a_thousand_times_as_large_lasts_as_long(seed: u64, by_day in 100_i64..5000, by_night in 0_i64..500, busy in 3_u8..=100, left in 0_i64..2_000_000) {
        let spends = spends(seed, by_day, by_night, busy);
        let [one, other] = [1, 1000].map(|scale| forecast(&spends, left, scale, 1, monday()));
        prop_assert_eq!(one.is_some(), other.is_some());
        for (one, other) in one.into_iter().flatten().zip(other.into_iter().flatten()) {
            prop_assert!(same(one, other), "{:?} {:?}", one, other);
        }
    }

    #[test]
    fn whole_weeks_later_all_is_the_same(seed: u64, by_day in 100_i64..5000, busy in 3_u8..=100, left in 0_i64..2_000_000, weeks in 1_i64..60) {
        let spends = spends(seed, by_day, by_day / 10, busy);
        let [one, other] = [0, weeks].map(|weeks| forecast(&spends, left, 1, 1, monday() + TimeDelta::weeks(weeks)));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn readings_twice_as_often_change_it_by_less_than_its_width(seed: u64, by_day in 500_i64..5000, busy in 20_u8..=100, left in 50_000_i64..500_000) {
        let spends = spends(seed, by_day, by_day / 10, busy);
        let [one, other] = [1, 2].map(|times| forecast(&spends, left, 1, times, monday()));
        let (Some([_, low, likely, high]), Some([_, _, other, _])) = (one, other) else { return Ok(()) };
        if hours(high).is_finite() {
            prop_assert!((hours(likely) - hours(other)).abs() <= hours(high) - hours(low), "{:?} {:?} {:?} {:?}", low, likely, high, other);
        }
    }
}
