//! What a closed period came to, how far its sources were read, and whether they agree.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use vobiz_core::billing::{Extent, Item, Line, Month, Source};
use vobiz_core::{Decimal, Error};

use super::{counted, escape, failure, show, span};

/// Reasons of differences that are named.
const NAMED: usize = 4;

/// Why a period was not closed.
#[derive(Debug)]
pub(crate) enum NotClosed {
    /// The API refused, or a sum is too large.
    Failed(Error),
    /// It was not read within this time.
    TooLong(Duration),
}

/// Why a period was not closed, and what can be done.
pub(crate) fn not_closed(why: &NotClosed) -> String {
    match why {
        NotClosed::Failed(error) => failure(error),
        NotClosed::TooLong(limit) => {
            let limit = TimeDelta::from_std(*limit).unwrap_or(TimeDelta::MAX);
            format!("⚪ Usage unknown: reading took longer than {}. Ask again, or close the month in Python.", span(limit))
        }
    }
}

/// `Charged ₹12,34,567.80: calls ₹11,00,000.00, fees ₹1,34,567.80`, a line for each currency; what no number holds is called so.
/// Without a ledger, what calls cost is all that is known.
pub(crate) fn charged(month: &Month) -> String {
    let mut currencies: BTreeMap<Option<&str>, Vec<&Line>> = BTreeMap::new();
    for line in month.lines.iter().filter(|line| line.item != Item::TopUp) {
        currencies.entry(line.currency.as_deref()).or_default().push(line);
    }
    let lines = currencies.into_iter().map(|(currency, lines)| {
        let sum = |items: &[Item]| {
            let mut amounts = lines.iter().filter(|line| items.contains(&line.item)).map(|line| line.amount);
            amounts.try_fold(Decimal::ZERO, Decimal::checked_add)
        };
        let all = sum(&[Item::Usage, Item::Rental, Item::Fixed, Item::Other, Item::Refund]);
        let parts: [(_, &[Item]); 4] = [
            ("calls", &[Item::Usage]),
            ("fees", &[Item::Rental, Item::Fixed]),
            ("other debits", &[Item::Other]),
            ("refunds", &[Item::Refund]),
        ];
        let parts = parts.into_iter().map(|(name, items)| Some((name, sum(items)?)));
        let Some((all, parts)) = all.zip(parts.collect::<Option<Vec<_>>>()) else {
            return "\n⚪ What was charged is too large to be added up".to_owned();
        };
        if !month.was_read(Source::Ledger) {
            let calls = parts.first().map(|(_, calls)| show(*calls, currency)).unwrap_or_default();
            return format!("\nCalls cost {calls}; fees and refunds are unknown without the ledger");
        }
        let parts = parts.into_iter().filter(|(_, part)| !part.is_zero());
        let parts: Vec<_> = parts.map(|(name, part)| format!("{name} {}", show(part, currency))).collect();
        let parts = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
        format!("\nCharged {}{parts}", show(all, currency))
    });
    lines.collect()
}

/// What was not read whole, and whether the sources agree.
pub(crate) fn agreement(month: &Month) -> String {
    let mut text = String::new();
    let missing = month.coverage.iter().filter(|part| matches!(part.extent, Extent::Nothing | Extent::Part));
    for part in missing {
        let how = if part.extent == Extent::Part { "read in part" } else { "not read" };
        text = format!("{text}\n⚪ {} {how}: {}", capital(part.source.name()), escape(&part.detail));
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for found in &month.differences {
        *reasons.entry(found.reason.name()).or_default() += 1;
    }
    if reasons.is_empty() {
        let is_read = |source: Source| month.coverage.iter().any(|part| part.source == source && part.extent == Extent::Whole);
        let read = [Source::Analytics, Source::Ledger, Source::CallRecords].into_iter().filter(|source| is_read(*source));
        let read: Vec<_> = read.map(Source::name).collect();
        let Some((last, others)) = read.split_last().filter(|(_, others)| !others.is_empty()) else { return text };
        return format!("{text}\n{} and {last} agree exactly.", capital(&others.join(", ")));
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    let named: Vec<_> = reasons.iter().take(NAMED).map(|(name, count)| format!("{name} ({count})")).collect();
    let more = if reasons.len() > NAMED { ", …" } else { "" };
    let differences = counted(month.differences.len(), "difference", "differences");
    let name = month.period.name();
    let where_listed = format!(" <code>client.close_month(\"{name}\")</code> in Python lists them.");
    let where_listed = if month.period.is_month() { &*where_listed } else { "" };
    format!("{text}\n🟠 {differences} between the sources: {}{more}.{where_listed}", named.join(", "))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
