//! What each customer used in a span of days, from the sums of its call records.

use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::Tz;
use futures::StreamExt as _;
use futures::stream;
use tokio::time::Instant;
use vobiz_core::accounts::Account;
use vobiz_core::cdrs::CdrSummary;
use vobiz_core::{DateRange, Error, PartnerClient};

use crate::table::{Cell, Table};

/// Customers read beside each other; the client's own limits hold beside this.
const BESIDE: usize = 8;

/// What customers used.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Each customer with its sums, where it has any; in the order of the list.
    pub(crate) rows: Vec<(Account, Option<CdrSummary>)>,
    /// Customers that could not be read, and why.
    pub(crate) failures: Vec<(Account, Error)>,
    /// Customers that were left out because the time was over.
    pub(crate) left: usize,
}

/// Reads what each customer used, as far as that goes within a time.
pub(crate) async fn read(api: &PartnerClient, accounts: &[Account], range: DateRange, within: Duration) -> Usage {
    let end = Instant::now() + within;
    let one = |(place, account): (usize, &Account)| {
        let (api, account) = (api.clone(), account.clone());
        async move {
            let summary = api.cdrs(account.auth_id.clone()).between(range).summary().await;
            (place, account, summary)
        }
    };
    let mut reads = std::pin::pin!(stream::iter(accounts.iter().enumerate()).map(one).buffer_unordered(BESIDE));
    let (mut rows, mut failures) = (Vec::new(), Vec::new());
    while let Ok(Some((place, account, summary))) = tokio::time::timeout_at(end, reads.next()).await {
        match summary {
            Ok(sums) => rows.push((place, account, sums.map(vobiz_core::Answer::into_inner))),
            Err(error) => failures.push((account, error)),
        }
    }
    rows.sort_by_key(|(place, ..)| *place);
    failures.sort_by(|(one, _): &(Account, Error), (other, _)| one.auth_id.cmp(&other.auth_id));
    let left = accounts.len().saturating_sub(rows.len() + failures.len());
    Usage { rows: rows.into_iter().map(|(_, account, sums)| (account, sums)).collect(), failures, left }
}

/// What customers used, as a table.
pub(crate) fn table(usage: &Usage, (first, last): (NaiveDate, NaiveDate), zone: Tz) -> Table {
    let header =
        vec!["customer", "name", "calls", "answered", "seconds of talk", "cost", "currency", "last call at", "not read because"];
    let row = |account: &Account, sums: Option<&CdrSummary>, why: Option<&str>| {
        vec![
            Cell::Text(account.auth_id.clone()),
            Cell::text(account.name.as_deref()),
            Cell::count(sums.and_then(|sums| sums.total_calls)),
            Cell::count(sums.and_then(|sums| sums.answered_calls)),
            Cell::amount(sums.and_then(|sums| sums.total_billable_seconds)),
            Cell::amount(sums.and_then(|sums| sums.total_cost)),
            Cell::text(account.currency()),
            Cell::instant(sums.and_then(|sums| sums.last_call_at)),
            Cell::text(why),
        ]
    };
    let failed = usage.failures.iter().map(|(account, error)| row(account, None, Some(&error.to_string())));
    let rows = usage.rows.iter().map(|(account, sums)| row(account, sums.as_ref(), None)).chain(failed).collect();
    Table { name: format!("usage-{first}-{last}"), header, rows, zone }
}
