//! Which notifications a chat gets: grouping, quiet hours, snoozes; a case for each branch, and properties.

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
    let draft = RuleDraft {
        hold: Hold::Polls(1),
        repeat: Some(Repeat::default()),
        ..RuleDraft::new("low", Metric::CustomerBalance, levels)
    };
    Policy::new(vec![draft.build().unwrap()]).unwrap()
}

/// Customers `MA_1` and on.
fn numbered(balances: &[i64]) -> Vec<Subject> {
    let customer = |(number, balance): (i32, &i64)| Subject::new(format!("MA_{number}"), "").with_balance((*balance).into());
    (1..).zip(balances).map(customer).collect()
}

/// A chat and the wallets whose alerts it gets, in polls five minutes apart.
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
        self.look(Observation::complete(self.now, numbered(balances)))
    }

    fn look(&mut self, seen: Observation) -> Vec<Notification> {
        self.now += TimeDelta::minutes(5);
        let seen = Observation { at: self.now, ..seen };
        let evaluation = evaluate(&self.policy, &seen, &Forecasts::none(), &self.state, self.now);
        let (sent, deferred) = notify(&self.settings, &evaluation, &self.deferred, self.now);
        (self.state, self.deferred) = (evaluation.state, deferred);
        sent
    }

    /// The same as words: the occasion, whether silent, and each change.
    fn words(&mut self, balances: &[i64]) -> Vec<String> {
        self.poll(balances).iter().map(words).collect()
    }

    fn snooze(&mut self, number: i32, until: Until) -> bool {
        self.state.snooze(&AlertKey::new("low", SubjectId::Customer(format!("MA_{number}"))), until, self.now)
    }

    fn live(&mut self, hours: i64, balances: &[i64]) -> Vec<String> {
        (0..hours * 12).flat_map(|_| self.words(balances)).collect()
    }
}

fn transitions(sent: &Notification) -> &[Transition] {
    match &sent.content {
        Content::Alerts { transitions, .. } => transitions,
        Content::DataHealth(_) => &[],
    }
}

/// A notification as words: the occasion, whether silent, and each change.
fn words(sent: &Notification) -> String {
    let silent = if sent.is_silent { ", silent" } else { "" };
    match &sent.content {
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
    let sent = |balances: &[i64]| Chat::new(None, "2026-05-12T06:00:00Z").words(balances);
    assert_eq!(sent(&[1, 9000, 1500]), ["Now: Fire critical MA_1", "Now: Fire warning MA_3"]);
    assert_eq!(
        sent(&[1, 2, 3, 4, 1500]),
        ["Now: Fire critical MA_1, Fire critical MA_2, Fire critical MA_3, Fire critical MA_4", "Now: Fire warning MA_5"]
    );
    assert_eq!(
        sent(&[1, 2, 1500, 1600]),
        ["Storm: Fire critical MA_1, Fire critical MA_2, Fire warning MA_3, Fire warning MA_4"],
        "more messages than anybody reads"
    );
}

#[test]
fn what_a_new_installation_finds_comes_as_one_message() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.state.polls = 0;
    assert_eq!(
        chat.words(&[1, 1500, 1400]),
        ["Found: Fire critical MA_1, Fire warning MA_3, Fire warning MA_2"],
        "the worst first, then who has the least"
    );
    assert_eq!(chat.words(&[1, 400, 1400]), ["Now: Escalate critical MA_2"]);
}

#[test]
fn recoveries_make_a_sound_and_falls_and_departures_do_not() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.words(&[1, 1, 1500]);
    assert_eq!(
        chat.words(&[9000, 1500]),
        ["Now, silent: Fall warning MA_2", "Now: Resolve critical MA_1", "Now, silent: Gone warning MA_3"]
    );
}

#[test]
fn quiet_hours_hold_what_can_wait_and_hand_over_everything_that_fires() {
    // 22:00 to 07:00 in Kolkata are 16:30 to 01:30.
    let mut chat = Chat::new(Some(("22:00", "07:00")), "2026-05-12T16:30:00Z");
    assert_eq!(chat.words(&[1500, 1600, 9000, 9000]), Vec::<String>::new(), "two warnings can wait");
    assert_eq!(chat.deferred.len(), 2);
    assert_eq!(chat.words(&[1500, 9000, 400, 9000]), ["Now: Fire critical MA_3"], "without a forecast, critical cannot");
    assert_eq!(chat.deferred.len(), 1, "its end is not sent to a chat that was not sent the alert");
    assert_eq!(chat.words(&[1500, 9000, 400, 0]), ["Now: Fire critical MA_4"], "what is empty cannot wait");
    assert_eq!(chat.live(8, &[1500, 9000, 400, 0]), Vec::<String>::new(), "reminders wait too");
    assert_eq!(
        chat.live(1, &[1500, 9000, 400, 0]),
        ["HandOver: Unchanged critical MA_4, Unchanged critical MA_3, Unchanged warning MA_1"],
        "once, at the end"
    );
    assert!(chat.deferred.is_empty());
}

#[test]
fn a_hand_over_counts_what_was_sent_in_the_night_and_is_not_repeated_soon_after() {
    let mut chat = Chat::new(Some(("22:00", "07:00")), "2026-05-12T21:00:00Z");
    assert_eq!(chat.words(&[400, 9000]), ["Now: Fire critical MA_1"], "at 02:35");
    assert_eq!(chat.words(&[400, 1500]), Vec::<String>::new());
    assert_eq!(chat.live(4, &[400, 1500]), Vec::<String>::new());
    assert_eq!(chat.live(1, &[400, 1500]), ["HandOver: Unchanged critical MA_1, Unchanged warning MA_2"], "at 07:00");
    // Reminders are due at 10:35 and 14:35.
    assert_eq!(chat.live(3, &[400, 1500]), ["Now: Repeat critical MA_1"]);

    let mut late = Chat::new(Some(("22:00", "07:00")), "2026-05-12T21:50:00Z");
    assert_eq!(late.words(&[400, 9000]), ["Now: Fire critical MA_1"], "at 03:25, so that a reminder is due at 07:25");
    late.words(&[400, 1500]);
    assert_eq!(late.live(4, &[400, 1500]), ["HandOver: Unchanged critical MA_1, Unchanged warning MA_2"]);
    assert_eq!(late.live(3, &[400, 1500]), Vec::<String>::new(), "left out");
    assert_eq!(late.live(1, &[400, 1500]), ["Now: Repeat critical MA_1"], "the next one, at 11:25");
}

#[test]
fn in_quiet_hours_the_end_of_an_alert_is_sent_without_sound() {
    let mut chat = Chat::new(Some(("22:00", "07:00")), "2026-05-12T17:00:00Z");
    assert_eq!(chat.words(&[400]), ["Now: Fire critical MA_1"]);
    assert_eq!(chat.words(&[9000]), ["Now, silent: Resolve critical MA_1"]);
}

#[test]
fn in_quiet_hours_an_outage_waits_and_is_sent_at_their_end_if_it_lasts() {
    let outage = |until: i64| {
        let mut chat = Chat::new(Some(("22:00", "07:00")), "2026-05-13T00:00:00Z");
        let failed = Observation::failed(chat.now, Unread { kind: "server", message: String::new() });
        let read = Observation::complete(chat.now, Vec::new());
        let mut sent = Vec::new();
        for poll in 0..40 {
            let seen = if poll < until { failed.clone() } else { read.clone() };
            sent.extend(chat.look(seen).iter().map(|one| format!("{poll} {}", words(one))));
        }
        sent
    };
    assert_eq!(outage(10), Vec::<String>::new(), "neither the outage nor its end");
    assert_eq!(outage(30), ["17 Lost", "30 Back"], "quiet hours end at 01:30");
}

#[test]
fn a_chat_that_is_new_while_alerts_fire_is_sent_all_of_them_once() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.words(&[400, 1500]);
    chat.deferred = Deferred::default();
    assert_eq!(chat.words(&[400, 1500]), ["Welcome: Unchanged critical MA_1, Unchanged warning MA_2"]);
    assert_eq!(chat.words(&[400, 1500]), Vec::<String>::new());

    let mut calmer = Chat::new(None, "2026-05-12T06:00:00Z");
    calmer.words(&[1500]);
    calmer.deferred = Deferred::default();
    assert_eq!(calmer.words(&[9000]), Vec::<String>::new(), "nothing fires, and it knew of nothing");
    assert_eq!(calmer.words(&[400]), ["Now: Fire critical MA_1"]);

    let mut night = Chat::new(Some(("22:00", "07:00")), "2026-05-13T01:00:00Z");
    night.words(&[1500, 1500]);
    night.deferred = Deferred::default();
    assert_eq!(night.words(&[1500, 1500]), Vec::<String>::new(), "in quiet hours a warning waits");
    assert_eq!(night.live(1, &[1500, 1500]), ["HandOver: Unchanged warning MA_1, Unchanged warning MA_2"]);
}

#[test]
fn customers_that_are_critical_make_a_sound_while_the_partners_wallet_is_critical() {
    let levels = Levels { warning: None, critical: Some(1000.into()) };
    let own = RuleDraft { hold: Hold::Polls(1), ..RuleDraft::new("own", Metric::PartnerBalance, levels) };
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.policy = Policy::new(chat.policy.rules().iter().cloned().chain([own.build().unwrap()]).collect()).unwrap();
    let mut poll = |balances: &[i64]| {
        let partner = Some(Ok(Wallet { balance: 5.into(), currency: None }));
        let seen = Observation { partner, ..Observation::complete(chat.now, numbered(balances)) };
        chat.look(seen).iter().map(words).collect::<Vec<_>>()
    };
    assert_eq!(poll(&[9000, 9000]), ["Now: Fire critical partner"]);
    assert_eq!(poll(&[1500, 9000]), ["DryPartner, silent: Fire warning MA_1"]);
    assert_eq!(poll(&[1500, 400]), ["DryPartner: Fire critical MA_2"]);
    assert_eq!(poll(&[400, 400]), ["DryPartner: Escalate critical MA_1"]);
}

#[test]
fn what_gets_worse_while_it_waits_breaks_through() {
    let mut chat = Chat::new(Some(("22:00", "07:00")), "2026-05-12T18:00:00Z");
    chat.words(&[1500]);
    assert_eq!(chat.words(&[300]), ["Now: Escalate critical MA_1"]);
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
        chat.words(&[balance]);
        assert!(chat.snooze(1, until));
        chat
    };
    let hour = Until::Time(at("2026-05-12T06:05:00Z") + TimeDelta::hours(30));
    let mut timed = snoozed(hour, 1500);
    assert_eq!(timed.live(30, &[1500]), ["Now: Repeat warning MA_1"], "not after a day, but when the snooze is over");
    assert_eq!(snoozed(hour, 1500).words(&[300]), ["Now: Escalate critical MA_1"]);
    assert_eq!(snoozed(hour, 1500).words(&[3000]), ["Now: Resolve warning MA_1"]);

    let mut again = snoozed(Until::NextLevel, 300);
    assert_eq!(again.words(&[1500]), Vec::<String>::new(), "better, which nobody has to hear");
    assert_eq!(again.live(100, &[300]), Vec::<String>::new(), "as bad as when it was acknowledged");

    let mut paid = snoozed(Until::ToppedUp, 1500);
    assert_eq!(paid.live(48, &[1500]), Vec::<String>::new());
    assert_eq!(paid.words(&[1600]), ["Now: Repeat warning MA_1"], "paid, and too little");
    assert!(!paid.snooze(2, Until::ToppedUp), "nothing fires for that one");
}

#[test]
fn a_reminder_is_due_so_long_after_the_last_notification_whatever_that_was() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.words(&[300]);
    chat.live(3, &[300]);
    assert_eq!(chat.words(&[1500]), ["Now, silent: Fall warning MA_1"]);
    assert_eq!(chat.live(23, &[1500]), Vec::<String>::new(), "a day after the fall, not after the fire");
    assert_eq!(chat.live(1, &[1500]), ["Now: Repeat warning MA_1"]);

    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.words(&[300]);
    chat.snooze(1, Until::Time(chat.now + TimeDelta::hours(3)));
    assert_eq!(chat.live(3, &[300]), ["Now: Repeat critical MA_1"], "when the snooze is over");
    assert_eq!(chat.live(3, &[300]), Vec::<String>::new());
    assert_eq!(chat.live(1, &[300]), ["Now: Repeat critical MA_1"], "four hours after that");
}

#[test]
fn a_snooze_goes_on_from_poll_to_poll() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.words(&[300]);
    chat.snooze(1, Until::NextLevel);
    let of = |chat: &Chat| chat.state.alerts.values().next().and_then(|alert| alert.snooze);
    let snooze = of(&chat);
    chat.words(&[301]);
    assert_eq!((of(&chat), snooze.map(|snooze| snooze.severity)), (snooze, Some(Severity::Critical)));
}

#[test]
fn what_fires_is_ranked_by_urgency_and_keeps_wallets_that_were_not_read() {
    let mut chat = Chat::new(None, "2026-05-12T06:00:00Z");
    chat.words(&[1500, 300, 0]);
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
    fn an_alert_fires_until_its_end_is_reported_and_a_chat_gets_each(
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
                let over = evaluation.transitions.iter().any(|changes| !changes.change.is_bad() && changes.subject.id == key.subject);
                prop_assert!(still != over, "an alert neither fires nor is over: {key:?}");
            }
            let (sent, deferred) = notify(&chat.settings, &evaluation, &chat.deferred, chat.now);
            for changes in sent.iter().flat_map(transitions) {
                let id = changes.subject.id.to_string();
                if changes.change.is_bad() {
                    knows.insert(id, changes.change);
                } else {
                    prop_assert!(knows.remove(&id).is_some(), "the end of an alert that the chat does not know of");
                }
            }
            (chat.state, chat.deferred) = (evaluation.state, deferred);
            let is_quiet = chat.settings.quiet.is_some_and(|quiet| quiet.until(chat.now).is_some());
            for (key, _) in chat.state.alerts.iter().filter(|(_, alert)| alert.firing.is_some()) {
                prop_assert!(is_quiet || knows.contains_key(&key.subject.to_string()), "an alert that the chat does not know of");
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
    fn restarts_between_polls_change_no_notification(course in courses()) {
        let mut lived = Chat::new(Some(("22:00", "07:00")), "2026-05-12T15:00:00Z");
        let mut replayed = Chat::new(Some(("22:00", "07:00")), "2026-05-12T15:00:00Z");
        for readings in &course {
            let balances: Vec<i64> = readings.iter().map(|reading| reading.flatten().unwrap_or(2500)).collect();
            let changes = lived.poll(&balances);
            prop_assert_eq!(changes, replayed.poll(&balances));
            replayed.state = restarted(&replayed.state);
            replayed.deferred = serde_json::from_str(&serde_json::to_string(&replayed.deferred).unwrap()).unwrap();
        }
    }
}
