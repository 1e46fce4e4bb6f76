//! What the bot did in its chats, for subscribers.

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::markup::Entity;

/// Something the bot sent, changed or took away.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Sent {
    /// Its place among everything the bot did, from 1.
    pub number: u64,
    /// When, on the sandbox's clock.
    pub at: DateTime<Utc>,
    /// `sendMessage`, `sendPhoto`, `editMessageText`, `answerCallbackQuery`, …
    pub method: String,
    /// The chat it happened in.
    pub chat_id: i64,
    /// The message it is or was done to; 0 where there is none.
    pub message_id: i32,
    /// The topic of a forum it went to.
    pub topic: Option<i64>,
    /// The text or caption as the bot wrote it, markup included.
    pub text: Option<String>,
    /// How the bot marked it up.
    pub parse_mode: Option<String>,
    /// The text or caption as it is shown.
    pub plain: String,
    /// Its formatting.
    pub entities: Vec<Entity>,
    /// The buttons under it, in rows.
    pub buttons: Vec<Vec<Button>>,
    /// The keyboard as the bot sent it.
    pub reply_markup: Option<Value>,
    /// The picture or document.
    pub file: Option<SentFile>,
    /// Whether it came without sound.
    pub silent: bool,
    /// Whether an answer to a button is shown as a box to close.
    pub show_alert: bool,
}

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Button {
    /// What it says.
    pub text: String,
    /// What the bot gets when it is pressed.
    pub data: Option<String>,
    /// The page it opens.
    pub url: Option<String>,
}

/// A file the bot sent.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SentFile {
    /// The name it was sent under.
    pub name: String,
    /// Where it can be fetched: `/file/bot<token>/<path>`.
    pub path: String,
    /// Bytes in it.
    pub size: usize,
    /// Whether it is a picture.
    pub is_photo: bool,
    /// Its content.
    #[serde(skip)]
    pub bytes: Bytes,
}

/// The buttons of an inline keyboard.
pub(super) fn buttons(markup: Option<&Value>) -> Vec<Vec<Button>> {
    let rows = markup.and_then(|markup| markup["inline_keyboard"].as_array());
    let text = |button: &Value, name: &str| button[name].as_str().map(str::to_owned);
    rows.into_iter()
        .flatten()
        .map(|row| {
            row.as_array()
                .into_iter()
                .flatten()
                .map(|button| Button {
                    text: text(button, "text").unwrap_or_default(),
                    data: text(button, "callback_data"),
                    url: text(button, "url"),
                })
                .collect()
        })
        .collect()
}
