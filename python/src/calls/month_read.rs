//! What a month is closed from: read by a client, or given as rows of files.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vobiz_core::accounts::Account;
use vobiz_core::billing::{Coverage, Extent, Month, Period, Rows, Source, Sources, Wanted};
use vobiz_core::cdrs::Cdr;
use vobiz_core::dashboard::Report;
use vobiz_core::numbers::Number;
use vobiz_core::profile::Profile;
use vobiz_core::transactions::{LedgerSummary, Transaction};
use vobiz_core::{ErrorKind, PartnerClient};

use super::month::{CLOSE, ClosedMonth};
use crate::arguments::instant;
use crate::call::{Answer, Call, Progress};
use crate::client::Core;
use crate::columns::{Filling, Row};
use crate::error::{raise, refuse, worded};
use crate::record::{object, part};

/// What belongs to a month beside the rows of its lists, as a file has it.
#[derive(Serialize, Deserialize)]
pub(crate) struct About {
    period: Period,
    read_at: DateTime<Utc>,
    has_balances: bool,
    coverage: Vec<Coverage>,
    report: Option<Report>,
    summary: Option<LedgerSummary>,
    partner: Option<Profile>,
    /// Customers as they were read once more, after the ledgers.
    again: Vec<Account>,
}

/// Rows that are kept as tables while a month is read: those of the period, and those of the days around it.
struct Kept {
    period: Period,
    accounts: Filling<Account>,
    numbers: Filling<Number>,
    calls: Filling<Cdr>,
    calls_around: Filling<Cdr>,
    ledger: Filling<Transaction>,
    ledger_around: Filling<Transaction>,
    /// Customers that are in the table: they come once more at the end.
    listed: HashSet<String>,
    again: Vec<Account>,
}

impl Kept {
    fn new(period: Period) -> Self {
        Self {
            period,
            accounts: Filling::all(),
            numbers: Filling::all(),
            calls: Filling::all(),
            calls_around: Filling::all(),
            ledger: Filling::all(),
            ledger_around: Filling::all(),
            listed: HashSet::new(),
            again: Vec::new(),
        }
    }

    fn take(&mut self, rows: Rows<'_>) -> usize {
        let period = self.period;
        let is_in = |at: Option<DateTime<Utc>>| at.is_some_and(|at| period.contains(at));
        match rows {
            Rows::Accounts(rows) => {
                let (new, again) = parted(rows, |row| self.listed.insert(row.auth_id.clone()));
                self.accounts.add(&new);
                self.again.extend(again);
                rows.len()
            }
            Rows::Numbers(rows) => {
                self.numbers.add(rows);
                rows.len()
            }
            Rows::Calls(rows) => {
                let (inside, around) = parted(rows, |call| is_in(call.end_time.or(call.start_time)));
                self.calls.add(&inside);
                self.calls_around.add(&around);
                rows.len()
            }
            Rows::Ledger(rows) => {
                let (inside, around) = parted(rows, |row| is_in(row.processed_at.or(row.created_at)));
                self.ledger.add(&inside);
                self.ledger_around.add(&around);
                rows.len()
            }
            _ => 0,
        }
    }
}

/// Rows that meet a condition, and the others.
fn parted<T: Row + Clone>(rows: &[T], is_first: impl FnMut(&&T) -> bool) -> (Vec<T>, Vec<T>) {
    let (first, second): (Vec<&T>, Vec<&T>) = rows.iter().partition(is_first);
    let cloned = |rows: Vec<&T>| rows.into_iter().cloned().collect();
    (cloned(first), cloned(second))
}

/// Reads and closes a month; comes to a dictionary of the closed month, its report, its tables and what else it was closed from.
#[pyfunction]
#[pyo3(signature = (core, month, zone, calls, balances, now))]
pub(crate) fn close_month(
    py: Python<'_>,
    core: &Core,
    month: &str,
    zone: &str,
    calls: bool,
    balances: bool,
    now: &Bound<'_, PyAny>,
) -> PyResult<Call> {
    let now = instant("close month: now", now)?;
    let period = Period::parse(month, zone).map_err(|detail| refuse(py, ErrorKind::Invalid, CLOSE, &detail))?;
    let client: PartnerClient = core.client(py, CLOSE)?;
    let progress = Arc::new(Progress::of(client.clone()));
    let counted = Arc::clone(&progress);
    Ok(Call::counted(CLOSE, progress, async move {
        let mut kept = Kept::new(period);
        let read =
            Sources::read(&client, period, Wanted { calls, balances }, now, |rows| counted.add(kept.take(rows), None)).await;
        let closed = read.and_then(|sources| Ok((Month::close(&sources)?, sources)));
        Box::new(move |py: Python<'_>| {
            let (month, sources) = closed.map_err(|error| raise(py, &error))?;
            let found = PyDict::new(py);
            found.set_item("report", part(py, sources.report.as_ref())?)?;
            found.set_item("accounts", kept.accounts.finish()?)?;
            found.set_item("numbers", kept.numbers.finish()?)?;
            found.set_item("calls", kept.calls.finish()?)?;
            found.set_item("calls_around", kept.calls_around.finish()?)?;
            found.set_item("ledger", kept.ledger.finish()?)?;
            found.set_item("ledger_around", kept.ledger_around.finish()?)?;
            let about = About {
                period,
                read_at: now,
                has_balances: sources.has_balances,
                coverage: sources.coverage,
                report: sources.report,
                summary: sources.summary,
                partner: sources.partner,
                again: kept.again,
            };
            let about = serde_json::to_string(&about).map_err(|error| worded(py, "VobizError", CLOSE, &error.to_string()))?;
            found.set_item("about", about)?;
            found.set_item("closed", ClosedMonth(month))?;
            object(py, found)
        }) as Answer
    }))
}

/// Rows of files, as bodies in JSON; `None` where there is no file of them.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Given {
    accounts: Option<String>,
    numbers: Option<String>,
    calls: Option<String>,
    ledger: Option<String>,
    /// What belongs to the month beside them.
    about: Option<String>,
}

/// Closes a month from rows of files; comes to the closed month and its report. Nothing is read from the service.
#[pyfunction]
#[pyo3(signature = (given, month, zone, now, balances))]
pub(crate) fn close_rows<'py>(
    py: Python<'py>,
    given: Given,
    month: &str,
    zone: &str,
    now: &Bound<'_, PyAny>,
    balances: bool,
) -> PyResult<(ClosedMonth, Option<Bound<'py, PyDict>>)> {
    let period = Period::parse(month, zone).map_err(|detail| refuse(py, ErrorKind::Invalid, CLOSE, &detail))?;
    let about: Option<About> = given.about.as_deref().map(|text| rows(py, "month.json", text)).transpose()?;
    if let Some(other) = about.as_ref().filter(|about| about.period != period) {
        let (name, zone) = (other.period.name(), other.period.zone.name());
        return Err(refuse(
            py,
            ErrorKind::Invalid,
            CLOSE,
            &format!("the folder has {name} of {zone}, not {month} of {}", period.zone.name()),
        ));
    }
    let now = about.as_ref().map_or_else(|| instant("close month: now", now), |about| Ok(about.read_at))?;
    let accounts: Option<Vec<Account>> = given.accounts.as_deref().map(|text| rows(py, "accounts", text)).transpose()?;
    let numbers: Option<Vec<Number>> = given.numbers.as_deref().map(|text| rows(py, "numbers", text)).transpose()?;
    let calls: Option<Vec<Cdr>> = given.calls.as_deref().map(|text| rows(py, "calls", text)).transpose()?;
    let ledger: Option<Vec<Transaction>> = given.ledger.as_deref().map(|text| rows(py, "ledger", text)).transpose()?;
    let closed = py.detach(move || {
        let mut sources = Sources::new(period, now);
        sources.has_balances = balances;
        let counts = [
            (Source::Accounts, accounts.as_ref().map(Vec::len)),
            (Source::Numbers, numbers.as_ref().map(Vec::len)),
            (Source::CallRecords, calls.as_ref().map(Vec::len)),
            (Source::Ledger, ledger.as_ref().map(Vec::len)),
        ];
        sources.coverage.extend(counts.map(|(source, rows)| covered(source, rows)));
        sources.add_accounts(&accounts.unwrap_or_default());
        if let Some(about) = about {
            sources.has_balances = about.has_balances;
            (sources.coverage, sources.report) = (about.coverage, about.report);
            (sources.summary, sources.partner) = (about.summary, about.partner);
            sources.add_accounts(&about.again);
        }
        sources.add_numbers(&numbers.unwrap_or_default());
        sources.add_calls(&calls.unwrap_or_default());
        sources.add_ledger(&ledger.unwrap_or_default());
        Month::close(&sources).map(|month| (month, sources.report))
    });
    let (month, report) = closed.map_err(|error| raise(py, &error.into()))?;
    Ok((ClosedMonth(month), part(py, report.as_ref())?))
}

/// A file is read whole or not at all.
fn covered(source: Source, rows: Option<usize>) -> Coverage {
    let (extent, detail) =
        if rows.is_some() { (Extent::Whole, "from a file") } else { (Extent::NotAsked, "there is no file of it") };
    Coverage { source, extent, rows: rows.unwrap_or_default() as u64, from: None, to: None, detail: detail.to_owned() }
}

fn rows<T: DeserializeOwned>(py: Python<'_>, name: &str, text: &str) -> PyResult<T> {
    serde_json::from_str(text).map_err(|error| {
        let detail = format!("{name} was not written by this package, or was changed: {error}");
        refuse(py, ErrorKind::Invalid, CLOSE, &detail)
    })
}
