//! `getUpdates`: long polling with confirmed offsets.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout_at};

use super::parameters::Parameters;
use super::refusal::Refusal;
use super::state::State;
use super::{Telegram, webhook};
use crate::lock::lock;

/// The longest that Telegram lets a poller wait.
const LONGEST_WAIT: i64 = 50;
/// Updates that Telegram holds back from a bot that did not ask for them.
const ON_REQUEST: [&str; 4] = ["chat_member", "message_reaction", "message_reaction_count", "guest_message"];

impl Telegram {
    /// Answers when there is an update, when the wait is over, or when another poller came.
    pub(super) async fn get_updates(&self, parameters: &Parameters) -> Result<Value, Refusal> {
        let offset = parameters.integer("offset").unwrap_or(0);
        let limit = parameters.integer("limit").unwrap_or(100).clamp(1, 100);
        let limit = usize::try_from(limit).unwrap_or(100);
        let wait = parameters.integer("timeout").unwrap_or(0).clamp(0, LONGEST_WAIT);
        let deadline = Instant::now() + Duration::from_secs(wait.unsigned_abs());
        let allowed = parameters.allowed_kinds()?;
        let (mut stirred, poller) = {
            let mut state = lock(&self.0.state);
            if state.webhook.is_some() {
                return Err(webhook::conflict());
            }
            state.poller += 1;
            state.stir();
            if let Some(kinds) = allowed {
                state.allowed = Some(kinds).filter(|kinds| !kinds.is_empty());
            }
            state.confirm(offset);
            (state.stirred.subscribe(), state.poller)
        };
        loop {
            {
                let state = lock(&self.0.state);
                if state.webhook.is_some() {
                    return Err(webhook::conflict());
                }
                if state.poller != poller {
                    return Err(Refusal::new(StatusCode::CONFLICT, CONFLICT));
                }
                let waiting = state.waiting(limit);
                if !waiting.is_empty() {
                    return Ok(json!(waiting));
                }
            }
            if timeout_at(deadline, stirred.changed()).await.is_err() {
                return Ok(json!([]));
            }
        }
    }
}

const CONFLICT: &str = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

impl State {
    /// Forgets the updates before `offset`; below zero, all but the last so many.
    fn confirm(&mut self, offset: i64) {
        if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let excess = self.updates.len().saturating_sub(keep);
            self.updates.drain(..excess);
        } else {
            self.updates.retain(|update| update.id >= offset);
        }
    }

    pub(super) fn waiting(&self, limit: usize) -> Vec<Value> {
        let wanted = |kind: &str| self.allowed.is_some() || !ON_REQUEST.contains(&kind);
        let updates = self.updates.iter().filter(|update| wanted(update.kind)).take(limit);
        updates
            .map(|update| {
                let mut object = Map::new();
                object.insert("update_id".into(), json!(update.id));
                object.insert(update.kind.into(), update.object.clone());
                Value::Object(object)
            })
            .collect()
    }
}
