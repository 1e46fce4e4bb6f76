//! The commands that a bot shows, by scope and language.

use serde_json::{Value, json};

use super::Telegram;
use super::call::Call;
use super::refusal::{Refusal, bad_request};
use super::state::State;
use crate::lock::lock;

/// The key of a scope: its type, its chat and its person, and the language.
fn key(scope: &Value, language: &str) -> String {
    let part = |name: &str| scope.get(name).map(Value::to_string).unwrap_or_default();
    format!("{} {} {} {language}", scope["type"].as_str().unwrap_or("default"), part("chat_id"), part("user_id"))
}

fn scope(call: &Call<'_>) -> Result<String, Refusal> {
    let scope = call.parameters.json("scope")?.unwrap_or_else(|| json!({"type": "default"}));
    Ok(key(&scope, &call.parameters.text("language_code").unwrap_or_default()))
}

/// `setMyCommands`.
pub(super) fn set(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let commands = call.parameters.json("commands")?.unwrap_or_else(|| json!([]));
    for command in commands.as_array().ok_or_else(|| bad_request("can't parse commands: expected an Array"))? {
        let name = command["command"].as_str().unwrap_or_default().trim_start_matches('/');
        let is_good = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        if name.is_empty() || name.len() > 32 || !name.chars().all(is_good) {
            return Err(bad_request("BOT_COMMAND_INVALID"));
        }
        let described = command["description"].as_str().unwrap_or_default();
        if described.is_empty() || described.chars().count() > 256 {
            return Err(bad_request("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    let scope = scope(call)?;
    call.state.commands.insert(scope, commands);
    Ok(json!(true))
}

/// `getMyCommands`: those of exactly this scope and language.
pub(super) fn get(call: &mut Call<'_>) -> Result<Value, Refusal> {
    Ok(call.state.commands.get(&scope(call)?).cloned().unwrap_or_else(|| json!([])))
}

/// `deleteMyCommands`.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let scope = scope(call)?;
    call.state.commands.remove(&scope);
    Ok(json!(true))
}

impl Telegram {
    /// The commands that a person sees in a chat: those of the narrowest scope that has any.
    pub(crate) fn commands(&self, chat: i64, person: i64) -> Value {
        let state = lock(&self.0.state);
        let everywhere = if chat > 0 { "all_private_chats" } else { "all_group_chats" };
        let scopes = [
            json!({"type": "chat_member", "chat_id": chat, "user_id": person}),
            json!({"type": "chat", "chat_id": chat}),
            json!({"type": everywhere}),
            json!({"type": "default"}),
        ];
        let found = |state: &State| scopes.iter().find_map(|scope| state.commands.get(&key(scope, "")).cloned());
        found(&state).unwrap_or_else(|| json!([]))
    }
}
