"""Answers with anything in the place of anything: a result or an error of the package, never a crash or a wrong amount."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from service import Reply, Service, payload

import vobiz_partner as vobiz

CALLS: dict[str, tuple[str, str, Callable[[vobiz.Client], Any]]] = {
    "accounts": ("accounts", "accounts_page", lambda client: client.accounts()),
    "account": ("accounts/MA_XXXXXXXX", "account", lambda client: client.account("MA_XXXXXXXX")),
    "balance": ("accounts/MA_XXXXXXXX/balance", "account_balance", lambda client: client.balance("MA_XXXXXXXX")),
    "dashboard": ("dashboard", "dashboard", lambda client: client.dashboard()),
    "flat dashboard": ("dashboard", "dashboard_flat", lambda client: client.dashboard()),
    "transactions": ("transactions", "transactions_global", lambda client: client.transactions()),
    "profile": ("me", "profile", lambda client: client.me()),
}

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["", "NaN", "1e400", "-0", "12.345678901234", "2026-02-30", "9999-12-31T23:59:60Z", "=1+1", "\u202e", "\x00"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def one() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


def places(body: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a body, the whole first."""
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return [here, *(place for key, value in inside for place in places(value, (*here, key)))]


def replaced(body: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    body = copy.deepcopy(body)
    inside = body
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    return body


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("call", CALLS)
def test_a_changed_answer_is_read_or_refused(one: Service, call: str, data: st.DataObject) -> None:
    path, name, read = CALLS[call]
    body = payload(name)
    for _ in range(data.draw(st.integers(1, 3))):
        body = replaced(body, data.draw(st.sampled_from(places(body))), data.draw(anything))
    one.replies = {path: Reply(body)}
    try:
        result = read(one.client())
    except vobiz.VobizError:
        return
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301
    assert len(repr(result)) < 2_000
    assert isinstance(result._repr_html_(), str)
    if isinstance(result, vobiz.Table):
        assert len(pa.table(result)) == len(result) == len(result.to_pandas(money="arrow"))
        amounts = "balance" if "balance" in result.columns else "amount"
        known = [row[amounts] for row in result if row[amounts] is not None]
        assert all(isinstance(amount, Decimal) and amount.is_finite() for amount in known)


@settings(max_examples=60, deadline=None)
@given(amount=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**17), max_value=10**17, places=8))
def test_a_balance_arrives_as_it_was_written(one: Service, amount: Decimal) -> None:
    digits = f"{amount:f}"
    for written in (digits, f'"{digits}"'):
        one.replies = {"accounts": Reply(f'{{"accounts": [{{"auth_id": "MA_1", "cash_credits": {written}}}]}}'.encode())}
        (row,) = one.client().accounts()
        assert row.balance == amount
