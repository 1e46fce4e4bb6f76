//! Everything Telegram knows: chats with their messages, files, updates the bot has not fetched.

use std::collections::{BTreeMap, HashMap, VecDeque};

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};

use super::bot::bot;
use super::events::Events;
use super::limits::Limits;
use super::message::{Message, Person, chat_object, event};
use super::parameters::json;
use super::refusal::{Refusal, bad_request};
use super::room::Room;
use super::sent::Sent;
use super::webhook::Webhook;

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
    pub(super) person: i64,
    pub(super) asked_at: DateTime<Utc>,
    pub(super) is_answered: bool,
}

/// The state of the Bot API half.
#[derive(Debug)]
pub(crate) struct State {
    pub(super) rooms: BTreeMap<i64, Room>,
    pub(super) files: HashMap<String, Stored>,
    pub(super) updates: VecDeque<Update>,
    pub(super) allowed: Option<Vec<String>>,
    pub(super) webhook: Option<Webhook>,
    pub(super) queries: HashMap<String, Query>,
    pub(super) commands: BTreeMap<String, Value>,
    /// Moves whenever a poller should look again.
    pub(super) stirred: watch::Sender<u64>,
    /// The poller that may wait; an older one has to give up.
    pub(super) poller: u64,
    pub(crate) sent: Vec<Sent>,
    pub(super) shown: broadcast::Sender<Sent>,
    pub(super) events: Events,
    pub(super) limits: Limits,
    /// The bot's number.
    pub(super) bot: i64,
    next_update: i64,
    next_query: u64,
}

/// How many sent messages a slow subscriber may be behind.
const BACKLOG: usize = 4_096;

impl State {
    pub(crate) fn new(bot: i64) -> Self {
        Self {
            rooms: BTreeMap::new(),
            files: HashMap::new(),
            updates: VecDeque::new(),
            allowed: None,
            webhook: None,
            queries: HashMap::new(),
            commands: BTreeMap::new(),
            stirred: watch::channel(0).0,
            poller: 0,
            sent: Vec::new(),
            shown: broadcast::channel(BACKLOG).0,
            events: Events::new(),
            limits: Limits::new(),
            bot,
            next_update: 100_000_001,
            next_query: 1,
        }
    }

    /// The chat with that id, created by the first message in it.
    pub(super) fn room(&mut self, id: i64, person: Option<&Person>) -> &mut Room {
        let is_new = !self.rooms.contains_key(&id);
        let room = self.rooms.entry(id).or_insert_with(|| Room::new(id, person));
        let is_other = person.is_some_and(|person| room.people.get(&person.id) != Some(person));
        if let Some(person) = person.filter(|_| is_other) {
            if id > 0 {
                room.object = chat_object(id, Some(person));
            }
            room.people.insert(person.id, person.clone());
        }
        if is_new || is_other {
            self.events.push(room.shown());
        }
        room
    }

    /// Adds a message to a chat and publishes it; gives its id, and the message as the bot sees it.
    pub(super) fn post(&mut self, chat: i64, from: Person, now: DateTime<Utc>, fill: impl FnOnce(&mut Message)) -> (i32, Value) {
        let message = self.room(chat, None).add(from, now, fill);
        let (id, object, event) = (message.message_id, json(&*message), event(message));
        self.events.push(event);
        (id, object)
    }

    /// Takes a message away.
    pub(super) fn remove(&mut self, chat: i64, id: i32) {
        if let Some(room) = self.rooms.get_mut(&chat) {
            room.messages.remove(&id);
            room.pinned.retain(|pinned| *pinned != id);
        }
        self.show_room(chat);
        self.events.push(json!({"kind": "gone", "chat_id": chat, "message_id": id}));
    }

    /// The bot as a person.
    pub(super) fn bot(&self) -> Person {
        bot(self.bot)
    }

    /// The message `method` is about, in an existing chat.
    pub(super) fn message(&mut self, chat: i64, id: i32, missing: &str) -> Result<&mut Message, Refusal> {
        let room = self.rooms.get_mut(&chat).ok_or_else(|| bad_request("chat not found"))?;
        room.messages.get_mut(&id).ok_or_else(|| bad_request(missing))
    }

    /// Publishes what a chat is now.
    pub(super) fn show_room(&mut self, chat: i64) {
        if let Some(room) = self.rooms.get(&chat) {
            self.events.push(room.shown());
        }
    }

    /// Puts an update before the bot, unless it did not ask for that kind.
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

    pub(super) fn new_query(&mut self, query: Query) -> String {
        let id = format!("{}", 4_000_000_000_000_000 + self.next_query);
        self.next_query += 1;
        self.queries.insert(id.clone(), query);
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

    /// Writes down what the bot did, and shows it to subscribers.
    pub(super) fn note(&mut self, mut sent: Sent) {
        sent.number = self.sent.len() as u64 + 1;
        self.sent.push(sent.clone());
        // Nobody looking on is no error.
        let _ = self.shown.send(sent);
    }
}
