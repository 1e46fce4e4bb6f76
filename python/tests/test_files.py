"""Tables as files: they read back exactly, and a file is whole or not there."""

from __future__ import annotations

import csv
import datetime as dt
import os
import tempfile
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

import vobiz_partner as vobiz


@pytest.fixture(scope="module")
def calls() -> Iterator[vobiz.CallRecords]:
    with vobiz.Sandbox(customers=5) as sandbox:
        yield sandbox.client().cdrs(from_date="2026-05-11", to_date="2026-05-11")


def test_parquet_keeps_every_decimal_and_instant(calls: vobiz.CallRecords, tmp_path: Path) -> None:
    calls.to_parquet(tmp_path / "calls.parquet")
    back = pq.read_table(tmp_path / "calls.parquet")
    assert vobiz.CallRecords.from_rows(back.to_pylist()) == calls
    assert pl.read_parquet(tmp_path / "calls.parquet")["total_cost"].sum() == calls.sum("total_cost")


def test_parquet_in_folders_by_column_is_the_same_table(calls: vobiz.CallRecords, tmp_path: Path) -> None:
    calls.to_parquet(tmp_path / "calls", partition_by=["auth_id", "direction"])
    back = pl.read_parquet(tmp_path / "calls" / "**" / "*.parquet", hive_partitioning=True)
    assert len(back) == len(calls)
    assert back["total_cost"].sum() == calls.sum("total_cost")
    assert set(back["auth_id"]) == {call.auth_id for call in calls}
    with pytest.raises(KeyError, match="there is no column 'day'"):
        calls.to_parquet(tmp_path / "calls", partition_by=["day"])
    with pytest.raises(TypeError, match=r'partition_by is a list of columns: \["auth_id"\]'):
        calls.to_parquet(tmp_path / "calls", partition_by="auth_id")


def test_a_value_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    accounts = vobiz.Accounts.from_rows([{"auth_id": "../../MA_1", "name": "a/b"}, {"auth_id": "MA_2"}])
    accounts.to_parquet(tmp_path / "in" / "accounts", partition_by=["auth_id", "name"])
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.parquet")]
    assert len(files) == 2
    assert all(path.parts[:2] == ("in", "accounts") and len(path.parts) == 5 for path in files)


def test_csv_has_digits_and_instants_that_read_back(calls: vobiz.CallRecords, tmp_path: Path) -> None:
    calls.to_csv(tmp_path / "calls.csv")
    with (tmp_path / "calls.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [Decimal(row["total_cost"]) for row in rows] == [call.total_cost for call in calls]
    assert dt.datetime.fromisoformat(rows[0]["start_time"]) == calls[0].start_time
    assert {row["answer_time"] for row, call in zip(rows, calls, strict=True) if call.answer_time is None} <= {""}


def test_excel_has_numbers_with_their_currency_and_local_times(tmp_path: Path) -> None:
    at = dt.datetime(2026, 4, 30, 18, 30, tzinfo=dt.timezone.utc)
    rows = [
        {"auth_id": "MA_1", "name": "=1+1", "balance": Decimal("1003058.82"), "currency": "INR", "created_at": at},
        {"auth_id": "MA_2", "balance": Decimal("123456789012345678.12"), "currency": "USD"},
    ]
    vobiz.Accounts.from_rows(rows).to_excel(tmp_path / "accounts.xlsx")
    with zipfile.ZipFile(tmp_path / "accounts.xlsx") as book:
        sheet, texts, styles = (book.read(f"xl/{part}.xml").decode() for part in ("worksheets/sheet1", "sharedStrings", "styles"))
    assert "<v>1003058.82</v>" in sheet
    assert "₹" in styles
    assert "<v>46143</v>" in sheet  # 1 May 2026 00:00 in India
    assert "created_at (Asia/Kolkata)" in texts
    assert "123456789012345678.12" in texts  # more digits than Excel keeps of a number
    assert "<f>" not in sheet
    assert 'state="frozen"' in sheet


@pytest.mark.parametrize("name", ["to_parquet", "to_csv", "to_excel"])
def test_a_disk_that_fills_leaves_what_was_there(
    calls: vobiz.CallRecords, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / "calls.file"
    path.write_text("before")

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        getattr(calls, name)(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize("name", ["to_parquet", "to_csv", "to_excel"])
def test_a_disk_that_is_full_while_rows_are_written_is_an_error_that_says_so(
    calls: vobiz.CallRecords, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / "calls.file"

    def on_a_full_disk(**_: object) -> tuple[int, str]:
        link = tmp_path / ".part"
        link.symlink_to("/dev/full")
        return os.open(link, os.O_WRONLY), str(link)

    monkeypatch.setattr(tempfile, "mkstemp", on_a_full_disk)
    with pytest.raises(OSError, match="No space left"):
        getattr(calls, name)(path)
    assert list(tmp_path.iterdir()) == []


def test_more_rows_than_a_sheet_has_are_refused(
    calls: vobiz.CallRecords, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vobiz_partner._files._EXCEL_ROWS", len(calls) - 1)
    with pytest.raises(ValueError, match=r"CallRecords has \d+ rows, a sheet \d+; write to_csv or to_parquet"):
        calls.to_excel(tmp_path / "calls.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(calls: vobiz.CallRecords, tmp_path: Path) -> None:
    for method in (calls.to_parquet, calls.to_csv, calls.to_excel):
        with pytest.raises(FileNotFoundError):
            method(tmp_path / "nowhere" / "calls")
