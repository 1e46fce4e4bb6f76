//! A Telegram bot that watches prepaid Vobiz wallets and reports each morning.

mod absent;
mod backtest;
mod backup;
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
mod export;
mod from_chat;
mod health;
mod heartbeat;
mod http;
mod ledger;
mod levels;
mod manual;
mod marks;
mod messages;
mod metrics;
mod migrate;
mod monitor;
mod month;
mod notices;
mod observe;
mod pair;
mod people;
mod print_summary;
mod reads;
mod run;
mod schedule;
mod service;
mod shift;
mod snapshot;
mod snooze;
mod spend;
mod store;
mod systemd;
mod table;
mod telegram;
mod terminal;
mod upkeep;
mod usual;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{CommandFactory as _, Parser, Subcommand};
use config::{Config, LogFormat};
use tracing::Level;

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
        #[command(flatten)]
        options: check::Options,
    },
    /// Rehearse the rules on recorded history: what they would have sent, and when.
    Backtest(backtest::Options),
    /// Write the recorded history to files that `backtest` reads.
    Export {
        #[command(flatten)]
        source: Source,
        /// The database to read, `sqlite://PATH`; without one, that of the configuration. It may be in use.
        #[arg(long, value_name = "URL", conflicts_with = "config")]
        database: Option<String>,
        /// The directory that the files go to. It must be empty, or is created.
        #[arg(long, value_name = "DIR")]
        history: PathBuf,
    },
    /// Copy the database to a file, also while the bot runs.
    Backup {
        #[command(flatten)]
        source: Source,
        /// The database to copy, `sqlite://PATH`; without one, that of the configuration.
        #[arg(long, value_name = "URL", conflicts_with = "config")]
        database: Option<String>,
        /// The copy. The file must not be there yet.
        file: PathBuf,
    },
    /// Bring the database to the layout of this version without starting the bot.
    Migrate {
        #[command(flatten)]
        source: Source,
        /// The database, `sqlite://PATH`; without one, that of the configuration. No bot may use it.
        #[arg(long, value_name = "URL", conflicts_with = "config")]
        database: Option<String>,
    },
    /// Print a one-time code that adds a chat, and gives a role to the person who uses it.
    Pair {
        #[command(flatten)]
        source: Source,
        #[command(flatten)]
        options: pair::Options,
    },
    /// Look at the configuration alone.
    #[command(subcommand)]
    Config(Configuration),
    /// Ask a running bot whether it is ready. Exit status: 0 ready, 2 not ready, 3 no answer.
    Health {
        /// Where it listens: `http.listen` of its configuration.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9464")]
        listen: std::net::SocketAddr,
    },
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the man page.
    Man,
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

    /// The database that was named, else that of the configuration.
    fn database(&self, named: Option<String>) -> anyhow::Result<String> {
        named.map_or_else(|| Ok(self.load()?.database_url), Ok)
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

fn print(text: &str) -> anyhow::Result<u8> {
    terminal::print_line(text.trim_end()).context("cannot print")?;
    Ok(0)
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
    if !matches!(arguments.command, Command::Run { .. }) {
        terminal::log(LogFormat::Text, Level::WARN);
    }
    let outcome = match arguments.command {
        #[cfg(feature = "demo")]
        Command::Demo(options) => demo::run(options).await.map(|()| 0),
        Command::Run { source, options } => {
            async {
                terminal::log(source.load()?.operations.log, Level::INFO);
                // Read again, now that warnings about it are logged.
                run::run(source.load()?, &options, &|| source.load()).await.map(|()| 0)
            }
            .await
        }
        Command::Check { source, options } => check::run(|| source.load(), &options).await,
        Command::Backtest(options) => backtest::run(&options).await.map(|()| 0),
        Command::Export { source, database, history } => {
            async { export::run(&source.database(database)?, &history).await.map(|()| 0) }.await
        }
        Command::Backup { source, database, file } => {
            async { backup::run(&source.database(database)?, &file).await.map(|()| 0) }.await
        }
        Command::Migrate { source, database } => async { migrate::run(&source.database(database)?).await.map(|()| 0) }.await,
        Command::Pair { source, options } => async { pair::run(&source.load()?, &options).await.map(|()| 0) }.await,
        Command::Config(Configuration::Check(source)) => source.check().map(|()| 0),
        Command::Health { listen } => health::run(listen).await,
        Command::Completions { shell } => print(&manual::completions(&mut Arguments::command(), shell)),
        Command::Man => manual::page(Arguments::command()).and_then(|page| print(&page)),
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
