//! The programs that `cargo xtask bench` runs beside each other.
//!
//! `serve` is the service of all of them and prints its address; `client` reads it, with the crate or without, and prints
//! one line of what that cost. `alerts` and `judge` are the alert benchmark, `engine` its speed, `month` counts messages,
//! `answers` times the bot's answers, `billing` closes months. `bot`, `storm` and `history` measure the program that ships
//! beside the sandbox.

mod alerts;
mod answers;
mod billing;
mod client;
mod engine;
mod measure;
mod month;
mod process;
mod sandbox;
mod service;
mod watch;

use anyhow::{Context as _, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve"] => service::serve(),
        ["client", who, case, times, address] => {
            client::run(who, case, times.parse().context("how many times is a number")?, address)
        }
        ["alerts", scratch, ref folders @ ..] => alerts::run(scratch, folders),
        ["shipped", ref folders @ ..] => alerts::shipped(folders),
        ["world", maker, seed, folder] => alerts::make(maker, seed, folder),
        ["calibration", ref folders @ ..] => alerts::calibration(folders),
        ["fans", folder] => alerts::fans(folder),
        ["judge", folder, file] => alerts::judge(folder, file),
        ["billing"] => billing::run(),
        ["billing", customers, calls] => billing::measure(customers, calls),
        ["engine"] => engine::run(),
        ["month", bot] => month::run(bot),
        ["answers", bot] => answers::run(bot),
        ["engine", what, wallets] => engine::measure(what, wallets),
        ["sandbox", path] => sandbox::run(path),
        ["bot", bot, sandbox] => watch::budget::run(bot, sandbox),
        ["storm", bot, sandbox] => watch::storm::run(bot, sandbox),
        ["history", bot, sandbox] => watch::history::run(bot, sandbox),
        _ => {
            bail!(
                "usage: vobiz-bench serve | client ours|bare CASE TIMES ADDRESS | alerts SCRATCH [FOLDER…] | shipped FOLDER… | world sandbox|habits SEED FOLDER | judge FOLDER FILE | calibration FOLDER… | fans FOLDER | sandbox PATH | engine | billing | month BOT | answers BOT | bot|storm|history BOT SANDBOX"
            )
        }
    }
}
