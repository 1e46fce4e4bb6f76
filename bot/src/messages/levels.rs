//! Rules and levels, for those who set them.

use vobiz_core::Decimal;
use vobiz_core::alert::{Levels, Rule, Severity, Subject, Transition};

use super::{code, escape, runway, say, sign, whose};
use crate::snapshot::Snapshot;

/// `warning ₹5,000, critical ₹1,000`
pub(crate) fn levels(rule: &Rule, levels: Levels, currency: Option<&str>) -> String {
    let each = [Severity::Warning, Severity::Critical]
        .into_iter()
        .filter_map(|severity| Some(format!("{severity} {}", level(rule, levels.of(severity)?, currency))));
    each.collect::<Vec<_>>().join(", ")
}

/// `₹5,000`, `6 working hours`
pub(crate) fn level(rule: &Rule, level: Decimal, currency: Option<&str>) -> String {
    match rule.metric().unit() {
        vobiz_core::alert::Unit::Money => say(level, currency),
        _ => escape(&rule.metric().format(level, rule.in_working_hours())),
    }
}

/// A rule with the levels for all, on a line.
pub(crate) fn rule(rule: &Rule, origin: &str, currency: Option<&str>) -> String {
    let fallback = if rule.only_without_forecast() { ", where there is no forecast" } else { "" };
    let each = [Severity::Warning, Severity::Critical]
        .into_iter()
        .filter_map(|severity| Some(format!("{} ({severity})", level(rule, rule.levels().of(severity)?, currency))));
    let (word, shown) = (rule.direction().word(), each.collect::<Vec<_>>().join(" or "));
    format!("<b>{}</b>: {} {word} {shown}{fallback} · {origin}", escape(rule.name()), rule.metric())
}

/// Whose levels they are, with the id.
pub(crate) fn customer(subject: &Subject) -> String {
    let id = code(&subject.id.to_string());
    // One that left has no name any more.
    match subject.name.as_deref() {
        None | Some("") => id,
        Some(_) => format!("<b>{}</b> {id}", whose(subject)),
    }
}

/// What would change, and what would fire.
pub(crate) struct LevelQuestion<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) snapshot: &'a Snapshot,
    /// `low balance: warning ₹2,000 → warning ₹5,000`, for each rule.
    pub(crate) changes: &'a [String],
    pub(crate) fires: &'a [Transition],
    pub(crate) would_fire: &'a [Transition],
}

impl LevelQuestion<'_> {
    pub(crate) fn text(&self) -> String {
        let Self { subject, snapshot, changes, fires, would_fire } = *self;
        let currency = subject.currency.as_deref();
        let balance = subject.balance.map_or_else(|| "balance unknown".to_owned(), |balance| say(balance, currency));
        let lasts = snapshot.runway(subject).map(|runway| format!(", {}", runway::left(&runway))).unwrap_or_default();
        let rows = |head: &str, alerts: &[Transition]| {
            let each: Vec<_> = alerts
                .iter()
                .map(|alert| format!("{} {} ({})", sign(alert.severity), alert.severity, escape(&alert.rule)))
                .collect();
            format!("{head} {}", if each.is_empty() { "nothing".to_owned() } else { each.join(", ") })
        };
        [
            format!("{}: {balance}{lasts}", customer(subject)),
            changes.join("\n"),
            rows("Fires now:", fires),
            rows("Would fire:", would_fire),
        ]
        .join("\n")
    }
}
