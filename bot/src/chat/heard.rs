//! What of an update concerns the bot: a line, a pressed button, or a group that moved.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use teloxide::types::{CallbackQueryId, MaybeInaccessibleMessage, Message, Update, UpdateKind, User};

use crate::people::Person;
use crate::store::Intent;

/// An update as it is kept until it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Heard {
    pub(crate) chat: i64,
    /// The forum topic that it came from.
    pub(crate) thread: Option<i32>,
    pub(crate) is_private: bool,
    /// Who wrote or pressed; nobody where a chat itself writes: an anonymous admin, a channel.
    #[serde(default)]
    pub(crate) from: Option<Person>,
    /// When the bot read it.
    pub(crate) at: DateTime<Utc>,
    pub(crate) what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum What {
    /// Somebody wrote a text.
    Line(String),
    /// Somebody pressed a button.
    Press {
        query: CallbackQueryId,
        /// What the button carries.
        data: String,
        /// The message that it is under, where it can still be edited.
        message: Option<i32>,
    },
    /// The group has another id now.
    Moved(i64),
}

/// An update and, for a press, what its button does.
pub(super) struct Item {
    pub(super) id: i64,
    pub(super) heard: Heard,
    pub(super) intent: Option<Intent>,
}

impl Heard {
    /// `None` for what is not for this bot: edits, joins, pictures, polls.
    pub(crate) fn of(update: &Update, at: DateTime<Utc>) -> Option<Self> {
        match &update.kind {
            UpdateKind::Message(message) => {
                let what = match message.migrate_to_chat_id() {
                    Some(new) => What::Moved(new.0),
                    None => What::Line(message.text()?.to_owned()),
                };
                let from = message.from.as_ref().filter(|_| message.sender_chat.is_none()).and_then(person);
                let chat = &message.chat;
                Some(Self { chat: chat.id.0, thread: thread(message), is_private: chat.is_private(), from, at, what })
            }
            UpdateKind::CallbackQuery(query) => {
                let under = query.message.as_ref()?;
                let (thread, message) = match under {
                    // Only a text can become another text.
                    MaybeInaccessibleMessage::Regular(message) => (thread(message), message.text().map(|_| message.id.0)),
                    MaybeInaccessibleMessage::Inaccessible(_) => (None, None),
                };
                let what = What::Press { query: query.id.clone(), data: query.data.clone().unwrap_or_default(), message };
                let chat = under.chat();
                let from = person(&query.from);
                Some(Self { chat: chat.id.0, thread, is_private: chat.is_private(), from, at, what })
            }
            _ => None,
        }
    }
}

/// Somebody of flesh and blood: bots have no role.
fn person(user: &User) -> Option<Person> {
    let id = i64::try_from(user.id.0).ok()?;
    (!user.is_bot).then(|| Person { id, name: user.full_name() })
}

/// The forum topic of a message. In other groups a reply has a thread too, in which nothing can be sent.
fn thread(message: &Message) -> Option<i32> {
    message.thread_id.filter(|_| message.is_topic_message).map(|thread| thread.0.0)
}
