//! `cargo xtask test`.

use anyhow::Result;

use crate::browser;
use crate::stand_in;
use crate::venv::Venv;
use crate::wheel::{self, Profile};
use crate::workspace::Workspace;

/// Every test of every part.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let binaries = workspace.binaries();
    workspace.build_binaries()?;
    // The default members: all but the extension module, whose tests are in Python.
    workspace.cargo("rust tests").args(["test"]).envs(binaries.clone()).run()?;

    let environment = Venv::ready(workspace)?;
    wheel::install(workspace, &environment, Profile::Dev)?;
    environment.step("python tests", "pytest", &workspace.root).args(["python/tests", "--quiet"]).envs(binaries.clone()).run()?;
    environment
        .step("published description", "pytest", &workspace.root)
        .args(["tests/openapi", "--quiet"])
        .envs(binaries)
        .run()?;
    stand_in::test(workspace, &environment)?;
    browser::test(workspace, &environment)
}
