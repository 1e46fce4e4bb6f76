//! The client beside what a person would use without it, on one local service, one after the other in turns.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::step::tell;
use crate::venv::Venv;
use crate::workspace::Workspace;

/// How often each pair of reader and case is run; the median of the runs counts.
const ROUNDS: usize = 9;

/// A case: its name for the programs, in words, and how often it is read in one run.
struct Case(&'static str, &'static str, usize);

const CASES: [Case; 5] = [
    Case("small", "small dashboard, one call", 400),
    Case("large", "large dashboard (1,000 customers, 365 days)", 40),
    Case("1000", "sweep of 1,000 accounts", 10),
    Case("10000", "sweep of 10,000 accounts", 2),
    Case("ledger", "100,000 ledger rows, streamed", 1),
];

const READERS: [&str; 4] = ["vobiz-core", "httpx + pydantic", "requests + json", "reqwest + serde_json"];

/// What one run cost, for one reading of the case.
#[derive(Clone, Copy)]
struct Cost {
    wall: f64,
    cpu: f64,
    rows: f64,
    memory: f64,
}

/// Runs everything and writes the tables.
pub(crate) fn measure(workspace: &Workspace) -> Result<String> {
    workspace.cargo("bench programs").args(["build", "--release", "--package", "vobiz-bench"]).run()?;
    let folder = workspace.root.join("crates/bench/python");
    let python = Venv::of(workspace, "bench-venv", &folder.join("requirements.txt"))?.program("python");
    let (program, script) = (workspace.release("vobiz-bench"), folder.join("client.py"));
    let service = Service::start(&program)?;

    let mut costs: Vec<Vec<Vec<Cost>>> = CASES.iter().map(|_| READERS.iter().map(|_| Vec::new()).collect()).collect();
    for round in 1..=ROUNDS {
        tell(format_args!("── round {round} of {ROUNDS}"));
        for (Case(case, _, times), costs) in CASES.iter().zip(&mut costs) {
            for (reader, costs) in READERS.iter().zip(costs) {
                let mut command = match *reader {
                    "vobiz-core" => with(&program, &["client", "ours"]),
                    "reqwest + serde_json" => with(&program, &["client", "bare"]),
                    "httpx + pydantic" => with(&python, &[&script.to_string_lossy(), "httpx"]),
                    _ => with(&python, &[&script.to_string_lossy(), "requests"]),
                };
                command.args([case, times.to_string().as_str(), service.address.as_str()]);
                costs.push(cost(command, *times).with_context(|| format!("{reader} could not read {case}"))?);
            }
        }
    }
    table(&costs)
}

fn with(program: &PathBuf, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// Runs a reader, which prints what it cost as four numbers.
fn cost(mut command: Command, times: usize) -> Result<Cost> {
    let output = command.stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "{}", output.status);
    let text = String::from_utf8(output.stdout)?;
    let numbers = text.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>()?;
    let [wall, cpu, rows, memory] = numbers[..] else { anyhow::bail!("it printed {text:?}") };
    #[expect(clippy::cast_precision_loss, reason = "a small count")]
    let times = times as f64;
    Ok(Cost { wall: wall / times, cpu: cpu / times, rows: rows / times, memory })
}

fn median(costs: &[Cost], of: impl Fn(&Cost) -> f64) -> f64 {
    let mut figures: Vec<f64> = costs.iter().map(of).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

fn table(costs: &[Vec<Vec<Cost>>]) -> Result<String> {
    let mut text = String::new();
    for (title, of) in [("CPU", (|cost| cost.cpu) as fn(&Cost) -> f64), ("Wall", |cost| cost.wall)] {
        writeln!(text, "| {title} | {} | against httpx | against requests | against bare |", READERS.join(" | "))?;
        writeln!(text, "| --- |{}", " --: |".repeat(READERS.len() + 3))?;
        for (Case(_, words, _), readers) in CASES.iter().zip(costs) {
            let [ours, httpx, requests, bare] = readers.iter().map(|costs| median(costs, of)).collect::<Vec<_>>()[..] else {
                anyhow::bail!("a reader is missing")
            };
            let figures = [ours, httpx, requests, bare].map(milliseconds).join(" | ");
            writeln!(
                text,
                "| {words} | {figures} | {:.1}× less | {:.1}× less | {:.2}× |",
                httpx / ours,
                requests / ours,
                ours / bare
            )?;
        }
        writeln!(text)?;
    }
    for (Case(_, words, _), readers) in CASES.iter().zip(costs) {
        let rows: Vec<f64> = readers.iter().map(|costs| median(costs, |cost| cost.rows)).collect();
        ensure!(rows.windows(2).all(|pair| pair[0].to_bits() == pair[1].to_bits()), "{words}: the readers disagree: {rows:?}");
    }
    let memory = costs.last().and_then(|readers| readers.first()).map_or(f64::NAN, |costs| median(costs, |cost| cost.memory));
    writeln!(
        text,
        "Streaming 100,000 rows took {:.1} MB of memory above the idle process at its highest point.",
        memory / 1024.0
    )?;
    Ok(text)
}

fn milliseconds(seconds: f64) -> String {
    let milliseconds = seconds * 1e3;
    if milliseconds < 10.0 { format!("{milliseconds:.3} ms") } else { format!("{milliseconds:.1} ms") }
}

/// The service, for as long as this value lives.
struct Service {
    process: Child,
    address: String,
}

impl Service {
    fn start(program: &PathBuf) -> Result<Self> {
        let mut process =
            Command::new(program).arg("serve").stdout(Stdio::piped()).spawn().context("the service did not start")?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("the service is mute")?).read_line(&mut line)?;
        Ok(Self { process, address: line.trim().to_owned() })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_the_runs_counts() {
        let costs = [3.0, 1.0, 90.0].map(|cpu| Cost { wall: 0.0, cpu, rows: 0.0, memory: 0.0 });
        assert_eq!(median(&costs, |cost| cost.cpu).to_string(), "3");
        assert!(median(&[], |cost| cost.cpu).is_nan());
    }

    #[test]
    fn a_reader_that_fails_or_prints_something_else_is_an_error() {
        assert!(cost(with(&PathBuf::from("false"), &[]), 1).is_err());
        assert!(cost(with(&PathBuf::from("echo"), &["1 2 3"]), 1).is_err());
        let one = cost(with(&PathBuf::from("echo"), &["2 4 6 8"]), 2).unwrap();
        assert_eq!([one.wall, one.cpu, one.rows, one.memory].map(|figure| figure.to_string()), ["1", "2", "3", "8"]);
    }

    #[test]
    fn figures_have_the_digits_that_matter() {
        assert_eq!(milliseconds(0.000_061_2), "0.061 ms");
        assert_eq!(milliseconds(0.225_31), "225.3 ms");
    }
}
