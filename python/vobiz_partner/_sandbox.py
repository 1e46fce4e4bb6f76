"""A Partner API inside the process, so that every example runs without credentials."""

from __future__ import annotations

import os

from vobiz_partner import _core
from vobiz_partner._arguments import whole
from vobiz_partner._client import AsyncClient, Client

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from decimal import Decimal

    from typing_extensions import Self

    from vobiz_partner._progress import Wanted


class Sandbox:
    """A Partner API inside this process, with customers, wallets and calls that belong together.

    It listens on this machine alone, on a free port, and its clock is still until it is turned. It serves as long as it, or
    a client of it, is held; a ``with`` block or `close` ends it before.

    Parameters
    ----------
    customers : int, optional
        How many customers there are.
    seed : int, optional
        What everything random comes from: the same seed, the same world.
    payloads : path, optional
        A folder of recorded answers to serve instead of a world.
    replace : dict, optional
        Recorded answers in the place of others, as in ``{"dashboard": "dashboard_flat"}``.
    start : datetime.datetime, optional
        Where the clock starts; aware.
    books : str, optional
        What makes a month hard to close, with commas between: ``late-rows``, ``late-prices``, ``refunds``, ``fee-change``,
        ``utc-days``, ``turnover``, ``second-currency``, or ``all``.

    Examples
    --------
    >>> with vobiz.Sandbox(customers=40, seed=7) as sandbox:
    ...     low = sandbox.client().accounts().below("500")
    """

    def __init__(
        self,
        customers: int = 40,
        seed: int = 7,
        *,
        payloads: str | os.PathLike[str] | None = None,
        replace: Mapping[str, str] | None = None,
        start: dt.datetime | None = None,
        books: str = "",
    ) -> None:
        customers, seed = whole("sandbox: customers", customers), whole("sandbox: seed", seed)
        recorded = dict(replace) if replace else None
        self._sandbox = _core.Sandbox(customers, seed, payloads=payloads, replace=recorded, start=start, books=books)

    def client(self, *, read_only: bool = True, zone: str = "Asia/Kolkata", progress: Wanted = None) -> Client:
        """Build a client of this sandbox, with no limit on requests a second.

        Parameters
        ----------
        read_only : bool, optional
            Whether calls that change something are refused.
        zone, progress
            As for `Client`.

        Returns
        -------
        Client
            It keeps the sandbox alive.
        """
        return Client._made(self._sandbox.core(read_only), zone, progress, self)

    def async_client(self, *, read_only: bool = True, zone: str = "Asia/Kolkata", progress: Wanted = None) -> AsyncClient:
        """Build a client of this sandbox whose calls are awaited. Parameters are those of `client`.

        Returns
        -------
        AsyncClient
            It keeps the sandbox alive.
        """
        return AsyncClient._made(self._sandbox.core(read_only), zone, progress, self)

    @property
    def url(self) -> str:
        """Where the sandbox listens."""
        return self._sandbox.url

    @property
    def base_url(self) -> str:
        """Where its Partner API is: the ``base_url`` of a client."""
        return self._sandbox.base_url

    @property
    def auth_id(self) -> str:
        """The partner's id."""
        return self._sandbox.auth_id

    @property
    def auth_token(self) -> str:
        """The partner's token, worth nothing outside this sandbox."""
        return self._sandbox.auth_token

    @property
    def now(self) -> dt.datetime:
        """What the sandbox's clock shows, UTC."""
        return self._sandbox.now

    def advance(self, by: str | dt.timedelta) -> dt.datetime:
        """Turn the clock forward; customers call and pay meanwhile.

        Parameters
        ----------
        by : str or datetime.timedelta
            How far, such as ``"24h"``, ``"7d"`` or ``"90m"``.

        Returns
        -------
        datetime.datetime
            What the clock shows then, UTC.
        """
        return self._sandbox.advance(by)

    def set_wallet(self, auth_id: str, balance: str | int | Decimal) -> None:
        """Set a customer's wallet, or the partner's own, by an adjustment in the ledger.

        Parameters
        ----------
        auth_id : str
            Whose wallet.
        balance : str, int or decimal.Decimal
            What will be in it.
        """
        self._sandbox.set_wallet(auth_id, balance)

    def close(self) -> None:
        """Stop serving. Closing twice is fine."""
        self._sandbox.close()

    def __enter__(self) -> Self:
        """Return the sandbox."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Stop serving."""
        self.close()

    def __repr__(self) -> str:
        """Say where it listens and what its clock shows."""
        return repr(self._sandbox)

    def _repr_html_(self) -> str:
        from vobiz_partner._html import facts

        return facts("Sandbox", {"address": self.url, "clock": self.now})
