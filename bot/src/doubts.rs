//! What makes a sweep doubtful although every answer came: contradictions, rules that watch nobody, old figures.

use chrono::TimeDelta;
use vobiz_core::alert::{Doubt, Policy};
use vobiz_core::dashboard::Report;

use crate::messages::{self, span};
use crate::observe::counted;
use crate::snapshot::Snapshot;

/// Age of the newest change of any wallet from which on the figures are doubted.
const OLD: TimeDelta = TimeDelta::hours(36);
/// Ids that one sentence names.
const NAMED: usize = 5;

/// The doubts about a sweep, each as a sentence for people. `dashboard` is the report read beside it, where there is one.
pub(crate) fn doubts(policy: &Policy, snapshot: &Snapshot, dashboard: Option<&Report>) -> Vec<String> {
    let mut doubts = rules(policy, snapshot);
    doubts.extend(counts(snapshot, dashboard));
    doubts.extend(age(snapshot));
    doubts
}

/// Rules that name customers whom the list does not have, or that watch nobody.
fn rules(policy: &Policy, snapshot: &Snapshot) -> Vec<String> {
    let customers = &snapshot.observation.customers;
    if snapshot.answers.cut.is_some() {
        return Vec::new();
    }
    let mut doubts = Vec::new();
    for rule in policy.rules() {
        let draft = rule.draft();
        let is_listed = |id: &&String| customers.iter().any(|customer| customer.customer() == Some(id.as_str()));
        let named = draft.scope.customers.iter().chain(draft.overrides.keys());
        let unknown: Vec<&str> = named.filter(|id| !is_listed(id)).map(String::as_str).collect();
        if !unknown.is_empty() {
            let rest = if unknown.len() > NAMED { ", …" } else { "" };
            let ids = unknown[..unknown.len().min(NAMED)].join(", ");
            doubts.push(format!("rule {} names {ids}{rest}, which no customer has", rule.name()));
        }
        let is_over_customers = rule.metric().is_of_customer();
        if is_over_customers
            && unknown.is_empty()
            && !customers.is_empty()
            && !customers.iter().any(|customer| rule.watches(customer))
        {
            let all = messages::counted(customers.len(), "customer", "customers");
            doubts.push(format!(
                "rule {} watches none of {all}: postpaid, inactive and auto-recharging ones are left out unless it includes them",
                rule.name()
            ));
        }
    }
    doubts
}

/// What is odd about the list of customers itself, as sentences: fields that could not be understood, and rows that are missing.
/// Each has a key that stays the same while the oddity does.
pub(crate) fn remarks(snapshot: &Snapshot) -> Vec<(String, String)> {
    let odd = snapshot.answers.oddities.iter().map(|oddity| {
        let customers = &oddity.customers[..oddity.customers.len().min(NAMED)];
        let rest = if oddity.count > customers.len() as u64 { format!(" ({} times)", oddity.count) } else { String::new() };
        let place = if customers.is_empty() { String::new() } else { format!("{}: ", customers.join(", ")) };
        let key = format!("{} {} {}", oddity.field, oddity.reason, customers.join(" "));
        (key, format!("{place}{}: {}{rest}", oddity.field, oddity.reason))
    });
    let missing = snapshot.evaluation.doubts.iter().filter(|doubt| matches!(doubt, Doubt::Promised { .. }));
    odd.chain(missing.map(|doubt| ("promised".to_owned(), sentence(doubt)))).collect()
}

/// Counts that contradict the list.
fn counts(snapshot: &Snapshot, dashboard: Option<&Report>) -> Vec<String> {
    let listed = snapshot.observation.customers.len() as u64;
    let by_dashboard = dashboard.and_then(counted).filter(|counted| *counted > listed && snapshot.answers.cut.is_none());
    let by_dashboard = by_dashboard.map(|counted| Doubt::Counted { counted, listed });
    let of_list = |doubt: &&Doubt| matches!(doubt, Doubt::Promised { .. } | Doubt::Counted { .. } | Doubt::Shrunk { .. });
    let mut doubts: Vec<&Doubt> = snapshot.evaluation.doubts.iter().filter(of_list).collect();
    doubts.extend(by_dashboard.as_ref().filter(|_| !doubts.iter().any(|doubt| matches!(doubt, Doubt::Counted { .. }))));
    doubts.into_iter().map(sentence).collect()
}

fn sentence(doubt: &Doubt) -> String {
    match doubt {
        Doubt::Promised { promised, listed } => format!("the list of customers: {promised} promised, {listed} listed"),
        Doubt::Counted { counted, listed } => format!("the dashboard counts {counted} customers, the list has {listed}"),
        Doubt::Shrunk { before, listed } => {
            format!("the list of customers fell from {before} to {listed}; nobody counts as gone until that is confirmed")
        }
        other => other.to_string(),
    }
}

/// No wallet changed for days.
fn age(snapshot: &Snapshot) -> Option<String> {
    let accounts = &snapshot.answers.customers;
    let newest = accounts.iter().map(|account| account.updated_at).collect::<Option<Vec<_>>>()?.into_iter().max()?;
    let age = snapshot.at - newest;
    (age > OLD).then(|| format!("the figures may be old: no customer was updated in the last {}", span(age)))
}
