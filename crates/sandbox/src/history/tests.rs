use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::record::{Record, known_at};
use super::{Plan, live, truth};
use crate::money::Amount;

const PLAN: Plan = Plan { seed: 11, customers: 50, days: 35 };
/// Lived once for all.
static RECORD: LazyLock<Record> = LazyLock::new(|| Record::of(&PLAN));

#[test]
fn the_same_plan_gives_the_same_world_and_another_seed_another() {
    let plan = Plan { customers: 12, days: 3, ..PLAN };
    let world = live(&plan);
    assert!(world == live(&plan));
    assert!(world.samples != live(&Plan { seed: 12, ..plan }).samples);
    assert_eq!((world.accounts.len(), world.balances.len()), (12, 12));
}

#[test]
fn money_comes_by_the_ledger_alone() {
    let record = &*RECORD;
    for (_, customer, wallets) in record.customers() {
        let since = |step| record.second(step);
        for (step, pair) in wallets.windows(2).enumerate() {
            let entries = customer.entries.iter().filter(|entry| entry.amount > Amount::ZERO);
            let paid: Amount = entries
                .filter(|entry| known_at(entry) > since(step) && known_at(entry) <= since(step + 1))
                .map(|entry| entry.amount)
                .sum();
            assert!(pair[1] <= pair[0] + paid, "money came from nowhere");
        }
    }
}

#[test]
fn wallets_run_out_for_many_reasons() {
    let record = &*RECORD;
    let runs = truth::run_outs(record);
    let kinds: BTreeSet<&str> = runs.iter().map(|run| run.kind).collect();
    assert!(kinds.contains("foreseeable") && kinds.contains("unseen_fee") && kinds.contains("sudden"), "{kinds:?}");
    assert!(runs.iter().all(|run| run.drain_start < run.empty_at && run.empty_at >= record.start));
}

#[test]
fn sweeps_miss_one_reading_in_a_hundred_and_two_stretches() {
    let record = &*RECORD;
    let reader = super::misread::Reader::new(11, record.steps());
    let polls = (0..record.steps()).filter(|step| reader.poll(record, *step).is_some()).count();
    assert!((12..=144).contains(&(record.steps() - polls)), "two outages of one to six hours: {polls}");
    let (mut missed, mut all) = (0_u32, 0_u32);
    for (index, _, wallets) in record.customers() {
        for step in 0..record.steps() {
            all += 1;
            missed += u32::from(reader.read(index, wallets, true, step) == super::misread::Reading::Nothing);
        }
    }
    assert!((9..=11).contains(&(missed * 1_000 / all)), "{missed} of {all}");
}
