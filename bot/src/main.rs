//! A Telegram bot that watches prepaid Vobiz wallets and reports each morning.

mod backtest;
mod chart;
mod chat;
mod check;
mod clock;
mod config;
mod config_check;
mod delivery;
#[cfg(feature = "demo")]
mod demo;
mod doubts;
mod messages;
mod monitor;
mod notices;
mod observe;
mod print_summary;
mod reads;
mod run;
mod schedule;
mod service;
mod snapshot;
mod store;
mod telegram;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use config::Config;

/// A Telegram bot that watches prepaid Vobiz wallets and reports each morning.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything without credentials: a sandbox, the bot, and a chat in this terminal.
    #[cfg(feature = "demo")]
    Demo(demo::Options),
    /// Watch, report and answer until stopped.
    Run {
        #[command(flatten)]
        source: Source,
        #[command(flatten)]
        options: run::Options,
    },
    /// Poll once and print what the rules find. Exit status: 0 fine, 1 warning, 2 critical, 3 could not tell.
    Check {
        #[command(flatten)]
        source: Source,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Rehearse the rules on recorded history: what they would have said, and when.
    Backtest(backtest::Options),
    /// Look at the configuration alone.
    #[command(subcommand)]
    Config(Configuration),
    /// Print today's summary.
    Summary {
        #[command(flatten)]
        source: Source,
        /// Also write the picture of calls and cost, a PNG, to this file.
        #[arg(long, value_name = "FILE")]
        picture: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
enum Configuration {
    /// Check it as `run` does, and say in words what will be sent when. Exit status: 0 fine, 3 refused.
    Check(Source),
}

#[derive(clap::Args)]
struct Source {
    /// The configuration file; without one, vobiz-bot.toml if it is here, and the environment.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Source {
    fn load(&self) -> anyhow::Result<Config> {
        Ok(Config::load(self.file().as_deref(), &|name| std::env::var(name).ok())?)
    }

    fn file(&self) -> Option<PathBuf> {
        let here = PathBuf::from("vobiz-bot.toml");
        self.config.clone().or_else(|| here.exists().then_some(here))
    }

    fn check(&self) -> anyhow::Result<()> {
        let name = self.file().map_or_else(|| "The environment".to_owned(), |file| file.display().to_string());
        config_check::run(&self.load()?, &name)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => {
            // Nothing is left to do where nobody reads.
            let _ = usage.print();
            return ExitCode::from(if usage.use_stderr() { check::COULD_NOT_TELL } else { 0 });
        }
    };
    terminal::log();
    let outcome = match arguments.command {
        #[cfg(feature = "demo")]
        Command::Demo(options) => demo::run(options).await.map(|()| 0),
        Command::Run { source, options } => async { run::run(source.load()?, &options).await.map(|()| 0) }.await,
        Command::Check { source, json } => async { check::run(&source.load()?, json).await }.await,
        Command::Backtest(options) => backtest::run(&options).map(|()| 0),
        Command::Config(Configuration::Check(source)) => source.check().map(|()| 0),
        Command::Summary { source, picture } => async { print_summary::run(source.load()?, picture.as_deref()).await }.await,
    };
    match outcome {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            terminal::eprint_line(&format!("error: {error:#}"));
            ExitCode::from(check::COULD_NOT_TELL)
        }
    }
}
