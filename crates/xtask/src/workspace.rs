//! Where things are.

use std::env::{self, consts::EXE_SUFFIX};
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::step::Step;

/// The workspace and the target directory that everything shares.
pub(crate) struct Workspace {
    /// The folder of the workspace.
    pub(crate) root: PathBuf,
    /// Where cargo puts binaries: xtask's own folder, so that `CARGO_TARGET_DIR` and configuration hold here too.
    binaries: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.ancestors().nth(2).context("xtask is not in the workspace")?.to_owned();
        let itself = env::current_exe().context("where xtask runs from is not known")?;
        let binaries = itself.parent().context("xtask runs from nowhere")?.to_owned();
        Ok(Self { root, binaries })
    }

    /// The folder of the Python package.
    pub(crate) fn python(&self) -> PathBuf {
        self.root.join("python")
    }

    /// A folder of xtask's own under the target directory.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.binaries.parent().unwrap_or(&self.binaries).join("xtask")
    }

    /// A program built with `--release`.
    pub(crate) fn release(&self, name: &str) -> PathBuf {
        self.binaries.parent().unwrap_or(&self.binaries).join("release").join(format!("{name}{EXE_SUFFIX}"))
    }

    /// A step that runs cargo in the root.
    pub(crate) fn cargo(&self, name: &'static str) -> Step {
        Step::new(name, "cargo", &self.root)
    }

    /// Builds the binaries that suites start.
    pub(crate) fn build_binaries(&self) -> Result<()> {
        self.cargo("binaries").args(["build", "--bins", "--package", "vobiz-bot", "--package", "vobiz-sandbox"]).run()
    }

    /// Variables by which suites find the binaries that they start.
    pub(crate) fn binaries(&self) -> [(&'static str, OsString); 2] {
        [("VOBIZ_BOT_BIN", "vobiz-bot"), ("VOBIZ_SANDBOX_BIN", "vobiz-sandbox")]
            .map(|(variable, name)| (variable, self.binaries.join(format!("{name}{EXE_SUFFIX}")).into()))
    }
}
