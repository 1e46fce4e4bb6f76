//! What buttons do. A button carries only a reference, so that it survives restarts and is checked again when it is pressed.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Row as _, Sqlite, Transaction};

use super::Store;

/// Buttons older than this do nothing any more.
const KEPT: TimeDelta = TimeDelta::days(30);

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Intent {
    /// The command that it stands for, as it would be typed.
    pub(crate) command: String,
}

/// Stores what a button does; gives the text that the button carries. Buttons of a chat that do the
/// same share one intent: a message whose buttons stay the same does not change.
pub(super) async fn add(
    transaction: &mut Transaction<'static, Sqlite>,
    chat: i64,
    command: &str,
    now: DateTime<Utc>,
) -> Result<String> {
    let shared: Option<i64> = sqlx::query_scalar("UPDATE intents SET made_at = $3 WHERE chat = $1 AND command = $2 RETURNING id")
        .bind(chat)
        .bind(command)
        .bind(now.timestamp_micros())
        .fetch_optional(&mut **transaction)
        .await?;
    if let Some(id) = shared {
        return Ok(format!("intent {id}"));
    }
    sqlx::query("DELETE FROM intents WHERE made_at < $1")
        .bind((now - KEPT).timestamp_micros())
        .execute(&mut **transaction)
        .await?;
    let id: i64 = sqlx::query_scalar("INSERT INTO intents (chat, command, made_at) VALUES ($1, $2, $3) RETURNING id")
        .bind(chat)
        .bind(command)
        .bind(now.timestamp_micros())
        .fetch_one(&mut **transaction)
        .await?;
    Ok(format!("intent {id}"))
}

impl Store {
    /// What a button of this chat does; `None` where it carries something else, is another chat's, or too old.
    pub(crate) async fn intent(&self, chat: i64, data: &str, now: DateTime<Utc>) -> Result<Option<Intent>> {
        let Some(id) = data.strip_prefix("intent ").and_then(|id| id.parse::<i64>().ok()) else { return Ok(None) };
        let row = sqlx::query("SELECT command FROM intents WHERE id = $1 AND chat = $2 AND made_at > $3")
            .bind(id)
            .bind(chat)
            .bind((now - KEPT).timestamp_micros())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Intent { command: row.try_get(0)? }))
    }
}
