//! `/control/events`, `/control/chats`, `/control/commands` and `/control/files`: what a page needs to show the chats.

use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Wrong};
use crate::telegram::{Chat, Person};

/// The longest that a call waits for an event.
const LONGEST_WAIT: u64 = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    /// How many events are known already.
    #[serde(default)]
    since: usize,
    /// Seconds to wait for another.
    #[serde(default)]
    wait: u64,
}

/// `GET /control/events`: everything that happened in the chats after the first `since`.
pub(super) async fn events(State(control): State<Control>, Query(query): Query<Since>) -> Json<Value> {
    let events = control.chat.0.events(query.since, Duration::from_secs(query.wait.min(LONGEST_WAIT))).await;
    Json(json!({"next": query.since + events.len(), "events": events}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    chat: i64,
    person: i64,
}

/// `GET /control/commands`: what a person is offered to type in a chat.
pub(super) async fn commands(State(control): State<Control>, Query(place): Query<Place>) -> Json<Value> {
    Json(control.chat.0.commands(place.chat, place.person))
}

/// `GET /control/files/{id}`: a picture to show, or a document to keep.
pub(super) async fn file(State(control): State<Control>, Path(id): Path<String>) -> Response {
    let Some((bytes, path)) = control.chat.0.file(&id) else { return StatusCode::NOT_FOUND.into_response() };
    let is_picture = path.starts_with("photos/");
    let kind = match bytes.first() {
        Some(0x89) if is_picture => "image/png",
        Some(0xff) if is_picture => "image/jpeg",
        // Whatever a document is, it does not run here.
        _ => "application/octet-stream",
    };
    let place = if is_picture { "inline" } else { "attachment" };
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, place)], bytes).into_response()
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Change {
    Join,
    Block,
    Unblock,
    Kick,
    Invite,
    Migrate,
    Deactivate,
    Forum,
    Topic,
    /// Closes a topic, or the general one.
    Close,
    Reopen,
    /// Deletes a message, or a topic with its messages.
    Delete,
    Unpin,
}

/// What somebody does with the bot in a chat.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Done {
    chat: i64,
    from: Option<Person>,
    change: Change,
    /// A group's new name, for `join`; the name of a `topic`.
    title: Option<String>,
    topic: Option<i32>,
    message_id: Option<i32>,
}

/// `POST /control/chats`: gives the id that the chat has afterwards, and that of a topic.
pub(super) async fn change(State(control): State<Control>, Json(done): Json<Done>) -> Result<Json<Value>, Wrong> {
    Ok(Json(apply(&control.chat, &done)?))
}

fn apply(chats: &Chat, done: &Done) -> anyhow::Result<Value> {
    let chat = done.chat;
    let from = done.from.clone().unwrap_or_else(|| Person::new(chat.abs(), "Someone"));
    match done.change {
        Change::Join => {
            chats.join(chat, &from);
            if let Some(title) = &done.title {
                chats.entitle(chat, title);
            }
        }
        Change::Block => chats.block(chat)?,
        Change::Unblock => chats.unblock(chat)?,
        Change::Kick => chats.kick(chat, &from)?,
        Change::Invite => chats.invite(chat, &from)?,
        Change::Migrate => return Ok(json!({"chat": chats.migrate(chat, &from)?})),
        Change::Deactivate => chats.deactivate(chat)?,
        Change::Forum => chats.make_forum(chat)?,
        Change::Topic => {
            let name = done.title.as_deref().unwrap_or("General");
            return Ok(json!({"chat": chat, "topic": chats.open_topic(chat, &from, name)?}));
        }
        Change::Close => chats.close_topic(chat, done.topic, true)?,
        Change::Reopen => chats.close_topic(chat, done.topic, false)?,
        Change::Delete => match (done.topic, done.message_id) {
            (Some(topic), None) => chats.delete_topic(chat, topic)?,
            (None, Some(message)) => chats.delete(chat, message)?,
            _ => bail!("give either topic or message_id"),
        },
        Change::Unpin => chats.unpin(chat, done.message_id.context("message_id is missing")?)?,
    }
    Ok(json!({"chat": chat}))
}
