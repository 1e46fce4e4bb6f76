//! Closing a month: usage, fees and wallets of each customer, exact, with every disagreement of the sources explained.
//!
//! [`PartnerClient::close_month`](crate::PartnerClient::close_month) reads and closes one. [`Sources`] takes what was read; [`Month::close`] is a pure function of it. Days are cut in the zone of the [`Period`], a
//! call belongs to the day on which it ends, and a ledger row to the day on which it was processed. Amounts of different
//! currencies are never added: every line, statement and difference has one.
//!
//! | of a customer | from |
//! | --- | --- |
//! | usage by product, direction and day | call records where all could be read, else ledgers |
//! | fees, refunds, top-ups, other debits | ledgers |
//! | opening and closing balance | today's wallet, less the ledger rows since then |

mod checks;
mod coverage;
mod difference;
mod exact;
#[cfg(test)]
mod fault_tests;
mod invoice;
#[cfg(test)]
mod invoice_tests;
mod line;
mod matching;
mod month;
mod period;
mod quality;
mod read;
mod reconcile;
mod sources;
mod spend;
mod statement;
mod tally;
mod terms;
#[cfg(test)]
mod tests;
mod words;

pub use coverage::{Coverage, Extent, Source};
pub use difference::{Check, Difference, Reason};
pub use exact::{TooLarge, sum};
pub use invoice::{Invoice, InvoiceLine, Supply};
pub use line::{Item, Line};
pub use month::Month;
pub use period::Period;
pub use quality::{Finding, Interval, quality, wilson};
pub use read::{Rows, Wanted};
pub use reconcile::{Booking, On};
pub use sources::Sources;
pub use spend::{Spender, Split, Usage};
pub use statement::Statement;
pub use tally::{Group, Tally};
pub use terms::{FormatError, NumberFormat, RoundAt, Rounding, Terms};
