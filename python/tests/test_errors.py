"""Failures: one class per kind, raised by what really goes wrong, in words that name the operation and the cause."""

from __future__ import annotations

import pickle
import socket
import threading
from typing import Any

import pytest
from service import TOKEN, Asked, Reply, Service, payload

import vobiz_partner as vobiz


def caught(client: vobiz.Client) -> vobiz.VobizError:
    with pytest.raises(vobiz.VobizError) as error:
        client.dashboard()
    return error.value


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (401, "errors/standard_401_invalid_credentials", vobiz.UnauthorizedError, "INVALID_CREDENTIALS"),
        (401, "errors/gateway_401_invalid_token", vobiz.UnauthorizedError, "401"),
        (403, "errors/standard_403_account_inactive", vobiz.ForbiddenError, "ACCOUNT_INACTIVE"),
        (404, "errors/flat_404_not_found", vobiz.NotFoundError, None),
        (400, "errors/flat_400_insufficient_balance", vobiz.RejectedError, "insufficient_balance"),
        (422, "errors/standard_422_validation", vobiz.RejectedError, "VALIDATION_ERROR"),
        (429, "errors/standard_429_rate_limit", vobiz.RateLimitedError, "RATE_LIMIT_EXCEEDED"),
        (500, None, vobiz.ServerError, None),
    ],
)
def test_each_status_has_its_class(
    service: Service, status: int, body: str | None, kind: type[vobiz.VobizError], code: str | None
) -> None:
    service.replies["dashboard"] = Reply(payload(body) if body else {}, status)
    error = caught(service.client())
    assert type(error) is kind
    assert (error.status, error.code, error.operation) == (status, code, "read dashboard")
    assert str(error).startswith("read dashboard: ")
    assert f"(HTTP {status})" in str(error)


def test_refused_credentials_name_the_host_and_are_not_repeated(service: Service) -> None:
    service.replies["dashboard"] = Reply(payload("errors/standard_401_invalid_credentials"), 401)
    error = caught(service.client(attempts=4))
    assert f"{service.url.removeprefix('http://')} refused the credentials" in str(error)
    assert "VOBIZ_AUTH_TOKEN" in str(error)
    assert len(service.asked) == 1


def test_a_wait_and_a_request_id_are_attributes(service: Service) -> None:
    service.replies["dashboard"] = Reply({"error": "slow"}, 429, {"Retry-After": "120", "X-Request-Id": "r-17"})
    error = caught(service.client(attempts=4))
    assert (error.retry_after, error.request_id, error.kind) == (120.0, "r-17", "rate_limited")
    assert len(service.asked) == 1  # two minutes are longer than a call waits


def test_a_failing_service_is_asked_again(service: Service) -> None:
    def reply(_: Asked) -> Reply:
        return (
            Reply(payload("dashboard_flat")) if len(service.asked) > 1 else Reply(b"<html>", 502, {"content-type": "text/html"})
        )

    service.replies["dashboard"] = reply
    assert service.client(attempts=3).dashboard().pending_kyc == 4
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<!DOCTYPE html><html></html>", "the answer is a web page, not JSON; check the base address"),
        (b"", "the answer is empty"),
        (b'{"total_balance": "1.', "the JSON ends in the middle"),
        (b'{"total_balance": }', "not JSON"),
        (b"[]", "expected an object, found a list"),
        (b'{"unrelated": 1}', "an object with none of its fields"),
        (b'{"total_balance": [1]}', "expected an amount, found a list"),
        (
            b'{"time_series": [{"date": "yesterday"}]}',
            "at time_series\\[0\\].*: expected a day, found text that is not one",
        ),
    ],
)
def test_an_answer_that_is_not_understood_is_named(service: Service, body: bytes, says: str) -> None:
    service.replies["dashboard"] = Reply(body)
    with pytest.raises(vobiz.DecodeError, match=f"^read dashboard: .*{says}"):
        service.client().dashboard()


def test_an_unreachable_host(unused_port: int) -> None:
    client = vobiz.Client("PA_TEST", TOKEN, base_url=f"http://127.0.0.1:{unused_port}", attempts=1)
    error = caught(client)
    assert isinstance(error, vobiz.ConnectError)
    assert isinstance(error, ConnectionError)
    assert f"cannot connect to 127.0.0.1:{unused_port}: Connection refused" in str(error)
    assert error.status is None


def test_no_answer_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base_url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        error = caught(vobiz.Client("PA_TEST", TOKEN, base_url=base_url, attempts=1, timeout=0.2))
    assert isinstance(error, vobiz.VobizTimeoutError)
    assert isinstance(error, TimeoutError)
    assert "within 0.2 s" in str(error)


def test_a_connection_that_breaks_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def half_an_answer() -> None:
            connection, _ = server.accept()
            connection.recv(4096)
            connection.sendall(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"total')
            connection.close()

        threading.Thread(target=half_an_answer, daemon=True).start()
        base_url = f"http://127.0.0.1:{server.getsockname()[1]}"
        error = caught(vobiz.Client("PA_TEST", TOKEN, base_url=base_url, attempts=1))
    assert isinstance(error, vobiz.ConnectError)
    assert "lost before the whole answer came" in str(error)


def test_credentials_do_not_follow_a_redirect_to_another_host(service: Service) -> None:
    service.replies["dashboard"] = Reply(b"", 302, {"Location": "http://localhost:9/dashboard"})
    error = caught(service.client())
    assert isinstance(error, vobiz.RedirectError)
    assert "redirects to localhost, which is not followed" in str(error)


KINDS = [
    vobiz.ConfigError,
    vobiz.InvalidArgumentError,
    vobiz.ReadOnlyError,
    vobiz.UnauthorizedError,
    vobiz.ForbiddenError,
    vobiz.NotFoundError,
    vobiz.RejectedError,
    vobiz.RateLimitedError,
    vobiz.ServerError,
    vobiz.ConnectError,
    vobiz.VobizTimeoutError,
    vobiz.RedirectError,
    vobiz.DecodeError,
    vobiz.IncompleteError,
    vobiz.OutcomeUnknownError,
    vobiz.HistoryError,
    vobiz.PolicyError,
    vobiz.ReconciliationError,
    vobiz.PeriodMismatchError,
]


def test_every_class_has_a_kind_of_its_own_and_says_what_to_do() -> None:
    assert len({kind.kind for kind in KINDS}) == len(KINDS)
    assert set(KINDS) == set(vobiz.VobizError.__subclasses__())
    for kind in KINDS:
        assert kind.__doc__
        assert kind.__name__ in vobiz.__all__


def test_exceptions_survive_a_process_boundary(service: Service) -> None:
    service.replies["dashboard"] = Reply({"error": "slow"}, 429, {"Retry-After": "120"})
    error = caught(service.client())
    copy: Any = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(copy) is vobiz.RateLimitedError
    assert (str(copy), copy.status, copy.retry_after) == (str(error), 429, 120.0)
