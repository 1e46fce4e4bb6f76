//! Fees that come again: seen once in the ledger, foreseen from then on.

use serde::{Deserialize, Serialize};

use super::profile::to_f32;

/// Kinds of fees remembered of one wallet.
const KEPT: usize = 3;

/// How often a fee comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Every {
    /// On the same day of each month.
    Month,
    /// On the same day of each week.
    Week,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Fee {
    amount: f32,
    /// Second on the wall clock at which it is due next.
    due: i64,
    every: Every,
}

/// The fees of one wallet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Fees([Option<Fee>; KEPT]);

impl Fees {
    /// A fee was paid.
    pub(crate) fn paid(&mut self, wall: i64, amount: f64, every: Every) {
        let fee = Fee { amount: to_f32(amount), due: next(wall, every), every };
        let known =
            self.0.iter().position(|kept| kept.is_some_and(|kept| kept.every == every && (wall - kept.due).abs() <= 2 * 86_400));
        let place = known.or_else(|| self.0.iter().position(Option::is_none)).unwrap_or(KEPT - 1);
        self.0[place] = Some(fee);
    }

    /// What is due from `from` on, twice of each kind, as seconds on the wall clock and amounts.
    pub(crate) fn due(&self, from: i64) -> impl Iterator<Item = (i64, f64)> {
        self.0.iter().flatten().flat_map(move |fee| {
            let due = if fee.due + 86_400 < from { next(fee.due, fee.every) } else { fee.due.max(from) };
            [due, next(due, fee.every)].map(|due| (due, f64::from(fee.amount)))
        })
    }
}

fn next(wall: i64, every: Every) -> i64 {
    let months = |at: chrono::DateTime<chrono::Utc>| at.checked_add_months(chrono::Months::new(1));
    match every {
        Every::Week => wall + 7 * 86_400,
        Every::Month => chrono::DateTime::from_timestamp(wall, 0).and_then(months).map_or(i64::MAX / 4, |at| at.timestamp()),
    }
}
