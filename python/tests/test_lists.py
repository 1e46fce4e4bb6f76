"""Lists: chosen columns, batches, order and filters, progress and logging meanwhile."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import logging
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from service import Asked, Reply, Service
from worlds import accounts_of

import vobiz_partner as vobiz


@pytest.fixture(scope="module")
def client() -> Iterator[vobiz.Client]:
    with vobiz.Sandbox(customers=30) as sandbox:
        yield sandbox.client()


def test_only_the_columns_that_were_asked_for_are_there(client: vobiz.Client) -> None:
    some = client.accounts(columns=["balance", "auth_id"])
    assert some.columns == ("balance", "auth_id")
    row = some[0]
    assert (row["balance"], row.keys()) == (row.balance, ("auth_id", "balance"))
    with pytest.raises(AttributeError, match=r"name was not read: columns=\[…\] left it out"):
        _ = row.name
    with pytest.raises(KeyError, match="there is no column 'blance'; there are auth_id, name"):
        client.accounts(columns=["blance"])
    with pytest.raises(TypeError, match=r'columns is a list of names: \["balance"\]'):
        client.accounts(columns="balance")


def test_batches_are_the_list_in_parts(client: vobiz.Client, tmp_path: Path) -> None:
    whole = client.accounts()
    batches = list(client.stream_accounts(rows=7).batches())
    assert [len(batch) for batch in batches] == [7, 7, 7, 7, 2]
    assert [row for batch in batches for row in batch] == list(whole)
    assert [len(part) for part in whole.batches(12)] == [12, 12, 6]
    assert client.stream_accounts(rows=7).to_parquet(tmp_path / "accounts.parquet") == 30
    assert pq.read_table(tmp_path / "accounts.parquet")["balance"].to_pylist() == [row.balance for row in whole]


def test_batches_are_awaited_too() -> None:
    async def read() -> list[int]:
        with vobiz.Sandbox(customers=5) as sandbox:
            async with sandbox.async_client() as client:
                return [len(batch) async for batch in client.stream_accounts(rows=2)]

    assert asyncio.run(read()) == [2, 2, 1]


def test_a_failure_in_the_middle_ends_the_batches(service: Service) -> None:
    def page(asked: Asked) -> Reply:
        if asked.query["page"] == ["2"]:
            return Reply({"error": "no"}, 400)
        return Reply({"accounts": [{"auth_id": f"MA_{n}"} for n in range(100)], "total": 200, "page": 1, "size": 100})

    service.replies["accounts"] = page
    batches = service.client().stream_accounts(rows=100).batches()
    assert len(next(batches)) == 100
    with pytest.raises(vobiz.RejectedError):
        next(batches)
    assert list(batches) == []


balances = st.lists(st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))


@given(balances)
def test_order_and_sums_are_exact(values: list[Decimal | None]) -> None:
    accounts = accounts_of(*[None if value is None else str(value) for value in values])
    known = sorted(value for value in values if value is not None)
    assert [row.balance for row in accounts.sort("balance")][: len(known)] == known
    assert [row.balance for row in accounts.largest(3, "balance")] == known[::-1][:3]
    assert accounts.sum("balance") == (sum(known, Decimal(0)) if known else None)
    assert [row.balance for row in accounts.filter(lambda row: row.balance is not None)] == [v for v in values if v is not None]


def test_rows_are_filtered_by_column_by_flags_and_by_a_function(client: vobiz.Client) -> None:
    accounts = client.accounts()
    prepaid = accounts.filter(billing_mode="prepaid")
    assert 0 < len(prepaid) <= len(accounts)
    assert accounts.filter(billing_mode={"prepaid", "postpaid"}) == accounts
    assert accounts.filter(accounts.to_pandas()["billing_mode"] == "prepaid") == prepaid
    assert accounts.filter(lambda row: row.billing_mode == "prepaid") == prepaid
    with pytest.raises(KeyError, match="there is no column 'mode'"):
        accounts.filter(mode="prepaid")
    with pytest.raises(ValueError, match="1 truth values for 30 rows"):
        accounts.filter([True])
    with pytest.raises(KeyError, match="there is no column 'cost'"):
        accounts.sort("cost")
    with pytest.raises(ValueError, match="largest: n is a whole number from 0 on, not -1"):
        accounts.largest(-1, "balance")


def test_amounts_of_several_currencies_and_rates_are_not_added() -> None:
    rows = [
        {"auth_id": "MA_1", "balance": Decimal(1), "currency": "INR"},
        {"auth_id": "MA_2", "balance": Decimal(2), "currency": "USD"},
    ]
    accounts = vobiz.Accounts.from_rows(rows)
    with pytest.raises(ValueError, match="balance has amounts in INR, USD, which are not added"):
        accounts.sum("balance")
    assert accounts.filter(currency="USD").sum("balance") == 2
    with pytest.raises(ValueError, match="price for a unit"):
        accounts.sum("rate_per_minute")
    assert accounts.sum("cps_limit") is None


def test_progress_is_reported_as_pages_come(service: Service) -> None:
    def page(asked: Asked) -> Reply:
        number = int(asked.query["page"][0])
        rows = [{"auth_id": f"MA_{place}"} for place in range(100 * (number - 1), 100 * number)]
        return Reply({"accounts": rows, "total": 500, "page": number, "size": 100})

    service.replies["accounts"] = page
    seen: list[vobiz.Progress] = []
    client = vobiz.Client("PA_X", "t", base_url=service.url, progress=seen.append)
    assert len(client.accounts()) == 500
    assert (seen[-1].operation, seen[-1].rows, seen[-1].pages) == ("list accounts", 500, 5)
    assert [step.rows for step in seen] == sorted({step.rows for step in seen})
    assert seen[-1].total == 500


def test_progress_names_the_pause_that_the_service_asked_for(service: Service) -> None:
    answers = iter([Reply({"error": "slow down"}, 429, {"retry-after": "1"}), Reply({"accounts": [{"auth_id": "MA_1"}]})])
    service.replies["accounts"] = lambda _: next(answers)
    seen: list[vobiz.Progress] = []
    client = vobiz.Client("PA_X", "t", base_url=service.url, progress=seen.append)
    assert len(client.accounts()) == 1
    assert any("the service, which asked for a pause of 1 s more" in (step.waits_for or "") for step in seen)
    assert seen[-1].waits_for is None


def test_progress_names_the_pace_of_the_client(service: Service) -> None:
    def page(asked: Asked) -> Reply:
        number = int(asked.query["page"][0])
        return Reply({"accounts": [{"auth_id": f"MA_{number}"}], "total_pages": 3, "page": number})

    service.replies["accounts"] = page
    seen: list[vobiz.Progress] = []
    client = vobiz.Client("PA_X", "t", base_url=service.url, progress=seen.append, requests_per_second=2, burst=1)
    assert len(client.accounts()) == 3
    assert any(step.waits_for == "the limit of requests a second" for step in seen)


def test_rows_before_a_failure_come_as_a_batch_of_their_own(service: Service) -> None:
    def page(asked: Asked) -> Reply:
        if asked.query["page"] != ["1"]:
            return Reply({"error": "no"}, 400)
        return Reply({"accounts": [{"auth_id": f"MA_{n}"} for n in range(100)], "total": 200, "page": 1, "size": 100})

    service.replies["accounts"] = page
    batches = service.client().stream_accounts(rows=150).batches()
    assert len(next(batches)) == 100
    with pytest.raises(vobiz.RejectedError):
        next(batches)


@pytest.mark.parametrize("rows", [0, -1, 2.5, True, "100"])
def test_a_batch_has_a_whole_number_of_rows(client: vobiz.Client, rows: Any) -> None:
    with pytest.raises(ValueError, match="rows is how many rows a batch has, a whole number from 1 on"):
        client.stream_accounts(rows=rows)


def test_attempts_and_waits_are_logged_without_a_secret(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    answers = iter([Reply({"error": "busy"}, 503), Reply({"currency": "INR", "total_balance": 1})])
    service.replies["dashboard"] = lambda _: next(answers)
    caplog.set_level(logging.DEBUG, "vobiz_partner")
    service.client(attempts=2).dashboard()
    lines = [record.getMessage() for record in caplog.records if record.name == "vobiz_partner"]
    assert any("read dashboard" in line and "tried again" in line and "503" in line for line in lines), lines
    assert any("status=200" in line for line in lines)
    assert "planted-token" not in "".join(lines)


def test_nothing_is_logged_unless_it_is_wanted(recorded: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "vobiz_partner")
    recorded.client().dashboard()
    assert [record for record in caplog.records if record.name == "vobiz_partner"] == []


@pytest.mark.parametrize(
    ("settings", "error", "says"),
    [
        ({"timeout": 0}, vobiz.ConfigError, "timeout is a number of seconds above zero"),
        ({"timeout": float("nan")}, vobiz.ConfigError, "timeout"),
        ({"deadline": "90s"}, TypeError, "deadline is a number of seconds, such as 30, not str"),
        ({"attempts": 0}, vobiz.ConfigError, "attempts counts the first one too"),
        ({"attempts": 1.5}, TypeError, "attempts"),
        ({"requests_per_second": -1}, vobiz.ConfigError, "requests_per_second is a whole number, 0 for no limit"),
        ({"concurrency": True}, TypeError, "concurrency"),
        ({"burst": 0}, vobiz.ConfigError, "burst"),
        ({"zone": "India"}, vobiz.ConfigError, "zone is the name of a time zone such as"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=f"build client: .*{says}"):
        vobiz.Client("PA_X", "t", **settings)


def test_the_ids_of_the_requests_of_a_list_are_kept(service: Service) -> None:
    def page(asked: Asked) -> Reply:
        number = asked.query["page"][0]
        return Reply({"accounts": [{"auth_id": f"MA_{number}"}], "total_pages": 2}, headers={"x-request-id": f"req-{number}"})

    service.replies["accounts"] = page
    accounts = service.client().accounts()
    assert set(accounts.request_ids) == {"req-1", "req-2"}
    assert accounts.request_ids == accounts[:1].request_ids == copy.deepcopy(accounts).request_ids


def test_a_filter_takes_values_as_they_are_written_and_refuses_what_no_row_can_equal() -> None:
    at = dt.datetime(2026, 4, 30, tzinfo=dt.timezone.utc)
    rows: list[dict[str, Any]] = [
        {"auth_id": "MA_1", "balance": Decimal("0.10"), "is_active": True, "cps_limit": 5, "created_at": at},
        {"auth_id": "MA_2"},
    ]
    accounts = vobiz.Accounts.from_rows(rows)
    for wanted in ({"balance": "0.1"}, {"is_active": np.True_}, {"cps_limit": np.int64(5)}, {"created_at": pd.Timestamp(at)}):
        assert [row.auth_id for row in accounts.filter(**wanted)] == ["MA_1"], wanted
    for unknown in (None, pd.NA, float("nan"), pd.NaT):
        assert [row.auth_id for row in accounts.filter(balance=unknown)] == ["MA_2"]
    assert len(accounts.filter(balance=["0.1", None])) == 2
    with pytest.raises(TypeError, match=r'filter: balance must be exact: .*write Decimal\("0.1"\)'):
        accounts.filter(balance=0.1)
    with pytest.raises(TypeError, match="filter: is_active is True or False, not int"):
        accounts.filter(is_active=1)
    with pytest.raises(TypeError, match="filter: created_at is a datetime with its time zone, not str"):
        accounts.filter(created_at="2026-04-30")
    with pytest.raises(TypeError, match="filter: auth_id is text, not int"):
        accounts.filter(auth_id=1)
    flags: Any = pd.array([True, None], dtype="boolean")
    assert [row.auth_id for row in accounts.filter(flags)] == ["MA_1"]


def test_days_are_filtered_by_day(recorded: Service) -> None:
    days = recorded.client().dashboard().time_series
    for day in ("2026-04-16", dt.date(2026, 4, 16), pd.Timestamp("2026-04-16"), np.datetime64("2026-04-16")):
        assert list(days.filter(date=day)) == [days[1]]
    with pytest.raises(vobiz.InvalidArgumentError, match="filter: date: 2026-04-31 is not a day; April 2026 has 30 days"):
        days.filter(date="2026-04-31")


def test_rows_of_a_frame_become_a_table_again(client: vobiz.Client) -> None:
    accounts = client.accounts()
    again = vobiz.Accounts.from_rows(accounts.to_pandas().to_dict("records"))  # type: ignore[arg-type]
    assert again.to_dicts() == accounts.to_dicts()
    with pytest.raises(TypeError, match=r'make table: balance must be exact: .*write Decimal\("0.1"\)'):
        vobiz.Accounts.from_rows([{"auth_id": "MA_1", "balance": 0.1}])
    with pytest.raises(TypeError, match="make table: cps_limit is a whole number, not str"):
        vobiz.Accounts.from_rows([{"auth_id": "MA_1", "cps_limit": "many"}])
    with pytest.raises(TypeError, match="make table: created_at must be a datetime with its time zone"):
        vobiz.Accounts.from_rows([{"auth_id": "MA_1", "created_at": dt.datetime(2026, 4, 30)}])


def test_a_list_without_rows_is_a_file_with_its_columns(service: Service, tmp_path: Path) -> None:
    service.replies["accounts"] = Reply({"accounts": [], "total": 0, "page": 1, "size": 100})
    path = tmp_path / "accounts.parquet"
    assert service.client().stream_accounts(columns=["auth_id", "balance"]).to_parquet(path) == 0
    assert pq.read_table(path).column_names == ["auth_id", "balance"]


def test_a_stream_is_written_in_an_event_loop_too(client: vobiz.Client, tmp_path: Path) -> None:
    async def write() -> int:
        with vobiz.Sandbox(customers=30) as sandbox:
            async with sandbox.async_client() as own:
                return await own.stream_accounts(rows=7).to_parquet(tmp_path / "accounts.parquet")

    assert asyncio.run(write()) == 30
    assert pq.read_table(tmp_path / "accounts.parquet")["balance"].to_pylist() == [row.balance for row in client.accounts()]


def test_streams_report_their_progress_over_all_batches() -> None:
    seen: list[vobiz.Progress] = []
    with vobiz.Sandbox(customers=30) as sandbox:
        list(sandbox.client(progress=seen.append).stream_accounts(rows=7))
    assert [step.rows for step in seen] == sorted({step.rows for step in seen})
    assert (seen[-1].operation, seen[-1].rows, seen[-1].total) == ("list accounts", 30, 30)


def test_arguments_of_another_type_are_named(client: vobiz.Client) -> None:
    accounts: Any = client.accounts()
    anything: Any = client
    wrong: list[tuple[Callable[[], Any], str]] = [
        (lambda: accounts.largest(2.5, "balance"), "largest: n is a whole number from 0 on, not float"),
        (lambda: list(accounts.batches("10")), "batches: rows is a whole number from 1 on, not str"),
        (lambda: accounts.sum("name"), "name is no number, and is not summed"),
        (lambda: accounts.filter("balance > 5"), "a condition is a function of a row, or a truth value for each; not text"),
        (lambda: anything.cdrs(direction=1), "list call records: direction is text, not int"),
        (lambda: anything.transactions(5), "list transactions: auth_id is text, not int"),
        (lambda: anything.top_customers(month="2026-04", limit="3"), "top customers: limit is a whole number from 0 on, not str"),
        (lambda: vobiz.Sandbox(customers="5"), "sandbox: customers is a whole number from 0 on, not str"),  # type: ignore[arg-type]
    ]
    for call, says in wrong:
        with pytest.raises(TypeError, match=re.escape(says)):
            call()
    with pytest.raises(ValueError, match="top customers: limit is a whole number from 0 on, not -1"):
        client.top_customers(month="2026-04", limit=-1)
    assert len(accounts.largest(np.int64(2), "balance")) == 2
