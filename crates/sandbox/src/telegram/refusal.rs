//! What Telegram answers when it does not do what it was asked.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refused call.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) description: String,
    /// `retry_after`, `migrate_to_chat_id`.
    pub(super) parameters: Option<Value>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, description: impl Into<String>) -> Self {
        Self { status, description: description.into(), parameters: None }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({"ok": false, "error_code": self.status.as_u16(), "description": self.description});
        if let Some(parameters) = self.parameters {
            body["parameters"] = parameters;
        }
        (self.status, axum::Json(body)).into_response()
    }
}

pub(super) fn bad_request(what: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, format!("Bad Request: {what}"))
}

pub(super) fn not_found() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "Not Found")
}
