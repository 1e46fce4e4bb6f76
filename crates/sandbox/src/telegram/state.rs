//! Everything Telegram knows: chats with their messages, files, updates the bot has not fetched.

use std::collections::{BTreeMap, HashMap, VecDeque};

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};

use super::message::{Message, Person, chat_object};
use super::refusal::{Refusal, bad_request};
use super::sent::Sent;

/// One chat.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) object: Value,
    pub(super) messages: BTreeMap<i32, Message>,
    pub(super) people: BTreeMap<i64, Person>,
    pub(super) pinned: Option<i32>,
    last_id: i32,
}

/// A stored file.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) path: String,
    pub(super) bytes: Bytes,
}

/// An update that waits for the bot.
#[derive(Debug, Clone)]
pub(super) struct Update {
    pub(super) id: i64,
    pub(super) kind: &'static str,
    pub(super) object: Value,
}

/// A pressed button.
#[derive(Debug, Clone, Copy)]
pub(super) struct Query {
    pub(super) chat: i64,
    pub(super) message: i32,
    pub(super) is_answered: bool,
}

/// The state of the Bot API half.
#[derive(Debug)]
pub(crate) struct State {
    pub(super) rooms: BTreeMap<i64, Room>,
    pub(super) files: HashMap<String, Stored>,
    pub(super) updates: VecDeque<Update>,
    pub(super) allowed: Option<Vec<String>>,
    pub(super) queries: HashMap<String, Query>,
    pub(super) commands: BTreeMap<String, Value>,
    /// Moves whenever a poller should look again.
    pub(super) stirred: watch::Sender<u64>,
    /// The poller that may wait; an older one has to give up.
    pub(super) poller: u64,
    pub(crate) sent: Vec<Sent>,
    pub(super) shown: broadcast::Sender<Sent>,
    next_update: i64,
    next_query: u64,
}

/// How many sent messages a slow subscriber may be behind.
const BACKLOG: usize = 4_096;

impl State {
    pub(crate) fn new() -> Self {
        Self {
            rooms: BTreeMap::new(),
            files: HashMap::new(),
            updates: VecDeque::new(),
            allowed: None,
            queries: HashMap::new(),
            commands: BTreeMap::new(),
            stirred: watch::channel(0).0,
            poller: 0,
            sent: Vec::new(),
            shown: broadcast::channel(BACKLOG).0,
            next_update: 100_000_001,
            next_query: 1,
        }
    }

    /// The chat with that id, made when it is first spoken from or to.
    pub(super) fn room(&mut self, id: i64, person: Option<&Person>) -> &mut Room {
        let room = self.rooms.entry(id).or_insert_with(|| Room {
            object: chat_object(id, person),
            messages: BTreeMap::new(),
            people: BTreeMap::new(),
            pinned: None,
            last_id: 0,
        });
        if let Some(person) = person {
            if id > 0 {
                room.object = chat_object(id, Some(person));
            }
            room.people.insert(person.id, person.clone());
        }
        room
    }

    /// The message `method` is about, in an existing chat.
    pub(super) fn message(&mut self, chat: i64, id: i32, missing: &str) -> Result<&mut Message, Refusal> {
        let room = self.rooms.get_mut(&chat).ok_or_else(|| bad_request("chat not found"))?;
        room.messages.get_mut(&id).ok_or_else(|| bad_request(missing))
    }

    /// Puts an update before the bot, unless it asked not to be told of that kind.
    pub(super) fn tell(&mut self, kind: &'static str, object: Value) {
        if self.allowed.as_ref().is_some_and(|allowed| !allowed.iter().any(|name| name == kind)) {
            return;
        }
        self.updates.push_back(Update { id: self.next_update, kind, object });
        self.next_update += 1;
        self.stir();
    }

    pub(super) fn stir(&self) {
        self.stirred.send_modify(|times| *times += 1);
    }

    pub(super) fn new_query(&mut self, chat: i64, message: i32) -> String {
        let id = format!("{}", 4_000_000_000_000_000 + self.next_query);
        self.next_query += 1;
        self.queries.insert(id.clone(), Query { chat, message, is_answered: false });
        id
    }

    /// Keeps a file and gives it its id.
    pub(super) fn keep(&mut self, folder: &str, name: &str, bytes: Bytes) -> (String, Stored) {
        let number = self.files.len() + 1;
        let ending = name.rsplit_once('.').map_or("bin", |(_, ending)| ending);
        let ending = if ending.len() <= 5 && ending.chars().all(char::is_alphanumeric) { ending } else { "bin" };
        let id = format!("BQACAgUAAxkBAAM{number:06}");
        let stored = Stored { path: format!("{folder}/file_{number}.{ending}"), bytes };
        self.files.insert(id.clone(), stored.clone());
        (id, stored)
    }

    /// Writes down what the bot did, and shows it to whoever looks on.
    pub(super) fn note(&mut self, mut sent: Sent) {
        sent.number = self.sent.len() as u64 + 1;
        self.sent.push(sent.clone());
        // Nobody looking on is no error.
        let _ = self.shown.send(sent);
    }
}

impl Room {
    /// Adds a message, giving it the next id of the chat.
    pub(super) fn add(&mut self, from: Person, date: DateTime<Utc>, fill: impl FnOnce(&mut Message)) -> &mut Message {
        self.last_id += 1;
        let mut message = Message::new(self.last_id, from, self.object.clone(), date.timestamp());
        fill(&mut message);
        self.messages.entry(self.last_id).or_insert(message)
    }

    pub(super) fn full_object(&self) -> Value {
        let mut chat = self.object.clone();
        chat["accent_color_id"] = json!(0);
        chat["max_reaction_count"] = json!(11);
        chat["accepted_gift_types"] = json!({
            "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false, "premium_subscription": false,
            "gifts_from_channels": false,
        });
        chat["permissions"] = json!({"can_send_messages": true, "can_send_photos": true, "can_send_documents": true});
        if let Some(message) = self.pinned.and_then(|id| self.messages.get(&id)) {
            chat["pinned_message"] = super::parameters::json(message);
        }
        chat
    }
}
