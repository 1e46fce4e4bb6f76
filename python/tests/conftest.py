"""What the tests have in common."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from service import Reply, Service, payload


@pytest.fixture
def service() -> Iterator[Service]:
    """A service that answers nothing yet."""
    service = Service()
    yield service
    service.close()


@pytest.fixture
def recorded(service: Service) -> Service:
    """The service with every body that is in print."""
    names = {"me": "profile", "dashboard": "dashboard", "analytics": "analytics", "accounts": "accounts_page"}
    customer = {"accounts/MA_XXXXXXXX": "account", "accounts/MA_XXXXXXXX/balance": "account_balance"}
    service.replies = {path: Reply(payload(name)) for path, name in (names | customer).items()}
    return service


@pytest.fixture
def unused_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
