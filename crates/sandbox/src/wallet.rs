//! The wallets of a world, as tests and the page read them.

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
    /// What is in it, in rupees.
    pub balance: Decimal,
}

/// Every customer's wallet, in the order of the customers' list.
pub(crate) fn wallets(world: &World) -> Vec<Wallet> {
    let wallets = world.customers().map(|(index, customer)| {
        let identity = world.identity(index);
        let name = customer.given.as_ref().map_or_else(|| identity.name(), |given| given.name.clone());
        Wallet { auth_id: identity.auth_id(), name, balance: customer.wallet.to_decimal() }
    });
    wallets.collect()
}
