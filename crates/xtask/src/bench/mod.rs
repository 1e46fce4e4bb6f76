//! `cargo xtask bench`: figures measured side by side, written into `BENCHMARKS.md`.

mod client;
mod machine;
mod page;
mod program;
mod python;
mod reader;

use anyhow::Result;
use clap::ValueEnum;

use crate::workspace::Workspace;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Subject {
    /// The client beside httpx with pydantic, requests with json, and reqwest with `serde_json`.
    Client,
    /// The Python package beside the same two, into values and pandas.
    Python,
    /// The default policy beside the usual ways to watch a wallet.
    Alerts,
    /// How fast wallets are judged and learned.
    Engine,
    /// How fast a month is closed.
    Billing,
    /// The messages that the bot sends by itself in a month.
    Month,
    /// How fast the bot answers while a poll hangs.
    Answers,
    /// What polls of ten thousand wallets cost the bot.
    Bot,
    /// Half of ten thousand wallets fall in one poll.
    Storm,
    /// A year of history of ten thousand wallets.
    History,
    /// The sandbox with fifty thousand customers.
    Sandbox,
}

/// Measures one subject, or all of them.
pub(crate) fn run(workspace: &Workspace, subject: Option<Subject>) -> Result<()> {
    let subjects = subject.map_or_else(|| Subject::value_variants().to_vec(), |subject| vec![subject]);
    for subject in subjects {
        let (name, table) = match subject {
            Subject::Client => ("client", client::measure(workspace)?),
            Subject::Python => ("python", python::measure(workspace)?),
            Subject::Alerts => ("alerts", program::alerts(workspace)?),
            Subject::Engine => ("engine", program::engine(workspace)?),
            Subject::Billing => ("billing", program::billing(workspace)?),
            Subject::Month => ("month", program::month(workspace)?),
            Subject::Answers => ("answers", program::answers(workspace)?),
            Subject::Bot => ("bot", program::bot(workspace, "bot")?),
            Subject::Storm => ("storm", program::bot(workspace, "storm")?),
            Subject::History => ("history", program::bot(workspace, "history")?),
            Subject::Sandbox => ("sandbox", program::sandbox(workspace)?),
        };
        let text = format!("{table}\n{}\n", machine::describe());
        page::write_into(workspace, name, &text)?;
        crate::step::tell(format_args!("{text}"));
    }
    Ok(())
}
