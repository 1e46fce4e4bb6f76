//! The sandbox as a program: prints its address and credentials, serves until stopped.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use vobiz_sandbox::{Books, Options, Sandbox};

/// A Vobiz Partner API and a Telegram Bot API in one process, on a clock you can turn.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Customers in the world, 1 to 50000.
    #[arg(long, default_value_t = Options::default().customers, conflicts_with = "payloads")]
    customers: usize,
    /// What everything random comes from.
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
    /// Serve the recorded bodies of this folder as they are, instead of a world.
    #[arg(long, value_name = "DIR")]
    payloads: Option<PathBuf>,
    /// Serve the recorded body FILE where NAME would be served, both without `.json`; repeatable.
    #[arg(long = "use", value_name = "NAME=FILE", value_parser = replacement, requires = "payloads")]
    replace: Vec<(String, String)>,
    /// Instant at which the clock starts.
    #[arg(long, value_name = "INSTANT", default_value = Options::START)]
    start: DateTime<Utc>,
    /// What makes the books hard to close: all, or some of late-rows, late-prices, refunds, fee-change, utc-days, turnover,
    /// second-currency, with commas between them.
    #[arg(long, value_name = "LIST", default_value = "", hide_default_value = true, conflicts_with = "payloads")]
    books: Books,
    /// Virtual seconds per real second; 0 stops the clock.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
}

fn replacement(text: &str) -> anyhow::Result<(String, String)> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => Ok((name.into(), file.into())),
        _ => bail!("write NAME=FILE, for example dashboard=dashboard_flat"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match serve(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody reads a standard error that is closed.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: Arguments) -> anyhow::Result<()> {
    // Asked for first, so that a signal during the start is not missed.
    let mut terminated = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let sandbox = Sandbox::start(Options {
        port: arguments.port,
        customers: arguments.customers,
        seed: arguments.seed,
        start: Some(arguments.start),
        payloads: arguments.payloads,
        replace: arguments.replace,
        books: arguments.books,
        ..Options::default()
    })
    .await?;
    sandbox.clock().set_speed(arguments.speed)?;
    announce(&sandbox).context("cannot print the address")?;
    tokio::select! {
        _ = terminated.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot listen for Ctrl-C")?,
    }
    Ok(())
}

/// The lines that scripts read.
fn announce(sandbox: &Sandbox) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening {}", sandbox.url())?;
    writeln!(out, "credentials {} {}", sandbox.auth_id(), sandbox.auth_token())?;
    writeln!(out, "telegram {}", sandbox.telegram_token())?;
    out.flush()
}
