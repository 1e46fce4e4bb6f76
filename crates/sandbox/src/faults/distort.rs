//! Answers that are well formed and wrong.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::Value;

use super::Fault;

/// An answer of a call struck by `fault`, its figures falsified. `first` gives the first answer of this call.
pub(super) async fn distorted(fault: &Fault, answer: Response, first: impl FnOnce(Bytes) -> Bytes) -> Response {
    let is_edited = fault.zero_wallet.is_some() || fault.skew_seconds != 0;
    if !answer.status().is_success() || !(fault.stale || is_edited) {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    if fault.stale {
        body = first(body);
    }
    if is_edited && let Ok(mut value) = serde_json::from_slice::<Value>(&body) {
        edit(&mut value, fault);
        body = value.to_string().into();
    }
    if let Some(date) = skewed(Utc::now(), fault.skew_seconds).filter(|_| fault.skew_seconds != 0) {
        let text = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        parts.headers.extend(HeaderValue::from_str(&text).ok().map(|date| (header::DATE, date)));
    }
    Response::from_parts(parts, Body::from(body))
}

fn edit(value: &mut Value, fault: &Fault) {
    match value {
        Value::Object(members) => {
            let is_meant =
                members.get("auth_id").and_then(Value::as_str).is_some_and(|id| fault.zero_wallet.as_deref() == Some(id));
            if let Some(wallet) = members.get_mut("cash_credits").filter(|_| is_meant) {
                *wallet = "0.00000".into();
            }
            members.values_mut().for_each(|member| edit(member, fault));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| edit(item, fault)),
        Value::String(text) if fault.skew_seconds != 0 => {
            if let Some(moved) = moved(text, fault.skew_seconds) {
                *text = moved;
            }
        }
        _ => {}
    }
}

fn skewed(at: DateTime<Utc>, seconds: i64) -> Option<DateTime<Utc>> {
    at.checked_add_signed(TimeDelta::try_seconds(seconds)?)
}

/// An instant moved, in the spelling that it had.
fn moved(text: &str, seconds: i64) -> Option<String> {
    let at = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    let precision = if text.contains('.') { SecondsFormat::Micros } else { SecondsFormat::Secs };
    Some(skewed(at, seconds)?.to_rfc3339_opts(precision, text.ends_with('Z')))
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use serde_json::{Value, json};

    use super::{Fault, distorted};

    async fn answered(fault: Fault, body: Value, first: &'static str) -> Value {
        let answer = distorted(&fault, axum::Json(body).into_response(), |_| first.into()).await;
        let body = axum::body::to_bytes(answer.into_body(), 1 << 16).await.expect("a body");
        serde_json::from_slice(&body).expect("JSON")
    }

    #[tokio::test]
    async fn one_wallet_reads_zero_and_the_others_do_not() {
        let fault = Fault { zero_wallet: Some("MA_1".into()), ..Fault::default() };
        let row = |id: &str, wallet: &str| json!({"auth_id": id, "cash_credits": wallet});
        let body = json!({"accounts": [row("MA_1", "5.00000"), row("MA_2", "6.00000")]});
        let expected = json!({"accounts": [row("MA_1", "0.00000"), row("MA_2", "6.00000")]});
        assert_eq!(answered(fault, body, "").await, expected);
    }

    #[tokio::test]
    async fn a_skewed_clock_moves_instants_alone_and_keeps_their_spelling() {
        let fault = Fault { skew_seconds: -90, ..Fault::default() };
        let body = json!(["2026-05-12T03:30:00Z", "2026-05-12T03:30:00.000001+00:00", "2026-05-12", "12"]);
        let expected = json!(["2026-05-12T03:28:30Z", "2026-05-12T03:28:30.000001+00:00", "2026-05-12", "12"]);
        assert_eq!(answered(fault, body, "").await, expected);
    }

    #[tokio::test]
    async fn a_stale_answer_is_the_first_one() {
        let fault = Fault { stale: true, ..Fault::default() };
        assert_eq!(answered(fault, json!({"new": 1}), r#"{"old":1}"#).await, json!({"old": 1}));
    }
}
