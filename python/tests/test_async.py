"""Coroutines: the same calls, results and errors, several at once, ended by cancelling."""

from __future__ import annotations

import asyncio
import inspect
import time
from decimal import Decimal

import pytest
from service import TOKEN, Asked, Reply, Service, payload

import vobiz_partner as vobiz


def client_of(service: Service) -> vobiz.AsyncClient:
    return vobiz.AsyncClient("PA_TEST", TOKEN, base_url=service.url, attempts=1)


def test_every_call_is_there_and_a_coroutine() -> None:
    def public(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    plain = {"from_env", "base_url", "zone"}
    assert public(vobiz.AsyncClient) - {"aclose"} == public(vobiz.Client) - {"close"}
    for name in public(vobiz.AsyncClient) - plain:
        function, waits = getattr(vobiz.AsyncClient, name), getattr(vobiz.Client, name, None)
        assert inspect.iscoroutinefunction(function) != name.startswith("stream_"), name
        if waits is not None:
            assert list(inspect.signature(function).parameters) == list(inspect.signature(waits).parameters), name


def test_results_equal_those_of_the_waiting_client(recorded: Service) -> None:
    async def read() -> list[object]:
        client = client_of(recorded)
        return await asyncio.gather(
            client.me(),
            client.dashboard(),
            client.analytics("2026-01-01", to_date="2026-03-31"),
            client.accounts(),
            client.account("MA_XXXXXXXX"),
            client.balance("MA_XXXXXXXX"),
            client.get("me"),
        )

    waits = recorded.client()
    assert asyncio.run(read()) == [
        waits.me(),
        waits.dashboard(),
        waits.analytics("2026-01-01", to_date="2026-03-31"),
        waits.accounts(),
        waits.account("MA_XXXXXXXX"),
        waits.balance("MA_XXXXXXXX"),
        waits.get("me"),
    ]


def test_errors_are_the_same(service: Service) -> None:
    service.replies["me"] = Reply({"error": "no"}, 403)
    with pytest.raises(vobiz.ForbiddenError) as caught:
        asyncio.run(client_of(service).me())
    assert caught.value.status == 403
    with pytest.raises(vobiz.InvalidArgumentError, match="April 2026 has 30 days"):
        asyncio.run(client_of(service).analytics("2026-04-31"))
    with pytest.raises(vobiz.ForbiddenError):
        asyncio.run(client_of(service).get("me"))


def test_the_loop_runs_while_a_call_waits_and_cancelling_ends_it(service: Service) -> None:
    def slow(_: Asked) -> Reply:
        time.sleep(1)
        return Reply(payload("profile"))

    service.replies["me"] = slow

    async def impatient() -> int:
        call = asyncio.create_task(client_of(service).me())
        ticks = 0
        while ticks < 5:
            await asyncio.sleep(0.01)
            ticks += 1
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return ticks

    started = time.monotonic()
    assert asyncio.run(impatient()) == 5
    assert time.monotonic() - started < 0.8


def test_a_client_outlives_a_loop(recorded: Service) -> None:
    client = client_of(recorded)
    for _ in range(2):
        assert asyncio.run(client.me()).balance == Decimal("23906.83")
