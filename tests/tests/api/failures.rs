//! What the client does and says when the service fails, and how often it asks.

use std::time::Duration;

use serde_json::json;
use vobiz_core::{Error, ErrorKind, PartnerClient, RetryPolicy};
use vobiz_sandbox::{Fault, Hint, Options, Sandbox, Spoilt};

/// A client that waits hardly at all between attempts.
async fn sandbox() -> (Sandbox, PartnerClient) {
    let sandbox = Sandbox::start(Options { customers: 3, ..Options::default() }).await.unwrap();
    let client = client(&sandbox, sandbox.auth_token());
    (sandbox, client)
}

fn client(sandbox: &Sandbox, token: &str) -> PartnerClient {
    let mut retry = RetryPolicy::default();
    retry.backoff = Duration::from_millis(1);
    let builder = PartnerClient::builder(sandbox.auth_id(), token.to_owned()).base_url(sandbox.base_url());
    builder.rate(0, 0).retry(retry).timeout(Duration::from_secs(5)).build().unwrap()
}

/// Puts a fault in force on the dashboard for ever, reads it, and gives the error and how many requests there were.
async fn read_under(fault: Fault) -> (Error, u32) {
    let (sandbox, client) = sandbox().await;
    sandbox.faults().add(Fault { operation: Some("GET /dashboard".into()), ..fault });
    let error = client.dashboard().await.unwrap_err();
    (error, sandbox.faults().list()[0].struck)
}

#[tokio::test]
async fn what_cannot_get_better_is_asked_once() {
    for (status, kind) in [
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (409, ErrorKind::Rejected),
        (422, ErrorKind::Rejected),
    ] {
        let (error, requests) = read_under(Fault { status: Some(status), ..Fault::default() }).await;
        assert_eq!((error.kind(), error.status(), requests), (kind, Some(status), 1));
    }
}

#[tokio::test]
async fn what_may_get_better_is_asked_four_times() {
    for (fault, kind) in [
        (Fault { status: Some(500), ..Fault::default() }, ErrorKind::Server),
        (Fault { status: Some(503), body: Some(Spoilt::Html), ..Fault::default() }, ErrorKind::Server),
        (Fault { status: Some(408), ..Fault::default() }, ErrorKind::Rejected),
        (Fault { retry_after: Some(0), hint: Hint::Header, ..Fault::default() }, ErrorKind::RateLimited),
        (Fault { drop: true, ..Fault::default() }, ErrorKind::Connect),
    ] {
        let (error, requests) = read_under(fault).await;
        assert_eq!((error.kind(), requests), (kind, 4), "{error}");
        assert!(error.to_string().starts_with("read dashboard: "), "{error}");
    }
}

#[tokio::test]
async fn a_read_that_succeeds_in_the_end_is_no_error() {
    let (sandbox, client) = sandbox().await;
    for fault in [
        Fault { status: Some(503), times: Some(2), ..Fault::default() },
        Fault { retry_after: Some(1), hint: Hint::Header, times: Some(1), ..Fault::default() },
        Fault { retry_after: Some(1), hint: Hint::Date, times: Some(1), ..Fault::default() },
        Fault { retry_after: Some(1), hint: Hint::Body, times: Some(1), ..Fault::default() },
        Fault { drop: true, times: Some(1), ..Fault::default() },
    ] {
        sandbox.faults().add(fault);
        client.dashboard().await.unwrap();
        assert!(sandbox.faults().are_over(), "the fault struck");
    }
}

#[tokio::test]
async fn a_wait_beyond_the_cap_is_reported_and_not_slept() {
    let (error, requests) = read_under(Fault { retry_after: Some(3600), ..Fault::default() }).await;
    assert_eq!((error.retry_after(), requests), (Some(Duration::from_hours(1)), 1));
}

#[tokio::test]
async fn a_body_that_cannot_be_understood_is_named_without_its_values() {
    let private = json!({"total_balance": "rich-SECRET", "currency": "INR"});
    for (fault, words) in [
        (Fault { body: Some(Spoilt::Html), ..Fault::default() }, "not JSON"),
        (Fault { body: Some(Spoilt::Garbage), ..Fault::default() }, "not JSON"),
        (Fault { body: Some(Spoilt::Truncated), ..Fault::default() }, "the JSON ends in the middle"),
        (Fault { answer: Some(json!([1, 2])), ..Fault::default() }, "expected an object, found a list"),
        (Fault { answer: Some(json!({"something": "else"})), ..Fault::default() }, "none of its fields"),
        (Fault { answer: Some(private), ..Fault::default() }, "at total_balance: expected an amount, found text that is not one"),
    ] {
        let (error, requests) = read_under(fault).await;
        assert_eq!((error.kind(), requests), (ErrorKind::Decode, 1), "{error}");
        assert!(error.to_string().starts_with("read dashboard: ") && error.to_string().contains(words), "{error}");
        assert!(!format!("{error:?}").contains("SECRET"));
    }
}

#[tokio::test]
async fn refused_credentials_name_the_host_and_not_the_token() {
    let (sandbox, _) = sandbox().await;
    let error = client(&sandbox, "a-wrong-SECRET").me().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    let text = format!("{error} {error:?}");
    assert!(text.contains("127.0.0.1") && text.contains("VOBIZ_AUTH_TOKEN") && !text.contains("SECRET"), "{text}");
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_named_with_the_cause() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut retry = RetryPolicy::default();
    retry.attempts = 1;
    let client = PartnerClient::builder("PA_X", "token").base_url(format!("http://{free}/")).retry(retry).build().unwrap();
    let error = client.accounts().all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().contains(&format!("list accounts: cannot connect to {free}")), "{error}");
}
