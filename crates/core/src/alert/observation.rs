//! What was seen in one poll.

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use crate::api::accounts::Account;
use crate::error::Error;

/// What one poll saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// When it was read.
    pub at: DateTime<Utc>,
    /// Every customer, or why the list could not be read.
    pub customers: Result<Vec<Subject>, Unread>,
    /// The partner's own wallet, or why it could not be read; `None` where it was not looked at.
    pub partner: Option<Result<Wallet, Unread>>,
    /// The calls of the last complete report day, or why they could not be read; `None` where they were not looked at.
    pub calls: Option<Result<CallDay, Unread>>,
}

/// The partner's own wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    /// What is in it.
    pub balance: Decimal,
    /// Its currency, where it is known.
    pub currency: Option<String>,
}

/// The calls of one report day. What was not reported is `None`, never zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallDay {
    /// Which day.
    pub day: NaiveDate,
    /// How many calls.
    pub calls: Option<u64>,
    /// How many of them were answered.
    pub answered: Option<u64>,
    /// What they cost.
    pub cost: Option<Decimal>,
    /// The currency of that, where it is known.
    pub currency: Option<String>,
}

impl Observation {
    /// A complete sweep: a customer that is not among these has left.
    pub fn complete(at: DateTime<Utc>, customers: Vec<Subject>) -> Self {
        Self { at, customers: Ok(customers), partner: None, calls: None }
    }

    /// A poll that failed.
    pub fn failed(at: DateTime<Utc>, why: impl Into<Unread>) -> Self {
        Self { at, customers: Err(why.into()), partner: None, calls: None }
    }

    /// The customers, each once: one that is listed twice counts with the lesser of its balances, whatever the order.
    pub(crate) fn once(&self) -> Result<Cow<'_, [Subject]>, &Unread> {
        let customers = self.customers.as_ref()?;
        let mut seen = HashSet::with_capacity(customers.len());
        if customers.iter().all(|subject| seen.insert(subject.auth_id.as_str())) {
            return Ok(Cow::Borrowed(customers));
        }
        let mut sorted = customers.clone();
        // A balance that was not read is the last resort.
        let rank =
            |subject: &Subject| (subject.auth_id.clone(), subject.balance.is_none(), subject.balance, subject.name.clone());
        sorted.sort_by_cached_key(rank);
        sorted.dedup_by(|later, kept| later.auth_id == kept.auth_id);
        Ok(Cow::Owned(sorted))
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

/// Whom or what an alert is about: a customer as rules see it, or what stands in its place for a figure that is no customer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Customer id, `MA_…`; else `partner`, `fleet` or `fleet:INR`, `calls`, `feed`.
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

    /// What stands for a figure that is no customer's.
    pub(crate) fn figure(id: impl Into<String>, balance: Option<Decimal>, currency: Option<String>) -> Self {
        Self { name: None, balance, currency, ..Self::new(id, "") }
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
