//! The decision: every rule over everything that was observed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::data_health::DataHealthChange;
use super::decide::{Judge, Judged};
use super::level::{Levels, Severity};
use super::metric::{Metric, SubjectKind, Unit};
use super::observation::{Observation, Subject};
use super::policy::Policy;
use super::reading::{Gauge, Reading};
use super::rule::Rule;
use super::state::{Alert, State, Streak};
use super::transition::{Change, Transition};
use crate::forecast::Forecasts;

/// What an evaluation decided.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Evaluation {
    /// For the next evaluation.
    pub state: State,
    /// What is worth saying, the worst first, then what is empty soonest.
    pub transitions: Vec<Transition>,
    /// What is worth saying of the service as a whole, unless a rule on `data.age` says it.
    pub data_health: Option<DataHealthChange>,
    /// Whether nothing had been said before: what is found now may have stood for long.
    pub is_first: bool,
}

/// Judges what was observed. The outcome depends on nothing but the arguments, and not on the order of customers.
///
/// - A poll that failed leaves every alert as it is. A subject whose value was not read, or cannot be foreseen, keeps its
///   alert, which is then [unread](Alert::unread_since).
/// - A customer that a complete sweep no longer lists is [gone](Change::Gone). One that it lists twice counts once, with the
///   lesser balance. One whose currency changed starts afresh.
/// - An alert decided by another version of a rule is dropped without a word, and the rule starts afresh.
/// - Where a clock was set back, polls still count, and spans of time begin anew.
pub fn evaluate(
    policy: &Policy,
    observation: &Observation,
    forecasts: &Forecasts<'_>,
    before: &State,
    now: DateTime<Utc>,
) -> Evaluation {
    let (data_health, health_change) = before.data_health.next(observation.at, observation.customers.as_ref().err());
    let mut state = State { data_health, ..State::default() };
    let mut transitions = Vec::new();
    let once = observation.once();
    let customers = once.as_deref().map_err(|unread| *unread);
    for rule in policy.rules() {
        let gauge = Gauge::new(rule, observation, customers, forecasts, &before.data_health);
        let outcome = apply(rule, &gauge, before, observation.at, now);
        state.alerts.extend(outcome.alerts);
        transitions.extend(outcome.transitions);
    }
    let dry = policy.dry_partner(&state).map(str::to_owned);
    for said in transitions.iter_mut().filter(|said| said.metric.subject_kind() == SubjectKind::Customer && said.change.is_bad())
    {
        said.inhibited_by.clone_from(&dry);
    }
    transitions.sort_by(Transition::by_urgency);
    let is_watched = policy.rules().iter().any(|rule| rule.metric() == Metric::DataAge);
    let is_first = before.alerts.values().all(|alert| alert.firing.is_none()) && !before.has_spoken;
    state.has_spoken = before.has_spoken || !transitions.is_empty();
    Evaluation { state, transitions, data_health: health_change.filter(|_| !is_watched), is_first }
}

/// What one rule leaves and says.
#[derive(Default)]
struct Outcome {
    alerts: Vec<((String, String), Alert)>,
    transitions: Vec<Transition>,
}

impl Outcome {
    fn take(&mut self, rule: &Rule, gauge: &Gauge<'_>, levels: Levels, subject: &Subject, judged: Judged) {
        self.alerts.extend(judged.alert.map(|alert| ((rule.name().to_owned(), subject.auth_id.clone()), alert)));
        self.transitions.extend(judged.change.and_then(|(change, firing, alert)| {
            Transition::new(rule, levels, subject, change, firing, &alert, gauge.basis(subject))
        }));
    }
}

fn apply(rule: &Rule, gauge: &Gauge<'_>, before: &State, at: DateTime<Utc>, now: DateTime<Utc>) -> Outcome {
    let versions = Versions::new(rule);
    let standing: BTreeMap<&str, &Alert> = before
        .alerts
        .iter()
        .filter(|((name, auth_id), alert)| name == rule.name() && versions.of(auth_id).1 == alert.fingerprint)
        .map(|((_, auth_id), alert)| (auth_id.as_str(), alert))
        .collect();
    let (mut outcome, mut seen) = (Outcome::default(), BTreeSet::new());
    let are_all = gauge.each(&standing, |subject, reading| {
        let id = subject.auth_id.as_str();
        let alert = standing.get_key_value(id).map(|(id, alert)| {
            seen.insert(*id);
            *alert
        });
        let (levels, fingerprint) = versions.of(id);
        let judged = match reading {
            Reading::Value(figure) => Judge { rule, levels, fingerprint, at, now }.figure(subject, figure, alert),
            Reading::Unknown => Judged { alert: alert.map(|alert| alert.unread(at)), change: None },
            Reading::Unwatched => Judge::end(alert, Change::Unwatched),
            Reading::Superseded => Judge::end(alert, Change::Superseded),
        };
        outcome.take(rule, gauge, levels, subject, judged);
    });
    for (auth_id, alert) in standing.into_iter().filter(|(auth_id, _)| !seen.contains(auth_id)) {
        let unread = || Judged { alert: Some(alert.unread(at)), change: None };
        let judged = if are_all { Judge::end(Some(alert), Change::Gone) } else { unread() };
        outcome.take(rule, gauge, versions.of(auth_id).0, &alert.subject(auth_id), judged);
    }
    outcome
}

/// The levels of a rule for each customer, with the fingerprint of that version of it.
pub(crate) struct Versions<'a> {
    rule: &'a Rule,
    all: u64,
}

impl<'a> Versions<'a> {
    pub(crate) fn new(rule: &'a Rule) -> Self {
        Self { rule, all: rule.fingerprint(rule.levels()) }
    }

    pub(crate) fn of(&self, auth_id: &str) -> (Levels, u64) {
        let levels = self.rule.levels_for(auth_id);
        (levels, if levels == self.rule.levels() { self.all } else { self.rule.fingerprint(levels) })
    }
}

impl Alert {
    /// The crossing of a severity's level, as it was seen so far.
    pub fn streak(&self, severity: Severity) -> Option<Streak> {
        match severity {
            Severity::Warning => self.warning,
            Severity::Critical => self.critical,
        }
    }

    fn unread(&self, at: DateTime<Utc>) -> Self {
        Self { unread_since: self.unread_since.or(Some(at)), ..self.clone() }
    }

    /// The money of that reading, where the rule is about a wallet that somebody can pay into.
    pub(crate) fn money(&self, metric: Metric) -> Option<Decimal> {
        let value = (metric.unit() == Unit::Money).then_some(self.value);
        self.balance.or(value).filter(|_| matches!(metric.subject_kind(), SubjectKind::Customer | SubjectKind::Partner))
    }

    /// Whom it is about, as far as that is remembered.
    pub(crate) fn subject(&self, auth_id: &str) -> Subject {
        Subject { name: self.name.clone(), currency: self.currency.clone(), ..Subject::new(auth_id, "") }
    }
}
