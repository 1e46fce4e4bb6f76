"""What callers pass in, checked with the words of the argument."""

from __future__ import annotations


def whole(name: str, given: int, least: int = 0) -> int:
    """Return a whole number, which may be one of numpy's."""
    if isinstance(given, bool) or not hasattr(given, "__index__"):
        raise TypeError(f"{name} is a whole number from {least} on, not {type(given).__name__}")
    if given < least:
        raise ValueError(f"{name} is a whole number from {least} on, not {given!r}")
    return given.__index__()


def check_texts(operation: str, **given: object) -> None:
    """Refuse what is no text and not left out."""
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{operation}: {name} is text, not {type(value).__name__}")
