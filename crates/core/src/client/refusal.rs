//! The service's own words in an answer that is not a success.
//!
//! Nine error bodies are in print. The category comes from the status alone; from the body come a
//! code, a message, a request id and a wait. What the body repeats of the request is never kept.

use std::time::Duration;

use serde_json::Value;

/// Longest message kept, in characters.
const LONGEST: usize = 300;

/// What an error body says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
}

impl Refusal {
    /// Reads any of the printed shapes; a body that is not JSON yields nothing.
    pub(crate) fn read(body: &[u8]) -> Self {
        let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(body) else { return Self::default() };
        let error = body.get("error").unwrap_or(&Value::Null);
        let (code, message, details) = match error {
            Value::Object(inside) => {
                (inside.get("code").and_then(word), inside.get("message").and_then(word), inside.get("details"))
            }
            other => (word(other), body.get("message").and_then(word), body.get("details")),
        };
        let detail = body.get("detail").and_then(detail);
        let fields = details.and_then(fields);
        let message = message.or(detail).or_else(|| body.get("message").and_then(word)).or_else(|| code.clone());
        let message = match (message, fields) {
            (Some(message), Some(fields)) => Some(format!("{message} ({fields})")),
            (message, fields) => message.or(fields),
        };
        Self {
            retry_after: details
                .and_then(|details| details.get("retryAfter").or_else(|| details.get("retry_after")))
                .and_then(seconds)
                .or_else(|| message.as_deref().and_then(seconds_in_words)),
            code: code.filter(|code| !code.contains(' ')).map(|code| clean(&code)),
            message: message.map(|message| clean(&message)),
            request_id: ["requestId", "request_id", "api_id"]
                .iter()
                .find_map(|key| body.get(*key).and_then(word))
                .map(|id| clean(&id)),
        }
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn seconds(value: &Value) -> Option<Duration> {
    let text = word(value)?;
    Duration::try_from_secs_f64(text.trim().parse::<f64>().ok()?.ceil()).ok()
}

/// `{"detail": "text"}` or `{"detail": [{loc, msg}]}`; the submitted `input` stays behind.
fn detail(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => joined(items.iter().filter_map(item)),
        other => word(other),
    }
}

/// Which fields were refused and why, in the three shapes `details` has for that.
fn fields(details: &Value) -> Option<String> {
    match details {
        Value::Array(items) => joined(items.iter().filter_map(item)),
        Value::Object(map) => match map.get("errors") {
            Some(Value::Array(items)) => joined(items.iter().filter_map(item)),
            _ => joined(map.iter().filter_map(|(field, why)| match why {
                // A map of field to text. Other members (limits, gateways, ids) are data, not words.
                Value::String(why) if why.contains(' ') => Some(format!("{field}: {why}")),
                _ => None,
            })),
        },
        _ => None,
    }
}

fn item(item: &Value) -> Option<String> {
    let why = item.get("msg").or_else(|| item.get("message")).and_then(word)?;
    let place = match item.get("loc") {
        Some(Value::Array(parts)) => parts.iter().filter_map(word).collect::<Vec<_>>().join("."),
        _ => item.get("field").and_then(word).unwrap_or_default(),
    };
    Some(if place.is_empty() { why } else { format!("{place}: {why}") })
}

fn joined(parts: impl Iterator<Item = String>) -> Option<String> {
    let text = parts.take(5).collect::<Vec<_>>().join("; ");
    (!text.is_empty()).then_some(text)
}

/// The KYC cooldown names its wait only inside its message: "Please wait 1799 seconds".
fn seconds_in_words(message: &str) -> Option<Duration> {
    let words: Vec<&str> = message.split_whitespace().collect();
    let pair = words.windows(2).find(|pair| pair[1].trim_end_matches('.').starts_with("second"))?;
    pair[0].parse().ok().map(Duration::from_secs)
}

/// One line, no control characters, not too long.
fn clean(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.trim();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (Option<String>, Option<String>, Option<u64>) {
        let refusal = Refusal::read(body.as_bytes());
        (refusal.code, refusal.message, refusal.retry_after.map(|wait| wait.as_secs()))
    }

    #[test]
    fn each_printed_shape_yields_its_words() {
        let text = |text: &str| Some(text.to_owned());
        for (body, expected) in [
            (
                r#"{"status":"error","error":{"code":"RATE_LIMIT_EXCEEDED","message":"Slow","details":{"limitType":"cps","retryAfter":1}}}"#,
                (text("RATE_LIMIT_EXCEEDED"), text("Slow"), Some(1)),
            ),
            (
                r#"{"error":"insufficient_balance","message":"Too little"}"#,
                (text("insufficient_balance"), text("Too little"), None),
            ),
            (
                r#"{"error":"HTTPError","message":"Please wait 1799 seconds before resending.","status_code":429}"#,
                (text("HTTPError"), text("Please wait 1799 seconds before resending."), Some(1799)),
            ),
            (r#"{"error":{"code":401,"message":"Invalid token"}}"#, (text("401"), text("Invalid token"), None)),
            (r#"{"api_id":"x","error":"Recording not found"}"#, (None, text("Recording not found"), None)),
            (
                r#"{"error":"invalid request","details":{"app_name":"This field is required"}}"#,
                (None, text("invalid request (app_name: This field is required)"), None),
            ),
            (r#"{"detail":"Not authenticated"}"#, (None, text("Not authenticated"), None)),
            (
                r#"{"detail":[{"loc":["query","page"],"msg":"too small","input":"SECRET"}]}"#,
                (None, text("query.page: too small"), None),
            ),
            ("<html>502</html>", (None, None, None)),
            ("[]", (None, None, None)),
        ] {
            assert_eq!(read(body), expected, "{body}");
        }
    }

    #[test]
    fn what_was_submitted_is_not_repeated() {
        let body = r#"{"error":{"code":"VALIDATION_ERROR","message":"No","details":{"errors":[{"field":"password","message":"Too short","value":"hunter2"}]}}}"#;
        let refusal = Refusal::read(body.as_bytes());
        assert_eq!(refusal.message.as_deref(), Some("No (password: Too short)"));
    }
}
