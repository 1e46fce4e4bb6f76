//! The time: the system's, or a sandbox's.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::Instant;
use url::Url;
use vobiz_core::is_loopback;

/// How often a wait looks at the clock, so that a clock that was set is noticed.
const LOOK: Duration = Duration::from_mins(1);
/// How often the clock of a sandbox in another process is read.
const FOLLOW: Duration = Duration::from_millis(20);
/// How long a sandbox may take to show its clock: a large world takes a while to move.
const DEADLINE: Duration = Duration::from_secs(30);
/// A difference between the clock and the time that passed that is logged.
const STEP: TimeDelta = TimeDelta::seconds(5);

/// Where the time comes from. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Clock {
    /// The machine's.
    System,
    /// A sandbox's, which can be turned: each instant that it shows.
    Virtual(watch::Receiver<DateTime<Utc>>),
}

/// What `/control/clock` of a sandbox answers.
#[derive(Deserialize)]
struct Shown {
    now: DateTime<Utc>,
}

impl Clock {
    /// Follows the clock of a sandbox that listens at `address`, on this machine.
    ///
    /// # Errors
    ///
    /// No sandbox answers there.
    pub(crate) async fn follow(address: &Url) -> Result<Self> {
        ensure!(is_loopback(address), "--clock {address} is not on this machine; write the address that the sandbox printed");
        let http = reqwest::Client::builder().no_proxy().timeout(DEADLINE).build()?;
        let clock = address.join("control/clock")?;
        let read = move || {
            let request = http.get(clock.clone());
            async move { request.send().await?.error_for_status()?.json::<Shown>().await }
        };
        let first = read().await.with_context(|| format!("no sandbox shows its clock at {address}"))?;
        let (sender, receiver) = watch::channel(first.now);
        tokio::spawn(async move {
            while !sender.is_closed() {
                tokio::time::sleep(FOLLOW).await;
                // A sandbox that is away or starts again shows no time: the last one stays.
                let Ok(Shown { now }) = read().await else { continue };
                sender.send_if_modified(|shown| std::mem::replace(shown, now) != now);
            }
        });
        Ok(Self::Virtual(receiver))
    }

    /// The present.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Virtual(shown) => *shown.borrow(),
        }
    }

    /// Waits so long after what began at `began`. The machine's clock may be set meanwhile: from now on, the time that passes
    /// counts. A sandbox's clock may have been turned since `began`: what it passed counts too.
    pub(crate) async fn sleep_after(&self, began: DateTime<Utc>, time: Duration) {
        match self {
            Self::System => tokio::time::sleep(time).await,
            Self::Virtual(_) => {
                let then = TimeDelta::from_std(time).ok().and_then(|time| began.checked_add_signed(time));
                self.sleep_until(then.unwrap_or(DateTime::<Utc>::MAX_UTC)).await;
            }
        }
    }

    /// Waits until a time of day, such as that of a summary. A machine's clock that is set is noticed within a minute.
    pub(crate) async fn sleep_until(&self, then: DateTime<Utc>) {
        while self.now() < then {
            self.wait_towards(then).await;
        }
    }

    /// Waits until `then`, or a minute on the machine's clock: the caller looks again whether `then` still holds.
    pub(crate) async fn wait_towards(&self, then: DateTime<Utc>) {
        match self {
            Self::System => tokio::time::sleep(nap(then, Utc::now())).await,
            Self::Virtual(shown) => {
                let mut shown = shown.clone();
                if *shown.borrow_and_update() < then && shown.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}

/// How long the machine's clock is waited for before it is looked at again.
fn nap(then: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    (then - now).to_std().unwrap_or_default().min(LOOK)
}

/// Logs each time that the machine's clock is set, until the task is dropped.
pub(crate) async fn log_steps() -> Result<()> {
    let (mut shown, mut passed) = (Utc::now(), Instant::now());
    loop {
        tokio::time::sleep(LOOK / 2).await;
        let (now, instant) = (Utc::now(), Instant::now());
        if let Some(step) = step(now - shown, instant - passed) {
            let seconds = step.num_seconds();
            tracing::warn!(seconds, "the machine's clock was set; polls go on, and times before are of the old clock");
        }
        (shown, passed) = (now, instant);
    }
}

/// By how much the clock was set while so much time passed.
fn step(shown: TimeDelta, passed: Duration) -> Option<TimeDelta> {
    let step = shown - TimeDelta::from_std(passed).ok()?;
    (step.abs() >= STEP).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_is_noticed_and_one_that_drifts_is_not() {
        let passed = Duration::from_secs(30);
        assert_eq!(step(TimeDelta::seconds(-570), passed), Some(TimeDelta::minutes(-10)));
        assert_eq!(step(TimeDelta::seconds(86_430), passed), Some(TimeDelta::days(1)));
        assert_eq!(step(TimeDelta::milliseconds(30_200), passed), None);
    }

    #[test]
    fn a_wait_towards_a_time_far_ahead_looks_again_within_a_minute() {
        let now = Utc::now();
        assert_eq!(nap(now + TimeDelta::days(365), now), LOOK);
        assert_eq!(nap(now + TimeDelta::seconds(3), now), Duration::from_secs(3));
        assert_eq!(nap(now - TimeDelta::days(1), now), Duration::ZERO);
    }
}
