//! The true wallets of a world, five minutes by five minutes.

use chrono::{DateTime, TimeDelta};

use super::{POLL, Plan, START};
use crate::money::Amount;
use crate::world::{Customer, Entry, World};

/// A world that has been lived, and every wallet on the way.
pub(super) struct Record {
    pub(super) world: World,
    /// The second of the first column.
    pub(super) start: i64,
    /// Each customer's wallet at each step; zero before it is there.
    pub(super) wallets: Vec<Vec<Amount>>,
}

impl Record {
    pub(super) fn of(plan: &Plan) -> Self {
        let start = DateTime::from_timestamp(START, 0).unwrap_or_default();
        let mut world = World::open_lives(plan.seed, plan.customers, start, plan.days);
        let steps = usize::try_from(i64::from(plan.days) * 86_400 / POLL).unwrap_or(0);
        let mut wallets = vec![Vec::with_capacity(steps); plan.customers];
        let mut now = start;
        for _ in 0..steps {
            world.advance_to(now);
            for (index, wallets) in wallets.iter_mut().enumerate() {
                wallets.push(world.any_customer(index).map_or(Amount::ZERO, |customer| customer.wallet));
            }
            now += TimeDelta::seconds(POLL);
        }
        Self { world, start: start.timestamp(), wallets }
    }

    pub(super) fn steps(&self) -> usize {
        self.wallets.first().map_or(0, Vec::len)
    }

    pub(super) fn customers(&self) -> impl Iterator<Item = (usize, &Customer, &[Amount])> {
        let rows = self.wallets.iter().enumerate();
        rows.filter_map(|(index, wallets)| Some((index, self.world.any_customer(index)?, wallets.as_slice())))
    }

    /// The second of step `step`.
    pub(super) fn second(&self, step: usize) -> i64 {
        self.start + i64::try_from(step).unwrap_or(0) * POLL
    }

    /// The first step at `second` or after it.
    pub(super) fn step_after(&self, second: i64) -> usize {
        usize::try_from((second - self.start + POLL - 1).div_euclid(POLL)).unwrap_or(0)
    }
}

/// The second from which an entry is in the wallet. What is paid in lies within the second before.
pub(super) fn known_at(entry: &Entry) -> i64 {
    (entry.at + 999_999).div_euclid(1_000_000)
}
