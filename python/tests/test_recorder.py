"""Histories recorded by a client, and how good alerts on them were."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

import vobiz_partner as vobiz

BEGIN = dt.datetime(2026, 5, 1, tzinfo=dt.timezone.utc)


def test_a_recording_is_gone_on_with_and_read_as_a_history(tmp_path: Path) -> None:
    with vobiz.Sandbox(customers=5) as sandbox:
        client = sandbox.client()
        for _ in range(2):
            done = vobiz.record(client, tmp_path, every="1h", polls=3, now=lambda: sandbox.now, wait=sandbox.advance)
            assert done == 3
            sandbox.advance("1h")
        balances = {account.auth_id: account.balance for account in client.accounts()}
        vobiz.record(client, tmp_path, polls=1, now=lambda: sandbox.now)
    history = vobiz.History.open(tmp_path)
    assert "5 wallets, 7 polls" in repr(history)
    last = {sample.auth_id: sample.balance for sample in history.samples}
    assert last == balances


def test_wallets_are_ranked_by_how_long_they_last(tmp_path: Path) -> None:
    falling = [str(9000 - 50 * hour) for hour in range(24 * 7)]
    history = history_of(tmp_path, {"MA_FALLING": falling, "MA_NEW": ["100"]})
    soonest, unknown = vobiz.runway(None, history)
    assert (soonest.auth_id, soonest.balance) == ("MA_FALLING", Decimal(falling[-1]))
    assert soonest.low_hours is not None
    assert soonest.likely_hours is not None
    assert 0 < soonest.low_hours <= soonest.likely_hours
    assert (unknown.auth_id, unknown.burn, unknown.likely_hours) == ("MA_NEW", None, None)
    ahead = vobiz.forecast(history, "MA_FALLING", hours=24)
    assert len(ahead) == 24
    assert all(hour.low <= hour.likely <= hour.high for hour in ahead)
    assert len(vobiz.forecast(history, "MA_NEW")) == 0
    with pytest.raises(KeyError):
        vobiz.forecast(history, "MA_NOBODY")
    with pytest.raises(ValueError, match="hours"):
        vobiz.forecast(history, "MA_NEW", hours=0)


def test_a_length_of_time_that_is_none_is_refused(tmp_path: Path) -> None:
    with vobiz.Sandbox(customers=1) as sandbox:
        for every in ("soon", "0m", "1.5h", ""):
            with pytest.raises(ValueError, match="every"):
                vobiz.record(sandbox.client(), tmp_path, every=every, polls=1)


def history_of(folder: Path, balances: dict[str, list[str]]) -> vobiz.History:
    """Write wallets that read these balances, an hour apart."""
    at = [(BEGIN + dt.timedelta(hours=hour)).isoformat() for hour in range(max(map(len, balances.values())))]
    accounts = ["auth_id,name,billing_mode,active,auto_recharge,currency"]
    accounts += [f"{auth_id},,prepaid,true,false,INR" for auth_id in balances]
    samples = ["at,auth_id,balance"]
    for auth_id, values in balances.items():
        samples += [f"{instant},{auth_id},{value}" for instant, value in zip(at, values, strict=False)]
    for name, lines in {"accounts": accounts, "polls": ["at", *at], "samples": samples}.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return vobiz.History.open(folder)


def test_alerts_are_in_time_missed_answered_or_false(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        {
            "MA_IN_TIME": ["900", "400", "300", "200", "100", "0", "0"],
            "MA_MISSED": ["900", "900", "900", "900", "900", "0", "0"],
            "MA_TOPPED_UP": ["900", "400", "300", "200", "9000", "9000", "9000"],
            "MA_FALSE": ["900", "400", "390", "380", "370", "360", "350"],
            "MA_QUIET": ["900", "890", "880", "870", "860", "850", "840"],
        },
    )
    policy = vobiz.Policy('[[rules]]\nname = "low"\nmetric = "customer.balance"\nbelow = { critical = "500" }\nfor = 1\n')
    scores = {row.auth_id: row for row in vobiz.backtest(policy, history).filter(rule="low").score(history)}
    figures = {auth_id: (row.empty, row.in_time, row.missed, row.topped_up, row.false_alarms) for auth_id, row in scores.items()}
    assert figures == {
        "MA_IN_TIME": (1, 1, 0, 0, 0),
        "MA_MISSED": (1, 0, 1, 0, 0),
        "MA_TOPPED_UP": (0, 0, 0, 1, 0),
        "MA_FALSE": (0, 0, 0, 0, 1),
        "MA_QUIET": (0, 0, 0, 0, 0),
    }
    assert scores["MA_IN_TIME"].lead_hours == Decimal("4.0")


def test_a_customer_who_left_the_list_stays_in_the_recording(tmp_path: Path) -> None:
    with vobiz.Sandbox(customers=2) as sandbox:
        vobiz.record(sandbox.client(), tmp_path, polls=1, now=lambda: sandbox.now)
    with vobiz.Sandbox(customers=1, seed=8) as other:
        vobiz.record(other.client(), tmp_path, polls=1, now=lambda: other.now + dt.timedelta(hours=1))
    assert "3 wallets, 2 polls" in repr(vobiz.History.open(tmp_path))


def test_a_forecast_is_drawn_as_a_fan_with_its_finding_as_title(tmp_path: Path) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    history = history_of(tmp_path, {"MA_FALLING": [str(9000 - 50 * hour) for hour in range(24 * 7)], "MA_NEW": ["100"]})
    titles = [vobiz.forecast(history, "MA_FALLING", hours=hours).plot().get_title(loc="left") for hours in (5, 72)]
    assert titles[0].startswith("About ₹")
    assert titles[1].startswith("Empty about")
    assert vobiz.forecast(history, "MA_NEW").plot().get_title(loc="left") == "Too little is known of this wallet"
