//! How fast requests leave: a rate, and a common pause where the service asks for one.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::time::Instant;

/// Requests a second that a client sends by default.
pub const DEFAULT_RATE: u32 = 5;
/// Requests that may leave at once before the rate holds.
pub const DEFAULT_BURST: u32 = 10;
/// The longest that the service is believed when it asks to wait: a slip of its clock must not silence a client for years.
const LONGEST_HOLD: Duration = Duration::from_hours(1);

/// What keeps the next request from leaving: [`PartnerClient::waits_for`](crate::PartnerClient::waits_for).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wait {
    /// The client's own limit of requests a second.
    Pace,
    /// The service asked to be left alone for this much longer (429, or `Retry-After`).
    Service(Duration),
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pace => f.write_str("the limit of requests a second"),
            Self::Service(left) => write!(f, "the service, which asked for a pause of {} s more", left.as_secs_f32().ceil()),
        }
    }
}

/// The pace of a client, shared by its clones.
pub(crate) struct Pace {
    /// Requests that wait for the rate.
    waiting: AtomicUsize,
    rate: Option<DefaultDirectRateLimiter>,
    /// Until when nothing is sent: of one operation, or of any (`None`).
    held: Mutex<HashMap<Option<&'static str>, Instant>>,
}

/// The service asked to wait for longer than the caller is patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hold {
    /// How much of the wait is left.
    pub(crate) left: Duration,
    /// Whether it holds for every operation.
    pub(crate) is_general: bool,
}

impl Pace {
    /// `per_second` requests, `burst` of them at once; a rate of 0 is no limit.
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let rate = NonZeroU32::new(per_second).map(|rate| {
            RateLimiter::direct(Quota::per_second(rate).allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN)))
        });
        Self { waiting: AtomicUsize::new(0), rate, held: Mutex::default() }
    }

    /// Waits until the next request of `operation` may leave. A hold longer than `patience` is an error at once.
    pub(crate) async fn ready(&self, operation: &'static str, patience: Duration) -> Result<(), Hold> {
        self.held(operation, patience, Instant::now())?;
        if let Some(rate) = &self.rate {
            let _counted = Counted::new(&self.waiting);
            rate.until_ready().await;
        }
        while let Some(until) = self.held(operation, patience, Instant::now())? {
            tokio::time::sleep_until(until).await;
        }
        Ok(())
    }

    /// What requests wait for.
    pub(crate) fn waits_for(&self, now: Instant) -> Option<Wait> {
        let until = self.held.lock().unwrap_or_else(PoisonError::into_inner).values().max().copied();
        let left = until.map(|until| until.saturating_duration_since(now)).filter(|left| !left.is_zero());
        let pace = || (self.waiting.load(Ordering::Relaxed) > 0).then_some(Wait::Pace);
        left.map(Wait::Service).or_else(pace)
    }

    /// Until when requests of `operation` are held.
    fn held(&self, operation: &'static str, patience: Duration, now: Instant) -> Result<Option<Instant>, Hold> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_empty() {
            return Ok(None);
        }
        held.retain(|_, until| *until > now);
        let until = held.get(&None).max(held.get(&Some(operation))).copied();
        match until.map(|until| until.duration_since(now)) {
            Some(left) if left > patience => Err(Hold { left, is_general: held.get(&None).copied() == until }),
            _ => Ok(until),
        }
    }

    /// Holds the requests of every clone for `wait`: those of one operation, or all.
    pub(crate) fn hold(&self, operation: Option<&'static str>, wait: Duration, now: Instant) {
        let until = now + wait.min(LONGEST_HOLD);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.entry(operation).and_modify(|held| *held = until.max(*held)).or_insert(until);
    }
}

/// Counts a request for as long as it waits, also where it is given up.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_mins(1);

    #[test]
    fn a_hold_is_kept_across_calls_until_it_passes() {
        let (pace, now) = (Pace::new(0, 1), Instant::now());
        pace.hold(None, Duration::from_mins(5), now);
        pace.hold(None, Duration::from_secs(2), now);
        let hold = Hold { left: Duration::from_mins(5), is_general: true };
        assert_eq!(pace.held("list accounts", PATIENCE, now), Err(hold));
        let later = now + Duration::from_secs(250);
        assert_eq!(pace.held("list accounts", PATIENCE, later), Ok(Some(now + Duration::from_mins(5))));
        assert_eq!(pace.held("list accounts", PATIENCE, now + Duration::from_secs(301)), Ok(None));
    }

    #[test]
    fn one_operation_can_be_held_alone_and_never_for_years() {
        let (pace, now) = (Pace::new(0, 1), Instant::now());
        pace.hold(Some("read dashboard"), Duration::from_hours(24 * 365), now);
        assert_eq!(pace.held("list accounts", PATIENCE, now), Ok(None));
        assert!(!pace.held("read dashboard", PATIENCE, now).unwrap_err().is_general);
        assert_eq!(pace.held("read dashboard", PATIENCE, now + LONGEST_HOLD), Ok(None));
    }
}
