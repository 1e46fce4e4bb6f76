//! The answers of calls that went wrong.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Fault, Half, Hint, Spoilt};

const HTML: &str = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n\
                    <body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>\n";
const GARBAGE: &[u8] = b"\x8b\x00\xff{\xfe\"\x01\x02\xc3\x28 ]]\x00\x9d";

/// The answer of a call struck by `fault`: `done` as it was, or an error in its place, its body spoilt.
pub(super) async fn spoilt(fault: &Fault, done: Option<Response>) -> Response {
    let response = match done {
        Some(response) if !fault.replaces_answer() => response,
        _ => replaced(fault),
    };
    let Some(body) = fault.body else { return response };
    // Status and headers stay: a proxy's page may well tell how long to wait.
    let (mut parts, whole) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = match body {
        Spoilt::Garbage => GARBAGE.into(),
        Spoilt::Html => {
            parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
            HTML.into()
        }
        Spoilt::Empty => Body::empty(),
        Spoilt::Truncated => {
            let whole = axum::body::to_bytes(whole, usize::MAX).await.unwrap_or_default();
            whole.slice(..whole.len() / 2).into()
        }
    };
    Response::from_parts(parts, body)
}

fn replaced(fault: &Fault) -> Response {
    let default = if fault.retry_after.is_some() {
        StatusCode::TOO_MANY_REQUESTS
    } else if fault.answer.is_some() {
        StatusCode::OK
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    };
    let status = fault.status.map_or(default, |status| StatusCode::from_u16(status).unwrap_or(default));
    let body = fault.answer.clone().unwrap_or_else(|| match fault.half {
        Half::Partner => partner(fault, status),
        Half::Telegram => telegram(fault, status),
    });
    let mut response = (status, axum::Json(body)).into_response();
    if let Some(value) = fault.retry_after.and_then(|seconds| retry_after(seconds, fault.hint)) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

fn retry_after(seconds: u64, hint: Hint) -> Option<HeaderValue> {
    let text = match hint {
        Hint::Both | Hint::Header => seconds.to_string(),
        // A date is in real time, as its reader's clock is.
        Hint::Date => {
            (Utc::now() + TimeDelta::try_seconds(i64::try_from(seconds).ok()?)?).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
        }
        Hint::Body => return None,
    };
    HeaderValue::from_str(&text).ok()
}

fn in_body(fault: &Fault) -> Option<u64> {
    fault.retry_after.filter(|_| matches!(fault.hint, Hint::Both | Hint::Body))
}

fn partner(fault: &Fault, status: StatusCode) -> Value {
    let code = match status.as_u16() {
        401 => "INVALID_CREDENTIALS",
        402 => "INSUFFICIENT_BALANCE",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        408 => "REQUEST_TIMEOUT",
        409 => "CONFLICT",
        422 => "VALIDATION_ERROR",
        429 => "RATE_LIMIT_EXCEEDED",
        501 => "NOT_IMPLEMENTED",
        502 => "BAD_GATEWAY",
        503 => "SERVICE_UNAVAILABLE",
        504 => "GATEWAY_TIMEOUT",
        400..=499 => "BAD_REQUEST",
        _ => "INTERNAL_ERROR",
    };
    let message = fault.message.clone().unwrap_or_else(|| status.canonical_reason().unwrap_or("Error").to_owned());
    let mut body = json!({"status": "error", "error": {"code": code, "message": message}});
    if let Some(seconds) = in_body(fault) {
        body["error"]["details"] = json!({"retryAfter": seconds});
    }
    body
}

fn telegram(fault: &Fault, status: StatusCode) -> Value {
    let reason = match (status.as_u16(), fault.retry_after) {
        (429, Some(seconds)) => format!("Too Many Requests: retry after {seconds}"),
        (403, _) => "Forbidden: bot was blocked by the user".to_owned(),
        _ => status.canonical_reason().unwrap_or("Error").to_owned(),
    };
    let description = fault.message.clone().unwrap_or(reason);
    let mut body = json!({"ok": false, "error_code": status.as_u16(), "description": description});
    if let Some(seconds) = in_body(fault) {
        body["parameters"] = json!({"retry_after": seconds});
    }
    body
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::{Fault, Spoilt, spoilt};

    #[tokio::test]
    async fn a_spoilt_body_leaves_status_and_wait_as_they_are() {
        for body in [Spoilt::Html, Spoilt::Garbage, Spoilt::Empty, Spoilt::Truncated] {
            let fault = Fault { retry_after: Some(7), body: Some(body), ..Fault::default() };
            let response = spoilt(&fault, None).await;
            assert_eq!(
                (response.status().as_u16(), &response.headers()[header::RETRY_AFTER]),
                (429, &"7".parse().expect("a header"))
            );
            assert_eq!(response.headers()[header::CONTENT_TYPE] == "text/html", body == Spoilt::Html);
        }
    }

    #[tokio::test]
    async fn an_injected_status_has_a_code_of_its_own() {
        for (status, code) in [(409, "CONFLICT"), (422, "VALIDATION_ERROR"), (418, "BAD_REQUEST"), (500, "INTERNAL_ERROR")] {
            let response = spoilt(&Fault { status: Some(status), ..Fault::default() }, None).await;
            let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.expect("a body");
            assert!(String::from_utf8_lossy(&body).contains(code), "{status}");
        }
    }
}
