//! The decision.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive as _, ToPrimitive as _};

use super::feed::FeedChange;
use super::observation::{Observation, Subject};
use super::policy::Policy;
use super::rule::{Metric, Rule, Severity};
use super::state::{Alert, Firing, State, Streak};
use super::transition::{Change, Transition};
use crate::forecast::{Cautious, Forecasts, Runway};

/// What an evaluation decided.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Evaluation {
    /// For the next evaluation.
    pub state: State,
    /// What is worth saying of wallets, the worst first, then by customer id.
    pub transitions: Vec<Transition>,
    /// What is worth saying of the service as a whole.
    pub feed: Option<FeedChange>,
}

/// Judges what was observed. The outcome depends on nothing but the arguments, and not on the order of customers.
///
/// A poll that failed leaves every alert as it is. A customer whose value was not read keeps its
/// alert, which is then [unread](Alert::unread_since); so does one whose value cannot be foreseen. A customer that a
/// complete sweep no longer lists is [gone](Change::Gone). An alert decided by another version of a rule is dropped
/// without a word, and the rule starts afresh.
pub fn evaluate(
    policy: &Policy,
    observation: &Observation,
    forecasts: &Forecasts<'_>,
    before: &State,
    now: DateTime<Utc>,
) -> Evaluation {
    let (feed, feed_change) = before.feed.next(observation.at, observation.customers.as_ref().err());
    let mut state = State { feed, ..State::default() };
    let mut transitions = Vec::new();
    for rule in policy.rules() {
        let standing: BTreeMap<&str, &Alert> = before
            .alerts
            .iter()
            .filter(|((name, _), alert)| name == rule.name() && alert.fingerprint == rule.fingerprint())
            .map(|((_, auth_id), alert)| (auth_id.as_str(), alert))
            .collect();
        let key = |auth_id: &str| (rule.name().to_owned(), auth_id.to_owned());
        let Ok(customers) = &observation.customers else {
            state.alerts.extend(standing.iter().map(|(auth_id, alert)| (key(auth_id), alert.unread(observation.at))));
            continue;
        };
        let gauge = Gauge::new(rule, forecasts);
        for subject in customers {
            let alert_before = standing.get(subject.auth_id.as_str()).copied();
            let judged = judge(&gauge, subject, alert_before, observation.at, now);
            state.alerts.extend(judged.alert.map(|alert| (key(&subject.auth_id), alert)));
            transitions.extend(judged.transition);
        }
        if standing.is_empty() {
            continue;
        }
        let listed: BTreeSet<&str> = customers.iter().map(|subject| subject.auth_id.as_str()).collect();
        for (auth_id, alert) in standing.into_iter().filter(|(auth_id, _)| !listed.contains(auth_id)) {
            if let Some(firing) = alert.firing {
                let gone = Subject { name: alert.name.clone(), currency: alert.currency.clone(), ..Subject::new(auth_id, "") };
                transitions.extend(transition(rule, &gone, Change::Gone, firing, alert, None));
            }
        }
    }
    transitions.sort_by(|a, b| {
        let rank = |of: &Transition| (std::cmp::Reverse(of.severity), of.subject.auth_id.clone(), of.rule.clone());
        rank(a).cmp(&rank(b))
    });
    Evaluation { state, transitions, feed: feed_change }
}

#[derive(Default)]
struct Judged {
    alert: Option<Alert>,
    transition: Option<Transition>,
}

fn judge(gauge: &Gauge<'_>, subject: &Subject, before: Option<&Alert>, at: DateTime<Utc>, now: DateTime<Utc>) -> Judged {
    let rule = gauge.rule;
    if !rule.watches(subject) {
        let over = before.and_then(|alert| transition(rule, subject, Change::Unwatched, alert.firing?, alert, None));
        return Judged { alert: None, transition: over };
    }
    // Once enough is known of the wallet, a rule on forecasts takes over.
    if rule.only_without_forecast() && gauge.forecasts.knows(&subject.auth_id) {
        let over = before.and_then(|alert| transition(rule, subject, Change::Superseded, alert.firing?, alert, None));
        return Judged { alert: None, transition: over };
    }
    let Some(value) = subject.balance.and_then(|balance| gauge.value(subject, balance)) else {
        return Judged { alert: before.map(|alert| alert.unread(at)), transition: None };
    };
    let crossed = |severity| rule.below().of(severity).is_some_and(|level| value < level);
    if before.is_none() && !crossed(Severity::Warning) && !crossed(Severity::Critical) {
        return Judged::default();
    }
    let has_recovered = |severity| rule.recovers_at(severity).is_none_or(|end| value >= end);
    let is_calm = has_recovered(Severity::Warning) && has_recovered(Severity::Critical);
    let alert = Alert {
        fingerprint: rule.fingerprint(),
        name: subject.name.clone(),
        currency: subject.currency.clone(),
        firing: before.and_then(|alert| alert.firing),
        warning: Streak::next(before.and_then(|alert| alert.warning), crossed(Severity::Warning), at),
        critical: Streak::next(before.and_then(|alert| alert.critical), crossed(Severity::Critical), at),
        calm: Streak::next(before.and_then(|alert| alert.calm), is_calm && rule.recover_for().is_some(), at),
        balance: gauge.cautious.as_ref().and(subject.balance),
        value,
        read_at: at,
        unread_since: None,
    };
    let was_paid = before.and_then(|alert| alert.balance).zip(alert.balance).is_some_and(|(before, now)| now > before);
    let (firing, change) = decide(rule, &alert, value, was_paid, now);
    let said =
        change.and_then(|change| transition(rule, subject, change, firing.or(alert.firing)?, &alert, gauge.runway(subject)));
    let is_quiet = firing.is_none() && alert.warning.is_none() && alert.critical.is_none();
    Judged { alert: (!is_quiet).then_some(Alert { firing, ..alert }), transition: said }
}

/// Gives the figure that a rule watches, of a wallet that was read; `None` where it cannot be foreseen.
struct Gauge<'a> {
    rule: &'a Rule,
    forecasts: &'a Forecasts<'a>,
    cautious: Option<Cautious<'a>>,
}

impl<'a> Gauge<'a> {
    fn new(rule: &'a Rule, forecasts: &'a Forecasts<'a>) -> Self {
        let ends = Severity::WORST_FIRST.into_iter().filter_map(|severity| rule.recovers_at(severity)?.to_f64());
        let cautious = match rule.metric() {
            Metric::CustomerBalance => None,
            Metric::CustomerRunway => Some(forecasts.up_to(ends.fold(0.0, f64::max), rule.in_working_hours())),
        };
        Self { rule, forecasts, cautious }
    }

    fn value(&self, subject: &Subject, balance: Decimal) -> Option<Decimal> {
        let Some(cautious) = &self.cautious else { return Some(balance) };
        let span = cautious.of(&subject.auth_id, balance)?;
        Some(Decimal::from_f64(if self.rule.in_working_hours() { span.working } else { span.hours })?.round_dp(2))
    }

    fn runway(&self, subject: &Subject) -> Option<Runway> {
        self.forecasts.runway(&subject.auth_id, subject.balance.filter(|_| self.cautious.is_some())?)
    }
}

/// How the alert fires from now on, and what is worth saying.
fn decide(rule: &Rule, alert: &Alert, value: Decimal, was_paid: bool, now: DateTime<Utc>) -> (Option<Firing>, Option<Change>) {
    let lasts = |time: Duration| TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX);
    let held = Severity::WORST_FIRST
        .into_iter()
        .find(|severity| alert.streak(*severity).is_some_and(|streak| rule.hold().is_met(&streak, alert.read_at)));
    let has_recovered = |severity| rule.recovers_at(severity).is_none_or(|end| value >= end);
    let Some(firing) = alert.firing else {
        return match held {
            Some(severity) => (Some(Firing { severity, since: now, said_at: now }), Some(Change::Fire)),
            None => (None, None),
        };
    };
    let is_stale = firing.severity == Severity::Warning
        && alert.balance.unwrap_or(value) > Decimal::ZERO
        && rule.escalate_after().is_some_and(|after| now - firing.since >= lasts(after));
    let escalated = (Some(Firing { severity: Severity::Critical, said_at: now, ..firing }), Some(Change::Escalate));
    if held > Some(firing.severity) {
        return escalated;
    }
    if has_recovered(Severity::Warning) && has_recovered(Severity::Critical) {
        let is_over = match (rule.recover_for(), alert.calm) {
            (Some(time), Some(calm)) => was_paid || alert.read_at - calm.since >= lasts(time),
            _ => true,
        };
        return if is_over { (None, Some(Change::Resolve)) } else { (Some(firing), None) };
    }
    if is_stale {
        return escalated;
    }
    // Paid into, but not enough: what became critical by its age alone begins to age again.
    let is_eased = was_paid && rule.below().critical.is_none();
    if firing.severity == Severity::Critical && is_eased {
        return (Some(Firing { severity: Severity::Warning, since: now, said_at: now }), None);
    }
    if firing.severity == Severity::Critical && rule.recovers_at(Severity::Critical).is_some_and(|end| value >= end) {
        return (Some(Firing { severity: Severity::Warning, said_at: now, ..firing }), Some(Change::Fall));
    }
    if now - firing.said_at >= lasts(rule.repeat(firing.severity)) {
        return (Some(Firing { said_at: now, ..firing }), Some(Change::Repeat));
    }
    (Some(firing), None)
}

fn transition(
    rule: &Rule,
    subject: &Subject,
    change: Change,
    firing: Firing,
    alert: &Alert,
    runway: Option<Runway>,
) -> Option<Transition> {
    // A rule without a level of its own for what is critical: the warning's, which stood too long.
    let of = if rule.below().of(firing.severity).is_some() { firing.severity } else { Severity::Warning };
    Some(Transition {
        rule: rule.name().to_owned(),
        metric: rule.metric(),
        subject: subject.clone(),
        change,
        severity: firing.severity,
        level: rule.below().of(of)?,
        recovers_at: rule.recovers_at(of)?,
        value: alert.value,
        read_at: alert.read_at,
        since: firing.since,
        streak: alert.streak(of),
        runway,
        in_working_hours: rule.in_working_hours(),
    })
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
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::alert::{Hold, Levels, Metric, Recover, RuleDraft, Unread};

    const POLL: i64 = 5;

    fn at(polls: i64) -> DateTime<Utc> {
        crate::time::parse_instant("2026-05-12T03:30:00Z").unwrap() + TimeDelta::minutes(POLL * polls)
    }

    fn wallet(balance: Option<i64>) -> Subject {
        Subject { balance: balance.map(Decimal::from), ..Subject::new("MA_X", "Sharma Logistics") }
    }

    /// What is said in each poll, given what the wallet of one customer reads in it.
    fn said(policy: &Policy, readings: &[Option<i64>]) -> Vec<Option<(Change, Severity)>> {
        let mut state = State::default();
        let mut said = Vec::new();
        for (poll, reading) in (0..).zip(readings) {
            let seen = Observation::complete(at(poll), vec![wallet(*reading)]);
            let evaluation = evaluate(policy, &seen, &Forecasts::none(), &state, at(poll));
            assert!(evaluation.transitions.len() <= 1);
            said.push(evaluation.transitions.first().map(|said| (said.change, said.severity)));
            state = evaluation.state;
        }
        said
    }

    #[test]
    fn each_course_of_a_wallet_says_what_it_should() {
        use Change::{Escalate, Fall, Fire, Resolve};
        use Severity::{Critical, Warning};
        let policy = Policy::default();
        for (name, readings, expected) in [
            ("fine, nothing to say", vec![9000, 2000, 9000], vec![None, None, None]),
            ("on the level is not under it", vec![2000, 2000, 2000], vec![None, None, None]),
            ("low for one poll only", vec![1999, 2000, 1999], vec![None, None, None]),
            ("low for two polls", vec![1999, 1999, 1999], vec![None, Some((Fire, Warning)), None]),
            ("zero once is not believed", vec![9000, 0, 9000], vec![None, None, None]),
            ("critical at once when both levels were crossed together", vec![400, 300], vec![None, Some((Fire, Critical))]),
            (
                "a rise is said when it held as long as any crossing",
                vec![1900, 1800, 499, 498],
                vec![None, Some((Fire, Warning)), None, Some((Escalate, Critical))],
            ),
            ("between level and recovery it stands", vec![1900, 1900, 2199], vec![None, Some((Fire, Warning)), None]),
            ("at recovery it is over", vec![1900, 1900, 2200], vec![None, Some((Fire, Warning)), Some((Resolve, Warning))]),
            (
                "critical falls to warning",
                vec![400, 400, 549, 550],
                vec![None, Some((Fire, Critical)), None, Some((Fall, Warning))],
            ),
            ("critical resolves past both", vec![400, 400, 5000], vec![None, Some((Fire, Critical)), Some((Resolve, Critical))]),
            ("empty and below", vec![0, -10], vec![None, Some((Fire, Critical))]),
        ] {
            let readings: Vec<_> = readings.into_iter().map(Some).collect();
            assert_eq!(said(&policy, &readings), expected, "{name}");
        }
    }

    #[test]
    fn what_was_not_read_neither_counts_nor_interrupts() {
        let policy = Policy::default();
        let fire = Some((Change::Fire, Severity::Warning));
        assert_eq!(said(&policy, &[Some(1900), None, None, Some(1900)]), [None, None, None, fire]);
        assert_eq!(said(&policy, &[None, None, None]), [None, None, None]);
        let (resolved, none) = (Some((Change::Resolve, Severity::Warning)), None);
        assert_eq!(said(&policy, &[Some(1900), Some(1900), None, Some(3000)]), [none, fire, none, resolved]);
    }

    #[test]
    fn an_alert_that_stands_is_said_again_when_due() {
        let policy = Policy::default();
        let mut readings = vec![Some(400); 2 + 48 + 48];
        readings[60] = None;
        let said = said(&policy, &readings);
        let repeats: Vec<_> =
            (0..).zip(&said).filter(|(_, said)| matches!(said, Some((Change::Repeat, _)))).map(|(poll, _)| poll).collect();
        assert_eq!(repeats, [1 + 48, 1 + 48 + 48], "each four hours, and no gap in the reading adds one");
    }

    #[test]
    fn a_failed_poll_leaves_every_alert_and_is_said_once() {
        let policy = Policy::default();
        let low = Observation::complete(at(0), vec![wallet(Some(1)), Subject { auth_id: "MA_Y".into(), ..wallet(Some(1)) }]);
        let mut state = evaluate(&policy, &low, &Forecasts::none(), &State::default(), at(0)).state;
        state = evaluate(&policy, &Observation { at: at(1), ..low.clone() }, &Forecasts::none(), &state, at(1)).state;
        let failed = |poll| Observation {
            at: at(poll),
            customers: Err(Unread { kind: "server", message: "list accounts: failed (HTTP 502)".into() }),
        };
        let changes: Vec<_> = (2..6)
            .map(|poll| {
                let evaluation = evaluate(&policy, &failed(poll), &Forecasts::none(), &state, at(poll));
                assert_eq!(evaluation.transitions, []);
                state = evaluation.state;
                evaluation.feed
            })
            .collect();
        assert!(matches!(&changes[..], [None, Some(FeedChange::Lost { polls: 2, .. }), None, None]), "{changes:?}");
        assert!(state.alerts.values().all(|alert| alert.unread_since == Some(at(2)) && alert.firing.is_some()));
        let back = evaluate(&policy, &Observation { at: at(6), ..low }, &Forecasts::none(), &state, at(6));
        assert_eq!(back.feed, Some(FeedChange::Back { since: at(2) }));
        assert_eq!(back.transitions, [], "nothing is fired anew");
    }

    #[test]
    fn who_left_or_is_no_longer_watched_is_said_and_forgotten() {
        let policy = Policy::default();
        let firing = {
            let first = evaluate(
                &policy,
                &Observation::complete(at(0), vec![wallet(Some(1))]),
                &Forecasts::none(),
                &State::default(),
                at(0),
            );
            evaluate(&policy, &Observation::complete(at(1), vec![wallet(Some(1))]), &Forecasts::none(), &first.state, at(1)).state
        };
        let postpaid = Subject { is_prepaid: false, ..wallet(Some(1)) };
        for (customers, expected) in [(vec![], Change::Gone), (vec![postpaid], Change::Unwatched)] {
            let evaluation = evaluate(&policy, &Observation::complete(at(2), customers), &Forecasts::none(), &firing, at(2));
            let said = &evaluation.transitions[0];
            assert_eq!((said.change, said.subject.name.as_deref()), (expected, Some("Sharma Logistics")));
            assert!(evaluation.state.alerts.is_empty());
        }
    }

    #[test]
    fn an_edited_rule_starts_afresh_without_a_recovery() {
        let policy = Policy::default();
        let seen = |poll| Observation::complete(at(poll), vec![wallet(Some(1))]);
        let first = evaluate(&policy, &seen(0), &Forecasts::none(), &State::default(), at(0));
        let firing = evaluate(&policy, &seen(1), &Forecasts::none(), &first.state, at(1)).state;
        let levels = Levels { warning: Some(Decimal::ONE_HUNDRED), critical: None };
        let edited = Policy::new(vec![RuleDraft::new("low balance", Metric::CustomerBalance, levels).build().unwrap()]).unwrap();
        let evaluation = evaluate(&edited, &seen(2), &Forecasts::none(), &firing, at(2));
        assert_eq!(evaluation.transitions, []);
        assert!(evaluation.state.alerts.values().all(|alert| alert.firing.is_none()));
    }

    #[test]
    fn state_is_small_and_reads_back() {
        let seen = |poll| Observation::complete(at(poll), vec![wallet(Some(1)).with_currency("INR")]);
        let first = evaluate(&Policy::default(), &seen(0), &Forecasts::none(), &State::default(), at(0));
        let firing = evaluate(&Policy::default(), &seen(1), &Forecasts::none(), &first.state, at(1)).state;
        let alert = firing.alerts.values().next().unwrap();
        let text = serde_json::to_string(alert).unwrap();
        assert_eq!(&serde_json::from_str::<Alert>(&text).unwrap(), alert);
    }

    fn held_for(polls: u32) -> Policy {
        let levels = Levels { warning: Some(2000.into()), critical: Some(500.into()) };
        let draft = RuleDraft {
            hold: Hold::Polls(polls),
            recover: Recover::Amount(100.into()),
            ..RuleDraft::new("low", Metric::CustomerBalance, levels)
        };
        Policy::new(vec![draft.build().unwrap()]).unwrap()
    }

    proptest! {
        #[test]
        fn nothing_fires_without_a_level_crossed_for_long_enough(
            polls in 1_u32..4,
            readings in prop::collection::vec(prop::option::weighted(0.9, -100_i64..4000), 1..60),
        ) {
            let (mut state, mut fresh) = (State::default(), Vec::new());
            let policy = held_for(polls);
            for (poll, reading) in (0..).zip(&readings) {
                fresh.extend(*reading);
                let seen = Observation::complete(at(poll), vec![wallet(*reading)]);
                let evaluation = evaluate(&policy, &seen, &Forecasts::none(), &state, at(poll));
                for said in &evaluation.transitions {
                    prop_assert!(reading.is_some(), "said without a reading");
                    let enough = fresh.iter().rev().take(polls as usize).filter(|value| Decimal::from(**value) < said.level).count();
                    match said.change {
                        Change::Fire | Change::Escalate => prop_assert_eq!(enough, polls as usize),
                        Change::Resolve => prop_assert!(said.value >= Decimal::from(2100)),
                        Change::Fall => prop_assert!(said.value >= Decimal::from(600)),
                        Change::Repeat | Change::Gone | Change::Unwatched | Change::Superseded => {}
                    }
                }
                state = evaluation.state;
            }
        }

        #[test]
        fn the_order_of_customers_changes_nothing(balances in prop::collection::vec(0_i64..4000, 0..20), turn in 0_usize..20) {
            let customers: Vec<_> = (0..).zip(&balances).map(|(index, balance)| Subject { auth_id: format!("MA_{index}"), ..wallet(Some(*balance)) }).collect();
            let mut turned = customers.clone();
            turned.rotate_left(turn.min(customers.len()));
            let policy = held_for(1);
            let judge = |customers| evaluate(&policy, &Observation::complete(at(0), customers), &Forecasts::none(), &State::default(), at(0));
            prop_assert_eq!(judge(customers), judge(turned));
        }
    }
}
