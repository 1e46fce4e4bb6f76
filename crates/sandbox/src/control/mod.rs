//! `/control/…`: what a real service does not offer, the clock, the wallets and the other side of the chat.

mod clock;
mod conversation;
mod duration;
mod wallets;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use crate::clock::Clock;
use crate::telegram::{Chat, Telegram};
use crate::world::{Credentials, World};

/// What the control calls work on.
#[derive(Clone)]
pub(crate) struct Control {
    clock: Clock,
    chat: Chat,
    world: Option<Arc<Mutex<World>>>,
    credentials: Arc<Credentials>,
}

impl Control {
    pub(crate) fn new(clock: Clock, telegram: Telegram, world: Option<Arc<Mutex<World>>>, credentials: Credentials) -> Self {
        Self { clock, chat: Chat(telegram), world, credentials: Arc::new(credentials) }
    }
}

/// The control calls, relative to `/control`.
pub(crate) fn router(control: Control) -> Router {
    Router::new()
        .route("/clock", get(clock::show).post(clock::turn))
        .route("/sent", get(conversation::sent))
        .route("/say", post(conversation::say))
        .route("/press", post(conversation::press))
        .route("/wallet", post(wallets::change))
        .with_state(control)
}

/// A control call that cannot be done, and why.
struct Wrong(String);

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(json!({"error": self.0}))).into_response()
    }
}

impl From<anyhow::Error> for Wrong {
    fn from(error: anyhow::Error) -> Self {
        Self(format!("{error:#}"))
    }
}
