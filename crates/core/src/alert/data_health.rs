//! Whether the service as a whole can be read.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::observation::Unread;

/// Failed polls, one after the other, before it is said that the service cannot be read.
const FAILED_POLLS: u32 = 2;

/// Whether the service can be read, and since when not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DataHealth {
    /// When a sweep last succeeded.
    pub read_at: Option<DateTime<Utc>>,
    /// The first of the polls that failed one after the other.
    pub failed_since: Option<DateTime<Utc>>,
    /// How many they are.
    pub failed_polls: u32,
    /// Whether that was said.
    pub is_said: bool,
}

/// A change worth saying: one for the service, however many wallets cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataHealthChange {
    /// The service cannot be read.
    Lost {
        /// The first poll that failed.
        since: DateTime<Utc>,
        /// When a sweep last succeeded; `None` if none ever did.
        read_at: Option<DateTime<Utc>>,
        /// How many polls failed.
        polls: u32,
        /// Why.
        why: Unread,
    },
    /// It can be read again.
    Back {
        /// The first poll that had failed.
        since: DateTime<Utc>,
    },
}

impl DataHealth {
    pub(crate) fn next(&self, at: DateTime<Utc>, failure: Option<&Unread>) -> (Self, Option<DataHealthChange>) {
        let Some(why) = failure else {
            let back = self.failed_since.filter(|_| self.is_said).map(|since| DataHealthChange::Back { since });
            return (Self { read_at: Some(at), ..Self::default() }, back);
        };
        let since = self.failed_since.unwrap_or(at);
        let polls = self.failed_polls.saturating_add(1);
        let is_due = polls >= FAILED_POLLS && !self.is_said;
        let lost = is_due.then(|| DataHealthChange::Lost { since, read_at: self.read_at, polls, why: why.clone() });
        (Self { read_at: self.read_at, failed_since: Some(since), failed_polls: polls, is_said: self.is_said || is_due }, lost)
    }
}
