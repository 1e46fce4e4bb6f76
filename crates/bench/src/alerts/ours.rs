//! The engine's own policy over a history.

use std::time::Duration;

use anyhow::{Result, anyhow};
use rust_decimal::Decimal;
use vobiz_core::alert::{Change, Levels, Metric, Observation, Policy, Recover, RuleDraft, Severity, State, Subject, evaluate};
use vobiz_core::forecast::{Every, Forecaster};
use vobiz_core::history::{History, MovementKind};

use super::notes::{Kind, Note};
use super::replay::{Shown, replay};

/// The default policy with another level of runway, in working hours.
pub(super) fn policy(hours: Decimal) -> Result<Policy> {
    let default = Policy::default();
    let rules = default.rules().iter().map(|rule| match rule.metric() {
        Metric::CustomerRunway => {
            let levels = Levels { warning: Some(hours), critical: None };
            let draft = RuleDraft {
                in_working_hours: true,
                recover: Recover::Percent(Decimal::ONE_HUNDRED),
                recover_for: Some(Duration::from_hours(2)),
                escalate_after: Some(Duration::from_hours(60)),
                ..RuleDraft::new(rule.name(), rule.metric(), levels)
            };
            draft.build().map_err(|error| anyhow!("{error}"))
        }
        _ => Ok(rule.clone()),
    });
    Policy::new(rules.collect::<Result<_>>()?).map_err(|error| anyhow!("{error}"))
}

/// What the policy would have sent.
pub(super) fn watch(history: &History, policy: &Policy) -> Vec<Note> {
    let subjects: Vec<Subject> = history
        .wallets
        .iter()
        .map(|wallet| Subject {
            name: wallet.name.clone(),
            currency: wallet.currency.clone(),
            is_prepaid: wallet.is_prepaid,
            is_active: wallet.is_active,
            auto_recharge: wallet.auto_recharge,
            ..Subject::new(wallet.auth_id.clone(), "")
        })
        .collect();
    let places: std::collections::HashMap<&str, usize> =
        history.wallets.iter().enumerate().map(|(place, wallet)| (wallet.auth_id.as_str(), place)).collect();
    let (mut forecaster, mut state, mut notes) = (Forecaster::default(), State::default(), Vec::new());
    replay(history, |poll| {
        for movement in poll.ledger {
            let Some(wallet) = history.wallets.get(movement.wallet as usize) else { continue };
            match movement.kind {
                MovementKind::Recharge | MovementKind::Refund => forecaster.paid_in(&wallet.auth_id),
                MovementKind::Rental => forecaster.fee(&wallet.auth_id, movement.at, movement.amount, Every::Month),
                MovementKind::Fixed => forecaster.fee(&wallet.auth_id, movement.at, movement.amount, Every::Week),
            }
        }
        let seen = subjects.iter().zip(poll.wallets).filter_map(|(subject, shown)| {
            let balance = match *shown {
                Shown::Absent => return None,
                Shown::Unread => None,
                Shown::Balance(balance) => Some(balance),
            };
            Some(Subject { balance, ..subject.clone() })
        });
        let observation = Observation::complete(poll.at, seen.collect());
        forecaster.observe(&observation);
        let outcome = evaluate(policy, &observation, &forecaster.at(poll.at), &state, poll.at);
        state = outcome.state;
        for transition in outcome.transitions {
            let kind = match transition.change {
                Change::Fire => Kind::Fire,
                Change::Escalate => Kind::Escalate,
                Change::Fall | Change::Repeat => continue,
                _ => Kind::Resolve,
            };
            let severity = if transition.severity == Severity::Critical { "critical" } else { "warning" };
            let Some(wallet) = places.get(transition.subject.auth_id.as_str()).copied() else { continue };
            notes.push(Note { at: poll.at, wallet, kind, severity, rule: transition.rule });
        }
    });
    notes
}
