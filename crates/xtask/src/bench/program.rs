//! Measurements that a program makes by itself and prints as a table.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::workspace::Workspace;

/// Who is warned in time, by our policy and the usual ways.
pub(crate) fn alerts(workspace: &Workspace) -> Result<String> {
    let scratch = workspace.scratch().join("alerts");
    run(workspace, [OsStr::new("alerts"), scratch.as_os_str()])
}

/// How fast wallets are judged and learned.
pub(crate) fn engine(workspace: &Workspace) -> Result<String> {
    run(workspace, [OsStr::new("engine")])
}

/// How fast a month is closed.
pub(crate) fn billing(workspace: &Workspace) -> Result<String> {
    run(workspace, [OsStr::new("billing")])
}

/// The messages of a month of the demo.
pub(crate) fn month(workspace: &Workspace) -> Result<String> {
    workspace.cargo("bot").args(["build", "--release", "--package", "vobiz-bot"]).run()?;
    run(workspace, [OsStr::new("month"), workspace.release("vobiz-bot").as_os_str()])
}

/// Answers from stored data.
pub(crate) fn answers(workspace: &Workspace) -> Result<String> {
    workspace.cargo("bot").args(["build", "--release", "--package", "vobiz-bot"]).run()?;
    run(workspace, [OsStr::new("answers"), workspace.release("vobiz-bot").as_os_str()])
}

/// The sandbox with as many customers as it can have.
pub(crate) fn sandbox(workspace: &Workspace) -> Result<String> {
    workspace.cargo("sandbox").args(["build", "--release", "--package", "vobiz-sandbox"]).run()?;
    run(workspace, [OsStr::new("sandbox"), workspace.release("vobiz-sandbox").as_os_str()])
}

/// The bot beside the sandbox, by one of the programs that measure the two.
pub(crate) fn bot(workspace: &Workspace, what: &str) -> Result<String> {
    workspace.cargo("bot").args(["build", "--release", "--package", "vobiz-bot", "--package", "vobiz-sandbox"]).run()?;
    let programs = ["vobiz-bot", "vobiz-sandbox"].map(|name| workspace.release(name));
    run(workspace, [OsStr::new(what), programs[0].as_os_str(), programs[1].as_os_str()])
}

fn run<'a>(workspace: &Workspace, arguments: impl IntoIterator<Item = &'a OsStr>) -> Result<String> {
    workspace.cargo("bench programs").args(["build", "--release", "--package", "vobiz-bench"]).run()?;
    let mut command = Command::new(workspace.release("vobiz-bench"));
    let output = command.args(arguments).stderr(Stdio::inherit()).output().context("the bench program did not start")?;
    ensure!(output.status.success(), "the bench program failed: {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}
