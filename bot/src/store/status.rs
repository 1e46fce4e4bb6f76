//! What the database says of itself to operators.

use anyhow::Result;
use chrono::DateTime;
use sqlx::Row as _;

use super::{Store, set_fact};
use crate::metrics::Stored;

impl Store {
    /// How many messages wait to be sent, since when, and whether a change is possible: one is tried and taken back.
    pub(crate) async fn stored(&self) -> Result<Stored> {
        let row = sqlx::query("SELECT count(*), min(made_at) FROM outbox WHERE ended_at IS NULL").fetch_one(&self.pool).await?;
        let (outbox, oldest): (i64, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
        Ok(Stored {
            outbox: usize::try_from(outbox)?,
            oldest: oldest.and_then(DateTime::from_timestamp_micros),
            is_writable: self.try_change().await.is_ok(),
        })
    }

    async fn try_change(&self) -> Result<()> {
        let mut transaction = self.begin().await?;
        set_fact(&mut transaction, "change tried", &true).await?;
        Ok(transaction.rollback().await?)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;
    use crate::store::Draft;

    #[tokio::test]
    async fn the_outbox_is_counted_and_a_database_that_refuses_changes_is_not_writable() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = DateTime::from_timestamp_micros(Utc::now().timestamp_micros()).unwrap();
        let owed = [Draft { chat: 7, html: "hello".to_owned(), ..Draft::default() }];
        store.record_summary((7, "daily"), "UTC 09:00", now, &owed, now).await.unwrap();
        let stored = store.stored().await.unwrap();
        assert_eq!((stored.outbox, stored.oldest, stored.is_writable), (1, Some(now), true));
        sqlx::query("PRAGMA query_only = ON").execute(&store.pool).await.unwrap();
        assert!(!store.stored().await.unwrap().is_writable);
    }
}
