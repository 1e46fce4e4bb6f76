//! What polls of ten thousand wallets cost, and how much memory the bot holds between them.

use std::io::Write as _;

use anyhow::Result;
use chrono::{SecondsFormat, Utc};

use super::{POLL, WALLETS, figures, median_and_most};
use crate::measure::{cpu_of, float, memory_of};
use crate::process::{Bot, Sandbox};

/// Polls that are not measured: the first learns every wallet, and alerts fire after the second.
const WARM: usize = 3;
/// Polls that are.
const POLLS: usize = 12;

/// Runs the bot at `bot` beside the sandbox at `sandbox` and prints the table.
#[tokio::main]
pub(crate) async fn run(bot: &str, sandbox: &str) -> Result<()> {
    let (customers, start) = (WALLETS.to_string(), Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true));
    let sandbox = Sandbox::start(sandbox, &["--customers", &customers, "--start", &start])?;
    let folder = tempfile::tempdir()?;
    Bot::configure(folder.path(), &sandbox, "[poll]\nevery = \"5s\"\n[[chats]]\nid = 4001\n")?;
    sandbox.control("say", &serde_json::json!({"chat": 4001, "text": "hello"})).await?;
    let mut bot = Bot::start(bot, folder.path(), &[])?;
    let process = bot.process().to_string();
    bot.until_logged(POLL, WARM).await?;
    let before = cpu_of(&process)?;
    let polls = bot.until_logged(POLL, WARM + POLLS).await?;
    let spent = (cpu_of(&process)? - before) / float(POLLS) * 1e3;
    // Everything that follows a poll has long been done.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let (resident, most) = (memory_of(&process, "VmRSS")? / 1024, memory_of(&process, "VmHWM")? / 1024);
    let measured = polls.get(WARM..).unwrap_or_default();
    let (took, longest) = median_and_most(&figures(measured, "took_ms"));
    let (read, _) = median_and_most(&figures(measured, "read_ms"));
    let mut out = std::io::stdout();
    writeln!(out, "| {WALLETS} wallets | measured | asked for |\n| --- | --: | --: |")?;
    writeln!(out, "| a poll: read, judged and written down, median of {POLLS} | {took:.0} ms | ≤ 1,500 ms |")?;
    writeln!(out, "| the longest of them | {longest:.0} ms | – |")?;
    writeln!(out, "| of it, reading | {read:.0} ms | – |")?;
    writeln!(out, "| CPU of the bot for a poll | {spent:.0} ms | ≤ 150 ms |")?;
    writeln!(out, "| resident memory between polls | {resident} MB | ≤ 40 MB |")?;
    writeln!(out, "| at its highest | {most} MB | – |")?;
    Ok(())
}
