"""What the calls of every resource share: the client they belong to, and columns that are checked."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._progress import bar, take_away
from vobiz_partner._run import wait

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias, TypeVar

    from vobiz_partner._progress import Wanted

    T = TypeVar("T")
    Day: TypeAlias = dt.date | str


def _with_answer(make: Callable[[Any], T]) -> Callable[[Any], T]:
    """Return `make`, which also gives the record what is known about its answer."""

    def made(found: Any) -> T:
        record = make(found)
        about = found.get("_about") if isinstance(found, dict) else None
        return record if about is None else record._of_answer(about)  # type: ignore[attr-defined]

    return made


class Calls:
    """A client whose calls are waited for, as the resources see it."""

    _inner: _core.Core
    _progress: Wanted

    def _wait(self, call: _core.Call, make: Callable[[Any], T]) -> T:
        return wait(call, _with_answer(make))

    def _read(self, operation: str, rows: _core.List, make: Callable[[Any], T]) -> T:
        shown = bar(operation, self._progress)
        try:
            return wait(rows.whole(), make, shown)
        finally:
            take_away(shown)


class AsyncCalls:
    """A client whose calls are awaited, as the resources see it."""

    _inner: _core.Core
    _progress: Wanted

    async def _wait(self, call: _core.Call, make: Callable[[Any], T]) -> T:
        from vobiz_partner._await import run

        return await run(call, _with_answer(make))

    async def _read(self, operation: str, rows: _core.List, make: Callable[[Any], T]) -> T:
        from vobiz_partner._await import run

        shown = bar(operation, self._progress)
        try:
            return await run(rows.whole(), make, shown)
        finally:
            take_away(shown)


def names(columns: Sequence[str] | None) -> list[str] | None:
    """Check which columns were asked for."""
    if isinstance(columns, str):
        raise TypeError(f'columns is a list of names: ["{columns}"]')
    if columns is not None and not columns:
        raise ValueError("columns is empty; leave it out for all of them")
    return None if columns is None else list(columns)
