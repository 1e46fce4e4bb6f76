//! Programs that read the local service and print what that cost.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// What one run cost, for one reading of the case.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    pub(super) wall: f64,
    pub(super) cpu: f64,
    pub(super) rows: f64,
    pub(super) memory: f64,
}

pub(super) fn with(program: &PathBuf, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// Runs a reader, which prints what it cost as four numbers.
pub(super) fn cost(mut command: Command, times: usize) -> Result<Cost> {
    let output = command.stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "{}", output.status);
    let text = String::from_utf8(output.stdout)?;
    let numbers = text.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>()?;
    let [wall, cpu, rows, memory] = numbers[..] else { anyhow::bail!("it printed {text:?}") };
    #[expect(clippy::cast_precision_loss, reason = "a small count")]
    let times = times as f64;
    Ok(Cost { wall: wall / times, cpu: cpu / times, rows: rows / times, memory })
}

pub(super) fn median(costs: &[Cost], of: impl Fn(&Cost) -> f64) -> f64 {
    let mut figures: Vec<f64> = costs.iter().map(of).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

pub(super) fn milliseconds(seconds: f64) -> String {
    let milliseconds = seconds * 1e3;
    if milliseconds < 10.0 { format!("{milliseconds:.3} ms") } else { format!("{milliseconds:.1} ms") }
}

/// The service, for as long as this value lives.
pub(super) struct Service {
    process: Child,
    pub(super) address: String,
}

impl Service {
    pub(super) fn start(program: &PathBuf) -> Result<Self> {
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
