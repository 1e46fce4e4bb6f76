//! Every call against the ledger rows about it.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::coverage::Source;
use super::difference::{Check, Difference, Reason};
use super::exact::{TooLarge, add, sum};
use super::period::Period;
use super::sources::{Call, Entry, EntryKind};
use super::words::Words;

/// What the ledger has about one call.
#[derive(Debug, Clone, Default)]
struct Booked {
    /// Sum of its rows in the period, in the currency of the call.
    inside: Decimal,
    /// Sum of its rows out of the period.
    outside: Decimal,
    rows: u32,
    /// Whether rows of the period are in another currency.
    is_foreign: bool,
    /// The day on which a row out of the period was booked.
    elsewhere: Option<NaiveDate>,
}

/// A customer's day in one currency.
type Wallet<'a> = (&'a str, Option<&'a str>, NaiveDate);

/// What was read whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    pub(super) calls: bool,
    pub(super) ledger: bool,
}

/// Where calls and the ledger rows about them disagree. For each currency, what calls of the period cost and all differences
/// found here together are what the ledger charged for calls in the period.
pub(super) fn differences(
    period: &Period,
    words: &Words,
    calls: &[&Call],
    entries: &[&Entry],
    whole: Whole,
) -> Result<Vec<Difference>, TooLarge> {
    let mut found = Vec::new();
    let places: HashMap<&str, usize> = calls.iter().enumerate().map(|(place, call)| (&*call.uuid, place)).collect();
    let mut booked = vec![Booked::default(); calls.len()];
    for entry in entries {
        let EntryKind::Call(uuid) = &entry.kind else { continue };
        let (Some(amount), Some(day)) = (entry.amount, entry.day) else { continue };
        // A call without a date is in no day, and so is not there.
        let place = uuid.as_deref().and_then(|uuid| places.get(uuid)).copied();
        let place = place.filter(|place| calls.get(*place).is_some_and(|call| call.day.is_some()));
        match place.and_then(|place| calls.get(place).zip(booked.get_mut(place))) {
            Some((call, held)) => {
                held.rows += 1;
                let is_foreign = entry.currency.zip(call.currency).is_some_and(|(one, other)| one != other);
                match period.has(day) {
                    true if is_foreign => {
                        held.is_foreign = true;
                        found.extend(in_other_currency(words, call, entry, amount));
                    }
                    false if is_foreign => {}
                    true => add(&mut held.inside, amount)?,
                    false => {
                        add(&mut held.outside, amount)?;
                        held.elsewhere = Some(day);
                    }
                }
            }
            None if period.has(day) => found.push(without_call(words, entry, amount, day, whole)),
            None => {}
        }
    }
    let mut rounded: BTreeMap<Wallet<'_>, (u64, Decimal, Decimal)> = BTreeMap::new();
    for (call, held) in calls.iter().zip(&booked) {
        let (Some(day), cost) = (call.day, call.cost.unwrap_or_default()) else { continue };
        let expected = if period.has(day) { cost } else { Decimal::ZERO };
        if held.inside == expected {
            continue;
        }
        let reason = held.reason(cost, whole)?;
        if reason == Reason::Rounding {
            let key = (words.text(call.auth_id), words.maybe(call.currency), day);
            let (rows, first, second) = rounded.entry(key).or_default();
            *rows += 1;
            add(first, expected)?;
            add(second, held.inside)?;
            continue;
        }
        let detail = match (reason, held.elsewhere) {
            (Reason::PricedLater, Some(booked)) if expected.is_zero() => {
                format!("the call ended on {day}, another row of it was booked on {booked}")
            }
            (Reason::PricedLater, Some(booked)) => format!("booked on {booked}"),
            (Reason::PricedLater, None) => format!("the call ended on {day}"),
            (Reason::BookedTwice, _) => format!("{} rows", held.rows),
            _ => String::new(),
        };
        found.push(Difference { first: expected, second: held.inside, reason, detail, ..about(words, call, day) });
    }
    found.extend(rounded.into_iter().map(|((auth_id, currency, day), (rows, first, second))| Difference {
        check: Check::Call,
        auth_id: Some(auth_id.to_string()),
        day: Some(day),
        currency: currency.map(str::to_owned),
        subject: None,
        first_source: Source::CallRecords,
        first,
        second_source: Source::Ledger,
        second,
        reason: Reason::Rounding,
        detail: format!("rounding of {rows} {}", if rows == 1 { "row" } else { "rows" }),
    }));
    Ok(found)
}

impl Booked {
    fn reason(&self, cost: Decimal, whole: Whole) -> Result<Reason, TooLarge> {
        let all = sum(self.inside, self.outside)?;
        let times = |rows: u32| cost.checked_mul(Decimal::from(rows));
        Ok(if self.is_foreign {
            Reason::OtherCurrency
        } else if self.rows == 0 {
            if whole.ledger { Reason::CallWithoutRow } else { Reason::RowsNotVisible }
        } else if all == cost {
            Reason::PricedLater
        } else if self.rows > 1 && Some(all) == times(self.rows) {
            Reason::BookedTwice
        } else if self.rows == 1 && all == cost.round_dp(2) || all == rounded_half_up(cost) {
            Reason::Rounding
        } else {
            Reason::AmountDiffers
        })
    }
}

fn rounded_half_up(cost: Decimal) -> Decimal {
    cost.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

/// A row of the period in another currency than its call.
fn in_other_currency(words: &Words, call: &Call, entry: &Entry, amount: Decimal) -> Option<Difference> {
    let detail = format!("the call is in {}", words.maybe(call.currency).unwrap_or("no currency"));
    let currency = words.owned(entry.currency);
    Some(Difference { currency, second: amount, reason: Reason::OtherCurrency, detail, ..about(words, call, call.day?) })
}

fn about(words: &Words, call: &Call, day: NaiveDate) -> Difference {
    Difference {
        check: Check::Call,
        auth_id: Some(words.text(call.auth_id).to_owned()),
        day: Some(day),
        currency: words.owned(call.currency),
        subject: Some(call.uuid.to_string()),
        first_source: Source::CallRecords,
        first: Decimal::ZERO,
        second_source: Source::Ledger,
        second: Decimal::ZERO,
        reason: Reason::Unknown,
        detail: String::new(),
    }
}

fn without_call(words: &Words, entry: &Entry, amount: Decimal, day: NaiveDate, whole: Whole) -> Difference {
    let subject = match &entry.kind {
        EntryKind::Call(Some(uuid)) => uuid,
        _ => &entry.id,
    };
    Difference {
        check: Check::Call,
        auth_id: Some(words.text(entry.auth_id).to_owned()),
        day: Some(day),
        currency: words.owned(entry.currency),
        subject: Some(subject.to_string()),
        first_source: Source::CallRecords,
        first: Decimal::ZERO,
        second_source: Source::Ledger,
        second: amount,
        reason: if whole.calls { Reason::RowWithoutCall } else { Reason::RowsNotVisible },
        detail: String::new(),
    }
}
