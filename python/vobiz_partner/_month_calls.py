"""Calls that close a month."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._calls import AsyncCalls, Calls
from vobiz_partner._month import Month
from vobiz_partner._progress import bar

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt

CLOSE = "close month"


def _now(now: dt.datetime | None) -> dt.datetime:
    if now is not None:
        return now
    import datetime as dt

    return dt.datetime.now(dt.timezone.utc)


class MonthCalls(Calls):
    """Closing months."""

    _zone: str

    def close_month(
        self,
        month: str,
        *,
        zone: str | None = None,
        calls: bool = True,
        balances: bool = True,
        now: dt.datetime | None = None,
    ) -> Month:
        """Read and close a month: reports, ledgers, call records, fees and wallets, whichever this account may see.

        Parameters
        ----------
        month : str
            Such as ``"2026-04"``.
        zone : str, optional
            The time zone in which days are cut; by default that of the client.
        calls : bool, optional
            Whether call records are read: usage by product and direction, and every call against its ledger row.
        balances : bool, optional
            Whether ledgers are read up to now, and not to the end of the month alone: opening and closing balances.
        now : datetime.datetime, optional
            The instant that counts as now, for a service with a clock of its own, such as a `Sandbox`.

        Returns
        -------
        Month
            What could not be read is stated in its ``coverage``.

        Raises
        ------
        InvalidArgumentError
            For a month or a zone that does not exist.
        UnauthorizedError
            Where the credentials are refused.

        Examples
        --------
        >>> month = client.close_month("2026-04")  # doctest: +SKIP
        >>> month.name
        '2026-04'
        """
        call = _core.close_month(self._inner, month, zone or self._zone, calls, balances, _now(now))
        from vobiz_partner._run import wait

        return wait(call, Month._from, bar(CLOSE, self._progress))


class AsyncMonthCalls(AsyncCalls):
    """Closing months, awaited."""

    _zone: str

    async def close_month(
        self,
        month: str,
        *,
        zone: str | None = None,
        calls: bool = True,
        balances: bool = True,
        now: dt.datetime | None = None,
    ) -> Month:
        """Read and close a month. As `Client.close_month`."""
        from vobiz_partner._await import run

        call = _core.close_month(self._inner, month, zone or self._zone, calls, balances, _now(now))
        return await run(call, Month._from, bar(CLOSE, self._progress))
