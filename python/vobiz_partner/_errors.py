"""What can go wrong, one class per kind of failure. The text says what was tried, what came back and what to do."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from vobiz_partner._month_tables import Differences
    from vobiz_partner._reports import Report
    from vobiz_partner._transactions import TransferAttempt


class VobizError(Exception):
    """Anything that this package can fail with. Holds no credential, query or body.

    Attributes
    ----------
    kind : str
        The stable name of the kind, the same in logs and in JSON output of the other parts.
    operation : str or None
        What was tried, such as ``"read dashboard"``.
    status : int or None
        The HTTP status, where an answer came.
    code : str or None
        The service's own code, such as ``"INVALID_CREDENTIALS"``, where it sent one.
    request_id : str or None
        The id under which the service may know the request; give it to its support.
    retry_after : float or None
        How many seconds the service asked to wait before the next attempt.
    """

    kind: ClassVar[str] = "error"
    operation: str | None
    status: int | None
    code: str | None
    request_id: str | None
    retry_after: float | None

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after
        self.__dict__.update(more)


class ConfigError(VobizError, ValueError):
    """The client was set up wrongly. Nothing was sent; set what the text names."""

    kind = "config"


class InvalidArgumentError(VobizError, ValueError):
    """An argument was refused before anything was sent. Correct it."""

    kind = "invalid"


class ReadOnlyError(VobizError):
    """A call that changes something was asked of a client that only reads. Nothing was sent."""

    kind = "read_only"


class UnauthorizedError(VobizError):
    """401: the credentials were refused. Check them; repeating does not help."""

    kind = "unauthorized"


class ForbiddenError(VobizError):
    """403: these credentials may not do this. The ``can_…`` flags of ``client.me()`` say what they may."""

    kind = "forbidden"


class NotFoundError(VobizError):
    """404: it does not exist, belongs to another partner, or the base address is wrong."""

    kind = "not_found"


class RejectedError(VobizError):
    """Any other 4xx: the service understood and declined. Its reason is in the text."""

    kind = "rejected"


class RateLimitedError(VobizError):
    """429: too many requests, also after waiting. Try again after ``retry_after`` seconds."""

    kind = "rate_limited"


class ServerError(VobizError):
    """5xx: the service failed, also when asked again. Try later."""

    kind = "server"


class ConnectError(VobizError, ConnectionError):
    """No connection, or one that was lost. Check the network and the base address; the text says what failed."""

    kind = "connect"


class VobizTimeoutError(VobizError, TimeoutError):
    """No answer in time. Try later, or give the client a longer ``timeout``."""

    kind = "timeout"


class RedirectError(VobizError):
    """The answer led to another host, where credentials are not sent. Check the base address."""

    kind = "redirect"


class DecodeError(VobizError):
    """An answer came and could not be understood. The text says where in it; check the base address first."""

    kind = "decode"


class IncompleteError(VobizError):
    """A list ended before all its rows were seen, also on a second walk. Read it again when less is changing.

    Attributes
    ----------
    rows : Table or None
        The rows that were read.
    """

    kind = "incomplete"
    rows: Any = None


class OutcomeUnknownError(VobizError):
    """A call that changes something was sent and its answer lost: it may have been done. Look before repeating it.

    Attributes
    ----------
    attempt : TransferAttempt or None
        Of a transfer, what `transfer_outcome` needs to look for it.
    """

    kind = "outcome_unknown"
    attempt: TransferAttempt | None = None

    def __init__(self, message: str, *, attempt: Any = None, **more: Any) -> None:
        super().__init__(message, **more)
        if isinstance(attempt, dict):
            from vobiz_partner._transactions import TransferAttempt

            attempt = TransferAttempt._from(attempt)
        self.attempt = attempt


class HistoryError(VobizError, ValueError):
    """A recorded history could not be read. The text says which file, line and column, and what was expected there."""

    kind = "history"


class PolicyError(VobizError, ValueError):
    """A policy was refused. The text has each line to put right, and what to write there."""

    kind = "policy"


class ReconciliationError(VobizError):
    """The sources of a month disagree. The text counts the reasons.

    Attributes
    ----------
    differences : Differences
        Every difference beyond the tolerance.
    """

    kind = "reconciliation"
    differences: Differences


class PeriodMismatchError(VobizError):
    """A report covers other days than were asked for, and the caller asked to hear of it.

    Attributes
    ----------
    report : Report
        The report that came.
    """

    kind = "period_mismatch"
    report: Report


class PeriodMismatchWarning(UserWarning):
    """A report covers other days than were asked for. Its figures belong to the days in its ``period``."""
