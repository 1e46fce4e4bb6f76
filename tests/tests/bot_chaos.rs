//! The bot under faults of every kind, killed at random. `cargo xtask chaos` runs it for longer.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;
mod chaos;

use std::io::Write as _;
use std::time::Duration;

use chaos::judge::Verdict;
use chaos::{Chaos, Length};

/// A number of the environment.
fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a whole number, not {text:?}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_under_faults_and_kills_and_each_costs_one_repeat_at_most() {
    let length = asked("VOBIZ_CHAOS_MINUTES").map_or(Length::Kills(20), |minutes| Length::Time(Duration::from_mins(minutes)));
    let mut chaos = Chaos::start(asked("VOBIZ_CHAOS_SEED").unwrap_or(1)).await;
    chaos.live(length).await;
    let verdict = Verdict::of(&chaos).await;
    let _ = writeln!(std::io::stdout(), "{}", verdict.table());
    assert!(verdict.owed > 0 && verdict.delivered > 0, "{verdict:#?}");
    assert!(verdict.lost.is_empty(), "{:#?}", verdict.lost);
    assert!(verdict.disordered.is_empty(), "{:#?}", verdict.disordered);
    for (chat, repeated) in &verdict.repeated {
        assert!(*repeated <= verdict.repeats_allowed(), "{repeated} repeats in chat {chat}");
    }
    let repeated: usize = verdict.repeated.values().sum();
    assert!(verdict.recorded >= i64::try_from(repeated).expect("a few"), "{} of {repeated} recorded", verdict.recorded);
}
