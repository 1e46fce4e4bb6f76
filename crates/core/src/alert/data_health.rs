//! Whether the service as a whole can be read.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::observation::{Observation, Unread};

/// Consecutive failed polls before chats are notified that the service cannot be read.
const FAILED_POLLS: u32 = 2;

/// Whether the service can be read, and since when not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DataHealth {
    /// When a sweep last succeeded.
    pub read_at: Option<DateTime<Utc>>,
    /// The first of the consecutive polls that failed.
    pub failed_since: Option<DateTime<Utc>>,
    /// How many they are.
    pub failed_polls: u32,
    /// Whether that was reported.
    pub is_reported: bool,
}

/// A change: one for the service, however many wallets cannot be read.
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
        /// How many customers the last of them read all the same.
        read: usize,
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
    pub(super) fn next(&self, observation: &Observation) -> (Self, Option<DataHealthChange>) {
        let at = observation.at;
        // After the clock was set back, what lies in the future counts as of now.
        let (read_at, failed_since) = (self.read_at.map(|read_at| read_at.min(at)), self.failed_since.map(|since| since.min(at)));
        if observation.listing.cut.is_none() {
            let back = failed_since.filter(|_| self.is_reported).map(|since| DataHealthChange::Back { since });
            return (Self { read_at: Some(at), ..Self::default() }, back);
        }
        let failed_polls = self.failed_polls.saturating_add(1);
        let is_due = failed_polls >= FAILED_POLLS;
        let next =
            Self { read_at, failed_since: failed_since.or(Some(at)), failed_polls, is_reported: self.is_reported || is_due };
        let lost = next.outage(observation).filter(|_| !self.is_reported);
        (next, lost)
    }

    /// The outage that lasts after an observation, once it is due to be reported.
    pub(super) fn outage(&self, observation: &Observation) -> Option<DataHealthChange> {
        let why = observation.listing.cut.clone().filter(|_| self.is_reported)?;
        let read = observation.customers.len();
        Some(DataHealthChange::Lost { since: self.failed_since?, read_at: self.read_at, polls: self.failed_polls, read, why })
    }
}
