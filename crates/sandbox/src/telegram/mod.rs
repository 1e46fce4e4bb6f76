//! The Bot API half: what a bot sees of Telegram, and the chat on its other side.

mod bot;
mod call;
mod chat;
mod commands;
mod content;
mod edit;
mod events;
mod limits;
mod markup;
mod members;
mod message;
mod methods;
mod parameters;
mod pins;
mod posting;
mod refusal;
mod room;
mod send;
mod sent;
mod state;
mod topics;
mod updates;
mod webhook;

use std::fmt;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use serde_json::{Value, json};

pub use chat::Chat;
pub use markup::Entity;
pub use message::Person;
pub use sent::{Button, Sent, SentFile};

use crate::clock::Clock;
use crate::faults::{self, Faults, Half, Seen};
use crate::lock::lock;
use call::Call;
use parameters::Parameters;
use refusal::{Refusal, not_found};
use state::State;

/// The Bot API half of a sandbox.
#[derive(Clone)]
pub(crate) struct Telegram(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    clock: Clock,
    faults: Faults,
}

impl fmt::Debug for Telegram {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Telegram")
    }
}

impl Telegram {
    /// `token` is the token of the bot that gets updates before its first call.
    pub(crate) fn new(token: &str, clock: Clock, faults: Faults) -> Self {
        let bot = bot_id(token).unwrap_or_default();
        Self(Arc::new(Inner { state: Mutex::new(State::new(bot)), clock, faults }))
    }

    /// `/bot<token>/<method>` and `/file/bot<token>/<path>`.
    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/bot{token}/{method}", any(answer))
            .route("/file/bot{token}/{*path}", get(download))
            // `Parameters` limits what it reads to what Telegram takes.
            .layer(DefaultBodyLimit::disable())
            .with_state(self.clone())
    }

    async fn call(&self, bot_id: i64, method: &str, parameters: &Parameters) -> Result<Value, Refusal> {
        if method.eq_ignore_ascii_case("getUpdates") {
            return self.get_updates(parameters).await;
        }
        let (method, function) = methods::find(method)?;
        let now = self.0.clock.now();
        let mut state = lock(&self.0.state);
        state.bot = bot_id;
        if let Some(room) = parameters.integer("chat_id").and_then(|chat| state.rooms.get(&chat)) {
            room.admit()?;
        }
        let mut call = Call { state: &mut state, method, parameters, now, bot_id };
        let Some((chat, messages)) = sending(method, parameters)? else { return function(&mut call) };
        call.state.limits.check(chat, messages, now)?;
        let result = function(&mut call)?;
        state.limits.count(chat, messages);
        Ok(result)
    }

    /// What the file of this id is, and its name.
    pub(crate) fn file(&self, id: &str) -> Option<(Bytes, String)> {
        let state = lock(&self.0.state);
        state.files.get(id).map(|stored| (stored.bytes.clone(), stored.path.clone()))
    }

    async fn answer(&self, bot_id: i64, method: &str, parameters: &Parameters) -> Response {
        match self.call(bot_id, method, parameters).await {
            Ok(result) => axum::Json(json!({"ok": true, "result": result})).into_response(),
            Err(refusal) => refusal.into_response(),
        }
    }
}

/// The chat that a method sends to and how many messages it counts as, if it sends any. Edits count like messages.
fn sending(method: &str, parameters: &Parameters) -> Result<Option<(i64, usize)>, Refusal> {
    let messages = match method {
        "sendMessage" | "sendPhoto" | "sendDocument" | "editMessageText" | "editMessageCaption" | "editMessageReplyMarkup" => 1,
        "sendMediaGroup" => parameters.json("media")?.and_then(|media| Some(media.as_array()?.len())).unwrap_or(0),
        _ => return Ok(None),
    };
    Ok(Some((parameters.chat_id()?, messages)))
}

/// A token is the bot's number, a colon and a secret; any secret will do.
fn bot_id(token: &str) -> Result<i64, Refusal> {
    let (number, secret) = token.split_once(':').ok_or_else(not_found)?;
    match number.parse() {
        Ok(id) if id > 0 && !secret.is_empty() => Ok(id),
        _ => Err(Refusal::new(StatusCode::UNAUTHORIZED, "Unauthorized")),
    }
}

async fn answer(
    Shared(telegram): Shared<Telegram>,
    Path((token, method)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Refusal> {
    let bot_id = bot_id(&token)?;
    let cord = faults::cord(request.extensions());
    let parameters = Parameters::read(request).await?;
    let seen = Seen { half: Half::Telegram, verb: "", name: &method, chat: parameters.integer("chat_id") };
    let work = telegram.answer(bot_id, &method, &parameters);
    Ok(match telegram.0.faults.strike(&seen) {
        Some(fault) => fault.apply(cord, work).await,
        None => work.await,
    })
}

async fn download(Shared(telegram): Shared<Telegram>, Path((token, path)): Path<(String, String)>) -> Response {
    let found = bot_id(&token).map(|_| {
        let state = lock(&telegram.0.state);
        state.files.values().find(|stored| stored.path == path).map(|stored| stored.bytes.clone())
    });
    match found {
        Ok(Some(bytes)) => ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        Ok(None) => not_found().into_response(),
        Err(refusal) => refusal.into_response(),
    }
}
