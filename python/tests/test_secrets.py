"""Secrets: neither the partner's token nor a customer's is in anything that can be printed, stored or sent."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from typing import Any

import pytest
from service import TOKEN, Reply, Service, payload

import vobiz_partner as vobiz

CUSTOMER_TOKEN = "customer-token-71d2"


@pytest.fixture
def planted(recorded: Service) -> Service:
    page, account = payload("accounts_page"), payload("account")
    for row in (*page["accounts"], account):
        row["auth_token"] = CUSTOMER_TOKEN
    recorded.replies |= {"accounts": Reply(page), "accounts/MA_XXXXXXXX": Reply(account)}
    return recorded


def everything_shown_of(thing: Any) -> str:
    shown = [repr(thing), str(thing), f"{thing}"]
    for name in dir(thing):
        if name not in {"to_pandas", "to_polars", "to_parquet"} and not name.startswith("__"):
            shown.append(repr(getattr(thing, name)))
    if hasattr(thing, "_repr_html_"):
        shown.append(thing._repr_html_())
        if not isinstance(thing, (vobiz.Client, vobiz.AsyncClient)):
            shown.append(pickle.dumps(thing, protocol=0).decode("latin-1"))
    if hasattr(thing, "to_dicts"):
        shown += [repr(thing.to_dicts()), thing.to_pandas().to_csv(), thing.to_polars().write_csv(), repr(list(thing))]
    return "".join(shown)


def test_no_customer_token_is_kept(planted: Service) -> None:
    client = planted.client()
    accounts = client.accounts()
    for thing in (
        accounts,
        accounts[0],
        client.account("MA_XXXXXXXX"),
        client.get("accounts"),
        client.get("accounts/MA_XXXXXXXX"),
    ):
        assert CUSTOMER_TOKEN not in everything_shown_of(thing)


@pytest.mark.parametrize("kind", [vobiz.Client, vobiz.AsyncClient])
def test_a_client_says_nothing_and_is_not_copied(kind: type[vobiz.Client] | type[vobiz.AsyncClient]) -> None:
    client = kind("PA_TEST", TOKEN)
    assert TOKEN not in everything_shown_of(client)
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds a credential and is not pickled"):
            attempt(client)


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 422, 429, 500])
def test_no_error_holds_a_token_even_if_the_service_repeats_it(
    service: Service, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.NOTSET)
    echo = {"error": {"code": TOKEN, "message": f"bad token {TOKEN}"}, "requestId": TOKEN, "detail": TOKEN}
    service.replies["dashboard"] = Reply(echo, status, {"Location": f"http://elsewhere.test/?t={TOKEN}"})
    with pytest.raises(vobiz.VobizError) as caught:
        service.client().dashboard()
    error = caught.value
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error)) + repr(error.__cause__)
    assert service.asked[0].headers["x-auth-token"] == TOKEN
    assert TOKEN not in shown + caplog.text
