"""The README's example runs as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_the_example_runs() -> None:
    examples = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 1
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-W", "error", "-c", examples[0]], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("₹")
    assert "MA_" in run.stdout
    assert run.stdout.endswith(" 2026-05-12\n")
