//! The summaries of the last week and of the last month, each with the wallets of all customers as a file.

use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, Datelike as _, Days, TimeDelta, Utc};
use futures::TryFutureExt as _;
use vobiz_core::DateRange;
use vobiz_core::billing::Period;

use super::request::Answer;
use crate::messages::{self, Night, PeriodData, Reader, Spender};
use crate::month;
use crate::service::Service;
use crate::table::Format;

/// How long a period may take to be read.
const LONGEST: Duration = Duration::from_mins(30);

/// The week from Monday to Sunday that is over.
pub(crate) async fn week(service: &Service, late_since: Option<DateTime<Utc>>, reader: &Reader) -> Result<Answer> {
    let today = service.now_in(service.report_zone).date_naive();
    let monday = today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_monday()) + 7)).unwrap_or(today);
    let sunday = monday.checked_add_days(Days::new(6)).unwrap_or(monday);
    of(service, Period { from: monday, to: sunday, zone: service.report_zone }, late_since, reader).await
}

/// The month that is over.
pub(crate) async fn month(service: &Service, late_since: Option<DateTime<Utc>>, reader: &Reader) -> Result<Answer> {
    let today = service.now_in(service.report_zone).date_naive();
    let last = today.with_day(1).and_then(|first| first.pred_opt()).unwrap_or(today);
    let first = last.with_day(1).unwrap_or(last);
    of(service, Period { from: first, to: last, zone: service.report_zone }, late_since, reader).await
}

async fn of(service: &Service, period: Period, late_since: Option<DateTime<Utc>>, reader: &Reader) -> Result<Answer> {
    let report = async |period: Period| {
        let range = DateRange::between(period.from, period.to);
        let read = service.api.analytics(range).map_ok(vobiz_core::Answer::into_inner);
        service.reports.since(reader.now - TimeDelta::hours(1), &format!("analytics {range:?}"), &service.clock, read).await.1
    };
    let (now, before) = tokio::join!(report(period), report(period.before().unwrap_or(period)));
    let closed = service.closed.close(&service.api, period, service.clock.now(), LONGEST).await;
    let (mut document, mut spenders) = (None, Vec::new());
    if let Ok(closed) = &closed {
        document = Some(month::table(closed, reader.zone)?.file(Format::Csv)?);
        spenders = closed.spenders(None)?.into_iter().map(Spender::from).collect();
        // Of several currencies, that of the report comes first; within one, the core has them in order.
        let main = now.as_ref().ok().and_then(|report| report.currency.clone());
        spenders.sort_by_key(|spender| spender.currency != main);
    }
    let since = super::summary::begin_of(service.report_zone, period.from).unwrap_or(reader.now);
    let night = Night::of(since, &service.store.decided(since, reader.now).await?);
    let data = PeriodData { period, closed, report: now, before, spenders, night };
    Ok(Answer { document, ..Answer::text(messages::period(&data, late_since, reader)) })
}
