//! The Python package, built as its users get it and installed into the environment of the tests.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::fingerprint;
use crate::step::skip;
use crate::venv::{self, Venv};
use crate::workspace::Workspace;

/// Everything that ends up in the wheel.
const INPUTS: [&str; 11] = [
    "Cargo.toml",
    "Cargo.lock",
    "crates/core/Cargo.toml",
    "crates/core/README.md",
    "crates/core/src",
    "crates/sandbox",
    "python/Cargo.toml",
    "python/README.md",
    "python/pyproject.toml",
    "python/src",
    "python/vobiz_partner",
];

/// What maturin finds out for an abi3 wheel. Clippy is given the same, so that neither undoes the other's builds of pyo3.
const INTERPRETER: &str = "implementation=CPython\nversion=3.10\ntarget_abi=CPython-abi3-3.10\nshared=true\n";

/// How the extension is built.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Profile {
    /// Cargo's development profile and target directory, as for everything that is tested.
    Dev,
    /// As users get it.
    Wheel,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Wheel => "wheel",
        }
    }
}

/// Builds and installs the wheel, unless the one installed is of the same sources.
pub(crate) fn install(workspace: &Workspace, environment: &Venv, profile: Profile) -> Result<()> {
    let made_from = format!("{}, {}", fingerprint::of(&workspace.root, &INPUTS)?, profile.name());
    let stamp = environment.stamp("wheel");
    if fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == made_from) {
        skip("python package", "its sources are unchanged");
        return Ok(());
    }
    let folder = workspace.scratch().join(format!("wheels-{}", profile.name()));
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    environment
        .step("python package", "maturin", &workspace.root)
        .args(["build", "--profile", profile.name(), "--auditwheel", "skip", "--compression-level", "1", "--manifest-path"])
        .args([workspace.python().join("Cargo.toml")])
        .args(["--interpreter".into(), environment.program("python"), "--out".into(), folder.clone()])
        .envs(extension_module(workspace)?)
        .run()?;
    environment
        .step("python package, installed", "python", &workspace.root)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(["--no-index", "--no-deps", "--force-reinstall", "--find-links"])
        .args([folder.as_os_str(), "vobiz-partner".as_ref()])
        .run()?;
    venv::write(&stamp, &made_from)
}

/// Variables under which pyo3 is built.
pub(crate) fn extension_module(workspace: &Workspace) -> Result<Vec<(&'static str, OsString)>> {
    if cfg!(windows) {
        return Ok(Vec::new()); // the interpreter's import library has to be found there
    }
    let described: PathBuf = workspace.scratch().join("pyo3-config.txt");
    if fs::read_to_string(&described).ok().as_deref() != Some(INTERPRETER) {
        fs::create_dir_all(workspace.scratch()).context("cannot make a folder under the target directory")?;
        venv::write(&described, INTERPRETER)?;
    }
    Ok(vec![("PYO3_CONFIG_FILE", described.into()), ("PYO3_BUILD_EXTENSION_MODULE", "1".into())])
}
