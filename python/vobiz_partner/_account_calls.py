"""Calls about customers and their wallets."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._accounts import Account, Accounts, CreatedAccount, Wallet
from vobiz_partner._calls import AsyncCalls, Calls, names
from vobiz_partner._stream import AsyncStream, Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

LIST = "list accounts"
_OPTIONAL = frozenset(
    (
        "company",
        "description",
        "address",
        "city",
        "state",
        "zip_code",
        "timezone",
        "gstin",
        "gst_status",
        "account_type",
    )
)


def _further(optional: dict[str, str | None]) -> dict[str, str]:
    for name in optional:
        if name not in _OPTIONAL:
            raise TypeError(f"create account: there is no field {name!r}; there are {', '.join(sorted(_OPTIONAL))}")
    return {name: value for name, value in optional.items() if value is not None}


def _one(found: Any) -> Account:
    return Accounts(found["rows"])[0]


class AccountCalls(Calls):
    """Calls about customers and their wallets."""

    def accounts(self, search: str | None = None, *, columns: Sequence[str] | None = None) -> Accounts:
        """Read every customer with its wallet, page by page. ``GET /accounts``.

        Parameters
        ----------
        search : str, optional
            Keeps customers whose name or e-mail address contains it.
        columns : sequence of str, optional
            The columns to keep, in this order; all of them by default.

        Returns
        -------
        Accounts

        Raises
        ------
        IncompleteError
            Where the list ended early twice; its ``rows`` are those that were read.

        Examples
        --------
        >>> accounts = client.accounts()
        >>> accounts.sum("balance") == client.dashboard().total_balance
        True
        """
        return self._read(LIST, _core.accounts(self._inner, search, names(columns)), Accounts)

    def stream_accounts(
        self, search: str | None = None, *, columns: Sequence[str] | None = None, rows: int = 10_000
    ) -> Stream[Accounts]:
        """Read the customers batch by batch. ``GET /accounts``.

        Parameters
        ----------
        search, columns
            As for `accounts`.
        rows : int, optional
            Rows of a batch.

        Returns
        -------
        Stream of Accounts

        Examples
        --------
        >>> sum(len(batch) for batch in client.stream_accounts(columns=["auth_id"]).batches())
        40
        """
        return Stream(LIST, _core.accounts(self._inner, search, names(columns)), Accounts, rows, self._progress)

    def account(self, auth_id: str) -> Account:
        """Read one customer. ``GET /accounts/{auth_id}``.

        Parameters
        ----------
        auth_id : str
            The customer's id, ``MA_…``.

        Returns
        -------
        Account

        Raises
        ------
        NotFoundError
            Where nobody has this id, or another partner's customer does.
        """
        return self._wait(_core.account(self._inner, auth_id), _one)

    def balance(self, auth_id: str) -> Wallet:
        """Read one wallet as it is at this moment. ``GET /accounts/{auth_id}/balance``.

        Parameters
        ----------
        auth_id : str
            The customer's id, ``MA_…``.

        Returns
        -------
        Wallet
        """
        return self._wait(_core.balance(self._inner, auth_id), Wallet._from)

    def create_account(
        self,
        *,
        name: str,
        email: str,
        password: str,
        phone: str,
        country: str,
        keep_token: bool = False,
        **optional: str | None,
    ) -> CreatedAccount:
        """Create a customer. ``POST /accounts``; sent once. Needs a client with ``read_only=False``.

        Parameters
        ----------
        name : str
            Name.
        email : str
            E-mail address, unique on the whole platform.
        password : str
            At least 8 characters with a digit and a special one.
        phone : str
            Telephone number in E.164.
        country : str
            ISO 3166-1 code; it decides the currency.
        keep_token : bool, optional
            Whether the customer's own token is kept, as a `Secret`.
        **optional : str
            ``company``, ``description``, ``address``, ``city``, ``state``, ``zip_code``, ``timezone``, ``gstin``,
            ``gst_status``, ``account_type``.

        Returns
        -------
        CreatedAccount

        Raises
        ------
        ReadOnlyError, ForbiddenError, RejectedError
            Nothing was created.
        OutcomeUnknownError
            The answer was lost. Look for the e-mail address in the list before trying again.
        """
        further = _further(optional)
        call = _core.create_account(self._inner, name, email, password, phone, country, further, keep_token)
        return self._wait(call, CreatedAccount._from)


class AsyncAccountCalls(AsyncCalls):
    """Calls about customers and their wallets, awaited."""

    async def accounts(self, search: str | None = None, *, columns: Sequence[str] | None = None) -> Accounts:
        """Read every customer with its wallet. As `Client.accounts`."""
        return await self._read(LIST, _core.accounts(self._inner, search, names(columns)), Accounts)

    def stream_accounts(
        self, search: str | None = None, *, columns: Sequence[str] | None = None, rows: int = 10_000
    ) -> AsyncStream[Accounts]:
        """Read the customers batch by batch. As `Client.stream_accounts`, with ``async for``."""
        return AsyncStream(LIST, _core.accounts(self._inner, search, names(columns)), Accounts, rows, self._progress)

    async def account(self, auth_id: str) -> Account:
        """Read one customer. As `Client.account`."""
        return await self._wait(_core.account(self._inner, auth_id), _one)

    async def balance(self, auth_id: str) -> Wallet:
        """Read one wallet. As `Client.balance`."""
        return await self._wait(_core.balance(self._inner, auth_id), Wallet._from)

    async def create_account(
        self,
        *,
        name: str,
        email: str,
        password: str,
        phone: str,
        country: str,
        keep_token: bool = False,
        **optional: str | None,
    ) -> CreatedAccount:
        """Create a customer. As `Client.create_account`."""
        further = _further(optional)
        call = _core.create_account(self._inner, name, email, password, phone, country, further, keep_token)
        return await self._wait(call, CreatedAccount._from)
