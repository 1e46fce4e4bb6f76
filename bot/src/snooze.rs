//! What people do about alerts, as it is stored.

use serde::{Deserialize, Serialize};
use vobiz_core::alert::{AlertKey, Snooze};

/// The kind of setting that snoozes are.
pub(crate) const SNOOZE: &str = "snooze";

/// An alert that somebody took or snoozed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Muted {
    pub(crate) key: AlertKey,
    pub(crate) snooze: Snooze,
    /// Whether it was taken: somebody works on it.
    pub(crate) is_taken: bool,
}
