//! The history as it is written, read and thinned.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use rust_decimal::Decimal;
use vobiz_core::alert::{Observation, Policy, State, Subject, Unread, evaluate};
use vobiz_core::forecast::{Business, Forecaster};
use vobiz_core::history::{History, Sample};

use super::Sweep;
use crate::store::Store;

fn start() -> DateTime<Utc> {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

fn at(minutes: i64) -> DateTime<Utc> {
    start() + TimeDelta::minutes(minutes)
}

fn reads(minutes: i64, balances: &[(&str, Option<i64>)]) -> Observation {
    let subject = |(auth_id, balance): &(&str, Option<i64>)| Subject {
        balance: balance.map(Decimal::from),
        ..Subject::new(*auth_id, "Sharma Logistics").with_currency("INR")
    };
    Observation::complete(at(minutes), balances.iter().map(subject).collect())
}

fn unread() -> Unread {
    Unread { kind: "server", message: "503".to_owned() }
}

async fn record(store: &Store, observation: &Observation) {
    let (state, sweep) = (State::default(), Sweep { observation, transitions: &[], remarked: &BTreeSet::new() });
    assert!(store.record(&state, &state, &[], &[], &sweep, observation.at).await);
}

/// Samples as minutes, wallet, balance.
fn samples(history: &History) -> Vec<(i64, &str, Option<i64>)> {
    let of = |sample: &Sample| {
        let balance = sample.balance.map(|balance| balance.to_string().parse().unwrap());
        ((sample.at - start()).num_minutes(), history.wallets[sample.wallet as usize].auth_id.as_str(), balance)
    };
    history.samples.iter().map(of).collect()
}

#[tokio::test]
async fn a_sweep_leaves_changes_only_and_a_failed_poll_a_gap() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    record(&store, &reads(0, &[("MA_A", Some(10)), ("MA_B", None)])).await;
    record(&store, &reads(5, &[("MA_A", Some(10)), ("MA_B", Some(7))])).await;
    record(&store, &Observation::failed(at(10), unread())).await;
    record(&store, &reads(15, &[("MA_A", None), ("MA_B", Some(6))])).await;
    record(&store, &reads(20, &[("MA_A", Some(10)), ("MA_B", Some(6)), ("MA_C", Some(1))])).await;
    let history = store.history().await.unwrap();
    assert_eq!(history.polls, [0, 5, 15, 20].map(at));
    let expected = [
        (0, "MA_A", Some(10)),
        (0, "MA_B", None),
        (5, "MA_B", Some(7)),
        (15, "MA_A", None),
        (15, "MA_B", Some(6)),
        (20, "MA_C", Some(1)),
    ];
    assert_eq!(samples(&history), expected);
    assert_eq!(history.wallets[0].name.as_deref(), Some("Sharma Logistics"));
}

#[tokio::test]
async fn the_past_of_a_wallet_begins_with_what_it_held_and_totals_count_unread_wallets_with_their_last_balance() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    record(&store, &reads(0, &[("MA_A", Some(10)), ("MA_B", None)])).await;
    record(&store, &reads(5, &[("MA_A", None), ("MA_B", Some(-7))])).await;
    let cut = reads(10, &[("MA_A", Some(9))]);
    record(&store, &Observation::partial(cut.at, cut.customers, unread())).await;
    record(&store, &reads(60, &[("MA_A", Some(9)), ("MA_B", Some(-7))])).await;
    let past = store.past("MA_A", at(3)).await.unwrap();
    assert_eq!(past.before, Some(10.into()));
    assert_eq!(past.changes, [(at(5), None), (at(10), Some(9.into()))]);
    assert_eq!(store.past("MA_X", at(0)).await.unwrap(), super::wallet::Past::default());
    let sweeps = store.sweeps(at(0), TimeDelta::minutes(15)).await.unwrap();
    assert_eq!((sweeps.gaps, sweeps.first, sweeps.last), (vec![(at(10), at(60))], Some(at(0)), Some(at(60))));
    let totals = store.totals(at(0), at(60)).await.unwrap();
    let totals: Vec<_> =
        totals.iter().map(|total| (total.at, total.balance, total.wallets, total.unread, total.currency.as_str())).collect();
    let total = |minutes: i64, balance: i64, wallets, unread| (at(minutes), Decimal::from(balance), wallets, unread, "INR");
    assert_eq!(totals, [total(0, 10, 1, 0), total(5, 3, 2, 1), total(60, 2, 2, 0)], "a list that was cut has no total");
}

#[tokio::test]
async fn wallets_beyond_the_end_of_a_list_that_was_cut_short_were_not_read() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    record(&store, &reads(0, &[("MA_A", Some(10)), ("MA_B", Some(7))])).await;
    let cut = reads(5, &[("MA_A", Some(9))]);
    record(&store, &Observation::partial(cut.at, cut.customers, unread())).await;
    let history = store.history().await.unwrap();
    assert_eq!(samples(&history)[2..], [(5, "MA_A", Some(9)), (5, "MA_B", None)]);
}

#[tokio::test]
async fn a_wallet_that_is_listed_twice_has_one_sample() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    record(&store, &reads(0, &[("MA_A", Some(10)), ("MA_A", Some(7))])).await;
    assert_eq!(samples(&store.history().await.unwrap()), [(0, "MA_A", Some(7))]);
}

#[tokio::test]
async fn a_restart_knows_what_wallets_read_and_what_they_are_called() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("bot.db").display());
    record(&Store::open(&url).await.unwrap(), &reads(0, &[("MA_A", Some(10))])).await;
    let store = Store::open(&url).await.unwrap();
    record(&store, &reads(5, &[("MA_A", Some(10))])).await;
    let mut renamed = reads(10, &[("MA_A", Some(10))]);
    renamed.customers[0].name = Some("Patel Dialers".to_owned());
    record(&store, &renamed).await;
    let history = Store::recorded_history(&url).await.unwrap();
    assert_eq!((history.polls.len(), history.samples.len()), (3, 1));
    assert_eq!(history.wallets[0].name.as_deref(), Some("Patel Dialers"));
}

#[tokio::test]
async fn a_sweep_that_was_not_written_leaves_nothing_and_the_next_one_is_compared_with_the_last_written() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    record(&store, &reads(0, &[("MA_A", Some(10))])).await;
    sqlx::query("PRAGMA query_only = ON").execute(&store.pool).await.unwrap();
    let lost = reads(5, &[("MA_A", Some(9)), ("MA_B", Some(1))]);
    let (state, sweep) = (State::default(), Sweep { observation: &lost, transitions: &[], remarked: &BTreeSet::new() });
    assert!(!store.record(&state, &state, &[], &[], &sweep, lost.at).await);
    sqlx::query("PRAGMA query_only = OFF").execute(&store.pool).await.unwrap();
    record(&store, &reads(10, &[("MA_A", Some(9)), ("MA_B", Some(1))])).await;
    let history = store.history().await.unwrap();
    assert_eq!(samples(&history), [(0, "MA_A", Some(10)), (10, "MA_A", Some(9)), (10, "MA_B", Some(1))]);
}

#[tokio::test]
async fn what_was_decided_is_kept_with_its_numbers_and_reason() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let (policy, forecaster, mut state) = (Policy::default(), Forecaster::new(Business::default()), State::default());
    for minutes in [0, 5, 10] {
        let observation = reads(minutes, &[("MA_A", Some(400))]);
        let evaluation = evaluate(&policy, &observation, &forecaster.at(observation.at), &state, observation.at);
        let sweep = Sweep { observation: &observation, transitions: &evaluation.transitions, remarked: &BTreeSet::new() };
        assert!(store.record(&state, &evaluation.state, &[], &[], &sweep, observation.at).await);
        state = evaluation.state;
    }
    let rows: Vec<(i64, String, String, String, String)> =
        sqlx::query_as("SELECT at, subject, change, severity, reason FROM transitions").fetch_all(&store.pool).await.unwrap();
    let [(when, subject, change, severity, reason)] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((*when, subject.as_str()), (at(5).timestamp_micros(), "MA_A"));
    assert_eq!((change.as_str(), severity.as_str()), ("fire", "critical"));
    assert!(reason.contains("400"), "{reason}");
}

#[tokio::test]
async fn a_database_without_a_history_is_refused_with_what_to_give() {
    let error = Store::recorded_history("sqlite:///nowhere/bot.db").await.unwrap_err();
    assert!(format!("{error:#}").contains("such as sqlite://vobiz-bot.db"), "{error:#}");
}

/// Three wallets polled every hour over sixteen days, one of them unreadable now and then.
fn life() -> impl Strategy<Value = Vec<[Option<i64>; 3]>> {
    let balance = proptest::option::weighted(0.97, 0_i64..40);
    proptest::collection::vec([balance.clone(), balance.clone(), balance], 384)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn thinned_days_keep_minima_crossings_and_what_was_not_read(life in life()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::open("sqlite::memory:").await.unwrap();
            for (hour, balances) in (0..).zip(&life) {
                let [a, b, c] = *balances;
                record(&store, &reads(60 * hour, &[("MA_A", a), ("MA_B", b), ("MA_C", c)])).await;
            }
            let (levels, zone, now) = ([Decimal::from(20)], Tz::Asia__Kolkata, at(60 * 384));
            let whole = store.history().await.unwrap();
            let dropped = store.thin(&levels, zone, now).await.unwrap();
            let thinned = store.history().await.unwrap();
            assert!(dropped > 0);
            assert_eq!(store.thin(&levels, zone, now).await.unwrap(), 0, "a day is thinned once");
            assert_eq!(whole.samples.len() - dropped, thinned.samples.len());
            assert_eq!((&whole.polls, &whole.wallets), (&thinned.polls, &thinned.wallets));
            assert!(thinned.samples.iter().all(|sample| whole.samples.contains(sample)));
            let old = |history: &History| {
                let day = |sample: &Sample| sample.at.with_timezone(&zone).date_naive();
                let first_whole = (now - TimeDelta::days(14)).with_timezone(&zone).date_naive();
                let samples = history.samples.iter().filter(|sample| day(sample) >= first_whole).count();
                (samples, lowest(history, zone), sides(history))
            };
            assert_eq!(old(&whole), old(&thinned));
        });
    }
}

/// The lowest balance of each wallet and day.
fn lowest(history: &History, zone: Tz) -> std::collections::BTreeMap<(u32, chrono::NaiveDate), Decimal> {
    let mut lowest = std::collections::BTreeMap::new();
    for sample in &history.samples {
        let Some(balance) = sample.balance else { continue };
        let day = lowest.entry((sample.wallet, sample.at.with_timezone(&zone).date_naive())).or_insert(balance);
        *day = balance.min(*day);
    }
    lowest
}

/// At each poll, which wallets are below the level, and which were not read.
fn sides(history: &History) -> Vec<[(bool, bool); 3]> {
    let mut last = [false; 3];
    let sides = history.sweeps().map(|sweep| {
        let mut unread = [false; 3];
        for sample in sweep.samples {
            let wallet = sample.wallet as usize;
            unread[wallet] = sample.balance.is_none();
            last[wallet] = sample.balance.map_or(last[wallet], |balance| balance < Decimal::from(20));
        }
        [0, 1, 2].map(|wallet| (last[wallet], unread[wallet]))
    });
    sides.collect()
}
