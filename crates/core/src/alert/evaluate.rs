//! The decision: every rule over everything that was observed, in one walk.

use chrono::{DateTime, Utc};

use super::data_health::DataHealthChange;
use super::doubt::{self, Doubt};
use super::level::{Direction, Severity};
use super::metric::{Metric, SubjectKind};
use super::no_data::NoData;
use super::pass::{ByForecast, Mode, Outcome, Pass, Walk};
use super::policy::Policy;
use super::rule::Rule;
use super::state::State;
use super::transition::Transition;
use crate::forecast::Forecasts;
use crate::observation::{Observation, SubjectId};

/// What an evaluation decided.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Evaluation {
    /// For the next evaluation.
    pub state: State,
    /// What changed, the worst first, then what is empty soonest.
    pub transitions: Vec<Transition>,
    /// Every alert that fires after this evaluation, in the same order, each [unchanged](Change::Unchanged) and with the
    /// numbers of this observation. One whose value was not read has those of its last reading.
    pub firing: Vec<Transition>,
    /// What could not be judged.
    pub no_data: Vec<NoData>,
    /// What does not add up about the list of customers, and about rules that watch none of it.
    pub doubts: Vec<Doubt>,
    /// Whether the service stopped answering, or answers again, unless a rule on `data.age` tells it.
    pub data_health: Option<DataHealthChange>,
    /// The outage that lasts, [lost](DataHealthChange::Lost) as of now, unless a rule on `data.age` tells it.
    pub outage: Option<DataHealthChange>,
    /// Whether what fires now did so since the first evaluation of this installation, and perhaps for long before it.
    pub is_first: bool,
}

/// Judges what was observed. The outcome depends on nothing but the arguments, and not on the order of customers.
///
/// - A value that was not read, or has no forecast, changes nothing: its alert stays, [unread](Alert::unread_since).
/// - A customer that is missing from a complete list that nothing contradicts is [gone](Change::Gone) once that was seen for
///   as long as a level must be crossed (`for`). A list that was cut short, that other counts contradict, or that shrank
///   abruptly, says nothing of those who are missing.
/// - A customer listed twice counts once, with the lesser balance. One whose currency changed starts fresh.
/// - Where a rule's levels were changed, its alerts are judged by the new ones: one that would fire by them goes on, perhaps at
///   another severity, and one that would not is over, however close its value is. Polls before count as far as the last
///   reading shows that the level was crossed.
/// - Where a rule watches another figure than before, its alerts are dropped without a transition, and it starts fresh.
/// - After the clock was set back, polls still count, and times start again.
pub fn evaluate(
    policy: &Policy,
    observation: &Observation,
    forecasts: &Forecasts<'_>,
    before: &State,
    now: DateTime<Utc>,
) -> Evaluation {
    Walk { policy, observation, forecasts, before, now, mode: Mode::Watch }.run()
}

/// The same for a single look: levels need not have been crossed for any time (`for` counts as met).
pub fn evaluate_once(
    policy: &Policy,
    observation: &Observation,
    forecasts: &Forecasts<'_>,
    before: &State,
    now: DateTime<Utc>,
) -> Evaluation {
    Walk { policy, observation, forecasts, before, now, mode: Mode::Once }.run()
}

/// The same without [`Evaluation::firing`] and [`Evaluation::no_data`], for a rehearsal of many polls.
pub(crate) fn replay(
    policy: &Policy,
    observation: &Observation,
    forecasts: &Forecasts<'_>,
    before: &State,
    now: DateTime<Utc>,
) -> Evaluation {
    Walk { policy, observation, forecasts, before, now, mode: Mode::Replay }.run()
}

impl Walk<'_> {
    fn run(&self) -> Evaluation {
        let Self { policy, observation, before, .. } = *self;
        let customers = observation.once();
        let (data_health, health_change) = before.data_health.next(observation);
        let (roster, mut doubts) = before.roster.next(observation, customers.len());
        let mut outcome = Outcome::default();
        let mut passes: Vec<Pass<'_>> = policy.rules().iter().map(|rule| Pass::new(self, rule, &customers)).collect();
        // Fallbacks for forecasts come after the rules on forecasts.
        passes.sort_by_key(Pass::is_fallback);
        for pass in &mut passes {
            pass.totals(&mut outcome);
        }
        let mut per_customer: Vec<&mut Pass<'_>> = passes.iter_mut().filter(|pass| pass.is_per_customer()).collect();
        for subject in customers.iter() {
            let mut forecast = ByForecast::default();
            for pass in &mut per_customer {
                pass.customer(subject, &mut forecast, &mut outcome);
            }
        }
        for pass in &mut passes {
            pass.absent(&doubts, &mut outcome);
        }
        if self.mode != Mode::Replay {
            doubts.extend(doubt::of_policy(policy, observation, &customers));
        }
        let Outcome { alerts, mut transitions, mut firing, no_data } = outcome;
        let polls = before.polls.saturating_add(u32::from(observation.listing.cut.is_none()));
        let state = State { alerts: alerts.into_iter().collect(), data_health, roster, polls };
        let dry = dry_partner(policy, &state);
        for listed in [&mut transitions, &mut firing] {
            for transition in listed.iter_mut().filter(|transition| transition.is_of_customer() && transition.change.is_bad()) {
                transition.inhibited_by = dry.map(str::to_owned);
            }
            listed.sort_by(Transition::by_urgency);
        }
        let is_reported_by_rule =
            policy.rules().iter().any(|rule| rule.metric() == Metric::DataAge && !rule.only_single_wallets());
        let [data_health, outage] =
            [health_change, state.data_health.outage(observation)].map(|change| change.filter(|_| !is_reported_by_rule));
        let has_always = |transition: &Transition| transition.streak.is_some_and(|streak| streak.polls >= polls);
        let is_first = !transitions.is_empty() && transitions.iter().all(has_always);
        Evaluation { state, transitions, firing, no_data, doubts, data_health, outage, is_first }
    }
}

/// The rule by which the partner's own wallet is critical, so that customers cannot be topped up from it.
fn dry_partner<'a>(policy: &'a Policy, state: &State) -> Option<&'a str> {
    let is_dry = |rule: &&Rule| {
        let alert = state.alert(rule.name(), &SubjectId::Partner);
        rule.metric().subject_kind() == SubjectKind::Partner
            && rule.direction() == Direction::Below
            && alert.and_then(|alert| alert.firing).is_some_and(|firing| firing.severity == Severity::Critical)
    };
    policy.rules().iter().find(is_dry).map(Rule::name)
}
