//! The dashboard and windows of days.

use std::fmt::Write as _;

use chrono_tz::Tz;
use vobiz_core::dashboard::{CallFigures, Report};
use vobiz_core::{Decimal, money};

use super::{days, escape, name, percent, show};

const UNKNOWN: &str = "unknown";

/// `/dashboard`
pub(crate) fn dashboard(report: &Report) -> String {
    let currency = report.currency.as_deref();
    let mut text = match report.total_balance {
        Some(total) => format!("<b>{} in all customer wallets</b>", show(total, currency)),
        None => "<b>Customer wallets: total unknown</b>".to_owned(),
    };
    let counts = report.accounts.as_ref().map(|accounts| (accounts.total, accounts.active));
    let number = |count: u64| money::count(count, currency);
    match counts {
        Some((Some(total), Some(active))) => drop(write!(text, "\n{} customers, {} active", number(total), number(active))),
        Some((Some(total), None)) => drop(write!(text, "\n{} customers", number(total))),
        Some((None, Some(active))) => drop(write!(text, "\n{} active customers", number(active))),
        Some((None, None)) | None => {}
    }
    if let Some(pending) = report.pending_kyc {
        let _ = write!(text, "\nKYC pending for {pending}");
    }
    if let Some(revenue) = report.mtd_revenue {
        let _ = write!(text, "\nRevenue this month: {}", show(revenue, currency));
    }
    text + &calls(report)
}

/// `/analytics`: `asked` is the window that was asked for, which the service may not keep to, of days in a zone.
pub(crate) fn analytics(report: &Report, asked: vobiz_core::DateRange, zone: Tz) -> String {
    let currency = report.currency.as_deref();
    let created = report.partner.as_ref().and_then(|partner| partner.created_at);
    let created = created.map(|at| at.with_timezone(&zone).date_naive());
    let has_calls = report.calls.as_ref().and_then(|calls| calls.total_calls).is_some_and(|calls| calls > 0);
    if let (Some(created), Some(from), Some(to), false) = (created, asked.from, asked.to, has_calls)
        && to < created
    {
        // The API counts zero calls then.
        return format!("<b>No figures for {}</b>\nThe partner account exists since {}.", days(from, to), days(created, created));
    }
    let cost = report.calls.as_ref().and_then(|calls| calls.total_cost);
    let head = match cost {
        Some(cost) => format!("<b>{} for {}</b>", show(cost, currency), calls_of(report.calls.as_ref(), currency)),
        None => format!("<b>{}</b>", calls_of(report.calls.as_ref(), currency)),
    };
    let mut text = head;
    if let (Some(period), Some(from), Some(to)) = (&report.period, asked.from, asked.to)
        && (period.from_date, period.to_date) != (Some(from), Some(to))
        && period.from_date.is_some()
    {
        let _ = write!(text, "\nAsked for {}; the API answered for another window:", days(from, to));
    }
    text.push_str(&calls(report));
    if let Some(created) = created.filter(|created| asked.from.is_some_and(|from| from < *created)) {
        let _ = write!(text, "\nThe partner account exists since {}.", days(created, created));
    }
    if report.period.is_none()
        && let (Some(from), Some(to)) = (asked.from, asked.to)
    {
        let _ = write!(text, "\nAsked for {}; the API does not say which days it counted.", days(from, to));
    }
    if let Some(top) = &report.top_customers {
        text.push_str("\n\nTop customers");
        for customer in top.iter().take(5) {
            let cost = customer.total_cost.map_or_else(|| UNKNOWN.to_owned(), |cost| show(cost, currency));
            let _ = write!(text, "\n{}: {cost}", name(customer.name.as_deref(), &customer.auth_id));
        }
    }
    text
}

/// What the first generation says of calls; nothing of others, which then are unknown.
fn reported_calls(report: &Report) -> String {
    let (currency, reported) = (report.currency.as_deref(), &report.reported);
    let counted = |what: &str, calls: Option<u64>| Some(format!("\nCalls {what}: {}", money::count(calls?, currency)));
    let spent = reported.total_spend_this_month.map(|spent| format!("\nSpend this month: {}", show(spent, currency)));
    let lines: String = [counted("today", reported.calls_today), counted("this month", reported.calls_this_month), spent]
        .into_iter()
        .flatten()
        .collect();
    if lines.is_empty() { "\n\nCalls: unknown, this report has no call figures.".to_owned() } else { format!("\n{lines}") }
}

fn calls(report: &Report) -> String {
    let currency = report.currency.as_deref();
    let mut text = String::new();
    let Some(calls) = &report.calls else {
        return reported_calls(report);
    };
    let period = report.period.as_ref().and_then(|period| Some(days(period.from_date?, period.to_date?)));
    let _ = write!(text, "\n\n<b>Calls {}</b>", period.as_deref().unwrap_or("(days unknown)"));
    let failed = calls.failed_calls().map_or_else(|| UNKNOWN.to_owned(), |failed| money::count(failed, currency));
    let _ = write!(text, "\n{}, not answered {failed}", line(calls, currency));
    for (direction, figures) in report.by_direction() {
        let _ = write!(text, "\n{}: {}", escape(&title(&direction)), line(&figures, currency));
    }
    for (product, figures) in &report.by_product {
        let _ = write!(text, "\n{}: {}", escape(&title(product)), line(figures, currency));
    }
    text
}

/// `210 calls, 178 answered (84.8 %), 157.2 min, ₹108.24`
pub(super) fn line(figures: &CallFigures, currency: Option<&str>) -> String {
    let mut parts = vec![calls_of(Some(figures), currency)];
    if let Some(count) = figures.answered_calls {
        let rate = match (answered(figures.answered_calls, figures.total_calls), figures.total_calls) {
            (Some(rate), _) => format!(" ({})", percent(rate)),
            (None, Some(total)) if count > total => " (more than there were calls: the API contradicts itself)".to_owned(),
            (None, _) => String::new(),
        };
        parts.push(format!("{} answered{rate}", money::count(count, currency)));
    }
    parts.extend(figures.total_minutes.map(|talk| minutes(talk, currency)));
    parts.extend(figures.total_cost.map(|cost| show(cost, currency)));
    parts.join(", ")
}

/// Answered calls in percent; `None` where either figure is absent, or more calls were answered than there were.
pub(super) fn answered(answered: Option<u64>, total: Option<u64>) -> Option<Decimal> {
    let (answered, total) = answered.zip(total).filter(|(answered, total)| answered <= total)?;
    Decimal::from(answered).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(total))
}

fn calls_of(figures: Option<&CallFigures>, currency: Option<&str>) -> String {
    super::calls(figures.and_then(|figures| figures.total_calls), currency)
}

/// `sip_trunking` as people write it: `SIP trunking`.
fn title(key: &str) -> String {
    let words = key.split(['_', '-']).enumerate().map(|(place, word)| match word {
        "sip" | "api" => word.to_uppercase(),
        _ if place > 0 => word.to_owned(),
        _ => {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// `2,18,816.5 min`
fn minutes(minutes: Decimal, currency: Option<&str>) -> String {
    let minutes = minutes.normalize();
    let text = minutes.abs().to_string();
    let (whole, fraction) =
        text.split_once('.').map_or((text.as_str(), String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    let minus = if minutes.is_sign_negative() { "-" } else { "" };
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), |whole| money::count(whole, currency));
    format!("{minus}{whole}{fraction} min")
}
