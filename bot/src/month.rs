//! A period, closed by the core: read once for a summary or a file, and each wallet of it as a row of a table.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use tokio::sync::Mutex;
use vobiz_core::billing::{Month, Period, Source, Statement, Usage, Wanted};
use vobiz_core::{Decimal, PartnerClient};

use crate::messages::NotClosed;
use crate::table::{Cell, Table};

/// How long a closed period is kept for the next chat that wants it.
const KEPT: TimeDelta = TimeDelta::hours(1);

/// The period that was closed last, and when. One is closed at a time: summaries of several chats are due at once, and each
/// would read every call of the period.
#[derive(Default)]
pub(crate) struct Closed(Mutex<Option<(DateTime<Utc>, Arc<Month>)>>);

impl Closed {
    /// A period, with the figures that `client.close_month` has in Python. It is read again where it was not complete when it was
    /// closed, or that was long ago.
    pub(crate) async fn close(
        &self,
        api: &PartnerClient,
        period: Period,
        now: DateTime<Utc>,
        within: Duration,
    ) -> Result<Arc<Month>, NotClosed> {
        let closing = async {
            let mut last = self.0.lock().await;
            if let Some((at, month)) = &*last
                && month.period == period
                && is_fresh(*at, now)
                && month.complete
            {
                return Ok(Arc::clone(month));
            }
            *last = None;
            let month = Arc::new(api.close_month(period, Wanted::default(), now).await.map_err(NotClosed::Failed)?);
            *last = Some((now, Arc::clone(&month)));
            Ok(month)
        };
        tokio::time::timeout(within, closing).await.unwrap_or(Err(NotClosed::TooLong(within)))
    }

    /// Lets go of a period that nobody asked for lately: it can be large.
    pub(crate) fn forget_old(&self, now: DateTime<Utc>) {
        if let Ok(mut last) = self.0.try_lock() {
            last.take_if(|(at, _)| !is_fresh(*at, now));
        }
    }
}

fn is_fresh(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (TimeDelta::zero()..KEPT).contains(&(now - at))
}

/// What a month has about one wallet.
#[derive(Default)]
struct Row<'a> {
    name: Option<&'a str>,
    usage: Option<&'a Usage>,
    charged: Option<Decimal>,
    statement: Option<&'a Statement>,
}

/// The wallets of a month as a table, a row for each customer and currency.
pub(crate) fn table(month: &Month, zone: Tz) -> Result<Table> {
    let header = vec![
        "customer",
        "name",
        "currency",
        "calls",
        "answered",
        "seconds of talk",
        "cost of calls",
        "charged",
        "cost of calls in ledger",
        "monthly fees",
        "weekly fees",
        "other debits",
        "refunds",
        "top-ups",
        "opening balance",
        "closing balance",
    ];
    let (usages, spenders) = (month.usages()?, month.spenders(None)?);
    let mut rows: BTreeMap<(&str, Option<&str>), Row<'_>> = BTreeMap::new();
    for statement in &month.statements {
        let row = rows.entry((&statement.auth_id, statement.currency.as_deref())).or_default();
        (row.name, row.statement) = (statement.name.as_deref(), Some(statement));
    }
    for usage in &usages {
        let row = rows.entry((&usage.auth_id, usage.currency.as_deref())).or_default();
        (row.name, row.usage) = (row.name.or(usage.name.as_deref()), Some(usage));
    }
    for spender in &spenders {
        rows.entry((&spender.auth_id, spender.currency.as_deref())).or_default().charged = Some(spender.amount);
    }
    // What was not read is not zero.
    let (has_ledger, has_calls) = (month.was_read(Source::Ledger), month.was_read(Source::CallRecords));
    let rows = rows.into_iter().map(|((auth_id, currency), row)| {
        let of = |part: fn(&Statement) -> Decimal| Cell::amount(row.statement.filter(|_| has_ledger).map(part));
        let used = row.usage.map(|usage| (usage.calls, usage.answered, usage.seconds, usage.cost));
        let none = (0, Some(0).filter(|_| has_calls), Some(Decimal::ZERO).filter(|_| has_calls), Decimal::ZERO);
        let used = used.or((has_calls || has_ledger).then_some(none));
        vec![
            Cell::Text(auth_id.to_owned()),
            Cell::text(row.name),
            Cell::text(currency),
            Cell::count(used.map(|(calls, ..)| calls)),
            Cell::count(used.and_then(|(_, answered, ..)| answered)),
            Cell::amount(used.and_then(|(_, _, seconds, _)| seconds)),
            Cell::amount(used.map(|(.., cost)| cost)),
            Cell::amount(used.filter(|_| has_ledger).map(|_| row.charged.unwrap_or_default())),
            of(|one| one.usage),
            of(|one| one.rentals),
            of(|one| one.fixed),
            of(|one| one.other),
            of(|one| one.refunds),
            of(|one| one.top_ups),
            Cell::amount(row.statement.and_then(|one| one.opening)),
            Cell::amount(row.statement.and_then(|one| one.closing)),
        ]
    });
    Ok(Table { name: format!("month-{}", month.period.name()), header, rows: rows.collect(), zone })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

    use secrecy::SecretString;
    use vobiz_sandbox::{Options, Sandbox};

    use super::*;

    #[tokio::test]
    async fn chats_that_want_a_period_that_is_over_share_one_reading_for_an_hour() {
        let sandbox = Sandbox::start(Options { customers: 3, ..Options::default() }).await.unwrap();
        let token = SecretString::from(sandbox.auth_token().to_owned());
        let api = PartnerClient::builder(sandbox.auth_id(), token).base_url(sandbox.base_url());
        let api = api.requests_per_second(1_000).build().unwrap();
        let (closed, within) = (Closed::default(), Duration::from_mins(5));
        let period = Period::month("2026-04", chrono_tz::Asia::Kolkata).unwrap();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let close = async |now: &str| closed.close(&api, period, at(now), within).await.unwrap();

        let (one, other) = tokio::join!(close("2026-05-01T03:30:00Z"), close("2026-05-01T03:30:00Z"));
        assert!(Arc::ptr_eq(&one, &other), "who asks while it is read waits for it");
        closed.forget_old(at("2026-05-01T04:00:00Z"));
        assert!(Arc::ptr_eq(&one, &close("2026-05-01T04:00:00Z").await));
        assert!(!Arc::ptr_eq(&one, &close("2026-05-01T04:30:00Z").await), "an hour is long ago");
        closed.forget_old(at("2026-05-01T05:30:00Z"));
        assert!(closed.0.lock().await.is_none(), "and it is large");

        let running = close("2026-04-20T03:30:00Z").await;
        let again = close("2026-04-20T03:31:00Z").await;
        assert!(!Arc::ptr_eq(&running, &again), "a month that is not over goes on");
    }
}
