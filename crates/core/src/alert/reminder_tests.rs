//! Reminders at working hours, from poll to poll.

use chrono::{DateTime, NaiveTime, TimeDelta, Timelike as _, Utc};
use chrono_tz::Asia::Kolkata;

use super::*;
use crate::forecast::Forecasts;

/// A chat, and wallets polled every half hour.
struct Chat {
    policy: Policy,
    settings: ChatSettings,
    state: State,
    deferred: Deferred,
    now: DateTime<Utc>,
}

impl Chat {
    /// Of Tuesday, 12 May 2026, at an hour in Kolkata.
    fn new(hour: u32) -> Self {
        let levels = Levels { warning: Some(2000.into()), critical: Some(500.into()) };
        let draft = RuleDraft {
            hold: Hold::Polls(1),
            only_without_forecast: true,
            ..RuleDraft::new("low", Metric::CustomerBalance, levels)
        };
        let midnight: DateTime<Utc> = "2026-05-11T18:30:00Z".parse().unwrap();
        let now = midnight + TimeDelta::hours(hour.into());
        let state = State { polls: 100, ..State::default() };
        Self {
            policy: Policy::new(vec![draft.build().unwrap()]).unwrap(),
            settings: ChatSettings::default(),
            state,
            deferred: Deferred::known(now),
            now,
        }
    }

    /// Replays hours in which `balances` gives each wallet's money; the messages, with their time.
    fn live(&mut self, hours: i64, balances: impl Fn(DateTime<Utc>) -> Vec<i64>) -> Vec<String> {
        let mut sent = Vec::new();
        for _ in 0..hours * 2 {
            self.now += TimeDelta::minutes(30);
            let customers = (1..)
                .zip(balances(self.now))
                .map(|(number, balance)| Subject::new(format!("MA_{number}"), "").with_balance(balance.into()));
            let seen = Observation::complete(self.now, customers.collect());
            let evaluation = evaluate(&self.policy, &seen, &Forecasts::none(), &self.state, self.now);
            let (notifications, deferred) = notify(&self.settings, &evaluation, &self.deferred, self.now);
            (self.state, self.deferred) = (evaluation.state, deferred);
            let at = self.now.with_timezone(&Kolkata).format("%a %H:%M").to_string();
            sent.extend(notifications.iter().map(|one| format!("{at} {}", words(one))));
        }
        sent
    }
}

fn words(sent: &Notification) -> String {
    let Content::Alerts { occasion, transitions } = &sent.content else { return "outage".to_owned() };
    let each = transitions.iter().map(|one| format!("{} {}", one.severity, one.subject.id));
    format!("{occasion:?}: {}", each.collect::<Vec<_>>().join(", "))
}

/// Money that falls by a rupee an hour.
fn falling(from: i64) -> impl Fn(DateTime<Utc>) -> i64 {
    move |now| from - i64::from(now.hour())
}

#[test]
fn everything_that_fires_comes_together_when_work_begins_and_critical_once_more_before_it_ends() {
    let mut chat = Chat::new(20);
    let sent = chat.live(48, |now| vec![falling(1500)(now), falling(400)(now)]);
    assert_eq!(
        sent,
        [
            "Tue 20:30 Now: critical MA_2",
            "Tue 20:30 Now: warning MA_1",
            "Wed 09:00 Reminder: critical MA_2, warning MA_1",
            "Wed 18:00 Reminder: critical MA_2",
            "Thu 09:00 Reminder: critical MA_2, warning MA_1",
            "Thu 18:00 Reminder: critical MA_2",
        ]
    );
}

#[test]
fn a_value_that_did_not_change_is_reminded_of_once_and_comes_along_when_another_changed() {
    let mut chat = Chat::new(20);
    assert_eq!(chat.live(48, |_| vec![1500]), ["Tue 20:30 Now: warning MA_1", "Wed 09:00 Reminder: warning MA_1"]);
    assert_eq!(
        chat.live(24, |_| vec![1500, 1400]),
        ["Thu 20:30 Now: warning MA_2", "Fri 09:00 Reminder: warning MA_2, warning MA_1"]
    );
}

#[test]
fn nobody_is_reminded_on_a_sunday_or_in_quiet_hours() {
    let mut chat = Chat::new(20 + 4 * 24);
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    chat.settings.quiet = Some(QuietHours { from: time(22), to: time(11), zone: Kolkata });
    let sent = chat.live(48, |now| vec![falling(1500)(now)]);
    assert_eq!(sent, ["Sat 20:30 Now: warning MA_1", "Mon 11:00 Reminder: warning MA_1"]);
}

#[test]
fn an_empty_wallet_that_nobody_uses_is_dormant_after_three_days_and_rings_again_after_a_top_up() {
    let mut chat = Chat::new(20);
    let fires = chat.live(24 * 12, |now| vec![0, falling(400)(now)]);
    let with_empty: Vec<_> = fires.iter().filter(|sent| sent.contains("MA_1")).collect();
    assert_eq!(with_empty.first().map(|sent| sent.as_str()), Some("Tue 20:30 Now: critical MA_1"));
    assert_eq!(with_empty.len(), 7, "the alert, and three days of two reminders: {with_empty:?}");
    assert!(fires.last().is_some_and(|sent| sent.ends_with("Reminder: critical MA_2")), "the other goes on: {fires:?}");
    assert_eq!(chat.live(1, |_| vec![9000, 9000]).len(), 2, "both recover");
    assert_eq!(chat.live(1, |_| vec![0, 9000]), ["Sun 21:30 Now: critical MA_1"]);
}

#[test]
fn a_rule_with_an_interval_of_its_own_keeps_it_and_never_means_never() {
    for (repeat, expected) in [
        (Repeat::NEVER, vec![]),
        (
            Repeat { critical: Some(std::time::Duration::from_hours(10)), warning: None },
            vec!["Wed 06:30 Now: critical MA_1", "Wed 16:30 Now: critical MA_1"],
        ),
    ] {
        let mut chat = Chat::new(20);
        let levels = Levels { warning: Some(2000.into()), critical: Some(500.into()) };
        let draft =
            RuleDraft { hold: Hold::Polls(1), repeat: Some(repeat), ..RuleDraft::new("low", Metric::CustomerBalance, levels) };
        chat.policy = Policy::new(vec![draft.build().unwrap()]).unwrap();
        let sent = chat.live(24, |now| vec![falling(400)(now)]);
        assert_eq!(sent[1..], expected, "{repeat:?}");
    }
}

#[test]
fn a_snoozed_alert_is_not_reminded_of() {
    let mut chat = Chat::new(20);
    chat.live(1, |now| vec![falling(400)(now)]);
    assert!(chat.state.snooze(&AlertKey::new("low", SubjectId::Customer("MA_1".into())), Until::ToppedUp, chat.now));
    assert_eq!(chat.live(40, |_| vec![300]), Vec::<String>::new());
}
