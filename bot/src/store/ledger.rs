//! Movements of wallets that are not calls, and how far their ledgers were read.

use std::collections::HashMap;
use std::str::FromStr as _;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};
use vobiz_core::history::{History, Movement, MovementKind};

use super::{Store, set_fact};
use crate::ledger::{Cursor, Entry, TopUp};

/// How far the ledger was read.
const CURSOR: &str = "ledger read";
/// How long movements are kept.
const KEPT: TimeDelta = TimeDelta::days(400);

impl Store {
    /// How far ledgers were read before.
    pub(crate) async fn ledger_cursor(&self) -> Result<Cursor> {
        Ok(self.fact(CURSOR).await?.unwrap_or_default())
    }

    /// Records what was read of ledgers and how far. Gives the entries that are new.
    pub(crate) async fn keep_ledger(&self, entries: Vec<Entry>, cursor: &Cursor, now: DateTime<Utc>) -> Result<Vec<Entry>> {
        let mut transaction = self.begin().await?;
        let mut new = Vec::new();
        for entry in entries {
            let written = sqlx::query(
                "INSERT INTO ledger (id, auth_id, at, kind, amount) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            )
            .bind(&entry.id)
            .bind(&entry.auth_id)
            .bind(entry.at.timestamp_micros())
            .bind(entry.kind.name())
            .bind(entry.amount.to_string())
            .execute(&mut *transaction)
            .await?;
            if written.rows_affected() > 0 {
                new.push(entry);
            }
        }
        if !new.is_empty() {
            sqlx::query("DELETE FROM ledger WHERE at < $1")
                .bind((now - KEPT).timestamp_micros())
                .execute(&mut *transaction)
                .await?;
        }
        set_fact(&mut transaction, CURSOR, cursor).await?;
        transaction.commit().await?;
        Ok(new)
    }

    /// The last money paid into each wallet, as far as it was read.
    pub(crate) async fn top_ups(&self) -> Result<HashMap<String, TopUp>> {
        let rows = sqlx::query("SELECT auth_id, at, kind, amount FROM ledger WHERE kind = 'recharge' ORDER BY at")
            .fetch_all(&self.pool)
            .await?;
        // What cannot be read is left out: it is shown, never decided on.
        let read = |row: &SqliteRow| {
            let (at, _, amount) = movement(row).ok()?;
            Some((row.try_get(0).ok()?, TopUp { at, amount }))
        };
        Ok(rows.iter().filter_map(read).collect())
    }

    /// The movements of a wallet, or of all, from an instant to another, oldest first.
    pub(crate) async fn movements(&self, auth_id: Option<&str>, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Entry>> {
        let rows = sqlx::query(
            "SELECT auth_id, at, kind, amount, id FROM ledger
             WHERE ($1 IS NULL OR auth_id = $1) AND at >= $2 AND at <= $3 ORDER BY at, id",
        )
        .bind(auth_id)
        .bind(from.timestamp_micros())
        .bind(to.timestamp_micros())
        .fetch_all(&self.pool)
        .await?;
        let entry = |row: &SqliteRow| {
            let (at, kind, amount) = movement(row)?;
            Ok(Entry { id: row.try_get(4)?, auth_id: row.try_get(0)?, at, kind, amount })
        };
        rows.iter().map(entry).collect()
    }
}

/// Adds the movements of its wallets to a history.
pub(super) async fn add_to(history: &mut History, connection: &mut SqliteConnection) -> Result<()> {
    // A database of an older program, opened to be read, has no ledger yet.
    let is_there: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE name = 'ledger'").fetch_one(&mut *connection).await?;
    if is_there == 0 {
        return Ok(());
    }
    let places: HashMap<String, u32> =
        (0..).zip(&history.wallets).map(|(place, wallet)| (wallet.auth_id.clone(), place)).collect();
    let rows = sqlx::query("SELECT auth_id, at, kind, amount FROM ledger ORDER BY at").fetch_all(&mut *connection).await?;
    for row in &rows {
        let Some(wallet) = places.get(row.try_get::<&str, _>(0)?).copied() else { continue };
        let (at, kind, amount) = movement(row)?;
        history.ledger.push(Movement { at, wallet, kind, amount });
    }
    Ok(())
}

fn movement(row: &SqliteRow) -> Result<(DateTime<Utc>, MovementKind, Decimal)> {
    let at = DateTime::from_timestamp_micros(row.try_get(1)?).context("ledger.at is out of range")?;
    let kind = MovementKind::parse(row.try_get(2)?).context("ledger.kind is not one of this program")?;
    let amount = Decimal::from_str(row.try_get(3)?).context("ledger.amount is not a decimal number")?;
    Ok((at, kind, amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, at: DateTime<Utc>, amount: i64) -> Entry {
        Entry { id: id.into(), auth_id: "MA_X".into(), at, kind: MovementKind::Recharge, amount: amount.into() }
    }

    #[tokio::test]
    async fn an_entry_counts_once_and_the_last_top_up_and_the_cursor_are_there_again() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let cursor = Cursor { read_at: Some(now), ..Cursor::default() };
        let hour = TimeDelta::hours(1);
        let first = vec![entry("a", now - hour, 5000)];
        assert_eq!(store.keep_ledger(first.clone(), &cursor, now).await.unwrap(), first);
        let again = vec![entry("a", now - hour, 5000), entry("b", now - hour * 2, 70)];
        assert_eq!(store.keep_ledger(again.clone(), &cursor, now).await.unwrap(), again[1..]);
        assert_eq!(store.top_ups().await.unwrap()["MA_X"], TopUp { at: now - hour, amount: 5000.into() });
        assert_eq!(store.ledger_cursor().await.unwrap(), cursor);
        let later = store.keep_ledger(vec![entry("c", now, 1)], &cursor, now + TimeDelta::days(500)).await.unwrap();
        assert_eq!((later.len(), store.top_ups().await.unwrap().len()), (1, 0), "what is old goes");
    }
}
