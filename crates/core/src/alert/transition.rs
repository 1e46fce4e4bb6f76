//! What an evaluation changed, with the numbers it was decided on.

use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::level::{Direction, Levels, Severity};
use super::metric::{Metric, SubjectKind, Unit, span};
use super::reading::Basis;
use super::rule::Rule;
use super::state::{Alert, AlertKey, Cause, Firing};
use super::streak::Streak;
use crate::forecast::{Runway, Span};
use crate::observation::Subject;

/// What happened to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// A level was crossed for long enough.
    Fire,
    /// It became critical.
    Escalate,
    /// It was critical already, and by now the wallet cannot pay for a call.
    Empty,
    /// It is only a warning now.
    Fall,
    /// It still fires, and a reminder is due.
    Repeat,
    /// It fires as before.
    Unchanged,
    /// The value is past recovery.
    Resolve,
    /// The customer left the list.
    Gone,
    /// The customer is no longer one that the rule watches (inactive, postpaid, auto-recharging).
    Unwatched,
    /// The wallet has a forecast by now, and the rules on forecasts apply in place of this one.
    Superseded,
}

impl Change {
    /// Whether the alert fires after it.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Fire | Self::Escalate | Self::Empty | Self::Fall | Self::Repeat | Self::Unchanged)
    }
}

/// A change of an alert, or an alert that fires, with its numbers.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Transition {
    /// Name of the rule.
    pub rule: String,
    /// What the rule watches.
    pub metric: Metric,
    /// Whom or what it is about.
    pub subject: Subject,
    /// What happened.
    pub change: Change,
    /// The severity now; of an alert that is over, the one it had.
    pub severity: Severity,
    /// On which side of its level it fires.
    pub direction: Direction,
    /// Why it has that severity.
    pub cause: Cause,
    /// The level that was crossed: that of the severity, or the warning level where the severity has none or comes of age.
    pub level: Decimal,
    /// The level before, where the alert is over or only a warning because that was changed.
    pub level_before: Option<Decimal>,
    /// The value at which it is no longer of that severity; of one that resolved, at which it was over.
    pub recovers_at: Decimal,
    /// The value it was decided on: the last one read.
    pub value: Decimal,
    /// When that was read.
    pub read_at: DateTime<Utc>,
    /// Since when the value cannot be read, if it cannot.
    pub unread_since: Option<DateTime<Utc>>,
    /// Since when the alert fires.
    pub since: DateTime<Utc>,
    /// How long nobody acted on it: since it became a warning.
    pub age: TimeDelta,
    /// Since when the wallet cannot pay for a call.
    pub empty_since: Option<DateTime<Utc>>,
    /// Since when the money in the wallet, or the value where it is about no wallet, is the same.
    pub steady_since: Option<DateTime<Utc>>,
    /// After how long chats are reminded of it; `None`: never, or at working hours.
    pub repeats_after: Option<TimeDelta>,
    /// Whether chats are reminded of it together with all others, at working hours.
    pub is_reminded_at_work: bool,
    /// How long the level was seen crossed.
    pub streak: Option<Streak>,
    /// The numbers behind the value.
    pub basis: Basis,
    /// Whether value and level are working hours.
    pub in_working_hours: bool,
    /// The rule by which the partner's own wallet is critical too, which may be why: nobody can be topped up from it.
    pub inhibited_by: Option<String>,
}

impl Transition {
    /// `alert` is as it was when the change was decided, by the rule's levels now; the levels before are those that were changed.
    /// `None` where the rule has no level for it.
    pub(super) fn new(
        (rule, levels, before): (&Rule, Levels, Option<Levels>),
        subject: &Subject,
        (change, firing): (Change, Firing),
        alert: &Alert,
        basis: Basis,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let has_own = firing.cause != Cause::Age && levels.of(firing.severity).is_some();
        let crossed = if has_own { firing.severity } else { Severity::Warning };
        let level = levels.of(crossed).or(levels.critical)?;
        // It is over when it is no warning any more; until then, when it is no longer as bad.
        let ends = if change == Change::Resolve { levels.mildest().unwrap_or(level) } else { level };
        let level_before = before.and_then(|before| changed_level(rule, change, before, levels, alert.value));
        let level = if change == Change::Resolve && level_before.is_some() { ends } else { level };
        Some(Self {
            rule: rule.name().to_owned(),
            metric: rule.metric(),
            subject: subject.clone(),
            change,
            severity: firing.severity,
            direction: rule.direction(),
            cause: firing.cause,
            level,
            level_before,
            recovers_at: rule.recovers_at(ends)?,
            value: alert.value,
            read_at: alert.read_at,
            unread_since: alert.unread_since,
            since: firing.since,
            age: (now - firing.ages_from).max(TimeDelta::zero()),
            empty_since: alert.empty.map(|empty| empty.since),
            steady_since: alert.steady_since,
            is_reminded_at_work: rule.is_reminded_at_work(),
            repeats_after: rule.repeat(firing.severity).and_then(|after| TimeDelta::from_std(after).ok()),
            streak: alert.streak(crossed),
            basis,
            in_working_hours: rule.in_working_hours(),
            inhibited_by: None,
        })
    }

    /// Names the alert.
    pub fn key(&self) -> AlertKey {
        AlertKey::new(&self.rule, self.subject.id.clone())
    }

    /// Whether the value is beyond the level, not between it and recovery.
    pub fn is_beyond_level(&self) -> bool {
        self.direction.is_crossed(self.value, self.level)
    }

    /// Whether it is about one customer's wallet.
    pub fn is_of_customer(&self) -> bool {
        self.metric.subject_kind() == SubjectKind::Customer
    }

    /// How long the customer's wallet lasts, where there is a forecast.
    pub fn runway(&self) -> Option<&Runway> {
        self.basis.runway.as_ref()
    }

    /// Whether the wallet cannot pay for a call, as far as the rule looks at that.
    pub fn is_empty(&self) -> bool {
        self.empty_since.is_some() || self.subject.balance.is_some_and(|balance| balance <= Decimal::ZERO)
    }

    /// Hours until it is as likely empty as not: 0 where it is empty, infinite where there is no forecast.
    pub fn hours_left(&self) -> f64 {
        match self.subject.balance {
            _ if self.is_empty() => 0.0,
            _ => self.runway().and_then(|runway| runway.likely.or(runway.high)).map_or(f64::INFINITY, |span| span.hours),
        }
    }

    /// The worst first; of these the partner's own wallet, which may explain others; then what is empty soonest; without
    /// forecasts, the wallet with the least.
    pub(super) fn by_urgency(&self, other: &Self) -> Ordering {
        let is_partner = |of: &Self| of.metric.subject_kind() == SubjectKind::Partner;
        (other.severity.cmp(&self.severity))
            .then_with(|| is_partner(other).cmp(&is_partner(self)))
            .then_with(|| self.hours_left().total_cmp(&other.hours_left()))
            // Amounts of different currencies are not set against each other.
            .then_with(|| self.subject.currency.cmp(&other.subject.currency))
            .then_with(|| self.subject.balance.cmp(&other.subject.balance))
            .then_with(|| (&self.subject.id, &self.rule).cmp(&(&other.subject.id, &other.rule)))
    }

    /// Why, with the numbers it was decided on.
    pub fn reason(&self) -> String {
        let (beyond, back) = (self.direction.word(), self.direction.other().word());
        let [value, level, end] = [self.value, self.level, self.recovers_at].map(|value| self.format(value));
        let of = if self.cause == Cause::Age { Severity::Warning } else { self.severity };
        let because = self.because();
        let before = self.level_before.map(|before| self.format(before)).unwrap_or_default();
        match self.change {
            Change::Resolve if self.level_before.is_some() => {
                format!("the level was changed from {before} to {level}, and {value} is not {beyond} it{because}")
            }
            Change::Fall if self.level_before.is_some() => {
                format!("the critical level of {before} was changed; {value} is {beyond} the warning level of {level}{because}")
            }
            Change::Superseded if self.level_before.is_some() => {
                format!("the level of {before} was changed, and the rules on forecasts apply to this wallet; last value {value}")
            }
            Change::Gone => format!("the customer is no longer listed; last value {value}"),
            Change::Unwatched => format!("the rule no longer watches this customer; last value {value}"),
            Change::Superseded => format!("the rules on forecasts apply to this wallet; last value {value}"),
            Change::Resolve if self.cause == Cause::Empty && self.direction.is_crossed(self.value, self.recovers_at) => {
                format!("the wallet is not empty any more{because}")
            }
            Change::Resolve if self.value == self.recovers_at => {
                format!("{value} has reached {end}, where the alert ends{because}")
            }
            Change::Resolve => format!("{value} is {back} {end}, where the alert ends{because}"),
            _ if self.empty_since.is_some() => {
                let left = self.subject.balance.map(|balance| format!(": {} left", balance.normalize())).unwrap_or_default();
                format!("the wallet cannot pay for a call{left}")
            }
            _ if !self.is_beyond_level() => {
                format!("back to {value}, {back} the {of} level of {level}, not yet {end}{because}")
            }
            Change::Fire | Change::Escalate if self.cause == Cause::Level => {
                let polls = match self.streak.map_or(1, |streak| streak.polls) {
                    1 => "1 poll".to_owned(),
                    polls => format!("{polls} polls"),
                };
                format!("{value} is {beyond} the {of} level of {level}, seen in {polls}{because}")
            }
            Change::Escalate => {
                let age = span(self.age);
                format!("{value} is {beyond} the {of} level of {level}; a warning for {age} on which nobody acted{because}")
            }
            Change::Fall => format!("{value} is still {beyond} the {of} level of {level}{because}"),
            Change::Fire | Change::Empty | Change::Repeat | Change::Unchanged => {
                format!("{value} is still {beyond} the {of} level of {level}; the alert ends at {end}{because}")
            }
        }
    }

    /// A value in the unit of the metric.
    pub fn format(&self, value: Decimal) -> String {
        self.metric.format(value, self.in_working_hours)
    }

    /// What the value rests on.
    fn because(&self) -> String {
        let Basis { runway, burn, coverage, calls, unread } = &self.basis;
        let mut parts = Vec::new();
        let is_amount = self.metric.unit() == Unit::Money;
        parts.extend(self.subject.balance.filter(|_| !is_amount).map(|balance| format!("{} left", balance.normalize())));
        parts.extend(runway.as_ref().map(|runway| {
            let (rate, normal) = match burn {
                Some(burn) => (Some(burn.rate), burn.normal),
                None => (runway.measured, runway.normal),
            };
            let rate = rate.map(|rate| format!("burning {rate:.2}/h ")).unwrap_or_default();
            format!("{rate}(normal {normal:.2}/h), empty in {}", range(runway))
        }));
        parts.extend(
            runway
                .as_ref()
                .and_then(|runway| runway.step)
                .map(|step| format!("{:.2} gone in {:.0} minutes {:.1} h ago", step.amount, step.within * 60.0, step.ago)),
        );
        parts.extend(
            runway
                .as_ref()
                .and_then(|runway| runway.fee)
                .map(|fee| format!("a fee of {:.2} is due in {:.1} h", fee.amount, fee.after)),
        );
        parts.extend(coverage.as_ref().map(|coverage| {
            let (spent, lacking, hours) = (coverage.per_day, coverage.needed, coverage.morning_hours);
            format!(
                "customers spend {spent:.2} a day and will lack {lacking:.2} when the next working day begins, in {hours:.1} h"
            )
        }));
        parts.extend(calls.as_ref().map(|calls| format!("on {}", calls.day)));
        parts.extend(unread.as_ref().map(|unread| unread.message.clone()));
        if parts.is_empty() { String::new() } else { format!("; {}", parts.join(", ")) }
    }
}

/// The level before, where a change is due to another level in its place, and not to the value.
fn changed_level(rule: &Rule, change: Change, before: Levels, now: Levels, value: Decimal) -> Option<Decimal> {
    let (before, now) = match change {
        Change::Resolve | Change::Superseded => (before.mildest()?, now.mildest()),
        Change::Fall => (before.critical?, now.critical),
        _ => return None,
    };
    let would_fire = rule.recovers_at(before).is_some_and(|end| rule.direction().is_crossed(value, end));
    (Some(before) != now && (would_fire || change == Change::Superseded)).then_some(before)
}

/// `1.7 h (range 1.2-2.9 h)`
fn range(runway: &Runway) -> String {
    let end = |span: Option<Span>| match span {
        Some(span) => format!("{:.1}", span.hours),
        None => format!("more than {:.0}", runway.horizon),
    };
    format!("{} h (range {}-{} h)", end(runway.likely), end(runway.low), end(runway.high))
}
