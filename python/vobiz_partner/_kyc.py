"""KYC sessions."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._calls import AsyncCalls, Calls, names
from vobiz_partner._record import Record, Row
from vobiz_partner._stream import AsyncStream, Stream
from vobiz_partner._table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from typing import Any

    from vobiz_partner._core import Secret

LIST = "list KYC sessions"


class KycSession(Row):
    """A KYC session, ``GET /kyc-sessions``."""

    _shown = ("id", "auth_id", "status", "expires_at")
    id: str
    """Id of the session."""
    auth_id: str | None
    """Customer id, ``MA_…``."""
    status: str | None
    """``email_sent``, ``link_ready``, ``opened``, ``in_progress``, ``kyc_completed``, ``revoked`` and others."""
    kyc_type: str | None
    """``individual`` or ``company``, once chosen."""
    customer_email: str | None
    """Where the mail goes, of the email flow; personal data."""
    expires_at: dt.datetime | None
    """When it ends, UTC; there is no status for that."""
    first_opened_at: dt.datetime | None
    """When it was first opened, UTC."""
    completed_at: dt.datetime | None
    """When it was completed, UTC."""
    webhook_url: str | None
    """Where the service reports what happens."""
    redirect_url: str | None
    """Where the customer is sent afterwards."""
    reminder_days: str | None
    """Days before the end on which the customer is reminded, in one text: ``3, 1``."""
    metadata: str | None
    """What the session was given at its creation, as JSON."""
    created_at: dt.datetime | None
    """When it was created, UTC."""
    updated_at: dt.datetime | None
    """When it last changed, UTC."""


class KycSessions(Table[KycSession]):
    """KYC sessions: a sequence of `KycSession`, and a table whose columns are its attributes."""

    __slots__ = ()
    _row = KycSession
    _noun = "session"


class StartedKycSession(Record):
    """A session that was just started, and what only this answer holds. ``POST /kyc-sessions``."""

    session: KycSession
    """The session."""
    email_dispatched_to: str | None
    """Where the mail went, most of it masked."""
    widget_url: Secret | None
    """The page to send the customer to, of the redirect flow. Anyone who has it can act as the customer there."""

    @classmethod
    def _from(cls, given: Mapping[str, Any]) -> StartedKycSession:
        return cls(KycSessions(given["session"])[0], given["email_dispatched_to"], given["widget_url"])


def _one(found: Any) -> KycSession:
    return KycSessions(found["rows"])[0]


def _nothing(_: object) -> None:
    return None


def _new(  # noqa: PLR0917 - in the order of the core's
    core: _core.Core,
    auth_id: str,
    email: str | None,
    redirect_url: str | None,
    expires_in_days: int,
    webhook_url: str | None,
    remind_days_before: Sequence[int],
    metadata: Mapping[str, Any] | None,
) -> _core.Call:
    if (email is None) == (redirect_url is None):
        raise TypeError(
            "create KYC session: give either email=… (the customer gets a mail) or redirect_url=… (you bring them there)"
        )
    import json

    text = None if metadata is None else json.dumps(dict(metadata))
    days = list(remind_days_before)
    return _core.create_kyc_session(core, auth_id, email, redirect_url, expires_in_days, webhook_url, days, text)


class KycCalls(Calls):
    """Calls about KYC sessions."""

    def kyc_sessions(
        self, auth_id: str | None = None, *, status: str | None = None, columns: Sequence[str] | None = None
    ) -> KycSessions:
        """Read the KYC sessions. ``GET /kyc-sessions``.

        Parameters
        ----------
        auth_id : str, optional
            Keeps one customer's, ``MA_…``.
        status : str, optional
            Keeps one status.
        columns : sequence of str, optional
            The columns to keep, in this order; all of them by default.

        Returns
        -------
        KycSessions
        """
        return self._read(LIST, _core.kyc_sessions(self._inner, auth_id, status, names(columns)), KycSessions)

    def stream_kyc_sessions(
        self,
        auth_id: str | None = None,
        *,
        status: str | None = None,
        columns: Sequence[str] | None = None,
        rows: int = 10_000,
    ) -> Stream[KycSessions]:
        """Read KYC sessions batch by batch. Parameters are those of `kyc_sessions`, and the rows of a batch.

        Returns
        -------
        Stream of KycSessions
        """
        unread = _core.kyc_sessions(self._inner, auth_id, status, names(columns))
        return Stream(LIST, unread, KycSessions, rows, self._progress)

    def kyc_session(self, session_id: str) -> KycSession:
        """Read one session. ``GET /kyc-sessions/{session_id}``.

        Parameters
        ----------
        session_id : str
            Its id.

        Returns
        -------
        KycSession
        """
        return self._wait(_core.kyc_session(self._inner, session_id), _one)

    def create_kyc_session(
        self,
        auth_id: str,
        *,
        email: str | None = None,
        redirect_url: str | None = None,
        expires_in_days: int = 7,
        webhook_url: str | None = None,
        remind_days_before: Sequence[int] = (),
        metadata: Mapping[str, Any] | None = None,
    ) -> StartedKycSession:
        """Start a session for a customer. ``POST /kyc-sessions``; sent once. Needs ``read_only=False``.

        A live session of the same customer is revoked by that.

        Parameters
        ----------
        auth_id : str
            The customer, ``MA_…``.
        email : str
            The email flow: the customer gets a mail at this address.
        redirect_url : str
            The redirect flow: the partner brings the customer to ``widget_url``, and the customer is sent here afterwards.
        expires_in_days : int, optional
            Days it lasts, 1–365.
        webhook_url : str, optional
            Where the service reports what happens.
        remind_days_before : sequence of int, optional
            Days before the end on which the customer is reminded.
        metadata : mapping, optional
            Anything of the partner's own, which comes back with the session.

        Returns
        -------
        StartedKycSession

        Raises
        ------
        OutcomeUnknownError
            The answer was lost. Look at the customer's sessions in the list.
        """
        call = _new(self._inner, auth_id, email, redirect_url, expires_in_days, webhook_url, remind_days_before, metadata)
        return self._wait(call, StartedKycSession._from)

    def resend_kyc_session(self, session_id: str) -> None:
        """Mail the customer again. ``POST /kyc-sessions/{session_id}/resend``; sent once. Needs ``read_only=False``.

        Raises
        ------
        RateLimitedError
            Within 30 minutes of the last mail; ``retry_after`` says how long to wait.
        """
        return self._wait(_core.resend_kyc_session(self._inner, session_id), _nothing)

    def revoke_kyc_session(self, session_id: str, *, reason: str | None = None) -> None:
        """End a session. ``DELETE /kyc-sessions/{session_id}``; sent once. Needs ``read_only=False``.

        Raises
        ------
        RejectedError
            Where it had ended before (409).
        """
        return self._wait(_core.revoke_kyc_session(self._inner, session_id, reason), _nothing)


class AsyncKycCalls(AsyncCalls):
    """Calls about KYC sessions, awaited."""

    async def kyc_sessions(
        self, auth_id: str | None = None, *, status: str | None = None, columns: Sequence[str] | None = None
    ) -> KycSessions:
        """Read the KYC sessions. As `Client.kyc_sessions`."""
        return await self._read(LIST, _core.kyc_sessions(self._inner, auth_id, status, names(columns)), KycSessions)

    def stream_kyc_sessions(
        self,
        auth_id: str | None = None,
        *,
        status: str | None = None,
        columns: Sequence[str] | None = None,
        rows: int = 10_000,
    ) -> AsyncStream[KycSessions]:
        """Read KYC sessions batch by batch. As `Client.stream_kyc_sessions`, with ``async for``."""
        unread = _core.kyc_sessions(self._inner, auth_id, status, names(columns))
        return AsyncStream(LIST, unread, KycSessions, rows, self._progress)

    async def kyc_session(self, session_id: str) -> KycSession:
        """Read one session. As `Client.kyc_session`."""
        return await self._wait(_core.kyc_session(self._inner, session_id), _one)

    async def create_kyc_session(
        self,
        auth_id: str,
        *,
        email: str | None = None,
        redirect_url: str | None = None,
        expires_in_days: int = 7,
        webhook_url: str | None = None,
        remind_days_before: Sequence[int] = (),
        metadata: Mapping[str, Any] | None = None,
    ) -> StartedKycSession:
        """Start a session for a customer. As `Client.create_kyc_session`."""
        call = _new(self._inner, auth_id, email, redirect_url, expires_in_days, webhook_url, remind_days_before, metadata)
        return await self._wait(call, StartedKycSession._from)

    async def resend_kyc_session(self, session_id: str) -> None:
        """Mail the customer again. As `Client.resend_kyc_session`."""
        return await self._wait(_core.resend_kyc_session(self._inner, session_id), _nothing)

    async def revoke_kyc_session(self, session_id: str, *, reason: str | None = None) -> None:
        """End a session. As `Client.revoke_kyc_session`."""
        return await self._wait(_core.revoke_kyc_session(self._inner, session_id, reason), _nothing)
