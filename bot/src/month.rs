//! A period, closed by the core: read once for a summary or a file, and each wallet of it as a row of a table.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use vobiz_core::billing::{Extent, Month, Period, Source, Statement, Usage, Wanted};
use vobiz_core::{Decimal, PartnerClient};

use crate::messages::NotClosed;
use crate::table::{Cell, Table};

/// Closes a period, with the figures that `client.close_month` has in Python.
pub(crate) async fn close(api: &PartnerClient, period: Period, now: DateTime<Utc>, within: Duration) -> Result<Month, NotClosed> {
    match tokio::time::timeout(within, api.close_month(period, Wanted::default(), now)).await {
        Ok(closed) => closed.map_err(NotClosed::Failed),
        Err(_) => Err(NotClosed::TooLong(within)),
    }
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
        "calls in ledger",
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
    let has = |source: Source| {
        month.coverage.iter().any(|part| part.source == source && matches!(part.extent, Extent::Whole | Extent::Part))
    };
    let (has_ledger, has_calls) = (has(Source::Ledger), has(Source::CallRecords));
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
            Cell::amount(used.map(|_| row.charged.unwrap_or_default())),
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
