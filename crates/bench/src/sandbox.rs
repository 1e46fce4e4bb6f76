//! The sandbox with as many customers as it can have: how fast it answers, how fast its days pass, what it holds.

use std::io::Write as _;
use std::time::Instant;

use anyhow::{Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::measure::memory_of;
use crate::process::Sandbox;

const CUSTOMERS: usize = 50_000;
const PAGE: usize = 100;
/// How often each figure is taken; the median counts.
const ROUNDS: usize = 5;

/// Runs the program at `path` and measures it from outside.
#[tokio::main]
pub(crate) async fn run(path: &str) -> Result<()> {
    let started = Instant::now();
    let sandbox = Sandbox::start(path, &["--customers", &CUSTOMERS.to_string(), "--speed", "0"])?;
    let opened = started.elapsed().as_secs_f64();
    let mut days = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        sandbox.advance().await?;
        days.push(started.elapsed().as_secs_f64());
    }
    let (mut plain, mut packed) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        plain.push(sandbox.sweep(false).await?);
        packed.push(sandbox.sweep(true).await?);
    }
    let memory = memory_of(&sandbox.process().to_string(), "VmHWM")? / 1024;
    let mut out = std::io::stdout();
    writeln!(out, "| {CUSTOMERS} customers | measured | asked for |\n| --- | --: | --: |")?;
    writeln!(out, "| opens, with six weeks of records | {opened:.1} s | – |")?;
    writeln!(out, "| a virtual day | {:.2} s | ≤ 2 s |", median(&mut days))?;
    let rows = [median(&mut plain), median(&mut packed)];
    writeln!(out, "| full sweep of accounts, four pages at a time | {:.0} rows/s | ≥ 20,000 rows/s |", rows[0])?;
    writeln!(out, "| the same, compressed | {:.0} rows/s | – |", rows[1])?;
    writeln!(out, "| memory at its highest | {memory} MB | < 300 MB |")?;
    Ok(())
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

impl Sandbox {
    /// Turns the clock by a day; the answer comes when the world has moved.
    async fn advance(&self) -> Result<()> {
        self.control("clock", &serde_json::json!({"advance": "24h"})).await.map(drop)
    }

    /// Reads every account and tells how many rows came in a second.
    async fn sweep(&self, packed: bool) -> Result<f64> {
        let started = Instant::now();
        let pages = stream::iter(1..=CUSTOMERS / PAGE).map(async |page| -> Result<usize> {
            let mut request = self.http.get(format!("{}/api/v1/partner/accounts?page={page}&per_page={PAGE}", self.url));
            if packed {
                request = request.header("Accept-Encoding", "gzip");
            }
            Ok(request.send().await?.error_for_status()?.bytes().await?.len())
        });
        let bytes: Vec<usize> = pages.buffered(4).try_collect().await?;
        ensure!(bytes.iter().all(|bytes| *bytes > PAGE), "a page is empty");
        Ok(crate::measure::float(CUSTOMERS) / started.elapsed().as_secs_f64())
    }
}
