//! The history of a world, and the truth about it, as data: what a monitor would have read over some weeks, and what
//! a judge needs to say whether it warned in time.
//!
//! The world is the served one; its customers have lives besides (see `world/life.rs`), so that a quarter is not the same week
//! thirteen times over. The same [`Plan`] always gives the same data. `vobiz-bench` writes it as files.

mod export;
mod misread;
mod record;
mod recorded;
mod truth;
mod working;

pub use recorded::{Account, Drain, Movement, POLL, Recorded, RunOut, START, Sample, Units};

/// Which world is lived.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// What everything random comes from.
    pub seed: u64,
    /// How many customers there are.
    pub customers: usize,
    /// How many days they are watched.
    pub days: u32,
}

/// Lives the plan's world.
pub fn live(plan: &Plan) -> Recorded {
    export::export(plan, &record::Record::of(plan))
}

#[cfg(test)]
mod tests;
