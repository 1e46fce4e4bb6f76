//! Rules: which figure is watched, which levels it must not cross, and when notifications are due.

use std::collections::BTreeMap;
use std::time::Duration;

use rust_decimal::Decimal;

use super::bounds;
use super::error::RuleError;
use super::level::{Direction, Levels, Recover, Repeat, Severity};
use super::metric::{Metric, SubjectKind};
use super::scope::{self, Filter, Scope};
use super::streak::{self, Hold};
use crate::observation::Subject;

/// Calls that a day needs before its answer rate is judged, unless a rule says otherwise.
const MIN_CALLS: u64 = 50;

/// A rule as it is written down, before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleDraft {
    /// Its name in messages.
    pub name: String,
    /// What it watches.
    pub metric: Metric,
    /// On which side of the levels it fires.
    pub direction: Direction,
    /// The levels beyond which it fires.
    pub levels: Levels,
    /// Other levels of single customers, by id; what one leaves out is as for all.
    pub overrides: BTreeMap<String, Levels>,
    /// How long they must be crossed (`for`, default two polls).
    pub hold: Hold,
    /// Hysteresis (default 10 %).
    pub recover: Recover,
    /// After how long chats are reminded of an alert. `None`: together with all others, at working hours.
    pub repeat: Option<Repeat>,
    /// Which customers it watches.
    pub scope: Scope,
    /// Whether hours of the levels are working hours; of `customer.runway` only.
    pub in_working_hours: bool,
    /// How long a value must be past recovery before the alert ends or is less severe (`recover_for`, default at once).
    ///
    /// After money was paid in it need not last.
    pub recover_for: Option<Duration>,
    /// After how long a warning on which nobody acted, and whose value is beyond its level, becomes critical (`escalate_after`,
    /// default never).
    pub escalate_after: Option<Duration>,
    /// Whether it is the fallback for rules on forecasts: it watches wallets that have none.
    pub only_without_forecast: bool,
    /// Whether it is not missed where there is no forecast: that is not reported as [no data](super::NoData).
    pub only_with_forecast: bool,
    /// For `data.age`: whether it watches single wallets only, not the list of customers as a whole.
    pub only_single_wallets: bool,
    /// The balance below which a wallet counts as empty, where the price of its calls is not known (default 1).
    pub empty_below: Decimal,
    /// How many calls a day needs before its answer rate is judged (default 50).
    pub min_calls: u64,
}

/// A rule that does not contradict itself.
#[derive(Debug, Clone)]
pub struct Rule {
    draft: RuleDraft,
    filter: Filter,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.draft == other.draft
    }
}

impl Eq for Rule {}

impl RuleDraft {
    /// A rule with the usual direction of its metric and the default hold, recovery, repeats and scope.
    pub fn new(name: impl Into<String>, metric: Metric, levels: Levels) -> Self {
        Self {
            name: name.into(),
            metric,
            direction: metric.direction(),
            levels,
            overrides: BTreeMap::new(),
            hold: Hold::Polls(2),
            recover: Recover::Percent(Decimal::TEN),
            repeat: None,
            scope: Scope::default(),
            in_working_hours: false,
            recover_for: None,
            escalate_after: None,
            only_without_forecast: false,
            only_with_forecast: false,
            only_single_wallets: false,
            empty_below: Decimal::ONE,
            min_calls: MIN_CALLS,
        }
    }

    /// Checks the rule.
    ///
    /// # Errors
    ///
    /// The first field that contradicts itself or another one.
    pub fn build(mut self) -> Result<Rule, RuleError> {
        self.check_words()?;
        self.scope.check(self.metric)?;
        self.check_levels(self.levels)?;
        for (customer, levels) in &self.overrides {
            if self.metric.subject_kind() != SubjectKind::Customer {
                return refuse("overrides", format!("are of customers, which {} is not", self.metric));
            }
            scope::check_id(customer).map_err(|words| RuleError::new("overrides", format!("are of customers, which {words}")))?;
            if !self.scope.customers.is_empty() && !self.scope.customers.contains(customer) {
                return refuse("overrides", format!("are of {customer} too, whom customers leaves out; name it there as well"));
            }
            self.check_levels(levels.or(self.levels))
                .map_err(|error| RuleError::new("overrides", format!("of {customer} contradict the rule: {error}")))?;
        }
        let all = self.levels;
        self.overrides.values_mut().for_each(|levels| *levels = levels.or(all));
        Ok(Rule { filter: Filter::new(self.scope.clone()), draft: self })
    }

    fn check_words(&self) -> Result<(), RuleError> {
        if self.name.trim().is_empty() || self.name.chars().any(char::is_control) || self.name.chars().count() > 100 {
            return refuse("name", "must be 1 to 100 characters on one line");
        }
        if let Some(only) = self.metric.only_direction().filter(|only| *only != self.direction) {
            let (written, only) = (self.direction.name(), only.name());
            return refuse(written, format!("cannot be for {}; write {only}", self.metric));
        }
        let (Recover::Amount(margin) | Recover::Percent(margin)) = self.recover;
        if margin.is_sign_negative() && !margin.is_zero() {
            return refuse("recover", "must not be negative");
        }
        if self.in_working_hours && self.metric != Metric::CustomerRunway {
            return refuse(self.direction.name(), "has working hours, which are for customer.runway alone");
        }
        if self.only_without_forecast && self.metric != Metric::CustomerBalance {
            return refuse("only_without_forecast", "is for customer.balance alone, which can stand in for forecasts");
        }
        if self.only_with_forecast && !self.metric.needs_forecast() {
            return refuse("only_with_forecast", format!("is for metrics that need a forecast, which {} does not", self.metric));
        }
        if self.only_single_wallets && self.metric != Metric::DataAge {
            return refuse("only_single_wallets", "is for data.age alone");
        }
        if self.empty_below < Decimal::ZERO {
            return refuse("empty_below", "must not be negative");
        }
        if self.empty_below != Decimal::ONE && !self.looks_for_empty() {
            return refuse("empty_below", "is for customer.runway, and for customer.balance with only_without_forecast");
        }
        if self.min_calls != MIN_CALLS && self.metric != Metric::CallsAnswerRate {
            return refuse("min_calls", "is for calls.answer_rate alone");
        }
        self.hold.check()?;
        self.repeat.map_or(Ok(()), Repeat::check)?;
        streak::check_time("recover_for", self.recover_for)?;
        streak::check_time("escalate_after", self.escalate_after)
    }

    /// Whether it looks for empty wallets: it is on how long they last, or the fallback for such a rule.
    fn looks_for_empty(&self) -> bool {
        self.metric == Metric::CustomerRunway || self.only_without_forecast
    }

    fn check_levels(&self, levels: Levels) -> Result<(), RuleError> {
        let (field, word) = (self.direction.name(), self.direction.word());
        match (levels.warning, levels.critical) {
            (None, None) => return refuse(field, "needs a level: warning, critical or both"),
            (Some(warning), Some(critical)) if !self.direction.is_crossed(critical, warning) => {
                let field = if self.direction == Direction::Below { "below.critical" } else { "above.critical" };
                return refuse(field, format!("({critical}) must be {word} warning ({warning})"));
            }
            _ => {}
        }
        for level in [levels.warning, levels.critical].into_iter().flatten() {
            if level.is_zero() && matches!(self.recover, Recover::Percent(_)) {
                let words = "must be an amount where a level is 0, such as \"50\": a percentage of 0 is nothing";
                return refuse("recover", words);
            }
            if self.recover.from(level, self.direction).is_none() {
                return refuse("recover", "leads to an amount too large to hold");
            }
        }
        if self.escalate_after.is_some() && levels.warning.is_none() {
            return refuse("escalate_after", "needs a warning level to escalate from");
        }
        bounds::check(self.metric, self.direction, levels, self.recover)
    }
}

fn refuse<T>(field: &'static str, message: impl Into<String>) -> Result<T, RuleError> {
    Err(RuleError::new(field, message))
}

impl Rule {
    /// What it is called.
    pub fn name(&self) -> &str {
        &self.draft.name
    }

    /// What it watches.
    pub fn metric(&self) -> Metric {
        self.draft.metric
    }

    /// On which side of the levels it fires.
    pub fn direction(&self) -> Direction {
        self.draft.direction
    }

    /// The levels beyond which it fires.
    pub fn levels(&self) -> Levels {
        self.draft.levels
    }

    /// The levels for one customer.
    pub fn levels_for(&self, auth_id: &str) -> Levels {
        self.draft.overrides.get(auth_id).copied().unwrap_or(self.draft.levels)
    }

    /// Whether a customer has levels of its own. A fallback for forecasts watches it also while there is a forecast.
    pub fn has_levels_of(&self, auth_id: &str) -> bool {
        self.draft.overrides.contains_key(auth_id)
    }

    /// Customers that the rule names, to watch them alone or with levels of their own.
    pub(super) fn named_customers(&self) -> impl Iterator<Item = &str> {
        let watched = self.draft.scope.customers.iter();
        watched
            .chain(self.draft.overrides.keys().filter(|auth_id| !self.draft.scope.customers.contains(*auth_id)))
            .map(String::as_str)
    }

    /// Every level of the rule, those of single customers among them.
    pub(crate) fn all_levels(&self) -> impl Iterator<Item = Levels> {
        std::iter::once(self.draft.levels).chain(self.draft.overrides.values().copied())
    }

    /// The value at which an alert on `level` is over.
    pub fn recovers_at(&self, level: Decimal) -> Option<Decimal> {
        self.draft.recover.from(level, self.draft.direction)
    }

    /// How long a level must be crossed.
    pub fn hold(&self) -> Hold {
        self.draft.hold
    }

    /// Whether it is about this customer.
    pub fn watches(&self, subject: &Subject) -> bool {
        self.filter.contains(subject)
    }

    /// After how long chats are reminded of an alert of this severity; `None`: never, or at working hours.
    pub fn repeat(&self, severity: Severity) -> Option<Duration> {
        self.draft.repeat?.of(severity)
    }

    /// Whether chats are reminded of its alerts together with all others, at working hours.
    pub fn is_reminded_at_work(&self) -> bool {
        self.draft.repeat.is_none()
    }

    /// Whether hours of the levels are working hours.
    pub fn in_working_hours(&self) -> bool {
        self.draft.in_working_hours
    }

    /// How long a value must be past recovery before the alert is over.
    pub fn recover_for(&self) -> Option<Duration> {
        self.draft.recover_for
    }

    /// After how long a warning on which nobody acted becomes critical.
    pub fn escalate_after(&self) -> Option<Duration> {
        self.draft.escalate_after
    }

    /// Whether it is the fallback for rules on forecasts.
    pub fn only_without_forecast(&self) -> bool {
        self.draft.only_without_forecast
    }

    /// Whether it is not missed where there is no forecast.
    pub fn only_with_forecast(&self) -> bool {
        self.draft.only_with_forecast
    }

    /// Whether it watches single wallets only, not the list of customers as a whole.
    pub fn only_single_wallets(&self) -> bool {
        self.draft.only_single_wallets
    }

    /// The balance below which a wallet counts as empty, where the price of its calls is not known; `None` where the rule does
    /// not look at that.
    pub fn looks_for_empty(&self) -> Option<Decimal> {
        self.draft.looks_for_empty().then_some(self.draft.empty_below)
    }

    /// Whether a customer's wallet is empty, where the rule looks at that.
    pub fn is_empty(&self, subject: &Subject) -> bool {
        self.looks_for_empty().is_some_and(|least| subject.is_empty(least))
    }

    /// How many calls a day needs before its answer rate is judged.
    pub fn min_calls(&self) -> u64 {
        self.draft.min_calls
    }

    /// The rule as it was written down, to make another of it.
    pub fn draft(&self) -> RuleDraft {
        self.draft.clone()
    }

    /// What is compared with the levels, and on which side of them it is trouble: alerts on another measure are others.
    pub(super) fn measure(&self) -> String {
        let hours = if self.draft.in_working_hours { ", working hours" } else { "" };
        format!("{} {}{hours}", self.draft.metric, self.draft.direction.name())
    }
}
