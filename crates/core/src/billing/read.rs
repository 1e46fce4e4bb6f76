//! Reads what a month is closed from: whatever this account may see.

use std::pin::pin;

use chrono::{DateTime, Days, Utc};
use futures::stream::{Stream, StreamExt as _};

use super::coverage::{Coverage, Extent, Source};
use super::month::Month;
use super::period::Period;
use super::sources::Sources;
use crate::api::accounts::Account;
use crate::api::cdrs::Cdr;
use crate::api::numbers::Number;
use crate::api::transactions::Transaction;
use crate::client::client::PartnerClient;
use crate::client::list::Chunk;
use crate::error::{Error, ErrorKind, Result};
use crate::time::DateRange;

/// What is read for a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Call records: usage by product and direction, and every call against its ledger row.
    pub calls: bool,
    /// Ledgers up to now instead of to the end of the period: opening and closing balances.
    pub balances: bool,
}

impl Default for Wanted {
    /// Everything.
    fn default() -> Self {
        Self { calls: true, balances: true }
    }
}

/// Rows of a list as they come, for those who keep them.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Rows<'a> {
    /// Customers. They come twice where balances are wanted: before the ledgers and after all.
    Accounts(&'a [Account]),
    /// Numbers.
    Numbers(&'a [Number]),
    /// Call records, those of the days around the period among them.
    Calls(&'a [Cdr]),
    /// Ledger rows, those out of the period among them.
    Ledger(&'a [Transaction]),
}

/// Days before the period whose calls may be priced in it.
const BEFORE: u64 = 2;
/// Days after it on which its calls may be priced.
const AFTER: u64 = 3;

impl Sources {
    /// Reads a period. `each` is given every page.
    ///
    /// What the service refuses, or answers in part, is missing in what is returned and listed in its [`Self::coverage`].
    ///
    /// # Errors
    ///
    /// That of the first call where the credentials are refused, and where nothing could be read at all.
    pub async fn read(
        client: &PartnerClient,
        period: Period,
        wanted: Wanted,
        now: DateTime<Utc>,
        mut each: impl FnMut(Rows<'_>) + Send,
    ) -> Result<Self> {
        let mut sources = Self::new(period, now);
        let mut first_error = None;
        let days = DateRange::between(period.from, period.to);
        let before = period.from.checked_sub_days(Days::new(BEFORE));
        let after = period.to.checked_add_days(Days::new(AFTER));

        let read = rows(&mut sources, client.accounts().chunks(), |sources, rows| {
            sources.add_accounts(rows);
            each(Rows::Accounts(rows));
        });
        let read = read.await;
        sources.cover(Source::Accounts, DateRange::default(), read, &mut first_error)?;

        let report = client.analytics(days).await;
        let echoed = report.as_ref().ok().and_then(|report| report.period.clone());
        let answered = |read: Result<()>| Read { rows: u64::from(read.is_ok()), error: read.err() };
        sources.report = report.as_ref().ok().map(|report| report.value.clone());
        sources.cover(Source::Analytics, days, answered(report.map(drop)), &mut first_error)?;
        if let Some((from, to)) = echoed.and_then(|echoed| echoed.from_date.zip(echoed.to_date))
            && (from, to) != (period.from, period.to)
        {
            sources.report = None;
            sources.note(
                Source::Analytics,
                Extent::Nothing,
                format!("asked for {} to {}, answered {from} to {to}", period.from, period.to),
            );
        }
        let partner = client.me().await;
        sources.partner = partner.as_ref().ok().map(|partner| partner.value.clone());
        sources.cover(Source::Profile, DateRange::default(), answered(partner.map(drop)), &mut first_error)?;
        let read = rows(&mut sources, client.all_numbers().chunks(), |sources, rows| {
            sources.add_numbers(rows);
            each(Rows::Numbers(rows));
        });
        let read = read.await;
        sources.cover(Source::Numbers, DateRange::default(), read, &mut first_error)?;

        let range = DateRange { from: before, to: if wanted.balances { None } else { after } };
        let read = rows(&mut sources, client.all_transactions().between(range).chunks(), |sources, rows| {
            sources.add_ledger(rows);
            each(Rows::Ledger(rows));
        });
        let read = read.await;
        sources.cover(Source::Ledger, range, read, &mut first_error)?;
        if let Ok(Some(summary)) = client.all_transactions().between(days).summary().await {
            sources.summary = Some(summary.value);
            sources.note(Source::LedgerSummary, Extent::Whole, String::new());
        } else {
            sources.note(Source::LedgerSummary, Extent::NotAsked, "the service has none".to_owned());
        }
        let range = DateRange { from: before, to: after };
        if wanted.calls {
            let read = rows(&mut sources, client.all_cdrs().between(range).chunks(), |sources, rows| {
                sources.add_calls(rows);
                each(Rows::Calls(rows));
            });
            let read = read.await;
            sources.cover(Source::CallRecords, range, read, &mut first_error)?;
        } else {
            sources.note(Source::CallRecords, Extent::NotAsked, String::new());
        }
        if wanted.balances {
            let read = rows(&mut sources, client.accounts().chunks(), |sources, rows| {
                sources.add_accounts(rows);
                each(Rows::Accounts(rows));
            });
            if let Some(error) = read.await.error {
                sources.note(Source::Accounts, Extent::Part, format!("wallets were not read again: {error}"));
            }
        } else {
            sources.has_balances = false;
        }
        match first_error {
            Some(error) if sources.coverage.iter().all(|part| matches!(part.extent, Extent::Nothing | Extent::NotAsked)) => {
                Err(error)
            }
            _ => Ok(sources),
        }
    }

    /// States what was read of a source.
    fn cover(&mut self, source: Source, range: DateRange, read: Read, first: &mut Option<Error>) -> Result<()> {
        let Read { rows, error } = read;
        let (mut extent, mut detail) = (Extent::Whole, String::new());
        if let Some(error) = error {
            if error.kind() == ErrorKind::Unauthorized {
                return Err(error);
            }
            extent = if rows > 0 { Extent::Part } else { Extent::Nothing };
            detail = error.to_string();
            first.get_or_insert(error);
        }
        self.coverage.push(Coverage { source, extent, rows, from: range.from, to: range.to, detail });
        Ok(())
    }

    /// States something else of a source.
    fn note(&mut self, source: Source, extent: Extent, detail: String) {
        match self.coverage.iter_mut().find(|part| part.source == source) {
            Some(part) => (part.extent, part.detail) = (extent, detail),
            None => self.coverage.push(Coverage { source, extent, rows: 0, from: None, to: None, detail }),
        }
    }
}

impl PartnerClient {
    /// Reads and closes a calendar month, `2026-04`, whose days are cut in the zone of the period.
    ///
    /// ```no_run
    /// # async fn example(client: vobiz_core::PartnerClient) -> Result<(), Box<dyn std::error::Error>> {
    /// use vobiz_core::billing::Period;
    /// let april = Period::month("2026-04", chrono_tz::Asia::Kolkata).ok_or("no month")?;
    /// let month = client.close_month(april, Default::default(), chrono::Utc::now()).await?;
    /// for difference in &month.differences {
    ///     println!("{difference}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn close_month(&self, period: Period, wanted: Wanted, now: DateTime<Utc>) -> Result<Month> {
        let sources = Sources::read(self, period, wanted, now, |_| {}).await?;
        Ok(Month::close(&sources)?)
    }
}

/// What came of one read.
struct Read {
    rows: u64,
    error: Option<Error>,
}

/// Every page of a list, up to the error that ended it.
async fn rows<T>(
    sources: &mut Sources,
    chunks: impl Stream<Item = Result<Chunk<T>>> + Send,
    mut take: impl FnMut(&mut Sources, &[T]) + Send,
) -> Read {
    let mut read = Read { rows: 0, error: None };
    let mut chunks = pin!(chunks);
    while let Some(chunk) = chunks.next().await {
        match chunk {
            Ok(chunk) => {
                read.rows += chunk.rows.len() as u64;
                take(sources, &chunk.rows);
            }
            Err(error) => {
                read.error = Some(error);
                break;
            }
        }
    }
    read
}
