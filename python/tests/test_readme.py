"""The examples of the READMEs run as they stand."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import vobiz_partner as vobiz

PACKAGE = Path(__file__).parents[1] / "README.md"
PROJECT = PACKAGE.parents[1] / "README.md"


def example_of(readme: Path) -> str:
    """Return the Python blocks of a README, one after the other."""
    examples = re.findall(r"^```python\n(.*?)^```", readme.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert examples, f"{readme} has no Python"
    return "\n".join(examples)


def output_of(readme: Path, directory: Path) -> str:
    """Run the Python blocks of a README, with a sandbox for what reads the environment."""
    command = [sys.executable, "-X", "utf8", "-W", "error", "-c", example_of(readme)]
    with vobiz.Sandbox(customers=40, seed=7) as sandbox:
        own = {"AUTH_ID": sandbox.auth_id, "AUTH_TOKEN": sandbox.auth_token, "BASE_URL": sandbox.base_url}
        environment = os.environ | {f"VOBIZ_{name}": value for name, value in own.items()}
        environment.pop("VOBIZ_AUTH_TOKEN_FILE", None)
        run = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
        )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_example_of_the_package_runs(tmp_path: Path) -> None:
    shown = output_of(PACKAGE, tmp_path)
    assert shown.startswith("₹")
    assert "MA_" in shown
    assert shown.endswith(" 2026-05-12\n")


# With the interpreter named, pyright needs no activated environment.
@pytest.mark.parametrize("checker", [["mypy", "--strict"], ["pyright", "--pythonpath", sys.executable]], ids=["mypy", "pyright"])
def test_the_example_passes_type_checkers(tmp_path: Path, checker: list[str]) -> None:
    if importlib.util.find_spec(checker[0]) is None:
        pytest.skip(f"{checker[0]} is not installed")
    (tmp_path / "example.py").write_text(example_of(PACKAGE), encoding="utf-8")
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.10"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", *checker, "example.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.skipif(not PROJECT.exists(), reason="the package is here without its project")
def test_the_example_of_the_project_runs(tmp_path: Path) -> None:
    assert output_of(PROJECT, tmp_path)
