//! The files of a world, in the form of the shared benchmark.

pub(super) mod npz_read;
mod npz_write;

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::Path;

use anyhow::Result;
use chrono::{DateTime, SecondsFormat};
use csv::Writer;
use flate2::Compression;
use flate2::write::GzEncoder;
use vobiz_sandbox::history::{Recorded, Units};

/// Writes a world into `folder`, which is made where it is missing.
///
/// | file | |
/// | --- | --- |
/// | `polls.csv`, `samples.csv.gz`, `accounts.csv`, `ledger.csv` | what a monitor reads |
/// | `truth.csv` | each time a wallet ran out, with its kind |
/// | `truth_drains.csv` | each stuck dialer and fraud, also those that stopped by themselves |
/// | `truth_kinds.csv` | business and habit of payment |
/// | `truth_series.npz` | true balances each five minutes |
pub(super) fn write(world: &Recorded, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let create = |name: &str| anyhow::Ok(BufWriter::new(File::create(folder.join(name))?));
    let id = |account: usize| world.accounts.get(account).map_or("", |account| account.auth_id.as_str());

    let mut csv = table(create("accounts.csv")?, &["auth_id", "name", "billing_mode", "active", "auto_recharge", "currency"])?;
    for account in &world.accounts {
        let mode = if account.is_prepaid { "prepaid" } else { "postpaid" };
        csv.write_record([&account.auth_id, &account.name, mode, flag(account.is_active), flag(account.auto_recharge), "INR"])?;
    }
    csv.flush()?;

    let mut csv = table(create("polls.csv")?, &["at"])?;
    for at in &world.polls {
        csv.write_record([instant(*at)])?;
    }
    csv.flush()?;

    let packed = GzEncoder::new(create("samples.csv.gz")?, Compression::fast());
    let mut csv = table(packed, &["at", "auth_id", "balance"])?;
    for sample in &world.samples {
        csv.write_record([&instant(sample.at), id(sample.account), &sample.balance.map(amount).unwrap_or_default()])?;
    }
    csv.into_inner().map_err(csv::IntoInnerError::into_error)?.finish()?.flush()?;

    let mut csv = table(create("ledger.csv")?, &["auth_id", "at", "type", "amount"])?;
    for row in &world.ledger {
        csv.write_record([id(row.account), &instant(row.at), row.kind, &amount(row.amount)])?;
    }
    csv.flush()?;

    let mut csv = table(create("truth.csv")?, &["auth_id", "drain_start", "empty_at", "kind", "cause"])?;
    for run in &world.run_outs {
        csv.write_record([id(run.account), &instant(run.drain_start), &instant(run.empty_at), run.kind, run.cause])?;
    }
    csv.flush()?;

    let mut csv = table(create("truth_drains.csv")?, &["auth_id", "start", "end"])?;
    for drain in &world.drains {
        csv.write_record([id(drain.account), &instant(drain.start), &instant(drain.end)])?;
    }
    csv.flush()?;

    let mut csv = table(create("truth_kinds.csv")?, &["auth_id", "kind", "habit"])?;
    for account in &world.accounts {
        csv.write_record([account.auth_id.as_str(), account.kind, account.habit])?;
    }
    csv.flush()?;
    series(world, create("truth_series.npz")?)
}

fn series(world: &Recorded, to: impl Write + Seek) -> Result<()> {
    let ids: Vec<&str> = world.accounts.iter().map(|account| account.auth_id.as_str()).collect();
    let mut archive = npz_write::Archive::new(to);
    archive.texts("ids", &ids)?;
    #[expect(clippy::cast_precision_loss, reason = "numpy's numbers, for a scorer; wallets are far below 2⁵³ units")]
    let rupees = |units: &Units| *units as f64 / 1e5;
    let rows = world.balances.iter().map(|row| row.iter().map(rupees));
    archive.numbers("balance", (ids.len(), world.balances.first().map_or(0, Vec::len)), rows)?;
    Ok(archive.end()?)
}

fn table<W: Write>(to: W, columns: &[&str]) -> Result<Writer<W>> {
    let mut csv = Writer::from_writer(to);
    csv.write_record(columns)?;
    Ok(csv)
}

fn instant(second: i64) -> String {
    DateTime::from_timestamp(second, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn amount(units: Units) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}.{:05}", units.unsigned_abs() / 100_000, units.unsigned_abs() % 100_000)
}

fn flag(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}
