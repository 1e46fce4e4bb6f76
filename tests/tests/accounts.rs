//! The list of customers and their wallets, over HTTP.

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without ends it")]

use futures::TryStreamExt as _;
use rust_decimal::Decimal;
use vobiz_core::accounts::count_below;
use vobiz_core::{ErrorKind, PartnerClient};
use vobiz_sandbox::{Options, Sandbox};

async fn world(customers: usize) -> (Sandbox, PartnerClient) {
    let sandbox = Sandbox::start(Options { customers, seed: 5, ..Options::default() }).await.unwrap();
    let client = PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token()).base_url(sandbox.base_url()).rate(0, 0);
    (sandbox, client.build().unwrap())
}

#[tokio::test]
async fn an_id_that_nobody_has_is_not_found_and_an_empty_one_is_not_sent() {
    let (_sandbox, client) = world(3).await;
    assert_eq!(client.balance("MA_NOBODY").await.unwrap_err().kind(), ErrorKind::NotFound);
    let error = client.balance("").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Invalid, "read balance: the id is empty; customer ids look like MA_XXXXXXXX")
    );
    let climbing = client.account("../me").await.unwrap_err();
    assert_eq!(climbing.kind(), ErrorKind::NotFound, "a path in an id stays one segment");
}

#[tokio::test]
async fn every_customer_comes_once_over_several_pages() {
    let (sandbox, client) = world(250).await;
    let mut streamed: Vec<_> =
        client.accounts().stream().map_ok(|account| (account.auth_id, account.balance)).try_collect().await.unwrap();
    let mut expected: Vec<_> = sandbox.wallets().into_iter().map(|wallet| (wallet.auth_id, Some(wallet.balance))).collect();
    assert_eq!(client.accounts().page(3).await.unwrap().items.len(), 50);
    streamed.sort();
    expected.sort();
    assert_eq!(streamed, expected);
}

#[tokio::test]
async fn wallets_below_a_level_are_counted_exactly() {
    let (sandbox, client) = world(20).await;
    let accounts = client.accounts().all().await.unwrap();
    let low = sandbox.wallets().iter().filter(|wallet| wallet.balance < Decimal::from(2000)).count();
    assert_eq!(count_below(&accounts, Decimal::from(2000)), low);
    let one = &accounts[0];
    assert_eq!(client.balance(&one.auth_id).await.unwrap().balance, one.balance);
    assert_eq!(client.account(&one.auth_id).await.unwrap().currency(), Some("INR"));
}
