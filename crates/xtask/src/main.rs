//! Developer commands: `cargo xtask test`, `cargo xtask lint`, `cargo xtask bench`, `cargo xtask mutants`,
//! `cargo xtask screenshots`.

mod bench;
mod browser;
mod chaos;
mod fingerprint;
mod lint;
mod mutants;
mod pictures;
mod stand_in;
mod step;
mod test;
mod venv;
mod wheel;
mod workspace;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use crate::step::{seconds, tell};
use crate::workspace::Workspace;

/// Developer commands of this workspace. They need cargo and python3 and make everything else under `target`.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Run every test of every part: Rust, its documentation, Python, the page in a browser.
    Test,
    /// Check what a reader would: format, clippy, ruff, types.
    Lint,
    /// Measure speed and memory, and write the figures into BENCHMARKS.md.
    Bench {
        /// What to measure; everything unless given.
        subject: Option<bench::Subject>,
    },
    /// Change the code that decides about alerts, and look whether tests notice. Needs cargo-mutants.
    Mutants(mutants::Choice),
    /// Put the bot under faults of every kind and random kills, and judge what its chats received.
    Chaos(chaos::Choice),
    /// Make the pictures of the chat's page in docs/. Look at them.
    Screenshots,
    /// Draw the pictures of the forecast in docs/, from a made-up world and BENCHMARKS.md. Look at them.
    Pictures,
}

fn main() -> ExitCode {
    let started = Instant::now();
    let task = Task::parse();
    let done = Workspace::find().and_then(|workspace| match task {
        Task::Test => test::run(&workspace),
        Task::Lint => lint::run(&workspace),
        Task::Bench { subject } => bench::run(&workspace, subject),
        Task::Mutants(choice) => mutants::run(&workspace, &choice),
        Task::Chaos(choice) => chaos::run(&workspace, &choice),
        Task::Screenshots => browser::screenshots(&workspace),
        Task::Pictures => pictures::run(&workspace),
    });
    match done {
        Ok(()) => {
            tell(format_args!("all passed in {}", seconds(started.elapsed())));
            ExitCode::SUCCESS
        }
        Err(error) => {
            tell(format_args!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
