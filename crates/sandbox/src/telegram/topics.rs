//! Forums: supergroups whose messages stand in topics.

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::call::Call;
use super::chat::Chat;
use super::message::{Message, Person};
use super::refusal::{Refusal, bad_request};
use super::room::Room;
use super::state::State;
use crate::lock::lock;

/// The colour of a topic's sign: one of those that Telegram has.
const COLOUR: u32 = 0x006F_B9F0;

/// `createForumTopic`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let chat = call.parameters.chat_id()?;
    let name = call.parameters.text("name").filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| bad_request("TOPIC_NAME_EMPTY"))?;
    let room = call.state.rooms.get(&chat).ok_or_else(|| bad_request("chat not found"))?;
    if !room.is_forum() {
        return Err(bad_request("the chat is not a forum"));
    }
    let (bot, now) = (call.bot(), call.now);
    let id = open(call.state, chat, bot, &name, now);
    Ok(json!({"message_thread_id": id, "name": name, "icon_color": COLOUR}))
}

/// `closeForumTopic` and `reopenForumTopic`.
pub(super) fn close(call: &mut Call<'_>, closes: bool) -> Result<Value, Refusal> {
    let chat = call.parameters.chat_id()?;
    let id = call.parameters.integer("message_thread_id").and_then(|id| i32::try_from(id).ok()).unwrap_or_default();
    let topic = call.state.rooms.get_mut(&chat).and_then(|room| room.topics.get_mut(&id));
    let is_closed = topic.ok_or_else(|| bad_request("message thread not found"))?;
    if *is_closed == closes {
        return Err(bad_request("TOPIC_NOT_MODIFIED"));
    }
    *is_closed = closes;
    Ok(json!(true))
}

/// `deleteForumTopic`: the topic and all messages in it.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let chat = call.parameters.chat_id()?;
    let id = call.parameters.integer("message_thread_id").and_then(|id| i32::try_from(id).ok()).unwrap_or_default();
    if remove(call.state, chat, id) { Ok(json!(true)) } else { Err(bad_request("message thread not found")) }
}

/// `closeGeneralForumTopic` and `reopenGeneralForumTopic`.
pub(super) fn close_general(call: &mut Call<'_>, closes: bool) -> Result<Value, Refusal> {
    let room = call.state.rooms.get_mut(&call.parameters.chat_id()?).filter(|room| room.is_forum());
    let room = room.ok_or_else(|| bad_request("the chat is not a forum"))?;
    if room.general_is_closed == closes {
        return Err(bad_request("TOPIC_NOT_MODIFIED"));
    }
    room.general_is_closed = closes;
    Ok(json!(true))
}

fn remove(state: &mut State, chat: i64, topic: i32) -> bool {
    let Some(room) = state.rooms.get_mut(&chat).filter(|room| room.topics.contains_key(&topic)) else { return false };
    room.topics.remove(&topic);
    let is_in = |message: &Message| message.message_thread_id == Some(i64::from(topic));
    let messages: Vec<i32> = room.messages.values().filter(|message| is_in(message)).map(|message| message.message_id).collect();
    for id in messages {
        state.remove(chat, id);
    }
    true
}

impl Room {
    pub(super) fn is_forum(&self) -> bool {
        self.object["is_forum"] == true
    }

    /// Lets a message of the bot into a topic, or into the general one, or says why not.
    pub(super) fn admit_to(&self, topic: Option<i64>) -> Result<(), Refusal> {
        let is_closed = match topic {
            None => Some(self.general_is_closed),
            Some(topic) => i32::try_from(topic).ok().and_then(|topic| self.topics.get(&topic).copied()),
        };
        match is_closed {
            None => Err(bad_request("message thread not found")),
            Some(true) => Err(bad_request("TOPIC_CLOSED")),
            Some(false) => Ok(()),
        }
    }
}

impl Chat {
    /// Turns a supergroup into a forum.
    ///
    /// # Errors
    /// When there is no such supergroup.
    pub fn make_forum(&self, chat: i64) -> anyhow::Result<()> {
        let mut state = lock(&self.0.0.state);
        let room = state.rooms.get_mut(&chat).with_context(|| format!("there is no chat {chat}"))?;
        ensure!(room.object["type"] == "supergroup", "{chat} is no supergroup");
        room.object["is_forum"] = json!(true);
        state.show_room(chat);
        Ok(())
    }

    /// Closes a topic of a forum, or opens it again; without a topic, the general one.
    ///
    /// # Errors
    /// When there is no such topic.
    pub fn close_topic(&self, chat: i64, topic: Option<i32>, closes: bool) -> anyhow::Result<()> {
        let mut state = lock(&self.0.0.state);
        let room = state.rooms.get_mut(&chat).filter(|room| room.is_forum()).with_context(|| format!("{chat} is no forum"))?;
        let is_closed = match topic {
            None => &mut room.general_is_closed,
            Some(topic) => room.topics.get_mut(&topic).with_context(|| format!("{chat} has no topic {topic}"))?,
        };
        *is_closed = closes;
        Ok(())
    }

    /// Deletes a topic of a forum with its messages. The bot gets no update.
    ///
    /// # Errors
    /// When there is no such topic.
    pub fn delete_topic(&self, chat: i64, topic: i32) -> anyhow::Result<()> {
        ensure!(remove(&mut lock(&self.0.0.state), chat, topic), "{chat} has no topic {topic}");
        Ok(())
    }

    /// Lets `by` open a topic; gives its id.
    ///
    /// # Errors
    /// When the chat is no forum.
    pub fn open_topic(&self, chat: i64, by: &Person, name: &str) -> anyhow::Result<i32> {
        let now = self.0.0.clock.now();
        let mut state = lock(&self.0.0.state);
        let is_forum = state.rooms.get(&chat).is_some_and(Room::is_forum);
        ensure!(is_forum, "{chat} is no forum");
        Ok(open(&mut state, chat, by.clone(), name, now))
    }
}

/// A topic has the id of the message that opened it.
fn open(state: &mut State, chat: i64, by: Person, name: &str, now: DateTime<Utc>) -> i32 {
    let by_bot = by.is_bot;
    let (id, message) = state.post(chat, by, now, |message| {
        message.message_thread_id = Some(i64::from(message.message_id));
        message.is_topic_message = true;
        message.forum_topic_created = Some(json!({"name": name, "icon_color": COLOUR}));
    });
    state.room(chat, None).topics.insert(id, false);
    if !by_bot {
        state.tell("message", message);
    }
    id
}
