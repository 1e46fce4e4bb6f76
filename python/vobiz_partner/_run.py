"""Making calls that are waited for; progress and logging meanwhile."""

from __future__ import annotations

import atexit
import os
import sys

from vobiz_partner import _core
from vobiz_partner._errors import IncompleteError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from collections.abc import Callable
    from typing import Any, TypeVar

    from vobiz_partner._progress import Bar

    T = TypeVar("T")

# No thread may come back from a call into an interpreter that has ended.
atexit.register(_core.end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_core.forked)


def wait(call: _core.Call, make: Callable[[Any], T], bar: Bar | None = None) -> T:
    """Make the call, and return what `make` makes of its result."""
    log = logger()
    tick = None if bar is None and log is None else lambda: report(call, bar, log)
    try:
        return make(call.wait(tick))
    except IncompleteError as error:
        raise with_rows(error, make) from None
    finally:
        report(call, bar, log)


def with_rows(error: IncompleteError, make: Callable[[Any], Any]) -> IncompleteError:
    """Make the rows that came before an incomplete list ended into a table."""
    if isinstance(error.rows, _core.Columns):
        error.rows = make(error.rows)
    return error


def logger() -> logging.Logger | None:
    """Return the logger, where the program uses logging and wants what is reported of calls."""
    module = sys.modules.get("logging")
    if module is None:
        return None
    log: logging.Logger = module.getLogger("vobiz_partner")
    wanted = log.isEnabledFor(module.DEBUG)
    _core.log_calls(wanted)
    return log if wanted else None


def report(call: _core.Call, bar: Bar | None, log: logging.Logger | None) -> None:
    """Show how far a call has come."""
    if log is not None:
        for level, text in _core.logged():
            log.log(level, "%s", text)
    if bar is not None:
        bar.show(*call.progress)
