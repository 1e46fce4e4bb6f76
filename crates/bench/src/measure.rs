//! What a piece of work cost this process.

use std::io::Write as _;
use std::time::Instant;

use anyhow::{Context as _, Result};
use rustix::time::{ClockId, clock_gettime};

/// A measurement under way.
pub(crate) struct Measure {
    started: Instant,
    cpu: f64,
    idle: u64,
}

/// Resident memory of this process in KiB: what it is now, or the most it ever was.
pub(crate) fn memory(line: &str) -> Result<u64> {
    memory_of("self", line)
}

/// The same of another process.
pub(crate) fn memory_of(process: &str, line: &str) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).context("memory is measured on Linux only")?;
    let value = status.lines().find_map(|text| text.strip_prefix(line)).context("the kernel does not tell")?;
    Ok(value.trim_start_matches(':').trim_end_matches("kB").trim().parse()?)
}

/// Seconds of CPU that another process has used.
pub(crate) fn cpu_of(process: &str) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).context("CPU is measured on Linux only")?;
    // After the name, which may hold anything, come the state and numbers; two of them are ticks of a hundredth.
    let (_, numbers) = stat.rsplit_once(')').context("the kernel does not tell")?;
    let ticks = numbers.split_whitespace().skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    Ok(f64::from(ticks) / 100.0)
}

/// A count as a number to divide by.
#[expect(clippy::cast_precision_loss, reason = "counts here are small")]
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}

fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "seconds of a measurement")]
    let seconds = time.tv_sec as f64 + time.tv_nsec as f64 / 1e9;
    seconds
}

impl Measure {
    /// Begins; `idle` is the memory of the process before it read anything.
    pub(crate) fn begin(idle: u64) -> Self {
        Self { idle, cpu: cpu(), started: Instant::now() }
    }

    /// Prints seconds of wall and of CPU, rows read, and KiB above idle at the highest point.
    pub(crate) fn end(self, rows: usize) -> Result<()> {
        let (wall, cpu) = (self.started.elapsed().as_secs_f64(), cpu() - self.cpu);
        let above = memory("VmHWM")?.saturating_sub(self.idle);
        writeln!(std::io::stdout(), "{wall} {cpu} {rows} {above}")?;
        Ok(())
    }
}
