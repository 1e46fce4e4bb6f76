"""The client whose calls are coroutines."""

from __future__ import annotations

import datetime as dt
from typing import Any, NoReturn

from vobiz_partner._core import Account, Accounts, Profile, Report, Wallet, _AsyncCalls


class AsyncClient:
    """A client of the Partner API whose calls are awaited; otherwise the same as `Client`.

    Cancelling a task ends its call. Parameters are those of `Client`.

    Examples
    --------
    >>> client = vobiz.AsyncClient.from_env()
    >>> report, accounts = await asyncio.gather(client.dashboard(), client.accounts())
    """

    __slots__ = ("_calls",)

    def __init__(
        self,
        auth_id: str | None = None,
        auth_token: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | None = None,
        attempts: int | None = None,
    ) -> None:
        self._calls = _AsyncCalls(auth_id, auth_token, base_url=base_url, timeout=timeout, attempts=attempts)

    @classmethod
    def from_env(cls, *, timeout: float | None = None, attempts: int | None = None) -> AsyncClient:
        """Build a client from the environment. See `Client.from_env`."""
        client = cls.__new__(cls)
        client._calls = _AsyncCalls.from_env(timeout=timeout, attempts=attempts)
        return client

    @property
    def base_url(self) -> str:
        """Where calls go."""
        return self._calls.base_url

    async def me(self) -> Profile:
        """See `Client.me`."""
        return await self._calls.me()

    async def dashboard(self) -> Report:
        """See `Client.dashboard`."""
        return await self._calls.dashboard()

    async def analytics(self, from_date: dt.date | str | None = None, to_date: dt.date | str | None = None) -> Report:
        """See `Client.analytics`."""
        return await self._calls.analytics(from_date, to_date)

    async def accounts(self, search: str | None = None) -> Accounts:
        """See `Client.accounts`."""
        return await self._calls.accounts(search)

    async def account(self, auth_id: str) -> Account:
        """See `Client.account`."""
        return await self._calls.account(auth_id)

    async def balance(self, auth_id: str) -> Wallet:
        """See `Client.balance`."""
        return await self._calls.balance(auth_id)

    async def get(self, path: str, /, **query: object) -> Any:
        """See `Client.get`."""
        return await self._calls.get(path, **query)

    def __repr__(self) -> str:
        """Show where calls go, and no credential."""
        return f"AsyncClient(base_url='{self.base_url}')"

    def __reduce__(self) -> NoReturn:
        """Refuse: a pickle is copied, stored and sent; a credential is not."""
        raise TypeError(
            "an AsyncClient holds a credential and is not pickled; build one there with AsyncClient.from_env()"
        )
