//! What one evaluation leaves for the next.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::data_health::DataHealth;
use super::level::{Levels, Severity};
use super::metric::{Metric, SubjectKind, Unit};
use super::roster::Roster;
use super::streak::Streak;
use crate::observation::{Subject, SubjectId};

/// What one evaluation leaves for the next. Wallets that are fine leave nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Alerts that are pending or firing.
    pub alerts: BTreeMap<AlertKey, Alert>,
    /// Whether the service can be read.
    pub data_health: DataHealth,
    /// How many customers there are.
    pub roster: Roster,
    /// Polls that read the list of customers to its end.
    pub polls: u32,
}

/// Names an alert: a rule, and whom or what it fires for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AlertKey {
    /// Name of the rule.
    pub rule: String,
    /// Whom or what it is about.
    pub subject: SubjectId,
}

impl AlertKey {
    /// The alert of a rule for a subject.
    pub fn new(rule: impl Into<String>, subject: SubjectId) -> Self {
        Self { rule: rule.into(), subject }
    }
}

impl State {
    /// The alert of a rule for a subject, where there is one.
    pub fn alert(&self, rule: &str, subject: &SubjectId) -> Option<&Alert> {
        self.alerts.get(&AlertKey::new(rule, subject.clone()))
    }

    /// Mutes an alert that fires. Gives whether there is one.
    pub fn snooze(&mut self, key: &AlertKey, until: Until, now: DateTime<Utc>) -> bool {
        let Some(alert) = self.alerts.get_mut(key) else { return false };
        let Some(firing) = alert.firing else { return false };
        alert.snooze = Some(Snooze { until, severity: firing.severity, set_at: now });
        true
    }
}

/// An alert that is pending (no level has been crossed for long enough) or firing.
///
/// While its value [cannot be read](Self::unread_since) it stays as it is, and nothing is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// What the rule compared with its levels when it decided this: where that is something else by now, the rule starts fresh.
    /// Empty where an earlier release decided it.
    #[serde(default)]
    pub measure: String,
    /// The levels that it was last judged by; neither where an earlier release decided it.
    #[serde(default)]
    pub levels: Levels,
    /// The customer's name, for when the customer is no longer listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The wallet's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// How it fires; `None` while it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firing: Option<Firing>,
    /// In which polls the value was beyond the warning level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<Streak>,
    /// The same for the critical level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<Streak>,
    /// In which polls the wallet was empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<Streak>,
    /// In which polls the value was past recovery of the critical level, where that must last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eased: Option<Streak>,
    /// In which polls the value was past recovery, where that must last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovered: Option<Streak>,
    /// In which polls the customer was not listed, or not one that the rule watches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<Streak>,
    /// The wallet when the value was read, where it is not the value itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Decimal>,
    /// Since when the money in the wallet, or the value where it is about no wallet, is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steady_since: Option<DateTime<Utc>>,
    /// The last value that was read.
    pub value: Decimal,
    /// When that was.
    pub read_at: DateTime<Utc>,
    /// Since when the value cannot be read, if it cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread_since: Option<DateTime<Utc>>,
    /// Until when it is muted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snooze: Option<Snooze>,
}

/// Somebody muted an alert. Chats are notified of a worse severity all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// When it ends.
    pub until: Until,
    /// The severity at which it was snoozed.
    pub severity: Severity,
    /// When it was snoozed.
    pub set_at: DateTime<Utc>,
}

/// When a snooze ends, if the alert does not end before, or become worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// At an instant; for a local time see [`time::next_local`](crate::time::next_local).
    Time(DateTime<Utc>),
    /// When money is paid in, even if it is too little to end the alert.
    ToppedUp,
    /// At the next level: the alert was acknowledged.
    NextLevel,
}

impl Snooze {
    /// The same, set now at the latest: one that a clock ahead of time set is moved back with its end.
    pub(super) fn bounded(self, now: DateTime<Utc>) -> Self {
        let ahead = (self.set_at - now).max(chrono::TimeDelta::zero());
        let until = match self.until {
            Until::Time(end) => Until::Time(end - ahead),
            until => until,
        };
        Self { until, set_at: self.set_at - ahead, ..self }
    }

    /// Whether it still holds.
    pub(super) fn holds(&self, is_topped_up: bool, now: DateTime<Utc>) -> bool {
        match self.until {
            Until::Time(end) => now < end,
            Until::ToppedUp => !is_topped_up,
            Until::NextLevel => true,
        }
    }
}

/// How an alert fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firing {
    /// How bad it is.
    pub severity: Severity,
    /// Why it is as bad as that.
    pub cause: Cause,
    /// Since when it fires, at whichever severity.
    pub since: DateTime<Utc>,
    /// From when `escalate_after` counts: since it is a warning that nobody acted on.
    pub ages_from: DateTime<Utc>,
    /// When chats were last notified of it.
    pub notified_at: DateTime<Utc>,
}

/// Why an alert has its severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The value was beyond the level of that severity.
    Level,
    /// It was a warning for longer than `escalate_after`.
    Age,
    /// The wallet cannot pay for a call.
    Empty,
}

impl Alert {
    /// In which polls the level of a severity was crossed.
    pub fn streak(&self, severity: Severity) -> Option<Streak> {
        match severity {
            Severity::Warning => self.warning,
            Severity::Critical => self.critical,
        }
    }

    /// Whether it fires because the wallet is empty.
    pub(super) fn is_for_empty(&self) -> bool {
        self.firing.is_some_and(|firing| firing.cause == Cause::Empty)
    }

    /// The same, after a poll that did not read the value.
    pub(super) fn unread(&self, at: DateTime<Utc>) -> Self {
        Self { unread_since: Some(self.unread_since.map_or(at, |since| since.min(at))), ..self.clone() }
    }

    /// The money when the value was read, where the rule is about a wallet that somebody can pay into.
    pub(super) fn money(&self, metric: Metric) -> Option<Decimal> {
        let value = (metric.unit() == Unit::Money).then_some(self.value);
        self.balance.or(value).filter(|_| matches!(metric.subject_kind(), SubjectKind::Customer | SubjectKind::Partner))
    }

    /// Whom or what it is about, as far as the alert remembers.
    pub(super) fn subject(&self, id: &SubjectId, metric: Metric) -> Subject {
        Subject { name: self.name.clone(), ..Subject::figure(id.clone(), self.money(metric), self.currency.clone()) }
    }

    /// The alert as text for a database.
    pub fn to_json(&self) -> String {
        // Nothing in it can be refused; were it, the alert would start fresh.
        serde_json::to_string(&Stored { version: VERSION, alert: self.clone() }).unwrap_or_default()
    }

    /// Reads an alert back.
    ///
    /// # Errors
    ///
    /// The text is damaged, or of a newer version.
    pub fn from_json(text: &str) -> Result<Self, StoredError> {
        let stored: Stored = serde_json::from_str(text).map_err(|error| StoredError(format!("it is damaged: {error}")))?;
        if stored.version != VERSION {
            return Err(StoredError(format!("it is of version {}, which is not known", stored.version)));
        }
        Ok(stored.alert)
    }
}

/// The layout of today.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    alert: Alert,
}

/// Why a stored alert cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredError(String);

impl fmt::Display for StoredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoredError {}
