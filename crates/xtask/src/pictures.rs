//! The pictures of `docs/forecast.md`, drawn from a made-up world.

use std::fs::{self, File};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::venv::Venv;
use crate::workspace::Workspace;

/// Draws them.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    workspace.cargo("bench programs").args(["build", "--release", "--package", "vobiz-bench"]).run()?;
    let folder = workspace.scratch().join("pictures");
    fs::create_dir_all(&folder)?;
    let (world, rings) = (folder.join("world"), folder.join("rings.csv"));
    let printed = File::create(&rings).context("the rings cannot be written")?;
    let status = Command::new(workspace.release("vobiz-bench")).arg("fans").arg(&world).stdout(printed).status()?;
    ensure!(status.success(), "the bench program failed: {status}");
    let python = workspace.root.join("crates/bench/python");
    Venv::of(workspace, "pictures-venv", &python.join("requirements-pictures.txt"))?
        .step("pictures", "python", &workspace.root)
        .args([&python.join("pictures.py"), &world, &rings, &workspace.root.join("docs")])
        .run()
}
