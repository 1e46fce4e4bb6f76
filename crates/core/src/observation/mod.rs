//! What was read in one poll, for rules and forecasts.

mod subject;

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use hashbrown::HashSet;
use rust_decimal::Decimal;

use crate::error::Error;

pub use subject::{Subject, SubjectId};

/// What one poll saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// When it was read.
    pub at: DateTime<Utc>,
    /// The customers that were read; whether these are all says `listing`.
    pub customers: Vec<Subject>,
    /// How complete the list of customers is.
    pub listing: Listing,
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

/// How complete the list of customers is. By default it is complete, and nothing contradicts it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Why the list was not read to its end. The rows read before that count; of customers beyond it nothing is known.
    pub cut: Option<Unread>,
    /// How many customers the list itself promises (`total`).
    pub promised: Option<u64>,
    /// How many customers there are by another answer: the dashboard, or the partner's profile.
    pub counted: Option<u64>,
    /// Customers that the list leaves out and whose own page was asked for, by id: whether the page knows them.
    pub asked: BTreeMap<String, bool>,
}

impl Observation {
    /// A list that was read to its end and that nothing contradicts.
    pub fn complete(at: DateTime<Utc>, customers: Vec<Subject>) -> Self {
        Self { at, customers, listing: Listing::default(), partner: None, calls: None }
    }

    /// A list that was read in part, before it failed.
    pub fn partial(at: DateTime<Utc>, customers: Vec<Subject>, why: impl Into<Unread>) -> Self {
        Self { listing: Listing { cut: Some(why.into()), ..Listing::default() }, ..Self::complete(at, customers) }
    }

    /// A poll that failed.
    pub fn failed(at: DateTime<Utc>, why: impl Into<Unread>) -> Self {
        Self::partial(at, Vec::new(), why)
    }

    /// The customers, each once: one that is listed twice counts with the lesser of its balances, whatever the order.
    pub fn once(&self) -> Cow<'_, [Subject]> {
        let customers = &self.customers;
        let mut seen = HashSet::with_capacity(customers.len());
        if customers.iter().all(|subject| seen.insert(&subject.id)) {
            return Cow::Borrowed(customers);
        }
        let mut sorted = customers.clone();
        // A balance that was not read is the last resort.
        sorted
            .sort_by_cached_key(|subject| (subject.id.clone(), subject.balance.is_none(), subject.balance, subject.name.clone()));
        sorted.dedup_by(|later, kept| later.id == kept.id);
        Cow::Owned(sorted)
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
