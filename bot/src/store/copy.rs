//! Copies of the database: made while it is in use, and asked about before they are used in its place.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Utc};

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::{Ended, Held, Store, create_private, set_fact};

/// What happens to what a copy owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OwedByCopy {
    /// It is sent and answered, possibly again.
    Send,
    /// It is left.
    Drop,
}

/// When a copy was made; only a copy that was not used yet has it.
const COPIED: &str = "copied at";

impl Store {
    /// Copies a database to a file that is not there yet. Another process may use it meanwhile: the copy is of one moment.
    pub(crate) async fn copy(url: &str, file: &Path, now: DateTime<Utc>) -> Result<()> {
        let source = Self::open_to_read(url).await.with_context(|| format!("cannot read the database {url}"))?;
        create_private(file);
        let path = file.to_str().context("the path of a copy must be UTF-8")?;
        sqlx::query("VACUUM INTO $1").bind(path).execute(&source.pool).await?;
        let options = SqliteConnectOptions::new().filename(path);
        let copy = Self::over(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?, Held::default());
        let mut transaction = copy.begin().await?;
        set_fact(&mut transaction, COPIED, &now).await?;
        transaction.commit().await?;
        copy.close().await;
        Ok(())
    }

    /// The number of the newest change of the layout that the database has.
    pub(crate) async fn layout(&self) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(&self.pool).await?)
    }

    /// Lets a copy be used. Messages that it owes may have been sent since it was made: without `choice` they are reason enough
    /// to refuse.
    pub(crate) async fn settle_copy(&self, choice: Option<OwedByCopy>, now: DateTime<Utc>) -> Result<()> {
        let Some(copied) = self.fact::<DateTime<Utc>>(COPIED).await? else { return Ok(()) };
        let (owed, updates) = (self.owed().await?, self.unanswered_updates().await?);
        ensure!(
            choice.is_some() || (owed.is_empty() && updates.is_empty()),
            "the database is a copy of {}; messages it owes: {}, messages of people it has not answered: {}. The bot may have sent \
             and answered them since. Start it with --owed drop to leave them, or --owed send to send and answer them",
            copied.format("%Y-%m-%d %H:%M UTC"),
            owed.len(),
            updates.len()
        );
        if choice == Some(OwedByCopy::Drop) {
            let ids: Vec<i64> = owed.iter().map(|head| head.id).collect();
            self.end(&ids, Ended::GivenUp("the database was replaced by a copy"), now).await?;
            for (update, _) in updates {
                self.record_update(update, &[], now).await?;
            }
        }
        sqlx::query("DELETE FROM facts WHERE name = $1").bind(COPIED).execute(&self.pool).await?;
        tracing::info!(%copied, "the bot goes on with a copy of its database");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Draft;

    /// A database in a folder that owes a message, and its copy.
    async fn copied() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let url = |name: &str| format!("sqlite://{}", path(name).display());
        let store = Store::open(&url("bot.db")).await.unwrap();
        store.owe(&[Draft { chat: 7, html: "low".into(), ..Draft::default() }], Utc::now()).await.unwrap();
        store.note_updates(&[(1, 7, "{}".to_owned())], Utc::now()).await.unwrap();
        Store::copy(&url("bot.db"), &path("copy.db"), Utc::now()).await.unwrap();
        store.settle_copy(None, Utc::now()).await.unwrap();
        let copy = Store::open(&url("copy.db")).await.unwrap();
        (folder, copy)
    }

    #[tokio::test]
    async fn a_copy_that_owes_messages_is_used_once_somebody_decided_about_them() {
        let (_folder, copy) = copied().await;
        let refusal = copy.settle_copy(None, Utc::now()).await.unwrap_err().to_string();
        assert!(refusal.contains("owes: 1") && refusal.contains("--owed drop"), "{refusal}");
        copy.settle_copy(Some(OwedByCopy::Send), Utc::now()).await.unwrap();
        assert_eq!((copy.owed().await.unwrap().len(), copy.unanswered_updates().await.unwrap().len()), (1, 1));
        copy.settle_copy(None, Utc::now()).await.unwrap();
    }

    #[tokio::test]
    async fn dropped_messages_are_not_sent() {
        let (_folder, copy) = copied().await;
        copy.settle_copy(Some(OwedByCopy::Drop), Utc::now()).await.unwrap();
        assert!(copy.owed().await.unwrap().is_empty() && copy.unanswered_updates().await.unwrap().is_empty());
        copy.settle_copy(None, Utc::now()).await.unwrap();
    }
}
