//! Pinned messages: a chat may have several, and the one pinned last is shown on top.

use anyhow::ensure;
use serde_json::{Value, json};

use super::call::Call;
use super::chat::Chat;
use super::markup::Formatted;
use super::refusal::{Refusal, bad_request};
use super::room::Room;
use crate::lock::lock;

/// `pinChatMessage`.
pub(super) fn pin(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let id = call.parameters.message_id()?;
    call.state.message(call.parameters.chat_id()?, id, "message to pin not found")?;
    change(call, Some(id), |room| {
        room.pinned.retain(|pinned| *pinned != id);
        room.pinned.push(id);
    })
}

/// `unpinChatMessage`: the one named, or the last one pinned.
pub(super) fn unpin(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let id = call.parameters.message_id().ok();
    if let Some(id) = id {
        call.state.message(call.parameters.chat_id()?, id, "message to unpin not found")?;
    }
    change(call, id, |room| match id {
        Some(id) => room.pinned.retain(|pinned| *pinned != id),
        None => drop(room.pinned.pop()),
    })
}

/// `unpinAllChatMessages`.
pub(super) fn unpin_all(call: &mut Call<'_>) -> Result<Value, Refusal> {
    change(call, None, |room| room.pinned.clear())
}

fn change(call: &mut Call<'_>, id: Option<i32>, change: impl FnOnce(&mut Room)) -> Result<Value, Refusal> {
    let chat = call.parameters.chat_id()?;
    change(call.state.rooms.get_mut(&chat).ok_or_else(|| bad_request("chat not found"))?);
    call.state.show_room(chat);
    let mut sent = call.noted("", &Formatted::default(), None);
    (sent.chat_id, sent.message_id) = (chat, id.unwrap_or(0));
    call.state.note(sent);
    Ok(json!(true))
}

impl Chat {
    /// The pinned messages of a chat, the last one pinned at the end.
    pub fn pinned(&self, chat: i64) -> Vec<i32> {
        lock(&self.0.0.state).rooms.get(&chat).map(|room| room.pinned.clone()).unwrap_or_default()
    }

    /// Lets a person unpin a message. The bot gets no update.
    ///
    /// # Errors
    /// When it is not pinned in that chat.
    pub fn unpin(&self, chat: i64, message_id: i32) -> anyhow::Result<()> {
        let mut state = lock(&self.0.0.state);
        let pinned = state.rooms.get_mut(&chat).map(|room| &mut room.pinned).filter(|pinned| pinned.contains(&message_id));
        ensure!(pinned.is_some(), "message {message_id} is not pinned in chat {chat}");
        if let Some(pinned) = pinned {
            pinned.retain(|pinned| *pinned != message_id);
        }
        state.show_room(chat);
        Ok(())
    }
}
