"""The page of an invoice: one file of HTML, for the screen and for A4."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from vobiz_partner import _figures as figures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from vobiz_partner._invoices import Invoice, InvoiceLine, InvoiceLines
    from vobiz_partner._traffic import Period

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
header { display: flex; justify-content: space-between; gap: 2rem; flex-wrap: wrap; }
h1 { font-size: 1.5rem; margin: 0; }
p { margin: .2rem 0; white-space: pre-line; }
table { border-collapse: collapse; width: 100%; margin: 1.5rem 0; }
th, td { padding: .35rem .5rem; text-align: left; border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tfoot tr:last-child { font-weight: 700; }
tfoot tr:first-child > * { border-top: 2px solid currentColor; }
small { opacity: .75; }
@media (max-width: 32rem) { .w { display: none; } }
@media print {
  @page { size: A4; margin: 18mm; }
  :root { color-scheme: light; }
  body { margin: 0; max-width: none; }
  tr { break-inside: avoid; }
}
"""

_ITEMS = {
    "usage": "Calls",
    "rental": "Monthly fees",
    "fixed": "Weekly fees",
    "other": "Adjustments",
    "refund": "Refunds",
}
_WORDS = {"voice_api": "voice API", "sip_trunking": "SIP trunking", "inbound": "incoming", "outbound": "outgoing"}


def page(invoice: Invoice, lines: InvoiceLines, seller: Mapping[str, str], period: Period | None) -> str:
    """Return the page."""
    rows = "".join(_line(line) for line in lines)
    foot = "".join(f'<tr><th colspan="3">{label}</th><td class="n">{value}</td></tr>' for label, value in _totals(invoice))
    title = f"Invoice {invoice.number}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<header><div><h1>{escape(title)}</h1><p>{escape(figures.window(period))}</p></div>"
        f"<div>{_party('From', seller.get('name'), seller.get('address'), seller.get('gstin'))}</div></header>"
        f"{_party('To', invoice.name or invoice.auth_id, invoice.auth_id if invoice.name else None, invoice.gstin)}"
        '<table><thead><tr><th>Item</th><th class="n w">Number</th><th class="n w">Minutes</th>'
        f'<th class="n">Amount{escape(_unit(invoice.currency))}</th></tr></thead>'
        f"<tbody>{rows}</tbody><tfoot>{foot}</tfoot></table>"
        f"<p><small>{escape(seller.get('note', ''))}</small></p></body></html>"
    )


def _party(label: str, name: str | None, second: str | None, gstin: str | None) -> str:
    if name is None:
        return ""
    parts = [f"<strong>{escape(name)}</strong>", escape(second or ""), f"GSTIN {escape(gstin)}" if gstin else ""]
    return f"<p><small>{label}</small></p>" + "".join(f"<p>{part}</p>" for part in parts if part)


def _unit(currency: str | None) -> str:
    sign = figures.sign(currency).strip()
    return f", {sign}" if sign else ""


def _line(line: InvoiceLine) -> str:
    words = [_WORDS.get(word, word) for word in (line.product, line.direction) if word]
    name = _ITEMS.get(line.item, line.item) + (f": {', '.join(words)}" if words else "")
    talked = figures.minutes(figures.rounded(line.minutes), line.currency) if line.minutes else ""
    count = figures.count(line.count, line.currency)
    amount = _exactly(line.amount, line.currency)
    cells = (f'<td class="n w">{count}</td>', f'<td class="n w">{talked}</td>', f'<td class="n">{escape(amount)}</td>')
    return f"<tr><td>{escape(name)}</td>{''.join(cells)}</tr>"


def _exactly(amount: Decimal, currency: str | None) -> str:
    """Show an amount with two places, or as it is where it has more."""
    shown = figures.money(amount, currency, bare=True) or ""
    return shown if figures.says(shown, amount) else f"{amount.normalize():f}"


def _totals(invoice: Invoice) -> Iterator[tuple[str, str]]:
    def money(amount: Decimal) -> str:
        return escape(figures.money(amount, invoice.currency) or "")

    if invoice.rounding:
        yield "Rounding", escape(_exactly(invoice.rounding, invoice.currency))
    yield "Net", money(invoice.net)
    for label, amount in (("CGST", invoice.cgst), ("SGST", invoice.sgst), ("IGST", invoice.igst)):
        if amount:
            yield label, money(amount)
    if invoice.tax and not (invoice.cgst or invoice.igst):
        yield "Tax", money(invoice.tax)
    yield "Total", money(invoice.total)
    if invoice.tds:
        yield "Less TDS", money(-invoice.tds)
        yield "Payable", money(invoice.payable)
