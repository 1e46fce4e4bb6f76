//! Levels: which severity a value has, when that ends, and how often a chat is reminded of it.

use std::fmt;
use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::error::RuleError;
use super::streak::check_time;

/// How bad it is. Critical is worse than warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Someone should look today.
    Warning,
    /// Someone should look now.
    Critical,
}

impl Severity {
    /// Both, the worst first.
    pub const WORST_FIRST: [Self; 2] = [Self::Critical, Self::Warning];

    /// `warning` or `critical`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// On which side of a level a value is trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A value under the level.
    Below,
    /// A value above it.
    Above,
}

impl Direction {
    /// `below` or `above`, as in the policy file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Below => "below",
            Self::Above => "above",
        }
    }

    /// The word before a level.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Below => "under",
            Self::Above => "above",
        }
    }

    /// The side on which all is well.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Below => Self::Above,
            Self::Above => Self::Below,
        }
    }

    /// Whether a value lies beyond a level. On it is not beyond it.
    pub fn is_crossed(self, value: Decimal, level: Decimal) -> bool {
        match self {
            Self::Below => value < level,
            Self::Above => value > level,
        }
    }
}

/// The levels beyond which a rule fires, in the unit of its metric. At least one is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Levels {
    /// Beyond this it is a warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<Decimal>,
    /// Beyond this it is critical.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<Decimal>,
}

impl Levels {
    /// The level of which a value must be clear for an alert to be over.
    pub(super) fn mildest(&self) -> Option<Decimal> {
        self.warning.or(self.critical)
    }

    /// The level of a severity, where it is set.
    pub fn of(&self, severity: Severity) -> Option<Decimal> {
        match severity {
            Severity::Warning => self.warning,
            Severity::Critical => self.critical,
        }
    }

    /// These, and where one is not set that of `other`.
    pub(crate) fn or(self, other: Self) -> Self {
        Self { warning: self.warning.or(other.warning), critical: self.critical.or(other.critical) }
    }
}

/// How far past its level a value must be for an alert to end (hysteresis).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recover {
    /// By an amount in the unit of the metric.
    Amount(Decimal),
    /// By a percentage of the level.
    Percent(Decimal),
}

impl Recover {
    /// The value at which an alert on `level` is over; `None` where that cannot be computed.
    pub(crate) fn from(self, level: Decimal, direction: Direction) -> Option<Decimal> {
        let margin = match self {
            Self::Amount(amount) => amount,
            Self::Percent(percent) => level.abs().checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)?,
        };
        let end = match direction {
            Direction::Below => level.checked_add(margin),
            Direction::Above => level.checked_sub(margin),
        };
        end.map(|end| end.normalize())
    }
}

/// After how long chats are reminded of an alert that still fires, by rules that are not reminded of at working hours; `None`:
/// never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// While it is a warning (default 24 h).
    pub warning: Option<Duration>,
    /// While it is critical (default 4 h).
    pub critical: Option<Duration>,
}

impl Repeat {
    /// No reminders.
    pub const NEVER: Self = Self { warning: None, critical: None };

    /// After how long chats are reminded of an alert of a severity.
    pub fn of(self, severity: Severity) -> Option<Duration> {
        match severity {
            Severity::Warning => self.warning,
            Severity::Critical => self.critical,
        }
    }

    pub(super) fn check(self) -> Result<(), RuleError> {
        check_time("repeat.warning", self.warning)?;
        check_time("repeat.critical", self.critical)
    }
}

impl Default for Repeat {
    fn default() -> Self {
        Self { warning: Some(Duration::from_hours(24)), critical: Some(Duration::from_hours(4)) }
    }
}
