//! A month against the caller's own books.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::checks::plain;
use super::coverage::Source;
use super::difference::{Check, Difference, Reason};
use super::exact::{TooLarge, add, less};
use super::line::Item;
use super::month::Month;

/// A row of the caller's own books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// What it is about: a customer's id, a day (`2026-04-30`), an item, a product, a direction, or a currency.
    pub key: String,
    /// Currency of the amount; `None` takes it for that of the month, where that has one.
    pub currency: Option<String>,
    /// How much was charged.
    pub amount: Decimal,
}

/// By what books and a month are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The customer.
    Customer,
    /// The day.
    Day,
    /// The item: usage, rental, fixed, other, refund.
    Item,
    /// The product of calls.
    Product,
    /// The direction of calls.
    Direction,
}

impl On {
    /// By the name of a column: `auth_id`, `day`, `item`, `product`, `direction`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "auth_id" => Self::Customer,
            "day" => Self::Day,
            "item" => Self::Item,
            "product" => Self::Product,
            "direction" => Self::Direction,
            _ => return None,
        })
    }
}

/// What the month has, what the books have, and rows of the books.
type Pair = (Option<Decimal>, Option<Decimal>, u64);

impl Month {
    /// Where the caller's own books disagree with the charges of this month: usage and fees less refunds, top-ups left out.
    /// A key that only one of the two has is zero in the other.
    ///
    /// # Errors
    ///
    /// Where a sum has more digits than a number holds.
    pub fn reconcile(&self, books: &[Booking], on: On) -> Result<Vec<Difference>, TooLarge> {
        let mut sums: BTreeMap<(String, Option<String>), Pair> = BTreeMap::new();
        let mut currencies: Vec<&str> = self.lines.iter().filter_map(|line| line.currency.as_deref()).collect();
        currencies.sort_unstable();
        currencies.dedup();
        let only = if let [code] = currencies[..] { Some(code.to_owned()) } else { None };
        for line in self.lines.iter().filter(|line| line.item != Item::TopUp) {
            let key = match on {
                On::Customer => line.auth_id.clone(),
                On::Day => line.day.to_string(),
                On::Item => line.item.name().to_owned(),
                On::Product => line.product.clone().unwrap_or_default(),
                On::Direction => line.direction.clone().unwrap_or_default(),
            };
            if key.is_empty() {
                continue;
            }
            let (own, ..) = sums.entry((key, line.currency.clone())).or_default();
            add(own.get_or_insert_default(), line.amount)?;
        }
        for row in books {
            let currency = row.currency.clone().or_else(|| only.clone());
            let (_, theirs, rows) = sums.entry((row.key.clone(), currency)).or_default();
            add(theirs.get_or_insert_default(), row.amount)?;
            *rows += 1;
        }
        let mut found = Vec::new();
        for ((key, currency), (own, theirs, rows)) in sums {
            let (first, second) = (own.unwrap_or_default(), theirs.unwrap_or_default());
            if first == second {
                continue;
            }
            let reason = match (own, theirs) {
                (None, _) | (_, None) => Reason::MissingHere,
                _ if is_rounding(first, second, rows) => Reason::Rounding,
                _ => Reason::AmountDiffers,
            };
            let detail = match reason {
                Reason::MissingHere if own.is_none() => "the month has no such charge".to_owned(),
                Reason::MissingHere => "the books have no such row".to_owned(),
                Reason::Rounding => format!("rounding of {rows} {}", if rows == 1 { "row" } else { "rows" }),
                _ => String::new(),
            };
            let difference = plain(Check::Books, (Source::Ledger, first), (Source::Books, second));
            let (auth_id, subject) = if on == On::Customer { (Some(key), None) } else { (None, Some(key)) };
            found.push(Difference { auth_id, currency, subject, reason, detail, ..difference });
        }
        Ok(found)
    }
}

/// Whether two sums are no farther from each other than half a paisa for each row.
fn is_rounding(first: Decimal, second: Decimal, rows: u64) -> bool {
    let most = Decimal::new(5, 3).checked_mul(Decimal::from(rows));
    less(second, first).ok().zip(most).is_some_and(|(rest, most)| rest.abs() <= most)
}
