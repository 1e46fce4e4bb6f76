//! Customers that the partner creates.

use super::World;
use super::customer::Customer;
use super::habit::Payment;
use super::identity::Given;
use super::role::Role;
use super::traits::{Kyc, Traits};

/// Why a customer was not created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CreateRefused {
    /// There are as many as the partner may have.
    TooMany,
    EmailTaken,
}

/// Calls of a new customer on a normal day, once it has money.
const CALLS: u32 = 60;

impl World {
    /// Creates a customer: an empty wallet, no phone number, and calls of its own as soon as somebody pays in.
    pub(crate) fn create(&mut self, given: Given) -> Result<usize, CreateRefused> {
        if self.customers().count() >= self.partner.max_accounts() {
            return Err(CreateRefused::TooMany);
        }
        if self.has_email(&given.email) {
            return Err(CreateRefused::EmailTaken);
        }
        let mut traits = Traits::draw(self.seed, self.customers.len(), Role::Ordinary, self.today());
        traits.usual.calls = traits.usual.calls.clamp(1, CALLS);
        traits.payment = Payment::Never;
        traits.is_active = true;
        traits.is_trial = false;
        traits.kyc = Kyc::Pending;
        traits.numbers = 0;
        traits.since = self.micros;
        let mut customer = Customer::new(traits, self.today());
        customer.given = Some(Box::new(given));
        Ok(self.adopt(customer))
    }

    /// Whether anyone has that address, also somebody who left.
    fn has_email(&self, email: &str) -> bool {
        self.customers.iter().enumerate().any(|(index, customer)| match &customer.given {
            Some(given) => given.email.eq_ignore_ascii_case(email),
            None => self.identity(index).email().eq_ignore_ascii_case(email),
        })
    }
}
