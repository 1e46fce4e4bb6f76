//! When the wallets were read.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::read::instant;
use crate::store::Store;

/// When it was looked at the wallets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sweeps {
    pub(crate) gaps: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    pub(crate) first: Option<DateTime<Utc>>,
    pub(crate) last: Option<DateTime<Utc>>,
}

impl Store {
    /// The spans without a sweep since an instant, where they are longer than `longest`, and the first and the last sweep.
    pub(crate) async fn sweeps(&self, since: DateTime<Utc>, longest: TimeDelta) -> Result<Sweeps> {
        let at: Vec<i64> = sqlx::query_scalar("SELECT at FROM polls WHERE at >= $1 ORDER BY at")
            .bind(since.timestamp_micros())
            .fetch_all(&self.pool)
            .await?;
        let at = at.into_iter().map(instant).collect::<Result<Vec<_>>>()?;
        let gap = |pair: &[DateTime<Utc>]| match *pair {
            [before, after] if after - before > longest => Some((before, after)),
            _ => None,
        };
        Ok(Sweeps { gaps: at.windows(2).filter_map(gap).collect(), first: at.first().copied(), last: at.last().copied() })
    }

    /// The last sweep; `None` before the first.
    pub(crate) async fn last_sweep(&self) -> Result<Option<DateTime<Utc>>> {
        let at: Option<i64> = sqlx::query_scalar("SELECT max(at) FROM polls").fetch_one(&self.pool).await?;
        at.map(instant).transpose()
    }
}
