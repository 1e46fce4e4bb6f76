//! The other side of the chat: people who write, press buttons and read.

use anyhow::{Context, ensure};
use serde_json::json;
use tokio::sync::broadcast;

use super::Telegram;
use super::markup::{Entity, units};
use super::message::Person;
use super::parameters;
use super::room::Standing;
use super::sent::Sent;
use super::state::Query;
use crate::lock::lock;

/// A handle on the chats: speak to the bot, press its buttons, see what it does. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Chat(pub(crate) Telegram);

impl Chat {
    /// Lets `from` write `text` in a chat; gives the id of the message.
    ///
    /// A positive chat id is the private chat with the person of that number, a negative one a group.
    pub fn say(&self, chat: i64, from: &Person, text: &str) -> i32 {
        self.write(chat, None, from, text)
    }

    /// The same in a topic of a forum.
    pub fn say_in(&self, chat: i64, topic: i32, from: &Person, text: &str) -> i32 {
        self.write(chat, Some(topic), from, text)
    }

    fn write(&self, chat: i64, topic: Option<i32>, from: &Person, text: &str) -> i32 {
        let now = self.0.0.clock.now();
        let mut state = lock(&self.0.0.state);
        let chat = match state.room(chat, Some(from)).standing {
            Standing::Moved(to) => to,
            _ => chat,
        };
        let (id, message) = state.post(chat, from.clone(), now, |message| {
            message.text = Some(text.to_owned());
            message.entities = commands(text);
            message.message_thread_id = topic.map(i64::from);
            message.is_topic_message = topic.is_some();
        });
        // The bot gets no message of a chat that it is not in.
        if state.room(chat, None).standing == Standing::Member {
            state.tell("message", message);
        }
        id
    }

    /// Lets the person of a private chat press the button that carries `data` under a message.
    ///
    /// # Errors
    /// When there is no such message, or no such button under it.
    pub fn press(&self, chat: i64, message_id: i32, data: &str) -> anyhow::Result<()> {
        let from = {
            let mut state = lock(&self.0.0.state);
            let room = state.room(chat, None);
            let from = room.people.values().next().cloned();
            from.unwrap_or_else(|| Person::new(chat.abs(), "Someone"))
        };
        self.press_as(&from, chat, message_id, data)
    }

    /// Lets `from` press the button that carries `data` under a message.
    ///
    /// # Errors
    /// When there is no such message, or no such button under it.
    pub fn press_as(&self, from: &Person, chat: i64, message_id: i32, data: &str) -> anyhow::Result<()> {
        let now = self.0.0.clock.now();
        let mut state = lock(&self.0.0.state);
        let room = state.room(chat, Some(from));
        let message = room.messages.get(&message_id).with_context(|| format!("chat {chat} has no message {message_id}"))?;
        ensure!(message.has_button(data), "message {message_id} of chat {chat} has no button that carries {data:?}");
        let message = parameters::json(message);
        let id = state.new_query(Query { chat, message: message_id, person: from.id, asked_at: now, is_answered: false });
        let query = json!({
            "id": id, "from": from, "message": message, "chat_instance": format!("{}", chat.unsigned_abs()), "data": data,
        });
        state.tell("callback_query", query);
        Ok(())
    }

    /// Lets a person delete a message, the bot's or another's. The bot gets no update.
    ///
    /// # Errors
    /// When there is no such message.
    pub fn delete(&self, chat: i64, message_id: i32) -> anyhow::Result<()> {
        let mut state = lock(&self.0.0.state);
        let is_there = state.rooms.get(&chat).is_some_and(|room| room.messages.contains_key(&message_id));
        ensure!(is_there, "chat {chat} has no message {message_id}");
        state.remove(chat, message_id);
        Ok(())
    }

    /// Everything the bot did so far, in order.
    pub fn sent(&self) -> Vec<Sent> {
        lock(&self.0.0.state).sent.clone()
    }

    /// Everything the bot does from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Sent> {
        lock(&self.0.0.state).shown.subscribe()
    }
}

/// The commands at the beginning of words, as Telegram marks them.
fn commands(text: &str) -> Vec<Entity> {
    let mut entities = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let name = word.trim_end();
        let rest = name.strip_prefix('/').unwrap_or_default();
        let end =
            rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '@').unwrap_or(rest.len());
        if end > 0 {
            entities.push(Entity::new("bot_command", offset, end + 1));
        }
        offset += units(word);
    }
    entities
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn commands_are_marked_where_words_begin() {
        let marks: Vec<_> =
            commands("/low 500 a/b /help@bot, ₹ /x").into_iter().map(|entity| (entity.offset, entity.length)).collect();
        assert_eq!(marks, [(0, 4), (13, 9), (26, 2)]);
    }
}
