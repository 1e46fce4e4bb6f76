//! Calls of a day, added up as the reports cut them.

use std::ops::AddAssign;

use super::call::{Call, Direction, Outcome, Product};
use super::traits::Traits;
use crate::money::Amount;

/// Sums over some calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) calls: u64,
    pub(crate) answered: u64,
    /// Tenths of a minute.
    pub(crate) tenths: u64,
    /// Seconds of talk.
    pub(crate) talk: u64,
    /// Seconds of ringing and talk.
    pub(crate) lasted: u64,
    pub(crate) cost: Amount,
}

impl Sums {
    pub(crate) fn add(&mut self, call: &Call) {
        self.calls += 1;
        self.answered += u64::from(call.outcome == Outcome::Answered);
        self.tenths += u64::from(call.tenths());
        self.talk += u64::from(call.talk);
        self.lasted += u64::from(call.talk) + u64::from(call.ring);
        self.cost += call.cost();
    }
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.answered += other.answered;
        self.tenths += other.tenths;
        self.talk += other.talk;
        self.lasted += other.lasted;
        self.cost += other.cost;
    }
}

/// Sums over the calls of a day or of a window, by direction and product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    cells: [[Sums; 2]; 2],
}

impl Totals {
    pub(crate) fn add(&mut self, call: &Call) {
        self.cells[row(call.direction)][column(call.product)].add(call);
    }

    /// Adds a call of a customer; the cost of one in another currency is not counted.
    pub(crate) fn add_of(&mut self, traits: &Traits, call: &Call) {
        let free = Call { carriage: 0, streaming: 0, ..*call };
        self.add(if traits.is_domestic() { call } else { &free });
    }

    /// Adds the price of a call that was counted without it.
    pub(crate) fn add_cost(&mut self, call: &Call, cost: Amount) {
        self.cells[row(call.direction)][column(call.product)].cost += cost;
    }

    pub(crate) fn all(&self) -> Sums {
        self.sum(|_, _| true)
    }

    pub(crate) fn direction(&self, direction: Direction) -> Sums {
        self.sum(|place, _| place == row(direction))
    }

    pub(crate) fn product(&self, product: Product) -> Sums {
        self.sum(|_, place| place == column(product))
    }

    fn sum(&self, counts: impl Fn(usize, usize) -> bool) -> Sums {
        let mut sums = Sums::default();
        for (place, cells) in self.cells.iter().enumerate() {
            for (other, cell) in cells.iter().enumerate() {
                if counts(place, other) {
                    sums += *cell;
                }
            }
        }
        sums
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        for (cells, others) in self.cells.iter_mut().zip(other.cells) {
            for (cell, other) in cells.iter_mut().zip(others) {
                *cell += other;
            }
        }
    }
}

fn row(direction: Direction) -> usize {
    usize::from(direction == Direction::Outbound)
}

fn column(product: Product) -> usize {
    usize::from(product == Product::VoiceApi)
}
