//! A message as Telegram shows it to a bot.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::markup::Entity;

/// A person who writes to the bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Person {
    /// Telegram's number for the person; also the id of the private chat with it.
    pub id: i64,
    /// First name.
    pub first_name: String,
    /// The name after `@`, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Whether it is a program.
    #[serde(default)]
    pub is_bot: bool,
}

impl Person {
    /// A person without a user name.
    pub fn new(id: i64, first_name: impl Into<String>) -> Self {
        Self { id, first_name: first_name.into(), username: None, is_bot: false }
    }
}

/// One size of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct PhotoSize {
    pub(super) file_id: String,
    pub(super) file_unique_id: String,
    pub(super) file_size: usize,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A file that is not a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Document {
    pub(super) file_id: String,
    pub(super) file_unique_id: String,
    pub(super) file_size: usize,
    pub(super) file_name: String,
    pub(super) mime_type: &'static str,
}

/// A message in a chat.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Message {
    pub(super) message_id: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message_thread_id: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_topic_message: bool,
    pub(super) from: Person,
    pub(super) chat: Value,
    pub(super) date: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) edit_date: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) entities: Vec<Entity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) caption: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) caption_entities: Vec<Entity>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) photo: Vec<PhotoSize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) document: Option<Document>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) media_group_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) forum_topic_created: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reply_to_message: Option<Box<Message>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reply_markup: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) migrate_to_chat_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) migrate_from_chat_id: Option<i64>,
    /// Whether it was sent without sound, which a bot does not see.
    #[serde(skip)]
    pub(super) is_silent: bool,
}

/// The event of a message that is new or changed.
pub(super) fn event(message: &Message) -> Value {
    json!({"kind": "message", "message": message, "silent": message.is_silent})
}

impl Message {
    pub(super) fn new(message_id: i32, from: Person, chat: Value, date: i64) -> Self {
        Self {
            message_id,
            message_thread_id: None,
            is_topic_message: false,
            from,
            chat,
            date,
            edit_date: None,
            text: None,
            entities: Vec::new(),
            caption: None,
            caption_entities: Vec::new(),
            photo: Vec::new(),
            document: None,
            media_group_id: None,
            forum_topic_created: None,
            reply_to_message: None,
            reply_markup: None,
            migrate_to_chat_id: None,
            migrate_from_chat_id: None,
            is_silent: false,
        }
    }

    /// Whether both show the same.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        (&self.text, &self.entities, &self.caption, &self.caption_entities, &self.reply_markup)
            == (&other.text, &other.entities, &other.caption, &other.caption_entities, &other.reply_markup)
    }

    /// Whether a button of its keyboard carries `data`.
    pub(super) fn has_button(&self, data: &str) -> bool {
        let Some(markup) = &self.reply_markup else { return false };
        let rows = markup["inline_keyboard"].as_array().into_iter().flatten();
        rows.filter_map(Value::as_array).flatten().any(|button| button["callback_data"] == data)
    }
}

/// The chat object of a chat with that id; `person` names a private one.
pub(super) fn chat_object(id: i64, person: Option<&Person>) -> Value {
    let first_name = person.map_or("Someone", |person| person.first_name.as_str());
    match id {
        1.. => {
            let mut chat = json!({"id": id, "type": "private", "first_name": first_name});
            if let Some(username) = person.and_then(|person| person.username.as_ref()) {
                chat["username"] = json!(username);
            }
            chat
        }
        ..=-1_000_000_000_000 => json!({"id": id, "type": "supergroup", "title": format!("Group {}", -1_000_000_000_000 - id)}),
        _ => json!({"id": id, "type": "group", "title": format!("Group {}", -id)}),
    }
}
