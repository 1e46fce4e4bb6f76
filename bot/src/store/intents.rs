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
    pub(crate) id: i64,
    /// The command that it stands for, as it would be typed.
    pub(crate) command: String,
    /// Who did it already, and when; of commands that are done once.
    pub(crate) done: Option<(String, DateTime<Utc>)>,
}

/// Stores what a button does; gives the text that the button carries. Buttons of a chat that do the same, and have not done it
/// yet, share one intent: a message whose buttons stay the same does not change.
pub(super) async fn add(
    transaction: &mut Transaction<'static, Sqlite>,
    chat: i64,
    command: &str,
    now: DateTime<Utc>,
) -> Result<String> {
    let shared: Option<i64> =
        sqlx::query_scalar("UPDATE intents SET made_at = $3 WHERE chat = $1 AND command = $2 AND done_at IS NULL RETURNING id")
            .bind(chat)
            .bind(command)
            .bind(now.timestamp_micros())
            .fetch_optional(&mut **transaction)
            .await?;
    if let Some(id) = shared {
        return Ok(format!("intent {id}"));
    }
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
        let row = sqlx::query("SELECT command, done_by, done_at FROM intents WHERE id = $1 AND chat = $2 AND made_at > $3")
            .bind(id)
            .bind(chat)
            .bind((now - KEPT).timestamp_micros())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let done_at: Option<i64> = row.try_get(2)?;
        let done = row.try_get::<Option<String>, _>(1)?.zip(done_at.and_then(DateTime::from_timestamp_micros));
        Ok(Some(Intent { id, command: row.try_get(0)?, done }))
    }

    /// Records who did what a button says, unless somebody did before. Gives whether this was the first.
    pub(crate) async fn intent_done(&self, id: i64, by: &str, now: DateTime<Utc>) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query("UPDATE intents SET done_by = $2, done_at = $3 WHERE id = $1 AND done_at IS NULL")
            .bind(id)
            .bind(by)
            .bind(now.timestamp_micros())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM intents WHERE made_at < $1")
            .bind((now - KEPT).timestamp_micros())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }
}
