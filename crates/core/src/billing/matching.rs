//! Every call against the ledger rows about it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::coverage::Source;
use super::difference::{Check, Difference, Reason};
use super::period::Period;
use super::sources::{Call, Entry, EntryKind};

/// What the ledger has about one call.
struct Booked<'a> {
    call: &'a Call,
    /// Sum of its rows in the period, in the currency of the call.
    inside: Decimal,
    /// Sum of its rows out of the period.
    outside: Decimal,
    rows: u32,
    /// Rows of the period in another currency.
    foreign: Vec<(&'a Entry, Decimal)>,
    /// When a row out of the period was booked.
    elsewhere: Option<DateTime<Utc>>,
}

/// A customer's day in one currency.
type Wallet = (Arc<str>, Option<Arc<str>>, NaiveDate);

/// What was read whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    pub(super) calls: bool,
    pub(super) ledger: bool,
}

/// Where calls and the ledger rows about them disagree. For each currency, what calls of the period cost and all differences
/// found here together are what the ledger charged for calls in the period.
pub(super) fn differences(period: &Period, calls: &[&Call], entries: &[&Entry], whole: Whole) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut booked: HashMap<&str, Booked<'_>> = calls
        .iter()
        .map(|call| {
            let none =
                Booked { call, inside: Decimal::ZERO, outside: Decimal::ZERO, rows: 0, foreign: Vec::new(), elsewhere: None };
            (&*call.uuid, none)
        })
        .collect();
    for entry in entries {
        let EntryKind::Call(uuid) = &entry.kind else { continue };
        let (Some(amount), Some(at)) = (entry.amount, entry.at) else { continue };
        let is_inside = period.contains(at);
        match uuid.as_deref().and_then(|uuid| booked.get_mut(uuid)) {
            Some(held) => held.add(entry, amount, at, is_inside),
            None if is_inside => found.push(without_call(period, entry, amount, at, whole)),
            None => {}
        }
    }
    let mut rounded: BTreeMap<Wallet, (u64, Decimal, Decimal)> = BTreeMap::new();
    for call in calls {
        let Some(held) = booked.get(&*call.uuid).filter(|held| std::ptr::eq(held.call, *call)) else { continue };
        let (Some(at), cost) = (call.at, call.cost.unwrap_or_default()) else { continue };
        let expected = if period.contains(at) { cost } else { Decimal::ZERO };
        for (entry, amount) in &held.foreign {
            let other = Difference { currency: entry.currency.as_deref().map(str::to_owned), ..about(call, period, at) };
            let detail = format!("the call is in {}", call.currency.as_deref().unwrap_or("no currency"));
            found.push(Difference { second: *amount, reason: Reason::OtherCurrency, detail, ..other });
        }
        if held.inside == expected {
            continue;
        }
        let reason = held.reason(cost, whole);
        if reason == Reason::Rounding {
            let key = (Arc::clone(&call.auth_id), call.currency.clone(), period.day_of(at));
            let (rows, first, second) = rounded.entry(key).or_default();
            (*rows, *first, *second) = (*rows + 1, first.saturating_add(expected), second.saturating_add(held.inside));
            continue;
        }
        let detail = match (reason, held.elsewhere) {
            (Reason::PricedLater, Some(booked)) if expected.is_zero() => {
                format!("the call ended on {}, another row of it was booked on {}", period.day_of(at), period.day_of(booked))
            }
            (Reason::PricedLater, Some(booked)) => format!("booked on {}", period.day_of(booked)),
            (Reason::PricedLater, None) => format!("the call ended on {}", period.day_of(at)),
            (Reason::BookedTwice, _) => format!("{} rows", held.rows),
            _ => String::new(),
        };
        found.push(Difference { first: expected, second: held.inside, reason, detail, ..about(call, period, at) });
    }
    found.extend(rounded.into_iter().map(|((auth_id, currency, day), (rows, first, second))| Difference {
        check: Check::Call,
        auth_id: Some(auth_id.to_string()),
        day: Some(day),
        currency: currency.as_deref().map(str::to_owned),
        subject: None,
        first_source: Source::CallRecords,
        first,
        second_source: Source::Ledger,
        second,
        reason: Reason::Rounding,
        detail: format!("rounding of {rows} {}", if rows == 1 { "row" } else { "rows" }),
    }));
    found
}

impl<'a> Booked<'a> {
    fn add(&mut self, entry: &'a Entry, amount: Decimal, at: DateTime<Utc>, is_inside: bool) {
        self.rows += 1;
        if entry.currency != self.call.currency && entry.currency.is_some() && self.call.currency.is_some() {
            if is_inside {
                self.foreign.push((entry, amount));
            }
        } else if is_inside {
            self.inside = self.inside.saturating_add(amount);
        } else {
            self.outside = self.outside.saturating_add(amount);
            self.elsewhere = Some(at);
        }
    }

    fn reason(&self, cost: Decimal, whole: Whole) -> Reason {
        let all = self.inside.saturating_add(self.outside);
        if !self.foreign.is_empty() {
            Reason::OtherCurrency
        } else if self.rows == 0 {
            if whole.ledger { Reason::CallWithoutRow } else { Reason::RowsNotVisible }
        } else if all == cost {
            Reason::PricedLater
        } else if self.rows > 1 && all == cost.saturating_mul(Decimal::from(self.rows)) {
            Reason::BookedTwice
        } else if self.rows == 1 && all == cost.round_dp(2) || all == rounded_half_up(cost) {
            Reason::Rounding
        } else {
            Reason::AmountDiffers
        }
    }
}

fn rounded_half_up(cost: Decimal) -> Decimal {
    cost.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

fn about(call: &Call, period: &Period, at: DateTime<Utc>) -> Difference {
    Difference {
        check: Check::Call,
        auth_id: Some(call.auth_id.to_string()),
        day: Some(period.day_of(at)),
        currency: call.currency.as_deref().map(str::to_owned),
        subject: Some(call.uuid.to_string()),
        first_source: Source::CallRecords,
        first: Decimal::ZERO,
        second_source: Source::Ledger,
        second: Decimal::ZERO,
        reason: Reason::Unknown,
        detail: String::new(),
    }
}

fn without_call(period: &Period, entry: &Entry, amount: Decimal, at: DateTime<Utc>, whole: Whole) -> Difference {
    let subject = match &entry.kind {
        EntryKind::Call(Some(uuid)) => uuid,
        _ => &entry.id,
    };
    Difference {
        check: Check::Call,
        auth_id: Some(entry.auth_id.to_string()),
        day: Some(period.day_of(at)),
        currency: entry.currency.as_deref().map(str::to_owned),
        subject: Some(subject.to_string()),
        first_source: Source::CallRecords,
        first: Decimal::ZERO,
        second_source: Source::Ledger,
        second: amount,
        reason: if whole.calls { Reason::RowWithoutCall } else { Reason::RowsNotVisible },
        detail: String::new(),
    }
}
