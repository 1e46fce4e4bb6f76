//! What one wallet held over time.

use anyhow::Result;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::Row as _;

use super::read::{amount, instant};
use crate::store::Store;

/// What one wallet held from an instant on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Past {
    /// What it held then, where it was read before.
    pub(crate) before: Option<Decimal>,
    /// The changes since, oldest first; without a balance where it was not read in that one sweep.
    pub(crate) changes: Vec<(DateTime<Utc>, Option<Decimal>)>,
}

impl Store {
    /// The changes of one wallet since an instant, oldest first; without a balance where it was not read.
    pub(crate) async fn balances(&self, auth_id: &str, since: DateTime<Utc>) -> Result<Vec<(DateTime<Utc>, Option<Decimal>)>> {
        // The order of the join: each sweep of the span finds the row of the wallet by its key.
        let rows = sqlx::query(
            "SELECT polls.at, samples.balance FROM polls CROSS JOIN samples
             WHERE polls.at >= $2 AND samples.poll = polls.id
             AND samples.wallet = (SELECT id FROM wallets WHERE auth_id = $1) ORDER BY polls.id",
        )
        .bind(auth_id)
        .bind(since.timestamp_micros())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((instant(row.try_get(0)?)?, amount(row, 1)?))).collect()
    }

    /// What one wallet held from an instant on.
    pub(crate) async fn past(&self, auth_id: &str, since: DateTime<Utc>) -> Result<Past> {
        let before = sqlx::query(
            "SELECT samples.balance FROM polls CROSS JOIN samples
             WHERE polls.at < $2 AND samples.poll = polls.id AND samples.balance IS NOT NULL
             AND samples.wallet = (SELECT id FROM wallets WHERE auth_id = $1) ORDER BY polls.at DESC LIMIT 1",
        )
        .bind(auth_id)
        .bind(since.timestamp_micros())
        .fetch_optional(&self.pool)
        .await?;
        let before = before.map(|row| amount(&row, 0)).transpose()?.flatten();
        Ok(Past { before, changes: self.balances(auth_id, since).await? })
    }
}
