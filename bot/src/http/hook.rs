//! The updates that Telegram posts.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use tokio::time::timeout;

use crate::telegram::Webhook;

/// The most bytes of an update.
const LARGEST: usize = 1 << 20;
/// How long an update may wait to be written down.
const PATIENCE: Duration = Duration::from_secs(15);

/// The route of the webhook; none without one.
pub(super) fn routes(webhook: Option<&Webhook>) -> Router {
    let Some(webhook) = webhook else { return Router::new() };
    Router::new().route(webhook.path(), post(take)).layer(DefaultBodyLimit::max(LARGEST)).with_state(webhook.clone())
}

/// Accepts an update once it is written down. Until then Telegram keeps it.
async fn take(State(webhook): State<Webhook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let secret = headers.get("x-telegram-bot-api-secret-token").map_or(&[][..], |secret| secret.as_bytes());
    if !webhook.is_telegram(secret) {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(update) = serde_json::from_slice(&body) else { return StatusCode::BAD_REQUEST };
    match timeout(PATIENCE, webhook.accept(update)).await {
        Ok(true) => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}
