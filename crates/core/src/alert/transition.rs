//! What changed in an evaluation, with the numbers it was decided on.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::observation::Subject;
use super::rule::{Metric, Severity};
use super::state::Streak;
use crate::forecast::Runway;

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
    /// Enough is known of the wallet by now for rules on forecasts, for which this one only stood in.
    Superseded,
}

/// A change worth saying.
#[derive(Debug, Clone, PartialEq)]
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
    /// How long the wallet lasts, where that was foreseen.
    pub runway: Option<Runway>,
    /// Whether value and level are working hours.
    pub in_working_hours: bool,
}

impl Transition {
    /// Why, with the numbers it was decided on.
    pub fn reason(&self) -> String {
        let Self { severity, .. } = self;
        let (value, level, end) = (self.said(self.value), self.said(self.level), self.said(self.recovers_at));
        let because = self.because();
        match self.change {
            Change::Fire | Change::Escalate => {
                let polls = match self.streak.map_or(1, |streak| streak.polls) {
                    1 => "1 poll".to_owned(),
                    polls => format!("{polls} polls"),
                };
                format!("{value} is under the {severity} level of {level}, seen in {polls}{because}")
            }
            Change::Repeat => format!("{value} is still under {end}, where the {severity} alert ends{because}"),
            Change::Fall => format!("{value} is past the recovery of the critical level, still under {end}{because}"),
            Change::Resolve => format!("{value} has reached {end}, where the alert ends{because}"),
            Change::Gone => format!("the customer is no longer listed; last value {value}"),
            Change::Superseded => format!("the wallet can be foreseen now, and rules on forecasts take over; last value {value}"),
            Change::Unwatched => format!("the rule no longer watches this customer; last value {value}"),
        }
    }

    /// A value in the unit of the metric.
    fn said(&self, value: Decimal) -> String {
        let value = value.normalize();
        match (self.metric, self.in_working_hours) {
            (Metric::CustomerRunway, true) => format!("{value} working hours"),
            (Metric::CustomerRunway, false) => format!("{value} h"),
            _ => value.to_string(),
        }
    }

    /// What a forecast rests on: the wallet, the burn, the range.
    fn because(&self) -> String {
        let Some(runway) = self.runway else { return String::new() };
        let end = |span: Option<crate::forecast::Span>| match span {
            Some(span) => format!("{:.1}", span.hours),
            None => format!("more than {:.0}", runway.horizon),
        };
        let balance = self.subject.balance.map(|balance| format!("{} left, ", balance.normalize())).unwrap_or_default();
        format!(
            "; {balance}burning {:.2}/h (normal {:.2}/h), empty in {} h (range {}-{} h)",
            runway.burn,
            runway.normal,
            end(runway.likely),
            end(runway.low),
            end(runway.high)
        )
    }
}
