//! What one evaluation leaves for the next.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::data_health::DataHealth;
use super::level::Severity;

/// What one evaluation leaves for the next. Wallets that are fine leave nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// By rule and customer (or what stands in its place, see [`Subject`](super::Subject)).
    pub alerts: BTreeMap<(String, String), Alert>,
    /// Whether the service can be read.
    pub data_health: DataHealth,
    /// Whether anything was ever said.
    pub has_spoken: bool,
}

impl State {
    /// Says nothing more of an alert that fires, until then. Gives whether there is one.
    pub fn snooze(&mut self, rule: &str, auth_id: &str, until: Until) -> bool {
        let Some(alert) = self.alerts.get_mut(&(rule.to_owned(), auth_id.to_owned())) else { return false };
        let Some(firing) = alert.firing else { return false };
        alert.snooze = Some(Snooze { until, severity: firing.severity });
        true
    }
}

/// An alert that is pending (no level has been crossed long enough) or firing.
///
/// It is [unknown](Self::unread_since) while its value cannot be read: it stands, and nothing is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Of the rule that it was decided by: another rule of that name starts afresh.
    pub fingerprint: u64,
    /// The customer's name, for when the customer is no longer listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The wallet's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The severity at which it fires; `None` while it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firing: Option<Firing>,
    /// Since when and how often the value was seen beyond the warning level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<Streak>,
    /// The same for the critical level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<Streak>,
    /// Since when the value is past recovery, while that must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovered_since: Option<Streak>,
    /// The wallet at that reading, where it is not the value itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Decimal>,
    /// The last value that was read, and when.
    pub value: Decimal,
    /// When that was.
    pub read_at: DateTime<Utc>,
    /// Since when the value cannot be read, if it cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread_since: Option<DateTime<Utc>>,
    /// Until when nothing is said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snooze: Option<Snooze>,
}

/// Somebody saw the alert and wants to hear no more of it for now. What gets worse is said all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// When it ends.
    pub until: Until,
    /// How bad it was when it was snoozed.
    pub severity: Severity,
}

/// When a snooze ends, if the alert does not end before, or get worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// At an instant; for a local time see [`time::next_local`](crate::time::next_local).
    Time(DateTime<Utc>),
    /// When money is paid in, be it too little to end the alert.
    ToppedUp,
    /// At the next level: the alert was acknowledged.
    NextLevel,
}

impl Snooze {
    /// Whether it still holds.
    pub(crate) fn holds(&self, was_paid: bool, now: DateTime<Utc>) -> bool {
        match self.until {
            Until::Time(end) => now < end,
            Until::ToppedUp => !was_paid,
            Until::NextLevel => true,
        }
    }
}

/// How an alert fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firing {
    /// How bad it is.
    pub severity: Severity,
    /// Since when it fires, at whichever severity.
    pub since: DateTime<Utc>,
    /// When it was last said.
    pub said_at: DateTime<Utc>,
}

/// A crossing seen in one poll after the other. Polls in which the value could not be read do not count and do not interrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streak {
    /// When it was first seen.
    pub since: DateTime<Utc>,
    /// In how many polls.
    pub polls: u32,
}

impl Streak {
    /// One more poll, in which the crossing was seen or not.
    pub(crate) fn next(streak: Option<Self>, is_crossed: bool, at: DateTime<Utc>) -> Option<Self> {
        let before = streak.unwrap_or(Self { since: at, polls: 0 });
        // Where the clock was set back, the time begins anew; polls are polls.
        is_crossed.then_some(Self { polls: before.polls.saturating_add(1), since: before.since.min(at) })
    }
}
