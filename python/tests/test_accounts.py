"""Customers and wallets: a sequence with exact balances, looked up by id, filtered by an exact threshold."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from decimal import Decimal
from typing import Any

import pytest
from service import Reply, Service, payload

import vobiz_partner as vobiz

ROW = payload("accounts_page")["accounts"][0]


def listed(service: Service, *balances: str | None) -> vobiz.Accounts:
    rows = [ROW | {"auth_id": f"MA_{place}", "cash_credits": balance} for place, balance in enumerate(balances)]
    service.replies["accounts"] = Reply({"accounts": rows, "total": len(rows), "page": 1, "size": 100})
    return service.client().accounts()


def test_rows_are_found_by_place_slice_and_id(recorded: Service) -> None:
    accounts = recorded.client().accounts()
    assert len(accounts) == 2
    assert accounts["MA_YYYYYYYY"] == accounts[1] == accounts[-1] == list(accounts)[1]
    assert [row.auth_id for row in accounts[:1]] == ["MA_XXXXXXXX"]
    assert [row.auth_id for row in accounts[::-1]] == ["MA_YYYYYYYY", "MA_XXXXXXXX"]
    assert len(accounts[5:]) == 0
    assert "MA_XXXXXXXX" in accounts
    assert accounts[0] in accounts
    assert "MA_NOBODY" not in accounts
    assert 7 not in accounts


@pytest.mark.parametrize(("key", "error"), [("MA_NOBODY", KeyError), (2, IndexError), (-3, IndexError), (None, TypeError)])
def test_what_is_not_there_is_an_error(recorded: Service, key: Any, error: type[Exception]) -> None:
    accounts = recorded.client().accounts()
    with pytest.raises(error):
        accounts[key]


def test_a_row_has_exact_money_and_aware_instants(recorded: Service) -> None:
    row = recorded.client().accounts()["MA_XXXXXXXX"]
    assert str(row.balance) == "1300.00000"
    assert row.currency == "INR"
    assert row.pricing_tier is not None
    assert row.pricing_tier.rate_per_minute == Decimal("0.45")
    assert row.created_at == dt.datetime(2026, 5, 6, 7, 12, 40, 437143, tzinfo=dt.timezone.utc)
    assert (row.postpaid, row.is_active, row.description) == (False, True, None)


def test_one_customer_and_one_wallet(recorded: Service) -> None:
    client = recorded.client()
    assert str(client.account("MA_XXXXXXXX").balance) == "1300.00000"
    wallet = client.balance("MA_XXXXXXXX")
    assert (str(wallet.balance), wallet.currency, wallet.name) == ("1300.00000", "INR", "John Doe")
    assert wallet.updated_at == dt.datetime(2026, 5, 7, 11, 54, 13, 620089, tzinfo=dt.timezone.utc)


def test_an_id_is_one_segment_of_the_path(recorded: Service) -> None:
    with pytest.raises(vobiz.InvalidArgumentError, match="the id is empty"):
        recorded.client().balance("")
    with pytest.raises(vobiz.VobizError):
        recorded.client().account("../me")
    assert [asked.path for asked in recorded.asked] == ["accounts/..%2Fme"]


@pytest.mark.parametrize("threshold", ["500", 500, Decimal(500), Decimal("500.000"), "5e2"])
def test_below_counts_what_is_known_to_be_lower(service: Service, threshold: str | int | Decimal) -> None:
    accounts = listed(service, "499.99999", "500", None, "-1", "500.00001")
    low = accounts.below(threshold)
    assert [row.auth_id for row in low] == ["MA_0", "MA_3"]
    assert isinstance(low, vobiz.Accounts)
    assert low.currency == "INR"


@pytest.mark.parametrize("threshold", [500.0, True, None, b"500", [500]])
def test_a_threshold_that_is_not_exact_is_a_type_error(service: Service, threshold: Any) -> None:
    accounts = listed(service, "1")
    with pytest.raises(TypeError, match=r'must be exact: text such as "500.10", an int or a decimal.Decimal, not '):
        accounts.below(threshold)


@pytest.mark.parametrize("threshold", ["", "five", "1,000", Decimal("NaN"), Decimal("Infinity"), Decimal("1e-29"), 10**40])
def test_a_threshold_that_is_no_amount_is_refused(service: Service, threshold: Any) -> None:
    accounts = listed(service, "1")
    with pytest.raises(vobiz.InvalidArgumentError, match="accounts below: threshold: "):
        accounts.below(threshold)


def test_currencies_are_never_mixed(service: Service) -> None:
    tier = ROW["pricing_tier"]
    rows = [ROW, ROW | {"auth_id": "MA_2", "pricing_tier": tier | {"currency": "USD"}}]
    service.replies["accounts"] = Reply({"accounts": rows, "total": 2, "page": 1, "size": 100})
    accounts = service.client().accounts()
    assert [row.currency for row in accounts] == ["INR", "USD"]
    assert accounts.currency is None


def test_a_search_is_sent(recorded: Service) -> None:
    recorded.client().accounts(search="sharma & sons")
    assert recorded.asked[-1].query["search"] == ["sharma & sons"]


def test_every_page_is_read(service: Service) -> None:
    def page(asked: Any) -> Reply:
        number, size = int(asked.query["page"][0]), 20
        rows = [ROW | {"auth_id": f"MA_{place}"} for place in range(45)][(number - 1) * size : number * size]
        return Reply({"accounts": rows, "total": 45, "page": number, "size": size})

    service.replies["accounts"] = page
    accounts = service.client().accounts()
    assert [row.auth_id for row in accounts] == [f"MA_{place}" for place in range(45)]


def test_a_list_that_ends_early_gives_what_was_read(service: Service) -> None:
    service.replies["accounts"] = Reply({"accounts": [ROW], "total": 3, "page": 1, "size": 100})
    with pytest.raises(vobiz.IncompleteError, match="says it has 3 rows and 1 were found") as caught:
        service.client().accounts()
    assert caught.value.rows is not None
    assert [row.auth_id for row in caught.value.rows] == ["MA_XXXXXXXX"]


def test_what_invoices_need_is_kept(service: Service) -> None:
    config = {"threshold": 100, "amount": "500.10"}
    sent = {
        "gstin": "29ABCDE1234F1Z5",
        "gst_status": "active",
        "tds_enabled": True,
        "tds_percentage": "2.5",
        "purchased_cps": 3,
        "purchased_concurrent_calls": "7",
        "auto_recharge": True,
    }
    service.replies["accounts"] = Reply({"accounts": [ROW | sent | {"auto_recharge_config": config}], "total": 1})
    accounts = service.client().accounts()
    row = accounts[0]
    kept = {name: row[name] for name in sent}
    assert kept == sent | {"tds_percentage": Decimal("2.5"), "purchased_concurrent_calls": 7}
    assert row.auto_recharge_config is not None
    assert json.loads(row.auto_recharge_config) == config
    assert set(sent) < set(accounts.columns)


def test_every_printed_field_of_an_account_is_a_column_or_the_token() -> None:
    renamed = {"cash_credits": "balance", "pricing_tier": "rate_per_minute", "auth_token": "auth_id"}
    printed = {renamed.get(name, name) for name in ROW} | {f"pricing_tier_{name}" for name in ("id", "name", "partner_id")}
    assert printed <= set(vobiz.Account.__match_args__)


def test_values_of_a_list_that_were_not_understood_are_listed(service: Service) -> None:
    rows = [ROW | {"auth_id": f"MA_{place}", "cps_limit": "many"} for place in range(3)]
    service.replies["accounts"] = Reply({"accounts": rows, "total": 3})
    accounts = service.client().accounts()
    assert accounts["MA_0"].cps_limit is None
    (oddity,) = accounts.oddities
    assert oddity.startswith("accounts[0].cps_limit: expected a count, found text")
    assert "3 times, first in MA_0" in oddity
    assert pickle.loads(pickle.dumps(accounts)).oddities == accounts[1:].oddities == accounts.oddities  # noqa: S301
