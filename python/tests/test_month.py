"""A month closed in a sandbox: figures, differences, books, invoices, files."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import pickle
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from service import Service
from worlds import START

import vobiz_partner as vobiz

NOW = dt.datetime(2026, 5, 2, 4, tzinfo=dt.timezone.utc)


@pytest.fixture(scope="module")
def world() -> Iterator[vobiz.Sandbox]:
    """Two customers on the second of May, of whose April everything is known."""
    with vobiz.Sandbox(customers=2, start=START) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def month(world: vobiz.Sandbox) -> vobiz.Month:
    """Their April."""
    return world.client().close_month("2026-04", now=NOW)


def test_every_figure_of_the_month_is_that_of_every_other_source(month: vobiz.Month) -> None:
    assert month.complete
    assert month.check() is month
    assert (month.name, month.zone, month.period.to_date) == ("2026-04", "Asia/Kolkata", dt.date(2026, 4, 30))
    assert month.report is not None
    assert month.report.calls is not None
    usage = month.lines.filter(item="usage")
    assert usage.sum("amount") == month.report.calls.total_cost == month.calls.sum("total_cost")
    assert usage.sum("count") == len(month.calls) == month.report.calls.total_calls
    for day in month.report.time_series:
        assert usage.filter(day=day.date).sum("amount") == day.total_cost
    for wallet in month.statements:
        moved = (wallet.opening, wallet.top_ups, wallet.refunds, wallet.usage, wallet.rentals, wallet.fixed, wallet.other)
        opening, top_ups, refunds, *spent = (amount for amount in moved if amount is not None)
        assert len(spent) == 4
        assert opening + top_ups + refunds - sum(spent) == wallet.closing
    assert all(part.extent == "whole" for part in month.coverage)


def test_a_month_cannot_be_changed_and_survives_pickling(month: vobiz.Month) -> None:
    copy = pickle.loads(pickle.dumps(month))  # noqa: S301
    assert copy == month
    assert copy.lines == month.lines
    with pytest.raises(AttributeError, match="cannot be changed"):
        month.complete = False  # type: ignore[misc]
    with pytest.raises(TypeError, match="close_month"):
        vobiz.Month("2026-04", {})  # type: ignore[arg-type]


def test_both_clients_close_the_same_month(world: vobiz.Sandbox) -> None:
    async def close() -> vobiz.Month:
        async with world.async_client() as client:
            return await client.close_month("2026-04", calls=False, balances=False, now=NOW)

    awaited = asyncio.run(close())
    assert awaited == world.client().close_month("2026-04", calls=False, balances=False, now=NOW)
    assert [wallet.closing for wallet in awaited.statements] == [None, None]
    assert len(awaited.calls) == 0


def test_a_month_that_does_not_exist_is_refused_before_anything_is_sent(world: vobiz.Sandbox) -> None:
    for month in ("2026-13", "April", "2026-4"):
        with pytest.raises(vobiz.InvalidArgumentError, match="2026-04"):
            world.client().close_month(month)
    with pytest.raises(vobiz.InvalidArgumentError, match="time zone"):
        world.client().close_month("2026-04", zone="Asia/Nowhere")


def test_a_month_that_still_runs_is_not_complete(world: vobiz.Sandbox) -> None:
    running = world.client().close_month("2026-05", calls=False, balances=False, now=NOW)
    assert not running.complete
    assert "not complete" in repr(running) + running._repr_html_()


def test_own_books_are_compared_whatever_they_are_kept_in(month: vobiz.Month, tmp_path: Path) -> None:
    spent = {row.auth_id: row.amount for row in month.spenders()}
    rows = [{"auth_id": auth_id, "amount": amount} for auth_id, amount in spent.items()]
    path = tmp_path / "books.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["auth_id", "amount"])
        writer.writeheader()
        writer.writerows(rows)
    for books in (rows, pa.Table.from_pylist(rows), path, str(path), month.spenders()):
        assert len(month.reconcile(books)) == 0
    (one, amount), (other, _) = spent.items()
    found = {row.auth_id: row for row in month.reconcile([{"auth_id": one, "amount": amount + Decimal("0.01")}])}
    assert (found[one].reason, found[one].difference) == ("amount differs", Decimal("0.01"))
    assert found[other].reason == "missing on one side"
    days = [{"day": dt.date(2026, 4, 1), "total": "1.00"}]
    assert any(row.subject == "2026-04-01" for row in month.reconcile(days, on="day", amount="total"))


def test_books_in_floats_or_with_holes_are_refused(month: vobiz.Month) -> None:
    with pytest.raises(TypeError, match="float"):
        month.reconcile([{"auth_id": "MA_1", "amount": 1.5}])
    with pytest.raises(ValueError, match="row 0"):
        month.reconcile([{"auth_id": "MA_1", "amount": None}])
    with pytest.raises(KeyError, match="amount"):
        month.reconcile([{"auth_id": "MA_1", "betrag": "1"}])
    with pytest.raises(TypeError, match="mappings"):
        month.reconcile([1, 2])
    with pytest.raises(vobiz.InvalidArgumentError, match="product"):
        month.reconcile([{"colour": "blue", "amount": "1"}], on="colour")  # type: ignore[arg-type]


def test_invoices_add_up_and_split_their_tax(month: vobiz.Month) -> None:
    invoices = month.invoices(
        tax="18%", markup="10", seller={"name": "Partner", "state": "27"}, number_format="{period}/{seq:03}"
    )
    assert [invoice.number for invoice in invoices] == ["2026-04/001", "2026-04/002"]
    for invoice in invoices:
        assert invoices.lines.filter(number=invoice.number).sum("amount") == invoice.net - invoice.rounding
        assert invoice.cgst + invoice.sgst + invoice.igst in (invoice.tax, 0)
        assert invoice.net + invoice.tax == invoice.total == invoice.payable + invoice.tds
    plain = month.invoices(round_at="invoice")
    charged = month.lines.filter(lambda line: line.item != "top_up").sum("amount")
    assert sum(invoice.net for invoice in plain) == charged
    assert plain.sum("tax") == 0
    assert pickle.loads(pickle.dumps(invoices)).lines == invoices.lines  # noqa: S301
    for wrong in ({"tax": 0.18}, {"markup": 1.1}, {"buy_rates": {"outbound": 0.4}}):
        with pytest.raises(TypeError, match="float"):
            month.invoices(**wrong)
    with pytest.raises(vobiz.InvalidArgumentError, match="number_format"):
        month.invoices(number_format="INV")
    with pytest.raises(KeyError, match="colour"):
        month.invoices(seller={"colour": "blue"})


def test_the_page_of_an_invoice_needs_no_other_file_and_escapes_every_name(month: vobiz.Month, tmp_path: Path) -> None:
    evil = '<script>alert("1")</script>'
    invoices = month.invoices(tax="18%", seller={"name": evil, "note": evil}, number_format=evil + "{seq}")
    paths = invoices.to_html(tmp_path / "pages")
    assert len(paths) == len(invoices)
    for path in map(Path, paths):
        page = path.read_text(encoding="utf-8")
        assert "<script" not in page
        assert "&lt;script&gt;" in page
        assert "http" not in page
        assert path.parent == tmp_path / "pages"


def test_a_month_is_written_to_files(month: vobiz.Month, tmp_path: Path) -> None:
    month.to_parquet(tmp_path / "closed")
    names = {path.stem for path in (tmp_path / "closed").iterdir()}
    tables = {"statements", "lines", "differences", "coverage", "ledger", "calls", "accounts", "numbers"}
    assert names == tables | {"calls_around", "ledger_around", "month"}
    month.to_excel(tmp_path / "april.xlsx")
    month.invoices().to_excel(tmp_path / "invoices.xlsx")
    assert (tmp_path / "april.xlsx").stat().st_size > 10_000


def test_what_may_not_be_read_is_stated(service_month: vobiz.Month) -> None:
    parts = {part.source: part for part in service_month.coverage}
    assert parts["call records"].extent == "nothing"
    assert "403" in parts["call records"].detail
    assert not service_month.complete
    assert "call records" in service_month._repr_html_()


@pytest.fixture
def service_month(world: vobiz.Sandbox) -> Iterator[vobiz.Month]:
    """Their April where call records are refused."""
    import json
    import urllib.request

    def permit(allowed: bool) -> None:
        body = json.dumps({"can_view_cdrs": allowed}).encode()
        request = urllib.request.Request(f"{world.url}/control/permissions", body, {"Content-Type": "application/json"})
        urllib.request.urlopen(request).close()

    permit(False)
    yield world.client().close_month("2026-04", balances=False, now=NOW)
    permit(True)


def test_a_month_of_which_little_may_be_read_says_what_is_missing(recorded: Service) -> None:
    client = recorded.client()
    month = client.close_month("2026-04", now=NOW)
    extents = {part.source: part.extent for part in month.coverage}
    assert (extents["ledger"], extents["call records"], extents["numbers"]) == ("nothing", "nothing", "nothing")
    assert not month.complete
    assert month.accounts == client.accounts()
    assert {wallet.closing for wallet in month.statements} == {None}
    assert {month.statements.sum(name) for name in ("top_ups", "refunds", "usage", "rentals", "fixed", "other")} == {None}
    assert len(month.lines) == len(month.invoices()) == len(month.quality()) == 0
    assert "Not read whole" in month._repr_html_()


def test_spenders_and_directions_add_up_to_the_whole(month: vobiz.Month) -> None:
    spenders = month.spenders(month)
    assert spenders[-1].cumulative == 100
    assert {row.change for row in spenders} == {0}
    assert month.traffic().sum("inbound") + month.traffic().sum("outbound") == len(month.calls)  # type: ignore[operator]
    assert all(finding.total > 0 for finding in month.quality())


def test_an_answer_rate_has_an_interval_that_holds_it(month: vobiz.Month) -> None:
    assert month.report is not None
    for figures in (month.report, month.report.calls, *month.report.time_series):
        assert figures is not None
        interval = figures.answer_rate_interval
        assert interval is not None
        low, high = interval
        assert 0 <= low <= float(figures.answer_rate or 0) <= high <= 100


def test_differences_are_raised_with_their_reasons() -> None:
    with vobiz.Sandbox(customers=3, start=START, books="fee-change") as sandbox:
        month = sandbox.client().close_month("2026-04", calls=False, balances=False, now=NOW)
    assert not month.is_reconciled()
    assert month.is_reconciled("50")
    with pytest.raises(vobiz.ReconciliationError, match="fee changed since") as raised:
        month.check("49.99")
    assert raised.value.differences == month.differences
    with pytest.raises(TypeError, match="float"):
        month.check(0.5)  # type: ignore[arg-type]
    with pytest.raises(vobiz.InvalidArgumentError, match="books"):
        vobiz.Sandbox(books="harder")


def test_a_month_is_drawn_where_matplotlib_is_installed(month: vobiz.Month) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    axes = month.plot()
    assert axes.get_title(loc="left").startswith("Calls cost ₹")
