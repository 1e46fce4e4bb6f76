//! What really happened: each time a wallet ran out, and why.

use std::mem::discriminant;

use super::record::{Record, known_at};
use super::recorded::RunOut;
use super::working::{self, LEAD};
use crate::money::Amount;
use crate::world::{Burst, Customer, Entry, Kind, ordinary_spend};

/// Every run-out of wallets that can run out, in no order.
pub(super) fn run_outs(record: &Record) -> Vec<RunOut> {
    let mut found = Vec::new();
    for (account, who, wallets) in record.customers() {
        if who.traits.is_postpaid() || !who.traits.is_active {
            continue;
        }
        for (step, pair) in wallets.windows(2).enumerate() {
            if let [before, now] = *pair
                && before > Amount::ZERO
                && now <= Amount::ZERO
            {
                found.push(judge(record, account, who, wallets, step + 1));
            }
        }
    }
    found
}

fn judge(record: &Record, account: usize, who: &Customer, wallets: &[Amount], step: usize) -> RunOut {
    let empty_at = record.second(step);
    let topped_up = last(who, empty_at, is_top_up).map_or(i64::MIN, known_at);
    let since = topped_up.max(record.start).max(who.traits.since.div_euclid(1_000_000));
    let ran = |kind, cause, drain_start| RunOut { account, drain_start, empty_at, kind, cause };

    let fee = last(who, empty_at, |entry| matches!(entry.kind, Kind::Rent(_) | Kind::Weekly));
    let fee = fee.filter(|fee| known_at(fee) > record.second(step - 1));
    if let Some(fee) = fee {
        let full = fee_of(who, &fee.kind);
        let mut before = who.entries.iter().filter(|entry| known_at(entry) >= record.start && known_at(entry) < known_at(fee));
        if !before.any(|entry| discriminant(&entry.kind) == discriminant(&fee.kind) && -entry.amount >= full) {
            return ran("unseen_fee", "fee", since);
        }
    }
    if let Some((burst, worked)) = burst_of(who, empty_at, topped_up)
        && worked < 2 * LEAD
        && !would_have_emptied(record, who, wallets, burst, topped_up, empty_at)
    {
        let kind = if worked < LEAD { "sudden" } else { "grey" };
        return ran(kind, if burst.is_drain { "drain" } else { "campaign" }, burst.from.start());
    }
    let kind = if topped_up > i64::MIN && working::between(topped_up, empty_at, LEAD) < LEAD { "short" } else { "foreseeable" };
    ran(kind, if fee.is_some() { "fee" } else { "demand" }, since)
}

fn last(who: &Customer, until: i64, is: impl Fn(&Entry) -> bool) -> Option<&Entry> {
    who.entries.iter().rev().find(|entry| known_at(entry) <= until && is(entry))
}

fn is_top_up(entry: &Entry) -> bool {
    matches!(entry.kind, Kind::Transfer(_) | Kind::Payment)
}

fn fee_of(who: &Customer, kind: &Kind) -> Amount {
    match kind {
        Kind::Rent(number) => who.traits.rent(*number),
        _ => who.traits.life.as_ref().and_then(|life| life.weekly_fee).map_or(Amount::ZERO, |(_, fee)| fee),
    }
}

/// The burst under way at that second, and the working time since it began to drain what was there.
fn burst_of(who: &Customer, at: i64, topped_up: i64) -> Option<(&Burst, i64)> {
    let mut bursts = who.traits.life.iter().flat_map(|life| &life.bursts);
    let burst = bursts.find(|burst| burst.from.start() < at && at <= burst.until.start() + super::POLL)?;
    Some((burst, working::between(burst.from.start().max(topped_up), at, 2 * LEAD)))
}

/// Whether the wallet would be empty four working hours later without the burst.
fn would_have_emptied(record: &Record, who: &Customer, wallets: &[Amount], burst: &Burst, topped_up: i64, at: i64) -> bool {
    let from = burst.from.start().max(topped_up).max(record.start);
    let held = wallets.get(record.step_after(from)).copied().unwrap_or(Amount::ZERO);
    held <= ordinary_spend(&who.traits, from, working::after(at, LEAD))
}
