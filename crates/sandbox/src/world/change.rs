//! What is done to the world from outside, at the instant at which it is done.

use chrono::{DateTime, Utc};

use super::ledger::{Entry, Kind};
use super::partner::Movement;
use super::{Customer, World};
use crate::money::Amount;

/// Why a transfer was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TransferRefused {
    UnknownCustomer,
    /// The partner has only so much.
    Insufficient(Amount),
}

impl World {
    /// Sets the wallet of a customer, or of the partner when `auth_id` is empty. False when there is no such customer.
    pub(crate) fn set_wallet(&mut self, auth_id: &str, balance: Amount, now: DateTime<Utc>) -> bool {
        self.advance_to(now);
        let at = self.micros;
        if auth_id.is_empty() {
            let amount = balance - self.partner.wallet;
            self.partner.enter(Movement { at, amount });
            return true;
        }
        let Some(customer) = self.customer_mut(auth_id) else { return false };
        let amount = balance - customer.wallet;
        if amount != Amount::ZERO {
            customer.enter(Entry { at, amount, kind: Kind::Adjustment });
            self.count_movement();
        }
        true
    }

    /// Pays into the wallet of a customer, or of the partner when `auth_id` is empty. False when there is no such customer.
    pub(crate) fn top_up(&mut self, auth_id: &str, amount: Amount, now: DateTime<Utc>) -> bool {
        self.advance_to(now);
        let at = self.micros;
        if auth_id.is_empty() {
            self.partner.enter(Movement { at, amount });
            return true;
        }
        let Some(customer) = self.customer_mut(auth_id) else { return false };
        customer.enter(Entry { at, amount, kind: Kind::Payment });
        self.count_movement();
        true
    }

    /// Moves money from the partner to a customer: all of it or nothing. Gives both wallets as they are afterwards.
    pub(crate) fn transfer(
        &mut self,
        auth_id: &str,
        amount: Amount,
        description: &str,
    ) -> Result<(Amount, Amount), TransferRefused> {
        let at = self.micros;
        let available = self.partner.wallet;
        let index = self.customer(auth_id).ok_or(TransferRefused::UnknownCustomer)?.0;
        if amount > available {
            return Err(TransferRefused::Insufficient(available));
        }
        let customer = self.customers.get_mut(index).ok_or(TransferRefused::UnknownCustomer)?;
        customer.enter(Entry { at, amount, kind: Kind::Transfer(description.into()) });
        let wallet = customer.wallet;
        self.count_movement();
        self.partner.enter(Movement { at, amount: -amount });
        Ok((self.partner.wallet, wallet))
    }

    pub(super) fn customer_mut(&mut self, auth_id: &str) -> Option<&mut Customer> {
        let index = self.customer(auth_id)?.0;
        self.customers.get_mut(index)
    }
}
