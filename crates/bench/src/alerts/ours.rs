//! The engine's own policy over a history.

use std::collections::HashMap;

use anyhow::{Result, anyhow};
use rust_decimal::Decimal;
use vobiz_core::alert::{Levels, Metric, Policy, RuleDraft, Severity};
use vobiz_core::forecast::Business;
use vobiz_core::history::History;
use vobiz_core::history::backtest::backtest;

use super::notes::{Kind, Note};

/// The default policy with another level of runway, in working hours.
pub(super) fn policy(hours: Decimal) -> Result<Policy> {
    let default = Policy::default();
    let rules = default.rules().iter().map(|rule| match rule.metric() {
        Metric::CustomerRunway => {
            let levels = Levels { warning: Some(hours), ..rule.levels() };
            RuleDraft { levels, ..rule.draft() }.build().map_err(|error| anyhow!("{error}"))
        }
        _ => Ok(rule.clone()),
    });
    Policy::new(rules.collect::<Result<_>>()?).map_err(|error| anyhow!("{error}"))
}

/// What the policy would have sent.
pub(super) fn watch(history: &History, policy: &Policy) -> Vec<Note> {
    let places: HashMap<&str, usize> =
        history.wallets.iter().enumerate().map(|(place, wallet)| (wallet.auth_id.as_str(), place)).collect();
    let sent = backtest(policy, history, &Business::default()).into_iter();
    sent.filter_map(|sent| {
        let kind = match sent.kind {
            "fire" => Kind::Fire,
            "escalate" => Kind::Escalate,
            "resolve" => Kind::Resolve,
            _ => return None,
        };
        let severity = if sent.severity == Severity::Critical { "critical" } else { "warning" };
        Some(Note { at: sent.at, wallet: *places.get(sent.auth_id.as_str())?, kind, severity, rule: sent.rule })
    })
    .collect()
}
