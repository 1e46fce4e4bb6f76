"""Figures of calls: of a period, a direction, a product, a day."""

from __future__ import annotations

from vobiz_partner._record import Record, Row
from vobiz_partner._table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from decimal import Decimal
    from typing import Any


class Period(Record):
    """The window of days that a report covers, as the service says it. Either day may be ``None``."""

    from_date: dt.date | None
    """First day (``from`` in the service's answer)."""
    to_date: dt.date | None
    """Last day (``to`` in the service's answer)."""


def interval(answered: int | None, total: int | None) -> tuple[float, float] | None:
    """Return Wilson's interval of an answer rate, in percent."""
    if answered is None or total is None:
        return None
    from vobiz_partner._core import answer_interval

    return answer_interval(answered, total)


class CallFigures(Row):
    """Figures of calls. What the service did not send is ``None``, which is not zero."""

    _shown = ("total_calls", "answered_calls", "total_minutes", "total_cost")
    total_calls: int | None
    """Attempts."""
    answered_calls: int | None
    """Attempts that were answered."""
    failed_calls: int | None
    """Attempts that were not answered: as the service reports them, else total less answered."""
    total_minutes: Decimal | None
    """Minutes of talk."""
    total_cost: Decimal | None
    """Cost in the report's currency; absent in the direction parts of a day."""

    @property
    def answer_rate(self) -> Decimal | None:
        """Answered calls in percent of all (0 to 100), to 28 digits. ``None`` without calls."""
        if not self.total_calls or self.answered_calls is None:
            return None
        from decimal import Context, Decimal

        return Context(prec=28).divide(Decimal(self.answered_calls * 100), Decimal(self.total_calls))

    @property
    def answer_rate_interval(self) -> tuple[float, float] | None:
        """The range in which the answer rate probably lies, given so many calls: Wilson's, 95 %. ``None`` without calls."""
        return interval(self.answered_calls, self.total_calls)


class Traffic(Record):
    """The calls of a report by direction."""

    inbound: CallFigures | None
    """Incoming calls."""
    outbound: CallFigures | None
    """Outgoing calls."""


class Breakdown(Table["Any"]):
    """The calls of a report by direction or by product: a mapping of names to figures, and a table with a column ``name``."""

    __slots__ = ()
    _row = CallFigures
    _key = "name"

    if TYPE_CHECKING:

        def __getitem__(self, key: Any, /) -> CallFigures: ...  # type: ignore[override]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self.keys())

    def keys(self) -> list[str]:
        """Return the names."""
        names: list[str] = self._data.column("name")
        return names

    def values(self) -> list[CallFigures]:
        """Return the figures."""
        return [self._at(place) for place in range(len(self))]

    def items(self) -> list[tuple[str, CallFigures]]:
        """Return names and figures."""
        return list(zip(self.keys(), self.values(), strict=True))

    def get(self, name: str, default: CallFigures | None = None) -> CallFigures | None:
        """Return the figures of a name, or `default` where it has none."""
        return self[name] if name in self.keys() else default


class DayFigures(Row):
    """One day of a report. The day is the service's own; its time zone is not documented."""

    _shown = ("date", "total_calls", "answered_calls", "total_minutes", "total_cost")
    date: dt.date
    """The day."""
    total_calls: int | None
    """Attempts."""
    answered_calls: int | None
    """Attempts that were answered."""
    failed_calls: int | None
    """Attempts that were not answered: total less answered."""
    answer_rate: Decimal | None
    """Answered calls in percent of all (0 to 100), to ten places. ``None`` without calls."""
    total_minutes: Decimal | None
    """Minutes of talk."""
    total_cost: Decimal | None
    """Cost in the report's currency."""
    inbound_total_calls: int | None
    """Incoming attempts."""
    inbound_answered_calls: int | None
    """Incoming attempts that were answered."""
    inbound_total_minutes: Decimal | None
    """Minutes of incoming talk."""
    outbound_total_calls: int | None
    """Outgoing attempts."""
    outbound_answered_calls: int | None
    """Outgoing attempts that were answered."""
    outbound_total_minutes: Decimal | None
    """Minutes of outgoing talk."""

    @property
    def answer_rate_interval(self) -> tuple[float, float] | None:
        """The range in which the answer rate probably lies, given so many calls: Wilson's, 95 %, in percent."""
        return interval(self.answered_calls, self.total_calls)

    @property
    def inbound(self) -> CallFigures | None:
        """The incoming part; it has no cost."""
        return _side(self.inbound_total_calls, self.inbound_answered_calls, self.inbound_total_minutes)

    @property
    def outbound(self) -> CallFigures | None:
        """The outgoing part; it has no cost."""
        return _side(self.outbound_total_calls, self.outbound_answered_calls, self.outbound_total_minutes)


def _side(total: int | None, answered: int | None, minutes: Decimal | None) -> CallFigures | None:
    if total is None and answered is None and minutes is None:
        return None
    failed = total - answered if total is not None and answered is not None and answered <= total else None
    return CallFigures(total, answered, failed, minutes, None)


class TimeSeries(Table[DayFigures]):
    """The figures of a report day by day.

    Days without traffic are missing, and the service may cut the list short: totals come from ``report.calls``.

    Examples
    --------
    >>> days = client.dashboard().time_series
    >>> days.largest(1, "total_cost")[0].date  # doctest: +ELLIPSIS
    datetime.date(...)
    """

    __slots__ = ()
    _row = DayFigures
    _noun = "day"
