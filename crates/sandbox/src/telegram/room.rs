//! A chat: its people, its messages, and whether the bot may speak there.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::message::{Message, Person, chat_object};
use super::parameters;
use super::refusal::{Refusal, bad_request};

/// What the bot is in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It may speak.
    Member,
    /// The person blocked it.
    Blocked,
    /// The person deleted the account.
    Deactivated,
    /// It was removed from the group.
    Kicked,
    /// The group became a supergroup of this id.
    Moved(i64),
}

/// One chat.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) object: Value,
    pub(super) messages: BTreeMap<i32, Message>,
    pub(super) people: BTreeMap<i64, Person>,
    /// The pinned messages, the last one pinned at the end.
    pub(super) pinned: Vec<i32>,
    pub(super) standing: Standing,
    /// Whether the topic of a forum is closed that messages without a topic are in.
    pub(super) general_is_closed: bool,
    /// The other topics of a forum, and whether each is closed.
    pub(super) topics: BTreeMap<i32, bool>,
    last_id: i32,
}

impl Room {
    pub(super) fn new(id: i64, person: Option<&Person>) -> Self {
        Self {
            object: chat_object(id, person),
            messages: BTreeMap::new(),
            people: BTreeMap::new(),
            pinned: Vec::new(),
            general_is_closed: false,
            standing: Standing::Member,
            topics: BTreeMap::new(),
            last_id: 0,
        }
    }

    /// Adds a message, giving it the next id of the chat.
    pub(super) fn add(&mut self, from: Person, date: DateTime<Utc>, fill: impl FnOnce(&mut Message)) -> &mut Message {
        self.last_id += 1;
        let mut message = Message::new(self.last_id, from, self.object.clone(), date.timestamp());
        fill(&mut message);
        self.messages.entry(self.last_id).or_insert(message)
    }

    /// Lets the bot in, or says why not.
    pub(super) fn admit(&self) -> Result<(), Refusal> {
        let forbidden = |what: String| Err(Refusal::new(StatusCode::FORBIDDEN, format!("Forbidden: {what}")));
        match self.standing {
            Standing::Member => Ok(()),
            Standing::Blocked => forbidden("bot was blocked by the user".into()),
            Standing::Deactivated => forbidden("user is deactivated".into()),
            Standing::Kicked => {
                forbidden(format!("bot was kicked from the {} chat", self.object["type"].as_str().unwrap_or("group")))
            }
            Standing::Moved(to) => {
                let mut refusal = bad_request("group chat was upgraded to a supergroup chat");
                refusal.parameters = Some(json!({"migrate_to_chat_id": to}));
                Err(refusal)
            }
        }
    }

    /// What `getChat` answers.
    pub(super) fn full_object(&self) -> Value {
        let mut chat = self.object.clone();
        chat["accent_color_id"] = json!(0);
        chat["max_reaction_count"] = json!(11);
        chat["accepted_gift_types"] = json!({
            "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false, "premium_subscription": false,
            "gifts_from_channels": false,
        });
        chat["permissions"] = json!({"can_send_messages": true, "can_send_photos": true, "can_send_documents": true});
        if let Some(message) = self.pinned.last().and_then(|id| self.messages.get(id)) {
            chat["pinned_message"] = parameters::json(message);
        }
        chat
    }

    /// The event that describes it.
    pub(super) fn shown(&self) -> Value {
        let (standing, moved_to) = match self.standing {
            Standing::Member => ("member", None),
            Standing::Blocked => ("blocked", None),
            Standing::Deactivated => ("deactivated", None),
            Standing::Kicked => ("kicked", None),
            Standing::Moved(to) => ("moved", Some(to)),
        };
        json!({
            "kind": "chat", "chat": self.object, "people": self.people.values().collect::<Vec<_>>(), "pinned": self.pinned.last(),
            "standing": standing, "moved_to": moved_to,
        })
    }
}
