//! A world that was lived, as plain data.

use super::misread::{Reader, Reading};
use super::record::{Record, known_at};
use super::recorded::{Account, Drain, Movement, Recorded, Sample};
use super::{Plan, truth};
use crate::world::Kind;

pub(super) fn export(plan: &Plan, record: &Record) -> Recorded {
    let reader = Reader::new(plan.seed, record.steps());
    Recorded {
        accounts: accounts(record),
        polls: (0..record.steps()).filter_map(|step| reader.poll(record, step)).collect(),
        samples: samples(record, &reader),
        ledger: ledger(record),
        run_outs: truth::run_outs(record),
        drains: drains(record),
        balances: record.wallets.iter().map(|wallets| wallets.iter().map(|wallet| wallet.units()).collect()).collect(),
    }
}

fn accounts(record: &Record) -> Vec<Account> {
    let customers = record.customers().map(|(index, customer, _)| {
        let (identity, traits) = (record.world.identity(index), &customer.traits);
        Account {
            auth_id: identity.auth_id(),
            name: identity.name(),
            is_prepaid: !traits.is_postpaid(),
            is_active: traits.is_active,
            auto_recharge: traits.auto_recharge_below().is_some(),
            kind: traits.trade.words.first().copied().unwrap_or_default(),
            habit: traits.life.as_ref().map_or("", |life| life.habit),
        }
    });
    customers.collect()
}

/// Changes, and every first reading after one that failed.
fn samples(record: &Record, reader: &Reader) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut before: Vec<Option<Reading>> = vec![None; record.wallets.len()];
    for step in 0..record.steps() {
        let Some(at) = reader.poll(record, step) else { continue };
        for ((account, customer, wallets), before) in record.customers().zip(&mut before) {
            if !customer.traits.is_present(record.second(step)) {
                continue;
            }
            let reading = reader.read(account, wallets, !customer.traits.is_postpaid(), step);
            if reading == Reading::Nothing || *before != Some(reading) {
                let balance = match reading {
                    Reading::Nothing => None,
                    Reading::Balance(balance) => Some(balance.units()),
                };
                samples.push(Sample { at, account, balance });
            }
            *before = Some(reading);
        }
    }
    samples
}

fn ledger(record: &Record) -> Vec<Movement> {
    let mut rows = Vec::new();
    for (account, customer, _) in record.customers() {
        for entry in customer.entries.iter().filter(|entry| known_at(entry) >= record.start) {
            let kind = match entry.kind {
                Kind::Opening => continue,
                Kind::Transfer(_) | Kind::Payment => "recharge",
                Kind::Adjustment | Kind::Refund => "refund",
                Kind::Rent(_) => "rental",
                Kind::Weekly | Kind::LatePrice(_) => "fixed",
            };
            rows.push(Movement { at: known_at(entry), account, kind, amount: entry.amount.units() });
        }
    }
    rows.sort_by_key(|row| row.at);
    rows
}

fn drains(record: &Record) -> Vec<Drain> {
    let bursts = record.customers().flat_map(|(account, customer, _)| {
        let bursts = customer.traits.life.iter().flat_map(|life| &life.bursts);
        bursts.filter(|burst| burst.is_drain).map(move |burst| (account, burst))
    });
    bursts.map(|(account, burst)| Drain { account, start: burst.from.start(), end: burst.until.start() }).collect()
}
