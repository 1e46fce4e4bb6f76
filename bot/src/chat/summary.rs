//! `/summary`: the state of everything. The same text comes each morning.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use futures::{FutureExt as _, TryFutureExt as _};
use vobiz_core::billing::sum as exact_sum;
use vobiz_core::dashboard::Report;
use vobiz_core::forecast::Business;
use vobiz_core::history::MovementKind;
use vobiz_core::time::next_local;
use vobiz_core::{DateRange, Decimal};

use super::request::{Answer, Command, Refusal, Request};
use crate::chart;
use crate::messages::{self, Books, Night, Reader, Spender, Spenders, SummaryData};
use crate::people::Role;
use crate::service::Service;
use crate::shift;
use crate::snapshot::Snapshot;
use crate::store::{Document, Entry};

pub(super) const COMMAND: Command = Command {
    name: "summary",
    about: "low wallets, yesterday, money",
    example: "/summary",
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

/// Days in the picture of a summary.
const PICTURED_DAYS: u32 = 30;
/// How long somebody who asks waits for who spent the most, and how long a message of the morning does.
const ASKED: Duration = Duration::from_millis(1200);
pub(crate) const MORNING: Duration = Duration::from_mins(1);
/// Customers up to which who spent the most is asked for, which can take a request for each.
const MOST_CUSTOMERS: usize = 200;
/// How far from midnight a day may be recorded first and last.
const NEAR: TimeDelta = TimeDelta::minutes(30);
/// Days in a row on which nobody works, at most.
const MOST_CLOSED: usize = 30;

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    request.takes_nothing("summary")?;
    let snapshot = request.snapshot().await?;
    let data = read(request.service, snapshot, request.needed(), ASKED).await;
    Ok(summary(&data, None, &request.reader))
}

/// Reads what a summary needs beside the last sweep; who spent the most only as far as that takes no longer than `within`. What
/// fails is named in it.
pub(crate) async fn read(service: &Service, snapshot: Arc<Snapshot>, needed: DateTime<Utc>, within: Duration) -> SummaryData {
    let today = service.now_in(service.report_zone).date_naive();
    let last_day = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let window = DateRange::ending(last_day, PICTURED_DAYS);
    let name = format!("analytics {window:?}");
    let report = service.reports.since(
        needed,
        &name,
        &service.clock,
        service.api.analytics(window).map_ok(vobiz_core::Answer::into_inner),
    );
    let profile = service.profiles.since(needed, "me", &service.clock, service.api.me().map_ok(vobiz_core::Answer::into_inner));
    let ((_, report), (_, profile)) = tokio::join!(report, profile);
    let spenders = spenders(service, &snapshot, last_day, within).await;
    let recorded = recorded(service, report.as_deref().ok(), last_day).await.unwrap_or_else(|error| {
        tracing::warn!(error = format!("{error:#}"), "what is recorded cannot be read; a summary goes without it");
        Recorded::default()
    });
    let morning = morning(&service.business, snapshot.at);
    let Recorded { books, night, acts } = recorded;
    let own_balance = profile.map(|profile| profile.balance);
    SummaryData { last_day, report, snapshot, own_balance, morning, books, spenders, night, acts }
}

/// What the database tells for a summary.
#[derive(Default)]
struct Recorded {
    books: Option<Books>,
    night: Option<Night>,
    acts: Vec<Entry>,
}

async fn recorded(service: &Service, report: Option<&Report>, last_day: NaiveDate) -> anyhow::Result<Recorded> {
    let now = service.clock.now();
    let Some(night) = shift::night(service, now, |_| true).await? else { return Ok(Recorded::default()) };
    let acts = shift::acts(service, now - TimeDelta::days(1)).await?;
    Ok(Recorded { books: books(service, report, last_day).await?, night: Some(night), acts })
}

/// Where the money of all wallets went on a day; `None` where a part of the day was not recorded, or where amounts of several
/// currencies would have to be added.
async fn books(service: &Service, report: Option<&Report>, day: NaiveDate) -> anyhow::Result<Option<Books>> {
    let begin = |day: NaiveDate| begin_of(service.report_zone, day);
    let Some((from, to)) = begin(day).zip(day.succ_opt().and_then(begin)) else { return Ok(None) };
    let totals = service.store.totals(from - NEAR, to).await?;
    let opening = totals.iter().rfind(|total| total.at <= from).or_else(|| totals.iter().find(|total| total.at <= from + NEAR));
    let closing = totals.last().filter(|total| total.at >= to - NEAR);
    let (Some(opening), Some(closing)) = (opening, closing) else { return Ok(None) };
    if totals.iter().any(|total| total.currency != opening.currency) {
        return Ok(None);
    }
    let currency = Some(opening.currency.clone()).filter(|currency| !currency.is_empty());
    let report = report.filter(|report| report.currency.is_none() || report.currency == currency);
    let spend = report.and_then(|report| report.time_series.iter().find(|figures| figures.date == day)?.total_cost);
    let movements = service.store.movements(None, opening.at, closing.at).await?;
    let sum = |is_top_up: bool| {
        let movements = movements.iter().filter(|entry| (entry.kind == MovementKind::Recharge) == is_top_up);
        movements.map(|entry| entry.amount).try_fold(Decimal::ZERO, exact_sum).ok()
    };
    let (opening, closing) = (opening.balance, closing.balance);
    Ok(Some(Books { currency, opening, closing, top_ups: sum(true), others: sum(false), spend }))
}

/// The instant at which a day begins in a zone.
pub(super) fn begin_of(zone: Tz, day: NaiveDate) -> Option<DateTime<Utc>> {
    let noon_before = day.pred_opt()?.and_hms_opt(12, 0, 0)?;
    let noon_before = zone.from_local_datetime(&noon_before).earliest()?.with_timezone(&Utc);
    Some(next_local(noon_before, zone, NaiveTime::MIN))
}

/// Who spent the most on the last day and on the one before; `None` where that takes too long or cannot be read.
async fn spenders(service: &Service, snapshot: &Snapshot, last_day: NaiveDate, within: Duration) -> Option<Spenders> {
    if snapshot.answers.customers.len() > MOST_CUSTOMERS {
        return None;
    }
    // A day that is over does not change.
    let needed = service.clock.now() - TimeDelta::hours(6);
    let of = |day: NaiveDate| {
        let read = async move { service.api.top_customers(day, day, |_, _| {}).await };
        async move { service.tops.since(needed, &format!("top {day}"), &service.clock, read).await.1.ok() }
    };
    let both = async { tokio::join!(of(last_day), async { of(last_day.pred_opt()?).await }) };
    let (now, before) = tokio::time::timeout(within, both.boxed()).await.ok()?;
    Some(Spenders { now: Spender::of(&*now?), before: before.map(|before| Spender::of(&before)) })
}

/// When work begins after an instant.
fn morning(business: &Business, now: DateTime<Utc>) -> DateTime<Utc> {
    let mut at = now;
    for _ in 0..MOST_CLOSED {
        at = next_local(at, business.zone, shift::of_day(business.opens));
        if business.works_on(at.with_timezone(&business.zone).date_naive()) {
            break;
        }
    }
    at
}

/// A summary with its picture; `late_since` is when it was due, if that is long past.
pub(crate) fn summary(data: &SummaryData, late_since: Option<DateTime<Utc>>, reader: &Reader) -> Answer {
    let html = messages::summary(data, late_since, reader);
    Answer { picture: picture(data), ..Answer::with(html, messages::summary_buttons()) }
}

/// The summary's picture, where there is a report to draw.
pub(crate) fn picture(data: &SummaryData) -> Option<Document> {
    let report = data.report.as_ref().ok()?;
    match chart::calls_and_cost(report, data.last_day) {
        Ok(bytes) => Some(Document { name: format!("calls-and-cost-{}.png", data.last_day), bytes }),
        Err(error) => {
            tracing::error!(%error, "the summary's picture could not be drawn");
            None
        }
    }
}
