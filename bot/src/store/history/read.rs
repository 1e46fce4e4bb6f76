//! Reading the history, as a value.

use std::ops::Range;
use std::str::FromStr as _;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use rust_decimal::Decimal;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};
use vobiz_core::history::{History, Sample, Wallet};

use crate::store::{Store, ledger};

/// Which part of the history: places of wallets in the order of their rows, and instants in microseconds.
pub(super) struct Part {
    pub(super) wallets: Range<i64>,
    pub(super) at: Range<i64>,
}

impl Store {
    /// The whole history in a database that is there, which may be in use, with what was read of ledgers.
    pub(crate) async fn recorded_history(url: &str) -> Result<History> {
        let trouble = || {
            format!(
                "cannot read the history in {url}; give the address of a database that vobiz-bot run wrote, such as sqlite://vobiz-bot.db"
            )
        };
        let store = Self::open_to_read(url).await.with_context(trouble)?;
        store.history().await.with_context(trouble)
    }

    pub(super) async fn history(&self) -> Result<History> {
        let mut connection = self.pool.acquire().await?;
        let all = Part { wallets: i64::MIN..i64::MAX, at: i64::MIN..i64::MAX };
        let mut history = part(&mut connection, &all).await?.0;
        ledger::add_to(&mut history, &mut connection).await?;
        Ok(history)
    }
}

/// A part of the history, and the row of each of its wallets.
pub(super) async fn part(connection: &mut SqliteConnection, part: &Part) -> Result<(History, Vec<i64>)> {
    let mut history = History::default();
    let rows = sqlx::query(
        "SELECT id, auth_id, name, prepaid, active, auto_recharge, currency FROM wallets WHERE id >= $1 AND id < $2 ORDER BY id",
    )
    .bind(part.wallets.start)
    .bind(part.wallets.end)
    .fetch_all(&mut *connection)
    .await?;
    let mut ids: Vec<i64> = Vec::with_capacity(rows.len());
    for row in &rows {
        ids.push(row.try_get(0)?);
        history.wallets.push(wallet(row, 1)?);
    }
    let polls: Vec<i64> = sqlx::query_scalar("SELECT at FROM polls WHERE at >= $1 AND at < $2 ORDER BY id")
        .bind(part.at.start)
        .bind(part.at.end)
        .fetch_all(&mut *connection)
        .await?;
    history.polls = polls.into_iter().map(instant).collect::<Result<_>>()?;
    let mut rows = sqlx::query(
        "SELECT polls.at, samples.wallet, samples.balance FROM polls JOIN samples ON samples.poll = polls.id
         WHERE polls.at >= $1 AND polls.at < $2 AND samples.wallet >= $3 AND samples.wallet < $4 ORDER BY polls.id",
    )
    .bind(part.at.start)
    .bind(part.at.end)
    .bind(part.wallets.start)
    .bind(part.wallets.end)
    .fetch(&mut *connection);
    while let Some(row) = rows.try_next().await? {
        let place = ids.binary_search(&row.try_get(1)?).ok().context("a sample is of no wallet")?;
        history.samples.push(Sample { at: instant(row.try_get(0)?)?, wallet: u32::try_from(place)?, balance: amount(&row, 2)? });
    }
    history.sort();
    Ok((history, ids))
}

/// The wallet in the columns from `first` on.
pub(super) fn wallet(row: &SqliteRow, first: usize) -> Result<Wallet> {
    Ok(Wallet {
        auth_id: row.try_get(first)?,
        name: row.try_get(first + 1)?,
        is_prepaid: row.try_get(first + 2)?,
        is_active: row.try_get(first + 3)?,
        auto_recharge: row.try_get(first + 4)?,
        currency: row.try_get(first + 5)?,
    })
}

/// The amount in a column.
pub(super) fn amount(row: &SqliteRow, column: usize) -> Result<Option<Decimal>> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(|text| Decimal::from_str(text).context("a balance is not a decimal number")).transpose()
}

/// The instant of so many microseconds since 1970.
pub(super) fn instant(micros: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros).context("an instant is out of range")
}
