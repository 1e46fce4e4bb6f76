//! How a customer pays and calls.

use crate::calendar::Hour;
use crate::money::Amount;

/// How a customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payment {
    /// Asks the partner for money before the wallet is low.
    OnTime,
    /// Asks when the wallet is already below an amount, and only hours later.
    Late { below: Amount, hours: i64 },
    /// Never pays again.
    Never,
    /// Pays at any hour within twice `hours` after the wallet is below an amount.
    Sometime { below: Amount, hours: u32 },
    /// Pays each week on its day, and once it is empty within twice `hours`.
    Weekly { day: usize, hours: u32 },
    /// A card is charged whenever the wallet falls below an amount.
    AutoRecharge { below: Amount },
    /// Pays an invoice each month; the wallet may go below zero.
    Postpaid,
}

/// How a customer calls during some hours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calling {
    /// Calls on a normal day at this pace.
    pub(crate) calls: u32,
    /// Per mille.
    pub(crate) answered: u32,
    /// Mean seconds.
    pub(crate) talk: u32,
    /// Calls also at hours when the trade sleeps.
    pub(crate) all_day: bool,
}

/// A stretch of time in which something is wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Episode {
    pub(crate) from: Hour,
    pub(crate) until: Hour,
    pub(crate) calling: Calling,
}
