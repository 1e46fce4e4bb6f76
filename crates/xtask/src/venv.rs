//! A virtual environment under the target directory, with the tools of `requirements-dev.txt`.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::step::{Step, skip};
use crate::workspace::Workspace;

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };
const OLDEST: (u32, u32) = (3, 10);

/// The environment, complete.
pub(crate) struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// The environment of tests and checks.
    pub(crate) fn ready(workspace: &Workspace) -> Result<Self> {
        Self::of(workspace, "venv", &workspace.python().join("requirements-dev.txt"))
    }

    /// Makes an environment, or takes the one that is there where it was made from the same Python and requirements.
    pub(crate) fn of(workspace: &Workspace, name: &str, requirements: &Path) -> Result<Self> {
        let venv = Self { folder: workspace.scratch().join(name) };
        let listed = fs::read_to_string(requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
        let made_from = format!("{}\n{listed}", version()?);
        let stamp = venv.stamp("requirements");
        if fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == made_from) && venv.program("python").exists() {
            skip("python tools", "requirements are unchanged");
            return Ok(venv);
        }
        Step::new("python environment", PYTHON, &workspace.root)
            .args(["-m".as_ref(), "venv".as_ref(), "--clear".as_ref(), venv.folder.as_os_str()])
            .hint("Debian and Ubuntu have venv in a package of its own: apt install python3-venv")
            .run()?;
        venv.step("python tools", "python", &workspace.root)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .args([requirements])
            .run()?;
        write(&stamp, &made_from)?;
        Ok(venv)
    }

    /// A step that runs a program of the environment.
    pub(crate) fn step(&self, name: &'static str, program: &str, directory: &Path) -> Step {
        Step::new(name, self.program(program), directory)
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let folder = if cfg!(windows) { "Scripts" } else { "bin" };
        self.folder.join(folder).join(format!("{name}{EXE_SUFFIX}"))
    }

    /// A note inside the environment, which goes where it goes.
    pub(crate) fn stamp(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.stamp"))
    }
}

/// Writes a stamp or another small file.
pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// The version of the Python that is installed, which has to be new enough.
fn version() -> Result<String> {
    let run = Command::new(PYTHON).arg("--version").output().with_context(|| format!("{PYTHON} is needed and cannot be run"))?;
    let printed = String::from_utf8_lossy(&run.stdout).trim().to_owned();
    if parse(&printed).is_none_or(|version| version < OLDEST) {
        bail!("{PYTHON} {}.{} or newer is needed; `{PYTHON} --version` says {printed:?}", OLDEST.0, OLDEST.1);
    }
    Ok(printed)
}

/// The version in `Python 3.11.7`.
fn parse(printed: &str) -> Option<(u32, u32)> {
    let mut parts = printed.strip_prefix("Python ")?.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(parse("Python 3.11.7"), Some((3, 11)));
        assert_eq!(parse("Python 3.14.0rc1"), Some((3, 14)));
        assert!(parse("Python 3.9.2").is_some_and(|version| version < OLDEST));
        assert_eq!(parse("3.11"), None);
        assert_eq!(parse(""), None);
    }
}
