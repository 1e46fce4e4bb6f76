//! What changed in an evaluation, with the numbers it was decided on.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::observation::Subject;
use super::rule::{Metric, Severity};
use super::state::Streak;

/// What happened to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// A level was crossed for long enough.
    Fire,
    /// It became critical.
    Escalate,
    /// It is only a warning now.
    Fall,
    /// It still stands and is due to be said again.
    Repeat,
    /// The value is past recovery.
    Resolve,
    /// The customer left the list.
    Gone,
    /// The customer is no longer one that the rule watches (inactive, postpaid, auto-recharging).
    Unwatched,
}

/// A change worth saying.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transition {
    /// Name of the rule.
    pub rule: String,
    /// What the rule watches.
    pub metric: Metric,
    /// Whom it is about.
    pub subject: Subject,
    /// What happened.
    pub change: Change,
    /// The severity now; of an alert that is over, the one it had.
    pub severity: Severity,
    /// The level of that severity.
    pub level: Decimal,
    /// The value at which the alert is over.
    pub recovers_at: Decimal,
    /// The value it was decided on: the last one read.
    pub value: Decimal,
    /// When that was read.
    pub read_at: DateTime<Utc>,
    /// Since when the alert fires.
    pub since: DateTime<Utc>,
    /// How long the level was seen crossed.
    pub streak: Option<Streak>,
}

impl Transition {
    /// Why, with the numbers it was decided on.
    pub fn reason(&self) -> String {
        let Self { value, severity, level, recovers_at, .. } = self;
        let value = value.normalize();
        match self.change {
            Change::Fire | Change::Escalate => {
                let polls = match self.streak.map_or(1, |streak| streak.polls) {
                    1 => "1 poll".to_owned(),
                    polls => format!("{polls} polls"),
                };
                format!("{value} is under the {severity} level of {level}, seen in {polls}")
            }
            Change::Repeat => format!("{value} is still under {recovers_at}, where the {severity} alert ends"),
            Change::Fall => format!("{value} is past the recovery of the critical level, still under {recovers_at}"),
            Change::Resolve => format!("{value} has reached {recovers_at}, where the alert ends"),
            Change::Gone => format!("the customer is no longer listed; last value {value}"),
            Change::Unwatched => format!("the rule no longer watches this customer; last value {value}"),
        }
    }
}
