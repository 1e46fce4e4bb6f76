//! Rules: which figure is watched, which levels it must not cross, and how insistently that is said.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::TimeDelta;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::observation::Subject;
use super::state::Streak;

/// A figure that rules can watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Metric {
    /// `customer.balance`: a customer's wallet, in whole units of its currency.
    CustomerBalance,
    /// `customer.runway`: the cautious time until a customer's wallet is empty, in hours on the clock or in working hours.
    CustomerRunway,
}

impl Metric {
    /// Every metric, as rules name it.
    pub const ALL: [Self; 2] = [Self::CustomerBalance, Self::CustomerRunway];

    /// The name in rules and in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CustomerBalance => "customer.balance",
            Self::CustomerRunway => "customer.runway",
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Metric {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        Self::ALL.into_iter().find(|metric| metric.name() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            RuleError::new("metric", format!("{text:?} is not a metric; known: {known}"))
        })
    }
}

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

/// The levels under which a rule fires, in the unit of its metric. At least one is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Levels {
    /// Under this it is a warning.
    pub warning: Option<Decimal>,
    /// Under this it is critical.
    pub critical: Option<Decimal>,
}

impl Levels {
    /// The level of a severity, where it is set.
    pub fn of(&self, severity: Severity) -> Option<Decimal> {
        match severity {
            Severity::Warning => self.warning,
            Severity::Critical => self.critical,
        }
    }
}

/// How long a level must be crossed before a rule fires (`for`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Seen in so many polls, one after the other.
    Polls(u32),
    /// Seen over so long a time.
    For(Duration),
}

impl Hold {
    /// Whether a crossing was seen long enough.
    pub(crate) fn is_met(self, streak: &Streak, at: chrono::DateTime<chrono::Utc>) -> bool {
        match self {
            Self::Polls(polls) => streak.polls >= polls,
            Self::For(time) => at - streak.since >= TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX),
        }
    }
}

/// How far above a level a value must be before the alert is over (hysteresis).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recover {
    /// By an amount in the unit of the metric.
    Amount(Decimal),
    /// By a percentage of the level.
    Percent(Decimal),
}

impl Recover {
    /// The value at which an alert on `level` is over; `None` where that cannot be computed.
    fn above(self, level: Decimal) -> Option<Decimal> {
        let margin = match self {
            Self::Amount(amount) => amount,
            Self::Percent(percent) => level.abs().checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)?,
        };
        level.checked_add(margin).map(|sum| sum.normalize())
    }
}

/// After how long an alert that still stands is said again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// While it is a warning (default 24 h).
    pub warning: Duration,
    /// While it is critical (default 4 h).
    pub critical: Duration,
}

impl Default for Repeat {
    fn default() -> Self {
        Self { warning: Duration::from_hours(24), critical: Duration::from_hours(4) }
    }
}

/// Which customers a rule watches beside the prepaid, active ones that pay for themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scope {
    /// Also those billed afterwards.
    pub postpaid: bool,
    /// Also inactive ones.
    pub inactive: bool,
    /// Also those whose wallet fills itself.
    pub auto_recharge: bool,
}

impl Scope {
    fn contains(self, subject: &Subject) -> bool {
        (self.postpaid || subject.is_prepaid)
            && (self.inactive || subject.is_active)
            && (self.auto_recharge || !subject.auto_recharge)
    }
}

/// A rule as it is written down, before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleDraft {
    /// What it is called in messages.
    pub name: String,
    /// What it watches.
    pub metric: Metric,
    /// The levels under which it fires.
    pub below: Levels,
    /// How long they must be crossed (`for`, default two polls).
    pub hold: Hold,
    /// Hysteresis (default 10 %).
    pub recover: Recover,
    /// When it is said again.
    pub repeat: Repeat,
    /// Whom it watches.
    pub scope: Scope,
    /// Whether hours of the levels are working hours; of `customer.runway` only.
    pub in_working_hours: bool,
    /// How long a value must be past recovery before the alert is over (`recover_for`, default at once).
    ///
    /// A wallet that was paid into is not waited for.
    pub recover_for: Option<Duration>,
    /// After how long a warning that still stands, and lies under its level, becomes critical (`escalate_after`, default never).
    pub escalate_after: Option<Duration>,
    /// Whether it only stands in for forecasts: it fires for wallets of which too little is known to foresee anything.
    pub only_without_forecast: bool,
}

/// A rule that does not contradict itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule(RuleDraft);

/// Why a rule was refused: the field and, in words, what is wrong and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// The field, as in the policy file: `below.critical`, `for`, …
    pub field: &'static str,
    /// What is wrong with it.
    pub message: String,
}

impl RuleError {
    pub(crate) fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into() }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.message)
    }
}

impl std::error::Error for RuleError {}

impl RuleDraft {
    /// A rule with the default hold, recovery, repeats and scope.
    pub fn new(name: impl Into<String>, metric: Metric, below: Levels) -> Self {
        Self {
            name: name.into(),
            metric,
            below,
            hold: Hold::Polls(2),
            recover: Recover::Percent(Decimal::TEN),
            repeat: Repeat::default(),
            scope: Scope::default(),
            in_working_hours: false,
            recover_for: None,
            escalate_after: None,
            only_without_forecast: false,
        }
    }

    /// Checks the rule.
    ///
    /// # Errors
    ///
    /// The first field that contradicts itself or another one.
    pub fn build(self) -> Result<Rule, RuleError> {
        let wrong = |field, message: String| Err(RuleError::new(field, message));
        if self.name.trim().is_empty() || self.name.chars().any(char::is_control) || self.name.chars().count() > 100 {
            return wrong("name", "must be 1 to 100 characters on one line".to_owned());
        }
        match (self.below.warning, self.below.critical) {
            (None, None) => return wrong("below", "needs a level: warning, critical or both".to_owned()),
            (Some(warning), Some(critical)) if critical >= warning => {
                return wrong("below.critical", format!("({critical}) must be under warning ({warning})"));
            }
            _ => {}
        }
        match self.hold {
            Hold::Polls(0) => return wrong("for", "must be at least one poll".to_owned()),
            Hold::For(time) if time < Duration::from_secs(1) => return wrong("for", "must be at least 1s".to_owned()),
            _ => {}
        }
        let (Recover::Amount(margin) | Recover::Percent(margin)) = self.recover;
        if margin.is_sign_negative() && !margin.is_zero() {
            return wrong("recover", "must not be negative".to_owned());
        }
        for level in [self.below.warning, self.below.critical].into_iter().flatten() {
            if level.is_zero() && matches!(self.recover, Recover::Percent(_)) {
                return wrong(
                    "recover",
                    "must be an amount where a level is 0, such as \"50\": a percentage of 0 is nothing".to_owned(),
                );
            }
            if self.recover.above(level).is_none() {
                return wrong("recover", "leads to an amount too large to hold".to_owned());
            }
        }
        if self.in_working_hours && self.metric != Metric::CustomerRunway {
            return wrong("below", "has working hours, which are for customer.runway alone".to_owned());
        }
        if self.metric == Metric::CustomerRunway && self.only_without_forecast {
            return wrong("only_without_forecast", "contradicts customer.runway, which is a forecast".to_owned());
        }
        if self.escalate_after.is_some() && self.below.warning.is_none() {
            return wrong("escalate_after", "needs a warning level to escalate from".to_owned());
        }
        for (field, time) in [("repeat.warning", self.repeat.warning), ("repeat.critical", self.repeat.critical)] {
            if time < Duration::from_secs(1) {
                return wrong(field, "must be at least 1s".to_owned());
            }
        }
        Ok(Rule(self))
    }
}

impl Rule {
    /// What it is called.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What it watches.
    pub fn metric(&self) -> Metric {
        self.0.metric
    }

    /// The levels under which it fires.
    pub fn below(&self) -> Levels {
        self.0.below
    }

    /// How long a level must be crossed.
    pub fn hold(&self) -> Hold {
        self.0.hold
    }

    /// Whether it is about this customer.
    pub fn watches(&self, subject: &Subject) -> bool {
        self.0.scope.contains(subject)
    }

    /// After how long an alert of this severity is said again.
    pub fn repeat(&self, severity: Severity) -> Duration {
        match severity {
            Severity::Warning => self.0.repeat.warning,
            Severity::Critical => self.0.repeat.critical,
        }
    }

    /// The value at which an alert of this severity is over, where the severity has a level.
    pub fn recovers_at(&self, severity: Severity) -> Option<Decimal> {
        self.0.recover.above(self.0.below.of(severity)?)
    }

    /// Whether hours of the levels are working hours.
    pub fn in_working_hours(&self) -> bool {
        self.0.in_working_hours
    }

    /// How long a value must be past recovery before the alert is over.
    pub fn recover_for(&self) -> Option<Duration> {
        self.0.recover_for
    }

    /// After how long a warning that still stands becomes critical.
    pub fn escalate_after(&self) -> Option<Duration> {
        self.0.escalate_after
    }

    /// Whether it only stands in for forecasts.
    pub fn only_without_forecast(&self) -> bool {
        self.0.only_without_forecast
    }

    /// The rule as it was written down, to make another of it.
    pub fn draft(&self) -> RuleDraft {
        self.0.clone()
    }

    /// Tells versions of a rule apart: what is decided differently has another fingerprint. The same in every release.
    pub fn fingerprint(&self) -> u64 {
        let RuleDraft { metric, below, hold, recover, scope, in_working_hours, recover_for, escalate_after, .. } = &self.0;
        // Rules without these keep the fingerprint that they had before there were any.
        let later = if *in_working_hours || recover_for.is_some() || escalate_after.is_some() {
            format!(" {in_working_hours} {recover_for:?} {escalate_after:?}")
        } else {
            String::new()
        };
        let text = format!("{metric} {below:?} {hold:?} {recover:?} {scope:?}{later}");
        // FNV-1a: short, and fixed for all time, which the standard library's hasher is not.
        text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }

    /// The same rule with `for` taken as met by a single look.
    #[must_use]
    pub fn at_once(&self) -> Self {
        Self(RuleDraft { hold: Hold::Polls(1), ..self.0.clone() })
    }
}
