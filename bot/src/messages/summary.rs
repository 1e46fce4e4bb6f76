//! The daily summary: what needs somebody, how yesterday was, and where the money is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use vobiz_core::alert::{Severity, Subject};
use vobiz_core::billing::sum as exact_sum;
use vobiz_core::dashboard::Report;
use vobiz_core::rust_decimal::prelude::ToPrimitive as _;
use vobiz_core::{Decimal, Error};

use super::{LONGEST_CAPTION, Reader, code, counted, day, escape, low, plain, show, whose};
use crate::snapshot::{Snapshot, WalletAhead};
use crate::store::Entry;

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
    /// When work begins again.
    pub(crate) morning: DateTime<Utc>,
    /// Where the money went on the last day, where all of it was recorded.
    pub(crate) books: Option<day::Books>,
    /// Who spent the most on the last day, where that was read in time.
    pub(crate) spenders: Option<day::Spenders>,
    /// What alerts did since work ended; absent where nothing is recorded.
    pub(crate) night: Option<day::Night>,
    /// What people took and snoozed in the last day, the latest first.
    pub(crate) acts: Vec<Entry>,
}

/// `/summary` and each morning's message. `late_since` is when it was due, if that is long past.
///
/// It is the caption of a picture: what matters least is left out where not everything fits.
pub(crate) fn summary(data: &SummaryData, late_since: Option<DateTime<Utc>>, reader: &Reader) -> String {
    let snapshot = &data.snapshot;
    let currency = data.report.as_ref().ok().and_then(|report| report.currency.as_deref()).or(snapshot.currency());
    let mut parts = vec![(Part::Always, alerts(snapshot, reader))];
    let mut add = |part: Part, text: Option<String>| parts.extend(text.map(|text| (part, text)));
    add(Part::Always, day::before_morning(data.empty_before_morning(), data.morning, reader));
    add(Part::Night, data.night.as_ref().map(|night| day::night(night, reader)));
    let whose = |id: &str| snapshot.subject(id).map_or_else(|| code(id), whose);
    add(Part::Acts, day::acts(&data.acts, whose, reader));
    match &data.report {
        Ok(report) => {
            add(Part::Always, Some(day::yesterday(report, data.last_day)));
            add(Part::Period, period(report));
        }
        Err(error) => add(Part::Always, Some(format!("\n\n⚪ Calls unknown: {}", short(error)))),
    }
    let spenders = data.spenders.as_ref().map(|spenders| day::spenders(spenders, data.last_day)).unwrap_or_default();
    for (part, line) in [Part::Spenders, Part::Risers].into_iter().zip(spenders) {
        add(part, Some(line));
    }
    add(Part::Always, Some("\n".to_owned()));
    add(
        Part::Always,
        Some(match snapshot.customers() {
            Ok(customers) => wallets(customers, currency),
            Err(error) => format!("\n⚪ Customer wallets unknown: {}", short(error)),
        }),
    );
    add(Part::Books, data.books.as_ref().map(|books| day::books(books, data.last_day)));
    add(
        Part::Always,
        Some(match &data.own_balance {
            Ok(Some(balance)) => format!("\nYour own wallet: {}", show(*balance, currency)),
            Ok(None) => "\nYour own wallet: unknown, your profile has no balance".to_owned(),
            Err(error) => format!("\n⚪ Your own wallet unknown: {}", short(error)),
        }),
    );
    add(Part::Always, Some(format!("\n\n<i>Wallets as of {}</i>", reader.at(snapshot.at))));
    add(Part::Always, late_since.map(|due| format!("\n<i>Late: this was due at {}</i>", reader.at(due))));
    fitting(parts)
}

/// A part of a summary; where not everything fits, the last of these goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Always,
    Books,
    Night,
    Spenders,
    Acts,
    Period,
    Risers,
}

fn fitting(mut parts: Vec<(Part, String)>) -> String {
    loop {
        let text: String = parts.iter().map(|(_, text)| text.as_str()).collect();
        let least = parts.iter().map(|(part, _)| *part).max().unwrap_or(Part::Always);
        if least == Part::Always || plain(&text).encode_utf16().count() <= LONGEST_CAPTION {
            return text;
        }
        parts.retain(|(part, _)| *part != least);
    }
}

impl SummaryData {
    /// How many wallets are likely to be empty before work begins again, empty ones left out.
    fn empty_before_morning(&self) -> usize {
        let hours = (self.morning - self.snapshot.at).num_minutes().to_f64().unwrap_or_default() / 60.0;
        let ahead = self.snapshot.by_time_to_empty().iter();
        let is_before =
            |wallet: &&WalletAhead| wallet.runway.and_then(|runway| runway.likely).is_some_and(|likely| likely.hours < hours);
        let has_money =
            |wallet: &&WalletAhead| self.snapshot.wallet(wallet).balance.is_some_and(|balance| balance > Decimal::ZERO);
        ahead.filter(is_before).filter(has_money).count()
    }
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

/// The calls of the whole period of a report.
fn period(report: &Report) -> Option<String> {
    let currency = report.currency.as_deref();
    let calls = report.calls.as_ref()?;
    let period = report.period.as_ref().and_then(|period| Some(super::days(period.from_date?, period.to_date?)));
    Some(format!("\n{}: {}", period.as_deref().unwrap_or("Period unknown"), super::report::line(calls, currency)))
}

fn wallets(customers: &[Subject], fallback: Option<&str>) -> String {
    if customers.is_empty() {
        return "\nCustomer wallets: none".to_owned();
    }
    // A sum that no number holds is none.
    let mut sums: BTreeMap<Option<&str>, Option<Decimal>> = BTreeMap::new();
    for customer in customers {
        let sum = sums.entry(customer.currency.as_deref().or(fallback)).or_insert(Some(Decimal::ZERO));
        *sum = sum.and_then(|before| exact_sum(before, customer.balance.unwrap_or_default()).ok());
    }
    let unread = customers.iter().filter(|customer| customer.balance.is_none()).count();
    let shown = |(currency, sum): (Option<&str>, Option<Decimal>)| match (sum, currency) {
        (Some(sum), currency) => show(sum, currency),
        (None, Some(currency)) => format!("{} that no sum can hold exactly", escape(currency)),
        (None, None) => "amounts that no sum can hold exactly".to_owned(),
    };
    let sums: Vec<_> = sums.into_iter().map(shown).collect();
    let unknown = if unread > 0 { format!(", {unread} unknown not included") } else { String::new() };
    format!("\nCustomer wallets: {} in {}{unknown}", sums.join(" + "), customers.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_exact_or_named_as_none() {
        let wallet =
            |balance: &str, currency| Subject::new("MA_1", "").with_balance(balance.parse().unwrap()).with_currency(currency);
        let largest = Decimal::MAX.to_string();
        for (customers, shown) in [
            (vec![wallet("0.10", "INR"), wallet("0.25", "INR")], "₹0.35 in 2"),
            (vec![wallet(&largest, "INR"), wallet("1", "INR")], "INR that no sum can hold exactly in 2"),
            (vec![wallet(&largest, "INR"), wallet("0.5", "INR")], "INR that no sum can hold exactly in 2"),
            (
                vec![wallet(&largest, "INR"), wallet("1", "INR"), wallet("2", "USD")],
                "INR that no sum can hold exactly + $2.00 in 3",
            ),
        ] {
            assert_eq!(wallets(&customers, None), format!("\nCustomer wallets: {shown}"));
        }
    }

    #[test]
    fn movements_that_no_sum_can_hold_are_not_shown_as_an_amount() {
        let books = day::Books {
            currency: Some("INR".into()),
            opening: 100.into(),
            closing: 40.into(),
            top_ups: None,
            others: Some(Decimal::ZERO),
            spend: Some(60.into()),
        };
        let shown = day::books(&books, "2026-04-17".parse().unwrap());
        assert_eq!(shown, "\nMoney of Fri 17 Apr: ₹100 to ₹40\n⚪ What was paid in and charged is too large to be added up");
    }
}
