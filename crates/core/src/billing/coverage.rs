//! What was read of each source of a month.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Where figures come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The report over all customers.
    Analytics,
    /// The ledgers of wallets.
    Ledger,
    /// The sums that the service sends beside ledgers.
    LedgerSummary,
    /// Call records.
    CallRecords,
    /// Telephone numbers and their fees.
    Numbers,
    /// Customers and their wallets.
    Accounts,
    /// The partner's own profile.
    Profile,
    /// Balances that are known from the month before.
    MonthBefore,
    /// The caller's own books.
    Books,
}

impl Source {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Analytics => "analytics",
            Self::Ledger => "ledger",
            Self::LedgerSummary => "ledger summary",
            Self::CallRecords => "call records",
            Self::Numbers => "numbers",
            Self::Accounts => "accounts",
            Self::Profile => "profile",
            Self::MonthBefore => "month before",
            Self::Books => "books",
        }
    }
}

/// How much of a source was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// All of it.
    Whole,
    /// A part: the list ended early, or did not hold still.
    Part,
    /// Nothing: it was refused or failed.
    Nothing,
    /// It was not asked for.
    NotAsked,
}

impl Extent {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Part => "part",
            Self::Nothing => "nothing",
            Self::NotAsked => "not asked for",
        }
    }
}

/// What was read of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The source.
    pub source: Source,
    /// How much of it.
    pub extent: Extent,
    /// Rows; 1 of what is no list.
    pub rows: u64,
    /// First day that was asked for; `None` where days do not apply.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Why something is missing, or what else there is to know. Empty where nothing is.
    pub detail: String,
}
