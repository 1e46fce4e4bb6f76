//! A month of a sandbox, closed by the client, against the sandbox's own wallets.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

use chrono_tz::Tz;
use rust_decimal::Decimal;
use vobiz_core::billing::{Check, Extent, Item, Month, Period, Reason, Source, Terms, Wanted};
use vobiz_core::{ErrorKind, PartnerClient};
use vobiz_sandbox::{Books, Options, Permissions, Sandbox};

async fn start(customers: usize, books: Books, permissions: Permissions) -> (Sandbox, PartnerClient) {
    // The second of May: little of the ledger is newer than April.
    let start = "2026-05-02T03:30:00Z".parse().ok();
    let options = Options { customers, books, permissions, start, ..Options::default() };
    let sandbox = Sandbox::start(options).await.expect("the sandbox starts");
    let builder = PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token()).base_url(sandbox.base_url());
    let client = builder.rate(0, 0).build().expect("the credentials are good");
    (sandbox, client)
}

async fn april(sandbox: &Sandbox, client: &PartnerClient, zone: Tz) -> Month {
    let period = Period::month("2026-04", zone).expect("a month");
    client.close_month(period, Wanted::default(), sandbox.clock().now()).await.expect("it can be read")
}

#[tokio::test]
async fn an_easy_month_is_closed_without_a_difference_and_ends_in_the_wallets_of_the_sandbox() {
    let (sandbox, client) = start(3, Books::default(), Permissions::default()).await;
    let month = april(&sandbox, &client, Tz::Asia__Kolkata).await;
    assert_eq!(month.differences, []);
    assert!(month.complete, "{:?}", month.coverage);
    for wallet in sandbox.wallets() {
        let own = month.statements.iter().find(|one| one.auth_id == wallet.auth_id).expect("a statement");
        assert_eq!(own.opening.expect("an opening") + own.net().expect("a sum"), own.closing.expect("a closing"));
    }
    let invoiced: Decimal = month.invoices(&Terms::default()).expect("exact invoices").iter().map(|invoice| invoice.net).sum();
    let charged: Decimal = month.lines.iter().filter(|line| line.item != Item::TopUp).map(|line| line.amount).sum();
    assert_eq!(invoiced, charged);
    assert!(charged > Decimal::ZERO);
}

#[tokio::test]
async fn a_hard_month_has_the_differences_that_it_should_have_and_no_others() {
    let books = Books { utc_days: false, ..Books::ALL };
    let (sandbox, client) = start(7, books, Permissions::default()).await;
    let month = april(&sandbox, &client, Tz::Asia__Kolkata).await;
    let edges: Vec<_> = month.differences.iter().filter(|found| found.check == Check::Call).collect();
    assert!(!edges.is_empty());
    for found in edges {
        let day = found.day.expect("calls have days").to_string();
        assert!(found.reason == Reason::PricedLater && ["2026-03-31", "2026-04-30"].contains(&day.as_str()), "{found}");
    }
    let others: Vec<_> = month.differences.iter().filter(|found| found.check != Check::Call).collect();
    assert!(!others.is_empty() && others.iter().all(|found| found.reason == Reason::FeeChanged), "{others:#?}");
    assert!(month.statements.iter().any(|one| one.currency.as_deref() == Some("USD") && one.closing.is_some()));
    assert!(month.statements.iter().filter(|one| one.name.is_some()).all(|one| one.closing.is_some()));
    assert!(month.statements.iter().any(|one| one.refunds > Decimal::ZERO));
}

#[tokio::test]
async fn days_cut_in_utc_are_named_where_days_of_india_are_asked_for() {
    // Few customers call while the days of the two zones differ.
    let (sandbox, client) = start(7, Books { utc_days: true, ..Books::default() }, Permissions::default()).await;
    let month = april(&sandbox, &client, Tz::Asia__Kolkata).await;
    let days = month.differences.iter().filter(|found| found.check == Check::Cost && found.day.is_some()).count();
    assert_eq!(days, 30);
    let analytics = month.differences.iter().filter(|found| found.first_source == Source::Analytics);
    assert!(analytics.clone().count() > 30 && analytics.clone().all(|found| found.reason == Reason::OtherZone));
    assert_eq!(april(&sandbox, &client, Tz::UTC).await.differences, []);
}

#[tokio::test]
async fn without_call_records_usage_comes_from_the_ledger_and_that_is_stated() {
    let permissions = Permissions { can_view_cdrs: false, ..Permissions::default() };
    let (sandbox, client) = start(3, Books::default(), permissions).await;
    let month = april(&sandbox, &client, Tz::Asia__Kolkata).await;
    let part = month.coverage.iter().find(|part| part.source == Source::CallRecords).expect("it was asked for");
    assert_eq!((part.extent, month.complete), (Extent::Nothing, false));
    assert!(part.detail.contains("403"), "{}", part.detail);
    assert_eq!(month.differences, []);
    assert!(!month.lines.is_empty() && month.lines.iter().all(|line| line.product.is_none()));
}

#[tokio::test]
async fn a_month_that_still_runs_is_not_complete_and_refused_credentials_are_an_error() {
    let (sandbox, client) = start(3, Books::default(), Permissions::default()).await;
    let may = Period::month("2026-05", Tz::Asia__Kolkata).expect("a month");
    let wanted = Wanted { calls: false, balances: false };
    let month = client.close_month(may, wanted, sandbox.clock().now()).await.expect("it can be read");
    assert!(!month.complete && month.statements.iter().all(|one| one.closing.is_none()));
    let stranger = PartnerClient::builder("PA_NOBODY", "wrong").base_url(sandbox.base_url()).build().expect("a client");
    let error = stranger.close_month(may, wanted, sandbox.clock().now()).await.expect_err("nobody");
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
}
