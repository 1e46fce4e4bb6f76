//! One rule on its way over everything that was observed.

use chrono::{DateTime, TimeDelta, Utc};
use hashbrown::{HashMap, HashSet};

use super::decide::{Judge, Judged};
use super::doubt::Doubt;
use super::level::{Levels, Severity};
use super::metric::{Metric, SubjectKind};
use super::no_data::{NoData, NoDataReason};
use super::policy::Policy;
use super::reading::{Basis, Figure, Gauge, Reading};
use super::roster::Absence;
use super::rule::Rule;
use super::state::{Alert, AlertKey, State};
use super::streak::Hold;
use super::transition::{Change, Transition};
use crate::forecast::Forecasts;
use crate::observation::{Observation, Subject, SubjectId};

/// An alert of a customer that was missing for so long is dropped, whatever other counts say.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(30);

/// What an evaluation is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A poll of a running service.
    Watch,
    /// A single look.
    Once,
    /// A rehearsal.
    Replay,
}

/// The arguments of an evaluation.
pub(super) struct Walk<'a> {
    pub(super) policy: &'a Policy,
    pub(super) observation: &'a Observation,
    pub(super) forecasts: &'a Forecasts<'a>,
    pub(super) before: &'a State,
    pub(super) now: DateTime<Utc>,
    pub(super) mode: Mode,
}

/// What all rules leave.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) alerts: Vec<(AlertKey, Alert)>,
    pub(super) transitions: Vec<Transition>,
    pub(super) firing: Vec<Transition>,
    pub(super) no_data: Vec<NoData>,
}

/// What the rules on forecasts found for one customer, for their fallbacks.
#[derive(Default)]
pub(super) struct ByForecast {
    /// The worst severity that fires.
    worst: Option<Severity>,
    /// Whether a level is crossed, and not for long enough yet.
    is_pending: bool,
}

/// One rule on its way over everything that was observed.
pub(super) struct Pass<'a> {
    walk: &'a Walk<'a>,
    rule: &'a Rule,
    gauge: Gauge<'a>,
    /// What it compares with its levels.
    measure: String,
    /// Alerts that it decided on that measure.
    before: HashMap<&'a SubjectId, &'a Alert>,
    /// Which of them were looked at.
    seen: HashSet<&'a SubjectId>,
}

impl<'a> Pass<'a> {
    pub(super) fn new(walk: &'a Walk<'a>, rule: &'a Rule, customers: &'a [Subject]) -> Self {
        let measure = rule.measure();
        let alerts = walk.before.alerts.iter().filter(|(key, _)| key.rule == rule.name());
        let before = alerts.filter(|(_, alert)| alert.measure.is_empty() || alert.measure == measure);
        let before = before.map(|(key, alert)| (&key.subject, alert)).collect();
        let gauge = Gauge::new(rule, walk.observation, customers, walk.forecasts, &walk.before.data_health);
        Self { walk, rule, gauge, measure, before, seen: HashSet::new() }
    }

    /// Whether it is the fallback for rules on forecasts.
    pub(super) fn is_fallback(&self) -> bool {
        self.rule.only_without_forecast()
    }

    pub(super) fn is_per_customer(&self) -> bool {
        matches!(self.rule.metric().subject_kind(), SubjectKind::Customer | SubjectKind::Data)
    }

    /// Judges the figures that are not about one customer.
    pub(super) fn totals(&mut self, outcome: &mut Outcome) {
        for (subject, reading) in self.gauge.totals() {
            let before = self.alert(&subject.id);
            match reading {
                Reading::Value(figure) => self.leave(&subject, self.judge(&subject.id).figure(&subject, figure, before), outcome),
                Reading::NoData(reason) => {
                    let no_data = self.unread(&subject, before, reason, outcome);
                    outcome.no_data.push(no_data);
                }
                Reading::Unwatched => {}
            }
        }
        // However many customers there are, one reason for all.
        if let Some(unread) = &self.walk.observation.listing.cut
            && self.rule.metric().is_of_customer()
        {
            let all = Subject::figure(SubjectId::Data, None, None);
            outcome.no_data.push(self.no_data(&all, None, NoDataReason::Unread(unread.clone())));
        }
    }

    /// Judges one customer.
    pub(super) fn customer(&mut self, subject: &Subject, forecast: &mut ByForecast, outcome: &mut Outcome) {
        let before = self.alert(&subject.id);
        let Some(reading) = self.gauge.customer(subject, before) else { return };
        match reading {
            Reading::Unwatched => {
                if let Some(before) = before {
                    self.leave(subject, self.judge(&subject.id).absent(before, Change::Unwatched), outcome);
                }
            }
            Reading::NoData(NoDataReason::NoForecast) if self.is_covered(subject) => self.covered(subject, before, outcome),
            // It fired for an empty wallet without a forecast, which is not empty any more.
            Reading::NoData(NoDataReason::NoForecast) if before.is_some_and(Alert::is_for_empty) => {
                let last = before.map(|before| Alert { balance: subject.balance, ..before.clone() });
                self.leave(subject, Judge::end(last.as_ref(), Change::Resolve), outcome);
            }
            Reading::NoData(reason) => {
                let no_data = self.unread(subject, before, reason, outcome);
                outcome.no_data.push(no_data);
            }
            Reading::Value(figure) => {
                // Whether a wallet without a forecast is empty is decided by the fallback, where there is one.
                if figure.is_empty && !self.has_forecast(subject) && self.is_covered(subject) {
                    return self.covered(subject, before, outcome);
                }
                // Beside a forecast, the rule on it decides whether the wallet is empty.
                let is_empty = figure.is_empty && !(self.is_of_its_own(subject) && self.has_forecast(subject));
                let judged = self.judge(&subject.id).figure(subject, Figure { is_empty, ..figure }, before);
                let judged = if self.is_fallback() { self.fall_back(subject, judged, before, forecast) } else { judged };
                if self.rule.metric().needs_forecast() {
                    let firing = judged.alert.as_ref().map(|alert| alert.firing);
                    forecast.is_pending |= firing == Some(None);
                    forecast.worst = forecast.worst.max(firing.flatten().map(|firing| firing.severity));
                }
                self.leave(subject, judged, outcome);
            }
        }
    }

    fn has_forecast(&self, subject: &Subject) -> bool {
        subject.customer().is_some_and(|auth_id| self.walk.forecasts.knows(auth_id))
    }

    /// Whether a fallback judges the customer while there is no forecast.
    fn is_covered(&self, subject: &Subject) -> bool {
        let fallbacks = self.walk.policy.rules().iter().filter(|rule| rule.only_without_forecast());
        self.rule.metric() == Metric::CustomerRunway && fallbacks.into_iter().any(|rule| rule.watches(subject))
    }

    /// Another rule judges the customer for now: an alert of this one stays as it is, and nothing is missed.
    fn covered(&self, subject: &Subject, before: Option<&Alert>, outcome: &mut Outcome) {
        if before.is_some() {
            self.unread(subject, before, NoDataReason::NoForecast, outcome);
        }
    }

    /// Whether a fallback has levels of the customer's own, which apply beside forecasts.
    fn is_of_its_own(&self, subject: &Subject) -> bool {
        self.is_fallback() && subject.customer().is_some_and(|auth_id| self.rule.has_levels_of(auth_id))
    }

    /// A fallback gives way to forecasts, unless it found worse than they did, or has levels of the customer's own.
    fn fall_back(&self, subject: &Subject, judged: Judged, before: Option<&Alert>, forecast: &ByForecast) -> Judged {
        if !self.has_forecast(subject) || self.is_of_its_own(subject) || judged.is_over() {
            return judged;
        }
        let Some(firing) = before.and_then(|before| before.firing) else { return Judged::default() };
        let severity = judged.alert.as_ref().and_then(|alert| alert.firing).map_or(firing.severity, |firing| firing.severity);
        if forecast.worst >= Some(severity) || (severity == Severity::Warning && !forecast.is_pending) {
            return Judge::end(before, Change::Superseded);
        }
        judged
    }

    /// Alerts of customers and currencies that were not among those observed.
    pub(super) fn absent(&mut self, doubts: &[Doubt], outcome: &mut Outcome) {
        let (observation, at) = (self.walk.observation, self.walk.observation.at);
        let missing: Vec<_> =
            self.before.iter().filter(|(id, _)| !self.seen.contains(**id)).map(|(id, alert)| (*id, *alert)).collect();
        for (id, alert) in missing {
            let absence = Absence::of(observation, doubts, id.customer().unwrap_or_default());
            let is_forgotten = alert.unread_since.is_some_and(|since| at - since >= FORGOTTEN_AFTER);
            let subject = alert.subject(id, self.rule.metric());
            if absence == Absence::Left {
                self.leave(&subject, self.judge(id).absent(alert, Change::Gone), outcome);
            } else if is_forgotten {
                self.leave(&subject, Judge::end(Some(alert), Change::Gone), outcome);
            } else {
                let reason = observation.listing.cut.clone().map_or(NoDataReason::NotListed, NoDataReason::Unread);
                let no_data = self.unread(&subject, Some(alert), reason, outcome);
                outcome.no_data.push(no_data);
            }
        }
    }

    fn levels(&self, id: &SubjectId) -> Levels {
        id.customer().map_or(self.rule.levels(), |auth_id| self.rule.levels_for(auth_id))
    }

    /// The levels by which an alert was judged before, where they were changed since.
    fn levels_before(&self, id: &SubjectId) -> Option<Levels> {
        let before = self.before.get(id)?.levels;
        (before != Levels::default() && before != self.levels(id)).then_some(before)
    }

    fn judge(&self, id: &SubjectId) -> Judge<'_> {
        let hold = if self.walk.mode == Mode::Once { Hold::AT_ONCE } else { self.rule.hold() };
        Judge {
            rule: self.rule,
            measure: &self.measure,
            levels: self.levels(id),
            levels_before: self.levels_before(id),
            hold,
            at: self.walk.observation.at,
            now: self.walk.now,
        }
    }

    /// The alert that there was for a subject, which counts as looked at.
    fn alert(&mut self, id: &SubjectId) -> Option<&'a Alert> {
        let (id, alert) = self.before.get_key_value(id)?;
        self.seen.insert(*id);
        Some(*alert)
    }

    /// Takes down what became of an alert.
    fn leave(&self, subject: &Subject, judged: Judged, outcome: &mut Outcome) {
        let (levels, levels_before) = (self.levels(&subject.id), self.levels_before(&subject.id));
        let transition = judged.change.and_then(|(change, firing, alert)| {
            Transition::new(
                (self.rule, levels, levels_before),
                subject,
                (change, firing),
                &alert,
                self.gauge.basis(subject),
                self.walk.now,
            )
        });
        let fires = judged.alert.as_ref().and_then(|alert| Some((alert, alert.firing?)));
        if let Some((alert, firing)) = fires.filter(|_| self.walk.mode != Mode::Replay) {
            let fires = if let Some(transition) = &transition {
                Some(Transition { change: Change::Unchanged, level_before: None, ..transition.clone() })
            } else {
                let basis = if alert.unread_since.is_none() { self.gauge.basis(subject) } else { Basis::default() };
                Transition::new((self.rule, levels, None), subject, (Change::Unchanged, firing), alert, basis, self.walk.now)
            };
            outcome.firing.extend(fires);
        }
        outcome.alerts.extend(judged.alert.map(|alert| (AlertKey::new(self.rule.name(), subject.id.clone()), alert)));
        outcome.transitions.extend(transition);
    }

    /// The value was not read: an alert stays as it is.
    fn unread(&self, subject: &Subject, before: Option<&Alert>, reason: NoDataReason, outcome: &mut Outcome) -> NoData {
        let alert = before.map(|before| before.unread(self.walk.observation.at));
        let no_data = self.no_data(subject, alert.as_ref(), reason);
        if let Some(alert) = alert {
            let last = Subject { balance: alert.money(self.rule.metric()), ..subject.clone() };
            self.leave(&last, Judged { alert: Some(alert), change: None }, outcome);
        }
        no_data
    }

    fn no_data(&self, subject: &Subject, alert: Option<&Alert>, reason: NoDataReason) -> NoData {
        NoData {
            rule: self.rule.name().to_owned(),
            metric: self.rule.metric(),
            subject: subject.id.clone(),
            name: subject.name.clone(),
            reason,
            since: alert.and_then(|alert| alert.unread_since),
            is_optional: self.rule.only_with_forecast(),
        }
    }
}
