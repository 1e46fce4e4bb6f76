//! The bot against a Bot API that others wrote: a package of npm, which tests alone use.

use std::env;
use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::step::{Step, skip};
use crate::venv::Venv;
use crate::workspace::Workspace;

const MISSING: &str = "there is no npm; apt install npm makes them possible";

/// Tries the bot there. Without npm that is left out, but not where everything has to be tried.
pub(crate) fn test(workspace: &Workspace, environment: &Venv) -> Result<()> {
    let suite = workspace.root.join("tests/stand_in");
    if Step::new("npm", "npm", &suite).args(["--version"]).read().is_err() {
        if env::var_os("CI").is_some() {
            bail!("another Bot API: {MISSING}");
        }
        skip("another Bot API", MISSING);
        return Ok(());
    }
    let folder = workspace.scratch().join("stand_in");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(suite.join(file), folder.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--silent"];
    Step::new("another Bot API, installed", "npm", &folder).args(install).run()?;
    environment
        .step("another Bot API", "pytest", &workspace.root)
        .args(["tests/stand_in", "--quiet"])
        .envs(workspace.binaries())
        .envs([("VOBIZ_STAND_IN", folder)])
        .run()
}
