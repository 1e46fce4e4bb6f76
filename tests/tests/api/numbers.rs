//! Telephone numbers: of one customer, and of all.

use rust_decimal::Decimal;
use vobiz_core::ErrorKind;
use vobiz_core::numbers::Number;

use crate::stand::{Stand, recorded, world};
use crate::witness::Witness;

#[tokio::test]
async fn numbers_of_nobody_are_not_found() {
    let stand = world(1).await;
    assert_eq!(stand.client.numbers("MA_NOBODY").all().await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn the_numbers_of_all_customers_are_those_of_each() {
    let stand = world(8).await;
    let all = stand.client.all_numbers().all().await.unwrap();
    let mut each = 0;
    for place in 0..8 {
        let id = stand.customer(place);
        let numbers = stand.client.numbers(&id).all().await.unwrap();
        assert!(numbers.iter().all(|number| number.account_id.as_deref() == Some(&*id)));
        each += numbers.len();
    }
    assert_eq!(all.len(), each);
    let digits = &all[0].e164[4..];
    let found = stand.client.all_numbers().search(digits).all().await.unwrap();
    assert!(!found.is_empty() && found.iter().all(|number| number.e164.contains(digits)));
}

#[tokio::test]
async fn the_recorded_numbers_are_read_in_every_field() {
    let Stand { client, sandbox: _sandbox } = recorded(&[]).await;
    let numbers = client.numbers("MA_XXXXXXXX").all().await.unwrap();
    let number = &numbers[0];
    assert_eq!((number.e164.as_str(), number.application_id.as_deref()), ("+918012345678", Some("20577609616603585")));
    assert_eq!((number.provider.as_deref(), number.tags.len()), (Some(""), 0));
    assert_eq!((number.aadhaar_verified, number.aadhaar_verification_required), (Some(false), Some(false)));
    assert!(number.next_billing_date.is_some() && number.expires_at.is_none());
    assert!(client.all_numbers().all().await.unwrap().iter().any(|number| number.application_id.is_none()));
}

#[tokio::test]
async fn rows_of_every_generation_are_read() {
    type Holds = fn(&Number) -> bool;
    let stand = world(1).await;
    let cases: [(&str, &str, Holds); 8] = [
        ("C76", r#"{"number":"+911","monthly_cost":200,"assigned_at":"2026-01-01T00:00:00Z","account_auth_id":"MA_X"}"#, |row| {
            row.e164 == "+911"
                && row.monthly_fee == Some(200.into())
                && row.purchased_at.is_some()
                && row.account_id.as_deref() == Some("MA_X")
        }),
        ("C77", r#"{"e164":"+911","next_billing_date":"2026-04-25T06:58:38Z"}"#, |row| {
            row.next_billing_date.is_some() && row.expires_at.is_none()
        }),
        ("C77", r#"{"e164":"+911","expires_at":"2026-04-25T06:58:38Z"}"#, |row| row.expires_at.is_some()),
        ("C79", r#"{"e164":"+911","application_id":"31985999331899218"}"#, digits),
        ("C79", r#"{"e164":"+911","application_id":31985999331899218}"#, digits),
        ("C79", r#"{"e164":"+911","application_id":null}"#, |row| row.application_id.is_none()),
        ("C81", r#"{"e164":"+911","monthly_fee":300,"setup_fee":100}"#, |row| row.monthly_fee == Some(300.into())),
        ("C81", r#"{"e164":"+911","monthly_fee":299.50}"#, |row| row.monthly_fee == Some(Decimal::new(29_950, 2))),
    ];
    for (number, row, holds) in cases {
        for (envelope, body) in [
            ("C75", format!(r#"{{"items":[{row}],"page":1,"per_page":100,"total":1}}"#)),
            ("C75", format!(r#"{{"data":[{row}],"meta":{{"page":1,"per_page":100,"total":1}}}}"#)),
        ] {
            stand.answer(200, &body);
            let rows = stand.client.all_numbers().all().await.unwrap();
            assert!(holds(&rows[0]), "{number} {envelope} {body}: {rows:?}");
        }
    }
}

fn digits(row: &Number) -> bool {
    row.application_id.as_deref() == Some("31985999331899218")
}

#[tokio::test]
async fn numbers_are_asked_for_by_what_every_document_has() {
    // C80
    let witness = Witness::answering(r#"{"items":[]}"#).await;
    witness.client().numbers("MA_X").search("98").page(1).await.unwrap();
    assert_eq!(witness.lines(), ["GET /accounts/MA_X/numbers?page=1&per_page=100&search=98"]);
}
