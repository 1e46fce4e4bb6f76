//! Messages owed: written with the decision that made them, ended when Telegram took them.

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, Transaction};
use tokio::sync::watch;

use super::{KEPT, Store};

/// A message to one chat, before it is owed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) chat: i64,
    pub(crate) html: String,
    /// A picture that the text is the caption of.
    pub(crate) picture: Option<Vec<u8>>,
    /// Whether it comes without sound.
    pub(crate) silent: bool,
    /// The buttons under it, in rows.
    pub(crate) buttons: Buttons,
    /// The message that is changed to this one, instead of sending another.
    pub(crate) edits: Option<i32>,
    /// The forum topic it belongs to; `None` in General and outside forums.
    pub(crate) thread: Option<i32>,
    /// Messages of one slot replace each other: this one edits what the last one of its slot became, if that was sent.
    pub(crate) slot: Option<String>,
}

/// A button under a message. Pressing it is as if its command was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Button {
    pub(crate) text: String,
    pub(crate) command: String,
}

/// Buttons in rows.
pub(crate) type Buttons = Vec<Vec<Button>>;

/// A message owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owed {
    pub(crate) id: i64,
    pub(crate) draft: Draft,
    /// How often its delivery failed.
    pub(crate) attempts: i64,
}

pub(super) async fn owe(transaction: &mut Transaction<'static, Sqlite>, drafts: &[Draft], now: DateTime<Utc>) -> Result<()> {
    for draft in drafts {
        if let Some(message) = draft.edits {
            // Only the last of several changes that wait is of use.
            sqlx::query("DELETE FROM outbox WHERE chat = $1 AND edits = $2 AND ended_at IS NULL")
                .bind(draft.chat)
                .bind(message)
                .execute(&mut **transaction)
                .await?;
        }
        if let Some(slot) = &draft.slot {
            // A message that is replaced before it was sent is not sent; one that was tried may have arrived.
            sqlx::query("DELETE FROM outbox WHERE chat = $1 AND slot = $2 AND ended_at IS NULL AND attempts = 0")
                .bind(draft.chat)
                .bind(slot)
                .execute(&mut **transaction)
                .await?;
        }
        sqlx::query(
            "INSERT INTO outbox (chat, html, picture, silent, buttons, edits, thread, slot, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(draft.chat)
        .bind(&draft.html)
        .bind(&draft.picture)
        .bind(draft.silent)
        .bind(buttons(&draft.buttons)?)
        .bind(draft.edits)
        .bind(draft.thread)
        .bind(&draft.slot)
        .bind(now.timestamp_micros())
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// The column of the buttons; empty where there are none.
fn buttons(buttons: &Buttons) -> Result<Option<String>> {
    Ok(if buttons.is_empty() { None } else { Some(serde_json::to_string(buttons)?) })
}

impl Store {
    /// Changes whenever more is owed.
    pub(crate) fn watch_owed(&self) -> watch::Receiver<()> {
        self.owed.subscribe()
    }

    /// The oldest message owed to each chat, oldest chat first.
    pub(crate) async fn owed(&self) -> Result<Vec<Owed>> {
        let rows = sqlx::query(
            "SELECT id, chat, html, picture, silent, buttons, edits, attempts, thread, slot FROM outbox
             WHERE id IN (SELECT min(id) FROM outbox WHERE ended_at IS NULL GROUP BY chat) ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        let owed = |row: &SqliteRow| {
            let buttons: Option<String> = row.get(5);
            let draft = Draft {
                chat: row.get(1),
                html: row.get(2),
                picture: row.get(3),
                silent: row.get(4),
                // A message without its buttons still says what it has to say.
                buttons: buttons.and_then(|buttons| serde_json::from_str(&buttons).ok()).unwrap_or_default(),
                edits: row.get(6),
                thread: row.get(8),
                slot: row.get(9),
            };
            Owed { id: row.get(0), draft, attempts: row.get(7) }
        };
        Ok(rows.iter().map(owed).collect())
    }

    /// Whether nothing is owed, and no summary is due that will be.
    #[cfg(feature = "demo")]
    pub(crate) async fn owes_nothing(&self, now: DateTime<Utc>) -> Result<bool> {
        let owed: i64 = sqlx::query_scalar(
            "SELECT (SELECT count(*) FROM outbox WHERE ended_at IS NULL) + (SELECT count(*) FROM schedule WHERE due_at <= $1)",
        )
        .bind(now.timestamp_micros())
        .fetch_one(&self.pool)
        .await?;
        Ok(owed == 0)
    }

    /// Ends a message: delivered, or given up with a reason. Forgets those that ended long ago.
    pub(crate) async fn end(&self, id: i64, failure: Option<&str>, now: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("UPDATE outbox SET ended_at = $2, failure = $3, picture = NULL WHERE id = $1")
            .bind(id)
            .bind(now.timestamp_micros())
            .bind(failure)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM outbox WHERE ended_at < $1")
            .bind((now - KEPT).timestamp_micros())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The message that the last one of a slot became.
    pub(crate) async fn message_in(&self, chat: i64, slot: &str) -> Result<Option<i32>> {
        let message = sqlx::query_scalar(
            "SELECT message FROM outbox WHERE chat = $1 AND slot = $2 AND message IS NOT NULL ORDER BY id DESC LIMIT 1",
        );
        Ok(message.bind(chat).bind(slot).fetch_optional(&self.pool).await?)
    }

    /// Records which message a delivered one became.
    pub(crate) async fn became(&self, id: i64, message: i32) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("UPDATE outbox SET message = $2 WHERE id = $1").bind(id).bind(message).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Records that a delivery failed and will be tried again.
    pub(crate) async fn failed(&self, id: i64) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("UPDATE outbox SET attempts = attempts + 1 WHERE id = $1").bind(id).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_replaces_the_unsent_one_of_its_slot_and_finds_the_sent_one() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = Utc::now();
        let draft = |html: &str| Draft { chat: 7, html: html.to_owned(), slot: Some("board".to_owned()), ..Draft::default() };
        let other = Draft { slot: None, ..draft("other") };
        store.record_update(1, &[draft("first"), other, draft("second")], now).await.unwrap();
        assert_eq!(store.owed().await.unwrap()[0].draft.html, "other");
        store.end(store.owed().await.unwrap()[0].id, None, now).await.unwrap();

        let owed = store.owed().await.unwrap().remove(0);
        assert_eq!((owed.draft, store.message_in(7, "board").await.unwrap()), (draft("second"), None));
        store.became(owed.id, 41).await.unwrap();
        store.end(owed.id, None, now).await.unwrap();
        assert_eq!(store.message_in(7, "board").await.unwrap(), Some(41));
        assert_eq!(store.message_in(8, "board").await.unwrap(), None);
    }
}
