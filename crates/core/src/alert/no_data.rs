//! What rules watch and could not judge.

use std::fmt;

use chrono::{DateTime, Utc};

use super::metric::Metric;
use crate::observation::SubjectId;
use crate::observation::Unread;

/// A figure that a rule watches and that an evaluation could not judge. An alert that fires for it stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoData {
    /// Name of the rule.
    pub rule: String,
    /// What the rule watches.
    pub metric: Metric,
    /// Whom or what it is about.
    pub subject: SubjectId,
    /// The customer's name, where there is one.
    pub name: Option<String>,
    /// Why it could not be judged.
    pub reason: NoDataReason,
    /// Since when, where that is known.
    pub since: Option<DateTime<Utc>>,
    /// Whether the rule does not ask for data ([`only_with_forecast`](super::RuleDraft::only_with_forecast)): it is worth
    /// showing, and no reason to doubt that all is well.
    pub is_optional: bool,
}

/// Why a figure could not be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoDataReason {
    /// The API could not be read.
    Unread(Unread),
    /// The customer's row has no balance that can be read; why, where that is known.
    Balance(Option<String>),
    /// The customer is not among those that were read, and may exist.
    NotListed,
    /// Too little is known of the wallet for a forecast, or nothing was spent.
    NoForecast,
    /// The API does not report the figure.
    NotReported,
    /// The day had too few calls for its answer rate to say anything.
    TooFewCalls {
        /// Calls of the day.
        calls: u64,
        /// Calls that the rule asks for.
        needed: u64,
    },
}

impl fmt::Display for NoDataReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(unread) => f.write_str(&unread.message),
            Self::Balance(Some(why)) => write!(f, "the balance could not be read: {why}"),
            Self::Balance(None) => f.write_str("the balance was not sent"),
            Self::NotListed => f.write_str("the customer is missing from a list that may be incomplete"),
            Self::NoForecast => {
                f.write_str("there is no forecast: the wallet's history is too short, or nothing was spent in it")
            }
            Self::NotReported => f.write_str("the figure is not reported"),
            Self::TooFewCalls { calls, needed } => write!(f, "the day had {calls} calls; the rule needs {needed}"),
        }
    }
}
