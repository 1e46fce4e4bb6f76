"""Telephone numbers."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._calls import AsyncCalls, Calls, names
from vobiz_partner._record import Row
from vobiz_partner._stream import AsyncStream, Stream
from vobiz_partner._table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from decimal import Decimal

LIST = "list numbers"


class Number(Row):
    """One telephone number, ``GET /numbers``."""

    _shown = ("e164", "auth_id", "status", "monthly_fee", "currency")
    e164: str
    """The number in E.164."""
    auth_id: str | None
    """Customer id, ``MA_…``."""
    account_name: str | None
    """The customer's name; older answers only."""
    status: str | None
    """``active`` and others."""
    country: str | None
    """ISO 3166-1 code."""
    region: str | None
    """Region."""
    capabilities: str | None
    """What it can, in one text: ``sms, voice``."""
    setup_fee: Decimal | None
    """One-off price."""
    monthly_fee: Decimal | None
    """Price of a month."""
    currency: str | None
    """Currency of the fees."""
    application_id: str | None
    """The application that takes its calls. Absent: calls have no target."""
    voice_enabled: bool | None
    """Whether it takes calls."""
    is_blocked: bool | None
    """Whether it is blocked."""
    is_trial_number: bool | None
    """Whether it is a trial number."""
    minimum_commitment_months: int | None
    """Months it is bound for."""
    aadhaar_verification_required: bool | None
    """Whether the customer has to prove an Aadhaar number for it."""
    aadhaar_verified: bool | None
    """Whether that is done."""
    purchased_at: dt.datetime | None
    """When it was bought, UTC."""
    last_billing_date: dt.datetime | None
    """When it was last billed, UTC."""
    next_billing_date: dt.datetime | None
    """When it renews, UTC; current answers have no expiry date."""
    expires_at: dt.datetime | None
    """When it ends, UTC; older answers only."""
    source: str | None
    """Where it came from, such as ``purchased``."""
    provider: str | None
    """Who provides it; often empty."""
    tags: str | None
    """Tags, as JSON."""
    id: str | None
    """Id of the row."""
    created_at: dt.datetime | None
    """When the row was made, UTC."""
    updated_at: dt.datetime | None
    """When it last changed, UTC."""


class Numbers(Table[Number]):
    """Telephone numbers: a sequence of `Number`, and a table whose columns are its attributes."""

    __slots__ = ()
    _row = Number
    _noun = "number"


class NumberCalls(Calls):
    """Calls about telephone numbers."""

    def numbers(self, auth_id: str | None = None, *, search: str | None = None, columns: Sequence[str] | None = None) -> Numbers:
        """Read the numbers of one customer, or of all. ``GET /accounts/{auth_id}/numbers``, ``GET /numbers``.

        Parameters
        ----------
        auth_id : str, optional
            The customer, ``MA_…``; all customers by default.
        search : str, optional
            Keeps numbers that contain these digits.
        columns : sequence of str, optional
            The columns to keep, in this order; all of them by default.

        Returns
        -------
        Numbers

        Examples
        --------
        >>> numbers = client.numbers()
        >>> numbers.sum("monthly_fee") > 0
        True
        """
        return self._read(LIST, _core.numbers(self._inner, auth_id, search, names(columns)), Numbers)

    def stream_numbers(
        self,
        auth_id: str | None = None,
        *,
        search: str | None = None,
        columns: Sequence[str] | None = None,
        rows: int = 10_000,
    ) -> Stream[Numbers]:
        """Read numbers batch by batch. Parameters are those of `numbers`, and the rows of a batch.

        Returns
        -------
        Stream of Numbers
        """
        return Stream(LIST, _core.numbers(self._inner, auth_id, search, names(columns)), Numbers, rows, self._progress)


class AsyncNumberCalls(AsyncCalls):
    """Calls about telephone numbers, awaited."""

    async def numbers(
        self, auth_id: str | None = None, *, search: str | None = None, columns: Sequence[str] | None = None
    ) -> Numbers:
        """Read the numbers of one customer, or of all. As `Client.numbers`."""
        return await self._read(LIST, _core.numbers(self._inner, auth_id, search, names(columns)), Numbers)

    def stream_numbers(
        self,
        auth_id: str | None = None,
        *,
        search: str | None = None,
        columns: Sequence[str] | None = None,
        rows: int = 10_000,
    ) -> AsyncStream[Numbers]:
        """Read numbers batch by batch. As `Client.stream_numbers`, with ``async for``."""
        return AsyncStream(LIST, _core.numbers(self._inner, auth_id, search, names(columns)), Numbers, rows, self._progress)
