"""Figures as people write them, and exact sums."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from vobiz_partner._core import currency_sign as sign
from vobiz_partner._core import format_money

if TYPE_CHECKING:
    from vobiz_partner._traffic import Period

__all__ = ["KINDS", "count", "minutes", "money", "rounded", "says", "sign", "total", "window"]

KINDS = frozenset({"amount", "count", "minutes", "number", "rate"})
"""The kinds of column that are figures."""

# Enough for a sum of any number of 28-digit amounts; the ambient context may round.
_EXACT = Context(prec=80)


def total(values: Iterable[Decimal | int]) -> Decimal:
    """Add up exactly."""
    result = Decimal(0)
    for value in values:
        result = _EXACT.add(result, value)
    return result


def money(amount: Decimal | None, currency: str | None, *, bare: bool = False) -> str | None:
    """Show an amount with two places, `bare` without the sign that the heading has already."""
    if amount is None:
        return None
    try:
        text = format_money(amount, currency)
    except ValueError:  # a sum with more digits than an amount can have
        return str(amount)
    return text.replace(sign(currency), "", 1) if bare and currency else text


def count(number: int | None, currency: str | None) -> str | None:
    """Show a count in the grouping of the currency's country."""
    if number is None:
        return None
    return (money(Decimal(number), currency, bare=True) or "").removesuffix(".00")


def minutes(number: Decimal | None, currency: str | None) -> str | None:
    """Show minutes with the places they were sent with."""
    if number is None:
        return None
    whole, point, places = f"{number:f}".partition(".")
    return f"{count(int(whole), currency)}{point}{places}"


def rounded(number: Decimal) -> Decimal:
    """Round to two places, half away from zero."""
    return number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def says(shown: str, exact: Decimal) -> bool:
    """Whether a shown figure is the exact one."""
    digits = "".join(sign for sign in shown if sign.isdigit() or sign in "-.")
    try:
        return Decimal(digits) == exact
    except InvalidOperation:
        return False  # A currency may have any name, digits among it.


def window(period: Period | None) -> str:
    """Show a window of days: ``12 Apr – 12 May 2026``, or ``April 2026`` of a whole month."""
    if period is None:
        return ""
    first, last = period.from_date, period.to_date
    if first is None or last is None:  # the service left one out
        return " – ".join(f"{day.day} {day:%b %Y}" if day else "?" for day in (first, last)) if first or last else ""
    if (
        first.day == 1
        and (first.year, first.month) == (last.year, last.month)
        and last.day == monthrange(last.year, last.month)[1]
    ):
        return f"{first:%B} {first.year}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%b}{year} – {last.day} {last:%b} {last.year}"
