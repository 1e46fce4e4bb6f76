//! The page of the chat in a browser: its tests, and its pictures in the documentation.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::step::skip;
use crate::venv::Venv;
use crate::workspace::Workspace;

/// Where distributions put it; another place can be named.
const CHROMIUM: &str = "/usr/bin/chromium";
const NAMED: &str = "VOBIZ_CHROMIUM";
const MISSING: &str = "there is no Chromium; apt install chromium, or name one in VOBIZ_CHROMIUM";

/// Tries the page. Without a browser that is left out, but not where everything has to be tried.
pub(crate) fn test(workspace: &Workspace, environment: &Venv) -> Result<()> {
    let Some(chromium) = chromium() else {
        if env::var_os("CI").is_some() {
            bail!("browser tests: {MISSING}");
        }
        skip("browser tests", MISSING);
        return Ok(());
    };
    environment
        .step("browser tests", "pytest", &workspace.root)
        .args(["tests/browser", "--quiet"])
        .envs(variables(workspace, chromium))
        .run()
}

/// Makes the pictures of the page, and in `target/screenshots` one of each view, to be looked at.
pub(crate) fn screenshots(workspace: &Workspace) -> Result<()> {
    let Some(chromium) = chromium() else { bail!("{MISSING}") };
    workspace.build_binaries()?;
    Venv::ready(workspace)?
        .step("screenshots", "python", &workspace.root)
        .args(["tests/browser/screenshots.py", "docs", "target/screenshots"])
        .envs(variables(workspace, chromium))
        .run()
}

fn chromium() -> Option<PathBuf> {
    let path = env::var_os(NAMED).map_or_else(|| Path::new(CHROMIUM).to_owned(), PathBuf::from);
    path.is_file().then_some(path)
}

fn variables(workspace: &Workspace, chromium: PathBuf) -> impl Iterator<Item = (&'static str, OsString)> {
    workspace.binaries().into_iter().chain([(NAMED, chromium.into())])
}
