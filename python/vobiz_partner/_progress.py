"""How far the reading of a list has come, as a bar or by a callback."""

from __future__ import annotations

import sys
import time

from vobiz_partner._record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Wanted: TypeAlias = bool | Callable[["Progress"], object] | None

SLOW = 1.0
"""Seconds after which a bar appears."""


class Progress(Record):
    """How far the reading of a list has come."""

    operation: str
    """What is read, such as ``"list accounts"``."""
    rows: int
    """Rows read so far."""
    total: int | None
    """Rows of the whole list, where the service states how many."""
    pages: int
    """Pages read so far."""
    seconds: float
    """How long it has taken so far."""
    waits_for: str | None
    """What keeps requests from leaving at this moment: the client's own pace, or a pause that the service asked for (429)."""


class Bar:
    """Shows progress to those who want it."""

    def __init__(self, operation: str, wanted: Callable[[Progress], object] | None) -> None:
        self._operation, self._wanted = operation, wanted
        self._start = time.monotonic()
        self._bar: Any = None
        self._shown: tuple[int, str | None] | None = None

    def show(self, rows: int, total: int | None, pages: int, waits_for: str | None) -> None:
        """Show how many rows there are and what is waited for, where that changed."""
        seconds = time.monotonic() - self._start
        if (rows, waits_for) == self._shown:
            return
        self._shown = rows, waits_for
        if self._wanted is not None:
            self._wanted(Progress(self._operation, rows, total, pages, seconds, waits_for))
        elif seconds > SLOW:
            if self._bar is None:
                self._bar = _tqdm()(total=total, desc=self._operation, unit=" rows", leave=False)
            if total is not None:
                self._bar.total = total
            self._bar.set_postfix_str(f"waiting for {waits_for}" if waits_for else "", refresh=False)
            self._bar.update(rows - self._bar.n)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()


def bar(operation: str, wanted: Wanted) -> Bar | None:
    """Return a bar where one is wanted: asked for, or a person is there to see it and tqdm is installed."""
    if callable(wanted):
        return Bar(operation, wanted)
    if wanted is False or (wanted is None and not _watched()):
        return None
    return Bar(operation, None) if _tqdm() is not None else None


def take_away(shown: Bar | None) -> None:
    """Take a bar away, where there is one."""
    if shown is not None:
        shown.close()


def _watched() -> bool:
    """Whether a terminal or a notebook shows what is printed."""
    return "ipykernel" in sys.modules or bool(sys.stderr and sys.stderr.isatty())


def _tqdm() -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm
