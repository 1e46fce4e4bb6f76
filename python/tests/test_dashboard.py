"""Reports: the figures of the recorded bodies, exactly, and nothing where a body has nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from service import Reply, Service, payload

import vobiz_partner as vobiz


@pytest.fixture
def report(recorded: Service) -> vobiz.Report:
    return recorded.client().dashboard()


@pytest.fixture
def flat(service: Service) -> vobiz.Report:
    service.replies["dashboard"] = Reply(payload("dashboard_flat"))
    return service.client().dashboard()


def figures(calls: vobiz.CallFigures | None) -> tuple[Any, ...]:
    assert calls is not None
    return calls.total_calls, calls.answered_calls, str(calls.total_minutes), str(calls.total_cost)


def test_totals_are_those_of_the_body(report: vobiz.Report) -> None:
    assert str(report.total_balance) == "1003058.82000"
    assert vobiz.format_money(report.total_balance or 0, report.currency) == "₹10,03,058.82"
    assert figures(report.calls) == (210, 178, "157.2", "108.24")
    assert (report.failed_calls, report.calls and report.calls.failed_calls) == (32, 32)
    assert report.answer_rate is not None
    assert round(report.answer_rate, 2) == Decimal("84.76")


def test_directions_and_products(report: vobiz.Report) -> None:
    assert report.traffic is not None
    assert figures(report.traffic.inbound) == (28, 20, "25.5", "17.26")
    assert figures(report.traffic.outbound) == (182, 158, "131.7", "90.98")
    assert report.by_direction["inbound"].total_cost == Decimal("17.26")
    assert report.by_direction["outbound"] == report.traffic.outbound
    assert figures(report.by_product["voice_api"]) == (202, 178, "157.2", "108.08")
    assert sorted(report.by_product) == ["sip_trunking", "voice_api"]


def test_mappings_cannot_be_changed(report: vobiz.Report) -> None:
    with pytest.raises(TypeError):
        report.by_product["fax"] = report.by_product["voice_api"]  # type: ignore[index]


def test_the_partner_of_a_report_has_no_balance_and_its_profile_has(recorded: Service) -> None:
    client = recorded.client()
    partner = client.dashboard().partner
    assert partner is not None
    assert partner.balance is None
    assert client.me().balance == Decimal("23906.83000")
    assert str(client.me().balance) == "23906.83000"
    assert partner.created_at == dt.datetime(2026, 1, 19, 18, 39, 14, 529435, tzinfo=dt.timezone.utc)


def test_the_period_has_names_that_python_allows(report: vobiz.Report) -> None:
    assert report.period is not None
    assert (report.period.from_date, report.period.to_date) == (dt.date(2026, 4, 12), dt.date(2026, 5, 12))


def test_customers_of_a_report(report: vobiz.Report) -> None:
    assert report.accounts is not None
    assert (report.accounts.total, report.accounts.active) == (23, 23)
    assert [row.auth_id for row in report.accounts.customers] == ["MA_XXXXXXXX", "MA_YYYYYYYY"]


def test_what_a_flat_report_does_not_have_is_none(flat: vobiz.Report) -> None:
    assert flat.accounts is not None
    assert (flat.accounts.total, flat.accounts.active, flat.pending_kyc) == (42, 38, 4)
    assert (flat.total_balance, flat.mtd_revenue) == (Decimal(250000), Decimal("18450.5"))
    absent = (flat.calls, flat.traffic, flat.failed_calls, flat.answer_rate, flat.partner, flat.period)
    assert absent == (None,) * 6
    assert (flat.top_customers, flat.accounts_low_balance) == (None, None)
    assert len(flat.time_series) == 0


def test_an_older_report_keeps_what_it_reports(service: Service) -> None:
    figures = {"total_calls": 10, "answered_calls": 7, "failed_calls": 2, "total_cost": 1.5, "currency": "INR"}
    top = [{"auth_id": "MA_1", "name": "A", "calls": 7, "cost": 1.25}, {"auth_id": "MA_2", "name": None, "calls": None}]
    service.replies["analytics"] = Reply(
        {
            "totals": figures | {"total_duration_seconds": 90},
            "by_direction": {"inbound": {"calls": 4, "cost": 0.5}},
            "top_customers": top,
            "accounts_low_balance": 3,
        }
    )
    report = service.client().analytics()
    assert (report.failed_calls, report.total_duration_seconds, report.accounts_low_balance) == (2, 90, 3)
    assert report.by_direction["inbound"].total_cost == Decimal("0.5")
    assert report.top_customers is not None
    first, second = report.top_customers
    assert (first.auth_id, first.name, first.total_calls, first.total_cost) == ("MA_1", "A", 7, Decimal("1.25"))
    assert (second.name, second.total_calls, second.total_cost) == (None, None, None)
    assert report.top_customers.currency == "INR"


def test_numbers_of_json_stay_exact(service: Service) -> None:
    body = b'{"total_balance": 1234567890123456789.123456789, "mtd_revenue": 0.1, "currency": "INR"}'
    service.replies["dashboard"] = Reply(body)
    report = service.client().dashboard()
    assert str(report.total_balance) == "1234567890123456789.123456789"
    assert str(report.mtd_revenue) == "0.1"


@pytest.mark.parametrize("amount", ["1e-29", "12345678901234567890123456789"])
def test_what_cannot_be_held_exactly_is_an_error(service: Service, amount: str) -> None:
    service.replies["dashboard"] = Reply(f'{{"total_balance": {amount}}}'.encode())
    with pytest.raises(vobiz.DecodeError, match="expected an amount, found one of more than 28 digits"):
        service.client().dashboard()


def test_a_window_of_days_is_asked_for_as_it_was_given(recorded: Service) -> None:
    client = recorded.client()
    client.analytics(from_date="2026-04-01", to_date=dt.date(2026, 4, 30), on_mismatch="ignore")
    assert recorded.asked[-1].query == {"from_date": ["2026-04-01"], "to_date": ["2026-04-30"]}
    client.analytics(month="2026-02", on_mismatch="ignore")
    assert recorded.asked[-1].query == {"from_date": ["2026-02-01"], "to_date": ["2026-02-28"]}
    client.analytics(to_date="2026-04-30", on_mismatch="ignore")
    assert recorded.asked[-1].query == {"to_date": ["2026-04-30"]}
    client.analytics()
    assert recorded.asked[-1].query == {}


def test_a_report_of_other_days_than_were_asked_for_is_reported(recorded: Service) -> None:
    client = recorded.client()
    with pytest.warns(vobiz.PeriodMismatchWarning, match="asked for 2026-04-01 to 2026-04-30, and the report covers"):
        report = client.analytics(month="2026-04")
    with pytest.raises(vobiz.PeriodMismatchError) as caught:
        client.analytics(month="2026-04", on_mismatch="raise")
    assert caught.value.report == report
    assert report.period is not None
    assert client.analytics(report.period.from_date, report.period.to_date, on_mismatch="raise") == report
    with pytest.raises(ValueError, match='on_mismatch is "warn", "raise" or "ignore"'):
        client.analytics(on_mismatch="shout")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (
            {"from_date": "2026-04-31"},
            "from_date: 2026-04-31 is not a day; April 2026 has 30 days, the last is 2026-04-30",
        ),
        ({"to_date": "2026-02-29"}, "to_date: 2026-02-29 is not a day; February 2026 has 28 days"),
        ({"from_date": "1.4.2026"}, 'from_date: "1.4.2026" is not a day; write it as "2026-04-30"'),
        ({"from_date": "2026-13-01"}, 'from_date: "2026-13-01" is not a day'),
        ({"from_date": "2026-04-0x"}, 'from_date: "2026-04-0x" is not a day'),
        ({"from_date": "2026-04-01T10:00:00Z"}, "is not a day"),
        ({"from_date": ""}, "is not a day"),
        ({"from_date": "2026-05-02", "to_date": "2026-05-01"}, "the first day .* is after the last .*; swap them"),
    ],
)
def test_wrong_days_are_refused_before_anything_is_sent(recorded: Service, days: dict[str, Any], says: str) -> None:
    with pytest.raises(vobiz.InvalidArgumentError, match=says) as caught:
        recorded.client().analytics(**days)
    assert (caught.value.kind, caught.value.operation, recorded.asked) == ("invalid", "read analytics", [])
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("given", [5, 20260401.0, dt.datetime(2026, 4, 1, tzinfo=dt.timezone.utc)])
def test_what_is_no_day_at_all_is_a_type_error(recorded: Service, given: Any) -> None:
    with pytest.raises(TypeError, match="from_date"):
        recorded.client().analytics(from_date=given)
    assert recorded.asked == []
