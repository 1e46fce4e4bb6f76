//! The bodies: recorded rows, repeated with ids and figures of their own.

use anyhow::{Context as _, Result};
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

/// Rows on a page.
const PAGE: usize = 100;
/// Rows of the ledger.
const LEDGER: usize = 100_000;

const DASHBOARD: &str = include_str!("../../../../tests/payloads/dashboard.json");
const ACCOUNTS: &str = include_str!("../../../../tests/payloads/accounts_page.json");
const TRANSACTIONS: &str = include_str!("../../../../tests/payloads/transactions_global.json");

/// Every body with the path and page it answers.
pub(crate) fn all() -> Result<Vec<(String, String)>> {
    let mut all = vec![
        ("/small/dashboard 1".to_owned(), serde_json::from_str::<Value>(DASHBOARD)?.to_string()),
        ("/large/dashboard 1".to_owned(), large_dashboard()?),
    ];
    for count in [1_000, 10_000] {
        let row = first(ACCOUNTS, "accounts")?;
        let path = format!("/{count}/accounts");
        pages(
            &mut all,
            &path,
            count,
            |rows, page| json!({"accounts": rows, "total": count, "page": page, "size": PAGE}),
            |index| {
                let mut row = row.clone();
                row["auth_id"] = format!("MA_{index:08}").into();
                row["id"] = (500_000 + index).to_string().into();
                row["name"] = format!("Customer {index}").into();
                row["cash_credits"] = format!("{}.{:05}", index * 7 % 90_000, index * 13 % 100_000).into();
                row
            },
        );
    }
    let row = first(TRANSACTIONS, "transactions")?;
    pages(
        &mut all,
        "/ledger/accounts/MA_XXXXXXXX/transactions",
        LEDGER,
        |rows, page| {
            json!({"transactions": rows, "total": LEDGER, "page": page, "per_page": PAGE, "total_pages": LEDGER / PAGE,
               "account_auth_id": "MA_XXXXXXXX"})
        },
        |index| {
            let mut row = row.clone();
            row["id"] = format!("aabbccdd-1234-5678-90ab-{index:012}").into();
            row["amount"] = serde_json::from_str(&format!("{}.{:02}", index % 400, index % 100)).unwrap_or_default();
            row
        },
    );
    Ok(all)
}

fn first(body: &str, rows: &str) -> Result<Value> {
    let body: Value = serde_json::from_str(body)?;
    body[rows].get(0).cloned().context("a recorded list has a row")
}

fn pages(
    all: &mut Vec<(String, String)>,
    path: &str,
    count: usize,
    envelope: impl Fn(Vec<Value>, usize) -> Value,
    row: impl Fn(usize) -> Value,
) {
    for page in 1..=count.div_ceil(PAGE) {
        let rows = ((page - 1) * PAGE..(page * PAGE).min(count)).map(&row).collect();
        all.push((format!("{path} {page}"), envelope(rows, page).to_string()));
    }
}

/// 1,000 customers and 365 days.
fn large_dashboard() -> Result<String> {
    let mut report: Value = serde_json::from_str(DASHBOARD)?;
    let customer = report["accounts"]["customers"][0].clone();
    let customers = (0..1_000).map(|index| {
        let mut customer = customer.clone();
        customer["auth_id"] = format!("MA_{index:08}").into();
        customer
    });
    report["accounts"]["customers"] = customers.collect();
    let day = report["time_series"][0].clone();
    let begin = NaiveDate::from_ymd_opt(2025, 5, 13).context("a day of the calendar")?;
    let days = (0..365).map(|index| {
        let mut day = day.clone();
        day["date"] = (begin + Days::new(index)).to_string().into();
        day
    });
    report["time_series"] = days.collect();
    Ok(report.to_string())
}
