//! The history of a world, and the truth about it, as files: what a monitor would have read over some weeks, and what
//! a judge needs to say whether it warned in time.
//!
//! The world is the served one; its customers have lives besides (see `world/life.rs`), so that a quarter is not the same week
//! thirteen times over. The same [`Plan`] always gives the same files.

mod files;
mod misread;
mod npz;
mod record;
mod truth;
mod working;

use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};

/// What is written.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// What everything random comes from.
    pub seed: u64,
    /// How many customers there are.
    pub customers: usize,
    /// How many days they are watched.
    pub days: u32,
}

impl Plan {
    /// The midnight in Kolkata from which customers are watched: that of Tuesday, 1 September 2026.
    pub const START: &str = "2026-08-31T18:30:00Z";

    fn start() -> DateTime<Utc> {
        Self::START.parse().unwrap_or_default()
    }
}

/// Seconds between two polls.
const POLL: i64 = 300;

/// Lives the plan's world and writes its files into `folder`, which must be there.
///
/// | file | |
/// | --- | --- |
/// | `polls.csv`, `samples.csv.gz`, `accounts.csv`, `ledger.csv` | what a monitor reads |
/// | `truth.csv` | each time a wallet ran out, with its kind |
/// | `truth_drains.csv` | each stuck dialer and fraud, also those that stopped by themselves |
/// | `truth_kinds.csv` | business and habit of payment |
/// | `truth_series.npz` | true balances each five minutes |
///
/// # Errors
///
/// What the file system says.
pub fn write(plan: &Plan, folder: &Path) -> io::Result<()> {
    let record = record::Record::of(plan);
    files::write(plan, &record, folder)
}

#[cfg(test)]
mod tests;
