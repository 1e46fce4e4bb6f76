"""Call records."""

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
    from collections.abc import Sequence
    from decimal import Decimal
    from typing import Any

    from vobiz_partner._calls import Day

LIST = "list call records"


class CallRecord(Row):
    """One call, ``GET /accounts/{id}/cdrs``. Numbers and names in it are personal data, and callers choose some of them."""

    _shown = ("uuid", "auth_id", "start_time", "direction", "status", "billsec", "total_cost", "currency")
    uuid: str
    """Id of the call."""
    auth_id: str | None
    """Customer id, ``MA_…``."""
    start_time: dt.datetime | None
    """Begin of the attempt, UTC."""
    answer_time: dt.datetime | None
    """When it was answered, UTC; absent where it was not."""
    end_time: dt.datetime | None
    """End, UTC."""
    direction: str | None
    """``inbound`` or ``outbound``."""
    status: str
    """``answered``, ``busy``, ``no_answer``, ``failed`` or another word of the service: as sent, else derived. Answered needs
    both an answer time and seconds of talk."""
    context: str | None
    """Product: ``voice-api`` or ``sip-trunking``."""
    from_number: str | None
    """Who called."""
    to_number: str | None
    """Who was called."""
    duration: Decimal | None
    """Seconds of ringing and talk."""
    billsec: Decimal | None
    """Seconds of talk."""
    cost: Decimal | None
    """Cost without streaming."""
    streaming_cost: Decimal | None
    """Cost of streaming."""
    total_cost: Decimal | None
    """Cost in all, as reported; it does not follow from seconds and the tier's rate."""
    currency: str | None
    """Currency of the costs."""
    hangup_cause: str | None
    """Cause in SIP or Q.850 words, such as ``NORMAL_CLEARING``."""
    hangup_cause_code: int | None
    """The service's own code: 4000–4030 normal, 3000 no answer, 3010 busy, …."""
    hangup_cause_name: str | None
    """That code in words."""
    hangup_disposition: str | None
    """How it was ended, such as ``send_bye``."""
    hangup_source: str | None
    """Who ended it; not reliable."""
    reported_status: str | None
    """The status as sent; older answers only."""
    failure_code: str | None
    """Code of a failure."""
    failure_reason: str | None
    """That code in words."""
    sip_response_code: int | None
    """SIP status; older answers only."""
    mos: Decimal | None
    """Quality, 1.0–5.0."""
    jitter: Decimal | None
    """Jitter in milliseconds."""
    packet_loss: Decimal | None
    """Lost packets in percent."""
    codec: str | None
    """Codec."""
    region: str | None
    """Region."""
    origination_region: str | None
    """Region in which it began."""
    caller_id_name: str | None
    """The caller's name; often empty."""
    progress_time: dt.datetime | None
    """When it began to ring, UTC."""
    ring_time: Decimal | None
    """Seconds of ringing."""
    network_addr: str | None
    """Address of the network."""
    carrier_ip: str | None
    """Address of the carrier."""
    sip_call_id: str | None
    """Id of the SIP dialogue."""
    sip_user_agent: str | None
    """Software of the other side."""
    customer_endpoint: str | None
    """Endpoint of the customer."""
    terminated_to: str | None
    """Where it was put through to."""
    campaign_id: str | None
    """The campaign, of campaign calls."""
    trunk_id: str | None
    """The trunk, of trunk calls."""
    bridge_uuid: str | None
    """The other leg."""
    id: str | None
    """Number of the row."""
    created_at: dt.datetime | None
    """When the row was made, UTC."""
    updated_at: dt.datetime | None
    """When it last changed, UTC."""


class CallRecords(Table[CallRecord]):
    """Calls, newest first: a sequence of `CallRecord`, and a table whose columns are its attributes. ``GET /cdrs``."""

    __slots__ = ()
    _row = CallRecord
    _noun = "call"


class CdrSummary(Record):
    """Figures over the whole filtered set of calls, as sent."""

    _shown = ("total_calls", "answered_calls", "total_cost")
    total_calls: int | None
    """Calls."""
    answered_calls: int | None
    """Answered ones."""
    answer_rate: Decimal | None
    """Percent answered, 0–100, as sent."""
    total_billable_seconds: Decimal | None
    """Seconds of talk."""
    total_duration_seconds: Decimal | None
    """Seconds of ringing and talk."""
    avg_call_duration: str | None
    """Mean length in words, such as ``28s``."""
    total_cost: Decimal | None
    """Cost in all."""
    last_call_at: dt.datetime | None
    """The last call, UTC."""


_FILTERS = ("month", "from_date", "to_date", "direction", "status", "hangup_cause", "min_duration")


def _asked(auth_id: str | None, *filters: Any) -> dict[str, Any]:
    """Check what is asked of call records."""
    asked: dict[str, Any] = dict(zip(_FILTERS, filters, strict=True))
    seconds = asked["min_duration"]
    if seconds is not None and (isinstance(seconds, bool) or not hasattr(seconds, "__index__") or seconds < 0):
        raise ValueError("list call records: min_duration is a whole number of seconds, 0 or more")
    check_texts(LIST, auth_id=auth_id, **{name: asked[name] for name in ("direction", "status", "hangup_cause")})
    asked["window"] = _core.Window(LIST, asked.pop("month"), asked.pop("from_date"), asked.pop("to_date"))
    return {"auth_id": auth_id, **asked}


def _one(found: Any) -> CallRecord:
    return CallRecords(found["rows"])[0]


class CdrCalls(Calls):
    """Calls about call records."""

    def cdrs(
        self,
        auth_id: str | None = None,
        *,
        month: str | None = None,
        from_date: Day | None = None,
        to_date: Day | None = None,
        direction: str | None = None,
        status: str | None = None,
        hangup_cause: str | None = None,
        min_duration: int | None = None,
        columns: Sequence[str] | None = None,
    ) -> CallRecords:
        """Read the calls of one customer, or of all. ``GET /accounts/{auth_id}/cdrs``, ``GET /cdrs``.

        Parameters
        ----------
        auth_id : str, optional
            The customer, ``MA_…``; all customers by default.
        month : str, optional
            A whole month, ``"2026-04"``, in place of both days.
        from_date, to_date : datetime.date or str, optional
            First and last day, as the service cuts them; with a first day alone the last is today.
        direction : str, optional
            Keeps ``inbound`` or ``outbound`` calls.
        status : str, optional
            Keeps calls that ended so: ``answered``, ``busy``, ``no_answer``, ``failed``.
        hangup_cause : str, optional
            Keeps one cause, such as ``USER_BUSY``.
        min_duration : int, optional
            Keeps calls of at least so many seconds, ringing included.
        columns : sequence of str, optional
            The columns to keep, in this order; all of them by default.

        Returns
        -------
        CallRecords
            Newest first.

        Raises
        ------
        ForbiddenError
            Without ``can_view_cdrs``; see ``client.me()``.

        Examples
        --------
        >>> calls = client.cdrs(from_date="2026-05-12", to_date="2026-05-12", columns=["uuid", "total_cost"])
        >>> calls.columns
        ('uuid', 'total_cost')
        """
        asked = _asked(auth_id, month, from_date, to_date, direction, status, hangup_cause, min_duration)
        return self._read(LIST, _core.cdrs(self._inner, asked, names(columns)), CallRecords)

    def stream_cdrs(
        self,
        auth_id: str | None = None,
        *,
        month: str | None = None,
        from_date: Day | None = None,
        to_date: Day | None = None,
        direction: str | None = None,
        status: str | None = None,
        hangup_cause: str | None = None,
        min_duration: int | None = None,
        columns: Sequence[str] | None = None,
        rows: int = 10_000,
    ) -> Stream[CallRecords]:
        """Read calls batch by batch. Parameters are those of `cdrs`, and the rows of a batch.

        Returns
        -------
        Stream of CallRecords

        Examples
        --------
        >>> client.stream_cdrs(month="2026-04").to_parquet("april.parquet")  # doctest: +SKIP
        412390
        """
        asked = _asked(auth_id, month, from_date, to_date, direction, status, hangup_cause, min_duration)
        return Stream(LIST, _core.cdrs(self._inner, asked, names(columns)), CallRecords, rows, self._progress)

    def cdr(self, auth_id: str, uuid: str) -> CallRecord:
        """Read one call. ``GET /accounts/{auth_id}/cdrs/{uuid}``.

        Parameters
        ----------
        auth_id : str
            The customer, ``MA_…``.
        uuid : str
            The call's id.

        Returns
        -------
        CallRecord
        """
        return self._wait(_core.cdr(self._inner, auth_id, uuid), _one)

    def cdr_summary(
        self,
        auth_id: str | None = None,
        *,
        month: str | None = None,
        from_date: Day | None = None,
        to_date: Day | None = None,
        direction: str | None = None,
        status: str | None = None,
        hangup_cause: str | None = None,
        min_duration: int | None = None,
    ) -> CdrSummary | None:
        """Read figures over calls in one small request. Parameters are those of `cdrs`.

        Returns
        -------
        CdrSummary or None
            As the service computes them; ``None`` where it sends none.
        """
        asked = _asked(auth_id, month, from_date, to_date, direction, status, hangup_cause, min_duration)
        return self._wait(_core.cdr_summary(self._inner, asked), CdrSummary._maybe)


class AsyncCdrCalls(AsyncCalls):
    """Calls about call records, awaited."""

    async def cdrs(
        self,
        auth_id: str | None = None,
        *,
        month: str | None = None,
        from_date: Day | None = None,
        to_date: Day | None = None,
        direction: str | None = None,
        status: str | None = None,
        hangup_cause: str | None = None,
        min_duration: int | None = None,
        columns: Sequence[str] | None = None,
    ) -> CallRecords:
        """Read the calls of one customer, or of all. As `Client.cdrs`."""
        asked = _asked(auth_id, month, from_date, to_date, direction, status, hangup_cause, min_duration)
        return await self._read(LIST, _core.cdrs(self._inner, asked, names(columns)), CallRecords)

    def stream_cdrs(
        self,
        auth_id: str | None = None,
        *,
        month: str | None = None,
        from_date: Day | None = None,
        to_date: Day | None = None,
        direction: str | None = None,
        status: str | None = None,
        hangup_cause: str | None = None,
        min_duration: int | None = None,
        columns: Sequence[str] | None = None,
        rows: int = 10_000,
    ) -> AsyncStream[CallRecords]:
        """Read calls batch by batch. As `Client.stream_cdrs`, with ``async for``."""
        asked = _asked(auth_id, month, from_date, to_date, direction, status, hangup_cause, min_duration)
        return AsyncStream(LIST, _core.cdrs(self._inner, asked, names(columns)), CallRecords, rows, self._progress)

    async def cdr(self, auth_id: str, uuid: str) -> CallRecord:
        """Read one call. As `Client.cdr`."""
        return await self._wait(_core.cdr(self._inner, auth_id, uuid), _one)

    async def cdr_summary(
        self,
        auth_id: str | None = None,
        *,
        month: str | None = None,
        from_date: Day | None = None,
        to_date: Day | None = None,
        direction: str | None = None,
        status: str | None = None,
        hangup_cause: str | None = None,
        min_duration: int | None = None,
    ) -> CdrSummary | None:
        """Read figures over calls. As `Client.cdr_summary`."""
        asked = _asked(auth_id, month, from_date, to_date, direction, status, hangup_cause, min_duration)
        return await self._wait(_core.cdr_summary(self._inner, asked), CdrSummary._maybe)
