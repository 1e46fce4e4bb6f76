//! The terminal: lines of output, and the log.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use tracing::Level;
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::LogFormat;

/// Prints a line on standard output.
///
/// # Errors
///
/// Nobody reads it any more.
pub(crate) fn print_line(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Prints a line on standard error, if anybody reads there.
pub(crate) fn eprint_line(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// What is typed, line by line. A thread of its own waits for it, which does not keep the program from ending.
#[cfg(feature = "demo")]
pub(crate) fn typed() -> tokio::sync::mpsc::Receiver<std::io::Result<String>> {
    let (sender, lines) = tokio::sync::mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// A duration for the log. `as_millis` gives a number so wide that the log in JSON holds it as text.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Takes control characters out of text from elsewhere, which could otherwise command the terminal.
pub(crate) fn strip_control_chars(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() || *letter == '\n').collect()
}

/// Logs to standard error as `RUST_LOG` asks, without it from this level of the bot's own parts and from warnings of the rest.
///
/// Only this project's own crates are logged, whatever `RUST_LOG` says: HTTP libraries log addresses, and the
/// address of a bot holds its token.
pub(crate) fn log(format: LogFormat, level: Level) {
    let asked =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(format!("vobiz_bot={level},vobiz_core=warn")));
    let own = filter_fn(|metadata| metadata.target().starts_with("vobiz_"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // A second subscriber is only ever asked for by tests.
    let _ = tracing_subscriber::registry().with(lines.with_filter(asked.and(own))).try_init();
}
