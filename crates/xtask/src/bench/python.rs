//! The Python package beside what an analyst would use without it, on one local service, in turns.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};

use super::reader::{Cost, Service, cost, median, milliseconds, with};
use crate::step::tell;
use crate::venv::Venv;
use crate::wheel;
use crate::workspace::Workspace;

/// How often each pair of reader and case is run; the median of the runs counts.
const ROUNDS: usize = 9;

/// A case: its name for the program, in words, and how often it is read in one run.
struct Case(&'static str, &'static str, usize);

const CASES: [Case; 6] = [
    Case("import", "import and a client", 1),
    Case("small", "small dashboard, one call", 400),
    Case("large", "large dashboard (1,000 customers, 365 days)", 40),
    Case("10000", "sweep of 10,000 accounts into a table, and its sum", 2),
    Case("ledger-arrow", "100,000 ledger rows into pandas, `money=\"arrow\"`", 1),
    Case("ledger-decimal", "100,000 ledger rows into pandas, `Decimal` objects", 1),
];

const READERS: [(&str, &str); 3] =
    [("vobiz", "vobiz-partner"), ("httpx", "httpx + pydantic"), ("requests", "requests + json (Decimal)")];

/// What a table is of: its title, the figure of a run, and how that is written.
type Figure = (&'static str, fn(&Cost) -> f64, fn(f64) -> String);

/// Checks that all totals are the same, then runs everything and writes the tables.
pub(crate) fn measure(workspace: &Workspace) -> Result<String> {
    workspace.cargo("bench programs").args(["build", "--release", "--package", "vobiz-bench"]).run()?;
    let folder = workspace.root.join("crates/bench/python");
    let environment = Venv::of(workspace, "bench-venv", &folder.join("requirements.txt"))?;
    wheel::install(workspace, &environment, wheel::Profile::Wheel)?;
    let (python, script) = (environment.program("python"), folder.join("package.py"));
    let service = Service::start(&workspace.release("vobiz-bench"))?;
    let run = |reader: &str, case: &str, times: usize| {
        let mut command = with(&python, &[&script.to_string_lossy(), reader, case]);
        command.args([times.to_string().as_str(), service.address.as_str()]);
        cost(command, times).with_context(|| format!("{reader} could not read {case}"))
    };

    for Case(case, words, _) in CASES {
        let totals = READERS.iter().map(|(reader, _)| Ok(run(reader, case, 1)?.rows.to_bits())).collect::<Result<Vec<_>>>()?;
        ensure!(totals.windows(2).all(|pair| pair[0] == pair[1]), "{words}: the readers disagree");
    }
    let mut costs: Vec<Vec<Vec<Cost>>> = CASES.iter().map(|_| READERS.iter().map(|_| Vec::new()).collect()).collect();
    for round in 1..=ROUNDS {
        tell(format_args!("── round {round} of {ROUNDS}"));
        for (Case(case, _, times), costs) in CASES.iter().zip(&mut costs) {
            for ((reader, _), costs) in READERS.iter().zip(costs) {
                costs.push(run(reader, case, *times)?);
            }
        }
    }
    table(&costs)
}

fn table(costs: &[Vec<Vec<Cost>>]) -> Result<String> {
    let names = READERS.map(|(_, name)| name).join(" | ");
    let mut text = String::new();
    let megabytes: fn(f64) -> String = |kib| format!("{:.1} MB", kib / 1024.0);
    let figures: [Figure; 3] = [
        ("CPU", |cost| cost.cpu, milliseconds),
        ("Wall", |cost| cost.wall, milliseconds),
        ("Peak memory", |cost| cost.memory, megabytes),
    ];
    for (title, of, written) in figures {
        writeln!(text, "| {title} | {names} | less than httpx | less than requests |")?;
        writeln!(text, "| --- |{}", " --: |".repeat(READERS.len() + 2))?;
        for (Case(_, words, _), readers) in CASES.iter().zip(costs) {
            let medians: Vec<f64> = readers.iter().map(|costs| median(costs, of)).collect();
            let [ours, httpx, requests] = medians[..] else { anyhow::bail!("a reader is missing") };
            let figures = [ours, httpx, requests].map(written).join(" | ");
            writeln!(text, "| {words} | {figures} | {:.1}× | {:.1}× |", httpx / ours, requests / ours)?;
        }
        writeln!(text)?;
    }
    Ok(text.trim_end().to_owned() + "\n")
}
