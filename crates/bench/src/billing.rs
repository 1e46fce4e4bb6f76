//! `billing`: how long it takes to close a month after reading, and what memory that needs, each size in a process of its own.

use std::io::Write as _;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use rust_decimal::Decimal;
use serde_json::json;
use vobiz_core::accounts::Account;
use vobiz_core::billing::{Coverage, Extent, Month, Period, Source, Sources, Terms};
use vobiz_core::cdrs::Cdr;
use vobiz_core::transactions::Transaction;

use crate::measure::memory;

/// Customers, calls of the month, and what closing it may take in seconds and in megabytes.
const SIZES: [(usize, usize, &str, &str); 3] =
    [(1_000, 10_000, "–", "–"), (1_000, 100_000, "≤ 3 s", "≤ 300 MB"), (1_000, 1_000_000, "linear", "–")];
/// Rows that are decoded at once, as of a page.
const PAGE: usize = 100;
/// How often a month is closed; the median counts.
const ROUNDS: usize = 5;

/// Measures every size and prints a table.
pub(crate) fn run() -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "| customers | calls | closed in | asked for | with invoices | memory at its highest | asked for |")?;
    writeln!(out, "| --: | --: | --: | --: | --: | --: | --: |")?;
    for (customers, calls, time, space) in SIZES {
        let own = std::env::current_exe().context("this program has a path")?;
        let measured = Command::new(own).args(["billing", &customers.to_string(), &calls.to_string()]).output()?;
        ensure!(measured.status.success(), "{}", String::from_utf8_lossy(&measured.stderr));
        let text = String::from_utf8(measured.stdout)?;
        let mut figures = text.split_whitespace();
        let mut figure = || figures.next().context("three figures");
        let (closed, invoiced, highest) = (figure()?, figure()?, figure()?);
        writeln!(out, "| {customers} | {calls} | {closed} s | {time} | {invoiced} s | {highest} MB | {space} |")?;
    }
    Ok(())
}

/// Prints seconds to close, seconds to close and invoice, and megabytes, of one size.
pub(crate) fn measure(customers: &str, calls: &str) -> Result<()> {
    let sources = sources(customers.parse()?, calls.parse()?)?;
    let (mut closed, mut invoiced) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let month = Month::close(&sources)?;
        closed.push(started.elapsed().as_secs_f64());
        let made = month.invoices(&Terms { tax: Some(Decimal::from(18)), ..Terms::default() })?;
        invoiced.push(started.elapsed().as_secs_f64());
        ensure!(month.differences.is_empty() && !made.is_empty(), "the month is reconciled");
    }
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times.get(ROUNDS / 2).copied().unwrap_or_default()
    };
    let highest = memory("VmHWM")? / 1024;
    writeln!(std::io::stdout(), "{:.3} {:.3} {highest}", median(closed), median(invoiced))?;
    Ok(())
}

/// A month as it is read: pages of bodies, decoded and reduced one after the other.
fn sources(customers: usize, calls: usize) -> Result<Sources> {
    let period = Period::month("2026-04", "Asia/Kolkata".parse().context("a zone")?).context("a month")?;
    let mut sources = Sources::new(period, "2026-05-02T00:00:00Z".parse()?);
    for place in 0..customers {
        let body = json!({"auth_id": format!("MA_{place:08}"), "name": format!("Customer {place}"), "cash_credits": "5000.00",
            "pricing_tier": {"currency": "INR"}});
        sources.add_accounts(&[serde_json::from_str::<Account>(&body.to_string())?]);
    }
    for first in (0..calls).step_by(PAGE) {
        let (mut records, mut rows) = (Vec::new(), Vec::new());
        for number in first..calls.min(first + PAGE) {
            let uuid = format!("{number:08x}-0000-4000-8000-{number:012x}");
            let customer = format!("MA_{:08}", number % customers);
            let at = format!("2026-04-{:02}T{:02}:{:02}:00Z", 1 + number % 30, number / 30 % 18, number % 60);
            let cost = format!("{}.{:02}", number % 3, 1 + number % 99);
            let record = json!({"uuid": uuid, "account_id": customer, "call_direction": if number % 3 == 0 { "inbound" } else { "outbound" },
                "context": if number % 5 == 0 { "voice-api" } else { "sip-trunking" }, "end_time": at, "answer_time": at, "billsec": 60,
                "total_cost": cost, "currency": "INR", "hangup_cause": "NORMAL_CLEARING"});
            records.push(serde_json::from_str::<Cdr>(&record.to_string())?);
            let row = json!({"id": format!("row-{number:012}"), "account_id": customer, "type": "debit", "amount": cost, "currency": "INR",
                "reference": format!("cdr:{uuid}"), "status": "completed", "processed_at": at});
            rows.push(serde_json::from_str::<Transaction>(&row.to_string())?);
        }
        sources.add_calls(&records);
        sources.add_ledger(&rows);
    }
    for source in [Source::Accounts, Source::CallRecords, Source::Ledger] {
        sources.coverage.push(Coverage { source, extent: Extent::Whole, rows: 0, from: None, to: None, detail: String::new() });
    }
    Ok(sources)
}
