//! A year of history of ten thousand wallets, written into the bot's own layout, and what thinning its oldest whole day takes.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Asia::Kolkata;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _};

use super::{POLL, WALLETS, figures, median_and_most};
use crate::process::{Bot, Sandbox};

/// Polls of a day.
const POLLS: i64 = 288;
/// Days that are thinned already, and days that are whole: two weeks, and the one that became old.
const THINNED: i64 = 350;
const WHOLE: i64 = 15;
/// Samples that a thinned day keeps of a wallet.
const KEPT: i64 = 3;

/// Writes the year, lets the bot at `bot` thin a day of it, and prints the table.
#[tokio::main]
pub(crate) async fn run(bot: &str, sandbox: &str) -> Result<()> {
    let sandbox = Sandbox::start(sandbox, &["--customers", "10"])?;
    let folder = tempfile::tempdir()?;
    Bot::configure(folder.path(), &sandbox, "[poll]\nevery = \"1s\"\n")?;
    let migrated = Command::new(bot).args(["migrate", "--config", "bot.toml"]).current_dir(folder.path()).status()?;
    ensure!(migrated.success(), "the database was not made");
    let samples = write(&folder.path().join("bot.db")).await?;
    let size = std::fs::metadata(folder.path().join("bot.db"))?.len();

    let mut bot = Bot::start(bot, folder.path(), &[])?;
    let thinned = bot.until_logged("old history was thinned", 1).await?;
    let polls = bot.until_logged(POLL, 3).await?;
    let (_, longest) = median_and_most(&figures(&polls, "took_ms"));
    let thinned = thinned.first().context("it was thinned")?;
    let (seconds, dropped) =
        (thinned["took_ms"].as_f64().unwrap_or(f64::NAN) / 1e3, thinned["dropped"].as_u64().unwrap_or_default());
    #[expect(clippy::cast_precision_loss, reason = "a size in gigabytes")]
    let (size, samples) = (size as f64 / 1e9, samples as f64 / 1e6);
    let mut out = std::io::stdout();
    writeln!(out, "| {WALLETS} wallets, {} days | measured | asked for |\n| --- | --: | --: |", THINNED + WHOLE)?;
    writeln!(out, "| the database, {samples:.1} million samples | {size:.2} GB | < 2 GB |")?;
    writeln!(out, "| thinning a day, of which {dropped} samples went | {seconds:.1} s | ≤ 5 s |")?;
    writeln!(out, "| the longest poll meanwhile, of 10 wallets | {longest:.0} ms | – |")?;
    Ok(())
}

/// Writes a year; gives how many samples it has. In whole days every wallet holds something else in each poll, which is the
/// most that there can be.
async fn write(file: &Path) -> Result<i64> {
    let options = SqliteConnectOptions::new().filename(file).journal_mode(SqliteJournalMode::Wal);
    let mut database = SqliteConnection::connect_with(&options.synchronous(SqliteSynchronous::Off)).await?;
    let now = Utc::now();
    let (first, last) = (now - TimeDelta::days(THINNED + WHOLE), now - TimeDelta::minutes(5));
    let step = TimeDelta::minutes(24 * 60 / POLLS).num_microseconds().context("a few minutes")?;
    let (micros, whole) = (first.timestamp_micros(), THINNED * POLLS);
    let rows = |from: i64, to: i64, table: &str| {
        format!("WITH RECURSIVE {table}(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM {table} WHERE n < {to} - 1)")
    };
    let wallets = format!(
        "{} INSERT INTO wallets (id, auth_id, name, prepaid, active, auto_recharge, currency, balance)
         SELECT n, printf('MA_%08X', n * 40503), printf('Customer %d', n), TRUE, TRUE, FALSE, 'INR', '18450.50000' FROM w",
        rows(1, i64::try_from(WALLETS)? + 1, "w")
    );
    let polls = format!(
        "{} INSERT INTO polls (id, at) SELECT n + 1, {micros} + n * {step} FROM p",
        rows(0, (THINNED + WHOLE) * POLLS - 1, "p")
    );
    let totals =
        "INSERT INTO totals (poll, currency, balance, wallets, unread) SELECT id, 'INR', '184505000.00000', 10000, 0 FROM polls";
    // An amount of five decimals that goes down with time, as the API sends them.
    let samples = |which: &str| {
        format!(
            "INSERT INTO samples (poll, wallet, balance)
             SELECT polls.id, wallets.id, printf('%d.%05d', 20000 - (polls.id * 13 + wallets.id) % 19000, polls.id * 7919 % 100000)
             FROM polls, wallets WHERE {which} ORDER BY polls.id, wallets.id"
        )
    };
    let third = POLLS / KEPT;
    let old = samples(&format!("polls.id <= {whole} AND polls.id % {third} = wallets.id % {third}"));
    let new = samples(&format!("polls.id > {whole}"));
    for query in [wallets, polls, totals.to_owned(), old, new, set_thinned(now)?, "PRAGMA wal_checkpoint(TRUNCATE)".to_owned()] {
        sqlx::query(AssertSqlSafe(query)).execute(&mut database).await?;
    }
    let written: i64 = sqlx::query_scalar("SELECT count(*) FROM samples").fetch_one(&mut database).await?;
    ensure!(last > first, "a year has passed");
    database.close().await?;
    Ok(written)
}

/// Says that all days but the last old one were thinned.
fn set_thinned(now: DateTime<Utc>) -> Result<String> {
    let today = now.with_timezone(&Kolkata).date_naive();
    let day = today.checked_sub_days(Days::new(16)).context("a day")?;
    Ok(format!("INSERT INTO facts (name, value) VALUES ('history thinned', '\"{day}\"')"))
}
