"""Tables: what polars, pyarrow, pandas and DuckDB read of them is exact, and none of them is needed."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from service import Reply, Service
from worlds import accounts_of

import vobiz_partner as vobiz

DAYS = [
    "date",
    "total_calls",
    "answered_calls",
    "failed_calls",
    "answer_rate",
    "total_minutes",
    "total_cost",
    "inbound_total_calls",
    "inbound_answered_calls",
    "inbound_total_minutes",
    "outbound_total_calls",
    "outbound_answered_calls",
    "outbound_total_minutes",
]
RATE = Decimal("60.5263157895")
FIRST = (dt.date(2026, 4, 15), 38, 23, 15, RATE, Decimal("5.8"), Decimal("7.21"), 2, 0, Decimal(0), 36, 23, Decimal("5.8"))


@pytest.fixture
def days(recorded: Service) -> vobiz.TimeSeries:
    return recorded.client().dashboard().time_series


def test_days_are_rows_with_attributes(days: vobiz.TimeSeries) -> None:
    assert (len(days), days.columns, days.currency) == (2, tuple(DAYS), "INR")
    first = days[0]
    assert (first.date, first.total_calls, str(first.total_cost)) == (dt.date(2026, 4, 15), 38, "7.21")
    assert first.inbound is not None
    assert (first.inbound.total_calls, first.inbound.total_cost) == (2, None)
    assert days["2026-04-16"] == days[dt.date(2026, 4, 16)] == days[1]
    assert days.period is not None
    assert days.period.from_date == dt.date(2026, 4, 12)


def test_days_are_dictionaries(days: vobiz.TimeSeries) -> None:
    assert days.to_dicts()[0] == dict(zip(DAYS, FIRST, strict=True))


def test_pandas_keeps_decimals_and_days(days: vobiz.TimeSeries) -> None:
    frame = days.to_pandas()
    assert list(frame.columns) == DAYS
    assert [str(cost) for cost in frame["total_cost"]] == ["7.21", "26.48"]
    assert frame["total_cost"].sum() == Decimal("33.69")
    assert str(frame["date"].dtype) == "datetime64[s]"
    assert str(frame["total_calls"].dtype) == "Int64"


def test_polars_keeps_decimals(days: vobiz.TimeSeries) -> None:
    for frame in (pl.DataFrame(days), days.to_polars()):
        assert frame.schema["total_cost"] == pl.Decimal(28, 10)
        assert frame.schema["date"] == pl.Date
        assert frame.row(0) == FIRST
        assert frame["total_cost"].sum() == Decimal("33.69")


def test_pyarrow_keeps_decimals(days: vobiz.TimeSeries) -> None:
    table = pa.table(days)
    assert table.schema.field("total_cost").type == pa.decimal128(28, 10)
    assert table.schema.field("total_minutes").type == pa.decimal128(28, 10)
    assert table.schema.field("date").type == pa.date32()
    assert table.schema.field("total_calls").type == pa.int64()
    assert tuple(table.to_pylist()[0].values()) == FIRST
    assert pa.schema(days) == table.schema


def test_a_reader_may_ask_for_other_types(days: vobiz.TimeSeries) -> None:
    wanted = pa.schema(
        [(name, pa.string() if name == "total_cost" else kind.type) for name, kind in zip(DAYS, pa.schema(days), strict=True)]
    )
    capsule = days.__arrow_c_stream__(wanted.__arrow_c_schema__())
    assert pa.RecordBatchReader._import_from_c_capsule(capsule).read_all()["total_cost"].to_pylist()[0].startswith("7.21")


def test_types_that_are_asked_for_are_given_where_they_hold_the_same() -> None:
    at = dt.datetime(2026, 5, 6, 7, 12, 40, 437143, tzinfo=dt.timezone.utc)
    rows: list[dict[str, Any]] = [
        {"auth_id": "MA_1", "balance": Decimal("7.21"), "currency": "INR", "cps_limit": 5, "created_at": at},
        {"auth_id": "MA_2"},
    ]
    accounts = vobiz.Accounts.from_rows(rows)[:]
    wanted = {
        "auth_id": pa.large_string(),
        "currency": pa.string(),
        "balance": pa.decimal128(12, 2),
        "cps_limit": pa.int32(),
        "created_at": pa.timestamp("ns", "Asia/Kolkata"),
    }

    def asked(**kinds: pa.DataType) -> pa.Table:
        fields = [(name, kinds.get(name, kind.type)) for name, kind in zip(accounts.columns, pa.schema(accounts), strict=True)]
        capsule = accounts.__arrow_c_stream__(pa.schema(fields).__arrow_c_schema__())
        return pa.RecordBatchReader._import_from_c_capsule(capsule).read_all()

    found = asked(**wanted)
    assert {name: found.schema.field(name).type for name in wanted} == wanted
    assert [found[name].to_pylist() for name in wanted] == [[row.get(name) for row in rows] for name in wanted]
    floats = asked(balance=pa.float64(), auth_id=pa.string_view())
    assert floats["balance"].to_pylist() == [7.21, None]
    assert floats["auth_id"].to_pylist() == ["MA_1", "MA_2"]
    # What would lose something stays as it is.
    whole = asked(balance=pa.decimal128(12, 1), created_at=pa.timestamp("ms", "UTC"), name=pa.int32())
    assert pa.table(accounts).schema == whole.schema


def test_duckdb_sums_exactly(days: vobiz.TimeSeries) -> None:
    days_of_april = pa.table(days)
    assert days_of_april.num_rows == 2
    assert duckdb.execute("select sum(total_cost) from days_of_april").fetchall() == [(Decimal("33.6900000000"),)]


def test_parquet_keeps_decimals(days: vobiz.TimeSeries, tmp_path: Path) -> None:
    days.to_parquet(tmp_path / "days.parquet")
    assert tuple(pq.read_table(tmp_path / "days.parquet").to_pylist()[0].values()) == FIRST


def test_accounts_have_instants_flags_and_no_token(recorded: Service) -> None:
    accounts = recorded.client().accounts()
    table = pa.table(accounts)
    assert table.schema.field("created_at").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("postpaid").type == pa.bool_()
    assert not [name for name in accounts.columns if "token" in name]
    first = table.to_pylist()[0]
    assert (first["balance"], first["currency"], first["postpaid"]) == (Decimal(1300), "INR", False)
    assert first["created_at"] == dt.datetime(2026, 5, 6, 7, 12, 40, 437143, tzinfo=dt.timezone.utc)
    frame = accounts.to_pandas()
    assert str(frame["created_at"].dtype) == "datetime64[us, UTC]"
    assert frame["last_login"].isna().tolist() == [False, True]


def test_absent_stays_absent() -> None:
    accounts = accounts_of("1.5", None)
    assert pl.DataFrame(accounts)["balance"].to_list() == [Decimal("1.5"), None]
    assert accounts.to_pandas()["balance"].tolist() == [Decimal("1.5"), None]
    assert accounts.to_dicts()[1]["balance"] is None


def test_an_empty_table_has_its_columns() -> None:
    empty = accounts_of()
    assert pl.DataFrame(empty).columns == list(empty.columns) == pa.table(empty).column_names
    assert len(empty.to_pandas()) == 0
    assert empty.to_dicts() == []


def test_a_number_that_a_column_cannot_hold_is_unknown_and_listed(service: Service) -> None:
    rows: list[dict[str, Any]] = [
        {"auth_id": f"MA_{place}", "cash_credits": text} for place, text in enumerate(["1", "0.12345678901", "0.123456789000"])
    ]
    service.replies["accounts"] = Reply({"accounts": rows, "total": 3, "page": 1, "size": 100})
    accounts = service.client().accounts()
    assert [row.balance for row in accounts] == [Decimal(1), None, Decimal("0.123456789")]
    assert accounts.oddities == ("balance of MA_1: the number has more than 18 digits before or 10 after its point (1 in all)",)


amounts = st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**17), max_value=10**17)


@given(st.lists(amounts | st.none(), max_size=5))
def test_every_amount_arrives_in_arrow_and_back(values: list[Decimal | None]) -> None:
    accounts = accounts_of(*[None if value is None else f"{value:f}" for value in values])
    assert pa.table(accounts)["balance"].to_pylist() == values
    assert [row.balance for row in accounts] == values


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9))
def test_the_scale_is_kept_as_sent(value: Decimal) -> None:
    digits = value.as_tuple()
    if len(digits.digits) > 28 or not isinstance(digits.exponent, int) or not -10 <= digits.exponent <= 0:
        return
    balance = accounts_of(f"{value:f}")[0].balance
    assert f"{balance:f}" in {f"{value:f}", f"{abs(value):f}"}  # a negative zero loses its sign


WITHOUT = """
import sys
from decimal import Decimal
for name in ("pandas", "polars", "pyarrow", "numpy"):
    sys.modules[name] = None
import vobiz_partner as vobiz
accounts = vobiz.Accounts.from_rows([{"auth_id": "MA_1", "balance": Decimal("1.50")}], "INR")
assert accounts._repr_html_() and accounts.to_dicts() and accounts.below(2)
accounts.__arrow_c_stream__()
raised = []
for method in (accounts.to_pandas, accounts.to_polars, lambda: accounts.to_parquet("x")):
    try:
        method()
    except ImportError as error:
        raised.append(str(error))
print("|".join(raised))
"""


def output_of(program: str, directory: Path) -> str:
    """Run a program where it cannot import the package's sources, only what is installed."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=directory, check=True, capture_output=True, text=True).stdout


def test_everything_else_works_without_any_dataframe_library(tmp_path: Path) -> None:
    assert output_of(WITHOUT, tmp_path).strip().split("|") == [
        "to_pandas needs pandas, which is not installed: pip install pandas",
        "to_polars needs polars, which is not installed: pip install polars",
        "to_parquet needs pyarrow, which is not installed: pip install pyarrow",
    ]


def test_importing_the_package_imports_no_dataframe_library(tmp_path: Path) -> None:
    program = "import sys, vobiz_partner; print({'pandas', 'polars', 'pyarrow', 'numpy'} & set(sys.modules))"
    assert output_of(program, tmp_path) == "set()\n"
