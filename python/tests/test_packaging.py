"""What is installed, and what a source build gets."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tarfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

MANIFEST = Path(__file__).parents[1] / "Cargo.toml"


def test_nothing_is_required_and_every_extra_is_there() -> None:
    required = distribution("vobiz-partner").requires or []
    assert [line for line in required if "extra ==" not in line] == []
    extras = set(distribution("vobiz-partner").metadata.get_all("Provides-Extra") or [])
    assert {"pandas", "polars", "excel", "plot", "notebook"} <= extras


def test_the_licence_the_addresses_and_true_classifiers_are_installed() -> None:
    installed = distribution("vobiz-partner")
    about = installed.metadata
    assert about["License-File"] == "LICENSE"
    assert [file for file in installed.files or [] if file.match("licenses/LICENSE")]
    assert {line.split(",")[0] for line in about.get_all("Project-URL") or []} >= {"Homepage", "Changelog", "Issues"}
    classifiers = about.get_all("Classifier") or []
    assert "Operating System :: OS Independent" not in classifiers
    assert "Programming Language :: Rust" in classifiers
    assert about["Requires-Python"] == ">=3.10"


@pytest.mark.skipif(importlib.util.find_spec("maturin") is None, reason="maturin is not installed")
@pytest.mark.skipif(not MANIFEST.exists(), reason="the tests are here without the sources")
def test_a_source_distribution_has_all_that_a_build_needs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "maturin", "sdist", "--manifest-path", str(MANIFEST), "--out", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    needed = {"LICENSE", "PKG-INFO", "pyproject.toml", "Cargo.toml", "Cargo.lock", "vobiz_partner/py.typed", "README.md"}
    assert needed <= names
    assert {"crates/core/src/lib.rs", "crates/core/README.md", "crates/sandbox/src/lib.rs", "python/src/lib.rs"} <= names
    assert not {name for name in names if name.endswith((".so", ".pyd", ".db", ".token")) or "/target/" in name}
