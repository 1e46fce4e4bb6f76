"""Lists that are read batch by batch, so that they may be larger than memory."""

from __future__ import annotations

from vobiz_partner._progress import bar, take_away
from vobiz_partner._run import wait

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Callable, Iterator
    from typing import Any, Generic, TypeVar

    from vobiz_partner import _core
    from vobiz_partner._progress import Wanted
    from vobiz_partner._table import Table

    T = TypeVar("T", bound=Table[Any])

    class _Of(Generic[T]): ...

else:

    class _Of:
        __slots__ = ()

        def __class_getitem__(cls, _table):
            return cls


class _Unread(_Of["T"]):
    """The rows to come, and how far their reading has come."""

    def __init__(
        self, operation: str, unread: _core.List, make: Callable[[_core.Columns], T], rows: int, progress: Wanted
    ) -> None:
        self._batches, self._make = unread.batches(_size(rows)), make
        self._operation, self._progress = operation, progress

    def _table(self, data: _core.Columns | None) -> T | None:
        return None if data is None else self._make(data)

    def _empty(self) -> T:
        """Return a table without rows: of an empty list it has the columns all the same."""
        return self._make(self._batches.empty())


class Stream(_Unread["T"]):
    """A list that is read batch by batch, so that it may be larger than memory."""

    def batches(self) -> Iterator[T]:
        """Yield tables of the rows to come, one after the other; Ctrl-C ends the reading.

        Yields
        ------
        Table
            Of as many rows as the stream was asked for, the last of what is left.
        """
        shown = bar(self._operation, self._progress)
        try:
            while (table := wait(self._batches.next(), self._table, shown)) is not None:
                yield table
        finally:
            take_away(shown)

    def __iter__(self) -> Iterator[T]:
        """Yield what `batches` does."""
        return self.batches()

    def to_parquet(self, path: str | os.PathLike[str]) -> int:
        """Write the rows to come into one Parquet file, batch by batch. Needs pyarrow.

        Parameters
        ----------
        path : path
            The file. It appears whole or not at all.

        Returns
        -------
        int
            How many rows there were. Of none, the file has the columns alone.
        """
        from vobiz_partner._files import parquet

        rows = 0
        with parquet(path) as write:
            for table in self.batches():
                write(table)
                rows += len(table)
            if not rows:
                write(self._empty())
        return rows


class AsyncStream(_Unread["T"]):
    """A list that is read batch by batch in an event loop, so that it may be larger than memory."""

    async def batches(self) -> AsyncIterator[T]:
        """Yield tables of the rows to come, one after the other.

        Yields
        ------
        Table
            Of as many rows as the stream was asked for, the last of what is left.
        """
        from vobiz_partner._await import run

        shown = bar(self._operation, self._progress)
        try:
            while (table := await run(self._batches.next(), self._table, shown)) is not None:
                yield table
        finally:
            take_away(shown)

    def __aiter__(self) -> AsyncIterator[T]:
        """Yield what `batches` does."""
        return self.batches()

    async def to_parquet(self, path: str | os.PathLike[str]) -> int:
        """Write the rows to come into one Parquet file. As `Stream.to_parquet`; files are written in a thread."""
        import asyncio

        from vobiz_partner._files import parquet

        rows = 0
        with parquet(path) as write:
            async for table in self.batches():
                await asyncio.to_thread(write, table)
                rows += len(table)
            if not rows:
                write(self._empty())
        return rows


def _size(rows: int) -> int:
    """Check how many rows a batch has."""
    if isinstance(rows, bool) or not hasattr(rows, "__index__") or rows < 1:
        raise ValueError(f"rows is how many rows a batch has, a whole number from 1 on, not {rows!r}")
    return rows.__index__()
