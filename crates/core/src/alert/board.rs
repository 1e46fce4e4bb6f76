//! What stands now, for a board and for those who were not told when it happened.

use std::collections::{BTreeMap, HashMap};

use super::evaluate::Versions;
use super::metric::SubjectKind;
use super::observation::{Observation, Subject};
use super::policy::Policy;
use super::reading::{Gauge, Reading};
use super::state::State;
use super::transition::{Change, Transition};
use crate::forecast::Forecasts;

/// What rules watch and cannot judge now, since it was not read or cannot be foreseen: the rule, and the subject's id.
pub fn unjudged(policy: &Policy, observation: &Observation, forecasts: &Forecasts<'_>, state: &State) -> Vec<(String, String)> {
    let once = observation.once();
    let customers = once.as_deref().map_err(|unread| *unread);
    let mut unjudged = Vec::new();
    for rule in policy.rules() {
        let gauge = Gauge::new(rule, observation, customers, forecasts, &state.data_health);
        gauge.each(&BTreeMap::new(), |subject, reading| {
            if reading == Reading::Unknown {
                unjudged.push((rule.name().to_owned(), subject.auth_id.clone()));
            }
        });
    }
    unjudged
}

/// Every alert that fires, what is empty soonest first; of those that nothing is foreseen of, the worst first.
///
/// Each is a transition that [stands](Change::Stand), with the numbers of this observation. One whose customer could not be
/// read has those of its last reading, and no runway.
pub fn standing(policy: &Policy, observation: &Observation, forecasts: &Forecasts<'_>, state: &State) -> Vec<Transition> {
    let once = observation.once();
    let customers = once.as_deref().map_err(|unread| *unread);
    let listed: HashMap<&str, &Subject> =
        customers.unwrap_or_default().iter().map(|subject| (subject.auth_id.as_str(), subject)).collect();
    let dry = policy.dry_partner(state);
    let mut standing = Vec::new();
    for rule in policy.rules() {
        let (gauge, versions) = (Gauge::new(rule, observation, customers, forecasts, &state.data_health), Versions::new(rule));
        for ((_, auth_id), alert) in state.alerts.iter().filter(|((name, _), _)| name == rule.name()) {
            let (levels, fingerprint) = versions.of(auth_id);
            let Some(firing) = alert.firing.filter(|_| alert.fingerprint == fingerprint) else { continue };
            let subject = match listed.get(auth_id.as_str()) {
                Some(subject) => (*subject).clone(),
                None => Subject { balance: alert.money(rule.metric()), ..alert.subject(auth_id) },
            };
            let basis = gauge.basis(&subject);
            standing.extend(Transition::new(rule, levels, &subject, Change::Stand, firing, alert, basis));
        }
    }
    for said in standing.iter_mut().filter(|said| said.metric.subject_kind() == SubjectKind::Customer) {
        said.inhibited_by = dry.map(str::to_owned);
    }
    standing.sort_by(|a, b| a.hours_left().total_cmp(&b.hours_left()).then_with(|| a.by_urgency(b)));
    standing
}
