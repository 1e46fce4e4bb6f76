//! What becomes of alerts when the levels of their rule are changed.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::forecast::Forecasts;

fn at(poll: i64) -> DateTime<Utc> {
    crate::time::parse_instant("2026-05-12T03:30:00Z").unwrap() + TimeDelta::minutes(5 * poll)
}

fn levels(warning: i64, critical: i64) -> Levels {
    let level = |amount: i64| (amount > 0).then(|| Decimal::from(amount));
    Levels { warning: level(warning), critical: level(critical) }
}

fn draft(levels: Levels) -> RuleDraft {
    RuleDraft::new("low", Metric::CustomerBalance, levels)
}

fn policy(draft: RuleDraft) -> Policy {
    Policy::new(vec![draft.build().unwrap()]).unwrap()
}

fn own(own: Levels) -> Policy {
    policy(RuleDraft { overrides: [("MA_X".to_owned(), own)].into(), ..draft(levels(2000, 500)) })
}

/// One wallet under rules that are changed.
#[derive(Default)]
struct Life {
    state: State,
    poll: i64,
}

impl Life {
    /// One more poll. Gives what changed.
    fn poll(&mut self, policy: &Policy, balance: Option<i64>) -> Option<Transition> {
        let wallet = Subject { balance: balance.map(Decimal::from), ..Subject::new("MA_X", "Sharma Logistics") };
        let (now, seen) = (at(self.poll), Observation::complete(at(self.poll), vec![wallet]));
        let mut evaluation = evaluate(policy, &seen, &Forecasts::none(), &self.state, now);
        (self.state, self.poll) = (evaluation.state, self.poll + 1);
        assert!(evaluation.transitions.len() <= 1 && evaluation.firing.len() <= 1);
        evaluation.transitions.pop()
    }

    /// One that fires by the usual levels.
    fn firing(balance: i64) -> Self {
        let mut life = Self::default();
        let usual = policy(draft(levels(2000, 500)));
        life.poll(&usual, Some(balance));
        assert_eq!(life.poll(&usual, Some(balance)).unwrap().change, Change::Fire);
        life
    }

    fn severity(&self) -> Option<Severity> {
        self.state.alerts.values().next()?.firing.map(|firing| firing.severity)
    }
}

#[test]
fn an_alert_goes_on_by_new_levels_or_ends_or_changes_its_severity_at_the_next_poll() {
    use Change::{Escalate, Fall, Resolve};
    use Severity::{Critical, Warning};
    for (name, balance, now, change, severity) in [
        ("still beyond the warning level", 1900, levels(1950, 500), None, Some(Warning)),
        ("far beyond it", 1900, levels(9000, 1000), None, Some(Warning)),
        ("still beyond the critical level", 400, levels(9000, 450), None, Some(Critical)),
        ("on the new level, which is not beyond it", 1900, levels(1900, 500), Some(Resolve), None),
        ("near the new level, where a value that rose would not have recovered", 1900, levels(1850, 500), Some(Resolve), None),
        ("far from it", 1900, levels(600, 500), Some(Resolve), None),
        ("a warning that is critical by the new levels", 1900, levels(9000, 2000), Some(Escalate), Some(Critical)),
        ("critical, and by the new levels a warning", 400, levels(2000, 400), Some(Fall), Some(Warning)),
        ("critical, and by the new levels nothing", 400, levels(300, 100), Some(Resolve), None),
        ("without a critical level", 400, levels(2000, 0), Some(Fall), Some(Warning)),
        ("without a warning level, beyond the critical one", 400, levels(0, 500), None, Some(Critical)),
        ("without a warning level", 1900, levels(0, 500), Some(Resolve), None),
    ] {
        for policy in [policy(draft(now)), own(now)] {
            // Levels of a customer's own are completed by those for all.
            if policy == own(now) && now.warning.and(now.critical).is_none() {
                continue;
            }
            let mut life = Life::firing(balance);
            let changed = life.poll(&policy, Some(balance));
            assert_eq!((changed.map(|one| one.change), life.severity()), (change, severity), "{name}");
            assert_eq!(life.poll(&policy, Some(balance)), None, "{name}, and nothing more");
            assert_eq!(life.severity(), severity, "{name}");
        }
    }
}

#[test]
fn an_end_by_another_level_has_that_as_its_reason() {
    let mut life = Life::firing(1900);
    let ended = life.poll(&policy(draft(levels(1800, 500))), Some(1900)).unwrap();
    assert_eq!((ended.level, ended.level_before), (Decimal::from(1800), Some(Decimal::from(2000))));
    assert_eq!(ended.reason(), "the level was changed from 2000 to 1800, and 1900 is not under it");
    let fallen = Life::firing(400).poll(&policy(draft(levels(2000, 300))), Some(400)).unwrap();
    assert_eq!(fallen.reason(), "the critical level of 500 was changed; 400 is under the warning level of 2000");
    let recovered = Life::firing(1900).poll(&policy(draft(levels(1800, 500))), Some(2200)).unwrap();
    assert_eq!(recovered.reason(), "2200 is above 1980, where the alert ends", "it would be over by the old level too");
}

#[test]
fn other_changes_of_a_rule_leave_its_alerts_as_they_are() {
    let usual = draft(levels(2000, 500));
    let changed = RuleDraft { hold: Hold::Polls(5), recover: Recover::Amount(900.into()), ..usual.clone() };
    let mut life = Life::firing(1900);
    assert_eq!(life.poll(&policy(changed.clone()), Some(1900)), None);
    assert_eq!(life.poll(&policy(changed.clone()), Some(2800)), None, "not 900 over the level");
    assert_eq!(life.poll(&policy(changed), Some(2900)).map(|one| one.change), Some(Change::Resolve));
    let repeated = RuleDraft { recover_for: Some(std::time::Duration::from_hours(1)), ..usual };
    let mut life = Life::firing(1900);
    assert_eq!(life.poll(&policy(repeated), Some(1900)), None);
    assert_eq!(life.severity(), Some(Severity::Warning));
}

#[test]
fn a_snooze_survives_a_change_of_levels_unless_the_alert_is_worse_by_them() {
    let snoozed = || {
        let mut life = Life::firing(1900);
        let key = life.state.alerts.keys().next().unwrap().clone();
        assert!(life.state.snooze(&key, Until::NextLevel, at(1)));
        life
    };
    let mut life = snoozed();
    assert_eq!(life.poll(&policy(draft(levels(5000, 500))), Some(1900)), None);
    assert!(life.state.alerts.values().all(|alert| alert.snooze.is_some()));
    let worse = snoozed().poll(&policy(draft(levels(5000, 2000))), Some(1900));
    assert_eq!(worse.map(|one| one.change), Some(Change::Escalate));
}

#[test]
fn a_wallet_that_cannot_be_read_is_judged_by_new_levels_once_it_can() {
    let mut life = Life::firing(1900);
    let lower = policy(draft(levels(1800, 500)));
    assert_eq!(life.poll(&lower, None), None);
    assert_eq!(life.severity(), Some(Severity::Warning), "unknown never resolves");
    assert_eq!(life.poll(&lower, Some(1900)).map(|one| one.change), Some(Change::Resolve));
}

#[test]
fn an_alert_of_an_earlier_release_goes_on() {
    let mut life = Life::firing(1900);
    let key = life.state.alerts.keys().next().unwrap().clone();
    let mut stored: serde_json::Value = serde_json::from_str(&life.state.alerts[&key].to_json()).unwrap();
    let alert = stored["alert"].as_object_mut().unwrap();
    alert.remove("measure");
    alert.remove("levels");
    alert.insert("fingerprint".to_owned(), 17_u64.into());
    life.state.alerts.insert(key, Alert::from_json(&stored.to_string()).unwrap());
    assert_eq!(life.poll(&policy(draft(levels(2000, 500))), Some(2100)), None);
    assert_eq!(life.severity(), Some(Severity::Warning), "not past recovery");
}

#[test]
fn a_rule_that_watches_another_figure_starts_fresh_without_a_recovery() {
    let mut life = Life::firing(1900);
    let fleet = RuleDraft { direction: Direction::Above, ..draft(levels(1000, 1500)) };
    assert_eq!(life.poll(&policy(fleet), Some(1900)), None);
    assert_eq!(life.severity(), None);
}

proptest! {
    /// Whatever levels are set and when: an alert that fires has no gap while its value is beyond them, and none that ended
    /// or became worse comes without its transition.
    #[test]
    fn no_change_of_levels_makes_a_gap_or_a_silent_end(
        steps in prop::collection::vec((prop::option::weighted(0.9, -100_i64..6000), 1000_i64..5000, 1_i64..1000), 1..60),
    ) {
        let mut life = Life::default();
        for (balance, warning, critical) in steps {
            let policy = own(levels(warning, critical));
            let before = life.severity();
            let change = life.poll(&policy, balance).map(|one| one.change);
            let after = life.severity();
            let expected: &[Option<Change>] = match (before, after) {
                (None, Some(_)) => &[Some(Change::Fire)],
                (Some(_), None) => &[Some(Change::Resolve)],
                (Some(Severity::Warning), Some(Severity::Critical)) => &[Some(Change::Escalate)],
                (Some(Severity::Critical), Some(Severity::Warning)) => &[Some(Change::Fall)],
                _ => &[None],
            };
            prop_assert!(expected.contains(&change), "{before:?} to {after:?}: {change:?}");
            if let (Some(before), Some(balance)) = (before, balance) {
                if balance < critical && before == Severity::Critical {
                    prop_assert_eq!(after, Some(Severity::Critical));
                }
                prop_assert!(balance >= warning || after.is_some(), "{} under {} does not fire any more", balance, warning);
            }
        }
    }

    /// What fires by levels that were just changed is what would fire by them from the start.
    #[test]
    fn an_alert_under_changed_levels_is_one_that_would_fire_by_them(
        balance in -100_i64..6000, warning in 1000_i64..5000, critical in 1_i64..1000,
    ) {
        let usual = policy(draft(levels(2000, 500)));
        let mut life = Life::default();
        life.poll(&usual, Some(balance));
        life.poll(&usual, Some(balance));
        let changed = own(levels(warning, critical));
        life.poll(&changed, Some(balance));
        life.poll(&changed, Some(balance));
        let mut fresh = Life::default();
        fresh.poll(&changed, Some(balance));
        fresh.poll(&changed, Some(balance));
        prop_assert_eq!(life.severity(), fresh.severity());
    }
}
