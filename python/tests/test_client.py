"""Clients: built from arguments or the environment, refused in words that name what is missing, and never pickled."""

from __future__ import annotations

import asyncio
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from service import TOKEN, Asked, Reply, Service, payload

import vobiz_partner as vobiz

Clients = type[vobiz.Client] | type[vobiz.AsyncClient]
both = pytest.mark.parametrize("kind", [vobiz.Client, vobiz.AsyncClient])


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTH_ID", "AUTH_TOKEN", "AUTH_TOKEN_FILE", "BASE_URL"):
        monkeypatch.delenv(f"VOBIZ_{name}", raising=False)


@both
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({}, "auth_id is missing; pass auth_id=…, or set VOBIZ_AUTH_ID and use Client.from_env()"),
        ({"auth_id": "PA_X"}, "auth_token is missing; pass auth_token=…, or set VOBIZ_AUTH_TOKEN"),
        ({"auth_id": " ", "auth_token": TOKEN}, "auth_id is missing"),
        ({"auth_id": "PA_X", "auth_token": ""}, "auth_token is missing"),
        ({"auth_id": "PA_X", "auth_token": f"{TOKEN}\nx"}, "a line break or a control character inside"),
        ({"auth_id": "PA_X", "auth_token": TOKEN, "base_url": "http://api.vobiz.ai"}, "plain http"),
        ({"auth_id": "PA_X", "auth_token": TOKEN, "base_url": "api.vobiz.ai"}, "is not an address"),
        ({"auth_id": "PA_X", "auth_token": TOKEN, "timeout": 0}, "timeout is a number of seconds above zero"),
        (
            {"auth_id": "PA_X", "auth_token": TOKEN, "timeout": float("nan")},
            "timeout is a number of seconds above zero",
        ),
        ({"auth_id": "PA_X", "auth_token": TOKEN, "attempts": 0}, "attempts counts the first one too: 1 or more"),
    ],
)
def test_a_wrong_setup_is_named(kind: Clients, arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(vobiz.ConfigError, match=r"^build client: ") as caught:
        kind(**arguments)
    assert says in str(caught.value)
    assert TOKEN not in str(caught.value)


@both
def test_the_environment(kind: Clients, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(vobiz.ConfigError, match="VOBIZ_AUTH_ID is not set"):
        kind.from_env()
    monkeypatch.setenv("VOBIZ_AUTH_ID", "PA_X")
    with pytest.raises(vobiz.ConfigError, match="VOBIZ_AUTH_TOKEN is not set"):
        kind.from_env()
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    monkeypatch.setenv("VOBIZ_AUTH_TOKEN_FILE", str(tmp_path / "token"))
    assert kind.from_env().base_url == "https://api.vobiz.ai/api/v1/partner/"
    monkeypatch.setenv("VOBIZ_AUTH_TOKEN", TOKEN)
    with pytest.raises(vobiz.ConfigError, match="both set"):
        kind.from_env()
    monkeypatch.delenv("VOBIZ_AUTH_TOKEN_FILE")
    monkeypatch.setenv("VOBIZ_BASE_URL", "http://127.0.0.1:9/x")
    assert kind.from_env(timeout=1.5, attempts=2).base_url == "http://127.0.0.1:9/x/"


def test_the_environment_is_what_is_sent(recorded: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AUTH_ID": "PA_ENV", "AUTH_TOKEN": TOKEN, "BASE_URL": recorded.url}.items():
        monkeypatch.setenv(f"VOBIZ_{name}", value)
    vobiz.Client.from_env().me()
    sent = recorded.asked[-1].headers
    assert (sent["x-auth-id"], sent["x-auth-token"]) == ("PA_ENV", TOKEN)


def test_get_reads_what_has_no_method(service: Service) -> None:
    service.replies["concurrency/transfers"] = Reply(b'{"rows": [{"rate": 0.10, "id": 12345678901234567890, "ok": true}]}')
    found = service.client().get("concurrency/transfers", limit=50, active=True, search=None)
    assert found == {"rows": [{"rate": Decimal("0.10"), "id": 12345678901234567890, "ok": True}]}
    assert str(found["rows"][0]["rate"]) == "0.10"
    assert service.asked[-1].query == {"limit": ["50"], "active": ["true"]}


def test_get_stays_below_the_base_address(service: Service) -> None:
    client = vobiz.Client("PA_X", TOKEN, base_url=f"{service.url}/partner")
    for path in ("../elsewhere", "https://elsewhere.test/"):
        with pytest.raises(vobiz.InvalidArgumentError, match="outside the base address"):
            client.get(path)
    assert service.asked == []


def test_calls_work_inside_a_running_event_loop(recorded: Service) -> None:
    async def cell() -> Decimal | None:
        return recorded.client().dashboard().total_balance

    assert asyncio.run(cell()) == Decimal("1003058.82000")


def test_other_threads_run_while_a_call_waits(service: Service) -> None:
    def slow(_: Asked) -> Reply:
        time.sleep(0.3)
        return Reply(payload("profile"))

    service.replies["me"] = slow
    client = service.client()
    started = time.monotonic()
    threads = [threading.Thread(target=client.me) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < 0.9
