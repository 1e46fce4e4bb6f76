//! Making the history smaller with age.
//!
//! The last two weeks stay whole. Of a day before them each wallet keeps its first, lowest and last sample, every crossing of a
//! level, and the sweeps in which it was not read.

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::read::{self, Part};
use super::write_samples;
use crate::store::{Store, set_fact};

/// How long samples stay whole.
const WHOLE: Days = Days::new(14);
/// Wallets of one transaction: what waits behind it, waits for a few tens of milliseconds.
const SLICE: i64 = 250;
/// The last day that was thinned.
const THINNED: &str = "history thinned";

impl Store {
    /// Thins the days that became old since the last time, one transaction for each few wallets so that nothing waits for
    /// long. Gives how many samples were dropped. What was interrupted is done again.
    pub(crate) async fn thin(&self, levels: &[Decimal], zone: Tz, now: DateTime<Utc>) -> Result<usize> {
        let Some(last) = now.with_timezone(&zone).date_naive().checked_sub_days(WHOLE) else { return Ok(0) };
        let mut dropped = 0;
        let mut after = match self.fact::<NaiveDate>(THINNED).await? {
            Some(day) => micros(next(day), zone),
            None => i64::MIN,
        };
        // Days without a sweep are left out.
        while let Some(at) = self.first_poll(after, micros(last, zone)).await? {
            let day = at.with_timezone(&zone).date_naive();
            dropped += self.thin_day(day, levels, zone).await?;
            after = micros(next(day), zone);
            let mut transaction = self.begin().await?;
            set_fact(&mut transaction, THINNED, &day).await?;
            transaction.commit().await?;
        }
        Ok(dropped)
    }

    async fn first_poll(&self, from: i64, to: i64) -> Result<Option<DateTime<Utc>>> {
        let at: Option<i64> = sqlx::query_scalar("SELECT min(at) FROM polls WHERE at >= $1 AND at < $2")
            .bind(from)
            .bind(to)
            .fetch_one(&self.pool)
            .await?;
        Ok(at.and_then(DateTime::from_timestamp_micros))
    }

    async fn thin_day(&self, day: NaiveDate, levels: &[Decimal], zone: Tz) -> Result<usize> {
        let last: Option<i64> = sqlx::query_scalar("SELECT max(id) FROM wallets").fetch_one(&self.pool).await?;
        let (at, mut first, mut dropped) = (micros(day, zone)..micros(next(day), zone), 0, 0);
        while first <= last.unwrap_or(-1) {
            let part = Part { wallets: first..first + SLICE, at: at.clone() };
            dropped += self.thin_part(&part, levels, zone).await?;
            first += SLICE;
            // Others who wait for the database come first.
            tokio::task::yield_now().await;
        }
        Ok(dropped)
    }

    async fn thin_part(&self, part: &Part, levels: &[Decimal], zone: Tz) -> Result<usize> {
        let mut transaction = self.begin().await?;
        let (mut history, wallets) = read::part(&mut transaction, part).await?;
        let all = history.samples.len();
        let Some(end) = DateTime::from_timestamp_micros(part.at.end) else { return Ok(0) };
        history.thin(end, levels, &zone);
        let dropped = all - history.samples.len();
        if dropped == 0 {
            return Ok(0);
        }
        let polls = sqlx::query_as::<_, (i64, i64)>("SELECT at, id FROM polls WHERE at >= $1 AND at < $2")
            .bind(part.at.start)
            .bind(part.at.end)
            .fetch_all(&mut *transaction)
            .await?;
        let polls: HashMap<i64, i64> = polls.into_iter().collect();
        sqlx::query(
            "DELETE FROM samples WHERE poll IN (SELECT id FROM polls WHERE at >= $1 AND at < $2) AND wallet >= $3 AND wallet < $4",
        )
        .bind(part.at.start)
        .bind(part.at.end)
        .bind(part.wallets.start)
        .bind(part.wallets.end)
        .execute(&mut *transaction)
        .await?;
        let rows = history.samples.iter().filter_map(|sample| {
            let wallet = wallets.get(usize::try_from(sample.wallet).ok()?)?;
            Some((*polls.get(&sample.at.timestamp_micros())?, *wallet, sample.balance))
        });
        write_samples(&mut transaction, rows).await?;
        transaction.commit().await?;
        Ok(dropped)
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}

/// The first instant of a day, in microseconds. Where clocks skip midnight, the day starts after what they skip.
fn micros(day: NaiveDate, zone: Tz) -> i64 {
    let midnight = day.and_time(NaiveTime::MIN);
    let start = (0..48).find_map(|halves| zone.from_local_datetime(&(midnight + TimeDelta::minutes(30 * halves))).earliest());
    start.map_or_else(|| midnight.and_utc().timestamp_micros(), |start| start.timestamp_micros())
}
