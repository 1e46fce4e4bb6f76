"""What a notebook cell shows of a closed month."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from vobiz_partner import _figures as figures
from vobiz_partner._html import _LINE, _page, _td, _th

if TYPE_CHECKING:
    from decimal import Decimal

    from vobiz_partner._month import Month

_SUMS = (
    ("Opening balances", "opening"),
    ("Top-ups", "top_ups"),
    ("Refunds", "refunds"),
    ("Calls", "usage"),
    ("Monthly fees", "rentals"),
    ("Weekly fees", "fixed"),
    ("Other debits", "other"),
    ("Closing balances", "closing"),
)


def render(month: Month) -> str:
    """Return sums of the wallets by currency, what was read, and what differs."""
    statements = month.statements
    currencies = statements._data.column("currency")
    each = sorted(set(currencies), key=lambda code: code or "")
    head = [
        [_th(f"Wallets: {figures.count(len(statements), 'INR')}"), *(_th(code or "no currency", right=True) for code in each)]
    ]
    body = []
    for label, name in _SUMS:
        values = statements._data.column(name)
        cells = []
        for code in each:
            own = [value for value, unit in zip(values, currencies, strict=True) if unit == code]
            cells.append(_td(_sum(own, code), "amount"))
        body.append([_th(label), *cells])
    differences = month.differences
    reasons: dict[str, int] = {}
    for reason in differences._data.column("reason"):
        reasons[reason] = reasons.get(reason, 0) + 1
    span = max(len(each), 1)
    texts = [f"{reason}: {figures.count(count, 'INR')}" for reason, count in sorted(reasons.items(), key=lambda pair: -pair[1])]
    body.append([_th("Differences"), _wide(span, escape("; ".join(texts)) or "none")])
    missing = [
        f"{part.source}: {part.extent}{f' ({part.detail})' if part.detail else ''}"
        for part in month.coverage
        if part.extent != "whole"
    ]
    if missing:
        body.append([_th("Not read whole"), _wide(span, escape("; ".join(missing)))])
    caption = f"Month {month.name} · {figures.window(month.period)} · {month.zone} · read {month.read_at:%Y-%m-%d %H:%M} UTC"
    return _page(caption + ("" if month.complete else " · not complete"), head, body, [])


def _wide(span: int, content: str) -> str:
    return f'<td colspan="{span}" style="{_LINE};text-align:left">{content}</td>'


def _sum(values: list[Decimal | None], currency: str | None) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "–"
    left = len(values) - len(known)
    note = f" ({left} not known)" if left else ""
    return escape(figures.money(figures.total(known), currency) or "") + note
