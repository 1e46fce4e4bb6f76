"""What the calls of every resource share: the client they belong to, lists read batch by batch, columns that are checked."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._progress import bar
from vobiz_partner._run import wait

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from typing import Any, Generic, TypeAlias, TypeVar

    from vobiz_partner._progress import Wanted

    T = TypeVar("T")
    Day: TypeAlias = dt.date | str

    class _Of(Generic[T]): ...

else:

    class _Of:
        __slots__ = ()

        def __class_getitem__(cls, _table):
            return cls


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
        return wait(rows.whole(), make, bar(operation, self._progress))


class AsyncCalls:
    """A client whose calls are awaited, as the resources see it."""

    _inner: _core.Core
    _progress: Wanted

    async def _wait(self, call: _core.Call, make: Callable[[Any], T]) -> T:
        from vobiz_partner._await import run

        return await run(call, _with_answer(make))

    async def _read(self, operation: str, rows: _core.List, make: Callable[[Any], T]) -> T:
        from vobiz_partner._await import run

        return await run(rows.whole(), make, bar(operation, self._progress))


class Stream(_Of["T"]):
    """A list that is read batch by batch, so that it may be larger than memory."""

    def __init__(self, unread: _core.List, make: Callable[[Any], T], rows: int) -> None:
        self._batches, self._make = unread.batches(_size(rows)), make

    def batches(self) -> Iterator[T]:
        """Yield tables of the rows to come, one after the other; Ctrl-C ends the reading.

        Yields
        ------
        Table
            Of as many rows as the stream was asked for, the last of what is left.
        """
        while (table := wait(self._batches.next(), self._table)) is not None:
            yield table

    def __iter__(self) -> Iterator[T]:
        """Yield what `batches` does."""
        return self.batches()

    def _table(self, data: Any) -> T | None:
        return None if data is None else self._make(data)

    def to_parquet(self, path: str | os.PathLike[str]) -> int:
        """Write the rows to come into one Parquet file, batch by batch. Needs pyarrow.

        Parameters
        ----------
        path : path
            The file. It appears whole or not at all.

        Returns
        -------
        int
            How many rows there were.
        """
        from vobiz_partner._files import write_parquet

        return write_parquet(self._batches_or_none(), path)

    def _batches_or_none(self) -> Iterator[T]:
        """Yield the batches, and of an empty list a table without rows: it has columns all the same."""
        empty = True
        for table in self.batches():
            empty = False
            yield table
        if empty:
            raise ValueError("there are no rows to write")


class AsyncStream(_Of["T"]):
    """A list that is read batch by batch in an event loop, so that it may be larger than memory."""

    def __init__(self, unread: _core.List, make: Callable[[Any], T], rows: int) -> None:
        self._batches, self._make = unread.batches(_size(rows)), make

    async def batches(self) -> AsyncIterator[T]:
        """Yield tables of the rows to come, one after the other.

        Yields
        ------
        Table
            Of as many rows as the stream was asked for, the last of what is left.
        """
        from vobiz_partner._await import run

        while (data := await run(self._batches.next(), lambda data: data)) is not None:
            yield self._make(data)

    def __aiter__(self) -> AsyncIterator[T]:
        """Yield what `batches` does."""
        return self.batches()


def _size(rows: int) -> int:
    """Check how many rows a batch has."""
    if isinstance(rows, bool) or not hasattr(rows, "__index__") or rows < 1:
        raise ValueError(f"rows is how many rows a batch has, a whole number from 1 on, not {rows!r}")
    return rows.__index__()


def names(columns: Sequence[str] | None) -> list[str] | None:
    """Check which columns were asked for."""
    if isinstance(columns, str):
        raise TypeError(f'columns is a list of names: ["{columns}"]')
    if columns is not None and not columns:
        raise ValueError("columns is empty; leave it out for all of them")
    return None if columns is None else list(columns)
