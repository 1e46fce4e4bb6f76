//! Ledgers, read poll by poll: money paid in, refunds and fees, and the fees that numbers announce.

mod announced;
mod read;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use vobiz_core::history::MovementKind;
use vobiz_core::transactions::Transaction;

pub(crate) use announced::{AnnouncedFee, announced};
pub(crate) use read::read;

/// A movement of a wallet that is not a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Id of the ledger's row.
    pub(crate) id: String,
    pub(crate) auth_id: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: MovementKind,
    /// Below zero when money left the wallet.
    pub(crate) amount: Decimal,
}

impl Entry {
    /// What a row is; `None` for calls, and for rows without an id of a customer, an instant or an amount.
    fn of(row: Transaction, customer: Option<&str>) -> Option<Self> {
        let kind = MovementKind::of(&row)?;
        let auth_id = row.account_id.or(customer.map(str::to_owned))?;
        let (at, amount) = (row.processed_at.or(row.created_at)?, row.amount?.abs());
        let amount = if matches!(kind, MovementKind::Rental | MovementKind::Fixed) { -amount } else { amount };
        Some(Self { id: row.id, auth_id, at, kind, amount })
    }
}

/// Money that a customer paid in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TopUp {
    pub(crate) at: DateTime<Utc>,
    pub(crate) amount: Decimal,
}

/// The last money paid into each wallet, by the customer's id.
pub(crate) type TopUps = HashMap<String, TopUp>;

/// How far ledgers were read. Kept over restarts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// When ledgers were read last.
    pub(crate) read_at: Option<DateTime<Utc>>,
    /// Why ledgers could not be read in full, as chats were notified.
    pub(crate) limit: Option<Limit>,
    /// Wallets that moved and whose ledger did not show why yet, each with the polls left in which it is read again.
    pub(crate) unexplained: Vec<(String, u8)>,
    /// When the fees that numbers announce are read next.
    pub(crate) fees_next_at: Option<DateTime<Utc>>,
}

/// Why ledgers are not read in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Limit {
    /// There is no ledger of all customers for this account: those of wallets that move are read.
    NoGlobal,
    /// Customers' ledgers are refused too.
    None,
}
