"""The four uses, in the cells of notebooks, against the sandbox's own bodies, added up here without the package."""

from __future__ import annotations

import collections
import datetime as dt
import json
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from worlds import START

import vobiz_partner as vobiz

nbformat = pytest.importorskip("nbformat")
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
APRIL = (dt.date(2026, 4, 1), dt.date(2026, 4, 30))


def ran(name: str, figures: str, tmp_path: Path) -> Any:
    """Run a notebook, then look at what its variables hold; amounts come as text."""
    client = pytest.importorskip("nbclient")
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    cell = nbformat.v4.new_code_cell(f"import json\nprint(json.dumps({figures}, default=str))")
    notebook.cells.append(cell)
    client.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    return json.loads("".join(output.text for output in cell.outputs if output.output_type == "stream"))


def bodies(sandbox: vobiz.Sandbox, path: str) -> Iterator[dict[str, Any]]:
    """The rows of a list as the service sends them; numbers are read exactly."""
    page = 1
    while True:
        address = f"{sandbox.base_url}/{path}{'&' if '?' in path else '?'}page={page}&per_page=100"
        headers = {"X-Auth-ID": sandbox.auth_id, "X-Auth-Token": sandbox.auth_token}
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            body = json.loads(answer.read(), parse_float=Decimal)
        rows = next(value for value in body.values() if isinstance(value, list))
        yield from rows
        if len(rows) < 100:
            return
        page += 1


def day_of(instant: str) -> dt.date:
    return dt.datetime.fromisoformat(instant.replace("Z", "+00:00")).astimezone(ZoneInfo("Asia/Kolkata")).date()


def in_april(instant: str) -> bool:
    return APRIL[0] <= day_of(instant) <= APRIL[1]


def world(customers: int) -> vobiz.Sandbox:
    """The same world as in the notebook: a seed makes it."""
    return vobiz.Sandbox(customers=customers, start=START)


def test_the_monthly_close_and_its_top_spenders_are_those_of_the_ledger(tmp_path: Path) -> None:
    closed = (
        "{'spent': {row.auth_id: row.amount for row in month.spenders()}, 'order': [row.auth_id for row in month.spenders()],"
    )
    closed += " 'closing': {row.auth_id: row.closing for row in month.statements}, 'invoiced': invoices.sum('net'),"
    closed += " 'traffic': {row.auth_id: [row.inbound, row.outbound] for row in month.traffic()}}"
    found = ran("month-close", closed, tmp_path)
    spent: dict[str, Decimal] = collections.defaultdict(Decimal)
    later: dict[str, Decimal] = collections.defaultdict(Decimal)
    ways: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0])
    with world(3) as sandbox:
        wallets = {row["auth_id"]: Decimal(row["cash_credits"]) for row in bodies(sandbox, "accounts")}
        for row in bodies(sandbox, "transactions?from_date=2026-03-30"):
            amount, at = Decimal(str(row["amount"])), row["processed_at"]
            signed = -amount if row["type"] == "debit" else amount
            if day_of(at) > APRIL[1]:
                later[row["account_id"]] += signed
            paid = (row["reference"] or "").startswith(("ptc:", "pay_"))
            if in_april(at) and not paid:
                spent[row["account_id"]] -= signed
        for row in bodies(sandbox, "cdrs?from_date=2026-03-30&to_date=2026-05-02"):
            if in_april(row["end_time"]):
                ways[row["account_id"]][row["call_direction"] == "outbound"] += 1
    assert {key: Decimal(amount) for key, amount in found["spent"].items()} == {
        key: value for key, value in spent.items() if value
    }
    assert found["order"] == sorted(found["spent"], key=lambda key: -spent[key])
    assert {key: Decimal(amount) for key, amount in found["closing"].items()} == {
        key: balance - later[key] for key, balance in wallets.items() if key in found["closing"]
    }
    assert sum(Decimal(amount) for amount in found["spent"].values()) == pytest.approx(
        Decimal(found["invoiced"]), abs=Decimal("0.5")
    )
    assert found["traffic"] == dict(ways)


def test_failed_calls_and_the_answer_rate_are_those_of_the_call_records(tmp_path: Path) -> None:
    figures = "{'total': month.report.calls.total_calls, 'answered': month.report.calls.answered_calls, 'failed': len(failed),"
    figures += " 'usual': len(month.quality()), 'outage': [(row.group, row.key, row.day) for row in outage.quality()]}"
    found = ran("call-quality", figures, tmp_path)
    assert found.pop("usual") == 0
    outage = [["hangup_cause", "NETWORK_OUT_OF_ORDER", "2026-04-14"], ["direction", "outbound", "2026-04-14"]]
    assert found.pop("outage") == outage
    with world(4) as sandbox:
        calls = [row for row in bodies(sandbox, "cdrs?from_date=2026-03-30&to_date=2026-05-02") if in_april(row["end_time"])]
    answered = sum(bool(row["answer_time"]) and Decimal(str(row["billsec"])) > 0 for row in calls)
    assert found == {"total": len(calls), "answered": answered, "failed": len(calls) - answered}


def test_the_quickstart_reads_what_the_sandbox_has(tmp_path: Path) -> None:
    figures = "{'calls': report.calls.total_calls, 'cost': report.calls.total_cost, 'balance': accounts.sum('balance'),"
    figures += " 'low': sorted(row.auth_id for row in accounts.below('2500'))}"
    found = ran("quickstart", figures, tmp_path)
    with world(6) as sandbox:
        calls = [row for row in bodies(sandbox, "cdrs?from_date=2026-03-30&to_date=2026-05-02") if in_april(row["end_time"])]
        wallets = {row["auth_id"]: Decimal(row["cash_credits"]) for row in bodies(sandbox, "accounts")}
    assert found["calls"] == len(calls)
    assert Decimal(found["cost"]) == sum(Decimal(str(row["total_cost"])) for row in calls)
    assert Decimal(found["balance"]) == sum(wallets.values())
    assert found["low"] == sorted(key for key, balance in wallets.items() if balance < 2500)


def test_the_thresholds_are_held_against_what_the_wallets_were(tmp_path: Path) -> None:
    figures = "{'last': {row.auth_id: row.balance for row in history.samples},"
    figures += " 'scores': [row.auth_id for row in alerts.score(history)], 'fires': len(alerts.filter(kind='fire'))}"
    found = ran("choose-your-thresholds", figures, tmp_path)
    with vobiz.Sandbox(customers=20) as sandbox:
        # The recording waits after each poll but the last.
        sandbox.advance("166h")
        wallets = {row["auth_id"]: Decimal(row["cash_credits"]) for row in bodies(sandbox, "accounts")}
    # Customers who left the list meanwhile stay in the history.
    assert {key: Decimal(found["last"][key]) for key in wallets} == wallets
    assert set(found["scores"]) == set(found["last"])
    assert found["fires"] > 0
