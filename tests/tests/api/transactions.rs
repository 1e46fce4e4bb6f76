//! `GET /accounts/{id}/transactions` and `GET /transactions`

use rust_decimal::Decimal;
use vobiz_core::transactions::{Direction, Transaction};
use vobiz_core::{DateRange, ErrorKind};
use vobiz_sandbox::Fault;

use crate::stand::{Stand, decimal, recorded, world};
use crate::witness::Witness;

fn days(from: &str, to: &str) -> DateRange {
    DateRange::between(from.parse().unwrap(), to.parse().unwrap())
}

#[tokio::test]
async fn a_ledger_of_nobody_is_not_found() {
    let stand = world(1).await;
    assert_eq!(stand.client.transactions("MA_NOBODY").all().await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn the_ledger_of_a_customer_adds_up_to_its_wallet() {
    let stand = world(3).await;
    let id = stand.customer(0);
    let rows = stand.client.transactions(&id).all().await.unwrap();
    let sum: Decimal = rows
        .iter()
        .map(|row| if row.direction() == Some(Direction::Credit) { row.amount.unwrap() } else { -row.amount.unwrap() })
        .sum();
    assert_eq!(sum, stand.wallet(&id));
    assert!(rows.windows(2).all(|pair| pair[0].created_at >= pair[1].created_at), "newest first");
    let summary = stand.client.transactions(&id).summary().await.unwrap().unwrap();
    assert_eq!((summary.net_amount, summary.total_transactions), (Some(sum), Some(rows.len() as u64)));
}

#[tokio::test]
async fn the_ledger_of_all_customers_is_those_of_each() {
    let stand = world(3).await;
    let range = days("2026-05-10", "2026-05-11");
    let mut all: Vec<_> =
        stand.client.all_transactions().between(range).all().await.unwrap().into_iter().map(|row| row.id).collect();
    let mut each = Vec::new();
    for place in 0..3 {
        let rows = stand.client.transactions(stand.customer(place)).between(range).all().await.unwrap();
        each.extend(rows.into_iter().map(|row| row.id));
    }
    all.sort();
    each.sort();
    assert_eq!(all, each);
    let one = stand.client.all_transactions().account(stand.customer(1)).between(range).all().await.unwrap();
    assert!(!one.is_empty() && one.iter().all(|row| row.account_id.as_deref() == Some(&*stand.customer(1))));
}

#[tokio::test]
async fn the_recorded_ledgers_are_read() {
    let Stand { client, sandbox: _sandbox } = recorded(&[]).await;
    let rows = client.transactions("MA_XXXXXXXX").all().await.unwrap();
    assert_eq!(rows.iter().filter_map(|row| row.amount).sum::<Decimal>(), Decimal::from(1_300));
    assert_eq!(client.transactions("MA_XXXXXXXX").summary().await.unwrap().unwrap().total_credit, Some(Decimal::from(1_300)));
    assert!(!client.all_transactions().all().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_global_ledger_that_is_not_there_becomes_a_walk_over_the_customers() {
    // C53
    let stand = world(3).await;
    let range = days("2026-05-11", "2026-05-11");
    let mut whole: Vec<_> =
        stand.client.all_transactions().between(range).all().await.unwrap().into_iter().map(|row| row.id).collect();
    whole.sort();
    for status in [403, 404, 501] {
        stand.fault(Fault { operation: Some("GET /transactions".into()), status: Some(status), ..Fault::default() });
        let rows = stand.client.all_transactions().between(range).all().await.unwrap();
        let mut walked: Vec<_> = rows.into_iter().map(|row| row.id).collect();
        walked.sort();
        assert_eq!(walked, whole, "{status}");
        let nobody = stand.client.all_transactions().account("MA_NOBODY").all().await.unwrap_err();
        assert_eq!(nobody.kind(), ErrorKind::NotFound, "{status}");
    }
}

#[tokio::test]
async fn rows_of_every_generation_are_read() {
    type Holds = fn(&Transaction) -> bool;
    let stand = world(1).await;
    let cases: [(&str, &str, Holds); 11] = [
        ("C49", r#"{"id":"1","type":"did_rental","amount":300}"#, |row| {
            row.transaction_type.as_deref() == Some("did_rental") && row.direction().is_none()
        }),
        ("C49", r#"{"id":"1","type":"adjustment","amount":-3}"#, |row| row.direction() == Some(Direction::Debit)),
        ("C49", r#"{"id":"1","type":"recharge","amount":3}"#, |row| row.direction() == Some(Direction::Credit)),
        ("C50", r#"{"id":"1","type":"debit","amount":0.08}"#, |row| row.amount == Some(decimal("0.08"))),
        ("C50", r#"{"id":"1","type":"debit","amount":"0.90000"}"#, |row| row.amount == Some(decimal("0.9"))),
        ("C50", r#"{"id":"1","amount":-12.5}"#, |row| {
            row.amount == Some(decimal("-12.5")) && row.direction() == Some(Direction::Debit)
        }),
        ("C51", r#"{"id":"1","amount":1}"#, |row| row.reference_type.is_none()),
        ("C51", r#"{"id":"1","amount":1,"reference_type":"cdr"}"#, |row| row.reference_type.as_deref() == Some("cdr")),
        ("C52", r#"{"id":"1","amount":1,"balance_before":1,"balance_after":{"odd":1},"initiated_by":null}"#, |row| {
            row.amount.is_some()
        }),
        ("C54", r#"{"id":"1","amount":1,"reference":null}"#, |row| row.reference.is_none()),
        ("C54", r#"{"id":"1","amount":1}"#, |row| row.reference.is_none()),
    ];
    for (number, row, holds) in cases {
        stand.answer(200, &format!(r#"{{"transactions":[{row}],"total":1,"total_pages":1}}"#));
        let rows = stand.client.transactions("MA_X").all().await.unwrap();
        assert!(holds(&rows[0]), "{number} {row}: {rows:?}");
    }
}

#[tokio::test]
async fn sums_of_zero_beside_rows_are_no_sums() {
    let stand = world(1).await;
    let body = |total: u32, debit: u32| {
        format!(r#"{{"transactions":[],"total":{total},"summary":{{"total_debit":{debit},"total_credit":0,"net_amount":0}}}}"#)
    };
    for (number, body, known) in [("C55", body(3, 0), false), ("C55", body(0, 0), true), ("C55", body(3, 7), true)] {
        stand.answer(200, &body);
        assert_eq!(stand.client.transactions("MA_X").summary().await.unwrap().is_some(), known, "{number} {body}");
    }
}

#[tokio::test]
async fn filters_are_never_taken_as_applied() {
    let stand = world(1).await;
    let rows = r#"{"transactions":[
        {"id":"1","account_id":"MA_X","type":"credit","amount":1,"created_at":"2026-05-12T03:30:00Z"},
        {"id":"2","account_id":"MA_X","type":"debit","amount":1,"created_at":"2026-05-12T03:30:00Z"},
        {"id":"3","account_id":"MA_Y","type":"credit","amount":1,"created_at":"2026-05-12T03:30:00Z"},
        {"id":"4","account_id":"MA_X","type":"credit","amount":1,"created_at":"2026-01-12T03:30:00Z"}],"total":4,"total_pages":1}"#;
    stand.answer(200, rows);
    let list =
        stand.client.all_transactions().account("MA_X").transaction_type("transfer").between(days("2026-05-12", "2026-05-12"));
    for (number, found) in [("C56", list.page(1).await.unwrap().items), ("C56", list.clone().all().await.unwrap())] {
        assert_eq!(found.into_iter().map(|row| row.id).collect::<Vec<_>>(), ["1"], "{number}");
    }
}

#[tokio::test]
async fn a_ledger_is_asked_by_its_own_names() {
    // C57, C48
    let witness = Witness::answering(r#"{"transactions":[]}"#).await;
    let client = witness.client();
    client.transactions("MA_X").between(days("2026-05-01", "2026-05-31")).transaction_type("refund").page(2).await.unwrap();
    client.all_transactions().account("MA_X").search("rent").page(1).await.unwrap();
    assert_eq!(
        witness.lines(),
        [
            "GET /accounts/MA_X/transactions?page=2&per_page=100&transaction_type=refund&from_date=2026-05-01&to_date=2026-05-31",
            "GET /transactions?account=MA_X&search=rent&page=1&per_page=100",
        ]
    );
}
