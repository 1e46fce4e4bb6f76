"""Models: compared by value, immutable, picklable; a short repr, and looks that escape what came from outside."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from collections.abc import Callable, Hashable
from decimal import Decimal
from typing import Any

import pytest
from service import Reply, Service, payload
from worlds import accounts_named

import vobiz_partner as vobiz
from vobiz_partner import _html

PARTS: dict[str, Callable[[vobiz.Client], Any]] = {
    "report": lambda client: client.dashboard(),
    "analytics": lambda client: client.analytics(),
    "calls": lambda client: client.dashboard().calls,
    "traffic": lambda client: client.dashboard().traffic,
    "period": lambda client: client.dashboard().period,
    "partner": lambda client: client.dashboard().partner,
    "counts": lambda client: client.dashboard().accounts,
    "report customers": lambda client: client.dashboard().accounts.customers,  # type: ignore[union-attr]
    "report customer": lambda client: client.dashboard().accounts.customers[0],  # type: ignore[union-attr]
    "days": lambda client: client.dashboard().time_series,
    "day": lambda client: client.dashboard().time_series[0],
    "profile": lambda client: client.me(),
    "accounts": lambda client: client.accounts(),
    "account": lambda client: client.account("MA_XXXXXXXX"),
    "tier": lambda client: client.account("MA_XXXXXXXX").pricing_tier,
    "wallet": lambda client: client.balance("MA_XXXXXXXX"),
}
each_part = pytest.mark.parametrize("read", PARTS.values(), ids=PARTS.keys())


@each_part
def test_equal_when_read_again_and_after_a_pickle(recorded: Service, read: Callable[[vobiz.Client], Any]) -> None:
    thing, again = read(recorded.client()), read(recorded.client())
    assert thing == again
    assert thing != "something else"
    for copied in (pickle.loads(pickle.dumps(thing)), copy.deepcopy(thing)):  # noqa: S301
        assert copied == thing
        assert type(copied) is type(thing)
        assert repr(copied) == repr(thing)
        if isinstance(thing, Hashable):
            assert hash(copied) == hash(thing)


@each_part
def test_nothing_can_be_changed(recorded: Service, read: Callable[[vobiz.Client], Any]) -> None:
    thing = read(recorded.client())
    for name in ("total_calls", "balance", "columns", "new"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(thing, name, 1)


@each_part
def test_a_cell_shows_a_table(recorded: Service, read: Callable[[vobiz.Client], Any]) -> None:
    shown = read(recorded.client())._repr_html_()
    assert shown.startswith("<div")
    assert shown.count("<tr>") == shown.count("</tr>") > 0
    assert "<redacted>" not in shown


def test_scales_survive_a_pickle(recorded: Service) -> None:
    report = pickle.loads(pickle.dumps(recorded.client().dashboard()))  # noqa: S301
    assert str(report.total_balance) == "1003058.82000"
    assert str(report.calls.total_minutes) == "157.2"
    assert str(report.time_series[0].total_cost) == "7.21"


def test_figures_of_older_reports_survive_a_pickle(service: Service) -> None:
    older = {
        "active_accounts": 3,
        "calls_today": 5,
        "accounts_low_balance": 1,
        "accounts_suspended": 0,
        "total_balance": 1.5,
    }
    totals = {"total_calls": 9, "failed_calls": 2, "total_duration_seconds": 90, "currency": "INR"}
    by_direction = {"inbound": {"calls": 4, "cost": 0.5}}
    bodies = [
        older,
        {"totals": totals, "by_direction": by_direction},
        {"totals": totals, "top_customers": []},
        payload("dashboard_flat"),
    ]
    for body in bodies:
        service.replies["dashboard"] = Reply(body)
        report = service.client().dashboard()
        copied = pickle.loads(pickle.dumps(report))  # noqa: S301
        assert copied == report
        assert (copied.by_direction, copied.accounts_low_balance) == (report.by_direction, report.accounts_low_balance)
        assert copied.total_duration_seconds == report.total_duration_seconds


def test_reprs_are_short_and_hold_the_figures(recorded: Service) -> None:
    client = recorded.client()
    report = client.dashboard()
    assert repr(report.calls) == (
        "CallFigures(total_calls=210, answered_calls=178, total_minutes=Decimal('157.2'), total_cost=Decimal('108.24'))"
    )
    assert repr(client.balance("MA_XXXXXXXX")) == (
        "Wallet(auth_id='MA_XXXXXXXX', name='John Doe', balance=Decimal('1300.00000'), currency='INR')"
    )
    assert repr(report.time_series) == "<TimeSeries: 2 rows, 2026-04-15 … 2026-04-16>"
    assert repr(client.accounts()[:0]) == "<Accounts: 0 rows>"
    assert repr(client) == f"Client(base_url='{recorded.url}/')"
    assert len(repr(report)) < 300


def test_names_cannot_break_a_cell() -> None:
    name = "<script>alert(\"x\" & 'y')</script>"
    for shown in (accounts_named(name)._repr_html_(), accounts_named(name)[0]._repr_html_()):
        assert "&lt;script&gt;alert(&quot;x&quot; &amp; &#x27;y&#x27;)&lt;/script&gt;" in shown
        assert "<script" not in shown


def test_units_and_exact_figures_of_a_cell() -> None:
    shown = accounts_named("A", "B")._repr_html_()
    assert ">balance, ₹</th>" in shown
    assert 'font-variant-numeric:tabular-nums;white-space:nowrap"><span title="1300.005">1,300.01</span>' in shown
    assert "2,600.01</td>" in shown  # the exact sum, rounded once
    assert "Customers · INR" in shown


def test_what_is_not_known_is_not_zero_in_a_cell() -> None:
    shown = accounts_named("A", balance=None)._repr_html_()
    assert _html.ABSENT in shown
    assert "0.00" not in shown  # nor is its sum
    assert "(1 not known)" in vobiz.Accounts.from_rows([{"balance": None}, {"balance": Decimal(1)}])._repr_html_()
    assert "0.00" not in accounts_named("A", balance=None)[0]._repr_html_()


def test_an_empty_table_has_its_looks() -> None:
    for kind in (vobiz.TimeSeries, vobiz.Accounts, vobiz.CallRecords, vobiz.Transactions, vobiz.Numbers, vobiz.Breakdown):
        shown = kind.from_rows([])._repr_html_()
        assert shown.startswith("<div")
        assert "<th" in shown


def test_a_month_of_days_is_shown_whole() -> None:
    days = [{"date": dt.date(2026, 5, day), "total_cost": Decimal(day)} for day in range(1, 32)]
    shown = vobiz.TimeSeries.from_rows(days, "INR")._repr_html_()
    assert "more …" not in shown
    assert "496.00" in shown


def test_long_tables_are_capped_and_summed_whole() -> None:
    shown = accounts_named(*map(str, range(5000)), balance="1")._repr_html_()
    assert shown.count("<tr>") == _html.ROWS + 3
    assert "… 4,968 more …" in shown
    assert "5,000.00" in shown
    assert len(shown) < 60_000


def test_a_report_shows_its_period_and_the_flat_one_no_calls(recorded: Service) -> None:
    shown = recorded.client().dashboard()._repr_html_()
    for text in (
        "Report · 12 Apr – 12 May 2026 · INR",
        "₹10,03,058.82",
        "84.76",
        "157.2",
        "108.24",
        "voice_api",
        "Cost, ₹",
    ):
        assert text in shown
    recorded.replies["dashboard"] = Reply(payload("dashboard_flat"))
    flat = recorded.client().dashboard()._repr_html_()
    assert "₹18,450.50" in flat
    assert "Answered" not in flat


def test_money_is_written_as_its_currency_is() -> None:
    assert vobiz.format_money("1003058.82000", "INR") == "₹10,03,058.82"
    assert vobiz.format_money(Decimal("-999.995"), "USD") == "-$1,000.00"
    assert vobiz.format_money(12) == "12.00"
    with pytest.raises(TypeError, match="must be exact"):
        vobiz.format_money(0.1)  # type: ignore[arg-type]
