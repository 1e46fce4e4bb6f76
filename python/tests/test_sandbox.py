"""The sandbox in the process: consistent, seeded, turned by hand; and the recorded answers, served as they are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from service import PAYLOADS

import vobiz_partner as vobiz


def test_a_world_agrees_with_itself() -> None:
    with vobiz.Sandbox(customers=40, seed=7) as sandbox:
        client = sandbox.client()
        report, accounts = client.dashboard(), client.accounts()
    assert len(accounts) == 40
    assert report.accounts is not None
    assert report.accounts.total == 40
    assert sum(row.balance or 0 for row in accounts) == report.total_balance
    assert report.calls is not None
    assert sum(day.total_calls or 0 for day in report.time_series) == report.calls.total_calls
    for parts in (report.by_direction, report.by_product):
        assert sum(part.total_cost or 0 for part in parts.values()) == report.calls.total_cost


def test_the_same_seed_is_the_same_world() -> None:
    worlds = []
    for seed in (7, 7, 8):
        with vobiz.Sandbox(customers=5, seed=seed) as sandbox:
            worlds.append(sandbox.client().accounts())
    assert worlds[0] == worlds[1]
    assert worlds[0] != worlds[2]


def test_the_clock_turns_by_hand() -> None:
    with vobiz.Sandbox(customers=5) as sandbox:
        client, start = sandbox.client(), sandbox.now
        before = client.dashboard()
        assert sandbox.now == start
        assert start.tzinfo is not None
        assert sandbox.advance("24h") == start + dt.timedelta(days=1)
        assert sandbox.advance(dt.timedelta(minutes=90)) == start + dt.timedelta(days=1, minutes=90)
        assert client.dashboard() != before
    with vobiz.Sandbox(customers=1, start=start + dt.timedelta(days=7)) as sandbox:
        assert sandbox.now == start + dt.timedelta(days=7)


def test_a_wallet_can_be_set() -> None:
    with vobiz.Sandbox(customers=5) as sandbox:
        client = sandbox.client()
        customer = client.accounts()[0].auth_id
        sandbox.set_wallet(customer, "12.50")
        assert client.balance(customer).balance == Decimal("12.50")
        assert customer in client.accounts().below(13)
        with pytest.raises(vobiz.InvalidArgumentError, match="there is no customer MA_NOBODY"):
            sandbox.set_wallet("MA_NOBODY", 1)
        with pytest.raises(TypeError, match="must be exact"):
            sandbox.set_wallet(customer, 0.1)  # type: ignore[arg-type]


def test_recorded_answers_are_served_as_they_are() -> None:
    with vobiz.Sandbox(payloads=PAYLOADS) as sandbox:
        client = sandbox.client()
        report = client.dashboard()
        assert str(report.total_balance) == "1003058.82000"
        assert report.calls is not None
        assert (report.calls.total_calls, report.calls.answered_calls, report.failed_calls) == (210, 178, 32)
        assert (report.calls.total_minutes, report.calls.total_cost) == (Decimal("157.2"), Decimal("108.24"))
        assert report.partner is not None
        assert report.partner.balance is None
        assert str(client.me().balance) == "23906.83000"
        assert [str(row.balance) for row in client.accounts()] == ["1300.00000", "1107.00000"]
    with vobiz.Sandbox(payloads=str(PAYLOADS), replace={"dashboard": "dashboard_flat"}) as sandbox:
        flat = sandbox.client().dashboard()
        assert flat.accounts is not None
        assert (flat.accounts.total, flat.accounts.active, flat.total_balance) == (42, 38, Decimal(250000))
        assert (flat.mtd_revenue, flat.calls) == (Decimal("18450.5"), None)
    refused = {"profile": "errors/standard_401_token_expired"}
    with vobiz.Sandbox(payloads=PAYLOADS, replace=refused) as sandbox, pytest.raises(vobiz.UnauthorizedError):
        sandbox.client().me()


def test_a_wrong_token_is_refused_as_by_the_service() -> None:
    with vobiz.Sandbox(customers=1) as sandbox:
        stranger = vobiz.Client(sandbox.auth_id, "wrong", base_url=sandbox.base_url)
        with pytest.raises(vobiz.UnauthorizedError, match="refused the credentials"):
            stranger.me()
        with pytest.raises(vobiz.NotFoundError):
            sandbox.client().account("MA_NOBODY")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"customers": 0}, "1 to 50000 customers, not 0"),
        ({"payloads": "nowhere"}, "there is no folder of payloads at nowhere"),
        ({"payloads": PAYLOADS, "replace": {"dashboard": "nothing"}}, "there is no payload at"),
    ],
)
def test_wrong_options_are_named(options: dict[str, Any], says: str) -> None:
    with pytest.raises(vobiz.InvalidArgumentError, match=f"^start sandbox: .*{says}"):
        vobiz.Sandbox(**options)


@pytest.mark.parametrize("by", ["", "h", "24", "1.5h", "-1h", "24 hours", "é", dt.timedelta(seconds=-1), "99999999999999999d"])
def test_a_wrong_length_of_time_is_refused(by: Any) -> None:
    with vobiz.Sandbox(customers=1) as sandbox:
        with pytest.raises(vobiz.InvalidArgumentError, match=r'advance: by must be .* such as "90s"'):
            sandbox.advance(by)
        with pytest.raises(TypeError):
            sandbox.advance(24)  # type: ignore[arg-type]


def test_a_closed_sandbox_says_so() -> None:
    sandbox = vobiz.Sandbox(customers=1)
    assert repr(sandbox).startswith(f"<Sandbox {sandbox.url}, 2026-")
    assert sandbox.auth_token not in repr(sandbox)
    client = sandbox.client()
    sandbox.close()
    sandbox.close()
    assert repr(sandbox) == "<Sandbox, closed>"
    with pytest.raises(vobiz.InvalidArgumentError, match="it is closed; start another one"):
        sandbox.client()
    with pytest.raises(vobiz.ConnectError):
        vobiz.Client("PA_X", "t", base_url=client.base_url, attempts=1).me()
