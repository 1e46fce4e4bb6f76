//! What survives a restart: alert state, messages owed, what was handled. One `SQLite` file.

mod alert_messages;
mod boards;
mod chats;
mod codes;
mod copy;
mod draft;
mod history;
mod intents;
mod judgement;
mod lease;
mod ledger;
mod outbox;
mod patience;
mod profiles;
mod row;
mod settings;
mod status;
mod updates;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    SqliteTransactionManager,
};
use sqlx::{Connection as _, Sqlite, SqliteConnection, Transaction};
use sqlx_core::transaction::TransactionManager as _;
use tokio::sync::watch;

pub(crate) use alert_messages::AlertMessage;
pub(crate) use boards::Board;
pub(crate) use chats::ChatState;
pub(crate) use codes::is_code;
pub(crate) use copy::OwedByCopy;
pub(crate) use draft::{AlertLine, Button, Buttons, Document, Draft, Priority};
pub(crate) use history::{Decided, Past, Sweep};
pub(crate) use intents::Intent;
pub(crate) use judgement::Trouble;
pub(crate) use lease::{Held, Lock};
pub(crate) use outbox::{Ended, Head, Owed};
pub(crate) use patience::Patience;
pub(crate) use profiles::Remembered;
pub(crate) use settings::{Change, Entry, Setting};

use judgement::Unwritten;
use row::column;

/// How long delivered messages are kept.
const KEPT: TimeDelta = TimeDelta::days(7);
/// How long a database that another program has locked is waited for.
const BUSY: Duration = Duration::from_secs(4);

/// The database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store {
    pool: SqlitePool,
    /// Changes whenever messages are owed that were not before.
    owed: watch::Sender<()>,
    /// Why nothing can be written, while nothing can.
    trouble: watch::Sender<Option<Trouble>>,
    /// What was judged meanwhile.
    unwritten: Arc<Mutex<Option<Unwritten>>>,
    /// The table of wallets as it was written last; read again after a transaction that failed.
    wallets: Arc<tokio::sync::Mutex<Option<history::Wallets>>>,
    /// The right to use the database.
    held: Arc<Held>,
}

/// Ends a transaction that was left open; whether the connection can be used.
///
/// `SQLite` ends a transaction by itself where the disk is full, and sqlx, whose `ROLLBACK` then fails, counts it as open for ever.
/// Another connection is no way out: one cannot be opened while the disk is full.
async fn end_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // Gives the `ROLLBACK` something to end. It fails where there is a transaction after all, which is then ended.
        let _ = sqlx::query("BEGIN").execute(&mut *connection).await;
        SqliteTransactionManager::rollback(connection).await?;
    }
    Ok(!connection.is_in_transaction())
}

impl Store {
    /// Opens the database, creating it where there is none, and brings it to the present layout.
    ///
    /// # Errors
    ///
    /// It cannot be opened, is of another program, or another process uses it.
    pub(crate) async fn open(url: &str) -> Result<Self> {
        match Self::lock(url)? {
            Lock::Held(held) => Self::open_held(url, held).await,
            Lock::Busy(holder) => bail!(
                "another bot uses the database {url}: {holder}; stop it, or start this one with --standby to take over when it ends"
            ),
        }
    }

    /// Asks for the right to use a database.
    pub(crate) fn lock(url: &str) -> Result<Lock> {
        let options = SqliteConnectOptions::from_str(url)?;
        Lock::ask((!url.contains(":memory:") && !url.contains("mode=memory")).then(|| options.get_filename()))
    }

    /// Opens a database that this process has the right to use.
    pub(crate) async fn open_held(url: &str, held: Held) -> Result<Self> {
        let trouble = || {
            format!(
                "cannot open the database {url}; set database.url to a file that can be written, such as sqlite://vobiz-bot.db"
            )
        };
        let options = SqliteConnectOptions::from_str(url)
            .with_context(trouble)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What is owed must survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        if !url.contains(":memory:") {
            create_private(options.get_filename());
        }
        // One connection: one writer, and a database in memory is the same one for everybody.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .before_acquire(|connection, _| Box::pin(end_transaction(connection)))
            .connect_with(options)
            .await
            .with_context(trouble)?;
        sqlx::migrate!()
            .run(&pool)
            .await
            .with_context(|| format!("{url} is not a database of this program, or of a newer one"))?;
        let store = Self::over(pool, held);
        store.take_lease().await?;
        Ok(store)
    }

    /// Opens a database for a small change, also while a bot uses it; `SQLite` lets one write after the other.
    pub(crate) async fn open_beside(url: &str) -> Result<Self> {
        match Self::lock(url)? {
            Lock::Held(held) => Self::open_held(url, held).await,
            Lock::Busy(_) => {
                let options = SqliteConnectOptions::from_str(url)?.create_if_missing(false).busy_timeout(BUSY);
                Ok(Self::over(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?, Held::default()))
            }
        }
    }

    /// Opens a database that is there, and changes nothing in it. Another process may use it.
    pub(crate) async fn open_to_read(url: &str) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url)?.read_only(true).create_if_missing(false);
        Ok(Self::over(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?, Held::default()))
    }

    /// The same; an empty one in memory where there is none.
    pub(crate) async fn open_to_look(url: &str) -> Result<Self> {
        let is_in_memory = url.contains(":memory:") || url.contains("mode=memory");
        match Self::open_to_read(url).await {
            Ok(store) if !is_in_memory => Ok(store),
            _ => Self::open("sqlite::memory:").await,
        }
    }

    fn over(pool: SqlitePool, held: Held) -> Self {
        let (owed, trouble) = (watch::Sender::new(()), watch::Sender::new(None));
        Self { pool, owed, trouble, unwritten: Arc::default(), wallets: Arc::default(), held: Arc::new(held) }
    }

    /// Ends the use of the database; what is in the log beside it goes into the file.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// When a chat's next summary is due. A chat that is new, or whose local time was changed, gets `first`.
    pub(crate) async fn summary_due(&self, (chat, kind): (i64, &str), spec: &str, first: DateTime<Utc>) -> Result<DateTime<Utc>> {
        let row = sqlx::query("SELECT due_at FROM schedule WHERE chat = $1 AND kind = $2 AND spec = $3")
            .bind(chat)
            .bind(kind)
            .bind(spec)
            .fetch_optional(&self.pool)
            .await?;
        let stored = row.map(|row| column::<i64>(&row, "schedule", "due_at")).transpose();
        let stored = stored.unwrap_or_else(|error| {
            tracing::warn!(
                chat,
                error = format!("{error:#}"),
                "the time of the next summary cannot be read and is computed again"
            );
            None
        });
        // A clock that was ahead when this was written must not silence summaries.
        if let Some(due) = stored.and_then(DateTime::from_timestamp_micros).filter(|due| *due <= first) {
            return Ok(due);
        }
        let mut transaction = self.begin().await?;
        set_due(&mut transaction, (chat, kind), spec, first).await?;
        transaction.commit().await?;
        Ok(first)
    }

    /// Records that a chat's summary is owed and when the next one is due, both or neither.
    pub(crate) async fn record_summary(
        &self,
        (chat, kind): (i64, &str),
        spec: &str,
        next: DateTime<Utc>,
        owed: &[Draft],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        set_due(&mut transaction, (chat, kind), spec, next).await?;
        outbox::owe(&mut transaction, owed, now).await?;
        self.commit(transaction, owed).await
    }

    /// Whether a chat that is not served should be answered so: once a day, and no more than a few chats an hour.
    pub(crate) async fn may_tell_stranger(&self, chat: i64, now: DateTime<Utc>) -> Result<bool> {
        const CHATS_AN_HOUR: i64 = 20;
        let since = |ago: TimeDelta| (now - ago).timestamp_micros();
        let mut transaction = self.begin().await?;
        let answered: i64 = sqlx::query_scalar("SELECT count(*) FROM strangers WHERE (chat = $1 AND answered_at > $2)")
            .bind(chat)
            .bind(since(TimeDelta::days(1)))
            .fetch_one(&mut *transaction)
            .await?;
        let lately: i64 = sqlx::query_scalar("SELECT count(*) FROM strangers WHERE answered_at > $1")
            .bind(since(TimeDelta::hours(1)))
            .fetch_one(&mut *transaction)
            .await?;
        if answered > 0 || lately >= CHATS_AN_HOUR {
            return Ok(false);
        }
        sqlx::query("DELETE FROM strangers WHERE answered_at < $1")
            .bind(since(TimeDelta::days(30)))
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO strangers (chat, answered_at) VALUES ($1, $2) ON CONFLICT (chat) DO UPDATE SET answered_at = excluded.answered_at",
        )
        .bind(chat)
        .bind(now.timestamp_micros())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// A fact. One that cannot be read is forgotten: the bot starts without it.
    async fn fact<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let row = sqlx::query("SELECT value FROM facts WHERE name = $1").bind(name).fetch_optional(&self.pool).await?;
        let read = |row: &SqliteRow| anyhow::Ok(serde_json::from_str(&column::<String>(row, "facts", "value")?)?);
        let unreadable = |error: &anyhow::Error| tracing::warn!(name, error = format!("{error:#}"), "a fact is forgotten");
        Ok(row.and_then(|row| read(&row).inspect_err(unreadable).ok()))
    }

    async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }

    async fn commit(&self, transaction: Transaction<'static, Sqlite>, owed: &[Draft]) -> Result<()> {
        transaction.commit().await?;
        if !owed.is_empty() {
            self.owed.send_replace(());
        }
        Ok(())
    }
}

/// Makes a new file that only its owner can read: names, balances and messages will be in it. `SQLite` gives the files beside it
/// the same mode. What goes wrong here goes wrong again, with words, when the database is opened.
fn create_private(file: &Path) {
    drop(OpenOptions::new().write(true).create_new(true).mode(0o600).open(file));
}

async fn set_fact<T: serde::Serialize>(transaction: &mut Transaction<'static, Sqlite>, name: &str, value: &T) -> Result<()> {
    sqlx::query("INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .bind(name)
        .bind(serde_json::to_string(value)?)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn set_due(
    transaction: &mut Transaction<'static, Sqlite>,
    (chat, kind): (i64, &str),
    spec: &str,
    due: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("INSERT INTO schedule (chat, kind, spec, due_at) VALUES ($1, $2, $3, $4) ON CONFLICT (chat, kind) DO UPDATE SET spec = excluded.spec, due_at = excluded.due_at")
        .bind(chat)
        .bind(kind)
        .bind(spec)
        .bind(due.timestamp_micros())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn a_new_database_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bot.db");
        let store = Store::open(&format!("sqlite://{}", file.display())).await.unwrap();
        store.may_tell_stranger(5, Utc::now()).await.unwrap();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
        }
    }
}
