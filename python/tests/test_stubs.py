"""The stub says what the built module has, and every public name says what it is."""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import vobiz_partner as vobiz

CONFIGURATION = Path(__file__).parents[1] / "pyproject.toml"


@pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed")
def test_the_stub_is_the_module(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy.stubtest", "--mypy-config-file", str(CONFIGURATION), "vobiz_partner._core"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.skipif(importlib.util.find_spec("pyright") is None, reason="pyright is not installed")
def test_the_type_of_everything_public_is_known(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--ignoreexternal", "--outputjson"]
    command += ["--verifytypes", "vobiz_partner"]
    # Without the path it looks for sources beside the working directory alone.
    installed = os.environ | {"PYTHONPATH": str(Path(vobiz.__file__).parents[1])}
    run = subprocess.run(command, cwd=tmp_path, env=installed, capture_output=True, text=True, check=False)
    found = json.loads(run.stdout)["typeCompleteness"]
    unclear = [symbol["name"] for symbol in found["symbols"] if symbol["isExported"] and not symbol["isTypeKnown"]]
    assert unclear == []
    assert found["exportedSymbolCounts"]["withKnownType"] > 100


def test_everything_public_has_a_docstring() -> None:
    missing = []
    for name in vobiz.__all__:
        thing = getattr(vobiz, name)
        if name == "__version__":
            continue
        missing += [] if inspect.getdoc(thing) else [name]
        if inspect.isclass(thing) and not issubclass(thing, Exception):
            for member, value in vars(thing).items():
                if not member.startswith("_") and not inspect.getdoc(value):
                    missing.append(f"{name}.{member}")
    assert missing == []
