"""The examples in docstrings run as they stand."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest
from worlds import START

import vobiz_partner as vobiz

MODULES = sorted(module.name for module in pkgutil.iter_modules(vobiz.__path__) if module.name != "_core")


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(f"vobiz_partner.{name}")
    with vobiz.Sandbox(customers=40, seed=7) as sandbox:
        client = sandbox.client()
        known: dict[str, object] = {"vobiz": vobiz, "sandbox": sandbox, "client": client, "accounts": client.accounts()}
        if name in ("_month", "_month_calls", "_month_folder"):
            small = vobiz.Sandbox(customers=2, start=START)
            known["month"] = small.client().close_month("2026-04", calls=False)
        found = doctest.DocTestFinder().find(module, f"vobiz_partner.{name}", module, extraglobs=known)
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        printed: list[str] = []
        for example in found:
            runner.run(example, out=printed.append)
    assert not runner.failures, "".join(printed)
