//! Profiles as a database may hold them: any bytes.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::tests::Course;
use super::*;

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
