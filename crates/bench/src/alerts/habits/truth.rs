//! Why a wallet ran out, by the definitions of the benchmark.

use super::demand::{Burst, Demand};
use super::ledger::Lived;
use super::traits::Traits;
use super::{STEPS, second, weekday};
use vobiz_sandbox::history::{POLL, RunOut, START, Units};

/// Working steps of five minutes in four hours.
const LEAD: usize = 48;

/// Every run-out of a wallet that can run out.
pub(super) fn run_outs(account: usize, traits: &Traits, demand: &Demand, lived: &Lived) -> Vec<RunOut> {
    if !traits.is_prepaid || !traits.is_active {
        return Vec::new();
    }
    let empties = lived.balances.windows(2).enumerate().filter(|(_, pair)| pair[0] > 0 && pair[1] <= 0);
    empties.map(|(before, _)| judge(account, traits, demand, lived, before + 1)).collect()
}

fn judge(account: usize, traits: &Traits, demand: &Demand, lived: &Lived, step: usize) -> RunOut {
    let before =
        |kind: &'static str| lived.movements.iter().rev().filter(move |moved| moved.kind == kind && at(moved.at) <= step);
    let topped_up = before("recharge").next().map(|moved| at(moved.at));
    let since = topped_up.unwrap_or(0).max(traits.since);
    let ran = |kind, cause, start| RunOut { account, drain_start: second(start), empty_at: second(step), kind, cause };
    let fee = ["rental", "fixed"].into_iter().find(|kind| before(kind).any(|fee| at(fee.at) == step));
    if let Some(kind) = fee {
        let full = if kind == "rental" { traits.monthly.map(|(_, fee)| fee) } else { traits.weekly.map(|(_, fee)| fee) };
        #[expect(clippy::cast_possible_truncation, reason = "a fee")]
        let full = (full.unwrap_or_default() * 1e5) as Units;
        if !before(kind).any(|fee| at(fee.at) < step && -fee.amount >= full) {
            return ran("unseen_fee", "fee", since);
        }
    }
    let burst = demand.bursts.iter().find(|burst| burst.from < step && step <= burst.until + 1);
    if let Some(burst) = burst {
        let worked = worked(burst.from.max(topped_up.unwrap_or(0)), step);
        if worked < 2 * LEAD && !would_have_emptied(burst, demand, lived, topped_up, step) {
            let kind = if worked < LEAD { "sudden" } else { "grey" };
            return ran(kind, if burst.is_drain { "drain" } else { "campaign" }, burst.from);
        }
    }
    let is_short = topped_up.is_some_and(|topped_up| worked(topped_up, step) < LEAD);
    ran(if is_short { "short" } else { "foreseeable" }, if fee.is_some() { "fee" } else { "demand" }, since)
}

/// Whether ordinary demand alone would have emptied the wallet by four working hours later.
fn would_have_emptied(burst: &Burst, demand: &Demand, lived: &Lived, topped_up: Option<usize>, step: usize) -> bool {
    let from = burst.from.max(topped_up.unwrap_or(0));
    let (mut until, mut works) = (step, 0);
    while works < LEAD {
        works += usize::from(is_work(until));
        until += 1;
    }
    let spent: f64 = demand.ordinary.iter().take(until).skip(from).sum();
    #[expect(clippy::cast_precision_loss, reason = "rupees of one wallet")]
    let held = lived.balances.get(from).copied().unwrap_or_default() as f64 / 1e5;
    held <= spent
}

fn at(second: i64) -> usize {
    usize::try_from((second - START) / POLL).unwrap_or(0)
}

fn is_work(step: usize) -> bool {
    (108..228).contains(&(step % STEPS)) && weekday(step / STEPS) != 6
}

fn worked(from: usize, to: usize) -> usize {
    (from..to).filter(|step| is_work(*step)).count()
}
