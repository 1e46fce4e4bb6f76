//! The summaries of the last week and of the last month, each with the usage of every customer as a file.

use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc};
use futures::TryFutureExt as _;
use vobiz_core::DateRange;

use super::request::Answer;
use crate::messages::{self, Night, PeriodData, Reader, Spender};
use crate::service::Service;
use crate::snapshot::Snapshot;
use crate::table::Format;
use crate::usage;

/// How long the usage of customers may take to be read.
const LONGEST: Duration = Duration::from_mins(30);

/// The week from Monday to Sunday that is over.
pub(crate) async fn week(
    service: &Service,
    snapshot: &Snapshot,
    late_since: Option<DateTime<Utc>>,
    reader: &Reader,
) -> Result<Answer> {
    let today = service.now_in(service.report_zone).date_naive();
    let monday = today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_monday()) + 7)).unwrap_or(today);
    let sunday = monday.checked_add_days(Days::new(6)).unwrap_or(monday);
    of(service, snapshot, ("week", monday, sunday), late_since, reader).await
}

/// The month that is over.
pub(crate) async fn month(
    service: &Service,
    snapshot: &Snapshot,
    late_since: Option<DateTime<Utc>>,
    reader: &Reader,
) -> Result<Answer> {
    let today = service.now_in(service.report_zone).date_naive();
    let last = today.with_day(1).and_then(|first| first.pred_opt()).unwrap_or(today);
    let first = last.with_day(1).unwrap_or(last);
    of(service, snapshot, ("month", first, last), late_since, reader).await
}

async fn of(
    service: &Service,
    snapshot: &Snapshot,
    (name, from, to): (&'static str, NaiveDate, NaiveDate),
    late_since: Option<DateTime<Utc>>,
    reader: &Reader,
) -> Result<Answer> {
    let length = u64::try_from((to - from).num_days() + 1).unwrap_or(1);
    let days_before = match name {
        "month" => {
            let last = from.pred_opt().unwrap_or(from);
            (last.with_day(1).unwrap_or(last), last)
        }
        _ => (from.checked_sub_days(Days::new(length)).unwrap_or(from), from.pred_opt().unwrap_or(from)),
    };
    let report = async |(from, to): (NaiveDate, NaiveDate)| {
        let range = DateRange::between(from, to);
        let read = service.api.analytics(range).map_ok(vobiz_core::Answer::into_inner);
        service.reports.since(reader.now - TimeDelta::hours(1), &format!("analytics {range:?}"), &service.clock, read).await.1
    };
    let (now, before) = tokio::join!(report((from, to)), report(days_before));
    let used = usage::read(&service.api, &snapshot.answers.customers, DateRange::between(from, to), LONGEST).await;
    let document = usage::table(&used, (from, to), reader.zone).file(Format::Csv)?;
    let mut spenders: Vec<Spender> = used
        .rows
        .iter()
        .filter_map(|(account, sums)| {
            let currency = account.currency().map(str::to_owned);
            Some(Spender {
                auth_id: account.auth_id.clone(),
                name: account.name.clone(),
                cost: sums.as_ref()?.total_cost?,
                currency,
            })
        })
        .collect();
    spenders.sort_by_key(|spender| std::cmp::Reverse(spender.cost));
    let first = used.failures.first().map(|(_, error)| error);
    let notes = messages::usage_notes(used.failures.len(), first, used.left, snapshot.answers.cut.is_some());
    let since = super::summary::begin_of(service.report_zone, from).unwrap_or(reader.now);
    let night = Night::of(since, &service.store.decided(since, reader.now).await?);
    let data = PeriodData { name, days: (from, to), report: now, before, days_before, spenders, notes, night };
    Ok(Answer { document: Some(document), ..Answer::text(messages::period(&data, late_since, reader)) })
}
