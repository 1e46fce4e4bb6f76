//! `POST /accounts/{id}/transfer-balance`, and what became of a transfer whose answer was lost.

use std::time::Duration;

use chrono::TimeDelta;
use rust_decimal::Decimal;
use vobiz_core::ErrorKind;
use vobiz_core::transactions::Direction;
use vobiz_core::transfer::{TransferAttempt, TransferOutcome};
use vobiz_sandbox::{Fault, Permissions, Spoilt};

use crate::stand::{Stand, decimal, recorded, world};
use crate::witness::Witness;

const OPERATION: &str = "POST /accounts/{id}/transfer-balance";

#[tokio::test]
async fn what_is_wrong_with_a_transfer_is_reported_and_no_money_moves() {
    let stand = world(2).await;
    let (id, before) = (stand.customer(0), stand.client.me().await.unwrap().balance.unwrap());
    for (amount, currency) in [("0", "INR"), ("-5", "INR"), ("0.000001", "INR"), ("5", "USD"), ("5", "")] {
        let error = stand.client.transfer(&id, decimal(amount), currency).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{amount} {currency}");
    }
    let error = stand.client.transfer("MA_NOBODY", Decimal::ONE, "INR").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = stand.client.transfer(&id, before + Decimal::ONE, "INR").send().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Rejected, Some("insufficient_balance")));
    stand.sandbox.permit(Permissions { can_transfer_balance: false, ..Permissions::default() });
    let error = stand.client.transfer(&id, Decimal::ONE, "INR").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(error.to_string().contains("can_transfer_balance"), "{error}");
    assert_eq!(stand.client.me().await.unwrap().balance, Some(before));
}

#[tokio::test]
async fn a_transfer_moves_money_between_both_wallets_and_into_the_ledger() {
    let stand = world(2).await;
    let id = stand.customer(0);
    let (partner, customer) = (stand.client.me().await.unwrap().balance.unwrap(), stand.wallet(&id));
    let amount = decimal("500.10");
    let done = stand.client.transfer(&id, amount, "INR").description("May").send().await.unwrap();
    assert_eq!((done.amount, done.status.as_deref()), (Some(amount), Some("completed")));
    assert_eq!((done.partner_balance_after, done.customer_balance_after), (Some(partner - amount), Some(customer + amount)));
    assert_eq!((stand.client.me().await.unwrap().balance, stand.wallet(&id)), (Some(partner - amount), customer + amount));
    let row = stand.client.transactions(&id).page(1).await.unwrap().items.remove(0);
    assert_eq!((row.amount, row.direction()), (Some(amount), Some(Direction::Credit)));
    assert!(row.description.unwrap().ends_with(": May") && row.reference.unwrap().starts_with("ptc:"));
}

#[tokio::test]
async fn the_recorded_transfer_is_read() {
    let stand = recorded(&[]).await;
    let done = stand.client.transfer("MA_XXXXXXXX", Decimal::from(500), "INR").send().await.unwrap();
    assert_eq!((done.partner_balance_after, done.currency.as_deref()), (Some(decimal("47750.00")), Some("INR")));
    let stand = recorded(&[("transfer_balance", "transfer_insufficient")]).await;
    let error = stand.client.transfer("MA_XXXXXXXX", Decimal::from(500), "INR").send().await.unwrap_err();
    assert_eq!((error.status(), error.code()), (Some(400), Some("insufficient_balance")));
}

/// A transfer of ten rupees whose answer is lost as `fault` says.
async fn lost(stand: &Stand, fault: Fault) -> TransferAttempt {
    stand.fault(Fault { operation: Some(OPERATION.into()), ..fault });
    let request = stand.client.transfer(stand.customer(0), Decimal::TEN, "INR").at(stand.sandbox.clock().now());
    let error = request.send().await.unwrap_err();
    assert_eq!((error.kind(), stand.struck()), (ErrorKind::OutcomeUnknown, 1), "{error}");
    stand.sandbox.faults().clear();
    TransferAttempt::of(&error).unwrap().clone()
}

#[tokio::test]
async fn a_lost_answer_of_a_transfer_that_was_made_is_found_out_by_reading() {
    // C44: by customer, amount, time and reference. C45: the partner's own ledger cannot be read.
    for fault in [
        Fault { drop: true, after: true, ..Fault::default() },
        Fault { status: Some(504), after: true, ..Fault::default() },
        Fault { body: Some(Spoilt::Truncated), ..Fault::default() },
        Fault { body: Some(Spoilt::Html), ..Fault::default() },
    ] {
        let stand = world(2).await;
        let (partner, customer) = (stand.client.me().await.unwrap().balance.unwrap(), stand.wallet(&stand.customer(0)));
        let attempt = lost(&stand, fault.clone()).await;
        assert_eq!(attempt.partner_balance_before, Some(partner));
        let outcome = stand.client.transfer_outcome(&attempt, stand.sandbox.clock().now()).await.unwrap();
        let TransferOutcome::Done(row) = outcome else { panic!("{fault:?}: {outcome:?}") };
        assert_eq!((row.amount, row.direction()), (Some(Decimal::TEN), Some(Direction::Credit)));
        assert_eq!(stand.wallet(&stand.customer(0)), customer + Decimal::TEN, "moved once");
        assert_eq!(stand.client.me().await.unwrap().balance, Some(partner - Decimal::TEN));
    }
}

#[tokio::test]
async fn a_transfer_that_was_never_made_is_not_done_once_it_cannot_be_under_way() {
    let stand = world(2).await;
    let attempt = lost(&stand, Fault { drop: true, ..Fault::default() }).await;
    let now = stand.sandbox.clock().now();
    let outcome = stand.client.transfer_outcome(&attempt, now).await.unwrap();
    assert!(matches!(outcome, TransferOutcome::CannotTell(_)), "{outcome:?}");
    stand.sandbox.clock().advance(Duration::from_mins(5));
    let outcome = stand.client.transfer_outcome(&attempt, stand.sandbox.clock().now()).await.unwrap();
    assert_eq!(outcome, TransferOutcome::NotDone);
}

#[tokio::test]
async fn a_ledger_that_is_behind_never_makes_a_transfer_not_done() {
    let stand = world(2).await;
    let started = stand.sandbox.clock().now();
    let before = stand.client.me().await.unwrap().balance;
    let attempt = TransferAttempt { customer: stand.customer(0), amount: Decimal::TEN, started, partner_balance_before: before };
    let ledger = Some("GET /accounts/{id}/transactions".to_owned());
    stand.fault(Fault { operation: ledger, stale: true, ..Fault::default() });
    // Read once before the transfer, the ledger stays as it was then.
    let outcome = stand.client.transfer_outcome(&attempt, started + TimeDelta::minutes(5)).await.unwrap();
    assert_eq!(outcome, TransferOutcome::NotDone);
    stand.client.transfer(&attempt.customer, Decimal::TEN, "INR").send().await.unwrap();
    let outcome = stand.client.transfer_outcome(&attempt, started + TimeDelta::minutes(5)).await.unwrap();
    assert!(matches!(outcome, TransferOutcome::CannotTell(_)), "the partner's wallet says otherwise: {outcome:?}");
}

#[tokio::test]
async fn clocks_that_differ_by_a_minute_never_make_a_transfer_not_done() {
    for (skew_seconds, is_done) in [(60, true), (-60, false)] {
        let stand = world(2).await;
        let attempt = lost(&stand, Fault { drop: true, after: true, ..Fault::default() }).await;
        stand.fault(Fault { skew_seconds, ..Fault::default() });
        let now = attempt.started + TimeDelta::minutes(5);
        let outcome = stand.client.transfer_outcome(&attempt, now).await.unwrap();
        assert_eq!(matches!(outcome, TransferOutcome::Done(_)), is_done, "{skew_seconds}: {outcome:?}");
        assert_ne!(outcome, TransferOutcome::NotDone, "{skew_seconds}");
    }
}

#[tokio::test]
async fn two_transfers_alike_cannot_be_distinguished() {
    let stand = world(2).await;
    let attempt = lost(&stand, Fault { drop: true, after: true, ..Fault::default() }).await;
    stand.client.transfer(stand.customer(0), Decimal::TEN, "INR").send().await.unwrap();
    let outcome = stand.client.transfer_outcome(&attempt, stand.sandbox.clock().now()).await.unwrap();
    assert!(matches!(outcome, TransferOutcome::CannotTell(_)), "{outcome:?}");
}

#[tokio::test]
async fn both_bodies_of_too_small_a_wallet_and_every_other_refusal_are_understood() {
    let stand = world(1).await;
    let flat = r#"{"error":"insufficient_balance","message":"Too little","current_balance":1,"requested_amount":10}"#;
    let nested = r#"{"status":"error","error":{"code":"INSUFFICIENT_BALANCE","message":"Too little","details":{"required":10}}}"#;
    for (number, status, body, kind, code) in [
        ("C41", 400, flat, ErrorKind::Rejected, Some("insufficient_balance")),
        ("C41", 402, nested, ErrorKind::Rejected, Some("INSUFFICIENT_BALANCE")),
        ("C46", 401, "{}", ErrorKind::Unauthorized, None),
        ("C46", 403, "{}", ErrorKind::Forbidden, None),
        ("C46", 404, "{}", ErrorKind::NotFound, None),
    ] {
        stand.sandbox.faults().clear();
        stand.answer_to(OPERATION, status, body);
        let error = stand.client.transfer("MA_X", Decimal::TEN, "INR").send().await.unwrap_err();
        assert_eq!((error.kind(), error.status(), error.code()), (kind, Some(status), code), "{number} {error}");
    }
}

#[tokio::test]
async fn a_transfer_goes_out_with_its_currency_and_no_key_that_promises_anything() {
    // C22: the currency is the dashboard's where the profile has none. C42: no idempotency key is relied on.
    let witness = Witness::answering(
        r#"{"auth_id":"PA_X","balance":"900.00000","total_balance":"1","currency":"INR","transaction_id":"txn_1"}"#,
    )
    .await;
    witness.client().transfer("MA_X", decimal("500.10"), "INR").send().await.unwrap();
    let seen = witness.seen();
    let sent = seen.iter().find(|seen| seen.line == "POST /accounts/MA_X/transfer-balance").unwrap();
    assert_eq!(sent.body, r#"{"amount":500.10,"currency":"INR"}"#);
    assert!(!sent.headers.contains_key("idempotency-key"));
    let unknown = Witness::answering(r#"{"auth_id":"PA_X","total_balance":"1"}"#).await;
    let error = unknown.client().transfer("MA_X", Decimal::ONE, "INR").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid, "C22 {error}");
    assert!(unknown.lines().iter().all(|line| !line.starts_with("POST")), "C22");
}

#[tokio::test]
async fn the_outcome_is_looked_for_without_a_filter_by_type() {
    // C47: a top-up is a `transfer` there, a `recharge` elsewhere and a `credit` in the row.
    let witness = Witness::answering(r#"{"auth_id":"PA_X","id":"P","balance":"900","transactions":[]}"#).await;
    let started = "2026-05-12T03:30:00Z".parse().unwrap();
    let attempt = TransferAttempt { customer: "MA_X".into(), amount: Decimal::TEN, started, partner_balance_before: None };
    let outcome = witness.client().transfer_outcome(&attempt, started).await.unwrap();
    assert!(matches!(outcome, TransferOutcome::CannotTell(_)));
    let lines = witness.lines();
    assert!(lines.iter().all(|line| !line.contains("transaction_type")), "{lines:?}");
    assert!(lines[1].contains("from_date=2026-05-11&to_date=2026-05-13"), "{lines:?}");
}
