//! The client beside what a person would use without it, on one local service, one after the other in turns.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};

use super::reader::{Cost, Service, cost, median, milliseconds, with};
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
