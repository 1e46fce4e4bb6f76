//! What a monitor reads of the truth: sweeps up to a minute late, two outages, wallets that could not be read, figures
//! that are some minutes old, and now and then a zero that is none.

use std::ops::Range;

use super::record::Record;
use crate::money::Amount;
use crate::random::Dice;

/// How a world is read.
pub(super) struct Reader {
    seed: u64,
    outages: [Range<usize>; 2],
}

/// What is read of a wallet in one sweep.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Nothing,
    Balance(Amount),
}

impl Reader {
    pub(super) fn new(seed: u64, steps: usize) -> Self {
        let mut dice = Dice::new(&[seed, 0x6f75_7461]);
        let (first, last) = (15 * 288_u32, u32::try_from(steps).unwrap_or(u32::MAX).saturating_sub(100));
        let outages = [(); 2].map(|()| {
            let from = dice.between(first.min(last), last) as usize;
            from..from + dice.between(12, 72) as usize
        });
        Self { seed, outages }
    }

    /// The second of the sweep of `step`, where one took place.
    pub(super) fn poll(&self, record: &Record, step: usize) -> Option<i64> {
        let late = i64::from(Dice::new(&[self.seed, 0x706f_6c6c, step as u64]).below(46));
        (!self.outages.iter().any(|outage| outage.contains(&step))).then(|| record.second(step) + late)
    }

    /// What is read of customer `customer`, whose true wallets are these.
    pub(super) fn read(&self, customer: usize, wallets: &[Amount], is_prepaid: bool, step: usize) -> Reading {
        let roll = |purpose: u64, step: usize| Dice::new(&[self.seed, purpose, customer as u64, step as u64]);
        if roll(1, step).chance(10) {
            return Reading::Nothing;
        }
        if is_prepaid && roll(2, step).below(50_000) == 0 {
            return Reading::Balance(Amount::ZERO);
        }
        // A figure that is old stays so for up to three sweeps.
        let old = (0..3_usize).find_map(|back| {
            let since = step.checked_sub(back)?;
            let mut dice = roll(3, since);
            (dice.chance(2) && dice.below(3) as usize >= back).then(|| since.saturating_sub(1))
        });
        Reading::Balance(wallets.get(old.unwrap_or(step)).copied().unwrap_or(Amount::ZERO))
    }
}
