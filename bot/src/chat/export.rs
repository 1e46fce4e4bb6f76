//! `/export`: customers, alerts, a ledger or a month as a file.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{Months, NaiveDate, TimeDelta};
use futures::FutureExt as _;
use vobiz_core::alert::Severity;
use vobiz_core::billing::Period;
use vobiz_core::forecast::Span;
use vobiz_core::{DateRange, time};

use super::request::{Answer, Command, Refusal, Request};
use super::{find, span};
use crate::messages::{self, escape};
use crate::month;
use crate::people::Role;
use crate::store::Change;
use crate::table::{Cell, Format, Table};

const FORMS: &str = "Write /export customers, /export alerts 30d, /export ledger MA_XXXXXXXX 30d or /export month 2026-04; xlsx at \
                     the end gives a workbook instead of CSV";

pub(super) const COMMAND: Command = Command {
    name: "export",
    about: "a file: customers, alerts, ledger of a customer, or month; csv or xlsx",
    example: "/export month 2026-04 xlsx",
    role: |_| Role::Operator,
    answer: |request| answer(request).boxed(),
};

/// Days of an export of alerts or of a ledger, unless others are named; and at most.
const DAYS: (u32, u32) = (30, 366);
/// How long the API is read for one file.
const LONGEST: Duration = Duration::from_mins(10);

/// What is exported.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Customers,
    /// The days up to now.
    Alerts(u32),
    /// Whose, and the days.
    Ledger(String, DateRange),
    /// The first and the last day of the month.
    Month(NaiveDate, NaiveDate),
}

/// A table and what the chat is shown about it.
struct Made {
    table: Table,
    /// What it holds, in HTML.
    words: String,
    /// What the audit log calls it.
    subject: String,
}

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let by = request.actor(Role::Operator).await?;
    let (what, format) = read(&request.arguments, request.today())?;
    let made = match what {
        What::Customers => customers(request).await?,
        What::Alerts(days) => alerts(request, days).await?,
        What::Ledger(wanted, range) => match ledger(request, &wanted, range).await? {
            Ok(made) => made,
            Err(answer) => return Ok(*answer),
        },
        What::Month(first, last) => match month(request, first, last).await? {
            Ok(made) => made,
            Err(answer) => return Ok(*answer),
        },
    };
    let Made { table, words, subject } = made;
    let rows = messages::counted(table.rows.len(), "row", "rows");
    let document = table.file(format)?;
    let change = Change {
        by,
        chat: request.chat_id,
        action: "export",
        subject: &subject,
        before: None,
        after: Some(format!("{}, {rows}", document.name)),
    };
    request.service.store.record_act(&change, request.asked_at).await?;
    let html = format!("{words}\n{rows}; times in {}", table.zone);
    Ok(Answer { document: Some(document), toast: Some("The file is below".to_owned()), ..Answer::text(html) })
}

/// What is wanted, and as which kind of file. `today` is the day where reports are cut.
fn read(words: &[&str], today: NaiveDate) -> Result<(What, Format), String> {
    let (words, format) = match words.split_last() {
        Some((last, rest)) if last.eq_ignore_ascii_case("csv") => (rest, Format::Csv),
        Some((last, rest)) if last.eq_ignore_ascii_case("xlsx") => (rest, Format::Xlsx),
        _ => (words, Format::Csv),
    };
    let Some((first, rest)) = words.split_first() else { return Err(format!("What is exported? {FORMS}")) };
    let what = match (first.to_lowercase().as_str(), rest) {
        ("customers", []) => What::Customers,
        ("alerts", []) => What::Alerts(DAYS.0),
        ("alerts", [days]) => What::Alerts(length(days)?),
        ("ledger", []) => return Err("Whose ledger? Write /export ledger MA_XXXXXXXX 30d. /customers lists ids.".to_owned()),
        ("ledger", [whose @ .., last]) if !whose.is_empty() && span::length(last).is_some() => {
            What::Ledger(whose.join(" "), DateRange::ending(today, length(last)?))
        }
        ("ledger", [whose @ .., last]) if !whose.is_empty() && is_month(last) => {
            let (first, last) = month_of(last, today)?;
            What::Ledger(whose.join(" "), DateRange::between(first, last.min(today)))
        }
        ("ledger", whose) => What::Ledger(whose.join(" "), DateRange::ending(today, DAYS.0)),
        ("month", []) => {
            let first = today.checked_sub_months(Months::new(1)).unwrap_or(today);
            return Err(format!("Which month? Write /export month {}", first.format("%Y-%m")));
        }
        ("month", [month]) => {
            let (first, last) = month_of(month, today)?;
            What::Month(first, last)
        }
        ("customers" | "alerts" | "month", [.., last]) => return Err(format!("“{last}” is one word too many. {FORMS}")),
        _ => return Err(format!("“{first}” is not something to export. {FORMS}")),
    };
    Ok((what, format))
}

fn length(word: &str) -> Result<u32, String> {
    match span::length(word) {
        Some(days) if (1..=DAYS.1).contains(&days) => Ok(days),
        Some(_) => Err(format!("“{word}” is not between 1d and {}d. {FORMS}", DAYS.1)),
        None => Err(format!("“{word}” is not a number of days, such as 30d. {FORMS}")),
    }
}

fn is_month(word: &str) -> bool {
    word.len() == 7 && word.as_bytes().get(4) == Some(&b'-')
}

/// The first and the last day of a month that has begun.
fn month_of(word: &str, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), String> {
    let first = Some(word).filter(|word| is_month(word)).and_then(|word| time::parse_day(&format!("{word}-01")));
    let Some(first) = first else { return Err(format!("“{word}” is not a month; months are written 2026-04. {FORMS}")) };
    if first > today {
        return Err(format!("{} is in the future: today is {today}.", first.format("%B %Y")));
    }
    let last = first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(first);
    Ok((first, last))
}

async fn customers(request: &Request<'_>) -> Result<Made, Refusal> {
    let snapshot = request.snapshot().await?;
    let header = vec![
        "customer",
        "name",
        "active",
        "billing",
        "auto-recharge",
        "currency",
        "balance",
        "read at",
        "empty at (one case of ten earlier)",
        "empty at (likely)",
        "empty at (one case of ten later)",
        "last top-up",
        "last top-up at",
        "alert",
        "KYC",
        "created at",
    ];
    let kyc: HashMap<&str, &vobiz_core::accounts::Account> =
        snapshot.answers.customers.iter().map(|account| (account.auth_id.as_str(), account)).collect();
    let alerts: HashMap<&str, Severity> =
        snapshot.wallets().iter().filter_map(|alert| Some((alert.subject.customer()?, alert.severity))).collect();
    let rows = snapshot.by_time_to_empty().iter().filter_map(|wallet| {
        let subject = snapshot.wallet(wallet);
        let id = subject.customer()?;
        let (account, runway, top_up) = (kyc.get(id), wallet.runway, snapshot.last_top_up(id));
        let yes = |is: bool| Cell::Text(if is { "yes" } else { "no" }.to_owned());
        let at = |span: Option<Span>| Cell::instant(span.map(|span| snapshot.at + messages::hours(span.hours)));
        Some(vec![
            Cell::Text(id.to_owned()),
            Cell::text(subject.name.as_deref()),
            yes(subject.is_active),
            Cell::Text(if subject.is_prepaid { "prepaid" } else { "postpaid" }.to_owned()),
            yes(subject.auto_recharge),
            Cell::text(subject.currency.as_deref()),
            Cell::amount(subject.balance),
            Cell::instant(subject.balance.map(|_| snapshot.at)),
            at(runway.and_then(|runway| runway.low)),
            at(runway.and_then(|runway| runway.likely)),
            at(runway.and_then(|runway| runway.high)),
            Cell::amount(top_up.map(|top_up| top_up.amount)),
            Cell::instant(top_up.map(|top_up| top_up.at)),
            Cell::text(alerts.get(id).map(|severity| severity.name())),
            Cell::text(account.and_then(|account| account.kyc_status.as_deref())),
            Cell::instant(account.and_then(|account| account.created_at)),
        ])
    });
    let rows: Vec<_> = rows.collect();
    let incomplete = if snapshot.answers.cut.is_some() { "\n⚪ The list could not be read to its end." } else { "" };
    let words = format!("<b>Customers</b>, as of {}{incomplete}", request.reader.at(snapshot.at));
    Ok(Made { table: table(request, "customers".to_owned(), header, rows), words, subject: "customers".to_owned() })
}

async fn alerts(request: &Request<'_>, days: u32) -> Result<Made, Refusal> {
    let to = request.asked_at;
    let from = to - TimeDelta::days(i64::from(days));
    let decided = request.service.store.decided(from, to).await?;
    let header = vec!["at", "rule", "subject", "name", "change", "severity", "value", "level", "reason"];
    let rows = decided.into_iter().map(|row| {
        vec![
            Cell::Instant(row.at),
            Cell::Text(row.rule),
            Cell::Text(row.subject),
            Cell::text(row.name.as_deref()),
            Cell::Text(row.change),
            Cell::Text(row.severity),
            Cell::Amount(row.value),
            Cell::Amount(row.level),
            Cell::Text(row.reason),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let words =
        format!("<b>Changes of alerts</b> from {} to {}, the latest first", request.reader.at(from), request.reader.at(to));
    Ok(Made { table: table(request, format!("alerts-{days}d"), header, rows), words, subject: "alerts".to_owned() })
}

async fn ledger(request: &Request<'_>, wanted: &str, range: DateRange) -> Result<Result<Made, Box<Answer>>, Refusal> {
    let snapshot = request.snapshot().await?;
    let (from, to) = days_of(range, request.today());
    let command = |id: &str| format!("/export ledger {id}");
    let account = match find::customer(&snapshot.answers.customers, wanted, command) {
        Ok(account) => account,
        Err(which) => return Ok(Err(which)),
    };
    let id = account.auth_id.as_str();
    let sweep = match request.service.api.transactions(id).between(range).sweep(LONGEST).await {
        Ok(sweep) => sweep,
        Err(error) => return Ok(Err(Box::new(Answer::text(messages::failure(&error))))),
    };
    let header = vec![
        "id",
        "customer",
        "booked at",
        "entered at",
        "type",
        "direction",
        "amount",
        "currency",
        "status",
        "reference type",
        "reference",
        "description",
    ];
    let rows = sweep.rows.iter().map(|row| {
        let direction = row.direction().map(|direction| match direction {
            vobiz_core::transactions::Direction::Credit => "in",
            vobiz_core::transactions::Direction::Debit => "out",
        });
        vec![
            Cell::Text(row.id.clone()),
            Cell::text(row.account_id.as_deref().or(Some(id))),
            Cell::instant(row.processed_at),
            Cell::instant(row.created_at),
            Cell::text(row.transaction_type.as_deref()),
            Cell::text(direction),
            Cell::amount(row.amount),
            Cell::text(row.currency.as_deref()),
            Cell::text(row.status.as_deref()),
            Cell::text(row.reference_type.as_deref()),
            Cell::text(row.reference.as_deref()),
            Cell::text(row.description.as_deref()),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let name = messages::name(account.name.as_deref(), id);
    let mut words = format!("<b>Ledger of {name}</b>, {}, days as the API counts them", messages::days(from, to));
    if let Some(error) = &sweep.error {
        words = format!("{words}\n⚪ Rows are missing: {}", escape(&error.to_string()));
    }
    let file: String = id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').take(40).collect();
    let table = table(request, format!("ledger-{file}-{from}-{to}"), header, rows);
    Ok(Ok(Made { table, words, subject: id.to_owned() }))
}

async fn month(request: &Request<'_>, from: NaiveDate, to: NaiveDate) -> Result<Result<Made, Box<Answer>>, Refusal> {
    let service = request.service;
    let period = Period { from, to, zone: service.report_zone };
    let closed = match service.closed.close(&service.api, period, service.clock.now(), LONGEST).await {
        Ok(closed) => closed,
        Err(why) => return Ok(Err(Box::new(Answer::text(messages::not_closed(&why))))),
    };
    let so_far = if to < request.today() { "" } else { "; the month is not over" };
    let (charged, agreement) = (messages::charged(&closed), messages::agreement(&closed));
    let words = format!("<b>Usage, fees and wallets of {}</b>{so_far}{charged}{agreement}", messages::days(from, to));
    Ok(Ok(Made { table: month::table(&closed, request.reader.zone)?, words, subject: from.format("%Y-%m").to_string() }))
}

fn days_of(range: DateRange, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    (range.from.unwrap_or(today), range.to.unwrap_or(today))
}

fn table(request: &Request<'_>, name: String, header: Vec<&'static str>, rows: Vec<Vec<Cell>>) -> Table {
    Table { name, header, rows, zone: request.reader.zone }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn parse(words: &str) -> Result<(What, Format), String> {
        read(&words.split_whitespace().collect::<Vec<_>>(), day("2026-05-12"))
    }

    #[test]
    fn what_is_exported_and_as_what_is_read_in_any_form() {
        for (words, what, format) in [
            ("customers", What::Customers, Format::Csv),
            ("Customers XLSX", What::Customers, Format::Xlsx),
            ("alerts 7D csv", What::Alerts(7), Format::Csv),
            ("month 2026-04", What::Month(day("2026-04-01"), day("2026-04-30")), Format::Csv),
            ("month 2024-02", What::Month(day("2024-02-01"), day("2024-02-29")), Format::Csv),
            ("month 2026-05", What::Month(day("2026-05-01"), day("2026-05-31")), Format::Csv),
            (
                "ledger sharma logistics",
                What::Ledger("sharma logistics".into(), DateRange::ending(day("2026-05-12"), 30)),
                Format::Csv,
            ),
            ("ledger MA_X 7d xlsx", What::Ledger("MA_X".into(), DateRange::ending(day("2026-05-12"), 7)), Format::Xlsx),
            (
                "ledger MA_X 2026-04",
                What::Ledger("MA_X".into(), DateRange::between(day("2026-04-01"), day("2026-04-30"))),
                Format::Csv,
            ),
        ] {
            assert_eq!(parse(words), Ok((what, format)), "{words}");
        }
    }

    #[test]
    fn what_cannot_be_exported_is_refused_with_what_to_write() {
        for (words, refusal) in [
            ("", "What is exported? Write /export customers"),
            ("xlsx", "What is exported?"),
            ("everything", "“everything” is not something to export. Write /export customers"),
            ("customers all", "“all” is one word too many"),
            ("alerts soon", "“soon” is not a number of days, such as 30d"),
            ("alerts 0d", "“0d” is not between 1d and 366d"),
            ("ledger", "Whose ledger? Write /export ledger MA_XXXXXXXX 30d"),
            ("month", "Which month? Write /export month 2026-04"),
            ("month 2026-06", "June 2026 is in the future: today is 2026-05-12."),
            ("month 2026-13", "“2026-13” is not a month; months are written 2026-04"),
            ("month april", "“april” is not a month"),
            ("month 04-2026", "“04-2026” is not a month; months are written 2026-04"),
            ("ledger MA_X 2026-13", "“2026-13” is not a month"),
        ] {
            let refused = parse(words).unwrap_err();
            assert!(refused.contains(refusal), "{words}: {refused}");
        }
    }
}
