//! Movements of a wallet that are not calls, read from ledgers.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

use crate::api::transactions::{Direction, Transaction};
use crate::forecast::{Every, Forecaster};

/// Movements older than this explain no reading that a forecast still depends on.
const OLDEST: TimeDelta = TimeDelta::days(40);

/// A movement of a wallet that is not a call. It is known from `at` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Place in [`History::wallets`](super::History::wallets).
    pub wallet: u32,
    /// What it was.
    pub kind: MovementKind,
    /// How much; below zero when money leaves the wallet.
    pub amount: Decimal,
}

/// Why a wallet moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MovementKind {
    /// Money paid in, or brought forward from before the ledger.
    Recharge,
    /// Money given back, or corrected by hand.
    Refund,
    /// A monthly fee, such as the rent of a number.
    Rental,
    /// A weekly fee.
    Fixed,
}

impl MovementKind {
    pub(super) const ALL: [Self; 4] = [Self::Recharge, Self::Refund, Self::Rental, Self::Fixed];

    /// As the files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recharge => "recharge",
            Self::Refund => "refund",
            Self::Rental => "rental",
            Self::Fixed => "fixed",
        }
    }

    /// The kind of this name, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(text))
    }

    /// What a ledger row is. `None` for calls, for what is not booked, and for debits that are not known to come again.
    ///
    /// Rows seldom carry a reference type: reference, type and description are searched for the words of the documents.
    pub fn of(row: &Transaction) -> Option<Self> {
        let texts = [&row.reference_type, &row.transaction_type, &row.reference, &row.description];
        let text = texts.into_iter().flatten().map(|text| text.to_lowercase()).collect::<Vec<_>>().join(" ");
        let names = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if !is_booked(row) || is_call(row) {
            return None;
        }
        match row.direction() {
            Some(Direction::Credit) if names(&["refund", "adjust", "adj_", "reversal"]) => Some(Self::Refund),
            Some(Direction::Credit) => Some(Self::Recharge),
            // A type of its own, such as `did_rental`, says no direction.
            _ if names(&["weekly"]) => Some(Self::Fixed),
            _ if names(&["rental", "did:", "did_rent", "monthly"]) => Some(Self::Rental),
            Some(Direction::Debit) if names(&["subscription"]) => Some(Self::Fixed),
            _ => None,
        }
    }

    /// Lets a forecaster learn from a movement that is known at `now`. What is older than any reading teaches nothing.
    pub fn teach(self, forecaster: &mut Forecaster, auth_id: &str, at: DateTime<Utc>, amount: Decimal, now: DateTime<Utc>) {
        if now - at > OLDEST {
            return;
        }
        match self {
            Self::Recharge | Self::Refund => forecaster.paid_in(auth_id, at),
            Self::Rental => forecaster.fee(auth_id, at, amount, Every::Month),
            Self::Fixed => forecaster.fee(auth_id, at, amount, Every::Week),
        }
    }
}

/// Whether a row has moved money: it is not pending, failed or cancelled.
pub(crate) fn is_booked(row: &Transaction) -> bool {
    row.status.as_deref().is_none_or(|status| {
        !["pending", "failed", "cancelled", "canceled"].iter().any(|other| status.eq_ignore_ascii_case(other))
    })
}

/// Whether a row is the price of a call.
pub(crate) fn is_call(row: &Transaction) -> bool {
    row.reference_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("cdr"))
        || row.reference.as_deref().is_some_and(|reference| reference.starts_with("cdr:"))
}

impl fmt::Display for MovementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(row: &str) -> Option<MovementKind> {
        MovementKind::of(&serde_json::from_str(row).unwrap())
    }

    #[test]
    fn rows_are_known_by_type_reference_or_description() {
        for (row, expected) in [
            (r#"{"id":"1","type":"debit","amount":0.9,"reference":"cdr:11","description":"Voice call (70s)"}"#, None),
            (r#"{"id":"1","type":"debit","amount":5,"reference_type":"cdr"}"#, None),
            (r#"{"id":"1","type":"debit","amount":5,"description":"Correction"}"#, None),
            (r#"{"id":"1","type":"credit","amount":5,"status":"failed"}"#, None),
            (r#"{"id":"1","type":"credit","amount":5,"status":"Pending"}"#, None),
            (r#"{"id":"1","type":"credit","amount":5,"reference":"ptc:a:MA_X:1"}"#, Some(MovementKind::Recharge)),
            (r#"{"id":"1","type":"recharge","amount":5}"#, Some(MovementKind::Recharge)),
            (r#"{"id":"1","type":"credit","amount":5,"description":"Balance brought forward"}"#, Some(MovementKind::Recharge)),
            (r#"{"id":"1","type":"credit","amount":5,"description":"Refund for dropped calls"}"#, Some(MovementKind::Refund)),
            (r#"{"id":"1","type":"refund","amount":5}"#, Some(MovementKind::Refund)),
            (r#"{"id":"1","type":"debit","amount":400,"reference":"did:+9180"}"#, Some(MovementKind::Rental)),
            (r#"{"id":"1","type":"did_rental","amount":400}"#, Some(MovementKind::Rental)),
            (r#"{"id":"1","type":"did_rental","amount":-400}"#, Some(MovementKind::Rental)),
            (r#"{"id":"1","type":"debit","amount":70,"description":"Weekly fee"}"#, Some(MovementKind::Fixed)),
            (
                r#"{"id":"1","type":"debit","amount":70,"reference_type":"subscription","description":"Monthly plan"}"#,
                Some(MovementKind::Rental),
            ),
        ] {
            assert_eq!(kind(row), expected, "{row}");
        }
    }
}
