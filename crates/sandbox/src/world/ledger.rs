//! What moves a wallet besides calls.

use super::call::Call;
use crate::money::Amount;

/// Why money moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What was in the wallet when the records begin.
    Opening,
    /// From the partner's wallet, with what the partner wrote about it.
    Transfer(Box<str>),
    /// Paid by the customer itself.
    Payment,
    /// Month's rent of the customer's phone number of this place.
    Rent(u8),
    /// A week's fee.
    Weekly,
    /// Set right by hand.
    Adjustment,
    /// Given back.
    Refund,
    /// The price of a call of the day before.
    LatePrice(Call),
}

/// One movement of a wallet.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Microseconds since 1970.
    pub(crate) at: i64,
    /// Below zero when money leaves the wallet.
    pub(crate) amount: Amount,
    pub(crate) kind: Kind,
}

impl Entry {
    /// Calls that end up to and including this second come before it.
    pub(crate) fn second(&self) -> i64 {
        self.at.div_euclid(1_000_000)
    }
}
