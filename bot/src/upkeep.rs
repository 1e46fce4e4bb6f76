//! Work that keeps the bot small: old history is thinned, and a closed month let go of.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use chrono::TimeDelta;
use rust_decimal::Decimal;
use vobiz_core::alert::{Levels, Metric, Policy, Severity};

use crate::service::Service;
use crate::terminal::millis;

/// How often it is looked whether a day became old.
const EVERY: TimeDelta = TimeDelta::hours(1);

/// Thins history until the task is dropped.
pub(crate) async fn run(service: Arc<Service>) -> Result<()> {
    loop {
        let levels = levels(&service.rules().await);
        let (now, started) = (service.clock.now(), Instant::now());
        match service.store.thin(&levels, service.report_zone, now).await {
            Ok(0) => {}
            Ok(dropped) => tracing::info!(dropped, took_ms = millis(started.elapsed()), "old history was thinned"),
            Err(error) => tracing::warn!(error = format!("{error:#}"), "old history cannot be thinned; tried again in an hour"),
        }
        service.closed.forget_old(now);
        service.clock.sleep_until(now + EVERY).await;
    }
}

/// The balances at which a rule of this policy fires or recovers: crossings of these stay in the history.
fn levels(policy: &Policy) -> Vec<Decimal> {
    let rules = policy.rules().iter().filter(|rule| rule.metric() == Metric::CustomerBalance);
    let levels = rules.flat_map(|rule| {
        let draft = rule.draft();
        let of_rule = |levels: &Levels| Severity::WORST_FIRST.map(|severity| levels.of(severity));
        let levels: Vec<Decimal> =
            std::iter::once(&draft.levels).chain(draft.overrides.values()).flat_map(of_rule).flatten().collect();
        let recovers = levels.iter().filter_map(|level| rule.recovers_at(*level)).collect::<Vec<_>>();
        levels.into_iter().chain(recovers)
    });
    let mut levels: Vec<Decimal> = levels.collect();
    levels.sort_unstable();
    levels.dedup();
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_all_rules_on_balances_count_with_those_where_they_recover() {
        let rules = "[[rules]]\nname = \"low\"\nmetric = \"customer.balance\"\nbelow = { warning = 2000, critical = 500 }\n\
                     recover = 100\n[[rules.overrides]]\ncustomers = [\"MA_X\"]\nbelow = { warning = 9000 }\n";
        let (policy, _) = Policy::from_toml(rules, "rules.toml").unwrap();
        let levels = levels(&policy).iter().map(ToString::to_string).collect::<Vec<_>>();
        for level in ["500", "600", "2000", "2100", "9000", "9100"] {
            assert!(levels.iter().any(|other| other == level), "{level} is not in {levels:?}");
        }
    }
}
