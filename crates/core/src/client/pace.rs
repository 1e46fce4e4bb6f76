//! How fast requests leave: a rate, and a common pause after a 429.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::time::Instant;

/// Requests a second that a client sends unless told otherwise.
pub const DEFAULT_RATE: u32 = 5;
/// Requests that may leave at once before the rate holds.
pub const DEFAULT_BURST: u32 = 10;

/// The pace of a client, shared by its clones.
pub(crate) struct Pace {
    rate: Option<DefaultDirectRateLimiter>,
    held_until: Mutex<Option<Instant>>,
}

impl Pace {
    /// `per_second` requests, `burst` of them at once; a rate of 0 is none at all.
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let rate = NonZeroU32::new(per_second).map(|rate| {
            RateLimiter::direct(Quota::per_second(rate).allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN)))
        });
        Self { rate, held_until: Mutex::new(None) }
    }

    /// Waits until the next request may leave.
    pub(crate) async fn ready(&self) {
        if let Some(rate) = &self.rate {
            rate.until_ready().await;
        }
        loop {
            let held = *self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
            match held {
                Some(until) if until > Instant::now() => tokio::time::sleep_until(until).await,
                _ => return,
            }
        }
    }

    /// Holds every request of every clone for `wait`.
    pub(crate) fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut held = self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(held.map_or(until, |earlier| earlier.max(until)));
    }
}
