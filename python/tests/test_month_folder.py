"""A month that was written to a folder is closed again from there, without the service, to the same figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from worlds import START

import vobiz_partner as vobiz

NOW = dt.datetime(2026, 5, 2, 4, tzinfo=dt.timezone.utc)


@pytest.fixture(scope="module")
def month() -> Iterator[vobiz.Month]:
    """A month with every difficulty."""
    with vobiz.Sandbox(customers=2, start=START, books="late-rows,late-prices,refunds,fee-change,turnover") as sandbox:
        yield sandbox.client().close_month("2026-04", now=NOW)


def plain(table: Any) -> list[dict[str, Any]]:
    """The rows; CSV does not tell a text that is empty from one that is absent."""
    return [
        {column: value or None if isinstance(value, str) else value for column, value in row.items()} for row in table.to_dicts()
    ]


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_month_from_a_folder_is_the_month_from_the_client(month: vobiz.Month, tmp_path: Path, ending: str) -> None:
    getattr(month, f"to_{ending}")(tmp_path)
    again = vobiz.close_month(tmp_path, "2026-04")
    assert again._closed == month._closed
    for table in ("statements", "lines", "differences", "coverage"):
        assert getattr(again, table) == getattr(month, table), table
    for table in ("accounts", "numbers", "calls", "ledger"):
        assert plain(getattr(again, table)) == plain(getattr(month, table)), table
    assert again.report == month.report
    assert ending == "csv" or again == month
    assert len(month.differences) > 0
    assert again.spenders() == month.spenders()
    assert again.invoices(tax="18%") == month.invoices(tax="18%")
    assert again.quality() == month.quality()


def test_a_month_takes_the_place_of_what_an_earlier_one_left_in_its_folder(month: vobiz.Month, tmp_path: Path) -> None:
    month.to_parquet(tmp_path)
    month.to_csv(tmp_path)
    assert not list(tmp_path.glob("*.parquet")), "rows of two closings must not be mixed"
    month.to_parquet(tmp_path)
    assert not list(tmp_path.glob("*.csv"))
    assert vobiz.close_month(tmp_path, "2026-04")._closed == month._closed


def test_tables_of_ones_own_are_closed_and_what_is_missing_is_stated(month: vobiz.Month, tmp_path: Path) -> None:
    month.accounts.to_csv(tmp_path / "accounts.csv")
    month.ledger.to_parquet(tmp_path / "ledger.parquet")
    closed = vobiz.close_month(tmp_path, "2026-04", now=NOW)
    parts = {part.source: (part.extent, part.detail) for part in closed.coverage}
    assert parts["ledger"] == ("whole", "from a file")
    assert parts["call records"] == ("not asked for", "there is no file of it")
    assert {row.closing for row in closed.statements} == {None}, "nothing says that the ledger reaches to the reading"
    assert [row.usage for row in closed.statements] == [row.usage for row in month.statements]
    assert len(closed.ledger) == len(month.ledger)
    assert closed.report is None
    assert closed.lines.filter(item="rental").sum("amount") == month.lines.filter(item="rental").sum("amount")


def test_a_folder_without_files_of_another_month_or_with_broken_ones_is_refused(month: vobiz.Month, tmp_path: Path) -> None:
    with pytest.raises(vobiz.InvalidArgumentError, match=r"has none of accounts\.parquet"):
        vobiz.close_month(tmp_path, "2026-04")
    month.to_csv(tmp_path)
    with pytest.raises(vobiz.InvalidArgumentError, match="the folder has 2026-04 of Asia/Kolkata, not 2026-03"):
        vobiz.close_month(tmp_path, "2026-03")
    with pytest.raises(vobiz.InvalidArgumentError, match="time zone"):
        vobiz.close_month(tmp_path, "2026-04", zone="Asia/Nowhere")
    ledger = tmp_path / "ledger.csv"
    lines = ledger.read_text(encoding="utf-8").splitlines()
    place = lines[0].split(",").index("amount")
    cells = lines[1].split(",")
    cells[place] = "much"
    ledger.write_text("\n".join([lines[0], ",".join(cells)]), encoding="utf-8")
    with pytest.raises(vobiz.InvalidArgumentError, match=r"ledger\.csv:2: "):
        vobiz.close_month(tmp_path, "2026-04")
    (tmp_path / "month.json").write_text("{}", encoding="utf-8")
    (tmp_path / "ledger.csv").unlink()
    with pytest.raises(vobiz.InvalidArgumentError, match=r"month\.json was not written by this package"):
        vobiz.close_month(tmp_path, "2026-04")


def test_a_recorded_history_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with vobiz.Sandbox(customers=2, start=START) as sandbox:
        vobiz.record(sandbox.client(), tmp_path, every="1h", polls=2, now=lambda: sandbox.now, wait=sandbox.advance)
    with pytest.raises(vobiz.InvalidArgumentError, match="is a recorded history: it has balances over time, and no calls"):
        vobiz.close_month(tmp_path, "2026-04")


def test_a_folder_holds_no_token(month: vobiz.Month, tmp_path: Path) -> None:
    month.to_csv(tmp_path)
    assert all("auth_token" not in path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
