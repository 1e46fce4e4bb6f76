"""Reports over all customers."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._arguments import whole
from vobiz_partner._calls import AsyncCalls, Calls
from vobiz_partner._errors import PeriodMismatchError, PeriodMismatchWarning
from vobiz_partner._profile import Profile
from vobiz_partner._record import Record, Row
from vobiz_partner._table import Table
from vobiz_partner._traffic import Breakdown, CallFigures, Period, TimeSeries, Traffic

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from decimal import Decimal
    from typing import Any, Literal

    from vobiz_partner._calls import Day

    OnMismatch = Literal["warn", "raise", "ignore"]


class ReportCustomer(Row):
    """A customer as a report lists it, without a balance."""

    _shown = ("auth_id", "name", "is_active")
    auth_id: str
    """Customer id, ``MA_…``."""
    name: str | None
    """Name; chosen by the customer."""
    email: str | None
    """E-mail address; personal data."""
    phone: str | None
    """Telephone number; personal data."""
    is_active: bool | None
    """Whether the account is active."""
    created_at: dt.datetime | None
    """When it was created, UTC."""


class ReportCustomers(Table[ReportCustomer]):
    """Customers as a report lists them: some or all of them, and no balances. The full list is ``client.accounts()``."""

    __slots__ = ()
    _row = ReportCustomer


class ReportAccounts(Record):
    """How many customers there are."""

    _shown = ("total", "active")
    total: int | None
    """All customers."""
    active: int | None
    """Active ones."""
    customers: ReportCustomers
    """Some or all of them; the full list is ``client.accounts()``."""


class TopCustomer(Row):
    """A customer among those who spent most."""

    _shown = ("auth_id", "name", "total_calls", "total_cost")
    auth_id: str
    """Customer id, ``MA_…``."""
    name: str | None
    """Name; chosen by the customer."""
    total_calls: int | None
    """Attempts in the period."""
    total_cost: Decimal | None
    """Spend in the period. ``None`` is not known, not zero."""
    currency: str | None
    """Currency of the spend."""


class TopCustomers(Table[TopCustomer]):
    """Customers by what they spent, most first."""

    __slots__ = ("_failed", "_reported")
    _row = TopCustomer
    _failed: dict[str, str]
    _reported: bool

    @property
    def is_reported(self) -> bool:
        """Whether the report itself lists them; else they are added up from each customer's call records."""
        return getattr(self, "_reported", True)

    @property
    def failures(self) -> dict[str, str]:
        """Customers whose figures could not be read, by id, and why."""
        return dict(getattr(self, "_failed", {}))


class Report(Record):
    """A report over all customers. What the service did not send is ``None``, which is not zero.

    Examples
    --------
    >>> report = client.dashboard()
    >>> report.calls.total_cost == report.by_direction.sum("total_cost")
    True
    """

    _shown = ("period", "currency", "total_balance", "calls")
    partner: Profile | None
    """The partner. Reports leave its ``balance`` out; ``client.me()`` has it."""
    period: Period | None
    """The window covered. Figures belong to it, never to "today"."""
    accounts: ReportAccounts | None
    """Numbers of customers."""
    total_balance: Decimal | None
    """Sum of the customers' wallets, not the partner's own."""
    currency: str | None
    """Currency of every amount in the report."""
    calls: CallFigures | None
    """Figures of all calls; ``None`` in answers that have none."""
    traffic: Traffic | None
    """The same by direction, as sent."""
    by_product: Breakdown
    """Calls by product (``sip_trunking``, ``voice_api``, …)."""
    by_direction: Breakdown
    """Calls by direction (``inbound``, ``outbound``). Empty where the service sends neither."""
    time_series: TimeSeries
    """Calls by day. Days without traffic are missing and the list may be cut short: totals come from ``calls``."""
    top_customers: TopCustomers | None
    """Top spenders, where the service sends them."""
    mtd_revenue: Decimal | None
    """Revenue of the month to date, where the service sends it."""
    pending_kyc: int | None
    """Customers whose KYC is pending, where the service sends it."""
    accounts_low_balance: int | None
    """Customers below the service's own threshold, where it says so. For your own: ``client.accounts().below("500")``."""
    accounts_suspended: int | None
    """Suspended customers; older answers only."""
    calls_today: int | None
    """Calls of the current day; older answers only."""
    calls_this_month: int | None
    """Calls of the current month; older answers only."""
    total_spend_this_month: Decimal | None
    """Spend of the current month; older answers only."""
    total_duration_seconds: int | None
    """Seconds of calls; older answers only, and whether they include ringing is not documented."""

    @property
    def failed_calls(self) -> int | None:
        """Attempts that were not answered, of all calls."""
        return self.calls.failed_calls if self.calls else None

    @property
    def answer_rate(self) -> Decimal | None:
        """Answered calls in percent of all (0 to 100), not rounded."""
        return self.calls.answer_rate if self.calls else None

    @property
    def answer_rate_interval(self) -> tuple[float, float] | None:
        """The range in which the answer rate probably lies, given so many calls: Wilson's, 95 %, in percent."""
        return self.calls.answer_rate_interval if self.calls else None

    @classmethod
    def _from(cls, given: Mapping[str, Any]) -> Report:
        currency, period = given["currency"], Period._maybe(given["period"])
        accounts, traffic = given["accounts"], given["traffic"]
        made: dict[str, Any] = {
            **given,
            "partner": Profile._maybe(given["partner"]),
            "period": period,
            "calls": CallFigures._maybe(given["calls"]),
            "by_product": Breakdown(given["by_product"], currency, period),
            "by_direction": Breakdown(given["by_direction"], currency, period),
            "time_series": TimeSeries(given["time_series"], currency, period),
        }
        if given["top_customers"] is not None:
            made["top_customers"] = TopCustomers(given["top_customers"], currency, period)
        if accounts is not None:
            made["accounts"] = ReportAccounts._from({**accounts, "customers": ReportCustomers(accounts["customers"])})
        if traffic is not None:
            made["traffic"] = Traffic._from({side: CallFigures._maybe(part) for side, part in traffic.items()})
        return cls._of(tuple(map(made.get, cls._fields)))


def _checked(report: Report, asked: _core.Window, on_mismatch: OnMismatch) -> Report:
    """Return the report, unless it covers other days than were asked for and the caller wants to know."""
    period = report.period
    if period is None or on_mismatch == "ignore":
        return report
    if all(wanted in (None, found) for wanted, found in ((asked.from_date, period.from_date), (asked.to_date, period.to_date))):
        return report
    text = (
        f"read analytics: asked for {asked.from_date} to {asked.to_date}, and the report covers {period.from_date} to "
        f"{period.to_date}; its figures belong to those days"
    )
    if on_mismatch == "raise":
        raise PeriodMismatchError(text, operation="read analytics", report=report)
    import warnings

    warnings.warn(text, PeriodMismatchWarning, stacklevel=4)
    return report


def _choice(on_mismatch: str) -> None:
    if on_mismatch not in ("warn", "raise", "ignore"):
        raise ValueError(f'on_mismatch is "warn", "raise" or "ignore", not {on_mismatch!r}')


def _most(limit: int | None) -> int | None:
    return None if limit is None else whole("top customers: limit", limit)


def _top(asked: _core.Window, limit: int | None, found: tuple[Any, bool, list[tuple[str, str]]]) -> TopCustomers:
    data, reported, failed = found
    top = TopCustomers(data if limit is None else data.slice(slice(limit)), None, Period(asked.from_date, asked.to_date))
    top._reported, top._failed = reported, dict(failed)
    return top


class ReportCalls(Calls):
    """Calls about reports, and the partner itself."""

    def me(self) -> Profile:
        """Read the partner's own profile and wallet. ``GET /me``.

        Returns
        -------
        Profile
            Identity, wallet (``balance``) and capability flags.
        """
        return self._wait(_core.me(self._inner), Profile._from)

    def dashboard(self) -> Report:
        """Read the report over the service's default window; ``report.period`` says which that was. ``GET /dashboard``.

        Returns
        -------
        Report
        """
        return self._wait(_core.dashboard(self._inner), Report._from)

    def analytics(
        self,
        from_date: Day | None = None,
        to_date: Day | None = None,
        *,
        month: str | None = None,
        on_mismatch: OnMismatch = "warn",
    ) -> Report:
        """Read the report over a window of days. ``GET /analytics``.

        Parameters
        ----------
        from_date, to_date : datetime.date or str, optional
            First and last day; text is written ``"2026-04-30"``. Left out, the service takes its last 30 days.
        month : str, optional
            A whole month, ``"2026-04"``, in place of both days.
        on_mismatch : {"warn", "raise", "ignore"}, optional
            What happens where the report covers other days than were asked for: a `PeriodMismatchWarning`, a
            `PeriodMismatchError`, or nothing.

        Returns
        -------
        Report

        Raises
        ------
        InvalidArgumentError
            For a day that does not exist, or a first day after the last. Nothing is sent then.

        Examples
        --------
        >>> client.analytics(month="2026-04").period
        Period(from_date=datetime.date(2026, 4, 1), to_date=datetime.date(2026, 4, 30))
        """
        _choice(on_mismatch)
        asked = _core.Window("read analytics", month, from_date, to_date)
        report = self._wait(_core.analytics(self._inner, asked), Report._from)
        return _checked(report, asked, on_mismatch)

    def top_customers(
        self,
        from_date: Day | None = None,
        to_date: Day | None = None,
        *,
        month: str | None = None,
        limit: int | None = None,
    ) -> TopCustomers:
        """Read who spent most from one day to another, both included.

        As ``GET /analytics`` lists them, else from the summary of each customer's call records.

        Parameters
        ----------
        from_date, to_date : datetime.date or str
            First and last day.
        month : str, optional
            A whole month, ``"2026-04"``, in place of both days.
        limit : int, optional
            How many customers, at most.

        Returns
        -------
        TopCustomers
            Most first; those whose spend is not known come last.
        """
        asked, limit = _core.Window("read top customers", month, from_date, to_date), _most(limit)
        return self._wait(_core.top_customers(self._inner, asked), lambda found: _top(asked, limit, found))


class AsyncReportCalls(AsyncCalls):
    """Calls about reports and the partner itself, awaited."""

    async def me(self) -> Profile:
        """Read the partner's own profile and wallet. As `Client.me`."""
        return await self._wait(_core.me(self._inner), Profile._from)

    async def dashboard(self) -> Report:
        """Read the report over the service's default window. As `Client.dashboard`."""
        return await self._wait(_core.dashboard(self._inner), Report._from)

    async def analytics(
        self,
        from_date: Day | None = None,
        to_date: Day | None = None,
        *,
        month: str | None = None,
        on_mismatch: OnMismatch = "warn",
    ) -> Report:
        """Read the report over a window of days. As `Client.analytics`."""
        _choice(on_mismatch)
        asked = _core.Window("read analytics", month, from_date, to_date)
        report = await self._wait(_core.analytics(self._inner, asked), Report._from)
        return _checked(report, asked, on_mismatch)

    async def top_customers(
        self,
        from_date: Day | None = None,
        to_date: Day | None = None,
        *,
        month: str | None = None,
        limit: int | None = None,
    ) -> TopCustomers:
        """Read who spent most from one day to another. As `Client.top_customers`."""
        asked, limit = _core.Window("read top customers", month, from_date, to_date), _most(limit)
        return await self._wait(_core.top_customers(self._inner, asked), lambda found: _top(asked, limit, found))
