//! A database that cannot be used at the start is waited for, where waiting may help.

use std::io::ErrorKind;
use std::time::Duration;

use anyhow::{Context as _, Result};
use sqlx::error::DatabaseError;
use tokio::time::Instant;

use crate::terminal;

/// How long a database is waited for.
pub(crate) struct Patience {
    /// In all. A supervisor that starts the bot again begins anew.
    longest: Duration,
    /// The shortest and longest wait before it is tried again.
    again: (Duration, Duration),
}

impl Patience {
    /// That of the service.
    pub(crate) const SERVICE: Self =
        Self { longest: Duration::from_mins(2), again: (Duration::from_millis(500), Duration::from_secs(10)) };
}

/// Why a database cannot be used for the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passing {
    Locked,
    Full,
    Unreadable,
}

impl Passing {
    /// What an error of the database says; `None` where waiting is no help.
    fn of(error: &anyhow::Error) -> Option<Self> {
        error.chain().find_map(|cause| {
            if let Some(sqlx::Error::Database(error)) = cause.downcast_ref() {
                return Self::of_database(error.as_ref());
            }
            let error: &std::io::Error = cause.downcast_ref()?;
            matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
                .then_some(Self::Full)
        })
    }

    /// `SQLite`'s result codes: the lowest byte counts.
    fn of_database(error: &dyn DatabaseError) -> Option<Self> {
        match error.code()?.parse::<u32>().ok()? & 0xff {
            5 | 6 => Some(Self::Locked),
            10 => Some(Self::Unreadable),
            13 => Some(Self::Full),
            _ => None,
        }
    }

    fn why(self) -> &'static str {
        match self {
            Self::Locked => "another program has it locked",
            Self::Full => "its disk is full",
            Self::Unreadable => "its disk cannot be read or written, or is full",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Locked => "end the program that uses it, such as an sqlite3 shell or a backup",
            Self::Full => "make room on its disk",
            Self::Unreadable => "see that its disk works and has room",
        }
    }
}

impl Patience {
    /// Tries until it succeeds, or fails for a reason that does not pass, or for too long. Says once for each reason what is
    /// waited for.
    pub(crate) async fn until_usable<T>(&self, url: &str, mut attempt: impl AsyncFnMut() -> Result<T>) -> Result<T> {
        let (mut end, mut wait, mut reported) = (None, self.again.0, None);
        loop {
            let error = match attempt().await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let Some(passing) = Passing::of(&error) else { return Err(error) };
            let (why, seconds) = (passing.why(), self.longest.as_secs());
            // From the first failure: an attempt itself may stand by for hours.
            if Instant::now() + wait > *end.get_or_insert_with(|| Instant::now() + self.longest) {
                let advice = passing.advice();
                return Err(error)
                    .with_context(|| format!("the database {url} could not be used for {seconds} s: {why}; {advice}"));
            }
            if reported.replace(passing) != Some(passing) {
                terminal::eprint_line(&format!("waiting up to {seconds} s for the database {url}: {why}"));
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(self.again.1);
        }
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

    use super::*;

    /// The error of a database that another connection has locked.
    async fn locked() -> anyhow::Error {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("bot.db")).create_if_missing(true);
        let options = options.busy_timeout(Duration::ZERO);
        let mut holder = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::query("BEGIN EXCLUSIVE").execute(&mut holder).await.unwrap();
        let mut other = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::query("CREATE TABLE other (id INTEGER)").execute(&mut other).await.unwrap_err().into()
    }

    #[tokio::test]
    async fn what_passes_is_waited_for_and_nothing_else() {
        let error = locked().await;
        assert_eq!(Passing::of(&error), Some(Passing::Locked), "{error:?}");
        let error = anyhow::Error::new(std::io::Error::from(ErrorKind::StorageFull)).context("cannot open the lock");
        assert_eq!(Passing::of(&error), Some(Passing::Full));
        assert_eq!(Passing::of(&anyhow::Error::new(std::io::Error::from(ErrorKind::PermissionDenied))), None);
        assert_eq!(Passing::of(&anyhow::anyhow!("it is a copy")), None);
    }

    #[tokio::test]
    async fn the_wait_ends_with_what_to_do() {
        let full = || anyhow::Error::new(std::io::Error::from(ErrorKind::StorageFull));
        let impatient =
            Patience { longest: Duration::from_millis(20), again: (Duration::from_millis(1), Duration::from_millis(2)) };
        let mut attempts = 0;
        let error = impatient.until_usable("sqlite://bot.db", async || {
            attempts += 1;
            Err::<(), _>(full())
        });
        let error = format!("{:#}", error.await.unwrap_err());
        assert!(error.contains("for 0 s: its disk is full; make room on its disk"), "{error}");
        assert!(attempts > 1);

        let mut left = 3;
        let usable = Patience::SERVICE.until_usable("sqlite://bot.db", async || {
            left -= 1;
            if left == 0 { Ok("open") } else { Err(full()) }
        });
        assert_eq!(usable.await.unwrap(), "open");
        let lasting = Patience::SERVICE.until_usable("sqlite://bot.db", async || Err::<(), _>(anyhow::anyhow!("it is a copy")));
        assert_eq!(lasting.await.unwrap_err().to_string(), "it is a copy");
    }
}
