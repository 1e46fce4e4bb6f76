//! `cargo xtask mutants`: changes the code that decides about alerts, one small change at a time, and looks whether a
//! test notices.
//!
//! The sample is the same wherever it is drawn: mutants in the order of a hash of their name and the seed, the first so
//! many. Shards share it out in turns.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

use crate::step::{Step, tell};
use crate::workspace::Workspace;

/// The code that is changed, and the tests that should notice.
const FILES: [&str; 2] = ["--file=crates/core/src/alert/**/*.rs", "--file=crates/core/src/forecast/**/*.rs"];
const TESTS: [&str; 3] = ["alert::", "forecast::", "backtest::"];
/// Per cent of viable mutants that may be left alive.
const ALLOWED: f64 = 5.0;
/// Seconds after which tests run for ever; undisturbed they take a few.
const TIMEOUT: &str = "60";
const BUILD_TIMEOUT: &str = "300";

/// What to try.
#[derive(Args)]
pub(crate) struct Choice {
    /// How many mutants are drawn.
    #[arg(long, default_value_t = 200)]
    sample: usize,
    /// Another seed draws other mutants.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Try only the K-th of N parts of the sample.
    #[arg(long, value_name = "K/N", default_value = "1/1")]
    shard: Shard,
    /// Draw only from files whose path contains this.
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
}

/// One of several parts of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shard {
    part: usize,
    of: usize,
}

impl FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((part, of)) if (1..=of).contains(&part) => Ok(Self { part, of }),
            _ => Err("a shard is K/N, such as 1/4"),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

/// Draws mutants, tries them, and says which are left alive.
pub(crate) fn run(workspace: &Workspace, choice: &Choice) -> Result<()> {
    let found = mutants(workspace).args(["--version"]).read();
    found.context("there is no cargo-mutants; cargo install cargo-mutants --locked")?;
    let list = mutants(workspace).args(["--list", "--package", "vobiz-core"]).args(FILES).read()?;
    let all: Vec<&str> = list.lines().filter(|name| file(name).contains(&choice.only)).collect();
    let drawn = draw(&all, choice);
    ensure!(!drawn.is_empty(), "no mutant is drawn");
    tell(format_args!("{} of {} mutants, seed {}, shard {}", drawn.len(), all.len(), choice.seed, choice.shard));

    let folder = workspace.scratch().join("mutants");
    fs::create_dir_all(&folder)?;
    let files: BTreeSet<&str> = drawn.iter().map(|name| file(name)).collect();
    let names: Vec<String> = drawn.iter().map(|name| literal(name)).collect();
    let status = mutants(workspace)
        .args(["--package", "vobiz-core", "--no-times", "--caught", "--unviable"])
        .args(files.iter().map(|file| format!("--file={file}")))
        .args(["--re", &format!("^({})$", names.join("|"))])
        .args(["--minimum-test-timeout", TIMEOUT, "--build-timeout", BUILD_TIMEOUT, "--cargo-arg=--lib", "--output"])
        .args([&folder])
        .args(["--", "--"])
        .args(TESTS)
        // One target directory for every run, so that only the first builds what all need; the tests are run far more
        // often than anything is built.
        .envs([("CARGO_TARGET_DIR", folder.join("target").into_os_string())])
        .envs([("CARGO_PROFILE_DEV_DEBUG", "none"), ("CARGO_PROFILE_DEV_OPT_LEVEL", "1")])
        .status()?;
    // It ends with 2 or 3 where mutants are left alive or run for ever.
    ensure!(matches!(status.code(), Some(0 | 2 | 3)), "the mutants were not tried to the end: {status}");
    Outcome::read(&folder.join("mutants.out"), &drawn)?.judge()
}

fn mutants(workspace: &Workspace) -> Step {
    workspace.cargo("mutants").args(["mutants"])
}

/// The file that a mutant is in.
fn file(name: &str) -> &str {
    name.split_once(':').map_or(name, |(file, _)| file)
}

/// The part of the sample to try.
fn draw<'a>(all: &[&'a str], choice: &Choice) -> Vec<&'a str> {
    let mut drawn = all.to_vec();
    drawn.sort_by_cached_key(|name| hash(name, choice.seed));
    drawn.into_iter().take(choice.sample).skip(choice.shard.part - 1).step_by(choice.shard.of).collect()
}

/// FNV-1a over the name and then the seed: the same on every machine and in every release of the compiler.
fn hash(name: &str, seed: u64) -> u64 {
    let bytes = name.bytes().chain(seed.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A regular expression for this text alone.
fn literal(text: &str) -> String {
    let special = |letter: char| r"\.+*?()|[]{}^$#&-~".contains(letter);
    text.chars().flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter])).collect()
}

/// What became of the mutants.
struct Outcome {
    caught: usize,
    /// Caught, since a test ran for ever.
    timeout: usize,
    unviable: usize,
    alive: Vec<String>,
}

impl Outcome {
    /// Of those drawn: cargo-mutants tries others too, since it passes by the names of fields left out.
    fn read(folder: &Path, drawn: &[&str]) -> Result<Self> {
        let lines = |name: &str| -> Result<Vec<String>> {
            let path = folder.join(name);
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok(text.lines().filter(|name| drawn.contains(name)).map(str::to_owned).collect())
        };
        Ok(Self {
            caught: lines("caught.txt")?.len(),
            timeout: lines("timeout.txt")?.len(),
            unviable: lines("unviable.txt")?.len(),
            alive: lines("missed.txt")?,
        })
    }

    /// Says how it went; too many alive are a failure.
    fn judge(&self) -> Result<()> {
        let viable = self.caught + self.timeout + self.alive.len();
        ensure!(viable > 0, "no mutant could be built");
        #[expect(clippy::cast_precision_loss, reason = "counts here are small")]
        let share = 100.0 * self.alive.len() as f64 / viable as f64;
        for name in &self.alive {
            tell(format_args!("alive: {name}"));
        }
        let Self { caught, timeout, unviable, alive } = self;
        let words = format!(
            "{caught} caught, {timeout} ran for ever, {} alive: {share:.1} % of {viable} viable; {unviable} did not build",
            alive.len()
        );
        if share > ALLOWED {
            bail!("{words}; at most {ALLOWED} % may be alive");
        }
        tell(format_args!("{words}"));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&str; 6] = ["a.rs:1:1: replace a", "a.rs:1:1: replace b", "a.rs:2:1: c", "b.rs:1:1: d", "e", "f"];

    fn choice(sample: usize, seed: u64, shard: &str) -> Choice {
        Choice { sample, seed, shard: shard.parse().unwrap(), only: String::new() }
    }

    #[test]
    fn a_shard_is_one_of_its_parts() {
        for wrong in ["0/4", "5/4", "1/0", "1", "a/b", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
        assert_eq!("4/4".parse(), Ok(Shard { part: 4, of: 4 }));
    }

    #[test]
    fn a_sample_is_drawn_by_its_seed_and_not_by_the_order_of_the_list() {
        let drawn = draw(&ALL, &choice(3, 1, "1/1"));
        let mut backwards = ALL;
        backwards.reverse();
        assert_eq!(drawn.len(), 3);
        assert_eq!(draw(&backwards, &choice(3, 1, "1/1")), drawn);
        assert_ne!(draw(&ALL, &choice(3, 2, "1/1")), drawn);
        assert_eq!(draw(&ALL, &choice(9, 1, "1/1")).len(), ALL.len());
    }

    #[test]
    fn shards_share_out_the_sample() {
        let mut parts: Vec<&str> = ["1/3", "2/3", "3/3"].iter().flat_map(|shard| draw(&ALL, &choice(5, 7, shard))).collect();
        let mut whole = draw(&ALL, &choice(5, 7, "1/1"));
        parts.sort_unstable();
        whole.sort_unstable();
        assert_eq!(parts, whole);
    }

    #[test]
    fn a_name_is_meant_to_the_letter() {
        assert_eq!(literal("a.rs:1:2: replace * -> f64 with -1.0"), r"a\.rs:1:2: replace \* \-> f64 with \-1\.0");
    }

    #[test]
    fn more_than_a_twentieth_alive_is_a_failure() {
        let outcome = |caught, alive| Outcome { caught, timeout: 1, unviable: 9, alive: vec!["x".to_owned(); alive] };
        assert!(outcome(18, 1).judge().is_ok());
        assert!(
            outcome(17, 1).judge().unwrap_err().to_string().starts_with("17 caught, 1 ran for ever, 1 alive: 5.3 % of 19 viable")
        );
        assert!(Outcome { caught: 0, timeout: 0, unviable: 4, alive: Vec::new() }.judge().is_err());
    }
}
