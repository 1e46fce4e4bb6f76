//! A history made smaller with age, without losing what rules ask for.

use chrono::{DateTime, Datelike as _, TimeZone, Utc};
use rust_decimal::Decimal;

use super::{History, Sample};

impl History {
    /// Drops samples before `before`, but keeps of each wallet and day of `zone` the lowest and the last one, every one
    /// that crosses one of `levels`, and every sweep in which it was not read. Polls and the ledger stay whole.
    ///
    /// So each day keeps its minimum, and at each poll it is still true on which side of a level a wallet was.
    pub fn thin<Z: TimeZone>(&mut self, before: DateTime<Utc>, levels: &[Decimal], zone: &Z) {
        let mut keep = vec![false; self.samples.len()];
        let mut days: Vec<Option<Day>> = vec![None; self.wallets.len()];
        for (place, sample) in self.samples.iter().enumerate() {
            let Some(slot) = days.get_mut(sample.wallet as usize) else { continue };
            let Some(balance) = sample.balance.filter(|_| sample.at < before) else {
                keep[place] = true;
                continue;
            };
            let number = sample.at.with_timezone(zone).num_days_from_ce();
            let crossed = |from: Decimal| levels.iter().any(|level| (from < *level) != (balance < *level));
            keep[place] = slot.is_none_or(|day| crossed(day.last.balance));
            let this = Place { place, balance };
            *slot = Some(match *slot {
                Some(day) if day.number == number => {
                    Day { lowest: if balance < day.lowest.balance { this } else { day.lowest }, last: this, ..day }
                }
                ended => {
                    if let Some(day) = ended {
                        day.close(&mut keep);
                    }
                    Day { number, lowest: this, last: this }
                }
            });
        }
        for day in days.iter().flatten() {
            day.close(&mut keep);
        }
        let mut kept = keep.into_iter();
        self.samples.retain(|_: &Sample| kept.next().unwrap_or(true));
    }
}

/// A wallet's day as far as it has been seen.
#[derive(Clone, Copy)]
struct Day {
    number: i32,
    lowest: Place,
    last: Place,
}

#[derive(Clone, Copy)]
struct Place {
    place: usize,
    balance: Decimal,
}

impl Day {
    fn close(&self, keep: &mut [bool]) {
        for place in [self.lowest.place, self.last.place] {
            if let Some(kept) = keep.get_mut(place) {
                *kept = true;
            }
        }
    }
}
