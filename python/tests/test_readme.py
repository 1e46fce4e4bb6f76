"""The examples of the READMEs run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import vobiz_partner as vobiz

PACKAGE = Path(__file__).parents[1] / "README.md"
PROJECT = PACKAGE.parents[1] / "README.md"


def output_of(readme: Path, directory: Path) -> str:
    """Run the Python blocks of a README one after the other, with a sandbox for what reads the environment."""
    examples = re.findall(r"^```python\n(.*?)^```", readme.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert examples, f"{readme} has no Python"
    command = [sys.executable, "-X", "utf8", "-W", "error", "-c", "\n".join(examples)]
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


@pytest.mark.skipif(not PROJECT.exists(), reason="the package stands alone, without its project")
def test_the_example_of_the_project_runs(tmp_path: Path) -> None:
    assert output_of(PROJECT, tmp_path)
