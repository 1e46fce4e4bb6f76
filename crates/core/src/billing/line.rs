//! What a customer used, paid and was charged, by day.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::exact::{TooLarge, add};
use super::sources::{Call, Entry, EntryKind};
use super::words::{Word, Words};
use crate::history::MovementKind;

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// Calls.
    Usage,
    /// Monthly fees, such as the rent of numbers.
    Rental,
    /// Weekly fees.
    Fixed,
    /// Other debits, such as corrections.
    Other,
    /// Money given back.
    Refund,
    /// Money paid in.
    TopUp,
}

impl Item {
    /// As tables have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Rental => "rental",
            Self::Fixed => "fixed",
            Self::Other => "other",
            Self::Refund => "refund",
            Self::TopUp => "top_up",
        }
    }

    /// What a ledger row is; `None` where it does not say.
    pub(super) fn of(entry: &Entry) -> Option<Self> {
        Some(match entry.kind {
            EntryKind::Call(_) => Self::Usage,
            EntryKind::Movement(MovementKind::Recharge, _) => Self::TopUp,
            EntryKind::Movement(MovementKind::Refund, _) => Self::Refund,
            EntryKind::Movement(MovementKind::Rental, _) => Self::Rental,
            EntryKind::Movement(MovementKind::Fixed, _) => Self::Fixed,
            EntryKind::Other => Self::Other,
            EntryKind::Unclear => return None,
        })
    }
}

/// What identifies a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    auth_id: Word,
    currency: Option<Word>,
    day: NaiveDate,
    item: Item,
    product: Option<Word>,
    direction: Option<Word>,
}

/// Usage, fees, refunds and top-ups of a customer on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Customer id, `MA_…`.
    pub auth_id: String,
    /// The day, in the zone of the period.
    pub day: NaiveDate,
    /// What it is for.
    pub item: Item,
    /// Product of calls; `None` of other items, and where call records were not read.
    pub product: Option<String>,
    /// Direction of calls; `None` as for the product.
    pub direction: Option<String>,
    /// Currency of the amount.
    pub currency: Option<String>,
    /// Calls, or ledger rows of other items.
    pub count: u64,
    /// Calls that were answered; zero of other items, and where call records were not read.
    pub answered: u64,
    /// Seconds of talk.
    pub seconds: Decimal,
    /// What it took from the wallet: below zero for refunds and top-ups.
    pub amount: Decimal,
}

#[derive(Debug, Default)]
struct Sums {
    count: u64,
    answered: u64,
    seconds: Decimal,
    amount: Decimal,
}

/// Lines that are being added up.
#[derive(Debug, Default)]
pub(super) struct Lines(HashMap<Key, Sums>);

impl Lines {
    /// Adds a call, on the day of its end.
    pub(super) fn add_call(&mut self, call: &Call) -> Result<(), TooLarge> {
        let Some(day) = call.day else { return Ok(()) };
        let Call { auth_id, currency, product, direction, .. } = *call;
        let sums = self.0.entry(Key { auth_id, currency, day, item: Item::Usage, product, direction }).or_default();
        sums.count += 1;
        sums.answered += u64::from(call.is_answered);
        add(&mut sums.seconds, call.seconds)?;
        add(&mut sums.amount, call.cost.unwrap_or_default())
    }

    /// Adds a row, where it says what it is.
    pub(super) fn add_entry(&mut self, entry: &Entry) -> Result<(), TooLarge> {
        let (Some(item), Some(signed), Some(day)) = (Item::of(entry), entry.signed(), entry.day) else { return Ok(()) };
        let Entry { auth_id, currency, .. } = *entry;
        let sums = self.0.entry(Key { auth_id, currency, day, item, product: None, direction: None }).or_default();
        sums.count += 1;
        add(&mut sums.amount, -signed)
    }

    /// The lines in their order.
    pub(super) fn finish(self, words: &Words) -> Vec<Line> {
        let lines = self.0.into_iter().map(|(key, sums)| Line {
            auth_id: words.text(key.auth_id).to_owned(),
            day: key.day,
            item: key.item,
            product: words.owned(key.product),
            direction: words.owned(key.direction),
            currency: words.owned(key.currency),
            count: sums.count,
            answered: sums.answered,
            seconds: sums.seconds,
            amount: sums.amount,
        });
        let mut lines: Vec<Line> = lines.collect();
        sort(&mut lines);
        lines
    }
}

/// Puts lines in their order: by customer, currency, day, item, product and direction.
pub(super) fn sort(lines: &mut [Line]) {
    let order = |line: &Line| (line.day, line.item);
    lines.sort_by(|one, other| {
        let wallets = (&one.auth_id, &one.currency).cmp(&(&other.auth_id, &other.currency));
        let items = || order(one).cmp(&order(other));
        wallets.then_with(items).then_with(|| (&one.product, &one.direction).cmp(&(&other.product, &other.direction)))
    });
}
