//! `/control/say`, `/control/press` and `/control/sent`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Wrong};
use crate::telegram::{Person, Sent};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    chat: i64,
    from: Option<Person>,
    text: String,
    /// The topic of a forum.
    topic: Option<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pressed {
    chat: i64,
    from: Option<Person>,
    message_id: i32,
    data: String,
}

/// `GET /control/sent`
pub(super) async fn sent(State(control): State<Control>) -> Json<Vec<Sent>> {
    Json(control.chat.sent())
}

/// `POST /control/say`
pub(super) async fn say(State(control): State<Control>, Json(line): Json<Line>) -> Json<Value> {
    let from = line.from.unwrap_or_else(|| Person::new(line.chat.abs(), "Someone"));
    let id = match line.topic {
        Some(topic) => control.chat.say_in(line.chat, topic, &from, &line.text),
        None => control.chat.say(line.chat, &from, &line.text),
    };
    Json(json!({"message_id": id}))
}

/// `POST /control/press`
pub(super) async fn press(State(control): State<Control>, Json(pressed): Json<Pressed>) -> Result<Json<Value>, Wrong> {
    match pressed.from {
        Some(from) => control.chat.press_as(&from, pressed.chat, pressed.message_id, &pressed.data)?,
        None => control.chat.press(pressed.chat, pressed.message_id, &pressed.data)?,
    }
    Ok(Json(json!({"ok": true})))
}
