//! Errors in the envelope of the general error page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A request that is not done.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Value,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &str, message: &str) -> Self {
        Self { status, body: json!({"status": "error", "error": {"code": code, "message": message}}) }
    }

    /// With a body of its own shape.
    pub(super) fn shaped(status: StatusCode, body: Value) -> Self {
        Self { status, body }
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "INVALID_CREDENTIALS", "Invalid or missing partner credentials")
    }

    pub(super) fn not_found(code: &str, message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    pub(super) fn unknown_customer() -> Self {
        Self::not_found("ACCOUNT_NOT_FOUND", "Customer account not found")
    }

    /// A flag of the partner says no.
    pub(super) fn forbidden(flag: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", &format!("{flag} is not enabled for this partner"))
    }

    /// The same in one of the two shapes of the KYC calls; `place` is where a wrong field was.
    pub(super) fn of_kyc(self, place: &str) -> Self {
        let error = &self.body["error"];
        let body = match &error["details"]["errors"][0] {
            Value::Null => json!({"error": "HTTPError", "message": error["message"], "status_code": self.status.as_u16()}),
            wrong => {
                let kind = wrong["code"].as_str().unwrap_or_default().to_lowercase();
                let detail = json!({"type": kind, "loc": [place, wrong["field"]], "msg": wrong["message"], "input": wrong["value"], "ctx": {}});
                json!({
                    "error": "ValidationError",
                    "message": error["message"],
                    "details": [detail],
                    "status_code": self.status.as_u16(),
                })
            }
        };
        Self { status: self.status, body }
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "Method not allowed")
    }

    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "An unexpected error occurred")
    }

    /// One field of a request is wrong; its value is echoed, as the real service does.
    pub(super) fn invalid(field: &str, message: &str, code: &str, value: &Value) -> Self {
        let error = json!({"field": field, "message": message, "code": code, "value": value});
        let details = json!({"errors": [error]});
        let error = json!({"code": "VALIDATION_ERROR", "message": "Request validation failed", "details": details});
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, body: json!({"status": "error", "error": error}) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, axum::Json(self.body)).into_response()
    }
}
