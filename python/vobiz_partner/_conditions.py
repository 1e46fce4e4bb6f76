"""What a filter asks of a column, as values of that column."""

from __future__ import annotations

from vobiz_partner import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def value_of(name: str, kind: str, given: Any) -> Any:
    """Return what was given as a value of its column. What could equal none of its values is refused.

    A comparison of amounts with a float, or of days with text, would be false for every row without a word.
    """
    if _core.unknown(given):
        return None
    if kind in ("amount", "rate", "minutes", "number"):
        return _core.exact("filter", name, given)
    if kind == "day":
        return _core.exact_day("filter", name, given)
    is_true_or_false = type(given).__name__ in ("bool", "bool_")  # numpy's own are named so
    fits = {
        "flag": is_true_or_false,
        "count": hasattr(given, "__index__") and not is_true_or_false,
        "instant": getattr(given, "tzinfo", None) is not None,
    }
    if fits.get(kind, isinstance(given, str)):
        return given
    raise TypeError(f"filter: {name} is {_WANTED.get(kind, 'text')}, not {type(given).__name__}")


_WANTED = {"flag": "True or False", "count": "a whole number", "instant": "a datetime with its time zone"}
