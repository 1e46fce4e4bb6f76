//! What somebody sets for the chat that they write in: stored, recorded, and served so from then on.

use std::sync::Arc;

use serde::Serialize;

use super::request::{Refusal, Request};
use crate::config::Chat;
use crate::people::Role;
use crate::store::Change;

/// Stores a setting of the chat, or takes it back where there is no value. `before` and `after` are in words.
pub(super) async fn set<T: Serialize>(
    request: &Request<'_>,
    kind: &str,
    value: Option<&T>,
    (before, after): (String, String),
) -> Result<(), Refusal> {
    let by = request.actor(Role::Operator).await?;
    let (subject, name) = (request.chat_id.to_string(), request.chat.id.to_string());
    let change = Change { by, chat: request.chat_id, action: kind, subject: &subject, before: Some(before), after: Some(after) };
    Ok(request.service.store.change((kind, &name), value, &change, request.asked_at).await?)
}

/// Serves the chat as it is set now, and gives it.
pub(super) async fn serve(request: &Request<'_>) -> Result<Arc<Chat>, Refusal> {
    request.service.load_chats().await?;
    let now = request.service.chat(request.chat_id).await?;
    Ok(now.ok_or_else(|| "This chat is not served any more.".to_owned())?)
}
