//! What is known of chats that cannot be written to now, and of groups that have another id.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

use super::row::column;
use super::{Store, set_fact};

/// What is known of a chat that cannot be written to now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ChatState {
    /// Since when it refuses every message.
    pub(crate) refused_since: Option<DateTime<Utc>>,
    /// The service's words.
    pub(crate) reason: Option<String>,
    /// Whether other chats were notified.
    pub(crate) is_announced: bool,
    /// Until when Telegram asks to wait.
    pub(crate) not_before: Option<DateTime<Utc>>,
}

/// The chats in which the menu of commands is shown.
const MENUS: &str = "menus";

impl Store {
    /// The chats in which the menu of commands is shown.
    pub(crate) async fn menus(&self) -> Result<BTreeSet<i64>> {
        Ok(self.fact(MENUS).await?.unwrap_or_default())
    }

    /// Keeps in which chats the menu is shown.
    pub(crate) async fn keep_menus(&self, chats: &BTreeSet<i64>) -> Result<()> {
        let mut transaction = self.begin().await?;
        set_fact(&mut transaction, MENUS, chats).await?;
        Ok(transaction.commit().await?)
    }

    /// The chats that could not be written to when the last process ended.
    pub(crate) async fn chat_states(&self) -> Result<Vec<(i64, ChatState)>> {
        let rows = sqlx::query("SELECT * FROM chats").fetch_all(&self.pool).await?;
        let instant = |row: &SqliteRow, name: &str| {
            anyhow::Ok(column::<Option<i64>>(row, "chats", name)?.and_then(DateTime::from_timestamp_micros))
        };
        let read = |row: &SqliteRow| {
            let state = ChatState {
                refused_since: instant(row, "refused_since")?,
                reason: column(row, "chats", "reason")?,
                is_announced: column(row, "chats", "is_announced")?,
                not_before: instant(row, "not_before")?,
            };
            anyhow::Ok((column(row, "chats", "chat")?, state))
        };
        let unreadable =
            |error: &anyhow::Error| tracing::warn!(error = format!("{error:#}"), "what is known of a chat is forgotten");
        Ok(rows.iter().filter_map(|row| read(row).inspect_err(unreadable).ok()).collect())
    }

    /// Keeps what is known of a chat; forgets it where the chat can be written to.
    pub(crate) async fn keep_chat_state(&self, chat: i64, state: &ChatState) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM chats WHERE chat = $1").bind(chat).execute(&mut *transaction).await?;
        if *state != ChatState::default() {
            sqlx::query("INSERT INTO chats (chat, refused_since, reason, is_announced, not_before) VALUES ($1, $2, $3, $4, $5)")
                .bind(chat)
                .bind(state.refused_since.map(|since| since.timestamp_micros()))
                .bind(&state.reason)
                .bind(state.is_announced)
                .bind(state.not_before.map(|then| then.timestamp_micros()))
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The id that a chat has now: groups get another when they become supergroups.
    pub(crate) async fn present_chat(&self, chat: i64) -> Result<i64> {
        let moved = sqlx::query("SELECT new_chat FROM moves WHERE old_chat = $1").bind(chat).fetch_optional(&self.pool).await?;
        match moved.map(|row| column(&row, "moves", "new_chat")).transpose() {
            Ok(moved) => Ok(moved.unwrap_or(chat)),
            Err(error) => {
                tracing::warn!(
                    chat,
                    error = format!("{error:#}"),
                    "the id that a group has now cannot be read; its old one is used"
                );
                Ok(chat)
            }
        }
    }

    /// Follows a group to its new id. What is owed goes with it, but where `is_served` says that the new id is itself
    /// configured, alerts do not: they are owed there already.
    pub(crate) async fn move_chat(&self, old: i64, new: i64, is_served: bool) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("UPDATE moves SET new_chat = $2 WHERE new_chat = $1").bind(old).bind(new).execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO moves (old_chat, new_chat) VALUES ($1, $2) ON CONFLICT (old_chat) DO UPDATE SET new_chat = excluded.new_chat")
            .bind(old)
            .bind(new)
            .execute(&mut *transaction)
            .await?;
        if is_served {
            sqlx::query("DELETE FROM outbox WHERE chat = $1 AND ended_at IS NULL AND priority <> 1")
                .bind(old)
                .execute(&mut *transaction)
                .await?;
        }
        for query in [
            "UPDATE outbox SET chat = $2 WHERE chat = $1",
            "UPDATE OR IGNORE intents SET chat = $2 WHERE chat = $1",
            "DELETE FROM chats WHERE chat = $1",
            // Its message is not in the new group.
            "DELETE FROM boards WHERE chat = $1",
        ] {
            sqlx::query(query).bind(old).bind(new).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Draft, Priority};

    #[tokio::test]
    async fn what_is_known_of_a_chat_is_kept_until_it_can_be_written_to() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = DateTime::from_timestamp(1_780_000_000, 0);
        let state = ChatState { refused_since: now, reason: Some("blocked".into()), is_announced: true, not_before: now };
        store.keep_chat_state(7, &state).await.unwrap();
        assert_eq!(store.chat_states().await.unwrap(), [(7, state)]);
        store.keep_chat_state(7, &ChatState::default()).await.unwrap();
        assert_eq!(store.chat_states().await.unwrap(), []);
    }

    #[tokio::test]
    async fn alerts_do_not_follow_a_group_to_an_id_that_gets_them_itself() {
        for (is_served, expected) in [(false, vec!["alert", "answer"]), (true, vec!["answer"])] {
            let store = Store::open("sqlite::memory:").await.unwrap();
            let draft = |html: &str, priority| Draft { chat: -5, html: html.to_owned(), priority, ..Draft::default() };
            let owed = [draft("alert", Priority::Critical), draft("answer", Priority::Answer)];
            store.owe(&owed, Utc::now()).await.unwrap();
            store.move_chat(-5, -1005, is_served).await.unwrap();
            let mut texts = Vec::new();
            for head in store.owed().await.unwrap() {
                assert_eq!(head.chat, -1005);
                texts.push(store.owed_with(head.id).await.unwrap().remove(0).draft.html);
            }
            assert_eq!(texts, expected);
            assert_eq!(store.present_chat(-5).await.unwrap(), -1005);
        }
    }
}
