//! What is remembered of each wallet.

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use vobiz_core::alert::State;
use vobiz_core::forecast::Profile;

use super::Store;
use super::row::column;
use crate::levels::{LEVELS, OwnLevels};

/// What a look from beside a running bot needs of its database.
#[derive(Default)]
pub(crate) struct Remembered {
    pub(crate) profiles: Vec<(String, Profile)>,
    pub(crate) state: State,
    /// The levels that were set from the chat.
    pub(crate) levels: Vec<OwnLevels>,
}

impl Store {
    /// What a database that is there remembers; nothing is created or changed, and nothing is known without one.
    pub(crate) async fn remembered(url: &str) -> Remembered {
        let store = match Self::open_to_read(url).await {
            Ok(store) => store,
            Err(error) => {
                tracing::debug!(error = format!("{error:#}"), "no database to read history from");
                return Remembered::default();
            }
        };
        let levels = store.settings::<OwnLevels>(LEVELS).await.unwrap_or_default();
        Remembered {
            profiles: store.profiles().await.unwrap_or_default(),
            state: store.alert_state().await.unwrap_or_default(),
            levels: levels.into_iter().map(|setting| setting.value).collect(),
        }
    }

    /// What is remembered of each wallet.
    pub(crate) async fn profiles(&self) -> Result<Vec<(String, Profile)>> {
        let rows = sqlx::query("SELECT subject, profile FROM profiles WHERE version = $1")
            .bind(i64::from(Profile::VERSION))
            .fetch_all(&self.pool)
            .await?;
        let read = |row: &SqliteRow| {
            let subject: String = column(row, "profiles", "subject")?;
            let profile = postcard::from_bytes(column(row, "profiles", "profile")?);
            let profile = profile.with_context(|| format!("profiles, {subject}"))?;
            anyhow::Ok((subject, profile))
        };
        let readable = |row: &SqliteRow| {
            let lost = |error: &anyhow::Error| {
                tracing::warn!(error = format!("{error:#}"), "the profile of a wallet cannot be read and is learned again");
            };
            read(row).inspect_err(lost).ok()
        };
        Ok(rows.iter().filter_map(readable).collect())
    }

    /// Writes down what is remembered of each wallet, and nothing of others.
    pub(crate) async fn keep_profiles<'a>(
        &self,
        profiles: impl Iterator<Item = (&'a str, &'a Profile)>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        for (subject, profile) in profiles {
            sqlx::query("INSERT INTO profiles (subject, profile, kept_at, version) VALUES ($1, $2, $3, $4) ON CONFLICT (subject) DO UPDATE SET profile = excluded.profile, kept_at = excluded.kept_at, version = excluded.version")
                .bind(subject)
                .bind(postcard::to_allocvec(profile).context("a profile cannot be written")?)
                .bind(now.timestamp_micros())
                .bind(i64::from(Profile::VERSION))
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query("DELETE FROM profiles WHERE kept_at <> $1").bind(now.timestamp_micros()).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_profile_of_another_form_is_learned_again() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let profile = Profile::default();
        store.keep_profiles([("MA_X", &profile), ("MA_Y", &profile)].into_iter(), Utc::now()).await.unwrap();
        sqlx::query("UPDATE profiles SET version = 0 WHERE subject = 'MA_Y'").execute(&store.pool).await.unwrap();
        assert_eq!(store.profiles().await.unwrap(), [("MA_X".to_owned(), profile.clone())]);
        store.keep_profiles([("MA_X", &profile), ("MA_Y", &profile)].into_iter(), Utc::now()).await.unwrap();
        assert_eq!(store.profiles().await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn the_profile_of_a_wallet_that_was_forgotten_is_not_kept() {
        let (store, profile, now) = (Store::open("sqlite::memory:").await.unwrap(), Profile::default(), Utc::now());
        store.keep_profiles([("MA_X", &profile), ("MA_GONE", &profile)].into_iter(), now).await.unwrap();
        // Also where the clock was set back meanwhile.
        store.keep_profiles([("MA_X", &profile)].into_iter(), now - chrono::TimeDelta::days(1)).await.unwrap();
        assert_eq!(store.profiles().await.unwrap(), [("MA_X".to_owned(), profile)]);
    }

    #[test]
    fn a_changed_form_of_profiles_has_a_new_version() {
        let bytes = postcard::to_allocvec(&Profile::default()).unwrap();
        assert_eq!((Profile::VERSION, bytes.len()), (3, SIZE), "raise Profile::VERSION, then change these numbers");
    }

    /// Bytes of an empty profile in the present form.
    const SIZE: usize = 897;
}
