//! One bot at a time on a database: a lock that the system gives back when its process ends, however that ends, and a lease in
//! the database by which a holder notices that another took over all the same.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use chrono::{SecondsFormat, Utc};
use sqlx::{Sqlite, Transaction};

use super::row::column;
use super::{Store, set_fact};

/// Whether this process may use a database.
#[derive(Debug)]
pub(crate) enum Lock {
    /// It may, as long as this is kept.
    Held(Held),
    /// Another process does: who.
    Busy(String),
}

/// The right to use a database.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// `None` where the file system has no locks, or there is no file.
    _file: Option<File>,
    /// What is in the database while this process holds the lease.
    name: String,
}

impl Lock {
    /// Asks for the right to use a database, which is a file, or `None` for one in memory. Never waits.
    pub(super) fn ask(database: Option<&Path>) -> Result<Self> {
        let name = format!("process {} since {}", std::process::id(), Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true));
        let Some(path) = database.map(lock_file) else { return Ok(Self::Held(Held { _file: None, name })) };
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let mut file =
            file.with_context(|| format!("cannot open {}, by which one bot at a time uses the database", path.display()))?;
        match file.try_lock() {
            Ok(()) => {
                // Only for people to read: the lock itself is what counts.
                let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(name.as_bytes()));
                if let Err(error) = written {
                    tracing::warn!(%error, "who uses the database cannot be written beside it");
                }
                Ok(Self::Held(Held { _file: Some(file), name }))
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let read = file.take(200).read_to_string(&mut holder);
                Ok(Self::Busy(if read.is_ok() && !holder.is_empty() { holder } else { "another process".to_owned() }))
            }
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "the file system of the database has no locks; see that only one bot uses it");
                Ok(Self::Held(Held { _file: None, name }))
            }
        }
    }
}

/// The lock file of a database.
fn lock_file(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

impl Store {
    /// Writes down that this process holds the database.
    pub(super) async fn take_lease(&self) -> Result<()> {
        let mut transaction = self.begin().await?;
        set_fact(&mut transaction, "lease", &self.held.name).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Fails where another process took the database over.
    pub(super) async fn check_lease(&self, transaction: &mut Transaction<'static, Sqlite>) -> Result<()> {
        let lease = sqlx::query("SELECT value FROM facts WHERE name = 'lease'").fetch_optional(&mut **transaction).await?;
        let holder = lease.map(|row| column::<String>(&row, "facts", "value")).transpose()?;
        let holder = holder.and_then(|holder| serde_json::from_str::<String>(&holder).ok()).unwrap_or_default();
        ensure!(holder == self.held.name, "{holder} took the database over; this process sends nothing any more");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Draft;

    #[tokio::test]
    async fn a_second_process_is_refused_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("bot.db").display());
        let first = Store::open(&url).await.unwrap();
        let refused = Store::open(&url).await.err().unwrap().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())) && refused.contains("--standby"), "{refused}");
        first.close().await;
        drop(first);
        Store::open(&url).await.unwrap();
    }

    #[tokio::test]
    async fn a_holder_that_lost_its_lease_sends_nothing() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        store.owe(&[Draft { chat: 7, html: "low".into(), ..Draft::default() }], Utc::now()).await.unwrap();
        let id = store.owed().await.unwrap()[0].id;
        store.begin_attempt(&[id], Utc::now()).await.unwrap();
        sqlx::query("UPDATE facts SET value = '\"process 9\"' WHERE name = 'lease'").execute(&store.pool).await.unwrap();
        let error = store.begin_attempt(&[id], Utc::now()).await.unwrap_err().to_string();
        assert!(error.contains("process 9 took the database over"), "{error}");
    }
}
