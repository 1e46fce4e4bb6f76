"""Recorded histories as tables, and policies rehearsed on them."""

from __future__ import annotations

import datetime as dt
import gzip
import pickle
from decimal import Decimal
from pathlib import Path

import pytest

import vobiz_partner as vobiz

ACCOUNTS = "auth_id,name,billing_mode,active,auto_recharge,currency\nMA_1,Sharma & Sons,prepaid,true,false,INR\n"
START = dt.datetime(2026, 9, 1, 6, tzinfo=dt.timezone.utc)
POLICY = '[[rules]]\nname = "low"\nmetric = "customer.balance"\nbelow = { warning = "1000", critical = "250.50" }\n'


def written(folder: Path, *balances: str) -> Path:
    """A history of one wallet, polled every hour."""
    instants = [(START + dt.timedelta(hours=hour)).isoformat() for hour in range(len(balances))]
    (folder / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    (folder / "polls.csv").write_text("\n".join(["at", *instants]), encoding="utf-8")
    rows = [f"{at},MA_1,{balance}" for at, balance in zip(instants, balances, strict=True)]
    (folder / "samples.csv").write_text("\n".join(["at,auth_id,balance", *rows]), encoding="utf-8")
    return folder


def test_a_file_that_is_missing_or_wrong_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(vobiz.HistoryError, match=r"open history: .*accounts.csv: ") as caught:
        vobiz.History.open(tmp_path)
    assert (caught.value.kind, isinstance(caught.value, ValueError)) == ("history", True)
    written(tmp_path, "1.50", "much")
    with pytest.raises(vobiz.HistoryError, match=r"samples\.csv:3: balance: "):
        vobiz.History.open(tmp_path)


def test_samples_keep_amounts_and_instants_and_what_was_not_read(tmp_path: Path) -> None:
    history = vobiz.History.open(written(tmp_path, "1300.00000", "", "-0.5"))
    samples = history.samples
    assert samples.columns == ("at", "auth_id", "name", "balance", "currency")
    assert [row.balance for row in samples] == [Decimal("1300.00000"), None, Decimal("-0.5")]
    assert samples[0].at == history.first == START
    assert (samples[0].name, samples.currency, samples.sum("balance")) == ("Sharma & Sons", "INR", Decimal("1299.5"))
    assert repr(history) == "<History: 1 wallets, 3 polls, 3 samples, 2026-09-01 06:00 to 2026-09-01 08:00 UTC>"
    assert pickle.loads(pickle.dumps(samples)) == samples  # noqa: S301
    frame = samples.to_pandas(money="arrow")
    assert frame["balance"].sum() == Decimal("1299.5")


def test_packed_files_are_read_too(tmp_path: Path) -> None:
    written(tmp_path, "10", "20")
    plain = vobiz.History.open(tmp_path).samples
    packed = gzip.compress((tmp_path / "samples.csv").read_bytes())
    (tmp_path / "samples.csv").unlink()
    (tmp_path / "samples.csv.gz").write_bytes(packed)
    assert vobiz.History.open(tmp_path).samples == plain


def test_a_policy_with_mistakes_is_refused_with_their_lines(tmp_path: Path) -> None:
    with pytest.raises(vobiz.PolicyError, match=r"policy:3: .*customer\.blance"):
        vobiz.Policy(POLICY.replace("balance", "blance", 1))
    with pytest.raises(vobiz.PolicyError, match="warning"):
        vobiz.Policy(POLICY.replace('"1000"', '"100"'))
    with pytest.raises(FileNotFoundError):
        vobiz.Policy.read(tmp_path / "nowhere.toml")
    with pytest.raises(TypeError, match=r"history is a History, as History.open\(folder\) gives it, not str"):
        vobiz.backtest(None, "history")  # type: ignore[arg-type]


def test_a_backtest_lists_what_a_policy_would_have_sent(tmp_path: Path) -> None:
    history = vobiz.History.open(written(tmp_path, "5000", "900", "800", "200", "100", "9000", "9000", "9000"))
    (tmp_path / "rules.toml").write_text(POLICY, encoding="utf-8")
    alerts = vobiz.backtest(tmp_path / "rules.toml", history).filter(rule="low")
    assert [(row.kind, row.severity) for row in alerts][:2] == [("fire", "warning"), ("escalate", "critical")]
    assert alerts[-1].kind == "resolve"
    assert alerts[0].value == Decimal(800)
    assert (alerts[0].metric, alerts[0].auth_id) == ("customer.balance", "MA_1")
    assert "800" in alerts[0].reason
    assert alerts == vobiz.backtest(vobiz.Policy(POLICY), history).filter(rule="low")
    assert [row.at for row in alerts] == sorted(row.at for row in alerts)
    assert list(alerts.to_polars()["kind"]) == [row.kind for row in alerts]


def test_a_policy_without_rules_is_the_default_one(tmp_path: Path) -> None:
    history = vobiz.History.open(written(tmp_path, "100", "100", "100"))
    assert "customer.balance" in vobiz.Policy().rules.values()
    assert vobiz.Policy("").rules == vobiz.Policy().rules
    assert len(vobiz.backtest(None, history).filter(kind="fire")) >= 1
