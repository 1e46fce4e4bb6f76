//! Rules on how long a wallet lasts: a case for each branch of the decision.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

use proptest::prelude::*;

use super::*;
use crate::forecast::{Business, Forecaster, Forecasts};

/// A wallet that spends ₹60 an hour, day and night.
struct Life {
    policy: Policy,
    forecaster: Forecaster,
    state: State,
    now: DateTime<Utc>,
    balance: i64,
}

impl Life {
    fn new(draft: impl FnOnce(RuleDraft) -> RuleDraft, balance: i64) -> Self {
        let levels = Levels { warning: Some(6.into()), critical: Some(2.into()) };
        let rule = draft(RuleDraft::new("runway", Metric::CustomerRunway, levels)).build().unwrap();
        Self::under(Policy::new(vec![rule]).unwrap(), balance)
    }

    fn under(policy: Policy, balance: i64) -> Self {
        let now = crate::time::parse_instant("2026-08-30T18:30:00Z").unwrap();
        Self { policy, forecaster: Forecaster::new(Business::default()), state: State::default(), now, balance }
    }

    /// One poll, in which the wallet reads so; what is changes of it.
    fn poll(&mut self, balance: Option<i64>) -> Option<Transition> {
        self.now += TimeDelta::minutes(5);
        let subject = Subject { balance: balance.map(Decimal::from), ..Subject::new("MA_X", "Sharma Logistics") };
        let seen = Observation::complete(self.now, vec![subject]);
        self.forecaster.observe(&seen);
        let evaluation = evaluate(&self.policy, &seen, &self.forecaster.at(self.now), &self.state, self.now);
        self.state = evaluation.state;
        assert!(evaluation.transitions.len() <= 1);
        evaluation.transitions.into_iter().next()
    }

    /// One poll under any number of rules: the rules and what changed.
    fn polls(&mut self, balance: i64) -> Vec<(String, Change)> {
        self.now += TimeDelta::minutes(5);
        let subject = Subject::new("MA_X", "Sharma Logistics").with_balance(Decimal::from(balance));
        let seen = Observation::complete(self.now, vec![subject]);
        self.forecaster.observe(&seen);
        let evaluation = evaluate(&self.policy, &seen, &self.forecaster.at(self.now), &self.state, self.now);
        self.state = evaluation.state;
        evaluation.transitions.into_iter().map(|one| (one.rule, one.change)).collect()
    }

    /// So many polls at ₹5 each; all that is changes.
    fn live(&mut self, polls: i64) -> Vec<(Change, Severity)> {
        let changes = (0..polls).filter_map(|_| {
            self.balance -= 5;
            self.poll(Some(self.balance)).map(|changes| (changes.change, changes.severity))
        });
        changes.collect()
    }
}

const DAY: i64 = 288;

#[test]
fn a_wallet_too_new_for_a_forecast_never_fires_however_low() {
    assert_eq!(Life::new(|draft| draft, 1500).live(DAY - 12), []);
}

#[test]
fn the_nearer_the_end_the_worse_and_each_step_is_one_transition() {
    use Change::{Escalate, Fire};
    let mut life = Life::new(|draft| draft, 5 * 5 * DAY);
    assert_eq!(life.live(5 * DAY - 12 * 12), []);
    assert_eq!(life.live(12 * 12 - 4), [(Fire, Severity::Warning), (Escalate, Severity::Critical)]);
}

#[test]
fn the_reason_has_the_numbers_it_was_decided_on() {
    let mut life = Life::new(|draft| draft, 5 * 5 * DAY);
    life.live(4 * DAY);
    let changes = [100, 95, 90].into_iter().find_map(|balance| life.poll(Some(balance))).unwrap();
    let reason = changes.reason();
    assert!(reason.contains("min is under the critical level of 2 h, seen in 2 polls; 95 left, burning "), "{reason}");
    assert!(reason.contains("empty in ") && reason.contains("(range "), "{reason}");
}

#[test]
fn a_burst_that_two_readings_prove_fires_with_the_second() {
    let mut left = 5 * DAY;
    let mut life = Life::new(|draft| draft, 10 * 5 * DAY + left);
    assert_eq!(life.live(10 * DAY), []);
    let changes = [(); 3].map(|()| {
        left -= 200;
        life.poll(Some(left)).map(|transition| transition.change)
    });
    assert_eq!(changes, [None, Some(Change::Fire), None]);
}

#[test]
fn a_top_up_ends_it_at_once_and_a_respite_only_when_it_lasts() {
    let patient = |draft| RuleDraft { recover_for: Some(Duration::from_hours(2)), ..draft };
    let mut paid = Life::new(patient, 5 * 4 * DAY);
    let fired = paid.live(4 * DAY - 56);
    assert_eq!(fired, [(Change::Fire, Severity::Warning)]);
    assert_eq!(paid.poll(Some(50_000)).map(|changes| changes.change), Some(Change::Resolve));

    let mut slow = Life::new(patient, 5 * 4 * DAY);
    slow.live(4 * DAY - 56);
    let rest = slow.balance;
    let changes: Vec<_> = (0..4 * DAY).filter_map(|poll| slow.poll(Some(rest)).map(|changes| (poll, changes.change))).collect();
    let resolved = changes.iter().find(|(_, change)| *change == Change::Resolve).map(|(poll, _)| *poll);
    assert!(resolved.is_some_and(|poll| poll >= 24), "a wallet that spends nothing recovers after two hours: {changes:?}");
}

#[test]
fn a_warning_that_nobody_answers_becomes_critical_and_a_small_payment_lets_it_age_again() {
    let levels = Levels { warning: Some(40.into()), critical: None };
    let repeat = Some(Repeat { warning: Some(Duration::from_hours(90)), critical: Some(Duration::from_hours(90)) });
    let aging = |draft| RuleDraft { levels, repeat, escalate_after: Some(Duration::from_hours(10)), ..draft };
    let mut life = Life::new(aging, 5 * 6 * DAY);
    assert_eq!(life.live(5 * DAY + 12), [(Change::Fire, Severity::Warning), (Change::Escalate, Severity::Critical)]);
    life.balance += 300;
    assert_eq!(life.live(118), [(Change::Fall, Severity::Warning)], "paid, but too little: a warning for another ten hours");
    assert_eq!(life.live(6), [(Change::Escalate, Severity::Critical)]);
}

#[test]
fn what_cannot_be_read_neither_resolves_nor_fires() {
    let mut life = Life::new(|draft| draft, 5 * 4 * DAY);
    life.live(4 * DAY - 56);
    for _ in 0..DAY {
        assert_eq!(life.poll(None), None);
    }
    assert!(life.state.alerts.values().all(|alert| alert.firing.is_some() && alert.unread_since.is_some()));
}

#[test]
fn a_wallet_that_is_empty_needs_no_forecast() {
    let warning_only = |draft| RuleDraft { levels: Levels { warning: Some(6.into()), critical: None }, ..draft };
    for balance in [0, -900] {
        let mut life = Life::new(warning_only, balance);
        assert_eq!(life.poll(Some(balance)), None, "once is not believed");
        let fired = life.poll(Some(balance)).unwrap();
        assert_eq!((fired.change, fired.severity, fired.cause), (Change::Fire, Severity::Critical, Cause::Empty));
        assert_eq!(fired.reason(), format!("the wallet cannot pay for a call: {balance} left"));
        assert!(fired.empty_since.is_some_and(|since| since < life.now));
        let ended = life.poll(Some(50)).unwrap();
        assert_eq!((ended.change, ended.reason().as_str()), (Change::Resolve, "the wallet is not empty any more; 50 left"));
    }
}

#[test]
fn a_wallet_that_stopped_below_the_price_of_a_call_is_empty() {
    // By the rate of its tier, else by the policy.
    for (rate, balance, is_empty) in [
        (Some("0.45"), "0.98", true),
        (Some("0.45"), "1.79", true),
        (Some("0.45"), "1.80", false),
        (Some("0.005"), "0.98", false),
        (Some("0"), "0.34", true),
        (None, "0.34", true),
        (None, "1", false),
        (None, "0", true),
    ] {
        let read = |text: &str| text.parse::<Decimal>().unwrap();
        let subject = Subject { rate_per_minute: rate.map(read), ..Subject::new("MA_X", "").with_balance(read(balance)) };
        assert_eq!(Policy::default().rules()[0].is_empty(&subject), is_empty, "{rate:?} {balance}");
    }
}

#[test]
fn an_alert_that_is_critical_already_reports_when_the_wallet_is_empty_and_breaks_a_snooze() {
    use Change::{Empty, Escalate, Fire};
    let mut life = Life::new(|draft| draft, 5 * 5 * DAY);
    let sent = life.live(5 * DAY - 1);
    assert_eq!(sent, [(Fire, Severity::Warning), (Escalate, Severity::Critical)]);
    let key = life.state.alerts.keys().next().unwrap().clone();
    assert!(life.state.snooze(&key, Until::NextLevel, life.now));
    assert_eq!(life.live(2), [(Empty, Severity::Critical)]);
    assert_eq!(life.live(20), [], "once");
}

#[test]
fn without_a_forecast_the_fallback_reports_empty_wallets() {
    let mut life = Life::under(Policy::default(), 0);
    let sent: Vec<_> = (0..4).filter_map(|_| life.poll(Some(0)).map(|one| (one.rule, one.change, one.cause))).collect();
    assert_eq!(sent, [("low balance".to_owned(), Change::Fire, Cause::Empty)]);
    assert_eq!(life.poll(Some(50)), None, "critical by its level from now on");
    assert_eq!(life.poll(Some(900)).map(|one| one.change), Some(Change::Fall));
}

#[test]
fn what_the_amount_made_critical_stays_critical_when_a_forecast_becomes_available() {
    // By the forecast it lasts for long, for the day, or for a few hours.
    for spend in [1, 2, 4, 8] {
        // Two days and an hour of polls.
        let mut life = Life::under(Policy::default(), 400 + spend * 49 * 12);
        while !life.forecaster.at(life.now).knows("MA_X") {
            life.balance -= spend;
            life.polls(life.balance);
        }
        let fires = |life: &Life, rule: &str| {
            life.state.alerts.iter().find(|(key, _)| key.rule == rule).and_then(|(_, alert)| alert.firing)
        };
        let is_critical = |life: &Life, rule: &str| fires(life, rule).is_some_and(|firing| firing.severity == Severity::Critical);
        assert!(is_critical(&life, "low balance"), "{}", life.balance);
        for _ in 0..6 {
            life.balance -= spend;
            let sent = life.polls(life.balance);
            assert!(is_critical(&life, "low balance") || is_critical(&life, "runway"), "₹{spend} a poll: {sent:?}");
        }
        assert!(!is_critical(&life, "low balance") || !is_critical(&life, "runway"), "one of them, once both agree");
    }
}

#[test]
fn the_amount_decides_until_there_is_a_forecast() {
    use Change::{Fire, Superseded};
    let mut life = Life::under(Policy::default(), 1990);
    assert_eq!(life.live(20), [(Fire, Severity::Warning)]);
    life.balance = 1900 + 10 * DAY;
    let changes = life.live(2 * DAY + 24);
    assert!(
        changes.contains(&(Superseded, Severity::Warning)) || changes.contains(&(Change::Resolve, Severity::Warning)),
        "{changes:?}"
    );
    assert!(life.state.alerts.keys().all(|key| key.rule == "runway"), "{:?}", life.state.alerts);
}

#[test]
fn a_rule_that_contradicts_a_forecast_is_refused() {
    let levels = Levels { warning: Some(6.into()), critical: None };
    let runway = RuleDraft::new("r", Metric::CustomerRunway, levels);
    let balance = RuleDraft::new("r", Metric::CustomerBalance, levels);
    for (draft, field) in [
        (RuleDraft { only_without_forecast: true, ..runway.clone() }, "only_without_forecast"),
        (RuleDraft { in_working_hours: true, ..balance }, "below"),
        (
            RuleDraft {
                levels: Levels { warning: None, critical: Some(1.into()) },
                escalate_after: Some(Duration::from_hours(1)),
                ..runway
            },
            "escalate_after",
        ),
    ] {
        assert_eq!(draft.build().unwrap_err().field, field);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn while_the_value_does_not_change_each_severity_is_reported_once(
        course in prop::collection::vec(-3_i64..3000, 1..5),
        (warning, critical) in (100_i64..2500, prop::option::of(1_i64..99)),
        (escalate, recover_for) in (prop::option::of(1_u64..12), prop::option::of(1_u64..12)),
        only_without_forecast in any::<bool>(),
    ) {
        let levels = Levels { warning: Some(warning.into()), critical: critical.map(Decimal::from) };
        let draft = RuleDraft {
            escalate_after: escalate.map(Duration::from_hours),
            recover_for: recover_for.map(Duration::from_hours),
            only_without_forecast,
            ..RuleDraft::new("low", Metric::CustomerBalance, levels)
        };
        let policy = Policy::new(vec![draft.build().unwrap()]).unwrap();
        let (mut state, mut now) = (State::default(), DateTime::UNIX_EPOCH);
        for balance in course {
            let mut sent = Vec::new();
            for _ in 0..200 {
                now += TimeDelta::minutes(5);
                let seen = Observation::complete(now, vec![Subject::new("MA_X", "").with_balance(balance.into())]);
                let evaluation = evaluate(&policy, &seen, &Forecasts::none(), &state, now);
                state = evaluation.state;
                sent.extend(evaluation.transitions.into_iter().filter(|one| one.change != Change::Repeat));
            }
            for severity in Severity::WORST_FIRST {
                prop_assert!(sent.iter().filter(|one| one.severity == severity && one.change.is_bad()).count() <= 1, "{sent:#?}");
            }
            prop_assert!(sent.iter().filter(|one| !one.change.is_bad()).count() <= 1, "{sent:#?}");
            for one in sent.iter().filter(|one| one.cause == Cause::Age && one.change == Change::Escalate) {
                prop_assert!(one.is_beyond_level() && one.age >= TimeDelta::hours(1), "{}", one.reason());
            }
        }
    }
}

#[test]
fn levels_of_a_customers_own_apply_beside_forecasts_and_those_of_the_fallback_for_all_do_not() {
    let levels = |warning: i64| Levels { warning: Some(warning.into()), critical: None };
    let fallback = |own: &[(&str, i64)]| {
        let overrides = own.iter().map(|(id, warning)| ((*id).to_owned(), levels(*warning))).collect();
        let draft = RuleDraft::new("low balance", Metric::CustomerBalance, levels(50_000));
        let draft = RuleDraft { only_without_forecast: true, overrides, ..draft };
        let runway = RuleDraft::new("runway", Metric::CustomerRunway, levels(1)).build().unwrap();
        Policy::new(vec![runway, draft.build().unwrap()]).unwrap()
    };
    let fired = |own: &[(&str, i64)]| {
        let mut life = Life::under(fallback(&[("MA_X", 1)]), 90_000);
        life.live(3 * DAY);
        life.policy = fallback(own);
        (0..3).flat_map(|_| life.polls(40_000)).collect::<Vec<_>>()
    };
    assert_eq!(fired(&[]), []);
    assert_eq!(fired(&[("MA_Y", 45_000)]), []);
    assert_eq!(fired(&[("MA_X", 45_000)]), [("low balance".to_owned(), Change::Fire)]);
}
