//! The decision on amounts: a case for each branch, and what holds whatever is read.

use proptest::prelude::*;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::*;
use crate::forecast::Forecasts;

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
        ("critical falls to warning", vec![400, 400, 549, 550], vec![None, Some((Fire, Critical)), None, Some((Fall, Warning))]),
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
    let failed =
        |poll| Observation::failed(at(poll), Unread { kind: "server", message: "list accounts: failed (HTTP 502)".into() });
    let changes: Vec<_> = (2..6)
        .map(|poll| {
            let evaluation = evaluate(&policy, &failed(poll), &Forecasts::none(), &state, at(poll));
            assert_eq!(evaluation.transitions, []);
            state = evaluation.state;
            evaluation.data_health
        })
        .collect();
    assert!(matches!(&changes[..], [None, Some(DataHealthChange::Lost { polls: 2, .. }), None, None]), "{changes:?}");
    assert!(state.alerts.values().all(|alert| alert.unread_since == Some(at(2)) && alert.firing.is_some()));
    let back = evaluate(&policy, &Observation { at: at(6), ..low }, &Forecasts::none(), &state, at(6));
    assert_eq!(back.data_health, Some(DataHealthChange::Back { since: at(2) }));
    assert_eq!(back.transitions, [], "nothing is fired anew");
}

#[test]
fn who_left_or_is_no_longer_watched_is_said_and_forgotten() {
    let policy = Policy::default();
    let firing = {
        let first =
            evaluate(&policy, &Observation::complete(at(0), vec![wallet(Some(1))]), &Forecasts::none(), &State::default(), at(0));
        evaluate(&policy, &Observation::complete(at(1), vec![wallet(Some(1))]), &Forecasts::none(), &first.state, at(1)).state
    };
    let postpaid = Subject { is_prepaid: false, ..wallet(Some(1)) };
    let named = firing.alerts.values().next().unwrap().clone();
    let gone = Alert { currency: Some("INR".to_owned()), ..named }.subject("MA_X");
    assert_eq!((gone.currency.as_deref(), gone.name.as_deref()), (Some("INR"), Some("Sharma Logistics")));
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
                    Change::Repeat | Change::Stand | Change::Gone | Change::Unwatched | Change::Superseded => {}
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
