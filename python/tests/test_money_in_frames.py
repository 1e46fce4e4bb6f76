"""What the docs say of money in each library works: sums, groups, joins, rates, plots."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import vobiz_partner as vobiz

GST = Decimal("1.18")


@pytest.fixture(scope="module")
def accounts() -> Iterator[vobiz.Accounts]:
    with vobiz.Sandbox(customers=20) as sandbox:
        yield sandbox.client().accounts()


def test_pyarrow_adds_subtracts_and_multiplies(accounts: vobiz.Accounts) -> None:
    balance = pa.table(accounts)["balance"]
    assert pc.sum(pc.add(balance, balance)).as_py() == 2 * (accounts.sum("balance") or 0)
    assert pc.subtract(balance, pa.scalar(500)).to_pylist()[0] == (accounts[0].balance or 0) - 500
    assert pc.multiply(balance, pa.scalar(GST)).to_pylist()[0] == (accounts[0].balance or 0) * GST


def test_pandas_in_arrow_memory_is_exact_and_vectorised(accounts: vobiz.Accounts) -> None:
    frame: Any = accounts.to_pandas(money="arrow")
    total = accounts.sum("balance")
    assert frame["balance"].sum() == total
    assert (frame["balance"] * GST).sum() == (total or 0) * GST
    assert (frame["balance"] - 500).min() == min(row.balance or 0 for row in accounts) - 500
    assert frame.groupby("currency")["balance"].sum()["INR"] == total
    assert len(frame.merge(frame[["auth_id", "balance"]], on="auth_id")) == len(accounts)


def test_pandas_with_decimals_is_exact(accounts: vobiz.Accounts) -> None:
    frame: Any = accounts.to_pandas()
    assert frame["balance"].sum() == accounts.sum("balance")
    assert frame.groupby("currency")["balance"].sum()["INR"] == accounts.sum("balance")
    assert isinstance(frame["balance"].iloc[0], Decimal)


def test_pandas_with_floats_plots_and_ranks(accounts: vobiz.Accounts) -> None:
    frame: Any = accounts.to_pandas(money="float")
    assert str(frame["balance"].dtype) == "float64"
    assert list(frame.nlargest(3, "balance")["auth_id"]) == [row.auth_id for row in accounts.largest(3, "balance")]
    assert frame["balance"].quantile(0.5) > 0
    pytest.importorskip("matplotlib").use("agg")
    assert frame.plot(x="auth_id", y="balance") is not None


def test_a_frame_of_rows_is_right(accounts: vobiz.Accounts) -> None:
    frame: Any = pd.DataFrame(accounts)
    assert set(frame.columns) == set(accounts.columns)  # pandas 2 sorts them by name
    assert frame["balance"].sum() == accounts.sum("balance")


def test_polars_and_duckdb_are_exact(accounts: vobiz.Accounts) -> None:
    frame = accounts.to_polars()
    assert frame.group_by("currency").agg(pl.col("balance").sum())["balance"].to_list() == [accounts.sum("balance")]
    assert frame.join(frame.select("auth_id", "name"), on="auth_id").height == len(accounts)
    with duckdb.connect() as connection:
        accounts.to_duckdb("accounts", connection)
        query = "select sum(balance), sum(balance * 1.18) from accounts"
        assert connection.execute(query).fetchone() == (accounts.sum("balance"), (accounts.sum("balance") or 0) * GST)


def test_money_is_one_of_three(accounts: vobiz.Accounts) -> None:
    with pytest.raises(ValueError, match="money is one of 'decimal', 'arrow', 'float', not 'exact'"):
        accounts.to_pandas(money="exact")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (0.1, TypeError, r'write Decimal\("0.1"\)'),
        (float("nan"), TypeError, "must be exact"),
        (pd.NA, TypeError, "must be exact"),
        (True, TypeError, "not bool"),
        ("five", vobiz.InvalidArgumentError, "threshold"),
    ],
)
def test_amounts_that_are_not_exact_are_refused(accounts: vobiz.Accounts, given: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        accounts.below(given)


def test_whole_numbers_and_days_of_numpy_and_pandas_are_taken(accounts: vobiz.Accounts) -> None:
    import numpy as np

    whole: Any = np.int64(500)
    assert accounts.below(whole) == accounts.below(500)
    with vobiz.Sandbox(customers=2) as sandbox:
        client = sandbox.client()
        days: list[Any] = [pd.Timestamp("2026-05-01"), np.datetime64("2026-05-01"), "2026-05-01"]
        first, second, third = (client.analytics(day, "2026-05-03") for day in days)
        assert first == second == third
        with pytest.raises(TypeError, match="the day of a datetime depends on its zone"):
            client.analytics(pd.Timestamp("2026-05-01 10:00"))
        with pytest.raises(TypeError, match="the day of a datetime depends on its zone"):
            client.analytics(pd.Timestamp("2026-05-01", tz="UTC"))
        with pytest.raises(vobiz.InvalidArgumentError, match="it is missing"):
            client.analytics(pd.NaT)  # type: ignore[arg-type]
