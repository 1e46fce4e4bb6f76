//! Profiles over time: forgotten after a while, and any bytes as a database may hold them.

use chrono::TimeDelta;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::tests::{Course, DAY};
use super::*;
use crate::observation::{Observation, Subject};

/// The bytes of a profile that knows its wallet.
fn stored() -> Vec<u8> {
    let mut course = Course::new(50_000.0);
    course.live(8 * 288, 1.0);
    postcard::to_allocvec(course.forecaster.profile("MA_X").unwrap()).unwrap()
}

/// Restores a profile, reads the wallet for some hours, and asks for all that is forecast of it.
fn lives_on(profile: Profile) {
    let mut course = Course::new(40_000.0);
    course.forecaster.restore("MA_X", profile);
    course.now += TimeDelta::days(8);
    for _ in 0..4 {
        course.live(6, 1.0);
        let forecasts = course.forecaster.at(course.now);
        for balance in [0, 500, 40_000] {
            if let Some(runway) = forecasts.runway("MA_X", balance.into()) {
                let spans = [runway.low, runway.likely, runway.high].into_iter().flatten();
                assert!(spans.map(|span| span.hours).all(f64::is_finite), "{runway:?}");
            }
        }
        let _ = forecasts.spend("MA_X", 24.0);
    }
}

#[test]
fn a_wallet_that_was_not_read_for_sixty_days_is_forgotten() {
    let mut course = Course::new(50_000.0);
    course.live(3 * DAY, 1.0);
    let read = |days| {
        let other = Subject { balance: Some(Decimal::from(9)), ..Subject::new("MA_Y", "Asha Traders") };
        let mut forecaster = course.forecaster.clone();
        forecaster.observe(&Observation::complete(course.now + TimeDelta::days(days), vec![other]));
        forecaster.profiles().map(|(auth_id, _)| auth_id.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(read(59), ["MA_X", "MA_Y"]);
    assert_eq!(read(60), ["MA_Y"]);
    course.now += TimeDelta::days(400);
    course.see(Some(course.balance));
    assert!(course.runway(50_000).is_some(), "where nothing was read for so long, nothing is forgotten");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_of_a_profile_cause_a_panic(damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..24)) {
        use std::sync::OnceLock;
        static STORED: OnceLock<Vec<u8>> = OnceLock::new();
        let mut bytes = STORED.get_or_init(stored).clone();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(profile) = postcard::from_bytes(&bytes) {
            lives_on(profile);
        }
    }
}
