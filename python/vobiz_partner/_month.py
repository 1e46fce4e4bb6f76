"""A month, closed: what each customer used, paid and has, and where the sources disagree."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._accounts import Accounts
from vobiz_partner._cdrs import CallRecords
from vobiz_partner._errors import ReconciliationError
from vobiz_partner._invoices import Invoices, asked
from vobiz_partner._month_files import MonthFiles
from vobiz_partner._month_tables import CoverageTable, Differences, Findings, Lines, Spenders, Splits, Statements
from vobiz_partner._numbers import Numbers
from vobiz_partner._reports import Report
from vobiz_partner._traffic import Period
from vobiz_partner._transactions import Transactions

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from decimal import Decimal
    from typing import Any, Literal, NoReturn

    from typing_extensions import Self

    from vobiz_partner._books import Books


class Month(MonthFiles):
    """A closed month. It cannot be changed, is pickled, and holds every figure exactly.

    Examples
    --------
    >>> month = client.close_month("2026-04")  # doctest: +SKIP
    >>> month.is_reconciled(), len(month.differences)
    (True, 0)
    >>> month.statements.columns[3:6]
    ('opening', 'top_ups', 'refunds')
    """

    __slots__ = ("_closed", "_tables")

    def __init__(self, closed: _core.ClosedMonth, tables: dict[str, Any]) -> None:
        if not isinstance(closed, _core.ClosedMonth):
            raise TypeError('a Month is made by client.close_month("2026-04")')
        object.__setattr__(self, "_closed", closed)
        object.__setattr__(self, "_tables", tables)

    if TYPE_CHECKING:
        _closed: _core.ClosedMonth
        _tables: dict[str, Any]
    else:

        def __setattr__(self, name: str, value: object) -> NoReturn:
            raise AttributeError("a Month cannot be changed")

    @classmethod
    def _from(cls, found: Mapping[str, Any]) -> Month:
        closed = found["closed"]
        period = Period(*closed.period[:2])
        report = Report._maybe(found["report"])
        currency = report.currency if report else None
        tables = {
            "report": report,
            "accounts": Accounts(found["accounts"], currency),
            "numbers": Numbers(found["numbers"], currency),
            "calls": CallRecords(found["calls"], currency, period),
            "ledger": Transactions(found["ledger"], currency, period),
            "calls_around": CallRecords(found["calls_around"], currency),
            "ledger_around": Transactions(found["ledger_around"], currency),
            "about": found["about"],
        }
        return cls(closed, tables)

    @property
    def period(self) -> Period:
        """The days that were closed."""
        return Period(*self._closed.period[:2])

    @property
    def zone(self) -> str:
        """The zone in which the days are cut."""
        return self._closed.period[2]

    @property
    def name(self) -> str:
        """The name of the period, such as ``2026-04``."""
        return self._closed.period[3]

    @property
    def read_at(self) -> dt.datetime:
        """When it was read, UTC."""
        return self._closed.read_at

    @property
    def complete(self) -> bool:
        """Whether the month is over and all that was asked for was read whole; `coverage` says what was not."""
        return self._closed.complete

    @property
    def coverage(self) -> CoverageTable:
        """What was read of each source, and why something is missing."""
        return CoverageTable(self._closed.coverage())

    @property
    def report(self) -> Report | None:
        """The report over the month; ``None`` where it could not be read."""
        return self._tables["report"]  # type: ignore[no-any-return]

    @property
    def accounts(self) -> Accounts:
        """Customers when the month was read."""
        return self._tables["accounts"]  # type: ignore[no-any-return]

    @property
    def numbers(self) -> Numbers:
        """Telephone numbers when the month was read."""
        return self._tables["numbers"]  # type: ignore[no-any-return]

    @property
    def calls(self) -> CallRecords:
        """Calls that ended in the month; empty where call records were not read."""
        return self._tables["calls"]  # type: ignore[no-any-return]

    @property
    def ledger(self) -> Transactions:
        """Ledger rows of the month."""
        return self._tables["ledger"]  # type: ignore[no-any-return]

    @property
    def partner_balance(self) -> Decimal | None:
        """The partner's own wallet when the month was read."""
        return self._closed.partner_balance

    @property
    def transferred(self) -> dict[str, Decimal]:
        """What the partner transferred to customers in the month, by currency."""
        return self._closed.transferred

    @property
    def lines(self) -> Lines:
        """Usage by product and direction, fees, refunds and top-ups of each customer and day."""
        return Lines(self._closed.lines(), None, self.period)

    @property
    def statements(self) -> Statements:
        """The wallet of each customer: ``opening + top_ups + refunds - usage - rentals - fixed - other = closing``."""
        return Statements(self._closed.statements(), None, self.period)

    @property
    def differences(self) -> Differences:
        """Where the sources disagree, each with its likely reason."""
        return Differences(self._closed.differences(), None, self.period)

    def is_reconciled(self, tolerance: str | int | Decimal = "0") -> bool:
        """Return whether no difference is larger than `tolerance`.

        Parameters
        ----------
        tolerance : str, int or decimal.Decimal, optional
            In money. Differences of numbers of calls or rows, and of what is not understood, have none.

        Returns
        -------
        bool
        """
        return not len(self._closed.differences(tolerance))

    def check(self, tolerance: str | int | Decimal = "0") -> Self:
        """Return the month, unless its sources disagree.

        Parameters
        ----------
        tolerance : str, int or decimal.Decimal, optional
            As for `is_reconciled`.

        Returns
        -------
        Month

        Raises
        ------
        ReconciliationError
            With the ``differences`` beyond the tolerance.
        """
        found = Differences(self._closed.differences(tolerance), None, self.period)
        if not len(found):
            return self
        reasons: dict[str, int] = {}
        for reason in found._data.column("reason"):
            reasons[reason] = reasons.get(reason, 0) + 1
        counts = ", ".join(f"{reason} ({count})" for reason, count in sorted(reasons.items(), key=lambda pair: -pair[1]))
        text = f"check month {self.name}: {len(found)} differences: {counts}; error.differences has them"
        raise ReconciliationError(text, operation="check month", differences=found)

    def reconcile(
        self,
        books: Books,
        *,
        on: Literal["auth_id", "day", "item", "product", "direction"] = "auth_id",
        amount: str = "amount",
    ) -> Differences:
        """Compare the charges of the month with your own books: usage and fees less refunds.

        Parameters
        ----------
        books : table, frame, path or sequence of mapping
            Any Arrow table, a pandas or polars frame, the path of a CSV file, or mappings. Floats are refused: read amounts as
            text or decimals. A column ``currency`` is needed where the month has several.
        on : {"auth_id", "day", "item", "product", "direction"}, optional
            The column by which both are added up; a key that only one of them has is zero in the other.
        amount : str, optional
            The column of the amounts.

        Returns
        -------
        Differences
            ``first`` is the month, ``second`` the books.

        Raises
        ------
        TypeError
            For amounts that are floats.

        Examples
        --------
        >>> books = [{"auth_id": row.auth_id, "amount": row.amount} for row in month.spenders()]
        >>> len(month.reconcile(books))
        0
        """
        from vobiz_partner._books import rows_of

        keys, currencies, amounts = rows_of(books, on, amount)
        return Differences(self._closed.reconcile(keys, currencies, amounts, on), None, self.period)

    def invoices(
        self,
        *,
        markup: str | int | Decimal | None = None,
        buy_rates: Mapping[str, str | int | Decimal] | None = None,
        tax: str | int | Decimal | None = None,
        rounding: Literal["half_even", "half_up"] = "half_even",
        round_at: Literal["line", "invoice"] = "line",
        number_format: str = "INV-{period}-{seq:04}",
        first: int = 1,
        seller: Mapping[str, str] | None = None,
        states: Mapping[str, str] | None = None,
    ) -> Invoices:
        """Make an invoice for each customer and currency. What is not given is not charged.

        Parameters
        ----------
        markup : str, int or decimal.Decimal, optional
            Percent that are added to usage, such as ``"12.5%"``. Fees and refunds are passed on as they are.
        buy_rates : mapping, optional
            What a minute costs you, by ``"product/direction"``, product or direction. It is not charged; it is the ``bought``
            of each line.
        tax : str, int or decimal.Decimal, optional
            Percent, such as ``"18%"``.
        rounding : {"half_even", "half_up"}, optional
            Where half a paisa goes.
        round_at : {"line", "invoice"}, optional
            What is rounded: every line, or the net amount alone.
        number_format : str, optional
            With ``{period}``, ``{auth_id}`` and ``{seq}``, or ``{seq:04}`` for four digits.
        first : int, optional
            The first ``seq``.
        seller : mapping, optional
            What the page of an invoice says of you: ``name``, ``address``, ``gstin``, and ``state``, the two digits of the state
            where no GSTIN begins with them. Tax is split into CGST and SGST, or is IGST, where both states are known.
        states : mapping, optional
            State codes of customers by id, where their GSTIN does not say it.

        Returns
        -------
        Invoices
            In the order of customer ids.

        Raises
        ------
        InvalidArgumentError
            For a format or a rule that does not exist.
        TypeError
            For amounts that are floats.

        Examples
        --------
        >>> invoices = month.invoices(tax="18%", seller={"name": "Partner Pvt Ltd", "state": "27"})
        >>> invoices[0].number
        'INV-2026-04-0001'
        """
        given = asked(
            markup=markup,
            buy_rates=buy_rates,
            tax=tax,
            rounding=rounding,
            round_at=round_at,
            number_format=number_format,
            first=first,
            seller=seller,
            states=states,
        )
        invoices, lines = self._closed.invoices(given)
        return Invoices(invoices, None, self.period)._about(lines, dict(seller or {}))

    def quality(self) -> Findings:
        """Find days, hours, customers, directions and hangup causes whose rate is out of its usual range.

        Few calls are no finding: the 99.9 % interval of the rate has to lie outside the range of its peers. Needs call records.

        Returns
        -------
        Findings
            The farthest out first.
        """
        return Findings(self._closed.quality(), None, self.period)

    def spenders(self, before: Month | None = None) -> Spenders:
        """Rank customers by what they were charged, with their share of it and the share of all down to them.

        Parameters
        ----------
        before : Month, optional
            The month before, for the change on it.

        Returns
        -------
        Spenders
        """
        return Spenders(self._closed.spenders(before._closed if before else None), None, self.period)

    def traffic(self) -> Splits:
        """Split the calls of each customer into incoming and outgoing ones. Needs call records.

        Returns
        -------
        Splits
        """
        return Splits(self._closed.splits(), None, self.period)

    def then(self, following: Month) -> Month:
        """Return this period and the one that begins the day after it as one.

        Parameters
        ----------
        following : Month
            The period that follows, in the same zone.

        Returns
        -------
        Month
            What was booked in one for a call of the other is no difference of both. It has the report of neither.

        Raises
        ------
        ValueError
            Where it does not follow.
        """
        closed = self._closed.then(following._closed)
        if closed is None:
            raise ValueError(f"{following.name} does not follow {self.name} in the same zone")
        tables = {"report": None, "accounts": following.accounts, "numbers": following.numbers}
        for name in ("calls", "ledger"):
            one, other = self._tables[name], following._tables[name]
            tables[name] = type(one)(one._data.then([other._data]), one._currency, Period(*closed.period[:2]))
            tables[f"{name}_around"] = type(one)(one._data.take([]), one._currency)
        return Month(closed, {**tables, "about": None})

    def __eq__(self, other: object) -> bool:
        """Whether the other is the same month with equal figures."""
        if not isinstance(other, Month):
            return NotImplemented
        return self._closed == other._closed and self._tables == other._tables

    if not TYPE_CHECKING:
        __hash__ = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the figures and the tables."""
        return type(self), (self._closed, self._tables)

    def __repr__(self) -> str:
        """Say which month it is, and whether it is complete and reconciled."""
        found = len(self._closed.differences())
        state = "reconciled" if not found else f"{found} difference{'' if found == 1 else 's'}"
        return (
            f"<Month {self.name} {self.zone}: {len(self.statements)} wallets, {state}{'' if self.complete else ', not complete'}>"
        )

    def _repr_html_(self) -> str:
        from vobiz_partner._month_html import render

        return render(self)
