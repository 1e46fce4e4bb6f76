"""The clients: one whose calls are waited for, one whose calls are awaited."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._account_calls import AccountCalls, AsyncAccountCalls
from vobiz_partner._capacity import AsyncCapacityCalls, CapacityCalls
from vobiz_partner._cdrs import AsyncCdrCalls, CdrCalls
from vobiz_partner._kyc import AsyncKycCalls, KycCalls
from vobiz_partner._month_calls import AsyncMonthCalls, MonthCalls
from vobiz_partner._numbers import AsyncNumberCalls, NumberCalls
from vobiz_partner._reports import AsyncReportCalls, ReportCalls
from vobiz_partner._transactions import AsyncTransactionCalls, TransactionCalls

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any, NoReturn

    from typing_extensions import Self

    from vobiz_partner._progress import Wanted


class _Settled:
    """What both clients have: settings, an end, no credential to be seen."""

    _inner: _core.Core
    _progress: Wanted
    _kept: Any

    def __init__(
        self,
        auth_id: str | None = None,
        auth_token: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30,
        deadline: float = 90,
        attempts: int = 4,
        requests_per_second: int = 5,
        burst: int = 10,
        concurrency: int = 4,
        read_only: bool = True,
        strict: bool = False,
        ca_file: str | os.PathLike[str] | None = None,
        user_agent: str | None = None,
        zone: str = "Asia/Kolkata",
        progress: Wanted = None,
    ) -> None:
        settings = _core.Settings(
            timeout=timeout,
            deadline=deadline,
            attempts=attempts,
            requests_per_second=requests_per_second,
            burst=burst,
            concurrency=concurrency,
            read_only=read_only,
            strict=strict,
            ca_file=ca_file,
            user_agent=user_agent,
        )
        self._settle(_core.Core(auth_id, auth_token, base_url, settings), zone, progress, None)

    def _settle(self, core: _core.Core, zone: str, progress: Wanted, kept: Any) -> None:
        self._inner, self._zone, self._progress = core, _checked(zone), progress
        # What the client needs alive: a sandbox that nothing else holds.
        self._kept = kept

    @classmethod
    def from_env(
        cls,
        *,
        timeout: float = 30,
        deadline: float = 90,
        attempts: int = 4,
        requests_per_second: int = 5,
        burst: int = 10,
        concurrency: int = 4,
        read_only: bool = True,
        strict: bool = False,
        ca_file: str | os.PathLike[str] | None = None,
        user_agent: str | None = None,
        zone: str = "Asia/Kolkata",
        progress: Wanted = None,
    ) -> Self:
        """Build a client from the environment.

        Reads ``VOBIZ_AUTH_ID``, ``VOBIZ_AUTH_TOKEN`` (or ``VOBIZ_AUTH_TOKEN_FILE``, the path of a file that holds the token)
        and, where set, ``VOBIZ_BASE_URL``. Parameters are those of the client.

        Returns
        -------
        Client

        Raises
        ------
        ConfigError
            Where one of them is missing; the text says which.
        """
        settings = _core.Settings(
            timeout=timeout,
            deadline=deadline,
            attempts=attempts,
            requests_per_second=requests_per_second,
            burst=burst,
            concurrency=concurrency,
            read_only=read_only,
            strict=strict,
            ca_file=ca_file,
            user_agent=user_agent,
        )
        return cls._made(_core.Core.from_env(settings), zone, progress, None)

    @classmethod
    def _made(cls, core: _core.Core, zone: str, progress: Wanted, kept: Any) -> Self:
        client = cls.__new__(cls)
        client._settle(core, zone, progress, kept)
        return client

    @property
    def base_url(self) -> str:
        """Where calls go."""
        return self._inner.base_url

    @property
    def zone(self) -> str:
        """The time zone in which days are cut and instants shown to people."""
        return self._zone

    def __repr__(self) -> str:
        """Show where calls go, and no credential."""
        return f"{type(self).__name__}(base_url='{self.base_url}')"

    def _repr_html_(self) -> str:
        from vobiz_partner._html import facts

        return facts(type(self).__name__, {"base URL": self.base_url, "zone": self.zone})

    def __reduce__(self) -> NoReturn:
        """Refuse: a pickle is copied, stored and sent; a credential is not."""
        name = type(self).__name__
        article = "an" if name[0] in "AEIOU" else "a"
        raise TypeError(f"{article} {name} holds a credential and is not pickled; build one there with {name}.from_env()")


class Client(
    _Settled,
    ReportCalls,
    AccountCalls,
    TransactionCalls,
    CdrCalls,
    NumberCalls,
    KycCalls,
    CapacityCalls,
    MonthCalls,
):
    """A client of the Partner API whose calls wait for the answer.

    Other Python threads run while a call waits, Ctrl-C and Jupyter's stop button end it, and it works inside a running event
    loop, in threads and after ``fork``. It only reads, unless ``read_only=False``.

    Parameters
    ----------
    auth_id : str
        The partner's id, ``PA_…``.
    auth_token : str
        The partner's token. It is never shown again: not in `repr`, in errors or in logs.
    base_url : str, optional
        Where calls go; by default the public service.
    timeout : float, optional
        Longest time for one attempt, in seconds.
    deadline : float, optional
        Longest time for a call with all its attempts and waits, in seconds.
    attempts : int, optional
        How often a read is tried while the service fails or cannot be reached. What changes something is sent once.
    requests_per_second : int, optional
        Requests that leave in a second; 0 for no limit.
    burst : int, optional
        Requests that may leave at once before the limit holds.
    concurrency : int, optional
        Requests under way at once: pages of a list that are read ahead.
    read_only : bool, optional
        Whether calls that change something are refused unsent: transfers, new customers, capacity, KYC sessions.
    strict : bool, optional
        Whether an answer in which something cannot be understood is refused; else that value alone is ``None`` and listed in
        the result's ``oddities``.
    ca_file : path, optional
        A file of certificates (PEM) to trust as well, for a company's own certificate authority.
    user_agent : str, optional
        What is sent as the program's name.
    zone : str, optional
        The time zone in which days are cut and instants are shown to people, such as ``"Asia/Kolkata"``.
    progress : bool or callable, optional
        Progress of long lists: a tqdm bar where tqdm is installed and a person watches (the default), always (``True``),
        never (``False``), or a function that is called with a `Progress`.

    Raises
    ------
    ConfigError
        For a setting that cannot be; the text says which and what to write.

    Examples
    --------
    >>> with vobiz.Client.from_env() as client:  # doctest: +SKIP
    ...     print(client.dashboard().total_balance)
    1003058.82000
    """

    def get(self, path: str, /, **query: object) -> Any:
        """Read something that has no method of its own.

        Parameters
        ----------
        path : str
            Relative to the base address, such as ``"concurrency/transfers"``.
        **query
            What to ask with; ``None`` is left out.

        Returns
        -------
        object
            The JSON as dictionaries and lists, numbers with a point as ``Decimal``. Customers' tokens are taken out.
        """
        return self._wait(_core.get(self._inner, path, query), lambda found: found)

    def close(self) -> None:
        """Let go of the connections. Later calls are refused; closing twice is fine."""
        self._inner.close()
        self._kept = None

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Close the client."""
        self.close()


class AsyncClient(
    _Settled,
    AsyncReportCalls,
    AsyncAccountCalls,
    AsyncTransactionCalls,
    AsyncCdrCalls,
    AsyncNumberCalls,
    AsyncKycCalls,
    AsyncCapacityCalls,
    AsyncMonthCalls,
):
    """A client of the Partner API whose calls are awaited; otherwise the same as `Client`.

    Cancelling a task ends its call. Parameters are those of `Client`.

    Examples
    --------
    >>> async with vobiz.AsyncClient.from_env() as client:  # doctest: +SKIP
    ...     report, accounts = await asyncio.gather(client.dashboard(), client.accounts())
    """

    async def get(self, path: str, /, **query: object) -> Any:
        """Read something that has no method of its own. As `Client.get`."""
        return await self._wait(_core.get(self._inner, path, query), lambda found: found)

    async def aclose(self) -> None:
        """Let go of the connections. Later calls are refused; closing twice is fine."""
        self._inner.close()
        self._kept = None

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(self, *_raised: object) -> None:
        """Close the client."""
        await self.aclose()


def _checked(zone: str) -> str:
    """Return the zone, which has to be one."""
    if zone in ("Asia/Kolkata", "UTC"):
        return zone
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except Exception:
        from vobiz_partner._errors import ConfigError

        text = f'build client: zone is the name of a time zone such as "Asia/Kolkata" or "UTC", not {zone!r}'
        raise ConfigError(text, operation="build client") from None
    return zone
