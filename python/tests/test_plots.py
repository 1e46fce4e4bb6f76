"""Every table, a month and a forecast are drawn, and every object has a form for notebooks that nothing can break."""

from __future__ import annotations

import datetime as dt
import inspect
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from worlds import START, accounts_named

import vobiz_partner as vobiz

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

NOW = dt.datetime(2026, 5, 2, 4, tzinfo=dt.timezone.utc)
TABLES = {
    name
    for name in vobiz.__all__
    if inspect.isclass(kind := getattr(vobiz, name)) and issubclass(kind, vobiz.Table) and kind is not vobiz.Table
}


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """One object of every kind that a notebook shows."""
    with vobiz.Sandbox(customers=2, start=START, books="late-prices,refunds") as sandbox:
        client = sandbox.client()
        month = client.close_month("2026-04", now=NOW)
        folder = tmp_path_factory.mktemp("history")
        vobiz.record(client, folder, every="4h", polls=30, now=lambda: sandbox.now, wait=sandbox.advance)
        history = vobiz.History.open(folder)
        alerts, invoices = vobiz.backtest(None, history), month.invoices(tax="18%")
        report = month.report
        assert report is not None
        summary = client.ledger_summary(month="2026-04")
        assert summary is not None
        made = [
            *(client, sandbox, month, history, alerts, invoices, invoices.lines, report, report.time_series),
            *(report.by_direction, report.accounts and report.accounts.customers, history.samples, alerts.score(history)),
            *(month.accounts, month.calls, month.ledger, month.lines, month.numbers, month.statements, month.differences),
            *(month.coverage, month.spenders(), month.traffic(), month.quality(), vobiz.runway(None, history)),
            *(vobiz.forecast(history, history.samples[0].auth_id), client.kyc_sessions(), client.top_customers(month="2026-04")),
            *(vobiz.Policy(), vobiz.Policy().explain(), month.statements[0], report.calls),
            summary.by_reference_type,
        ]
        yield {type(thing).__name__: thing for thing in made if thing is not None}


def test_every_table_is_drawn_with_what_it_shows_as_its_title(things: dict[str, Any]) -> None:
    assert set(things) >= TABLES, TABLES - set(things)
    for name in sorted(TABLES):
        axes = things[name].plot()
        assert axes.get_title(loc="left"), name
        axes.figure.canvas.draw()
        matplotlib.pyplot.close(axes.figure)
        empty = things[name][:0].plot()
        assert empty.get_title(loc="left"), name
        matplotlib.pyplot.close(empty.figure)


def test_a_table_of_a_kind_without_a_picture_says_how_to_draw_it(things: dict[str, Any]) -> None:
    class Mine(vobiz.Accounts):
        pass

    mine = Mine(things["Accounts"]._data)
    with pytest.raises(vobiz.InvalidArgumentError, match="no picture of a Mine; to_pandas"):
        mine.plot()


def test_a_name_is_shown_as_it_is_and_not_as_markup() -> None:
    axes = accounts_named("A $x_1$ B", "%s {0} \\frac", "").plot()
    axes.figure.canvas.draw()
    assert len(axes.get_yticklabels()) == 3
    matplotlib.pyplot.close(axes.figure)


def test_amounts_of_two_currencies_are_not_drawn_as_one() -> None:
    rows = [
        {"auth_id": f"MA_{code}{place}", "currency": code, "usage": Decimal(9)}
        for place, code in enumerate(("INR", "INR", "USD"))
    ]
    axes = vobiz.Statements.from_rows(rows).plot()
    assert "INR alone" in axes.get_title(loc="left")
    matplotlib.pyplot.close(axes.figure)


def test_without_matplotlib_the_error_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match="matplotlib"):
        accounts_named("A").plot()


def test_every_object_has_a_form_for_notebooks_that_follows_the_reader_s_theme(things: dict[str, Any]) -> None:
    for name, thing in things.items():
        html = thing._repr_html_()
        assert "<table" in html, name
        assert "<caption" in html, name
        assert "background:none;color:inherit" in html, name
        assert "<script" not in html, name
        assert len(html) < 150_000, name


def test_what_came_from_outside_is_escaped_also_in_a_policy() -> None:
    evil = '<script>alert("1")</script>'
    text = f'[[rules]]\nname = {evil!r}\nmetric = "customer.balance"\nbelow = {{ warning = "1000" }}\n'
    html = vobiz.Policy(text)._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert evil in vobiz.Policy(text).explain()


def test_a_policy_is_read_from_a_path_or_from_text_and_explains_itself(tmp_path: Path) -> None:
    text = '[[rules]]\nname = "mine"\nmetric = "customer.balance"\nbelow = { warning = "1234", critical = "500" }\n'
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    for source in (text, path, str(path)):
        policy = vobiz.Policy.from_toml(source)
        assert policy.rules["mine"] == "customer.balance"
        text_of_it = policy.explain()
        assert isinstance(text_of_it, str)
        assert "mine: Fires when" in text_of_it
        assert "under 1234 (warning)" in text_of_it
    with pytest.raises(FileNotFoundError):
        vobiz.Policy.from_toml(tmp_path / "nowhere.toml")
    with pytest.raises(vobiz.PolicyError, match="warning"):
        vobiz.Policy.from_toml(text.replace('"1234"', '"100"'))
    assert vobiz.Policy.from_toml("").rules == vobiz.Policy().rules


def test_wallets_that_last_beyond_two_weeks_come_after_those_that_do_not(things: dict[str, Any]) -> None:
    hours = [row.likely_hours for row in things["Runways"] if row.burn is not None]
    known = [hour for hour in hours if hour is not None]
    assert known == sorted(known, key=Decimal)
    assert hours[: len(known)] == known
