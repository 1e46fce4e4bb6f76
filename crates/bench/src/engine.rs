//! The engine: how long it takes to judge many wallets, and to learn them, each size in a process of its own.

use std::io::Write as _;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use vobiz_core::alert::{Observation, Policy, State, Subject, evaluate};
use vobiz_core::forecast::{Business, Forecaster, Profile};

use crate::measure::{float, memory};

/// How many wallets are judged, and what one evaluation of them may take in milliseconds and in megabytes.
const SIZES: [(usize, &str, &str); 4] =
    [(1_000, "–", "–"), (10_000, "≤ 50 ms", "≤ 100 MB"), (100_000, "–", "–"), (1_000_000, "≤ 10,000 ms", "–")];
/// How many wallets are learned, from how many days.
const LEARNED: usize = 10_000;
const DAYS: i64 = 90;
/// Kinds of wallets; those judged are copies of these.
const KINDS: usize = 200;
/// How often an evaluation is timed; the median counts.
const ROUNDS: usize = 5;
/// Polls of a day.
const POLLS: i64 = 288;

/// Measures every size and prints tables.
pub(crate) fn run() -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(
        out,
        "| wallets | one evaluation | asked for | a wallet | memory at its highest | asked for |\n| --: | --: | --: | --: | --: | --: |"
    )?;
    for (wallets, time, space) in SIZES {
        let [seconds, megabytes] = apart("evaluate", wallets)?;
        let (each, milliseconds) = (seconds * 1e6 / float(wallets), seconds * 1e3);
        writeln!(out, "| {wallets} | {milliseconds:.1} ms | {time} | {each:.2} µs | {megabytes:.0} MB | {space} |")?;
    }
    let [seconds, megabytes] = apart("learn", LEARNED)?;
    let readings = float(LEARNED) * f64::from(u32::try_from(DAYS * POLLS)?);
    writeln!(
        out,
        "\nProfiles of {LEARNED} wallets from {DAYS} days of readings every five minutes: {seconds:.1} s (asked for: ≤ 30 s), {:.0} ns a reading, {megabytes:.0} MB.",
        seconds * 1e9 / readings
    )?;
    Ok(())
}

/// Runs one measurement in a process of its own.
fn apart(what: &str, wallets: usize) -> Result<[f64; 2]> {
    let program = std::env::current_exe().context("the program does not know where it is")?;
    let output = Command::new(program).args(["engine", what, &wallets.to_string()]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let (seconds, megabytes) = text.trim().split_once(' ').context("two figures")?;
    Ok([seconds.parse()?, megabytes.parse()?])
}

/// One measurement: prints seconds, and megabytes at the highest point.
pub(crate) fn measure(what: &str, wallets: &str) -> Result<()> {
    let wallets = wallets.parse().context("how many wallets is a number")?;
    let seconds = if what == "learn" { learn(wallets) } else { judge(wallets)? };
    writeln!(std::io::stdout(), "{seconds} {}", memory("VmHWM")? / 1024)?;
    Ok(())
}

fn judge(wallets: usize) -> Result<f64> {
    let mut few = World::new(KINDS);
    let mut learned = Forecaster::new(Business::default());
    for _ in 0..15 * POLLS {
        few.live();
        learned.observe(&few.observation);
    }
    let now = few.observation.at;
    let kinds: Vec<&Profile> = few.subjects().iter().filter_map(|subject| learned.profile(subject.customer()?)).collect();
    ensure!(kinds.len() == KINDS, "every kind is known");
    let mut forecaster = Forecaster::new(Business::default());
    let mut many = World::new(wallets);
    for (subject, kind) in many.subjects().iter().zip(kinds.iter().cycle()) {
        forecaster.restore(subject.id.to_string(), (*kind).clone());
    }
    // From empty to a week's worth: as a fleet is.
    for (number, subject) in (0_i64..).zip(many.subjects_mut()) {
        subject.balance = Some(Decimal::new(number * 7919 % 2_000_000, 2));
    }
    many.observation.at = now;
    let (policy, mut times) = (Policy::default(), Vec::new());
    let mut state = State::default();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let evaluation = evaluate(&policy, &many.observation, &forecaster.at(now), &state, now);
        times.push(started.elapsed().as_secs_f64());
        state = evaluation.state;
    }
    ensure!(!state.alerts.is_empty(), "some of them are low");
    times.sort_by(f64::total_cmp);
    times.get(ROUNDS / 2).copied().context("no round")
}

/// Seconds that learning takes, without what it takes to make the readings up.
fn learn(wallets: usize) -> f64 {
    let polls = DAYS * POLLS;
    let (mut world, mut forecaster) = (World::new(wallets), Forecaster::new(Business::default()));
    let mut seconds = 0.0;
    for _ in 0..polls {
        world.live();
        let started = Instant::now();
        forecaster.observe(&world.observation);
        seconds += started.elapsed().as_secs_f64();
    }
    seconds
}

/// Wallets that spend by day more than by night, each at a rate of its own and by chance, and are paid into when low.
struct World {
    observation: Observation,
    cents: Vec<i64>,
    chance: u64,
    poll: i64,
}

impl World {
    fn new(wallets: usize) -> Self {
        let subject = |number: usize| Subject::new(format!("MA_{number:08}"), "");
        let observation = Observation::complete(DateTime::UNIX_EPOCH, (0..wallets).map(subject).collect());
        Self { observation, cents: (0..wallets).map(|_| 1_000_000).collect(), chance: 0x9e37_79b9_7f4a_7c15, poll: 0 }
    }

    fn subjects(&self) -> &[Subject] {
        &self.observation.customers
    }

    fn subjects_mut(&mut self) -> &mut [Subject] {
        &mut self.observation.customers
    }

    fn live(&mut self) {
        self.poll += 1;
        self.observation.at = start() + TimeDelta::minutes(5 * self.poll);
        let busy = if (42..162).contains(&(self.poll % POLLS)) { 10 } else { 1 };
        let subjects = &mut self.observation.customers;
        for ((number, subject), cents) in (0_i64..).zip(subjects).zip(&mut self.cents) {
            self.chance ^= self.chance << 13;
            self.chance ^= self.chance >> 7;
            self.chance ^= self.chance << 17;
            let chance = i64::try_from(self.chance % 100).unwrap_or_default();
            *cents -= (1 + number % 50) * busy * chance / 50;
            if *cents < 20_000 {
                *cents += 1_000_000;
            }
            subject.balance = Some(Decimal::new(*cents, 2));
        }
    }
}

/// Monday, 00:00 in India.
fn start() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_694) + TimeDelta::minutes(18 * 60 + 30)
}
