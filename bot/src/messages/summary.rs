//! The daily summary: what needs somebody, how yesterday was, and where the money is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use vobiz_core::alert::{Severity, Subject};
use vobiz_core::dashboard::{DayFigures, Report};
use vobiz_core::{Decimal, Error};

use super::{Reader, change, counted, escape, low, percent, show, weekday};
use crate::snapshot::Snapshot;

/// Wallets that a summary names; it is the caption of a picture, which holds little.
const NAMED: usize = 5;
/// Other alerts that it names.
const FIGURES: usize = 3;

/// Readings of this age no longer say that all is well.
const OLD: TimeDelta = TimeDelta::hours(1);

/// What a summary is made of; each part read, or why it was not.
pub(crate) struct SummaryData {
    /// The last day that is complete where reports are cut.
    pub(crate) last_day: NaiveDate,
    /// The report that ends with it.
    pub(crate) report: Result<Arc<Report>, Error>,
    /// The last sweep.
    pub(crate) snapshot: Arc<Snapshot>,
    /// The partner's own wallet.
    pub(crate) own_balance: Result<Option<Decimal>, Error>,
}

/// `/summary` and each morning's message. `late_since` is when it was due, if that is long past.
pub(crate) fn summary(data: &SummaryData, late_since: Option<DateTime<Utc>>, reader: &Reader) -> String {
    let snapshot = &data.snapshot;
    let currency = data.report.as_ref().ok().and_then(|report| report.currency.as_deref()).or(snapshot.currency());
    let mut text = alerts(snapshot, reader);
    match &data.report {
        Ok(report) => text.push_str(&yesterday(report, data.last_day)),
        Err(error) => drop(write!(text, "\n\n⚪ Calls unknown: {}", short(error))),
    }
    text.push('\n');
    match snapshot.customers() {
        Ok(customers) => text.push_str(&wallets(customers, currency)),
        Err(error) => drop(write!(text, "\n⚪ Customer wallets unknown: {}", short(error))),
    }
    match &data.own_balance {
        Ok(Some(balance)) => drop(write!(text, "\nYour own wallet: {}", show(*balance, currency))),
        Ok(None) => text.push_str("\nYour own wallet: unknown, your profile has no balance"),
        Err(error) => drop(write!(text, "\n⚪ Your own wallet unknown: {}", short(error))),
    }
    let _ = write!(text, "\n\n<i>Wallets as of {}</i>", reader.at(snapshot.at));
    if let Some(due) = late_since {
        let _ = write!(text, "\n<i>Late: this was due at {}</i>", reader.at(due));
    }
    text
}

fn short(error: &Error) -> String {
    escape(&error.to_string().chars().take(120).collect::<String>())
}

/// What fires: wallets, the worst first, and the other alerts; where nothing does, whether that is known.
pub(crate) fn alerts(snapshot: &Snapshot, reader: &Reader) -> String {
    let wallets = snapshot.wallets();
    let critical = wallets.iter().filter(|alert| alert.severity == Severity::Critical).count();
    let unread = snapshot.customers().map(|customers| customers.iter().filter(|customer| customer.balance.is_none()).count());
    let mut text = match (critical, wallets.len() - critical) {
        (0, 0) => match unread {
            Err(_) => "⚪ <b>Wallets unknown</b>".to_owned(),
            Ok(unread) if let Some(figures) = low::figures_fire(snapshot) => match unread {
                0 => format!("{figures}; no wallet is low"),
                unread => format!("{figures}; no wallet that could be read is low, {unread} unknown"),
            },
            Ok(_) if snapshot.pending() > 0 => {
                let (one, many) = ("wallet is past a level</b>, an alert is", "wallets are past a level</b>, alerts are");
                format!("🟠 <b>{} pending: /low", counted(snapshot.pending(), one, many))
            }
            Ok(_) if reader.now - snapshot.at > OLD => {
                format!("⚪ <b>Wallets not read since {}</b>; none was low then", reader.at(snapshot.at))
            }
            Ok(0) if !snapshot.is_certain() => {
                format!("⚪ <b>No alert fires</b>, as far as it is known: {}", low::unknown(snapshot))
            }
            Ok(0) => "🟢 <b>Fine: no wallet is low</b>".to_owned(),
            Ok(unread) => format!("⚪ <b>No wallet that could be read is low</b>; {unread} unknown"),
        },
        (0, warning) => format!("🟠 <b>{} low</b> (warning)", counted(warning, "wallet", "wallets")),
        (critical, 0) => format!("🔴 <b>{} critical</b>", counted(critical, "wallet", "wallets")),
        (critical, warning) => format!("🔴 <b>{} critical</b>, {warning} low (warning)", counted(critical, "wallet", "wallets")),
    };
    let level = Decimal::MIN;
    for wallet in snapshot.low(None, level).iter().filter(|wallet| wallet.alert.is_some()).take(NAMED) {
        let _ = write!(text, "\n{}", low::row(wallet, level, None, reader));
    }
    if wallets.len() > NAMED {
        let _ = write!(text, "\n… and {} more: /low", wallets.len() - NAMED);
    }
    snapshot.figures().take(FIGURES).for_each(|alert| text.push_str(&low::figure_row(alert)));
    if let more @ 1.. = snapshot.figures().skip(FIGURES).count() {
        let _ = write!(text, "\n… and {}: /low", counted(more, "other alert", "other alerts"));
    }
    text
}

fn yesterday(report: &Report, last_day: NaiveDate) -> String {
    let currency = report.currency.as_deref();
    let day_of = |day: NaiveDate| report.time_series.iter().find(|figures| figures.date == day);
    let mut text = format!("\n\n<b>{}</b>: ", weekday(last_day));
    match day_of(last_day) {
        Some(day) => {
            let _ = write!(text, "{}", day_line(day, currency));
            let before = last_day.checked_sub_days(Days::new(7)).and_then(day_of);
            if let Some(change) = before.and_then(|before| change(day.total_cost?, before.total_cost?)) {
                let _ = write!(text, "; cost {change} on the {} before", last_day.format("%a"));
            }
        }
        None => text.push_str("no report for this day"),
    }
    if let Some(calls) = &report.calls {
        let period = report.period.as_ref().and_then(|period| Some(super::days(period.from_date?, period.to_date?)));
        let _ = write!(text, "\n{}: {}", period.as_deref().unwrap_or("Period unknown"), super::report::line(calls, currency));
    }
    text
}

fn day_line(day: &DayFigures, currency: Option<&str>) -> String {
    let mut parts = vec![super::calls(day.total_calls, currency)];
    parts.extend(super::report::answered(day.answered_calls, day.total_calls).map(|rate| format!("{} answered", percent(rate))));
    parts.extend(day.total_cost.map(|cost| show(cost, currency)));
    parts.join(", ")
}

fn wallets(customers: &[Subject], fallback: Option<&str>) -> String {
    if customers.is_empty() {
        return "\nCustomer wallets: none".to_owned();
    }
    let mut sums: BTreeMap<Option<&str>, Decimal> = BTreeMap::new();
    for customer in customers {
        let sum = sums.entry(customer.currency.as_deref().or(fallback)).or_default();
        *sum = sum.checked_add(customer.balance.unwrap_or_default()).unwrap_or(*sum);
    }
    let unread = customers.iter().filter(|customer| customer.balance.is_none()).count();
    let sums: Vec<_> = sums.iter().map(|(currency, sum)| show(*sum, *currency)).collect();
    let unknown = if unread > 0 { format!(", {unread} unknown not included") } else { String::new() };
    format!("\nCustomer wallets: {} in {}{unknown}", sums.join(" + "), customers.len())
}
