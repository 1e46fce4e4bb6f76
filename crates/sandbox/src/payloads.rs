//! The Partner API out of recorded bodies, byte for byte.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{bail, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::Value;

use crate::partner;

/// A folder of recorded bodies, and which of them stand in for others.
#[derive(Debug, Clone)]
pub(crate) struct Payloads(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    replace: Vec<(String, String)>,
}

/// The bodies that calls have by default.
const NAMES: [&str; 24] = [
    "profile",
    "dashboard",
    "analytics",
    "accounts_page",
    "account",
    "account_balance",
    "account_created",
    "transfer_balance",
    "transactions",
    "transactions_global",
    "cdrs",
    "cdr",
    "cdrs_global",
    "numbers",
    "numbers_global",
    "kyc_sessions",
    "kyc_session",
    "kyc_session_created_email",
    "kyc_session_created_redirect",
    "kyc_revoked",
    "capacity_allocation",
    "capacity_transfer",
    "capacity_reclaim",
    "capacity_transfers_inferred",
];

impl Payloads {
    /// Looks at the folder and at every replacement.
    ///
    /// # Errors
    /// When one of them is not there.
    pub(crate) fn open(folder: PathBuf, replace: Vec<(String, String)>) -> anyhow::Result<Self> {
        ensure!(folder.is_dir(), "there is no folder of payloads at {}", folder.display());
        for (name, file) in &replace {
            ensure!(NAMES.contains(&name.as_str()), "no call is answered with {name:?}; it may be one of {}", NAMES.join(", "));
            let path = folder.join(format!("{file}.json"));
            if file.split('/').any(|part| part == "..") || !path.is_file() {
                bail!("there is no payload at {}", path.display());
            }
        }
        Ok(Self(Arc::new(Inner { folder, replace })))
    }

    pub(crate) fn router(self) -> Router {
        Router::new().fallback(any(answer)).with_state(self)
    }

    async fn serve(&self, name: &str) -> Option<Response> {
        let replaced = self.0.replace.iter().rfind(|(known, _)| known == name);
        let file = replaced.map_or(name, |(_, file)| file);
        let body = tokio::fs::read(self.0.folder.join(format!("{file}.json"))).await.ok()?;
        Some((status(file), [(header::CONTENT_TYPE, "application/json")], body).into_response())
    }
}

async fn answer(State(payloads): State<Payloads>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    let path = parts.uri.path().to_owned();
    if parts.method == Method::POST && path.ends_with("/resend") {
        // No document prints a body for it.
        return StatusCode::OK.into_response();
    }
    let served = match name(&parts.method, &path, &body) {
        Some(name) => payloads.serve(name).await,
        None => None,
    };
    served.unwrap_or_else(|| partner::no_route(&path))
}

/// The recorded body of a call.
fn name(method: &Method, path: &str, body: &Bytes) -> Option<&'static str> {
    let path: Vec<&str> = path.trim_matches('/').split('/').collect();
    let name = match (method.as_str(), path.as_slice()) {
        ("GET", ["me"]) => "profile",
        ("GET", ["dashboard"]) => "dashboard",
        ("GET", ["analytics"]) => "analytics",
        ("GET", ["accounts"]) => "accounts_page",
        ("POST", ["accounts"]) => "account_created",
        ("GET", ["accounts", _]) => "account",
        ("GET", ["accounts", _, "balance"]) => "account_balance",
        ("POST", ["accounts", _, "transfer-balance"]) => "transfer_balance",
        ("GET", ["accounts", _, "transactions"]) => "transactions",
        ("GET", ["transactions"]) => "transactions_global",
        ("GET", ["accounts", _, "cdrs"]) => "cdrs",
        ("GET", ["accounts", _, "cdrs", _]) => "cdr",
        ("GET", ["cdrs"]) => "cdrs_global",
        ("GET", ["accounts", _, "numbers"]) => "numbers",
        ("GET", ["numbers"]) => "numbers_global",
        ("GET", ["kyc-sessions"]) => "kyc_sessions",
        ("POST", ["kyc-sessions"]) if is_redirect(body) => "kyc_session_created_redirect",
        ("POST", ["kyc-sessions"]) => "kyc_session_created_email",
        ("GET", ["kyc-sessions", _]) => "kyc_session",
        ("DELETE", ["kyc-sessions", _]) => "kyc_revoked",
        ("GET", ["accounts", _, "concurrency"]) => "capacity_allocation",
        ("POST", ["accounts", _, "concurrency", "transfer"]) => "capacity_transfer",
        ("POST", ["accounts", _, "concurrency", "reclaim"]) => "capacity_reclaim",
        ("GET", ["concurrency", "transfers"]) => "capacity_transfers_inferred",
        _ => return None,
    };
    Some(name)
}

fn is_redirect(body: &Bytes) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|body| body["flow_type"] == "redirect")
}

/// The status that a recorded body came with: in its name when it is an error.
fn status(file: &str) -> StatusCode {
    let number = || file.split(['/', '_']).find_map(|part| StatusCode::from_u16(part.parse().ok()?).ok());
    match file {
        "account_created" | "kyc_session_created_email" | "kyc_session_created_redirect" => StatusCode::CREATED,
        "transfer_insufficient" => StatusCode::BAD_REQUEST,
        _ if file.starts_with("errors/") => number().unwrap_or(StatusCode::BAD_REQUEST),
        _ => StatusCode::OK,
    }
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn errors_have_the_status_in_their_name() {
        assert_eq!(status("errors/standard_429_rate_limit"), 429);
        assert_eq!(status("errors/inferred_detail_string"), 400);
        assert_eq!(status("account_created"), 201);
        assert_eq!(status("dashboard_flat"), 200);
    }
}
