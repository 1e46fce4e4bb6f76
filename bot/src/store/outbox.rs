//! Messages owed: written with the decision that made them, ended when Telegram took them.
//!
//! An attempt is recorded before it is made. Until its outcome is recorded the message is *in doubt*: it may have arrived.

use anyhow::Result;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Sqlite, Transaction};
use tokio::sync::watch;

use super::draft::{Buttons, Document, Draft, Priority};
use super::row::column;
use super::{KEPT, Store, alert_messages, intents};

/// A message owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owed {
    pub(crate) id: i64,
    pub(crate) draft: Draft,
    pub(crate) made_at: DateTime<Utc>,
    /// How many attempts were begun.
    pub(crate) attempts: i64,
    /// Whether one of them may have arrived.
    pub(crate) in_doubt: bool,
    /// How often it was sent although an earlier attempt may have arrived.
    pub(crate) repeats: i64,
}

/// What has to be known of an owed message to decide when its chat is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) id: i64,
    pub(crate) chat: i64,
    pub(crate) in_doubt: bool,
    pub(crate) repeats: i64,
    pub(crate) tried_at: Option<DateTime<Utc>>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended<'a> {
    /// Telegram took it, as a message of this id where it sent one.
    Delivered(Option<i32>),
    /// Telegram took one message in place of those that were owed, as one of this id.
    DeliveredAs(Option<i32>, &'a Draft),
    /// It will never be sent, for this reason.
    GivenUp(&'a str),
    /// It certainly was not sent and is still owed.
    NotSent,
}

pub(super) async fn owe(transaction: &mut Transaction<'static, Sqlite>, drafts: &[Draft], now: DateTime<Utc>) -> Result<()> {
    for draft in drafts.iter().filter(|draft| draft.priority == Priority::Summary) {
        // A newer summary has what an older one has to say.
        let older = "DELETE FROM outbox WHERE chat = $1 AND priority = $2 AND ended_at IS NULL AND attempts = 0 AND made_at < $3";
        let older = sqlx::query(older).bind(draft.chat).bind(draft.priority as i64).bind(now.timestamp_micros());
        older.execute(&mut **transaction).await?;
    }
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
        let alerts = draft.alerts.as_ref().map(serde_json::to_string).transpose()?;
        sqlx::query(
            "INSERT INTO outbox (chat, html, picture, document, document_name, silent, buttons, edits, thread, slot, is_board,
             priority, alerts, made_at, picture_name)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        )
        .bind(draft.chat)
        .bind(&draft.html)
        .bind(draft.picture.as_ref().map(|picture| picture.bytes.as_slice()))
        .bind(draft.document.as_ref().map(|document| document.bytes.as_slice()))
        .bind(draft.document.as_ref().map(|document| document.name.as_str()))
        .bind(draft.silent)
        .bind(buttons(transaction, draft, now).await?)
        .bind(draft.edits)
        .bind(draft.thread)
        .bind(&draft.slot)
        .bind(draft.is_board)
        .bind(draft.priority as i64)
        .bind(alerts)
        .bind(now.timestamp_micros())
        .bind(draft.picture.as_ref().map(|picture| picture.name.as_str()))
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// The column of the buttons, each with its intent; empty where there are none.
async fn buttons(transaction: &mut Transaction<'static, Sqlite>, draft: &Draft, now: DateTime<Utc>) -> Result<Option<String>> {
    if draft.buttons.is_empty() {
        return Ok(None);
    }
    let mut rows = draft.buttons.clone();
    refer(transaction, draft.chat, &mut rows, now).await?;
    Ok(Some(serde_json::to_string(&rows)?))
}

/// Gives each button the reference to its intent.
async fn refer(transaction: &mut Transaction<'static, Sqlite>, chat: i64, rows: &mut Buttons, now: DateTime<Utc>) -> Result<()> {
    for button in rows.iter_mut().flatten() {
        button.data = Some(intents::add(transaction, chat, &button.command, now).await?);
    }
    Ok(())
}

impl Store {
    /// Gives buttons that were made after the message was owed their references.
    pub(crate) async fn refer_buttons(&self, draft: &mut Draft, now: DateTime<Utc>) -> Result<()> {
        if draft.buttons.iter().flatten().all(|button| button.data.is_some()) {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        refer(&mut transaction, draft.chat, &mut draft.buttons, now).await?;
        Ok(transaction.commit().await?)
    }

    /// Changes whenever more is owed.
    pub(crate) fn watch_owed(&self) -> watch::Receiver<()> {
        self.owed.subscribe()
    }

    /// Owes messages.
    pub(crate) async fn owe(&self, owed: &[Draft], now: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.begin().await?;
        owe(&mut transaction, owed, now).await?;
        self.commit(transaction, owed).await
    }

    /// All that is owed, the most urgent first and of equally urgent messages the oldest.
    pub(crate) async fn owed(&self) -> Result<Vec<Head>> {
        let owed = "SELECT id, chat, in_doubt, repeats, tried_at FROM outbox WHERE ended_at IS NULL ORDER BY priority, id";
        let rows = sqlx::query(owed).fetch_all(&self.pool).await?;
        let head = |row: &SqliteRow| {
            let tried_at: Option<i64> = column(row, "outbox", "tried_at")?;
            Ok(Head {
                id: column(row, "outbox", "id")?,
                chat: column(row, "outbox", "chat")?,
                in_doubt: column(row, "outbox", "in_doubt")?,
                repeats: column(row, "outbox", "repeats")?,
                tried_at: tried_at.and_then(DateTime::from_timestamp_micros),
            })
        };
        // A row that cannot be read does not keep the others from being sent.
        Ok(rows.iter().filter_map(|row| readable(head(row))).collect())
    }

    /// One owed message, and where it is about alerts all that are owed to its chat, the oldest first.
    pub(crate) async fn owed_with(&self, id: i64) -> Result<Vec<Owed>> {
        let rows = sqlx::query(
            "SELECT outbox.* FROM outbox JOIN outbox AS this ON this.id = $1
             WHERE outbox.id = $1 OR (outbox.chat = this.chat AND outbox.ended_at IS NULL
                                      AND outbox.alerts IS NOT NULL AND this.alerts IS NOT NULL)
             ORDER BY outbox.id",
        )
        .bind(id)
        .fetch_all(&self.pool)
        .await?;
        let mut all = Vec::new();
        for row in &rows {
            match owed(row) {
                Ok(one) => all.push(one),
                Err(error) => {
                    let id: i64 = column(row, "outbox", "id")?;
                    tracing::error!(id, error = format!("{error:#}"), "a message owed cannot be read and is given up");
                    self.end(&[id], Ended::GivenUp("it cannot be read"), Utc::now()).await?;
                }
            }
        }
        Ok(all)
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

    /// Records that messages are being sent, before they are. Those that may have arrived already are counted as repeated.
    pub(crate) async fn begin_attempt(&self, ids: &[i64], now: DateTime<Utc>) -> Result<()> {
        let begun = self.try_begin_attempt(ids, now).await;
        self.noted(begun)
    }

    async fn try_begin_attempt(&self, ids: &[i64], now: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.begin().await?;
        self.check_lease(&mut transaction).await?;
        for id in ids {
            sqlx::query(
                "UPDATE outbox SET attempts = attempts + 1, repeats = repeats + in_doubt, in_doubt = TRUE, tried_at = $2
                 WHERE id = $1",
            )
            .bind(id)
            .bind(now.timestamp_micros())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Records how an attempt ended. Forgets messages that ended long ago.
    pub(crate) async fn end(&self, ids: &[i64], ended: Ended<'_>, now: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.begin().await?;
        for id in ids {
            let query = match ended {
                Ended::NotSent => sqlx::query("UPDATE outbox SET in_doubt = FALSE WHERE id = $1").bind(id),
                Ended::Delivered(message) | Ended::DeliveredAs(message, _) => finish(*id, now, None).bind(message),
                Ended::GivenUp(why) => finish(*id, now, Some(why)).bind(None::<i32>),
            };
            query.execute(&mut *transaction).await?;
            if let Ended::Delivered(Some(message)) | Ended::DeliveredAs(Some(message), _) = ended {
                note_board(&mut transaction, *id, message).await?;
            }
        }
        if let (Ended::DeliveredAs(_, sent), Some((last, others))) = (ended, ids.split_last()) {
            alert_messages::note_list(&mut transaction, *last, others, sent).await?;
        }
        sqlx::query("DELETE FROM outbox WHERE ended_at < $1")
            .bind((now - KEPT).timestamp_micros())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Gives up what is owed to chats other than these.
    pub(crate) async fn end_for_others(&self, served: &[i64], now: DateTime<Utc>) -> Result<()> {
        let others: Vec<Head> = self.owed().await?.into_iter().filter(|head| !served.contains(&head.chat)).collect();
        let ids: Vec<i64> = others.iter().map(|head| head.id).collect();
        if !ids.is_empty() {
            tracing::info!(messages = ids.len(), "messages owed to chats that are no longer configured are given up");
            self.end(&ids, Ended::GivenUp("the chat is no longer configured"), now).await?;
        }
        Ok(())
    }

    /// The message that the last one of a slot became.
    pub(crate) async fn message_in(&self, chat: i64, slot: &str) -> Result<Option<i32>> {
        let message = sqlx::query_scalar(
            "SELECT message FROM outbox WHERE chat = $1 AND slot = $2 AND message IS NOT NULL ORDER BY id DESC LIMIT 1",
        );
        Ok(message.bind(chat).bind(slot).fetch_optional(&self.pool).await?)
    }
}

/// A message owed was sent: where it is a new board, that is this message from now on.
async fn note_board(transaction: &mut Transaction<'static, Sqlite>, owed: i64, message: i32) -> Result<()> {
    sqlx::query(
        "UPDATE boards SET message = $2, is_pinned = FALSE, is_pin_owed = TRUE
         WHERE EXISTS (SELECT 1 FROM outbox WHERE outbox.id = $1 AND is_board AND edits IS NULL
                       AND outbox.chat = boards.chat AND coalesce(outbox.thread, 0) = boards.thread)",
    )
    .bind(owed)
    .bind(message)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

type Query<'q> = sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments>;

/// Ends a message; the id that it became is bound by the caller.
fn finish(id: i64, now: DateTime<Utc>, failure: Option<&str>) -> Query<'_> {
    sqlx::query(
        "UPDATE outbox SET ended_at = $2, failure = $3, message = $4, in_doubt = FALSE, picture = NULL, document = NULL
         WHERE id = $1",
    )
    .bind(id)
    .bind(now.timestamp_micros())
    .bind(failure)
}

fn owed(row: &SqliteRow) -> Result<Owed> {
    let get = |name: &str| column::<Option<String>>(row, "outbox", name);
    let (buttons, alerts, document_name) = (get("buttons")?, get("alerts")?, get("document_name")?);
    let bytes = |name: &str| column::<Option<Vec<u8>>>(row, "outbox", name);
    let (picture, picture_name, document) = (bytes("picture")?, get("picture_name")?, bytes("document")?);
    let picture_name = picture_name.unwrap_or_else(|| "picture.png".to_owned());
    let draft = Draft {
        chat: column(row, "outbox", "chat")?,
        html: column(row, "outbox", "html")?,
        picture: picture.map(|bytes| Document { name: picture_name, bytes }),
        document: document.zip(document_name).map(|(bytes, name)| Document { name, bytes }),
        silent: column(row, "outbox", "silent")?,
        // A message without its buttons still says what it has to say.
        buttons: buttons.and_then(|buttons| serde_json::from_str(&buttons).ok()).unwrap_or_default(),
        edits: column(row, "outbox", "edits")?,
        thread: column(row, "outbox", "thread")?,
        slot: column(row, "outbox", "slot")?,
        is_board: column(row, "outbox", "is_board")?,
        priority: priority(column(row, "outbox", "priority")?),
        // So does one of which only the text can be read.
        alerts: alerts.and_then(|alerts| serde_json::from_str(&alerts).ok()),
    };
    let made_at = DateTime::from_timestamp_micros(column(row, "outbox", "made_at")?).unwrap_or_default();
    Ok(Owed {
        id: column(row, "outbox", "id")?,
        draft,
        made_at,
        attempts: column(row, "outbox", "attempts")?,
        in_doubt: column(row, "outbox", "in_doubt")?,
        repeats: column(row, "outbox", "repeats")?,
    })
}

fn priority(number: i64) -> Priority {
    match number {
        0 => Priority::Critical,
        2 => Priority::Warning,
        3 => Priority::Resolved,
        4 => Priority::Summary,
        _ => Priority::Answer,
    }
}

fn readable<T>(row: Result<T>) -> Option<T> {
    row.inspect_err(|error| tracing::error!(error = format!("{error:#}"), "a message owed cannot be read and is not sent")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn heads(store: &Store) -> Vec<i64> {
        store.owed().await.unwrap().iter().map(|head| head.id).collect()
    }

    async fn texts(store: &Store) -> Vec<String> {
        let mut texts = Vec::new();
        for id in heads(store).await {
            texts.extend(store.owed_with(id).await.unwrap().into_iter().filter(|owed| owed.id == id).map(|owed| owed.draft.html));
        }
        texts
    }

    fn draft(html: &str) -> Draft {
        Draft { chat: 7, html: html.to_owned(), ..Draft::default() }
    }

    #[tokio::test]
    async fn a_message_replaces_the_unsent_one_of_its_slot_and_finds_the_sent_one() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = Utc::now();
        let board = |html: &str| Draft { slot: Some("board".to_owned()), ..draft(html) };
        store.owe(&[board("first"), draft("other"), board("second")], now).await.unwrap();
        assert_eq!(texts(&store).await, ["other", "second"]);
        let [other, second] = heads(&store).await[..] else { panic!("two are owed") };
        store.end(&[other], Ended::Delivered(None), now).await.unwrap();
        assert_eq!(store.message_in(7, "board").await.unwrap(), None);
        store.end(&[second], Ended::Delivered(Some(41)), now).await.unwrap();
        assert_eq!(store.message_in(7, "board").await.unwrap(), Some(41));
        assert_eq!(store.message_in(8, "board").await.unwrap(), None);
    }

    #[tokio::test]
    async fn the_most_urgent_comes_first_and_of_summaries_the_last_alone() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = Utc::now();
        let of = |priority, html: &str| Draft { priority, ..draft(html) };
        store.owe(&[of(Priority::Summary, "yesterday's"), of(Priority::Resolved, "recovered")], now).await.unwrap();
        let later = now + chrono::TimeDelta::days(1);
        store.owe(&[of(Priority::Summary, "today's"), of(Priority::Summary, "and its end")], later).await.unwrap();
        store
            .owe(&[of(Priority::Warning, "low"), of(Priority::Answer, "help"), of(Priority::Critical, "empty")], later)
            .await
            .unwrap();
        assert_eq!(texts(&store).await, ["empty", "help", "low", "recovered", "today's", "and its end"]);
    }

    #[tokio::test]
    async fn an_attempt_whose_end_is_not_recorded_counts_as_repeated_when_it_is_made_again() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = Utc::now();
        store.owe(&[draft("low")], now).await.unwrap();
        let id = heads(&store).await[0];
        for (in_doubt, repeats) in [(true, 0), (true, 1), (true, 2)] {
            store.begin_attempt(&[id], now).await.unwrap();
            let head = store.owed().await.unwrap()[0];
            assert_eq!((head.in_doubt, head.repeats), (in_doubt, repeats));
        }
        store.end(&[id], Ended::NotSent, now).await.unwrap();
        store.begin_attempt(&[id], now).await.unwrap();
        assert_eq!(store.owed().await.unwrap()[0].repeats, 2, "what certainly was not sent is not repeated");
    }

    #[tokio::test]
    async fn a_row_of_another_type_is_set_aside_and_the_others_are_sent() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = Utc::now();
        store.owe(&[draft("bad"), draft("good"), draft("worse")], now).await.unwrap();
        for change in ["UPDATE outbox SET html = x'ff00' WHERE id = 1", "UPDATE outbox SET repeats = 'x' WHERE id = 3"] {
            sqlx::query(change).execute(&store.pool).await.unwrap();
        }
        assert_eq!(texts(&store).await, ["good"]);
        assert_eq!(heads(&store).await, [2]);
    }

    #[tokio::test]
    async fn nothing_is_owed_any_more_to_a_chat_that_was_taken_out() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = Utc::now();
        store.owe(&[draft("to 7"), Draft { chat: 8, ..draft("to 8") }], now).await.unwrap();
        store.end_for_others(&[8], now).await.unwrap();
        assert_eq!(texts(&store).await, ["to 8"]);
    }
}
