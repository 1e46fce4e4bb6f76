//! The board of each chat and topic.

use anyhow::Result;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

use super::row::column;
use super::{Draft, Store, outbox};

/// A board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Board {
    pub(crate) chat: i64,
    /// The forum topic; `None` in General and outside forums.
    pub(crate) thread: Option<i32>,
    /// Its id in Telegram; `None` until it was sent.
    pub(crate) message: Option<i32>,
    /// Whether the bot pinned it.
    pub(crate) is_pinned: bool,
    /// Whether it was sent and nobody tried to pin it yet.
    pub(crate) is_pin_owed: bool,
    /// The page that it shows, counted from 1.
    pub(crate) page: usize,
    /// The text as it was owed last, without its time.
    pub(crate) text: String,
    pub(crate) owed_at: DateTime<Utc>,
    /// When somebody last asked for it.
    pub(crate) asked_at: DateTime<Utc>,
}

impl Store {
    /// Every board. A row that cannot be read is left out.
    pub(crate) async fn boards(&self) -> Result<Vec<Board>> {
        let rows = sqlx::query("SELECT * FROM boards ORDER BY chat, thread").fetch_all(&self.pool).await?;
        let unreadable = |error: &anyhow::Error| tracing::warn!(error = format!("{error:#}"), "a board cannot be read");
        Ok(rows.iter().filter_map(|row| board(row).inspect_err(unreadable).ok()).collect())
    }

    /// The board of a chat and topic.
    pub(crate) async fn board(&self, chat: i64, thread: Option<i32>) -> Result<Option<Board>> {
        Ok(self.boards().await?.into_iter().find(|board| board.chat == chat && board.thread == thread))
    }

    /// Keeps a board, with the message that is owed for it.
    pub(crate) async fn keep_board(&self, board: &Board, owed: Option<Draft>) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM boards WHERE chat = $1 AND thread = $2")
            .bind(board.chat)
            .bind(board.thread.unwrap_or_default())
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO boards (chat, thread, message, is_pinned, is_pin_owed, page, text, owed_at, asked_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(board.chat)
        .bind(board.thread.unwrap_or_default())
        .bind(board.message)
        .bind(board.is_pinned)
        .bind(board.is_pin_owed)
        .bind(i64::try_from(board.page).unwrap_or(1))
        .bind(&board.text)
        .bind(board.owed_at.timestamp_micros())
        .bind(board.asked_at.timestamp_micros())
        .execute(&mut *transaction)
        .await?;
        let owed: Vec<Draft> = owed.into_iter().collect();
        outbox::owe(&mut transaction, &owed, board.owed_at).await?;
        self.commit(transaction, &owed).await
    }

    /// Records what a board became: the message that was sent, and whether it could be pinned.
    pub(crate) async fn board_is(&self, chat: i64, thread: Option<i32>, message: i32, is_pinned: bool) -> Result<()> {
        let query = "UPDATE boards SET message = $3, is_pinned = $4, is_pin_owed = FALSE WHERE chat = $1 AND thread = $2";
        sqlx::query(query).bind(chat).bind(thread.unwrap_or_default()).bind(message).bind(is_pinned).execute(&self.pool).await?;
        Ok(())
    }

    /// Forgets the board that is this message; gives it, where there was one.
    pub(crate) async fn forget_board(&self, chat: i64, message: i32) -> Result<Option<Board>> {
        let known = self.boards().await?.into_iter().find(|board| board.chat == chat && board.message == Some(message));
        sqlx::query("DELETE FROM boards WHERE chat = $1 AND message = $2").bind(chat).bind(message).execute(&self.pool).await?;
        Ok(known)
    }
}

fn board(row: &SqliteRow) -> Result<Board> {
    let instant = |name| anyhow::Ok(DateTime::from_timestamp_micros(column(row, "boards", name)?).unwrap_or_default());
    let thread: i32 = column(row, "boards", "thread")?;
    Ok(Board {
        chat: column(row, "boards", "chat")?,
        thread: (thread != 0).then_some(thread),
        message: column(row, "boards", "message")?,
        is_pinned: column(row, "boards", "is_pinned")?,
        is_pin_owed: column(row, "boards", "is_pin_owed")?,
        page: usize::try_from(column::<i64>(row, "boards", "page")?).unwrap_or(1),
        text: column(row, "boards", "text")?,
        owed_at: instant("owed_at")?,
        asked_at: instant("asked_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Ended;

    #[tokio::test]
    async fn a_board_is_kept_for_each_topic_and_forgotten_by_its_message() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let board = |thread| Board {
            chat: -5,
            thread,
            message: None,
            is_pinned: false,
            is_pin_owed: false,
            page: 2,
            text: "low".into(),
            owed_at: now,
            asked_at: now,
        };
        for thread in [None, Some(17)] {
            store.keep_board(&board(thread), Some(Draft { chat: -5, thread, is_board: true, ..Draft::default() })).await.unwrap();
        }
        assert_eq!(store.boards().await.unwrap(), [board(None), board(Some(17))]);
        let owed = store.owed().await.unwrap();
        assert!(store.owed_with(owed[1].id).await.unwrap()[0].draft.is_board);
        store.end(&[owed[1].id], Ended::Delivered(Some(41)), now).await.unwrap();
        let sent = Board { message: Some(41), is_pin_owed: true, ..board(Some(17)) };
        assert_eq!(store.boards().await.unwrap(), [board(None), sent], "known as soon as it is known to have been sent");
        store.board_is(-5, Some(17), 41, true).await.unwrap();
        let pinned = Board { message: Some(41), is_pinned: true, ..board(Some(17)) };
        assert_eq!(store.board(-5, Some(17)).await.unwrap(), Some(pinned.clone()));
        assert_eq!(store.forget_board(-5, 40).await.unwrap(), None);
        assert_eq!(store.forget_board(-5, 41).await.unwrap(), Some(pinned));
        assert_eq!(store.boards().await.unwrap(), [board(None)]);
    }
}
