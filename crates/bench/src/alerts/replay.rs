//! A history lived again: what stands in each wallet at each poll.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use vobiz_core::history::{History, Movement};

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
    /// Movements that became known since the poll before.
    pub(super) ledger: &'a [Movement],
}

/// Shows every poll in order of time.
pub(super) fn replay(history: &History, mut each: impl FnMut(Poll<'_>)) {
    let mut standing: Vec<Option<Decimal>> = vec![None; history.wallets.len()];
    let mut wallets = vec![Shown::Absent; history.wallets.len()];
    let mut rest = history.ledger.as_slice();
    for sweep in history.sweeps() {
        for (shown, standing) in wallets.iter_mut().zip(&standing) {
            *shown = standing.map_or(*shown, Shown::Balance);
        }
        for sample in sweep.samples {
            let place = sample.wallet as usize;
            standing[place] = sample.balance.or(standing[place]);
            wallets[place] = sample.balance.map_or(Shown::Unread, Shown::Balance);
        }
        let known = rest.partition_point(|movement| movement.at <= sweep.at);
        let (ledger, later) = rest.split_at(known);
        rest = later;
        each(Poll { at: sweep.at, wallets: &wallets, ledger });
    }
}
