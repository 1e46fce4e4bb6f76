//! `/summary`: the state of everything. The same text comes each morning.

use std::sync::Arc;

use chrono::{DateTime, Days, Utc};
use futures::{FutureExt as _, TryFutureExt as _};
use vobiz_core::DateRange;

use super::request::{Answer, Command, Refusal, Request};
use crate::chart;
use crate::messages::{self, Reader, SummaryData};
use crate::people::Role;
use crate::service::Service;
use crate::snapshot::Snapshot;

pub(super) const COMMAND: Command = Command {
    name: "summary",
    about: "low wallets, yesterday, money",
    example: "/summary",
    role: Role::Viewer,
    answer: |request| answer(request).boxed(),
};

/// Days in the picture of a summary.
const PICTURED_DAYS: u32 = 30;

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    request.takes_nothing("summary")?;
    let snapshot = request.snapshot().await?;
    let data = read(request.service, snapshot, request.needed()).await;
    Ok(summary(&data, None, &request.reader))
}

/// Reads the report and the profile that a summary needs beside the last sweep. What fails is named in it.
pub(crate) async fn read(service: &Service, snapshot: Arc<Snapshot>, needed: DateTime<Utc>) -> SummaryData {
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
    SummaryData { last_day, report, snapshot, own_balance: profile.map(|profile| profile.balance) }
}

/// A summary with its picture; `late_since` is when it was due, if that is long past.
pub(crate) fn summary(data: &SummaryData, late_since: Option<DateTime<Utc>>, reader: &Reader) -> Answer {
    let html = messages::summary(data, late_since, reader);
    Answer { picture: picture(data), ..Answer::with(html, messages::summary_buttons()) }
}

/// The summary's picture, where there is a report to draw.
pub(crate) fn picture(data: &SummaryData) -> Option<Vec<u8>> {
    let report = data.report.as_ref().ok()?;
    match chart::calls_and_cost(report, data.last_day) {
        Ok(png) => Some(png),
        Err(error) => {
            tracing::error!(%error, "the summary's picture could not be drawn");
            None
        }
    }
}
