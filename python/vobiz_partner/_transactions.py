"""Ledgers, and paying into a wallet."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._arguments import check_texts
from vobiz_partner._calls import AsyncCalls, Calls, names
from vobiz_partner._record import Record, Row
from vobiz_partner._stream import AsyncStream, Stream
from vobiz_partner._table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from typing import Any

    from vobiz_partner._calls import Day

LIST = "list transactions"


class Transaction(Row):
    """One row of a ledger, ``GET /accounts/{id}/transactions``."""

    _shown = ("id", "auth_id", "created_at", "direction", "amount", "currency")
    id: str
    """Id of the entry. Not the ``transaction_id`` that a transfer answers."""
    auth_id: str | None
    """Customer id, ``MA_…``."""
    created_at: dt.datetime | None
    """When it was entered, UTC."""
    processed_at: dt.datetime | None
    """When it was booked, UTC."""
    type: str | None
    """``credit``, ``debit``, or another word of the service such as ``did_rental``."""
    direction: str | None
    """``credit`` (into the wallet) or ``debit`` (out of it): from the type where that says so, else from a minus sign."""
    amount: Decimal | None
    """The amount as sent: positive in current answers, signed in older ones."""
    currency: str | None
    """Its currency."""
    description: str | None
    """Free text; the customer's copy of a transfer begins with ``Transfer from partner``."""
    reference: str | None
    """``ptc:<partner UUID>:<customer>:<unix seconds>`` of a transfer, ``cdr:<uuid>`` of a call; often absent."""
    reference_type: str | None
    """What the reference is to; often absent."""
    status: str | None
    """``completed``, ``pending``, ``failed``, ``cancelled``."""
    balance_id: str | None
    """Id of the wallet."""
    updated_at: dt.datetime | None
    """When it last changed, UTC."""


class Transactions(Table[Transaction]):
    """Rows of ledgers, newest first: a sequence of `Transaction`, and a table whose columns are its attributes."""

    __slots__ = ()
    _row = Transaction


class ReferenceSum(Row):
    """Sums of one kind of reference."""

    reference_type: str | None
    """The kind; ``unknown`` where rows have none."""
    total_debit: Decimal | None
    """Money out."""
    total_credit: Decimal | None
    """Money in."""
    count: int | None
    """Rows."""


class ReferenceSums(Table[ReferenceSum]):
    """Sums of a ledger by kind of reference."""

    __slots__ = ()
    _row = ReferenceSum


class LedgerSummary(Record):
    """Sums over a whole ledger, as sent. All zero beside rows is a failed computation, not an empty period."""

    _shown = ("total_transactions", "total_debit", "total_credit", "net_amount")
    total_transactions: int | None
    """Rows."""
    total_debit: Decimal | None
    """Money out."""
    total_credit: Decimal | None
    """Money in."""
    net_amount: Decimal | None
    """Credit less debit."""
    by_reference_type: ReferenceSums
    """The same by kind of reference."""


class Transfer(Record):
    """What a transfer answered, ``POST /accounts/{id}/transfer-balance``."""

    _shown = ("transaction_id", "to_account", "amount", "currency", "status")
    transaction_id: str
    """``txn_…``; found in no ledger."""
    from_account: str | None
    """The partner, ``PA_…``."""
    to_account: str | None
    """The customer, ``MA_…``."""
    amount: Decimal | None
    """What was moved."""
    currency: str | None
    """Its currency."""
    description: str | None
    """The description as kept."""
    status: str | None
    """``completed``; there is no pending state."""
    partner_balance_after: Decimal | None
    """The partner's wallet afterwards."""
    customer_balance_after: Decimal | None
    """The customer's wallet afterwards."""
    timestamp: dt.datetime | None
    """When, UTC."""


class TransferAttempt(Record):
    """A transfer that was tried: what is needed to look for it. ``OutcomeUnknownError.attempt`` is one."""

    customer: str
    """The customer, ``MA_…``."""
    amount: Decimal
    """The amount."""
    started: dt.datetime
    """When it was about to be sent, UTC."""
    partner_balance_before: Decimal | None
    """The partner's wallet just before; without it the outcome is never *not done*."""


class TransferOutcome(Record):
    """What became of a transfer whose answer was lost."""

    outcome: str
    """``done``, ``not_done`` or ``unknown``. In the last case do not send again; ask the service."""
    transaction: Transaction | None
    """The customer's ledger row, where it was done."""
    reason: str | None
    """Why it is unknown."""

    @classmethod
    def _from(cls, given: Mapping[str, Any]) -> TransferOutcome:
        row = given["transaction"]
        return cls(given["outcome"], None if row is None else Transactions(row)[0], given["reason"])


def _asked(auth_id: str | None, *filters: Any) -> dict[str, Any]:
    """Check what is asked of a ledger."""
    month, from_date, to_date, kind, search = filters
    check_texts(LIST, auth_id=auth_id, type=kind, search=search)
    return {"auth_id": auth_id, "type": kind, "search": search, "window": _core.Window(LIST, month, from_date, to_date)}


def _summary(found: Mapping[str, Any] | None) -> LedgerSummary | None:
    if found is None:
        return None
    return LedgerSummary._from({**found, "by_reference_type": ReferenceSums(found["by_reference_type"])})


def _attempt(core: _core.Core, attempt: TransferAttempt, now: dt.datetime | None) -> _core.Call:
    if not isinstance(attempt, TransferAttempt):
        raise TypeError("transfer_outcome: attempt is a TransferAttempt: the attempt of an OutcomeUnknownError, or made by hand")
    return _core.transfer_outcome(core, attempt.customer, attempt.amount, attempt.started, attempt.partner_balance_before, now)


class TransactionCalls(Calls):
    """Calls about ledgers and transfers."""

    def transactions(
        self,
        auth_id: str | None = None,
        *,
        month: str | None = None,
        from_date: Day | None = None,
        to_date: Day | None = None,
        type: str | None = None,  # noqa: A002 - the service's name
        search: str | None = None,
        columns: Sequence[str] | None = None,
    ) -> Transactions:
        """Read the ledger of one customer, or of all. ``GET /accounts/{auth_id}/transactions``, ``GET /transactions``.

        Where the ledger of all is not there for this partner, each customer's is read.

        Parameters
        ----------
        auth_id : str, optional
            The customer, ``MA_…``; all customers by default.
        month : str, optional
            A whole month, ``"2026-04"``, in place of both days.
        from_date, to_date : datetime.date or str, optional
            First and last day, as the service cuts them.
        type : str, optional
            Keeps one type, such as ``"credit"``.
        search : str, optional
            Keeps rows whose customer, description or reference contains it; for all customers only.
        columns : sequence of str, optional
            The columns to keep, in this order; all of them by default.

        Returns
        -------
        Transactions
            Newest first.

        Examples
        --------
        >>> rows = client.transactions(month="2026-04", type="credit")
        >>> set(rows.to_polars()["direction"])
        {'credit'}
        """
        asked = _asked(auth_id, month, from_date, to_date, type, search)
        return self._read(LIST, _core.transactions(self._inner, asked, names(columns)), Transactions)

    def stream_transactions(
        self,
        auth_id: str | None = None,
        *,
        month: str | None = None,
        from_date: Day | None = None,
        to_date: Day | None = None,
        type: str | None = None,  # noqa: A002
        search: str | None = None,
        columns: Sequence[str] | None = None,
        rows: int = 10_000,
    ) -> Stream[Transactions]:
        """Read ledgers batch by batch. Parameters are those of `transactions`, and the rows of a batch.

        Returns
        -------
        Stream of Transactions
        """
        asked = _asked(auth_id, month, from_date, to_date, type, search)
        return Stream(LIST, _core.transactions(self._inner, asked, names(columns)), Transactions, rows, self._progress)

    def ledger_summary(
        self,
        auth_id: str | None = None,
        *,
        month: str | None = None,
        from_date: Day | None = None,
        to_date: Day | None = None,
        type: str | None = None,  # noqa: A002
        search: str | None = None,
    ) -> LedgerSummary | None:
        """Read the sums over a ledger in one small request. Parameters are those of `transactions`.

        Returns
        -------
        LedgerSummary or None
            As the service computes them; ``None`` where it sends none.
        """
        asked = _asked(auth_id, month, from_date, to_date, type, search)
        return self._wait(_core.ledger_summary(self._inner, asked), _summary)

    def transfer(
        self,
        auth_id: str,
        amount: str | int | Decimal,
        currency: str,
        *,
        description: str | None = None,
        at: dt.datetime | None = None,
    ) -> Transfer:
        """Pay from the partner's wallet into a customer's. Cannot be undone; sent once. Needs ``read_only=False``.

        ``POST /accounts/{auth_id}/transfer-balance``.

        Parameters
        ----------
        auth_id : str
            The customer, ``MA_…``.
        amount : str, int or decimal.Decimal
            Positive, with at most 5 decimal places. A float is refused, for it is not exact.
        currency : str
            The partner's own currency; nothing is converted.
        description : str, optional
            Text for both ledgers.
        at : datetime.datetime, optional
            The time by the service's clock, where that is not this machine's: a sandbox's ``now``.

        Returns
        -------
        Transfer

        Raises
        ------
        ReadOnlyError, InvalidArgumentError, RejectedError
            Nothing was moved.
        OutcomeUnknownError
            The answer was lost; hand its ``attempt`` to `transfer_outcome` before anything else.
        """
        return self._wait(_core.transfer(self._inner, auth_id, amount, currency, description, at), Transfer._from)

    def transfer_outcome(self, attempt: TransferAttempt, *, now: dt.datetime | None = None) -> TransferOutcome:
        """Find out what became of a transfer whose answer was lost, by reading only.

        Parameters
        ----------
        attempt : TransferAttempt
            The ``attempt`` of the `OutcomeUnknownError`.
        now : datetime.datetime, optional
            The time by the service's clock, where that is not this machine's.

        Returns
        -------
        TransferOutcome
        """
        return self._wait(_attempt(self._inner, attempt, now), TransferOutcome._from)


class AsyncTransactionCalls(AsyncCalls):
    """Calls about ledgers and transfers, awaited."""

    async def transactions(
        self,
        auth_id: str | None = None,
        *,
        month: str | None = None,
        from_date: Day | None = None,
        to_date: Day | None = None,
        type: str | None = None,  # noqa: A002
        search: str | None = None,
        columns: Sequence[str] | None = None,
    ) -> Transactions:
        """Read the ledger of one customer, or of all. As `Client.transactions`."""
        asked = _asked(auth_id, month, from_date, to_date, type, search)
        return await self._read(LIST, _core.transactions(self._inner, asked, names(columns)), Transactions)

    def stream_transactions(
        self,
        auth_id: str | None = None,
        *,
        month: str | None = None,
        from_date: Day | None = None,
        to_date: Day | None = None,
        type: str | None = None,  # noqa: A002
        search: str | None = None,
        columns: Sequence[str] | None = None,
        rows: int = 10_000,
    ) -> AsyncStream[Transactions]:
        """Read ledgers batch by batch. As `Client.stream_transactions`, with ``async for``."""
        asked = _asked(auth_id, month, from_date, to_date, type, search)
        return AsyncStream(LIST, _core.transactions(self._inner, asked, names(columns)), Transactions, rows, self._progress)

    async def ledger_summary(
        self,
        auth_id: str | None = None,
        *,
        month: str | None = None,
        from_date: Day | None = None,
        to_date: Day | None = None,
        type: str | None = None,  # noqa: A002
        search: str | None = None,
    ) -> LedgerSummary | None:
        """Read the sums over a ledger. As `Client.ledger_summary`."""
        asked = _asked(auth_id, month, from_date, to_date, type, search)
        return await self._wait(_core.ledger_summary(self._inner, asked), _summary)

    async def transfer(
        self,
        auth_id: str,
        amount: str | int | Decimal,
        currency: str,
        *,
        description: str | None = None,
        at: dt.datetime | None = None,
    ) -> Transfer:
        """Pay from the partner's wallet into a customer's. As `Client.transfer`."""
        return await self._wait(_core.transfer(self._inner, auth_id, amount, currency, description, at), Transfer._from)

    async def transfer_outcome(self, attempt: TransferAttempt, *, now: dt.datetime | None = None) -> TransferOutcome:
        """Find out what became of a transfer whose answer was lost. As `Client.transfer_outcome`."""
        return await self._wait(_attempt(self._inner, attempt, now), TransferOutcome._from)
