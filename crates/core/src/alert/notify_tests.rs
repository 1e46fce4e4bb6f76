//! What a chat is told: grouping, quiet hours, snoozes; a case for each branch, and what holds whatever happens.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Asia::Kolkata;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::forecast::Forecasts;

fn at(text: &str) -> DateTime<Utc> {
    crate::time::parse_instant(text).unwrap()
}

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

fn policy() -> Policy {
    let levels = Levels { warning: Some(2000.into()), critical: Some(500.into()) };
    let draft = RuleDraft { hold: Hold::Polls(1), ..RuleDraft::new("low", Metric::CustomerBalance, levels) };
    Policy::new(vec![draft.build().unwrap()]).unwrap()
}

/// A chat and the wallets it hears of, told poll by poll at five minutes each.
struct Chat {
    policy: Policy,
    manner: ChatSettings,
    state: State,
    waiting: Deferred,
    now: DateTime<Utc>,
}

impl Chat {
    fn new(quiet: Option<(&str, &str)>, now: &str) -> Self {
        let quiet = quiet.map(|(from, to)| QuietHours { from: time(from), to: time(to), zone: Kolkata });
        let manner = ChatSettings { quiet, ..ChatSettings::default() };
        let state = State { has_spoken: true, ..State::default() };
        Self { policy: policy(), manner, state, waiting: Deferred::default(), now: at(now) }
    }

    fn poll(&mut self, balances: &[i64]) -> Vec<Notification> {
        self.now += TimeDelta::minutes(5);
        let customers = (1..)
            .zip(balances)
            .map(|(number, balance): (i32, _)| Subject::new(format!("MA_{number}"), "").with_balance(Decimal::from(*balance)));
        let seen = Observation::complete(self.now, customers.collect());
        let evaluation = evaluate(&self.policy, &seen, &Forecasts::none(), &self.state, self.now);
        let standing = standing(&self.policy, &seen, &Forecasts::none(), &evaluation.state);
        let (told, waiting) = notify(&self.manner, &evaluation, &standing, &self.waiting, self.now);
        (self.state, self.waiting) = (evaluation.state, waiting);
        told
    }

    /// The same as words: the occasion, whether silent, and each change.
    fn told(&mut self, balances: &[i64]) -> Vec<String> {
        let words = |told: Notification| {
            let each =
                told.transitions.iter().map(|said| format!("{:?} {} {}", said.change, said.severity, said.subject.auth_id));
            let silent = if told.is_silent { ", silent" } else { "" };
            format!("{:?}{silent}: {}", told.occasion, each.collect::<Vec<_>>().join(", "))
        };
        self.poll(balances).into_iter().map(words).collect()
    }

    fn live(&mut self, hours: i64, balances: &[i64]) -> Vec<String> {
        (0..hours * 12).flat_map(|_| self.told(balances)).collect()
    }
}

#[test]
fn few_changes_come_one_by_one_and_many_of_a_rule_and_severity_together() {
    let told = |balances: &[i64]| Chat::new(None, "2026-05-12T06:00:00Z").told(balances);
    assert_eq!(told(&[1, 9000, 1500]), ["Now: Fire critical MA_1", "Now: Fire warning MA_3"]);
    assert_eq!(
        told(&[1, 2, 3, 4, 1500]),
        ["Now: Fire critical MA_1, Fire critical MA_2, Fire critical MA_3, Fire critical MA_4", "Now: Fire warning MA_5"]
    );
    assert_eq!(
        told(&[1, 2, 1500, 1600]),
        ["Storm: Fire critical MA_1, Fire critical MA_2, Fire warning MA_3, Fire warning MA_4"],
        "more messages than anybody reads"
    );
}

#[test]
fn what_a_new_installation_finds_comes_as_one_message() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.state.has_spoken = false;
    assert_eq!(
        chat.told(&[1, 1500, 1400]),
        ["Found: Fire critical MA_1, Fire warning MA_3, Fire warning MA_2"],
        "the worst first, then who has the least"
    );
    assert_eq!(chat.told(&[1, 400, 1400]), ["Now: Escalate critical MA_2"]);
}

#[test]
fn recoveries_are_told_and_falls_and_departures_without_sound() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.told(&[1, 1, 1500]);
    assert_eq!(
        chat.told(&[9000, 1500]),
        ["Now, silent: Fall warning MA_2", "Now: Resolve critical MA_1", "Now, silent: Gone warning MA_3"]
    );
}

#[test]
fn quiet_hours_hold_what_can_wait_and_hand_over_what_still_stands() {
    // 22:00 to 07:00 in Kolkata are 16:30 to 01:30.
    let mut chat = Chat::new(Some(("22:00", "07:00")), "2026-05-12T16:30:00Z");
    assert_eq!(chat.told(&[1500, 1600, 9000, 9000]), Vec::<String>::new(), "two warnings can wait");
    assert_eq!(chat.waiting.len(), 2);
    assert_eq!(chat.told(&[1500, 9000, 400, 9000]), ["Now: Fire critical MA_3"], "nothing is foreseen, so critical cannot");
    assert_eq!(chat.waiting.len(), 1, "who was never told of it is not told that it is over");
    assert_eq!(chat.told(&[1500, 9000, 400, 0]), ["Now: Fire critical MA_4"], "what is empty cannot wait");
    assert_eq!(chat.live(8, &[1500, 9000, 400, 0]), Vec::<String>::new(), "repeats wait too");
    assert_eq!(
        chat.live(1, &[1500, 9000, 400, 0]),
        ["HandOver: Stand critical MA_4, Stand critical MA_3, Stand warning MA_1"],
        "once, at the end"
    );
    assert!(chat.waiting.is_empty());
}

#[test]
fn what_gets_worse_while_it_waits_breaks_through() {
    let mut chat = Chat::new(Some(("22:00", "07:00")), "2026-05-12T18:00:00Z");
    chat.told(&[1500]);
    assert_eq!(chat.told(&[300]), ["Now: Escalate critical MA_1"]);
    assert!(chat.waiting.is_empty());
}

#[test]
fn quiet_hours_may_span_midnight_or_not() {
    let quiet = |from, to| QuietHours { from: time(from), to: time(to), zone: Kolkata };
    for (from, to, now, expected) in [
        ("22:00", "07:00", "2026-05-12T16:29:59Z", None),
        ("22:00", "07:00", "2026-05-12T16:30:00Z", Some("2026-05-13T01:30:00Z")),
        ("22:00", "07:00", "2026-05-13T01:29:59Z", Some("2026-05-13T01:30:00Z")),
        ("22:00", "07:00", "2026-05-13T01:30:00Z", None),
        ("13:00", "14:00", "2026-05-13T08:00:00Z", Some("2026-05-13T08:30:00Z")),
        ("13:00", "14:00", "2026-05-13T09:00:00Z", None),
    ] {
        assert_eq!(quiet(from, to).until(at(now)), expected.map(at), "{from}-{to} {now}");
    }
}

#[test]
fn a_snooze_silences_until_its_end_and_what_gets_worse_breaks_it() {
    let snoozed = |until, balance| {
        let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
        chat.told(&[balance]);
        assert!(chat.state.snooze("low", "MA_1", until));
        chat
    };
    let hour = Until::Time(at("2026-05-12T06:05:00Z") + TimeDelta::hours(30));
    let mut timed = snoozed(hour, 1500);
    assert_eq!(timed.live(30, &[1500]), ["Now: Repeat warning MA_1"], "not after a day, but when the snooze is over");
    assert_eq!(snoozed(hour, 1500).told(&[300]), ["Now: Escalate critical MA_1"]);
    assert_eq!(snoozed(hour, 1500).told(&[3000]), ["Now: Resolve warning MA_1"]);

    let mut again = snoozed(Until::NextLevel, 300);
    assert_eq!(again.told(&[1500]), Vec::<String>::new(), "better, which nobody has to hear");
    assert_eq!(again.live(100, &[300]), Vec::<String>::new(), "as bad as when it was acknowledged");

    let mut paid = snoozed(Until::ToppedUp, 1500);
    assert_eq!(paid.live(48, &[1500]), Vec::<String>::new());
    assert_eq!(paid.told(&[1600]), ["Now: Repeat warning MA_1"], "paid, and too little");
    assert!(!paid.state.snooze("low", "MA_2", Until::ToppedUp), "nothing fires for that one");
}

#[test]
fn what_was_said_is_said_again_so_long_after_whatever_it_was() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.told(&[300]);
    chat.live(3, &[300]);
    assert_eq!(chat.told(&[1500]), ["Now, silent: Fall warning MA_1"]);
    assert_eq!(chat.live(23, &[1500]), Vec::<String>::new(), "a day after the fall, not after the fire");
    assert_eq!(chat.live(1, &[1500]), ["Now: Repeat warning MA_1"]);

    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.told(&[300]);
    chat.state.snooze("low", "MA_1", Until::Time(chat.now + TimeDelta::hours(3)));
    assert_eq!(chat.live(3, &[300]), ["Now: Repeat critical MA_1"], "when the snooze is over");
    assert_eq!(chat.live(3, &[300]), Vec::<String>::new());
    assert_eq!(chat.live(1, &[300]), ["Now: Repeat critical MA_1"], "four hours after that");
}

#[test]
fn a_snooze_goes_on_from_poll_to_poll() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.told(&[300]);
    chat.state.snooze("low", "MA_1", Until::NextLevel);
    let of = |chat: &Chat| chat.state.alerts.values().next().and_then(|alert| alert.snooze);
    let snooze = of(&chat);
    chat.told(&[301]);
    assert_eq!((of(&chat), snooze.map(|snooze| snooze.severity)), (snooze, Some(Severity::Critical)));
}

#[test]
fn the_board_ranks_by_time_and_keeps_who_could_not_be_read() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.told(&[1500, 300, 0]);
    let customers = [("MA_1", None), ("MA_2", Some(250.into())), ("MA_3", Some(0.into()))];
    let customers = customers.map(|(id, balance)| Subject { balance, ..Subject::new(id, "") });
    let seen = Observation::complete(chat.now, customers.to_vec());
    let state = evaluate(&chat.policy, &seen, &Forecasts::none(), &chat.state, chat.now).state;
    let whom: Vec<_> = standing(&chat.policy, &seen, &Forecasts::none(), &state)
        .into_iter()
        .map(|said| (said.subject.auth_id, said.value.to_string(), said.change))
        .collect();
    let stands = |id: &str, value: &str| (id.to_owned(), value.to_owned(), Change::Stand);
    assert_eq!(whom, [stands("MA_3", "0"), stands("MA_2", "250"), stands("MA_1", "1500")]);
    let failed = Observation::failed(chat.now, Unread { kind: "server", message: String::new() });
    assert_eq!(standing(&chat.policy, &failed, &Forecasts::none(), &state).len(), 3);
}

/// What happens to three wallets in one poll: a balance, not read, or not listed.
fn courses() -> impl Strategy<Value = Vec<Vec<Option<Option<i64>>>>> {
    let reading =
        prop_oneof![8 => (-10_i64..4000).prop_map(|balance| Some(Some(balance))), 1 => Just(Some(None)), 1 => Just(None)];
    prop::collection::vec(prop::collection::vec(reading, 3), 1..80)
}

proptest! {
    #[test]
    fn a_fired_alert_stands_until_it_is_told_to_be_over_and_a_chat_hears_of_each(
        course in courses(),
        snoozes in prop::collection::vec(0_usize..80, 0..6),
        quiet in any::<bool>(),
    ) {
        let mut chat = Chat::new(quiet.then_some(("22:00", "07:00")), "2026-05-12T15:00:00Z");
        let mut knows: BTreeMap<String, Change> = BTreeMap::new();
        for (poll, readings) in course.iter().enumerate() {
            chat.now += TimeDelta::minutes(25);
            let customers = (1..).zip(readings).filter_map(|(number, reading): (i32, _)| {
                Some(Subject { balance: (*reading)?.map(Decimal::from), ..Subject::new(format!("MA_{number}"), "") })
            });
            let seen = Observation::complete(chat.now, customers.collect());
            let before: Vec<_> = chat.state.alerts.iter().filter(|(_, alert)| alert.firing.is_some()).map(|(key, _)| key.clone()).collect();
            if snoozes.contains(&poll) {
                for (rule, subject) in &before {
                    prop_assert!(chat.state.snooze(rule, subject, Until::Time(chat.now + TimeDelta::hours(3))));
                }
            }
            let evaluation = evaluate(&chat.policy, &seen, &Forecasts::none(), &chat.state, chat.now);
            for key in &before {
                let still = evaluation.state.alerts.get(key).is_some_and(|alert| alert.firing.is_some());
                let over = evaluation.transitions.iter().any(|said| !said.change.is_bad() && said.subject.auth_id == key.1);
                prop_assert!(still != over, "an alert neither stands nor is over: {key:?}");
            }
            let up = standing(&chat.policy, &seen, &Forecasts::none(), &evaluation.state);
            let (told, waiting) = notify(&chat.manner, &evaluation, &up, &chat.waiting, chat.now);
            for said in told.iter().flat_map(|told| &told.transitions) {
                let id = said.subject.auth_id.clone();
                if said.change.is_bad() {
                    knows.insert(id, said.change);
                } else {
                    prop_assert!(knows.remove(&id).is_some(), "the end of what nobody was told of");
                }
            }
            (chat.state, chat.waiting) = (evaluation.state, waiting);
            let is_quiet = chat.manner.quiet.is_some_and(|quiet| quiet.until(chat.now).is_some());
            for ((_, subject), _) in chat.state.alerts.iter().filter(|(_, alert)| alert.firing.is_some()) {
                prop_assert!(is_quiet || knows.contains_key(subject), "an alert that the chat never heard of");
            }
            prop_assert!(is_quiet || chat.waiting.is_empty());
        }
    }
}

/// A state as a restart finds it: what was written down, and nothing else.
fn restarted(state: &State) -> State {
    let alerts = state.alerts.iter().map(|(key, alert)| (key.clone(), Alert::from_bytes(&alert.to_bytes()).unwrap()));
    let data_health = serde_json::from_str(&serde_json::to_string(&state.data_health).unwrap()).unwrap();
    State { alerts: alerts.collect(), data_health, has_spoken: state.has_spoken }
}

proptest! {
    #[test]
    fn a_day_replayed_through_restarts_says_what_it_said_when_lived(course in courses()) {
        let mut lived = Chat::new(Some(("22:00", "07:00")), "2026-05-12T15:00:00Z");
        let mut replayed = Chat::new(Some(("22:00", "07:00")), "2026-05-12T15:00:00Z");
        for readings in &course {
            let balances: Vec<i64> = readings.iter().map(|reading| reading.flatten().unwrap_or(2500)).collect();
            let said = lived.poll(&balances);
            prop_assert_eq!(said, replayed.poll(&balances));
            replayed.state = restarted(&replayed.state);
            replayed.waiting = serde_json::from_str(&serde_json::to_string(&replayed.waiting).unwrap()).unwrap();
        }
    }
}
