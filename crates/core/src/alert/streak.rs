//! How long something must be seen before it counts (`for`), and how long it was.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::error::RuleError;

/// No longer time can be asked for: a typing error would silence a rule.
const LONGEST: Duration = Duration::from_hours(366 * 24);

/// How long a level must be crossed before a rule fires (`for`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// In so many consecutive polls.
    Polls(u32),
    /// Over so long a time.
    For(Duration),
}

impl Hold {
    /// Met by a single poll.
    pub(super) const AT_ONCE: Self = Self::Polls(1);

    pub(super) fn check(self) -> Result<(), RuleError> {
        match self {
            Self::Polls(0) => Err(RuleError::new("for", "must be at least one poll")),
            Self::Polls(_) => Ok(()),
            Self::For(time) => check_time("for", Some(time)),
        }
    }

    /// Whether a streak is long enough.
    pub(super) fn is_met(self, streak: &Streak, at: DateTime<Utc>) -> bool {
        match self {
            Self::Polls(polls) => streak.polls >= polls,
            Self::For(time) => at - streak.since >= span(time),
        }
    }
}

/// Refuses times that are too short or too long to be meant.
pub(super) fn check_time(field: &'static str, time: Option<Duration>) -> Result<(), RuleError> {
    match time {
        Some(time) if time < Duration::from_secs(1) => Err(RuleError::new(field, "must be at least 1s")),
        Some(time) if time > LONGEST => Err(RuleError::new(field, "must be at most 366d")),
        _ => Ok(()),
    }
}

/// A duration that can be compared with the time between instants; the maximum where it is too long for that.
pub(super) fn span(time: Duration) -> TimeDelta {
    TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX)
}

/// Something seen in consecutive polls. Polls in which the value could not be read neither count nor interrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streak {
    /// When it was first seen.
    pub since: DateTime<Utc>,
    /// In how many polls.
    pub polls: u32,
}

impl Streak {
    /// The streak after one more poll; `None` where that poll ends it.
    pub(super) fn next(streak: Option<Self>, is_seen: bool, at: DateTime<Utc>) -> Option<Self> {
        let before = streak.unwrap_or(Self { since: at, polls: 0 });
        // After the clock was set back the time starts again; polls are polls.
        is_seen.then_some(Self { polls: before.polls.saturating_add(1), since: before.since.min(at) })
    }
}
