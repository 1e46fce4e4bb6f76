//! What wallets read over time, as a value: for forecasts, for rehearsing a policy, for export.
//!
//! A history holds *changes only*. A wallet without a sample in a sweep read the same as before; a sample without a
//! balance says that the wallet could not be read in that one sweep; a gap is marked by the absence of polls. The four
//! files of a history are described at [`History::read`].

pub mod backtest;
pub mod calibration;
mod error;
mod folder;
mod movement;
mod outlook;
mod read;
mod sweep;
mod table;
#[cfg(test)]
mod tests;
mod thin;
mod write;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

pub use error::HistoryError;
pub use movement::{Movement, MovementKind};
pub(crate) use movement::{is_booked, is_call};
pub use outlook::{Outlook, Spend};
pub use read::Open;
pub use sweep::Sweep;

/// Balances, polls and movements of many wallets, each sorted by time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Every wallet; samples and movements name one by its place here.
    pub wallets: Vec<Wallet>,
    /// The instant of every sweep that took place.
    pub polls: Vec<DateTime<Utc>>,
    /// Changes of balances, at most one of a wallet at an instant.
    pub samples: Vec<Sample>,
    /// Movements that are not calls; empty where no ledger was read.
    pub ledger: Vec<Movement>,
}

/// A wallet as it is known at the end of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    /// Customer id, `MA_…`.
    pub auth_id: String,
    /// Name, where the customer has one.
    pub name: Option<String>,
    /// Whether the customer pays in advance.
    pub is_prepaid: bool,
    /// Whether the customer can place calls.
    pub is_active: bool,
    /// Whether the wallet fills itself.
    pub auto_recharge: bool,
    /// Currency of the wallet, where it is known.
    pub currency: Option<String>,
}

/// What one wallet read from a sweep on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// The sweep's instant. Between two polls it takes effect at the later one.
    pub at: DateTime<Utc>,
    /// Place in [`History::wallets`].
    pub wallet: u32,
    /// The balance; `None`: not read in this sweep, which says nothing of the sweeps after it.
    pub balance: Option<Decimal>,
}

impl History {
    /// Puts everything in order of time. Of several samples of a wallet at one instant the last one counts; equal polls
    /// are one; movements of one instant keep their order.
    pub fn sort(&mut self) {
        self.polls.sort_unstable();
        self.polls.dedup();
        self.ledger.sort_by_key(|movement| movement.at);
        self.samples.sort_by_key(|sample| (sample.at, sample.wallet));
        // `dedup_by` keeps the first of a run: what the later one says goes there.
        self.samples.dedup_by(|later, kept| {
            let same = (later.at, later.wallet) == (kept.at, kept.wallet);
            if same {
                kept.balance = later.balance;
            }
            same
        });
    }
}
