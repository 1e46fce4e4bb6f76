//! What people do with the bot: block it, remove it, invite it, turn their group into a supergroup.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::chat::Chat;
use super::message::Person;
use super::parameters;
use super::room::Standing;
use crate::lock::lock;

/// Supergroups have ids below this.
const SUPERGROUPS: i64 = -1_000_000_000_000;

impl Chat {
    /// Adds a person to a chat, which is created if it does not exist. The bot gets no update.
    pub fn join(&self, chat: i64, person: &Person) {
        lock(&self.0.0.state).room(chat, Some(person));
    }

    /// Names a group.
    pub fn entitle(&self, chat: i64, title: &str) {
        let mut state = lock(&self.0.0.state);
        state.room(chat, None).object["title"] = json!(title);
        state.show_room(chat);
    }

    /// Lets the person of a private chat block the bot: what it sends there is refused.
    ///
    /// # Errors
    /// When there is no such private chat, or the bot is blocked already.
    pub fn block(&self, chat: i64) -> anyhow::Result<()> {
        ensure!(chat > 0, "{chat} is a group; the bot is kicked from it");
        self.change(chat, None, Standing::Member, Standing::Blocked)
    }

    /// Lets the person of a private chat take the block back.
    ///
    /// # Errors
    /// When the bot is not blocked there.
    pub fn unblock(&self, chat: i64) -> anyhow::Result<()> {
        self.change(chat, None, Standing::Blocked, Standing::Member)
    }

    /// Lets the person of a private chat delete the account. The bot gets no update; what it sends there is refused.
    ///
    /// # Errors
    /// When there is no such private chat.
    pub fn deactivate(&self, chat: i64) -> anyhow::Result<()> {
        ensure!(chat > 0, "{chat} is a group");
        let mut state = lock(&self.0.0.state);
        let room = state.rooms.get_mut(&chat).with_context(|| format!("there is no chat {chat}"))?;
        room.standing = Standing::Deactivated;
        state.show_room(chat);
        Ok(())
    }

    /// Lets `by` remove the bot from a group.
    ///
    /// # Errors
    /// When there is no such group, or the bot is not in it.
    pub fn kick(&self, chat: i64, by: &Person) -> anyhow::Result<()> {
        ensure!(chat < 0, "{chat} is a private chat; the bot is blocked there");
        self.change(chat, Some(by), Standing::Member, Standing::Kicked)
    }

    /// Lets `by` take the bot into a group again.
    ///
    /// # Errors
    /// When it was not removed from it.
    pub fn invite(&self, chat: i64, by: &Person) -> anyhow::Result<()> {
        self.change(chat, Some(by), Standing::Kicked, Standing::Member)
    }

    /// Turns a group into a supergroup, which has another id; gives that.
    ///
    /// # Errors
    /// When there is no such group, or it is a supergroup already.
    pub fn migrate(&self, chat: i64, by: &Person) -> anyhow::Result<i64> {
        ensure!(chat < 0 && chat > SUPERGROUPS, "{chat} is no group that can become a supergroup");
        let now = self.0.0.clock.now();
        let mut state = lock(&self.0.0.state);
        let old = state.rooms.get_mut(&chat).with_context(|| format!("there is no chat {chat}"))?;
        ensure!(!matches!(old.standing, Standing::Moved(_)), "group {chat} is a supergroup already");
        let new = SUPERGROUPS + chat;
        let (title, people, standing) = (old.object["title"].clone(), old.people.clone(), old.standing);
        old.standing = Standing::Moved(new);
        let room = state.room(new, None);
        room.object["title"] = title;
        (room.people, room.standing) = (people, standing);
        let (_, left) = state.post(chat, by.clone(), now, |message| message.migrate_to_chat_id = Some(new));
        let (_, begun) = state.post(new, by.clone(), now, |message| message.migrate_from_chat_id = Some(chat));
        state.tell("message", left);
        state.tell("message", begun);
        state.show_room(chat);
        state.show_room(new);
        Ok(new)
    }

    fn change(&self, chat: i64, by: Option<&Person>, from: Standing, to: Standing) -> anyhow::Result<()> {
        let now = self.0.0.clock.now();
        let mut state = lock(&self.0.0.state);
        let bot = state.bot();
        let room = state.rooms.get_mut(&chat).with_context(|| format!("there is no chat {chat}"))?;
        ensure!(room.standing == from, "the bot is {} in chat {chat}", status(room.standing));
        room.standing = to;
        let by = by.or_else(|| room.people.values().next()).cloned().unwrap_or_else(|| Person::new(chat.abs(), "Someone"));
        let object = json!({
            "chat": room.object, "from": by, "date": now.timestamp(),
            "old_chat_member": member(from, &bot), "new_chat_member": member(to, &bot),
        });
        state.tell("my_chat_member", object);
        state.show_room(chat);
        Ok(())
    }
}

fn status(standing: Standing) -> &'static str {
    if standing == Standing::Member { "a member" } else { "not a member" }
}

fn member(standing: Standing, bot: &Person) -> Value {
    if standing == Standing::Member {
        json!({"status": "member", "user": bot})
    } else {
        json!({"status": "kicked", "user": parameters::json(bot), "until_date": 0})
    }
}
