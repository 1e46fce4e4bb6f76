//! How the service is reached and which generation answers (C1–C9).

use std::path::Path;

use vobiz_core::capacity::Resource;
use vobiz_core::kyc::KycFlow;
use vobiz_core::{DEFAULT_BASE_URL, DateRange, ErrorKind, PartnerClient};
use vobiz_sandbox::Fault;

use crate::stand::{decimal, hasty, recorded, world};
use crate::witness::Witness;

#[tokio::test]
async fn the_base_address_is_the_printed_one_and_a_404_speaks_of_it() {
    // C1
    assert_eq!(DEFAULT_BASE_URL, "https://api.vobiz.ai/api/v1/partner");
    let stand = world(1).await;
    stand.fault(Fault { status: Some(404), ..Fault::default() });
    let error = stand.client.me().await.unwrap_err().to_string();
    assert!(error.contains("base address") && error.contains(&stand.sandbox.base_url()), "{error}");
}

#[tokio::test]
async fn the_two_headers_go_out_as_they_are_and_no_bearer_with_them() {
    // C2, C3
    let witness = Witness::answering(r#"{"auth_id":"PA_X"}"#).await;
    for id in ["PA_XXXXXXXX", "partner-882", "aabbccdd-1234-5678-90ab-cdef12345678"] {
        let client = PartnerClient::builder(id, "a-token").base_url(format!("http://{}", witness.address));
        hasty(client).build().unwrap().me().await.unwrap();
        let headers = witness.seen().last().unwrap().headers.clone();
        assert_eq!((headers["x-auth-id"].to_str().unwrap(), headers["x-auth-token"].to_str().unwrap()), (id, "a-token"));
        assert_eq!(headers["accept"], "application/json");
        assert!(!headers.contains_key("authorization"));
    }
}

#[tokio::test]
async fn refused_credentials_are_final() {
    let stand = world(1).await;
    for (number, status, kind) in [("C4", 401, ErrorKind::Unauthorized), ("C5", 403, ErrorKind::Forbidden)] {
        let body = r#"{"status":"error","error":{"code":"TOKEN_EXPIRED","message":"Access token has expired."}}"#;
        stand.answer(status, body);
        let error = stand.client.me().await.unwrap_err();
        assert_eq!((error.kind(), error.code(), stand.struck()), (kind, Some("TOKEN_EXPIRED"), 1), "{number}");
        assert!(error.to_string().contains("Access token has expired."), "{number} {error}");
    }
}

#[tokio::test]
async fn what_is_not_found_may_be_anothers_or_nowhere() {
    // C6
    let stand = world(1).await;
    let error = stand.client.account("MA_NOBODY").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let text = error.to_string();
    assert!(text.contains("does not exist, belongs to another partner, or the base address"), "{text}");
}

#[tokio::test]
async fn every_call_but_the_login_is_answered_from_recorded_bodies() {
    // C7
    let stand = recorded(&[]).await;
    let client = &stand.client;
    let id = "MA_XXXXXXXX";
    client.me().await.unwrap();
    client.dashboard().await.unwrap();
    client.analytics(DateRange::default()).await.unwrap();
    client.create_account("A", "a@example.com", "secret-1!".to_owned().into(), "+911", "IN").send().await.unwrap();
    client.accounts().page(1).await.unwrap();
    client.account(id).await.unwrap();
    client.balance(id).await.unwrap();
    client.transfer(id, decimal("500"), "INR").send().await.unwrap();
    client.transactions(id).page(1).await.unwrap();
    client.all_transactions().page(1).await.unwrap();
    client.cdrs(id).page(1).await.unwrap();
    client.cdr(id, "aabbccdd-1234-5678-90ab-cdef12345678").await.unwrap();
    client.all_cdrs().page(1).await.unwrap();
    client.numbers(id).page(1).await.unwrap();
    client.all_numbers().page(1).await.unwrap();
    client.create_kyc_session(id, KycFlow::Email("a@example.com".into())).send().await.unwrap();
    client.kyc_sessions().page(1).await.unwrap();
    client.kyc_session("s").await.unwrap();
    client.resend_kyc_session("s").await.unwrap();
    client.revoke_kyc_session("s", None).await.unwrap();
    client.give_capacity(id, Resource::ConcurrentCalls, 100, None).await.unwrap();
    client.reclaim_capacity(id, Resource::Cps, 5, None).await.unwrap();
    client.capacity(id).await.unwrap();
    client.capacity_history(50, 0).await.unwrap();
}

#[tokio::test]
async fn lists_are_read_in_every_printed_envelope() {
    let stand = world(1).await;
    for (number, body) in [
        ("C8", r#"{"data":[{"auth_id":"MA_1"}],"meta":{"page":1,"size":100,"total":1,"total_pages":1}}"#),
        ("C8", r#"{"accounts":[{"auth_id":"MA_1"}],"total":1,"page":1,"size":20}"#),
        ("C9", r#"{"accounts":[{"auth_id":"MA_1","unknown":[{"deep":{}}]}],"another":{},"total":"1"}"#),
    ] {
        stand.answer(200, body);
        let accounts = stand.client.accounts().all().await.unwrap();
        assert_eq!((accounts.len(), accounts[0].auth_id.as_str()), (1, "MA_1"), "{number} {body}");
    }
}

#[tokio::test]
async fn every_recorded_error_is_read_and_repeats_nothing_of_the_request() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/payloads/errors"));
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut count = 0;
    for path in files {
        let name = format!("errors/{}", path.file_stem().unwrap().to_str().unwrap());
        let mut stand = recorded(&[("profile", &name)]).await;
        // A client that gives up at once: some of them ask to wait.
        let builder =
            PartnerClient::builder(stand.sandbox.auth_id(), stand.sandbox.auth_token()).base_url(stand.sandbox.base_url());
        let mut retry = vobiz_core::RetryPolicy::default();
        retry.attempts = 1;
        stand.client = builder.retry(retry).build().unwrap();
        let error = stand.client.me().await.unwrap_err();
        let has_reason = !error.detail().contains("gave no reason");
        assert!(has_reason && error.status().is_some(), "{name}: {error}");
        assert!(!error.to_string().contains("notanemail"), "{name}: {error}");
        count += 1;
    }
    assert!(count >= 19, "{count} recorded errors");
}
