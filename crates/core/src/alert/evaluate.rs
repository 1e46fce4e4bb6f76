//! The decision: every rule over everything that was observed, in one walk.

use chrono::{DateTime, Utc};

use super::data_health::DataHealthChange;
use super::metric::Metric;
use super::no_data::NoData;
use super::observation::Observation;
use super::pass::{ByForecast, Outcome, Pass};
use super::policy::Policy;
use super::roster::Doubt;
use super::state::State;
use super::transition::Transition;
use crate::forecast::Forecasts;

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
    /// What does not add up about the list of customers.
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
/// - An alert that another version of its rule decided is dropped without a transition, and the rule starts fresh.
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

impl Walk<'_> {
    fn run(&self) -> Evaluation {
        let Self { policy, observation, before, .. } = *self;
        let customers = observation.once();
        let (data_health, health_change) = before.data_health.next(observation);
        let (roster, doubts) = before.roster.next(observation, customers.len());
        let mut outcome = Outcome::default();
        let mut passes: Vec<Pass<'_>> = policy.rules().iter().map(|rule| Pass::new(self, rule, &customers)).collect();
        // A rule that stands in for forecasts comes after the rules on forecasts.
        passes.sort_by_key(Pass::stands_in);
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
        let Outcome { alerts, mut transitions, mut firing, no_data } = outcome;
        let polls = before.polls.saturating_add(u32::from(observation.listing.cut.is_none()));
        let state = State { alerts: alerts.into_iter().collect(), data_health, roster, polls };
        let dry = policy.dry_partner(&state);
        for listed in [&mut transitions, &mut firing] {
            for transition in listed.iter_mut().filter(|transition| transition.is_of_customer() && transition.change.is_bad()) {
                transition.inhibited_by = dry.map(str::to_owned);
            }
            listed.sort_by(Transition::by_urgency);
        }
        let is_told_by_rule = policy.rules().iter().any(|rule| rule.metric() == Metric::DataAge && !rule.only_single_wallets());
        let [data_health, outage] =
            [health_change, state.data_health.outage(observation)].map(|change| change.filter(|_| !is_told_by_rule));
        let has_always = |transition: &Transition| transition.streak.is_some_and(|streak| streak.polls >= polls);
        let is_first = !transitions.is_empty() && transitions.iter().all(has_always);
        Evaluation { state, transitions, firing, no_data, doubts, data_health, outage, is_first }
    }
}
