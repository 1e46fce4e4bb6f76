//! The wallets of a world, as tests and the page read them.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::world::World;

/// A customer's wallet at some instant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wallet {
    /// The customer.
    pub auth_id: String,
    /// Its name.
    pub name: String,
    /// What is in it, in its currency.
    pub balance: Decimal,
    /// `INR`, but for some customers of a world with a second currency.
    pub currency: &'static str,
    /// When a call was first refused because too little was left for it. Absent while calls go through, and for customers
    /// that make none.
    pub blocked_since: Option<DateTime<Utc>>,
}

/// Every customer's wallet, in the order of the customers' list.
pub(crate) fn wallets(world: &World) -> Vec<Wallet> {
    let wallets = world.customers().map(|(index, customer)| {
        let identity = world.identity(index);
        let name = customer.given.as_ref().map_or_else(|| identity.name(), |given| given.name.clone());
        Wallet {
            auth_id: identity.auth_id(),
            name,
            balance: customer.wallet.to_decimal(),
            currency: customer.traits.currency,
            blocked_since: customer.blocked_since.and_then(|second| DateTime::from_timestamp(second, 0)),
        }
    });
    wallets.collect()
}
