"""Making calls that are awaited.

A finished call waits in the `Outcomes` of its event loop, which watches a socket for it; the loop's own thread makes the Python
objects. No other thread ever touches the interpreter, so a program may end whatever is under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from vobiz_partner import _core
from vobiz_partner._errors import IncompleteError
from vobiz_partner._run import logger, report, with_rows

if TYPE_CHECKING:
    from typing import TypeVar

    from vobiz_partner._progress import Bar

    T = TypeVar("T")

TICK = 0.1
"""Seconds between two looks at how far a call has come."""


async def run(call: _core.Call, make: Callable[[Any], T], bar: Bar | None = None) -> T:
    """Await the call, and return what `make` makes of its result. Cancelling the task ends the call."""
    loop = asyncio.get_running_loop()
    bridge = _bridges.get(loop)
    if bridge is None:
        bridge = _bridges[loop] = _Bridge()
    log = logger()
    key, future = bridge.start(call)
    try:
        while (bar is not None or log is not None) and not future.done():
            await asyncio.wait([future], timeout=TICK)
            report(call, bar, log)
        return make(await future)
    except IncompleteError as error:
        raise with_rows(error, make) from None
    finally:
        bridge.end(key)
        report(call, bar, log)


class _Bridge:
    """The calls that are awaited in one event loop."""

    def __init__(self) -> None:
        self._outcomes = _core.Outcomes()
        self._under_way: dict[int, tuple[asyncio.Future[Any], _core.Running]] = {}
        self._next = 0
        self._watched = False

    def start(self, call: _core.Call) -> tuple[int, asyncio.Future[Any]]:
        """Send a call. The future is done when its outcome was taken."""
        loop = asyncio.get_running_loop()
        self._watch(loop)
        self._next += 1
        future: asyncio.Future[Any] = loop.create_future()
        self._under_way[self._next] = future, call.start(self._outcomes, self._next)
        return self._next, future

    def end(self, key: int) -> None:
        """Forget a call, and end it where it is still under way."""
        future, running = self._under_way.pop(key)
        running.cancel()
        if self._under_way or not self._watched:
            return
        self._watched = False
        # Not the running loop: a task that is thrown away at the end of a program ends without one.
        loop, file = future.get_loop(), self._outcomes.fileno()
        if file is not None and not loop.is_closed():
            loop.remove_reader(file)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._watched:
            return
        file = self._outcomes.fileno()
        if file is None:  # the usual loop of Windows watches no sockets
            self._task = loop.create_task(self._watch_from_a_thread(loop))
        else:
            loop.add_reader(file, self._take)
        self._watched = True

    async def _watch_from_a_thread(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._watched:
            await loop.run_in_executor(None, self._outcomes.wait)
            self._take()

    def _take(self) -> None:
        for key, result, error in self._outcomes.take():
            future, _ = self._under_way.get(key, (None, None))
            if future is None or future.done():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)


_bridges: WeakKeyDictionary[asyncio.AbstractEventLoop, _Bridge] = WeakKeyDictionary()
