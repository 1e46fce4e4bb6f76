//! The daily summary: is anything about to break, how was yesterday, what is odd, is the money right.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use vobiz_core::alert::{Severity, Subject, Transition};
use vobiz_core::dashboard::{DayFigures, Report};
use vobiz_core::{Decimal, Error};

use super::{Reader, beside, counted, escape, name, percent, show, sign, weekday};

/// Rows of low wallets that a summary names; it is the caption of a picture, which holds little.
const NAMED: usize = 5;

/// What a summary is made of; each part read, or why it was not.
pub(crate) struct SummaryData {
    /// The last day that is complete where reports are cut.
    pub(crate) last_day: NaiveDate,
    /// The report that ends with it.
    pub(crate) report: Result<Report, Error>,
    /// Every customer.
    pub(crate) subjects: Result<Vec<Subject>, Error>,
    /// Wallets that the rules find low, the worst first.
    pub(crate) low: Vec<Transition>,
    /// The partner's own wallet.
    pub(crate) own_balance: Result<Option<Decimal>, Error>,
}

/// `/summary` and each morning's message. `late_since` is when it was due, if that is long past.
pub(crate) fn summary(morning: &SummaryData, late_since: Option<chrono::DateTime<chrono::Utc>>, reader: &Reader) -> String {
    let currency = morning.report.as_ref().ok().and_then(|report| report.currency.as_deref());
    let mut text = low(morning);
    match &morning.report {
        Ok(report) => text.push_str(&yesterday(report, morning.last_day)),
        Err(error) => {
            let _ = write!(text, "\n\n⚪ Calls unknown: {}", short(error));
        }
    }
    text.push('\n');
    match &morning.subjects {
        Ok(subjects) => text.push_str(&wallets(subjects, currency)),
        Err(error) => {
            let _ = write!(text, "\n⚪ Customer wallets unknown: {}", short(error));
        }
    }
    match &morning.own_balance {
        Ok(Some(balance)) => {
            let _ = write!(text, "\nYour own wallet: {}", show(*balance, currency));
        }
        Ok(None) => text.push_str("\nYour own wallet: unknown, the profile does not say"),
        Err(error) => {
            let _ = write!(text, "\n⚪ Your own wallet unknown: {}", short(error));
        }
    }
    if let Some(due) = late_since {
        let _ = write!(text, "\n\nLate: this was due at {}.", reader.at(due));
    }
    text
}

fn short(error: &Error) -> String {
    escape(&error.to_string().chars().take(120).collect::<String>())
}

fn low(morning: &SummaryData) -> String {
    let Ok(subjects) = &morning.subjects else { return "⚪ <b>Wallets unknown this morning</b>".to_owned() };
    let critical = morning.low.iter().filter(|low| low.severity == Severity::Critical).count();
    let unread = subjects.iter().filter(|subject| subject.balance.is_none()).count();
    let mut text = match (critical, morning.low.len() - critical) {
        (0, 0) if unread > 0 => format!("⚪ <b>No wallet that could be read is low</b>; {unread} unknown"),
        (0, 0) => "🟢 <b>Fine: no wallet is low</b>".to_owned(),
        (0, warning) => format!("🟠 <b>{} low</b> (warning)", counted(warning, "wallet", "wallets")),
        (critical, 0) => format!("🔴 <b>{} critical</b>", counted(critical, "wallet", "wallets")),
        (critical, warning) => format!("🔴 <b>{} critical</b>, {warning} low (warning)", counted(critical, "wallet", "wallets")),
    };
    for Transition { subject, value, level, severity, .. } in morning.low.iter().take(NAMED) {
        let balance = beside(*value, *level, subject.currency.as_deref());
        let shown = name(subject.name.as_deref(), &subject.id.to_string());
        let _ = write!(text, "\n{} {balance}  {shown} <code>{}</code>", sign(*severity), escape(&subject.id.to_string()));
    }
    if morning.low.len() > NAMED {
        let _ = write!(text, "\n… and {} more: /low", morning.low.len() - NAMED);
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
        None => text.push_str("none reported"),
    }
    if let Some(calls) = &report.calls {
        let period = report.period.as_ref().and_then(|period| Some(super::days(period.from_date?, period.to_date?)));
        let _ = write!(text, "\n{}: {}", period.as_deref().unwrap_or("Period unknown"), super::report::line(calls, currency));
    }
    text
}

fn day_line(day: &DayFigures, currency: Option<&str>) -> String {
    let mut parts = vec![super::calls(day.total_calls, currency)];
    let rate = day.answered_calls.zip(day.total_calls).and_then(|(answered, total)| {
        Decimal::from(answered).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(total))
    });
    parts.extend(rate.map(|rate| format!("{} answered", percent(rate))));
    parts.extend(day.total_cost.map(|cost| show(cost, currency)));
    parts.join(", ")
}

/// `+18 %`, `−5 %`, `unchanged`; nothing where there was nothing to compare with.
fn change(now: Decimal, before: Decimal) -> Option<String> {
    let percent = now.checked_sub(before)?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(before)?.round();
    Some(if percent.is_zero() {
        "unchanged".to_owned()
    } else if percent.is_sign_negative() {
        format!("−{} %", percent.abs())
    } else {
        format!("+{percent} %")
    })
}

fn wallets(subjects: &[Subject], fallback: Option<&str>) -> String {
    use std::collections::BTreeMap;
    if subjects.is_empty() {
        return "\nCustomer wallets: none".to_owned();
    }
    let mut sums: BTreeMap<Option<&str>, Decimal> = BTreeMap::new();
    for subject in subjects {
        let sum = sums.entry(subject.currency.as_deref().or(fallback)).or_default();
        *sum = sum.checked_add(subject.balance.unwrap_or_default()).unwrap_or(*sum);
    }
    let unread = subjects.iter().filter(|subject| subject.balance.is_none()).count();
    let sums: Vec<_> = sums.iter().map(|(currency, sum)| show(*sum, *currency)).collect();
    let unknown = if unread > 0 { format!(", {unread} unknown and not in it") } else { String::new() };
    format!("\nCustomer wallets: {} in {}{unknown}", sums.join(" + "), subjects.len())
}
