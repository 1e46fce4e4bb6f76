//! `/control/…`: what a real service does not offer, the clock, the wallets and the other side of the chat.

mod chats;
mod clock;
mod conversation;
mod duration;
mod faults;
mod kyc;
mod permissions;
mod wallets;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde_json::json;

use crate::clock::Clock;
use crate::faults::Faults;
use crate::telegram::Chat;
use crate::world::{Credentials, World};

/// What the control calls work on.
#[derive(Clone)]
pub(crate) struct Control {
    pub(crate) clock: Clock,
    pub(crate) chat: Chat,
    pub(crate) faults: Faults,
    pub(crate) world: Option<Arc<Mutex<World>>>,
    pub(crate) credentials: Arc<Credentials>,
}

/// The control calls, relative to `/control`.
pub(crate) fn router(control: Control) -> Router {
    Router::new()
        .route("/clock", get(clock::show).post(clock::turn))
        .route("/faults", get(faults::list).post(faults::add).delete(faults::clear))
        .route("/faults/{id}", delete(faults::remove))
        .route("/permissions", get(permissions::show).post(permissions::change))
        .route("/kyc", post(kyc::step))
        .route("/events", get(chats::events))
        .route("/chats", post(chats::change))
        .route("/commands", get(chats::commands))
        .route("/files/{id}", get(chats::file))
        .route("/sent", get(conversation::sent))
        .route("/say", post(conversation::say))
        .route("/press", post(conversation::press))
        .route("/wallet", get(wallets::partner).post(wallets::change))
        .route("/wallets", get(wallets::list))
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
