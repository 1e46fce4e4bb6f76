//! Updates from Telegram: written down before they are confirmed, answered once.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row as _;

use super::{Draft, Store, outbox};

/// How long answered updates are kept, to know one that comes again.
const KEPT: TimeDelta = TimeDelta::days(2);

impl Store {
    /// Writes updates down, each with its chat and its text as JSON. Gives the ids of those that were not there before.
    pub(crate) async fn note_updates(&self, updates: &[(i64, i64, String)], now: DateTime<Utc>) -> Result<Vec<i64>> {
        let mut transaction = self.begin().await?;
        let mut new = Vec::new();
        for (id, chat, heard) in updates {
            let inserted = sqlx::query(
                "INSERT INTO updates (id, chat, heard, heard_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
            )
            .bind(id)
            .bind(chat)
            .bind(heard)
            .bind(now.timestamp_micros())
            .execute(&mut *transaction)
            .await?;
            if inserted.rows_affected() > 0 {
                new.push(*id);
            }
        }
        // Ids start anew after a week without updates: what was answered long ago is no reason to ignore one.
        sqlx::query("DELETE FROM updates WHERE answered_at < $1")
            .bind((now - KEPT).timestamp_micros())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(new)
    }

    /// The updates that are not answered yet, in order: the id and the text of each.
    pub(crate) async fn unanswered_updates(&self) -> Result<Vec<(i64, String)>> {
        let rows =
            sqlx::query("SELECT id, heard FROM updates WHERE answered_at IS NULL ORDER BY id").fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// Records that an update is answered, with the messages owed for it. One that is answered already owes nothing again.
    pub(crate) async fn record_update(&self, update: i64, owed: &[Draft], now: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.begin().await?;
        let answered = sqlx::query("UPDATE updates SET answered_at = $2 WHERE id = $1 AND answered_at IS NULL")
            .bind(update)
            .bind(now.timestamp_micros())
            .execute(&mut *transaction)
            .await?;
        if answered.rows_affected() == 0 {
            return Ok(());
        }
        outbox::owe(&mut transaction, owed, now).await?;
        self.commit(transaction, owed).await
    }
}
