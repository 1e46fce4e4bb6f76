//! A history lived again: the balance of each wallet at each poll.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use vobiz_core::history::History;

/// What a poll shows of a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// It is not there yet.
    Absent,
    /// It could not be read.
    Unread,
    Balance(Decimal),
}

/// What one poll saw.
pub(super) struct Poll<'a> {
    pub(super) at: DateTime<Utc>,
    pub(super) wallets: &'a [Shown],
}

/// Shows every poll in order of time.
pub(super) fn replay(history: &History, mut each: impl FnMut(Poll<'_>)) {
    let mut standing: Vec<Option<Decimal>> = vec![None; history.wallets.len()];
    let mut wallets = vec![Shown::Absent; history.wallets.len()];
    for sweep in history.sweeps() {
        for (shown, standing) in wallets.iter_mut().zip(&standing) {
            *shown = standing.map_or(*shown, Shown::Balance);
        }
        for sample in sweep.samples {
            let place = sample.wallet as usize;
            standing[place] = sample.balance.or(standing[place]);
            wallets[place] = sample.balance.map_or(Shown::Unread, Shown::Balance);
        }
        each(Poll { at: sweep.at, wallets: &wallets });
    }
}
