"""Every call against the sandbox, waited for and awaited; what changes something is refused unless it is allowed."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from service import Reply, Service, payload

import vobiz_partner as vobiz

DAY: Any = {"from_date": "2026-05-11", "to_date": "2026-05-11"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[vobiz.Sandbox]:
    with vobiz.Sandbox(customers=10) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def customer(sandbox: vobiz.Sandbox) -> str:
    return sandbox.client().accounts()[0].auth_id


READS: dict[str, Callable[[Any, str], Any]] = {
    "transactions": lambda client, customer: client.transactions(customer, **DAY),
    "all transactions": lambda client, _: client.transactions(**DAY, type="debit"),
    "ledger summary": lambda client, customer: client.ledger_summary(customer, month="2026-04"),
    "call records": lambda client, customer: client.cdrs(customer, **DAY),
    "all call records": lambda client, _: client.cdrs(**DAY, direction="outbound", status="answered", min_duration=30),
    "summary of call records": lambda client, customer: client.cdr_summary(customer, **DAY),
    "numbers": lambda client, customer: client.numbers(customer),
    "all numbers": lambda client, _: client.numbers(),
    "KYC sessions": lambda client, _: client.kyc_sessions(),
    "capacity": lambda client, customer: client.capacity(customer),
    "capacity history": lambda client, _: client.capacity_history(),
    "top customers": lambda client, _: client.top_customers(month="2026-04", limit=3),
    "get": lambda client, _: client.get("accounts", per_page=1),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_both_clients_read_the_same(sandbox: vobiz.Sandbox, customer: str, read: Callable[[Any, str], Any]) -> None:
    async def awaited() -> Any:
        async with sandbox.async_client() as client:
            return await read(client, customer)

    found = read(sandbox.client(), customer)
    assert found is not None
    assert asyncio.run(awaited()) == found


def test_ledger_calls_and_report_agree(sandbox: vobiz.Sandbox) -> None:
    client = sandbox.client()
    report = client.analytics(**DAY)
    calls = client.cdrs(**DAY)
    assert report.calls is not None
    assert (len(calls), calls.sum("total_cost")) == (report.calls.total_calls, report.calls.total_cost)
    debits = client.transactions(**DAY, type="debit").filter(lambda row: (row.reference or "").startswith("cdr:"))
    assert debits.sum("amount") == report.calls.total_cost
    assert report.by_direction.sum("total_cost") == report.by_product.sum("total_cost") == report.calls.total_cost


def test_one_call_is_read_by_its_id(sandbox: vobiz.Sandbox) -> None:
    client = sandbox.client()
    call = client.cdrs(**DAY)[0]
    assert call.auth_id is not None
    assert client.cdr(call.auth_id, call.uuid).total_cost == call.total_cost


CHANGES: dict[str, Callable[[vobiz.Client, str], Any]] = {
    "transfer": lambda client, customer: client.transfer(customer, "1", "INR"),
    "give capacity": lambda client, customer: client.give_capacity(customer, "cps", 1),
    "reclaim capacity": lambda client, customer: client.reclaim_capacity(customer, "cps", 1),
    "create account": lambda client, _: client.create_account(
        name="A", email="a@example.com", password="secret-1!", phone="+911", country="IN"
    ),
    "create KYC session": lambda client, customer: client.create_kyc_session(customer, email="a@example.com"),
    "resend KYC session": lambda client, _: client.resend_kyc_session("x"),
    "revoke KYC session": lambda client, _: client.revoke_kyc_session("x", reason="old"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_client_only_reads_unless_changes_are_allowed(service: Service, change: Callable[[vobiz.Client, str], Any]) -> None:
    with pytest.raises(vobiz.ReadOnlyError, match="read-only, and nothing was sent"):
        change(service.client(), "MA_1")
    assert service.asked == []


def test_a_transfer_arrives_and_is_found(sandbox: vobiz.Sandbox, customer: str) -> None:
    client = sandbox.client(read_only=False)
    before = client.balance(customer).balance
    assert before is not None
    sent = client.transfer(customer, "12.50", "INR", description="May", at=sandbox.now)
    assert sent.amount == Decimal("12.50")
    assert client.balance(customer).balance == before + Decimal("12.50")
    attempt = vobiz.TransferAttempt(customer, Decimal("12.50"), sandbox.now, None)
    outcome = client.transfer_outcome(attempt, now=sandbox.now)
    assert outcome.outcome == "done"
    assert outcome.transaction is not None
    assert outcome.transaction.amount == Decimal("12.50")


def test_instants_of_any_zone_are_taken_and_naive_ones_are_not(sandbox: vobiz.Sandbox, customer: str) -> None:
    client = sandbox.client()
    india = dt.timezone(dt.timedelta(hours=5, minutes=30))
    attempt = vobiz.TransferAttempt(customer, Decimal("7777.77"), sandbox.now.astimezone(india), None)
    assert client.transfer_outcome(attempt, now=sandbox.now.astimezone(india)).outcome == "unknown"
    with pytest.raises(TypeError, match="must be a datetime with its time zone"):
        client.transfer_outcome(attempt, now=sandbox.now.replace(tzinfo=None))


def test_a_lost_transfer_says_what_is_needed_to_look_for_it(service: Service) -> None:
    me = payload("profile") | {"currency": "INR"}
    service.replies |= {"me": Reply(me), "accounts/MA_1/transfer-balance": Reply({"error": "later"}, 503)}
    client = vobiz.Client("PA_TEST", "t", base_url=service.url, read_only=False)
    with pytest.raises(vobiz.OutcomeUnknownError) as caught:
        client.transfer("MA_1", "5", "INR")
    attempt = caught.value.attempt
    assert attempt is not None
    assert (attempt.customer, attempt.amount) == ("MA_1", Decimal(5))
    assert attempt.started.tzinfo is not None
    assert sum(asked.path.endswith("transfer-balance") for asked in service.asked) == 1


def test_secrets_of_answers_are_shown_only_when_asked_for(service: Service) -> None:
    service.replies |= {
        "accounts": Reply(payload("account_created") | {"auth_token": "planted-71"}, 201),
        "kyc-sessions": Reply({"session_id": "k1", "widget_url": "https://kyc.test/planted-71"}, 201),
    }
    client = vobiz.Client("PA_TEST", "t", base_url=service.url, read_only=False)
    person: Any = {"name": "A", "email": "a@example.com", "password": "secret-1!", "phone": "+911", "country": "IN"}
    assert client.create_account(**person).auth_token is None
    created = client.create_account(**person, keep_token=True, company="C")
    started = client.create_kyc_session("MA_1", redirect_url="https://example.com", remind_days_before=[3, 1], metadata={"a": 1})
    for secret, holder in ((created.auth_token, created), (started.widget_url, started)):
        assert secret is not None
        assert secret.reveal().endswith("planted-71")
        assert "planted" not in f"{secret!r}{secret}{holder!r}{holder.to_dict()}{holder._repr_html_()}"
    with pytest.raises(TypeError, match="there is no field 'compny'; there are account_type, address"):
        client.create_account(**person, compny="C")
    with pytest.raises(TypeError, match=r"either email=… .* or redirect_url=…"):
        client.create_kyc_session("MA_1")


def test_a_closed_client_says_so(sandbox: vobiz.Sandbox) -> None:
    with sandbox.client() as client:
        assert client.me().name
    client.close()
    with pytest.raises(vobiz.VobizError, match="read profile: the client is closed; build another one"):
        client.me()


def test_a_client_keeps_its_sandbox_alive() -> None:
    client = vobiz.Sandbox(customers=2).client()
    assert len(client.accounts()) == 2
