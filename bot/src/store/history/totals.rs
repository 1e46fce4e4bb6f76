//! What all wallets of a currency held together, sweep by sweep.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::{Row as _, Sqlite, Transaction};
use vobiz_core::alert::Observation;

use super::Wallets;
use super::read::{amount, instant};
use crate::store::Store;

/// All wallets of one currency in one sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Total {
    pub(crate) at: DateTime<Utc>,
    /// The currency; empty where it is not known.
    pub(crate) currency: String,
    pub(crate) balance: Decimal,
    /// How many wallets that is.
    pub(crate) wallets: i64,
    /// How many of them count with an earlier balance.
    pub(crate) unread: i64,
}

/// A sum while it is added up: balance, wallets, those not read.
type Sum = (Option<Decimal>, i64, i64);

/// Writes the totals of a sweep that listed every customer. `wallets` are those after it.
pub(super) async fn write(
    transaction: &mut Transaction<'static, Sqlite>,
    poll: i64,
    observation: &Observation,
    wallets: &Wallets,
) -> Result<()> {
    if observation.listing.cut.is_some() {
        return Ok(());
    }
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for subject in observation.once().iter() {
        let Some(row) = subject.customer().and_then(|auth_id| wallets.0.get(auth_id)) else { continue };
        let Some(balance) = row.balance else { continue };
        let currency = row.wallet.currency.as_deref().unwrap_or_default();
        let (sum, count, unread) = sums.entry(currency).or_insert((Some(Decimal::ZERO), 0, 0));
        *sum = sum.and_then(|sum| sum.checked_add(balance));
        *count += 1;
        *unread += i64::from(subject.balance.is_none());
    }
    for (currency, (balance, count, unread)) in sums {
        // A sum that cannot be held is not known.
        let Some(balance) = balance else { continue };
        sqlx::query("INSERT INTO totals (poll, currency, balance, wallets, unread) VALUES ($1, $2, $3, $4, $5)")
            .bind(poll)
            .bind(currency)
            .bind(balance.to_string())
            .bind(count)
            .bind(unread)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

impl Store {
    /// The totals from one instant to another, oldest first.
    pub(crate) async fn totals(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Total>> {
        let rows = sqlx::query(
            "SELECT polls.at, totals.currency, totals.balance, totals.wallets, totals.unread FROM polls
             JOIN totals ON totals.poll = polls.id WHERE polls.at >= $1 AND polls.at <= $2 ORDER BY polls.at, totals.currency",
        )
        .bind(from.timestamp_micros())
        .bind(to.timestamp_micros())
        .fetch_all(&self.pool)
        .await?;
        let total = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Total {
                at: instant(row.try_get(0)?)?,
                currency: row.try_get(1)?,
                balance: amount(row, 2)?.unwrap_or_default(),
                wallets: row.try_get(3)?,
                unread: row.try_get(4)?,
            })
        };
        rows.iter().map(total).collect()
    }
}
