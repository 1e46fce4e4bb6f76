//! What is remembered of each wallet.

use std::str::FromStr as _;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tokio::sync::watch;
use vobiz_core::forecast::Profile;

use super::Store;

impl Store {
    /// What a database that is there remembers of each wallet; nothing is created or changed, and nothing is known without one.
    pub(crate) async fn remembered(url: &str) -> Vec<(String, Profile)> {
        let Ok(options) = SqliteConnectOptions::from_str(url) else { return Vec::new() };
        let options = options.read_only(true).create_if_missing(false);
        let pool = match SqlitePoolOptions::new().max_connections(1).connect_with(options).await {
            Ok(pool) => pool,
            Err(error) => {
                tracing::debug!(%error, "no database to read history from");
                return Vec::new();
            }
        };
        let store = Self { pool, owed: watch::channel(()).0 };
        store.profiles().await.unwrap_or_default()
    }

    /// What is remembered of each wallet.
    pub(crate) async fn profiles(&self) -> Result<Vec<(String, Profile)>> {
        let rows = sqlx::query("SELECT subject, profile FROM profiles").fetch_all(&self.pool).await?;
        let read = rows.into_iter().filter_map(|row| {
            let (subject, bytes): (String, Vec<u8>) = (row.get(0), row.get(1));
            match postcard::from_bytes(&bytes) {
                Ok(profile) => Some((subject, profile)),
                // A wallet whose profile is lost is learned anew.
                Err(error) => {
                    tracing::warn!(subject, %error, "what was remembered of a wallet cannot be read and is learned anew");
                    None
                }
            }
        });
        Ok(read.collect())
    }

    /// Writes down what is remembered of each wallet.
    pub(crate) async fn keep_profiles<'a>(
        &self,
        profiles: impl Iterator<Item = (&'a str, &'a Profile)>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        for (subject, profile) in profiles {
            sqlx::query("INSERT INTO profiles (subject, profile, kept_at) VALUES ($1, $2, $3) ON CONFLICT (subject) DO UPDATE SET profile = excluded.profile, kept_at = excluded.kept_at")
                .bind(subject)
                .bind(postcard::to_allocvec(profile).context("a profile cannot be written")?)
                .bind(now.timestamp_micros())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}
