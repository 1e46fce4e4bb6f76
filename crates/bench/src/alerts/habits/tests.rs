use std::collections::BTreeSet;

use super::world;

const DAYS: usize = 35;

#[test]
fn the_same_seed_gives_the_same_world_and_another_seed_another() {
    let first = world(1, 8, 16);
    assert!(first == world(1, 8, 16));
    assert!(first.samples != world(2, 8, 16).samples);
}

#[test]
fn money_comes_by_the_ledger_alone_and_no_prepaid_wallet_is_overdrawn() {
    let world = world(3, 40, DAYS);
    for (account, balances) in world.balances.iter().enumerate() {
        let mut paid = world.ledger.iter().filter(|moved| moved.account == account && moved.amount > 0).peekable();
        for (step, pair) in balances.windows(2).enumerate() {
            let mut credit = 0;
            while let Some(moved) = paid.next_if(|moved| moved.at <= super::second(step + 1)) {
                credit += moved.amount;
            }
            assert!(pair[0] == 0 || pair[1] <= pair[0] + credit, "money came from nowhere");
        }
        assert!(!world.accounts[account].is_prepaid || balances.iter().all(|balance| *balance >= 0));
    }
}

#[test]
fn wallets_run_out_for_many_reasons_and_each_time_from_some_money() {
    let world = world(5, 150, DAYS);
    let kinds: BTreeSet<&str> = world.run_outs.iter().map(|run| run.kind).collect();
    assert!(["foreseeable", "sudden", "unseen_fee"].iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    assert!(world.run_outs.iter().all(|run| run.drain_start < run.empty_at));
}

#[test]
fn sweeps_miss_one_reading_in_a_hundred_and_two_stretches() {
    let world = world(7, 30, DAYS);
    let missing = DAYS * super::STEPS - world.polls.len();
    assert!((12..=144).contains(&missing), "two outages of one to six hours: {missing} polls");
    let unread = world.samples.iter().filter(|sample| sample.balance.is_none()).count() * 1_000 / (30 * world.polls.len());
    assert!((8..=12).contains(&unread), "{unread} of 1000");
}
