//! What was seen in one poll.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::accounts::Account;
use crate::error::Error;

/// What one poll saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// When it was read.
    pub at: DateTime<Utc>,
    /// Every customer, or why the list could not be read.
    pub customers: Result<Vec<Subject>, Unread>,
}

impl Observation {
    /// A complete sweep: a customer that is not among these has left.
    pub fn complete(at: DateTime<Utc>, customers: Vec<Subject>) -> Self {
        Self { at, customers: Ok(customers) }
    }

    /// A poll that failed.
    pub fn failed(at: DateTime<Utc>, error: &Error) -> Self {
        Self { at, customers: Err(Unread::from(error)) }
    }
}

/// Why something could not be read, in words without any value of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The kind of error, as [`ErrorKind::name`](crate::ErrorKind::name) gives it.
    pub kind: &'static str,
    /// The error's own words.
    pub message: String,
}

impl From<&Error> for Unread {
    fn from(error: &Error) -> Self {
        Self { kind: error.kind().name(), message: error.to_string() }
    }
}

/// A customer as rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Customer id, `MA_…`.
    pub auth_id: String,
    /// Name, where the customer has one.
    pub name: Option<String>,
    /// Currency of the wallet, where it is known.
    pub currency: Option<String>,
    /// The wallet. `None`: not read, which is not zero.
    pub balance: Option<Decimal>,
    /// Whether the customer pays in advance.
    pub is_prepaid: bool,
    /// Whether the customer can place calls.
    pub is_active: bool,
    /// Whether the wallet fills itself.
    pub auto_recharge: bool,
}

impl Subject {
    /// A prepaid, active customer whose wallet was not read.
    pub fn new(auth_id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            auth_id: auth_id.into(),
            name: Some(name.into()),
            currency: None,
            balance: None,
            is_prepaid: true,
            is_active: true,
            auto_recharge: false,
        }
    }

    /// A customer of the list; `fallback` is the report's currency, for rows that name none.
    pub fn of(account: &Account, fallback: Option<&str>) -> Self {
        Self {
            auth_id: account.auth_id.clone(),
            name: account.name.clone(),
            currency: account.currency().or(fallback).map(str::to_owned),
            balance: account.balance,
            is_prepaid: account.is_prepaid(),
            is_active: account.is_in_use(),
            auto_recharge: account.auto_recharge == Some(true),
        }
    }

    /// With this in the wallet.
    #[must_use]
    pub fn with_balance(self, balance: Decimal) -> Self {
        Self { balance: Some(balance), ..self }
    }

    /// In this currency.
    #[must_use]
    pub fn with_currency(self, currency: impl Into<String>) -> Self {
        Self { currency: Some(currency.into()), ..self }
    }
}
