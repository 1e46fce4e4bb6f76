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

/// What changes in each poll, given the balances of one customer's wallet.
fn changes(policy: &Policy, readings: &[Option<i64>]) -> Vec<Option<(Change, Severity)>> {
    let mut state = State::default();
    let mut changes = Vec::new();
    for (poll, reading) in (0..).zip(readings) {
        let seen = Observation::complete(at(poll), vec![wallet(*reading)]);
        let evaluation = evaluate(policy, &seen, &Forecasts::none(), &state, at(poll));
        assert!(evaluation.transitions.len() <= 1);
        changes.push(evaluation.transitions.first().map(|changes| (changes.change, changes.severity)));
        state = evaluation.state;
    }
    changes
}

#[test]
fn each_course_of_a_wallet_has_its_transitions() {
    use Change::{Escalate, Fall, Fire, Resolve};
    use Severity::{Critical, Warning};
    let policy = Policy::default();
    for (name, readings, expected) in [
        ("fine, no transition", vec![9000, 2000, 9000], vec![None, None, None]),
        ("on the level is not under it", vec![2000, 2000, 2000], vec![None, None, None]),
        ("low for one poll only", vec![1999, 2000, 1999], vec![None, None, None]),
        ("low for two polls", vec![1999, 1999, 1999], vec![None, Some((Fire, Warning)), None]),
        ("zero once is not believed", vec![9000, 0, 9000], vec![None, None, None]),
        ("critical at once when both levels were crossed together", vec![400, 300], vec![None, Some((Fire, Critical))]),
        (
            "an escalation needs as many polls as any crossing",
            vec![1900, 1800, 499, 498],
            vec![None, Some((Fire, Warning)), None, Some((Escalate, Critical))],
        ),
        ("between level and recovery it fires on", vec![1900, 1900, 2199], vec![None, Some((Fire, Warning)), None]),
        ("at recovery it is over", vec![1900, 1900, 2200], vec![None, Some((Fire, Warning)), Some((Resolve, Warning))]),
        ("critical falls to warning", vec![400, 400, 549, 550], vec![None, Some((Fire, Critical)), None, Some((Fall, Warning))]),
        ("critical resolves past both", vec![400, 400, 5000], vec![None, Some((Fire, Critical)), Some((Resolve, Critical))]),
        ("empty and below", vec![0, -10], vec![None, Some((Fire, Critical))]),
    ] {
        let readings: Vec<_> = readings.into_iter().map(Some).collect();
        assert_eq!(changes(&policy, &readings), expected, "{name}");
    }
}

#[test]
fn what_was_not_read_neither_counts_nor_interrupts() {
    let policy = Policy::default();
    let fire = Some((Change::Fire, Severity::Warning));
    assert_eq!(changes(&policy, &[Some(1900), None, None, Some(1900)]), [None, None, None, fire]);
    assert_eq!(changes(&policy, &[None, None, None]), [None, None, None]);
    let (resolved, none) = (Some((Change::Resolve, Severity::Warning)), None);
    assert_eq!(changes(&policy, &[Some(1900), Some(1900), None, Some(3000)]), [none, fire, none, resolved]);
}

#[test]
fn a_reminder_of_an_alert_that_fires_comes_when_due() {
    let levels = Levels { warning: Some(2000.into()), critical: Some(500.into()) };
    let draft = RuleDraft { repeat: Some(Repeat::default()), ..RuleDraft::new("low", Metric::CustomerBalance, levels) };
    let policy = Policy::new(vec![draft.build().unwrap()]).unwrap();
    let mut readings = vec![Some(400); 2 + 48 + 48];
    readings[60] = None;
    let changes = changes(&policy, &readings);
    let repeats: Vec<_> =
        (0..).zip(&changes).filter(|(_, changes)| matches!(changes, Some((Change::Repeat, _)))).map(|(poll, _)| poll).collect();
    assert_eq!(repeats, [1 + 48, 1 + 48 + 48], "each four hours, and no gap in the reading adds one");
}

#[test]
fn a_failed_poll_leaves_every_alert_and_is_reported_once() {
    let policy = Policy::default();
    let low = Observation::complete(
        at(0),
        vec![wallet(Some(1)), Subject { id: SubjectId::Customer("MA_Y".into()), ..wallet(Some(1)) }],
    );
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

/// What changes in polls that list some of thirty customers, where `MA_0` fires before.
fn shrinking(lists: Vec<Observation>) -> Vec<Vec<Change>> {
    let policy = Policy::default();
    let mut state = State::default();
    let all = |at| Observation::complete(at, (0..30).rev().map(numbered).collect());
    for poll in 0..2 {
        state = evaluate(&policy, &all(at(poll)), &Forecasts::none(), &state, at(poll)).state;
    }
    let polls = (2..).zip(lists).map(|(poll, list)| {
        let seen = Observation { at: at(poll), ..list };
        let evaluation = evaluate(&policy, &seen, &Forecasts::none(), &state, at(poll));
        state = evaluation.state;
        assert_eq!(state.alerts.len(), evaluation.firing.len());
        evaluation.transitions.iter().map(|one| one.change).collect()
    });
    polls.collect()
}

/// `MA_0` has ₹1, the others enough.
fn numbered(number: i32) -> Subject {
    let balance = if number == 0 { 1 } else { 9000 };
    Subject::new(format!("MA_{number}"), "").with_balance(Decimal::from(balance))
}

fn without(missing: i32) -> Observation {
    Observation::complete(at(0), (missing..30).map(numbered).collect())
}

#[test]
fn a_customer_is_gone_once_it_was_missing_for_as_long_as_a_level_must_be_crossed() {
    use Change::Gone;
    assert_eq!(shrinking(vec![without(1), without(0), without(1), without(1)]), [vec![], vec![], vec![], vec![Gone]]);
}

#[test]
fn a_list_that_other_counts_contradict_ends_no_alert() {
    let with = |listing: Listing| Observation { listing, ..without(1) };
    let promised = with(Listing { promised: Some(30), ..Listing::default() });
    let counted = with(Listing { counted: Some(30), ..Listing::default() });
    let own_page = with(Listing { asked: [("MA_0".to_owned(), true)].into(), ..Listing::default() });
    let cut = with(Listing { cut: Some(Unread { kind: "timeout", message: String::new() }), ..Listing::default() });
    for seen in [promised, counted, own_page, cut] {
        assert_eq!(shrinking(vec![seen.clone(); 5]), vec![Vec::new(); 5], "{:?}", seen.listing);
    }
    let confirmed = Listing { promised: Some(30), asked: [("MA_0".to_owned(), false)].into(), ..Listing::default() };
    assert_eq!(shrinking(vec![with(confirmed); 2]), [vec![], vec![Change::Gone]], "its own page knows best");
}

#[test]
fn a_list_that_shrinks_abruptly_is_believed_only_when_confirmed() {
    assert_eq!(shrinking(vec![without(20), without(20), without(0), without(0)]), vec![Vec::new(); 4]);
    assert_eq!(shrinking(vec![without(30); 5]), vec![Vec::new(); 5], "nor one that is empty");
    let confirmed = Observation { listing: Listing { counted: Some(10), ..Listing::default() }, ..without(20) };
    assert_eq!(shrinking(vec![confirmed; 2]), [vec![], vec![Change::Gone]], "by another count");
    let after_hours = shrinking(vec![without(20); 75]);
    assert_eq!(after_hours.iter().flatten().count(), 1, "or by time");
    assert_eq!(after_hours[..70].concat(), []);
}

#[test]
fn rules_that_watch_nobody_and_balances_that_are_old_are_doubted() {
    let policy = |lines: &str| {
        let text = format!("[[rules]]\nname = \"r\"\nmetric = \"customer.balance\"\nbelow.warning = 5\n{lines}\n");
        let off = ["runway", "low balance"].map(|name| format!("[[rules]]\nname = \"{name}\"\nenabled = false\n"));
        Policy::from_toml(&(text + &off.concat()), "rules.toml").unwrap().0
    };
    let doubts = |lines: &str, customers: Vec<Subject>| {
        let seen = Observation::complete(at(1000), customers);
        let doubts = evaluate(&policy(lines), &seen, &Forecasts::none(), &State::default(), at(1000)).doubts;
        doubts.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let updated = |polls| Subject { updated_at: Some(at(polls)), ..Subject::new(format!("MA_{polls}"), "") };
    let nobody = "the rule \"r\" watches none of the customers; see its filters, and include_postpaid, include_inactive and include_auto_recharge";
    let missing = |id: &str| format!("the rule \"r\" names {id}, and no customer has this id; correct or remove it");
    assert_eq!(doubts("customers = [\"MA_TYPO\"]", vec![wallet(Some(9000))]), [missing("MA_TYPO")]);
    let own = "[[rules.overrides]]\ncustomers = [\"MA_Z\"]\nbelow.warning = 1";
    assert_eq!(doubts(own, vec![wallet(Some(9000))]), [missing("MA_Z")]);
    assert_eq!(doubts("names = [\"Verma*\"]", vec![wallet(Some(9000))]), [nobody]);
    assert_eq!(doubts("", vec![Subject { is_prepaid: false, ..wallet(Some(9000)) }]), [nobody]);
    assert_eq!(doubts("", vec![updated(0), updated(100)]), ["no balance was updated since 2026-05-12 11:50 UTC"]);
    assert_eq!(doubts("", vec![updated(0), updated(900)]), [""; 0]);
    assert_eq!(doubts("", vec![updated(0), wallet(Some(9000))]), [""; 0], "one may have been updated");
    assert_eq!(doubts("", Vec::new()), [""; 0], "a partner without customers");
}

#[test]
fn counts_that_contradict_a_list_are_doubted() {
    let doubts = |listing: Listing, before: &State| {
        let seen = Observation { listing, ..Observation::complete(at(0), (1..11).map(numbered).collect()) };
        let evaluation = evaluate(&Policy::default(), &seen, &Forecasts::none(), before, at(0));
        evaluation.doubts.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let new = State::default();
    assert_eq!(doubts(Listing::default(), &new), [""; 0]);
    let promised = Listing { promised: Some(11), ..Listing::default() };
    assert_eq!(doubts(promised, &new), ["the list of customers promises 11 and has 10"]);
    let counted = Listing { counted: Some(23), ..Listing::default() };
    assert_eq!(doubts(counted, &new), ["the API counts 23 customers elsewhere, and its list has 10"]);
    let before = State { roster: Roster { listed: 40, shrunk: None }, ..State::default() };
    assert_eq!(
        doubts(Listing::default(), &before),
        ["the list of customers has 10, and had 40 before; it is not believed until that is confirmed"]
    );
}

#[test]
fn the_end_of_an_alert_by_another_billing_mode_must_hold_too() {
    let policy = Policy::default();
    let mut state = State::default();
    let mut sent = Vec::new();
    for (poll, is_prepaid) in (0..).zip([true, true, false, true, false, false]) {
        let seen = Observation::complete(at(poll), vec![Subject { is_prepaid, ..wallet(Some(1)) }]);
        let evaluation = evaluate(&policy, &seen, &Forecasts::none(), &state, at(poll));
        sent.extend(evaluation.transitions.iter().map(|one| (poll, one.change, one.subject.name.clone())));
        state = evaluation.state;
    }
    let name = Some("Sharma Logistics".to_owned());
    assert_eq!(sent, [(1, Change::Fire, name.clone()), (5, Change::Unwatched, name)]);
    assert!(state.alerts.is_empty());
}

#[test]
fn an_alert_reads_back_from_its_stored_form_and_a_damaged_or_newer_one_is_refused() {
    let seen = |poll| Observation::complete(at(poll), vec![wallet(Some(1)).with_currency("INR")]);
    let first = evaluate(&Policy::default(), &seen(0), &Forecasts::none(), &State::default(), at(0));
    let mut firing = evaluate(&Policy::default(), &seen(1), &Forecasts::none(), &first.state, at(1)).state;
    let key = firing.alerts.keys().next().unwrap().clone();
    assert!(firing.snooze(&key, Until::Time(at(9)), at(1)));
    let alert = &firing.alerts[&key];
    let text = alert.to_json();
    assert_eq!(&Alert::from_json(&text).unwrap(), alert);
    assert!(text.len() < 1000, "{} bytes", text.len());
    let newer = text.replacen("\"version\":1", "\"version\":2", 1);
    assert_eq!(Alert::from_json(&newer).unwrap_err().to_string(), "it is of version 2, which is not known");
    assert!(Alert::from_json(&text[..text.len() - 5]).is_err());
}

#[test]
fn a_snooze_that_a_clock_years_ahead_set_ends_after_its_length() {
    let low = |poll| Observation::complete(at(poll), vec![wallet(Some(1))]);
    let ahead = 1_000_000;
    let mut state = State::default();
    for poll in [ahead, ahead + 1] {
        state = evaluate(&Policy::default(), &low(poll), &Forecasts::none(), &state, at(poll)).state;
    }
    let key = state.alerts.keys().next().unwrap().clone();
    assert!(state.snooze(&key, Until::Time(at(ahead + 13)), at(ahead + 1)), "for an hour");
    let mut sent = Vec::new();
    for poll in 0..20 {
        let evaluation = evaluate(&Policy::default(), &low(poll), &Forecasts::none(), &state, at(poll));
        sent.extend(evaluation.transitions.iter().map(|one| (poll, one.change)));
        state = evaluation.state;
    }
    assert_eq!(sent, [(12, Change::Repeat)]);
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
            for changes in &evaluation.transitions {
                prop_assert!(reading.is_some(), "changed without a reading");
                let enough = fresh.iter().rev().take(polls as usize).filter(|value| Decimal::from(**value) < changes.level).count();
                match changes.change {
                    Change::Fire | Change::Escalate => prop_assert_eq!(enough, polls as usize),
                    Change::Resolve => prop_assert!(changes.value >= Decimal::from(2100)),
                    Change::Fall => prop_assert!(changes.value >= Decimal::from(600)),
                    Change::Repeat | Change::Unchanged | Change::Empty | Change::Gone | Change::Unwatched | Change::Superseded => {}
                }
            }
            state = evaluation.state;
        }
    }

    #[test]
    fn the_order_of_customers_changes_nothing(balances in prop::collection::vec(0_i64..4000, 0..20), turn in 0_usize..20) {
        let customers: Vec<_> = (0..).zip(&balances).map(|(index, balance)| Subject { id: SubjectId::Customer(format!("MA_{index}")), ..wallet(Some(*balance)) }).collect();
        let mut turned = customers.clone();
        turned.rotate_left(turn.min(customers.len()));
        let policy = held_for(1);
        let judge = |customers| evaluate(&policy, &Observation::complete(at(0), customers), &Forecasts::none(), &State::default(), at(0));
        prop_assert_eq!(judge(customers), judge(turned));
    }
}
