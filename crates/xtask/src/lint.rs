//! `cargo xtask lint`.

use anyhow::Result;

use crate::step::skip;
use crate::venv::Venv;
use crate::wheel;
use crate::workspace::Workspace;

/// What ruff reads, seen from the Python package, and by which rules.
const PYTHON: [&str; 6] = ["--config", "pyproject.toml", ".", "../tests/openapi", "../tests/browser", "../tests/stand_in"];

/// Everything that is checked without running it.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    workspace.cargo("rust format").args(["fmt", "--all", "--check"]).hint("cargo fmt --all puts it right").run()?;
    workspace
        .cargo("clippy")
        .args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
        .envs(wheel::extension_module(workspace)?)
        .run()?;

    let environment = Venv::ready(workspace)?;
    let folder = workspace.python();
    environment.step("ruff", "ruff", &folder).args(["check"]).args(PYTHON).run()?;
    environment
        .step("python format", "ruff", &folder)
        .args(["format", "--check"])
        .args(PYTHON)
        .hint("ruff format puts it right")
        .run()?;
    environment.step("mypy", "mypy", &folder).args(["--strict"]).run()?;
    environment.step("pyright", "pyright", &folder).args(["--pythonpath".into(), environment.program("python")]).run()?;
    environment.step("mypy, browser tests", "mypy", &folder).args(["--strict", "../tests/browser"]).run()?;
    environment.step("mypy, another Bot API", "mypy", &folder).args(["--strict", "../tests/stand_in"]).run()?;
    dependencies(workspace)
}

/// Whether each dependency is used, and all have a licence and a source that are allowed. The tools take minutes to build,
/// so they are used only where they are installed.
fn dependencies(workspace: &Workspace) -> Result<()> {
    let checks: [(&str, &str, &[&str]); 2] = [
        ("unused dependencies", "machete", &["--skip-target-dir"]),
        ("licences and sources", "deny", &["check", "bans", "licenses", "sources"]),
    ];
    for (name, tool, arguments) in checks {
        if workspace.cargo(name).args([tool, "--version"]).read().is_ok() {
            workspace.cargo(name).args([tool]).args(arguments).run()?;
        } else {
            skip(name, &format!("cargo install --locked cargo-{tool} makes it possible"));
        }
    }
    Ok(())
}
