//! What an error says, whatever shape it came in (C87, C92–C98).

use std::time::Duration;

use vobiz_core::{Error, ErrorKind};
use vobiz_sandbox::{Fault, Hint};

use crate::stand::{Stand, world};

async fn refused(stand: &Stand, status: u16, body: &str) -> Error {
    stand.answer(status, body);
    stand.client.me().await.unwrap_err()
}

#[tokio::test]
async fn every_shape_yields_its_code_and_its_words() {
    let stand = world(1).await;
    for (number, status, body, code, words) in [
        ("C87", 409, r#"{"error":"HTTPError","message":"Cannot resend","status_code":409}"#, Some("HTTPError"), "Cannot resend"),
        (
            "C87",
            409,
            r#"{"status":"error","error":{"code":"CONFLICT","message":"Cannot resend"}}"#,
            Some("CONFLICT"),
            "Cannot resend",
        ),
        ("C92", 404, r#"{"error":"not found","message":"number not found in inventory"}"#, None, "number not found in inventory"),
        ("C92", 400, r#"{"error":"text alone"}"#, None, "text alone"),
        ("C92", 403, r#"{"detail":"Not authenticated"}"#, None, "Not authenticated"),
        ("C92", 400, r#"{"message":"only this"}"#, None, "only this"),
        ("C92", 400, r#"["nothing"]"#, None, "it gave no reason"),
        (
            "C94",
            400,
            r#"{"error":"invalid","details":{"app_name":"This field is required"}}"#,
            Some("invalid"),
            "app_name: This field is required",
        ),
        (
            "C94",
            422,
            r#"{"error":{"code":"V","message":"No","details":{"errors":[{"field":"email","message":"Invalid"}]}}}"#,
            Some("V"),
            "email: Invalid",
        ),
        (
            "C94",
            422,
            r#"{"error":"ValidationError","message":"No","details":[{"loc":["body",78],"msg":"JSON decode error"}]}"#,
            Some("ValidationError"),
            "body.78: JSON decode error",
        ),
        ("C94", 402, r#"{"error":{"code":"P","message":"Declined","details":{"gateway":"razorpay"}}}"#, Some("P"), "Declined"),
        ("C94", 400, r#"{"error":{"code":"P","message":"Declined","details":"text"}}"#, Some("P"), "Declined"),
        ("C95", 400, r#"{"error":{"code":"UPPER","message":"m"}}"#, Some("UPPER"), "m"),
        ("C95", 400, r#"{"error":"lower_code","message":"m"}"#, Some("lower_code"), "m"),
        ("C95", 401, r#"{"error":{"code":401,"message":"Invalid token"}}"#, Some("401"), "Invalid token"),
    ] {
        let error = refused(&stand, status, body).await;
        assert_eq!((error.status(), error.code()), (Some(status), code), "{number} {body}");
        assert!(error.to_string().contains(words), "{number} {body}: {error}");
    }
}

#[tokio::test]
async fn a_request_id_is_found_under_each_of_its_names() {
    let stand = world(1).await;
    for (number, body, id) in [
        (
            "C93",
            r#"{"error":{"code":"X","message":"m"},"timestamp":"2025-10-12T10:30:00.000Z","requestId":"req_7a"}"#,
            Some("req_7a"),
        ),
        ("C93", r#"{"error":"m","request_id":"req_8"}"#, Some("req_8")),
        ("C93", r#"{"api_id":"aabb","error":"m"}"#, Some("aabb")),
        ("C93", r#"{"error":"m"}"#, None),
    ] {
        assert_eq!(refused(&stand, 400, body).await.request_id(), id, "{number} {body}");
    }
}

#[tokio::test]
async fn a_wait_is_found_in_all_three_places() {
    let stand = world(1).await;
    for (number, hint) in [("C96", Hint::Header), ("C96", Hint::Date), ("C96", Hint::Body), ("C96", Hint::Both)] {
        // A world of its own: a client that was asked to wait sends nothing until then.
        let stand = world(1).await;
        stand.fault(Fault { retry_after: Some(3_600), hint, ..Fault::default() });
        let wait = stand.client.me().await.unwrap_err().retry_after().unwrap();
        assert!((3_598..=3_600).contains(&wait.as_secs()), "{number} {hint:?}: {wait:?}");
    }
    let words = r#"{"error":"HTTPError","message":"Please wait 1799 seconds."}"#;
    assert_eq!(refused(&stand, 429, words).await.retry_after(), Some(Duration::from_secs(1_799)), "C96");
}

#[tokio::test]
async fn too_many_requests_are_named_without_saying_of_what() {
    // C97 is counted in `once`.
    let stand = world(1).await;
    let body = r#"{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"CPS limit exceeded for this trunk","details":{"limitType":"cps","retryAfter":3600}}}"#;
    for (number, body) in [("C98", body), ("C98", r#"{"error":"HTTPError","message":"Wait 3600 seconds"}"#)] {
        let error = refused(&stand, 429, body).await;
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{number}");
        assert!(error.to_string().starts_with("read profile: too many requests: "), "{number} {error}");
    }
}
