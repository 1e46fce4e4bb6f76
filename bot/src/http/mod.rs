//! The HTTP listener: whether the bot is alive and ready, its metrics, and the updates that Telegram posts.

mod hook;
mod ready;

use std::sync::{Arc, Weak};
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::metrics::{self, Stored};
use crate::service::Service;
use crate::telegram::Telegram;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Serves until the task is dropped.
pub(crate) async fn run(service: Arc<Service>, telegram: Telegram) -> Result<()> {
    let Some(listen) = service.operations.listen else { return std::future::pending().await };
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}; set http.listen to an address of this machine that is free"))?;
    tracing::info!(%listen, "serving /healthz, /readyz and /metrics");
    Ok(axum::serve(listener, routes(Arc::downgrade(&service)).merge(hook::routes(telegram.webhook()))).await?)
}

/// Connections outlive the parts of the bot: none keeps the service, and with it the database, in use.
fn routes(service: Weak<Service>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(measured))
        .with_state(service)
}

async fn ready(State(service): State<Weak<Service>>) -> impl IntoResponse {
    let Some(service) = service.upgrade() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "not ready: the bot stops\n".to_owned());
    };
    let problems = ready::problems(&service, stored(&service).await.as_ref());
    if problems.is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {}\n", problems.join("\nnot ready: ")))
}

async fn measured(State(service): State<Weak<Service>>) -> impl IntoResponse {
    let plain = [(header::CONTENT_TYPE, "text/plain")];
    let Some(service) = service.upgrade() else { return (StatusCode::SERVICE_UNAVAILABLE, plain, "the bot stops\n".to_owned()) };
    match metrics::text(stored(&service).await.as_ref(), service.clock.now()) {
        Ok(text) => (StatusCode::OK, [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, plain, format!("{error}\n")),
    }
}

async fn stored(service: &Service) -> Option<Stored> {
    match timeout(PATIENCE, service.store.stored()).await {
        Ok(Ok(stored)) => Some(stored),
        Ok(Err(error)) => {
            tracing::warn!(error = format!("{error:#}"), "the database cannot be asked for metrics");
            None
        }
        Err(_) => None,
    }
}
