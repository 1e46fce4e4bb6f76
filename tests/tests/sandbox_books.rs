//! Worlds whose books are hard to close, and wallets that are too empty for a call, as a client sees them.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

use std::time::Duration;

use rust_decimal::Decimal;
use vobiz_core::{DateRange, PartnerClient};
use vobiz_sandbox::{Books, Options, Sandbox, Wallet};

async fn start(books: Books) -> (Sandbox, PartnerClient) {
    let sandbox = Sandbox::start(Options { customers: 20, books, ..Options::default() }).await.expect("the sandbox starts");
    let builder = PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token()).base_url(sandbox.base_url());
    let client = builder.rate(0, 0).build().expect("the credentials are good");
    (sandbox, client)
}

#[tokio::test]
async fn a_wallet_below_the_price_of_a_call_is_known_as_blocked_until_it_is_topped_up() {
    let (sandbox, _) = start(Books::default()).await;
    let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
    let at_nine = sandbox.wallets();
    sandbox.clock().advance(minutes(60));
    // It calls at this hour, and decides about its wallet at the end of the next.
    let calls = |(before, after): &(Wallet, Wallet)| before.balance > after.balance && after.balance > Decimal::from(3_000);
    let (_, busy) = at_nine.into_iter().zip(sandbox.wallets()).find(calls).expect("one");
    assert_eq!(busy.blocked_since, None);
    sandbox.set_wallet(&busy.auth_id, Decimal::new(98, 2)).expect("it is there");
    let before = sandbox.clock().now();
    sandbox.clock().advance(minutes(50));
    let now =
        |sandbox: &Sandbox| sandbox.wallets().into_iter().find(|wallet| wallet.auth_id == busy.auth_id).expect("it is there");
    let blocked = now(&sandbox);
    assert_eq!(blocked.balance, Decimal::new(98, 2), "no call was let through");
    assert!(blocked.blocked_since.is_some_and(|since| since > before && since < sandbox.clock().now()), "{blocked:?}");
    sandbox.top_up(&busy.auth_id, Decimal::from(1_000)).expect("it is there");
    assert_eq!(now(&sandbox).blocked_since, None);
}

#[tokio::test]
async fn every_ledger_adds_up_to_its_wallet_whatever_is_late_or_given_back() {
    let books = Books { late_rows: false, ..Books::ALL };
    let (sandbox, client) = start(books).await;
    let mut currencies = Vec::new();
    for wallet in sandbox.wallets() {
        let ledger = || client.transactions(&wallet.auth_id);
        let summary = ledger().summary().await.expect("a ledger").expect("it has a summary");
        assert_eq!(summary.net_amount, Some(wallet.balance), "{wallet:?}");
        let page = ledger().page(1).await.expect("a ledger");
        assert!(page.items.iter().all(|row| row.currency.as_deref() == Some(wallet.currency)), "{wallet:?}");
        currencies.push(wallet.currency);
    }
    assert!(currencies.contains(&"USD") && currencies.contains(&"INR"));
    let refunds = client.all_transactions().transaction_type("refund").page(1).await.expect("a ledger");
    assert!(!refunds.items.is_empty());
}

#[tokio::test]
async fn late_rows_are_missing_from_today_and_from_no_earlier_day() {
    let (sandbox, client) = start(Books { late_rows: true, ..Books::default() }).await;
    sandbox.clock().advance(Duration::from_hours(9));
    let today = sandbox.clock().now().date_naive();
    let yesterday = today.pred_opt().expect("a date");
    let report = client.analytics(DateRange::between(yesterday, today)).await.expect("a report");
    let mut counts = Vec::new();
    for date in [yesterday, today] {
        let records = client.all_cdrs().between(DateRange::between(date, date)).summary().await.expect("call records");
        let day = report.time_series.iter().find(|day| day.date == date).expect("a day");
        counts.push((records.and_then(|summary| summary.total_calls), day.total_calls));
    }
    assert_eq!(counts[0].0, counts[0].1);
    assert!(counts[1].0 < counts[1].1, "{counts:?}");
}
