//! How fast requests leave: a rate, and a common pause where the service asks for one.

use std::collections::HashMap;
use std::num::NonZeroU32;
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

/// The pace of a client, shared by its clones.
pub(crate) struct Pace {
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
        Self { rate, held: Mutex::default() }
    }

    /// Waits until the next request of `operation` may leave. A hold longer than `patience` is an error at once.
    pub(crate) async fn ready(&self, operation: &'static str, patience: Duration) -> Result<(), Hold> {
        self.held(operation, patience, Instant::now())?;
        if let Some(rate) = &self.rate {
            rate.until_ready().await;
        }
        while let Some(until) = self.held(operation, patience, Instant::now())? {
            tokio::time::sleep_until(until).await;
        }
        Ok(())
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
