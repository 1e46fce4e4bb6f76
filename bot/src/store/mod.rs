//! What survives a restart: alert state, messages owed, what was handled. One `SQLite` file.

mod outbox;
mod profiles;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row as _, Sqlite, Transaction};
use tokio::sync::watch;
use vobiz_core::alert::{Alert, AlertKey, DataHealth, Deferred, Roster, State, SubjectId};

pub(crate) use outbox::{Button, Buttons, Draft, Owed};

/// How long delivered messages are kept.
const KEPT: TimeDelta = TimeDelta::days(7);

/// The database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store {
    pool: SqlitePool,
    /// Changes whenever messages are owed that were not before.
    owed: watch::Sender<()>,
}

impl Store {
    /// Opens the database, creating it where there is none, and brings it to the present layout.
    pub(crate) async fn open(url: &str) -> Result<Self> {
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
            .busy_timeout(Duration::from_secs(10));
        if !url.contains(":memory:") {
            create_private(options.get_filename());
        }
        // One connection: one writer, and a database in memory is the same one for everybody.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await
            .with_context(trouble)?;
        sqlx::migrate!()
            .run(&pool)
            .await
            .with_context(|| format!("{url} is not a database of this program, or of a newer one"))?;
        Ok(Self { pool, owed: watch::channel(()).0 })
    }

    /// The alert state that the last evaluation left.
    pub(crate) async fn alert_state(&self) -> Result<State> {
        let mut state = State {
            data_health: self.fact("data_health").await?.unwrap_or_default(),
            roster: self.fact("roster").await?.unwrap_or_default(),
            polls: self.fact("polls").await?.unwrap_or_default(),
            ..State::default()
        };
        for row in sqlx::query("SELECT rule, subject, state FROM alerts").fetch_all(&self.pool).await? {
            let (rule, subject) = (row.get::<String, _>(0), row.get::<String, _>(1));
            match Alert::from_json(row.get(2)) {
                Ok(alert) => drop(state.alerts.insert(AlertKey::new(rule, SubjectId::from(subject)), alert)),
                // Worse than forgetting one alert, which the next polls fire again, would be not to start.
                Err(error) => tracing::warn!(rule, subject, %error, "an alert of the database cannot be read and starts afresh"),
            }
        }
        Ok(state)
    }

    /// Records an evaluation: its state, the messages it owes, and for chats where that changed what waits; all or nothing.
    pub(crate) async fn record(
        &self,
        before: &State,
        after: &State,
        waiting: &[(i64, Deferred)],
        owed: &[Draft],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        for (key, alert) in &after.alerts {
            if before.alerts.get(key) != Some(alert) {
                sqlx::query("INSERT INTO alerts (rule, subject, state) VALUES ($1, $2, $3) ON CONFLICT (rule, subject) DO UPDATE SET state = excluded.state")
                    .bind(&key.rule)
                    .bind(key.subject.to_string())
                    .bind(alert.to_json())
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        for key in before.alerts.keys().filter(|key| !after.alerts.contains_key(*key)) {
            sqlx::query("DELETE FROM alerts WHERE rule = $1 AND subject = $2")
                .bind(&key.rule)
                .bind(key.subject.to_string())
                .execute(&mut *transaction)
                .await?;
        }
        set_fact::<DataHealth>(&mut transaction, "data_health", &after.data_health).await?;
        set_fact::<Roster>(&mut transaction, "roster", &after.roster).await?;
        set_fact(&mut transaction, "polls", &after.polls).await?;
        for (chat, waiting) in waiting {
            set_fact(&mut transaction, &waiting_fact(*chat), waiting).await?;
        }
        outbox::owe(&mut transaction, owed, now).await?;
        self.commit(transaction, owed).await
    }

    /// Records that an update was handled and what is owed for it. An update handled before owes nothing again.
    pub(crate) async fn record_update(&self, update: u32, owed: &[Draft], now: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.begin().await?;
        let last: Option<String> =
            sqlx::query_scalar("SELECT value FROM facts WHERE name = 'update'").fetch_optional(&mut *transaction).await?;
        // Ids start again somewhere else after a week without updates: far below is not before.
        let is_repeated =
            last.and_then(|last| last.parse::<u32>().ok()).is_some_and(|last| update <= last && last - update < 1000);
        if is_repeated {
            return Ok(());
        }
        set_fact(&mut transaction, "update", &update).await?;
        outbox::owe(&mut transaction, owed, now).await?;
        self.commit(transaction, owed).await
    }

    /// When a chat's next summary is due. A chat that is new, or whose local time was changed, gets `first`.
    pub(crate) async fn summary_due(&self, chat: i64, spec: &str, first: DateTime<Utc>) -> Result<DateTime<Utc>> {
        let row = sqlx::query("SELECT due_at FROM schedule WHERE chat = $1 AND spec = $2")
            .bind(chat)
            .bind(spec)
            .fetch_optional(&self.pool)
            .await?;
        if let Some(due) = row.and_then(|row| DateTime::from_timestamp_micros(row.get(0))) {
            return Ok(due);
        }
        let mut transaction = self.begin().await?;
        set_due(&mut transaction, chat, spec, first).await?;
        transaction.commit().await?;
        Ok(first)
    }

    /// Records that a chat's summary is owed and when the next one is due, both or neither.
    pub(crate) async fn record_summary(
        &self,
        chat: i64,
        spec: &str,
        next: DateTime<Utc>,
        owed: &[Draft],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        set_due(&mut transaction, chat, spec, next).await?;
        outbox::owe(&mut transaction, owed, now).await?;
        self.commit(transaction, owed).await
    }

    /// Whether a chat that is not served should be told so: once a day, and no more than a few chats an hour.
    pub(crate) async fn may_tell_stranger(&self, chat: i64, now: DateTime<Utc>) -> Result<bool> {
        const CHATS_AN_HOUR: i64 = 20;
        let since = |ago: TimeDelta| (now - ago).timestamp_micros();
        let mut transaction = self.begin().await?;
        let told: i64 = sqlx::query_scalar("SELECT count(*) FROM strangers WHERE (chat = $1 AND told_at > $2)")
            .bind(chat)
            .bind(since(TimeDelta::days(1)))
            .fetch_one(&mut *transaction)
            .await?;
        let lately: i64 = sqlx::query_scalar("SELECT count(*) FROM strangers WHERE told_at > $1")
            .bind(since(TimeDelta::hours(1)))
            .fetch_one(&mut *transaction)
            .await?;
        if told > 0 || lately >= CHATS_AN_HOUR {
            return Ok(false);
        }
        sqlx::query("DELETE FROM strangers WHERE told_at < $1")
            .bind(since(TimeDelta::days(30)))
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO strangers (chat, told_at) VALUES ($1, $2) ON CONFLICT (chat) DO UPDATE SET told_at = excluded.told_at",
        )
        .bind(chat)
        .bind(now.timestamp_micros())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The id that a chat has now: groups get another when they become supergroups.
    pub(crate) async fn present_chat(&self, chat: i64) -> Result<i64> {
        let moved: Option<i64> =
            sqlx::query_scalar("SELECT new_chat FROM moves WHERE old_chat = $1").bind(chat).fetch_optional(&self.pool).await?;
        Ok(moved.unwrap_or(chat))
    }

    /// Follows a group to its new id, with what is owed to it.
    pub(crate) async fn move_chat(&self, old: i64, new: i64) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("UPDATE moves SET new_chat = $2 WHERE new_chat = $1").bind(old).bind(new).execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO moves (old_chat, new_chat) VALUES ($1, $2) ON CONFLICT (old_chat) DO UPDATE SET new_chat = excluded.new_chat")
            .bind(old)
            .bind(new)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("UPDATE outbox SET chat = $2 WHERE chat = $1 AND ended_at IS NULL")
            .bind(old)
            .bind(new)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What a chat was not told yet, by the id that its configuration has.
    pub(crate) async fn waiting(&self, chat: i64) -> Result<Deferred> {
        Ok(self.fact(&waiting_fact(chat)).await?.unwrap_or_default())
    }

    async fn fact<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let text: Option<String> =
            sqlx::query_scalar("SELECT value FROM facts WHERE name = $1").bind(name).fetch_optional(&self.pool).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
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

fn waiting_fact(chat: i64) -> String {
    format!("waiting {chat}")
}

async fn set_fact<T: serde::Serialize>(transaction: &mut Transaction<'static, Sqlite>, name: &str, value: &T) -> Result<()> {
    sqlx::query("INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .bind(name)
        .bind(serde_json::to_string(value)?)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn set_due(transaction: &mut Transaction<'static, Sqlite>, chat: i64, spec: &str, due: DateTime<Utc>) -> Result<()> {
    sqlx::query("INSERT INTO schedule (chat, spec, due_at) VALUES ($1, $2, $3) ON CONFLICT (chat) DO UPDATE SET spec = excluded.spec, due_at = excluded.due_at")
        .bind(chat)
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
