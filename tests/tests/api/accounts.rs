//! `GET /accounts`, one of them, and its wallet.

use futures::TryStreamExt as _;
use rust_decimal::Decimal;
use vobiz_core::ErrorKind;
use vobiz_core::accounts::{Account, count_below};
use vobiz_sandbox::Fault;

use crate::stand::{Stand, decimal, recorded, world};

#[tokio::test]
async fn an_id_that_nobody_has_is_not_found_and_an_empty_one_is_not_sent() {
    let Stand { client, sandbox: _sandbox } = world(3).await;
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
    let Stand { sandbox, client } = world(250).await;
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
    let Stand { sandbox, client } = world(20).await;
    let accounts = client.accounts().all().await.unwrap();
    let low = sandbox.wallets().iter().filter(|wallet| wallet.balance < Decimal::from(2000)).count();
    assert_eq!(count_below(&accounts, Decimal::from(2000)), low);
    let one = &accounts[0];
    assert_eq!(client.balance(&one.auth_id).await.unwrap().balance, one.balance);
    assert_eq!(client.account(&one.auth_id).await.unwrap().currency(), Some("INR"));
}

#[tokio::test]
async fn the_recorded_accounts_are_read() {
    let Stand { client, sandbox: _sandbox } = recorded(&[]).await;
    let accounts = client.accounts().all().await.unwrap();
    let rows: Vec<_> = accounts.iter().map(|account| (account.auth_id.as_str(), account.balance.unwrap())).collect();
    assert_eq!(rows, [("MA_XXXXXXXX", decimal("1300.00000")), ("MA_YYYYYYYY", decimal("1107.00000"))]);
    let tier = accounts[0].pricing_tier.as_ref().unwrap();
    assert_eq!((tier.rate_per_minute, tier.did_release_fee), (Some(decimal("0.45")), Some(decimal("700"))));
    let account = client.account("MA_XXXXXXXX").await.unwrap();
    assert_eq!((account.currency(), account.balance), (Some("INR"), Some(decimal("1300"))));
    let wallet = client.balance("MA_XXXXXXXX").await.unwrap();
    assert_eq!((wallet.currency.as_deref(), wallet.balance.is_some(), wallet.updated_at.is_some()), (Some("INR"), true, true));
}

#[tokio::test]
async fn a_wallet_that_reads_zero_once_is_read_as_sent_and_right_the_next_time() {
    let stand = world(3).await;
    let id = stand.customer(0);
    stand.fault(Fault { zero_wallet: Some(id.clone()), times: Some(1), ..Fault::default() });
    assert_eq!(stand.client.balance(&id).await.unwrap().balance, Some(Decimal::ZERO));
    assert_eq!(stand.client.balance(&id).await.unwrap().balance, Some(stand.wallet(&id)));
}

/// The only account of a list whose only row is `row`.
async fn one(stand: &Stand, row: &str) -> Account {
    stand.answer(200, &format!(r#"{{"accounts":[{row}],"total":1,"page":1,"size":100}}"#));
    stand.client.accounts().all().await.unwrap().remove(0)
}

#[tokio::test]
async fn rows_of_every_generation_are_read() {
    type Holds = fn(&Account) -> bool;
    let stand = world(1).await;
    let cases: [(&str, &str, Holds); 12] = [
        ("C9", r#"{"auth_id":"MA_X","brand_new":{"field":1}}"#, |row| row.name.is_none() && row.balance.is_none()),
        ("C30", r#"{"auth_id":"MA_X","cash_credits":"1300.00000"}"#, |row| row.balance == Some(Decimal::from(1300))),
        ("C30", r#"{"auth_id":"MA_X","balance":1300}"#, |row| row.balance == Some(Decimal::from(1300))),
        ("C31", r#"{"auth_id":"MA_X","is_active":true,"enabled":false}"#, |row| !row.is_in_use()),
        ("C31", r#"{"auth_id":"MA_X","status":"suspended"}"#, |row| !row.is_in_use()),
        ("C31", r#"{"auth_id":"MA_X","status":"active"}"#, Account::is_in_use),
        ("C32", r#"{"auth_id":"MA_X","currency":"USD","pricing_tier":{"currency":"INR"}}"#, |row| row.currency() == Some("INR")),
        ("C36", r#"{"auth_id":"MA_X","phone":9876543210}"#, |row| row.phone.as_deref() == Some("9876543210")),
        ("C39", r#"{"auth_id":"MA_X","id":"500000"}"#, |row| row.id.as_deref() == Some("500000")),
        ("C39", r#"{"auth_id":"MA_X","id":500000}"#, |row| row.id.as_deref() == Some("500000")),
        ("C40", r#"{"auth_id":"MA_X","created_at":"2026-02-06T06:50:07.722963+00:00"}"#, |row| {
            row.created_at.is_some_and(|at| at.timestamp_subsec_micros() == 722_963)
        }),
        ("C40", r#"{"auth_id":"MA_X","created_at":"2026-03-20T05:58:46Z"}"#, |row| row.created_at.is_some()),
    ];
    for (number, row, holds) in cases {
        let account = one(&stand, row).await;
        assert!(holds(&account), "{number} {row}: {account:?}");
    }
}

#[tokio::test]
async fn no_secret_of_a_customer_is_decoded() {
    // C33
    let stand = world(1).await;
    let account = one(&stand, r#"{"auth_id":"MA_X","auth_token":"customer-SECRET"}"#).await;
    let json = serde_json::to_string(&account).unwrap();
    assert!(!format!("{account:?}{json}").contains("SECRET"));
}

#[tokio::test]
async fn a_single_account_lacks_half_of_a_row_and_is_read() {
    // C34
    let Stand { client, sandbox: _sandbox } = recorded(&[]).await;
    let tier = client.account("MA_XXXXXXXX").await.unwrap().into_inner().pricing_tier.unwrap();
    assert_eq!((tier.rate_per_minute, tier.recording_rate_per_minute), (Some(decimal("0.45")), None));
}

#[tokio::test]
async fn a_wallet_is_read_under_both_names() {
    let stand = world(1).await;
    for (number, body) in [
        ("C35", r#"{"auth_id":"MA_X","cash_credits":"12.50000","currency":"INR","updated_at":"2026-05-07T07:51:50Z"}"#),
        ("C35", r#"{"auth_id":"MA_X","balance":12.5,"currency":"INR","last_updated":"2026-05-07T07:51:50Z"}"#),
    ] {
        stand.answer(200, body);
        let wallet = stand.client.balance("MA_X").await.unwrap();
        assert_eq!((wallet.balance, wallet.updated_at.is_some()), (Some(decimal("12.5")), true), "{number} {body}");
    }
}

#[tokio::test]
async fn a_page_that_ignores_the_search_is_searched_here() {
    // C56
    let stand = world(1).await;
    stand.answer(
        200,
        r#"{"accounts":[{"auth_id":"MA_1","name":"Asha"},{"auth_id":"MA_2","name":"Ravi"}],"total":2,"page":1,"size":100}"#,
    );
    for found in [
        stand.client.accounts().search("ASHA").page(1).await.unwrap().items,
        stand.client.accounts().search("ASHA").all().await.unwrap(),
    ] {
        assert_eq!(found.into_iter().map(|account| account.auth_id).collect::<Vec<_>>(), ["MA_1"]);
    }
}
