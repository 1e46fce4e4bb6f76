//! The machine that a measurement was made on, in one line.

use std::fs;
use std::process::Command;
use std::thread;

/// Processor, cores, kernel, compiler, and how busy the machine was.
pub(crate) fn describe() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let model =
        cpus.lines().find_map(|line| line.strip_prefix("model name")).map(|rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let rustc = Command::new("rustc").arg("--version").output().map(|run| run.stdout).unwrap_or_default();
    let load = read("/proc/loadavg");
    format!(
        "Machine: {}, {cores} cores, {} {}, {}; load average at the end {}.",
        model.unwrap_or("unknown processor"),
        std::env::consts::OS,
        read("/proc/sys/kernel/osrelease").trim(),
        String::from_utf8_lossy(&rustc).trim(),
        load.split(' ').next().unwrap_or("unknown"),
    )
}
