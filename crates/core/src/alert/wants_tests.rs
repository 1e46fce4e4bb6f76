//! What chats get that want a part of the alerts.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::*;
use crate::forecast::Forecasts;

/// What a chat gets, poll after poll, of three customers with these balances: the change, the customer and the severity.
fn sent(settings: &ChatSettings, polls: &[[i64; 3]]) -> Vec<String> {
    let levels = Levels { warning: Some(2000.into()), critical: Some(500.into()) };
    let draft = RuleDraft { hold: Hold::Polls(1), ..RuleDraft::new("low", Metric::CustomerBalance, levels) };
    let policy = Policy::new(vec![draft.build().unwrap()]).unwrap();
    let begin: DateTime<Utc> = "2026-05-12T06:00:00Z".parse().unwrap();
    let mut state = State { polls: 100, ..State::default() };
    let (mut deferred, mut all) = (Deferred::known(begin - TimeDelta::days(1)), Vec::new());
    for (poll, balances) in (1..).zip(polls) {
        let now = begin + TimeDelta::minutes(5 * poll);
        let names = ["Sharma Logistics", "SHARMA <b>", "Verma"];
        let customers = (1..)
            .zip(names)
            .zip(balances)
            .map(|((number, name), balance)| Subject::new(format!("MA_{number}"), name).with_balance(Decimal::from(*balance)));
        let evaluation = evaluate(&policy, &Observation::complete(now, customers.collect()), &Forecasts::none(), &state, now);
        let (notifications, next) = notify(settings, &evaluation, &deferred, now);
        (state, deferred) = (evaluation.state, next);
        for notification in notifications {
            let Content::Alerts { transitions, .. } = notification.content else { continue };
            all.extend(transitions.iter().map(|one| format!("{:?} {} {}", one.change, one.subject.id, one.severity)));
        }
    }
    all
}

fn wanting(wants: Wants) -> ChatSettings {
    ChatSettings { wants, ..ChatSettings::default() }
}

#[test]
fn a_chat_that_names_customers_gets_theirs_alone() {
    let polls = [[9000; 3], [100, 1000, 100], [9000; 3]];
    let names = Wants { names: ["sharma*".to_owned()].into(), ..Wants::default() };
    let both = ["Fire MA_1 critical", "Fire MA_2 warning", "Resolve MA_1 critical", "Resolve MA_2 warning"];
    assert_eq!(sent(&wanting(names), &polls), both);
    let id = Wants { customers: ["MA_3".to_owned()].into(), ..Wants::default() };
    assert_eq!(sent(&wanting(id.clone()), &polls), ["Fire MA_3 critical", "Resolve MA_3 critical"]);
    let either = Wants { names: ["Sharma L*".to_owned()].into(), ..id };
    assert_eq!(sent(&wanting(either), &polls).len(), 4);
}

#[test]
fn a_chat_that_wants_critical_alerts_gets_them_from_the_escalation_to_the_fall() {
    let critical = wanting(Wants { least: Severity::Critical, ..Wants::default() });
    let of_first = |balance| [balance, 9000, 9000];
    let polls = [9000, 1000, 100, 1000, 9000, 100, 9000].map(of_first);
    let expected = ["Escalate MA_1 critical", "Fall MA_1 warning", "Fire MA_1 critical", "Resolve MA_1 critical"];
    assert_eq!(sent(&critical, &polls), expected);
}

#[test]
fn a_time_of_quiet_holds_what_can_wait_and_ends_by_itself() {
    let until = |time: &str| ChatSettings { quiet_until: time.parse().ok(), ..ChatSettings::default() };
    let polls = [[9000; 3], [9000, 1000, 9000], [9000, 1000, 9000], [9000, 1000, 9000]];
    assert_eq!(sent(&until("2026-05-12T07:00:00Z"), &polls), [""; 0]);
    assert_eq!(sent(&until("2026-05-12T06:12:00Z"), &polls), ["Unchanged MA_2 warning"], "handed over");
    assert_eq!(sent(&until("2026-05-12T05:00:00Z"), &polls), ["Fire MA_2 warning"], "over before");
}
