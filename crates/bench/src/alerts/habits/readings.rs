//! What sweeps read of the truth: late by seconds, with outages, figures that are minutes old, and wrong zeros.

use fastrand::Rng;

use super::second;
use vobiz_sandbox::history::{Recorded, Sample};

/// Reads every wallet in every sweep that took place; `since` is the step of each one's first reading.
pub(super) fn read(world: &mut Recorded, since: &[usize], random: &mut Rng) {
    let steps = world.balances.first().map_or(0, Vec::len);
    let outages = [(); 2].map(|()| {
        let from = random.usize(steps / 6..steps.max(7));
        from..from + random.usize(12..72)
    });
    let mut before: Vec<Option<Option<i64>>> = vec![None; since.len()];
    let mut stale = vec![0_usize; since.len()];
    for step in 0..steps {
        if outages.iter().any(|outage| outage.contains(&step)) {
            continue;
        }
        let at = second(step) + random.i64(0..46);
        world.polls.push(at);
        for (account, before) in before.iter_mut().enumerate() {
            if step < since[account] {
                continue;
            }
            stale[account] = if stale[account] == 0 && random.u16(..1_000) < 2 {
                random.usize(1..4)
            } else {
                stale[account].saturating_sub(1)
            };
            let seen = match random.u32(..50_000) {
                0..500 => None,
                500 if world.accounts[account].is_prepaid => Some(0),
                _ if stale[account] > 0 => before.flatten().or(Some(world.balances[account][step])),
                _ => Some(world.balances[account][step]),
            };
            if seen.is_none() || *before != Some(seen) {
                world.samples.push(Sample { at, account, balance: seen });
            }
            *before = Some(seen);
        }
    }
}
