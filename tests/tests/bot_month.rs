//! A month that the bot closes is the month that every other program closes: the same code, the same figures.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use std::collections::BTreeMap;

use bot::{Home, PRIVATE, ask, ask_for_file, sent_to, until, until_texts};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use sqlx::Connection as _;
use vobiz_core::PartnerClient;
use vobiz_core::billing::{Item, Month, Period, Wanted};
use vobiz_sandbox::{Books, Fault, Half, Options, Sandbox, Sent};

/// The second of May with books that are hard to close, and a bot that takes its time from there.
async fn second_of_may(chat: &str) -> (Sandbox, Home, bot::Bot) {
    let start = "2026-05-02T03:30:00Z".parse().ok();
    let books = Books { utc_days: false, ..Books::ALL };
    let sandbox = Sandbox::start(Options { customers: 2, start, books, ..Options::default() }).await.expect("it starts");
    let people = format!("[[people]]\nid = {PRIVATE}\nname = \"Asha\"\nrole = \"operator\"\n");
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n{chat}{people}"));
    let bot = home.begin_as(&["run", "--config", "bot.toml", "--clock", sandbox.url()]);
    until("ready", || bot.log().lines().any(|line| line == "ready").then_some(()));
    (sandbox, home, bot)
}

/// The same month, closed by the client as Python does.
async fn april(sandbox: &Sandbox) -> Month {
    let builder = PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token()).base_url(sandbox.base_url());
    let client = builder.rate(0, 0).build().expect("the credentials are good");
    let period = Period::month("2026-04", Tz::Asia__Kolkata).expect("a month");
    client.close_month(period, Wanted::default(), sandbox.clock().now()).await.expect("it can be read")
}

/// A customer's wallet in one currency, and the columns of its row.
type Rows = BTreeMap<(String, String), BTreeMap<String, String>>;

/// The rows of the file.
fn rows(sent: &Sent) -> Rows {
    let file = sent.file.as_ref().unwrap_or_else(|| panic!("no file: {}", sent.plain));
    assert_eq!(file.name, "month-2026-04.csv");
    let text = String::from_utf8(file.bytes.to_vec()).expect("text");
    let mut lines =
        text.trim_start_matches('\u{feff}').lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let rows = lines.map(|cells| header.iter().cloned().zip(cells).collect::<BTreeMap<_, _>>());
    rows.map(|row| ((row["customer"].clone(), row["currency"].clone()), row)).collect()
}

/// Compares every figure of the file with the month.
fn assert_same(rows: &Rows, month: &Month) {
    let exact = |row: &BTreeMap<String, String>, column: &str| row[column].parse::<Decimal>().ok();
    let key = |auth_id: &str, currency: &Option<String>| (auth_id.to_owned(), currency.clone().unwrap_or_default());
    assert_eq!(rows.len(), month.statements.len());
    for one in &month.statements {
        let row = &rows[&key(&one.auth_id, &one.currency)];
        let known = [("cost of calls in ledger", one.usage), ("monthly fees", one.rentals), ("weekly fees", one.fixed)];
        let more = [("other debits", one.other), ("refunds", one.refunds), ("top-ups", one.top_ups)];
        for (column, amount) in known.into_iter().chain(more) {
            assert_eq!(exact(row, column), Some(amount), "{column} of {}", one.auth_id);
        }
        assert_eq!((exact(row, "opening balance"), exact(row, "closing balance")), (one.opening, one.closing), "{}", one.auth_id);
    }
    for usage in month.usages().expect("exact sums") {
        let row = &rows[&key(&usage.auth_id, &usage.currency)];
        assert_eq!(row["calls"], usage.calls.to_string());
        assert_eq!(row["answered"], usage.answered.expect("call records were read").to_string());
        assert_eq!((exact(row, "seconds of talk"), exact(row, "cost of calls")), (usage.seconds, Some(usage.cost)));
    }
    for spender in month.spenders(None).expect("exact sums") {
        assert_eq!(exact(&rows[&key(&spender.auth_id, &spender.currency)], "charged"), Some(spender.amount));
    }
}

/// `₹1,234.50` in Indian grouping, as the chat shows what was charged in rupees.
fn charged(month: &Month) -> String {
    let lines = month.lines.iter().filter(|line| line.item != Item::TopUp && line.currency.as_deref() == Some("INR"));
    let all: Decimal = lines.map(|line| line.amount).sum();
    format!("Charged {}: ", vobiz_core::money::show(all, Some("INR")))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_month_has_the_figures_of_a_month_that_is_closed_elsewhere() {
    let (sandbox, _home, _bot) = second_of_may("").await;
    let (words, sent) = ask_for_file(&sandbox, "/export month 2026-04");
    let month = april(&sandbox).await;
    assert_same(&rows(&sent), &month);
    assert!(words.contains("Usage, fees and wallets of April 2026\n"), "{words}");
    assert!(words.contains(&charged(&month)) && words.contains("between the sources"), "{words}");
    let (words, may) = ask_for_file(&sandbox, "/export month 2026-05 xlsx");
    assert!(words.contains("Usage, fees and wallets of May 2026; the month is not over"), "{words}");
    assert!(may.file.is_some_and(|file| file.name == "month-2026-05.xlsx" && file.bytes.starts_with(b"PK")));
    assert!(ask(&sandbox, "/audit 1d").plain.contains("month-2026-04.csv"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_summary_of_a_month_has_the_figures_of_a_month_that_is_closed_elsewhere() {
    let (sandbox, home, bot) = second_of_may("monthly_summary = \"09:00\"\n").await;
    let mut database = home.database().await;
    // The bot is ready before it wrote down when the summary is due.
    let is_due = async {
        while sqlx::query_scalar::<_, i64>("SELECT count(*) FROM schedule").fetch_one(&mut database).await.expect("a count") == 0
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(bot::PATIENCE, is_due).await.expect("the summary is scheduled");
    assert!(bot.terminate().success());
    let now = sandbox.clock().now().timestamp_micros();
    sqlx::query("UPDATE schedule SET due_at = $1").bind(now).execute(&mut database).await.expect("the database can be written");
    database.close().await.expect("it can be closed");
    let _bot = home.begin_as(&["run", "--config", "bot.toml", "--clock", sandbox.url()]);
    let is_there = |text: &String| text.starts_with("April 2026: ");
    until_texts("the summary", &sandbox, PRIVATE, |texts| texts.iter().any(is_there));
    let sent = sent_to(&sandbox, PRIVATE).into_iter().find(|sent| is_there(&sent.plain)).expect("it came");
    let month = april(&sandbox).await;
    assert_same(&rows(&sent), &month);
    assert!(sent.plain.contains(&charged(&month)), "{}", sent.plain);
    let first = &month.spenders(None).expect("exact sums")[0];
    assert_eq!(first.currency.as_deref(), Some("INR"));
    let most = sent.plain.lines().find(|line| line.starts_with("Most: ")).expect("who was charged the most");
    let (name, amount) = (first.name.as_deref().expect("a name"), vobiz_core::money::say(first.amount, Some("INR")));
    assert_eq!(most.find(name), Some("Most: \u{2068}".len()), "{most}");
    assert!(most.contains(&amount), "{amount}: {most}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_account_may_not_see_is_named_and_its_figures_are_empty() {
    let (sandbox, _home, _bot) = second_of_may("").await;
    let refuse = |operation: &str| {
        sandbox.faults().add(Fault {
            half: Half::Partner,
            operation: Some(operation.into()),
            status: Some(403),
            ..Fault::default()
        });
    };
    refuse("GET /cdrs");
    let (words, sent) = ask_for_file(&sandbox, "/export month 2026-04");
    assert!(words.contains("⚪ Call records not read: "), "{words}");
    for row in rows(&sent).values() {
        assert_eq!(row["answered"], "");
        assert_eq!(row["cost of calls"].parse::<Decimal>().ok(), row["cost of calls in ledger"].parse().ok());
    }
    refuse("GET /transactions");
    refuse("GET /accounts/{id}/transactions");
    let (words, sent) = ask_for_file(&sandbox, "/export month 2026-04");
    for row in rows(&sent).values() {
        let empty = ["calls", "refunds", "charged"].iter().all(|column| row[*column].is_empty());
        assert!(empty, "{row:?}: {words}");
    }
}
