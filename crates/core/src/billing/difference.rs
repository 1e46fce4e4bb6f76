//! Where two sources of a month disagree, and why they probably do.

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::coverage::Source;
use super::exact::less;

/// What two figures are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Cost of calls.
    Cost,
    /// Number of calls.
    Calls,
    /// Price of one call.
    Call,
    /// Monthly fee of a number.
    Fee,
    /// Money out of wallets.
    Debit,
    /// Money into wallets.
    Credit,
    /// Rows of ledgers.
    Rows,
    /// Balance of a wallet at the beginning.
    Opening,
    /// A ledger row that cannot be understood.
    Row,
    /// A figure of the caller's own books.
    Books,
}

impl Check {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cost => "cost of calls",
            Self::Calls => "number of calls",
            Self::Call => "price of a call",
            Self::Fee => "fee of a number",
            Self::Debit => "money out",
            Self::Credit => "money in",
            Self::Rows => "number of rows",
            Self::Opening => "opening balance",
            Self::Row => "ledger row",
            Self::Books => "own books",
        }
    }

    /// Whether the figures are numbers of something, and not money.
    pub fn is_count(self) -> bool {
        matches!(self, Self::Calls | Self::Rows)
    }
}

/// Why two figures probably differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// One of them cuts days in another zone.
    OtherZone,
    /// The call was priced, or its row booked, outside the period of the call.
    PricedLater,
    /// A call with a cost has no row in the ledger.
    CallWithoutRow,
    /// A row is about a call that is not among the call records.
    RowWithoutCall,
    /// Something was booked more than once.
    BookedTwice,
    /// One of them is rounded.
    Rounding,
    /// The amounts of one thing differ.
    AmountDiffers,
    /// The two are in different currencies.
    OtherCurrency,
    /// Some rows are not visible to this account.
    RowsNotVisible,
    /// The list changed while it was read.
    ListChanged,
    /// The fee is another one now.
    FeeChanged,
    /// A number has a fee and no row in the ledger.
    FeeWithoutRow,
    /// A row or a call record does not say which way money went, how much, or when.
    UnclearRow,
    /// One of the two has nothing.
    MissingHere,
    /// Nothing that is known here explains it.
    Unknown,
}

impl Reason {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::OtherZone => "day cut in another zone",
            Self::PricedLater => "call priced later",
            Self::CallWithoutRow => "call without ledger row",
            Self::RowWithoutCall => "ledger row without call",
            Self::BookedTwice => "booked twice",
            Self::Rounding => "rounding",
            Self::AmountDiffers => "amount differs",
            Self::OtherCurrency => "other currency",
            Self::RowsNotVisible => "rows not visible to this account",
            Self::ListChanged => "list changed while read",
            Self::FeeChanged => "fee changed since",
            Self::FeeWithoutRow => "fee without ledger row",
            Self::UnclearRow => "row not understood",
            Self::MissingHere => "missing on one side",
            Self::Unknown => "not explained",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Two figures that should be equal and are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What they are about.
    pub check: Check,
    /// The customer; `None` where it is about all of them.
    pub auth_id: Option<String>,
    /// The day; `None` where it is about the whole period.
    pub day: Option<NaiveDate>,
    /// Currency of the figures; `None` of numbers, and where it is not known.
    pub currency: Option<String>,
    /// The call, number or ledger row; `None` where it is about sums.
    pub subject: Option<String>,
    /// Where the first figure is from.
    pub first_source: Source,
    /// The first figure; zero where the source has nothing.
    pub first: Decimal,
    /// Where the second figure is from.
    pub second_source: Source,
    /// The second figure; zero where the source has nothing.
    pub second: Decimal,
    /// The likely reason.
    pub reason: Reason,
    /// What is known of it, in words; may be empty.
    pub detail: String,
}

impl Difference {
    /// The second figure less the first; `None` where no number holds that.
    pub fn amount(&self) -> Option<Decimal> {
        less(self.second, self.first).ok()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.check.name())?;
        for part in
            [self.auth_id.as_ref(), self.day.map(|day| day.to_string()).as_ref(), self.subject.as_ref()].into_iter().flatten()
        {
            write!(f, " {part}")?;
        }
        let currency = self.currency.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
        write!(
            f,
            ": {} {}{currency}, {} {}{currency}: {}",
            self.first_source.name(),
            self.first.normalize(),
            self.second_source.name(),
            self.second.normalize(),
            self.reason
        )?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, " ({})", self.detail) }
    }
}
