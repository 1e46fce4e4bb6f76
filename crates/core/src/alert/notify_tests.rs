//! What a chat is told: grouping, quiet hours, snoozes; a case for each branch, and properties.

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

/// A chat and the wallets that it is told of, in polls five minutes apart.
struct Chat {
    policy: Policy,
    settings: ChatSettings,
    state: State,
    deferred: Deferred,
    now: DateTime<Utc>,
}

impl Chat {
    fn new(quiet: Option<(&str, &str)>, now: &str) -> Self {
        let quiet = quiet.map(|(from, to)| QuietHours { from: time(from), to: time(to), zone: Kolkata });
        let settings = ChatSettings { quiet, ..ChatSettings::default() };
        // Not the first poll, and the chat is not new.
        let state = State { polls: 100, ..State::default() };
        let now = at(now);
        Self { policy: policy(), settings, state, deferred: Deferred::known(now - TimeDelta::days(1)), now }
    }

    fn poll(&mut self, balances: &[i64]) -> Vec<Notification> {
        self.now += TimeDelta::minutes(5);
        let customers = (1..)
            .zip(balances)
            .map(|(number, balance): (i32, _)| Subject::new(format!("MA_{number}"), "").with_balance(Decimal::from(*balance)));
        let seen = Observation::complete(self.now, customers.collect());
        let evaluation = evaluate(&self.policy, &seen, &Forecasts::none(), &self.state, self.now);
        let (told, deferred) = notify(&self.settings, &evaluation, &self.deferred, self.now);
        (self.state, self.deferred) = (evaluation.state, deferred);
        told
    }

    /// The same as words: the occasion, whether silent, and each change.
    fn told(&mut self, balances: &[i64]) -> Vec<String> {
        self.poll(balances).iter().map(words).collect()
    }

    fn snooze(&mut self, number: i32, until: Until) -> bool {
        self.state.snooze(&AlertKey::new("low", SubjectId::Customer(format!("MA_{number}"))), until, self.now)
    }

    fn live(&mut self, hours: i64, balances: &[i64]) -> Vec<String> {
        (0..hours * 12).flat_map(|_| self.told(balances)).collect()
    }
}

fn transitions(told: &Notification) -> &[Transition] {
    match &told.content {
        Content::Alerts { transitions, .. } => transitions,
        Content::DataHealth(_) => &[],
    }
}

/// A notification as words: the occasion, whether silent, and each change.
fn words(told: &Notification) -> String {
    let silent = if told.is_silent { ", silent" } else { "" };
    match &told.content {
        Content::Alerts { occasion, transitions } => {
            let each = transitions.iter().map(|one| format!("{:?} {} {}", one.change, one.severity, one.subject.id));
            format!("{occasion:?}{silent}: {}", each.collect::<Vec<_>>().join(", "))
        }
        Content::DataHealth(DataHealthChange::Lost { .. }) => format!("Lost{silent}"),
        Content::DataHealth(DataHealthChange::Back { .. }) => format!("Back{silent}"),
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
    chat.state.polls = 0;
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
    assert_eq!(chat.deferred.len(), 2);
    assert_eq!(chat.told(&[1500, 9000, 400, 9000]), ["Now: Fire critical MA_3"], "nothing is foreseen, so critical cannot");
    assert_eq!(chat.deferred.len(), 1, "who was never told of it is not told that it is over");
    assert_eq!(chat.told(&[1500, 9000, 400, 0]), ["Now: Fire critical MA_4"], "what is empty cannot wait");
    assert_eq!(chat.live(8, &[1500, 9000, 400, 0]), Vec::<String>::new(), "repeats wait too");
    assert_eq!(
        chat.live(1, &[1500, 9000, 400, 0]),
        ["HandOver: Unchanged critical MA_4, Unchanged critical MA_3, Unchanged warning MA_1"],
        "once, at the end"
    );
    assert!(chat.deferred.is_empty());
}

#[test]
fn what_gets_worse_while_it_waits_breaks_through() {
    let mut chat = Chat::new(Some(("22:00", "07:00")), "2026-05-12T18:00:00Z");
    chat.told(&[1500]);
    assert_eq!(chat.told(&[300]), ["Now: Escalate critical MA_1"]);
    assert!(chat.deferred.is_empty());
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
        assert!(chat.snooze(1, until));
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
    assert!(!paid.snooze(2, Until::ToppedUp), "nothing fires for that one");
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
    chat.snooze(1, Until::Time(chat.now + TimeDelta::hours(3)));
    assert_eq!(chat.live(3, &[300]), ["Now: Repeat critical MA_1"], "when the snooze is over");
    assert_eq!(chat.live(3, &[300]), Vec::<String>::new());
    assert_eq!(chat.live(1, &[300]), ["Now: Repeat critical MA_1"], "four hours after that");
}

#[test]
fn a_snooze_goes_on_from_poll_to_poll() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.told(&[300]);
    chat.snooze(1, Until::NextLevel);
    let of = |chat: &Chat| chat.state.alerts.values().next().and_then(|alert| alert.snooze);
    let snooze = of(&chat);
    chat.told(&[301]);
    assert_eq!((of(&chat), snooze.map(|snooze| snooze.severity)), (snooze, Some(Severity::Critical)));
}

#[test]
fn what_fires_is_ranked_by_urgency_and_keeps_wallets_that_were_not_read() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.told(&[1500, 300, 0]);
    let customers = [("MA_1", None), ("MA_2", Some(250.into())), ("MA_3", Some(0.into()))];
    let customers = customers.map(|(id, balance)| Subject { balance, ..Subject::new(id, "") });
    let seen = Observation::complete(chat.now, customers.to_vec());
    let evaluation = evaluate(&chat.policy, &seen, &Forecasts::none(), &chat.state, chat.now);
    let firing: Vec<_> = evaluation
        .firing
        .iter()
        .map(|one| (one.subject.id.to_string(), one.value.to_string(), one.unread_since.is_some(), one.change))
        .collect();
    let fires = |id: &str, value: &str, is_unread| (id.to_owned(), value.to_owned(), is_unread, Change::Unchanged);
    assert_eq!(firing, [fires("MA_3", "0", false), fires("MA_2", "250", false), fires("MA_1", "1500", true)]);
    let failed = Observation::failed(chat.now, Unread { kind: "server", message: String::new() });
    let evaluation = evaluate(&chat.policy, &failed, &Forecasts::none(), &evaluation.state, chat.now);
    assert!(evaluation.firing.len() == 3 && evaluation.firing.iter().all(|one| one.unread_since.is_some()));
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
                for key in &before {
                    prop_assert!(chat.state.snooze(key, Until::Time(chat.now + TimeDelta::hours(3)), chat.now));
                }
            }
            let evaluation = evaluate(&chat.policy, &seen, &Forecasts::none(), &chat.state, chat.now);
            for key in &before {
                let still = evaluation.state.alerts.get(key).is_some_and(|alert| alert.firing.is_some());
                let over = evaluation.transitions.iter().any(|said| !said.change.is_bad() && said.subject.id == key.subject);
                prop_assert!(still != over, "an alert neither stands nor is over: {key:?}");
            }
            let (told, deferred) = notify(&chat.settings, &evaluation, &chat.deferred, chat.now);
            for said in told.iter().flat_map(transitions) {
                let id = said.subject.id.to_string();
                if said.change.is_bad() {
                    knows.insert(id, said.change);
                } else {
                    prop_assert!(knows.remove(&id).is_some(), "the end of what nobody was told of");
                }
            }
            (chat.state, chat.deferred) = (evaluation.state, deferred);
            let is_quiet = chat.settings.quiet.is_some_and(|quiet| quiet.until(chat.now).is_some());
            for (key, _) in chat.state.alerts.iter().filter(|(_, alert)| alert.firing.is_some()) {
                prop_assert!(is_quiet || knows.contains_key(&key.subject.to_string()), "an alert that the chat never heard of");
            }
            prop_assert!(is_quiet || chat.deferred.is_empty());
        }
    }
}

/// A state as a restart finds it: what was written down, and nothing else.
fn restarted(state: &State) -> State {
    let alerts = state.alerts.iter().map(|(key, alert)| (key.clone(), Alert::from_json(&alert.to_json()).unwrap()));
    let data_health = serde_json::from_str(&serde_json::to_string(&state.data_health).unwrap()).unwrap();
    let roster = serde_json::from_str(&serde_json::to_string(&state.roster).unwrap()).unwrap();
    State { alerts: alerts.collect(), data_health, roster, polls: state.polls }
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
            replayed.deferred = serde_json::from_str(&serde_json::to_string(&replayed.deferred).unwrap()).unwrap();
        }
    }
}
