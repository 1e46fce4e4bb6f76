//! What a customer used, paid and was charged, by day.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::period::Period;
use super::sources::{Call, Entry, EntryKind};
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) auth_id: Arc<str>,
    pub(super) currency: Option<Arc<str>>,
    pub(super) day: NaiveDate,
    pub(super) item: Item,
    pub(super) product: Option<Arc<str>>,
    pub(super) direction: Option<Arc<str>>,
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
pub(super) struct Lines(BTreeMap<Key, Sums>);

impl Lines {
    /// Adds a call of the period.
    pub(super) fn add_call(&mut self, call: &Call, day: NaiveDate) {
        let key = Key {
            auth_id: Arc::clone(&call.auth_id),
            currency: call.currency.clone(),
            day,
            item: Item::Usage,
            product: call.product.clone(),
            direction: call.direction.clone(),
        };
        let sums = self.0.entry(key).or_default();
        sums.count += 1;
        sums.answered += u64::from(call.is_answered);
        sums.seconds = sums.seconds.saturating_add(call.seconds);
        sums.amount = sums.amount.saturating_add(call.cost.unwrap_or_default());
    }

    /// Adds a row of the period, where it says what it is.
    pub(super) fn add_entry(&mut self, entry: &Entry, period: &Period) {
        let (Some(item), Some(signed), Some(at)) = (Item::of(entry), entry.signed(), entry.at) else { return };
        let key = Key {
            auth_id: Arc::clone(&entry.auth_id),
            currency: entry.currency.clone(),
            day: period.day_of(at),
            item,
            product: None,
            direction: None,
        };
        let sums = self.0.entry(key).or_default();
        sums.count += 1;
        sums.amount = sums.amount.saturating_sub(signed);
    }

    pub(super) fn finish(self) -> Vec<Line> {
        let text = |word: Option<Arc<str>>| word.map(|word| word.to_string());
        let lines = self.0.into_iter().map(|(key, sums)| Line {
            auth_id: key.auth_id.to_string(),
            day: key.day,
            item: key.item,
            product: text(key.product),
            direction: text(key.direction),
            currency: text(key.currency),
            count: sums.count,
            answered: sums.answered,
            seconds: sums.seconds,
            amount: sums.amount,
        });
        lines.collect()
    }
}
