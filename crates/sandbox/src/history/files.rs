//! The files of a history.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use chrono::{DateTime, SecondsFormat};
use csv::Writer;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::misread::{Reader, Reading};
use super::npz::Archive;
use super::record::{Record, known_at};
use super::{Plan, truth};
use crate::world::{CURRENCY, Customer, Kind};

pub(super) fn write(plan: &Plan, record: &Record, folder: &Path) -> io::Result<()> {
    let create = |name: &str| io::Result::Ok(BufWriter::new(File::create(folder.join(name))?));
    let ids: Vec<String> = (0..plan.customers).map(|index| record.world.identity(index).auth_id()).collect();
    let reader = Reader::new(plan.seed, record.steps());
    accounts(record, &ids, create("accounts.csv")?)?;
    polls(record, &reader, create("polls.csv")?)?;
    samples(record, &reader, &ids, GzEncoder::new(create("samples.csv.gz")?, Compression::fast()))?;
    ledger(record, &ids, create("ledger.csv")?)?;
    run_outs(record, &ids, create("truth.csv")?)?;
    drains(record, &ids, create("truth_drains.csv")?)?;
    kinds(record, &ids, create("truth_kinds.csv")?)?;
    series(record, &ids, create("truth_series.npz")?)
}

fn instant(second: i64) -> String {
    DateTime::from_timestamp(second, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn table<W: Write>(to: W, columns: &[&str]) -> io::Result<Writer<W>> {
    let mut csv = Writer::from_writer(to);
    csv.write_record(columns)?;
    Ok(csv)
}

fn flag(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}

fn accounts(record: &Record, ids: &[String], to: impl Write) -> io::Result<()> {
    let mut csv = table(to, &["auth_id", "name", "billing_mode", "active", "auto_recharge", "currency"])?;
    for ((index, customer, _), id) in record.customers().zip(ids) {
        let traits = &customer.traits;
        let mode = if traits.is_postpaid() { "postpaid" } else { "prepaid" };
        let (active, card) = (flag(traits.is_active), flag(traits.auto_recharge_below().is_some()));
        csv.write_record([id, &record.world.identity(index).name(), mode, active, card, CURRENCY])?;
    }
    csv.flush()
}

fn polls(record: &Record, reader: &Reader, to: impl Write) -> io::Result<()> {
    let mut csv = table(to, &["at"])?;
    for second in (0..record.steps()).filter_map(|step| reader.poll(record, step)) {
        csv.write_record([instant(second)])?;
    }
    csv.flush()
}

/// Changes, and every first reading after one that failed.
fn samples(record: &Record, reader: &Reader, ids: &[String], to: GzEncoder<impl Write>) -> io::Result<()> {
    let mut csv = table(to, &["at", "auth_id", "balance"])?;
    let mut before: Vec<Option<Reading>> = vec![None; ids.len()];
    for step in 0..record.steps() {
        let Some(second) = reader.poll(record, step) else { continue };
        let at = instant(second);
        for (((index, customer, wallets), id), before) in record.customers().zip(ids).zip(&mut before) {
            if !customer.traits.is_present(record.second(step)) {
                continue;
            }
            let reading = reader.read(index, wallets, !customer.traits.is_postpaid(), step);
            if reading == Reading::Nothing || *before != Some(reading) {
                let text = match reading {
                    Reading::Nothing => String::new(),
                    Reading::Balance(balance) => balance.five_decimals(),
                };
                csv.write_record([&at, id, &text])?;
            }
            *before = Some(reading);
        }
    }
    csv.into_inner().map_err(csv::IntoInnerError::into_error)?.finish()?.flush()
}

fn ledger(record: &Record, ids: &[String], to: impl Write) -> io::Result<()> {
    let mut rows = Vec::new();
    for ((_, customer, _), id) in record.customers().zip(ids) {
        for entry in customer.entries.iter().filter(|entry| known_at(entry) >= record.start) {
            let kind = match entry.kind {
                Kind::Opening => continue,
                Kind::Transfer(_) | Kind::Payment => "recharge",
                Kind::Adjustment => "refund",
                Kind::Rent(_) => "rental",
                Kind::Weekly => "fixed",
            };
            rows.push((known_at(entry), id, kind, entry.amount));
        }
    }
    rows.sort_by_key(|(at, ..)| *at);
    let mut csv = table(to, &["auth_id", "at", "type", "amount"])?;
    for (at, id, kind, amount) in rows {
        csv.write_record([id.as_str(), &instant(at), kind, &amount.five_decimals()])?;
    }
    csv.flush()
}

fn run_outs(record: &Record, ids: &[String], to: impl Write) -> io::Result<()> {
    let mut csv = table(to, &["auth_id", "drain_start", "empty_at", "kind", "cause"])?;
    for run in truth::run_outs(record) {
        let id = ids.get(run.customer).map_or("", String::as_str);
        csv.write_record([id, &instant(run.drain_start), &instant(run.empty_at), run.kind, run.cause])?;
    }
    csv.flush()
}

fn drains(record: &Record, ids: &[String], to: impl Write) -> io::Result<()> {
    let mut csv = table(to, &["auth_id", "start", "end"])?;
    for ((_, customer, _), id) in record.customers().zip(ids) {
        for drain in bursts(customer).filter(|burst| burst.is_drain) {
            csv.write_record([id, &instant(drain.from.start()), &instant(drain.until.start())])?;
        }
    }
    csv.flush()
}

fn bursts(customer: &Customer) -> impl Iterator<Item = &crate::world::Burst> {
    customer.traits.life.iter().flat_map(|life| &life.bursts)
}

fn kinds(record: &Record, ids: &[String], to: impl Write) -> io::Result<()> {
    let mut csv = table(to, &["auth_id", "kind", "habit"])?;
    for ((_, customer, _), id) in record.customers().zip(ids) {
        let trade = customer.traits.trade.words.first().copied().unwrap_or_default();
        csv.write_record([id.as_str(), trade, customer.traits.life.as_ref().map_or("", |life| life.habit)])?;
    }
    csv.flush()
}

fn series(record: &Record, ids: &[String], to: impl Write + io::Seek) -> io::Result<()> {
    let mut archive = Archive::new(to);
    archive.texts("ids", ids)?;
    #[expect(clippy::cast_precision_loss, reason = "numpy's numbers, for a scorer; wallets are far below 2⁵³ units")]
    let numbers =
        |wallets: &[crate::money::Amount]| -> Vec<f64> { wallets.iter().map(|wallet| wallet.units() as f64 / 1e5).collect() };
    let rows = record.wallets.iter().map(|wallets| Box::new(numbers(wallets).into_iter()) as Box<dyn Iterator<Item = f64>>);
    archive.numbers("balance", (ids.len(), record.steps()), rows)?;
    archive.end()
}
