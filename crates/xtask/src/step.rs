//! A step: a named command that passes, or stops everything with the words to run it again.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// A command with a name.
pub(crate) struct Step {
    name: &'static str,
    command: Command,
    failing: Option<&'static str>,
}

impl Step {
    /// A step that runs `program` in `directory`. It reads no input, so that nothing waits for a person.
    pub(crate) fn new(name: &'static str, program: impl AsRef<OsStr>, directory: &Path) -> Self {
        let mut command = Command::new(program);
        command.current_dir(directory).stdin(Stdio::null());
        // `cargo run` describes xtask to xtask. Passed on, build scripts that look at these would run again and again.
        for (name, _) in std::env::vars_os() {
            let of_xtask =
                name.to_str().is_some_and(|name| ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|own| name.starts_with(own)));
            if of_xtask {
                command.env_remove(name);
            }
        }
        Self { name, command, failing: None }
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn envs<V: AsRef<OsStr>>(mut self, variables: impl IntoIterator<Item = (&'static str, V)>) -> Self {
        self.command.envs(variables);
        self
    }

    /// What a failure of this step most likely means.
    pub(crate) fn hint(mut self, failing: &'static str) -> Self {
        self.failing = Some(failing);
        self
    }

    /// Runs the step and says how long it took.
    pub(crate) fn run(mut self) -> Result<()> {
        let Self { name, .. } = self;
        tell(format_args!("── {name}"));
        let started = Instant::now();
        let status = self.command.status().with_context(|| format!("{name} could not start: {}", Shell(&self.command)))?;
        let took = seconds(started.elapsed());
        if status.success() {
            tell(format_args!("── {name} passed in {took}"));
            return Ok(());
        }
        let hint = self.failing.map(|hint| format!("\n   {hint}")).unwrap_or_default();
        bail!("{name} failed after {took} ({status}){hint}\n   again: {}", Shell(&self.command));
    }

    /// Runs the step, which tells by its status how it went.
    pub(crate) fn status(mut self) -> Result<ExitStatus> {
        self.command.status().with_context(|| format!("{} could not start: {}", self.name, Shell(&self.command)))
    }

    /// Runs the step and reads what it prints.
    pub(crate) fn read(mut self) -> Result<String> {
        let Self { name, .. } = self;
        let output = self.command.output().with_context(|| format!("{name} could not start: {}", Shell(&self.command)))?;
        ensure!(output.status.success(), "{name} failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
        String::from_utf8(output.stdout).with_context(|| format!("{name} printed something else than text"))
    }
}

/// Says that a step has nothing to do.
pub(crate) fn skip(name: &str, why: &str) {
    tell(format_args!("── {name} skipped: {why}"));
}

/// Writes a line for the person at the terminal. Nobody may be reading, which is no failure.
pub(crate) fn tell(line: fmt::Arguments<'_>) {
    drop(writeln!(io::stderr(), "{line}"));
}

/// A duration as people say it.
pub(crate) fn seconds(took: Duration) -> String {
    let whole = took.as_secs();
    if whole < 60 { format!("{:.1} s", took.as_secs_f64()) } else { format!("{} min {} s", whole / 60, whole % 60) }
}

/// A command as one line to paste into a shell.
struct Shell<'a>(&'a Command);

impl fmt::Display for Shell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(directory) = self.0.get_current_dir() {
            write!(f, "cd {} && ", word(directory.as_os_str()))?;
        }
        for (name, value) in self.0.get_envs() {
            if let Some(value) = value {
                write!(f, "{}={} ", name.to_string_lossy(), word(value))?;
            }
        }
        write!(f, "{}", word(self.0.get_program()))?;
        self.0.get_args().try_for_each(|argument| write!(f, " {}", word(argument)))
    }
}

/// A word of a shell command, quoted where it has to be.
fn word(text: &OsStr) -> Cow<'_, str> {
    let text = text.to_string_lossy();
    let plain = |letter: char| letter.is_alphanumeric() || "-_./=:,+@%".contains(letter);
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")).into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_step_and_how_to_run_it_again() {
        let step = Step::new("nothing", "false", Path::new("/")).args(["a b", "it's", ""]).envs([("NAME", "x y")]);
        let message = step.hint("it always fails").run().unwrap_err().to_string();
        assert!(message.starts_with("nothing failed after 0."), "{message}");
        assert!(message.contains("it always fails"), "{message}");
        assert!(message.ends_with(r"again: cd / && NAME='x y' false 'a b' 'it'\''s' ''"), "{message}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let message = format!("{:#}", Step::new("ghost", "no-such-program", Path::new("/")).run().unwrap_err());
        assert!(message.starts_with("ghost could not start: cd / && no-such-program"), "{message}");
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(seconds(Duration::from_millis(1240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 5 s");
    }
}
