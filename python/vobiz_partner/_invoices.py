"""Invoices of a month: a table, their lines, and a page for each customer."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._record import Row
from vobiz_partner._table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from decimal import Decimal
    from typing import Any

    from typing_extensions import Self

_INVOICE = "make invoices"
_SELLER = ("name", "address", "gstin", "state", "note")


def asked(
    *,
    markup: str | int | Decimal | None,
    buy_rates: Mapping[str, str | int | Decimal] | None,
    tax: str | int | Decimal | None,
    rounding: str,
    round_at: str,
    number_format: str,
    first: int,
    seller: Mapping[str, str] | None,
    states: Mapping[str, str] | None,
) -> dict[str, Any]:
    """Check the terms of invoices."""
    unknown = sorted(set(seller or {}) - set(_SELLER))
    if unknown:
        raise KeyError(f"seller has no {unknown[0]!r}; it has {', '.join(_SELLER)}")
    if isinstance(first, bool) or not hasattr(first, "__index__") or first < 0:
        raise ValueError("make invoices: first is the first number, 0 or more")
    return {
        "markup": _percent("markup", markup),
        "buy_rates": {str(key): _core.exact(_INVOICE, f"buy_rates[{key!r}]", rate) for key, rate in (buy_rates or {}).items()},
        "tax": _percent("tax", tax),
        "seller_state": (seller or {}).get("state") or (seller or {}).get("gstin"),
        "states": dict(states or {}),
        "rounding": rounding,
        "round_at": round_at,
        "number_format": number_format,
        "first": first.__index__(),
    }


def _percent(name: str, given: str | int | Decimal | None) -> Decimal | None:
    if given is None:
        return None
    percent = _core.exact(_INVOICE, name, given.strip().removesuffix("%").strip() if isinstance(given, str) else given)
    if percent < 0:
        raise ValueError(f"make invoices: {name} is a percentage of 0 or more")
    return percent


class Invoice(Row):
    """An invoice: ``net + tax = total`` and ``total - tds = payable``."""

    _shown = ("number", "auth_id", "name", "total", "currency")
    number: str
    """Its number."""
    auth_id: str
    """Customer id, ``MA_…``."""
    name: str | None
    """Name of the customer."""
    gstin: str | None
    """Their goods and services tax number."""
    currency: str | None
    """Currency of every amount."""
    rounding: Decimal
    """What rounding the net amount added; zero where lines are rounded."""
    net: Decimal
    """The amount before tax: its lines and the rounding."""
    supply: str
    """``intra-state``, ``inter-state``, or ``not known``."""
    cgst: Decimal
    """Central tax."""
    sgst: Decimal
    """State tax."""
    igst: Decimal
    """Integrated tax."""
    tax: Decimal
    """All tax, also where its parts are not known."""
    total: Decimal
    """Net and tax."""
    tds: Decimal
    """Tax that the customer deducts at source, where the profile says so."""
    payable: Decimal
    """What is left to pay."""


class InvoiceLine(Row):
    """A line of an invoice."""

    _shown = ("number", "item", "product", "direction", "amount")
    number: str
    """The invoice."""
    auth_id: str
    """Customer id, ``MA_…``."""
    currency: str | None
    """Currency of the amounts."""
    item: str
    """``usage``, ``rental``, ``fixed``, ``other`` or ``refund``."""
    product: str | None
    """Product of calls."""
    direction: str | None
    """Direction of calls."""
    count: int
    """Calls, or ledger rows."""
    minutes: Decimal
    """Minutes of talk, to ten places."""
    cost: Decimal
    """What the month has for it."""
    amount: Decimal
    """What is charged."""
    bought: Decimal | None
    """What it cost the partner, where a buy rate was given for it."""


class InvoiceLines(Table[InvoiceLine]):
    """Lines of invoices."""

    __slots__ = ()
    _row = InvoiceLine
    _noun = "line"


class Invoices(Table[Invoice]):
    """Invoices of a month, by their number: ``invoices["INV-2026-04-0001"]``."""

    __slots__ = ("_lines", "_seller")
    _row = Invoice
    _noun = "invoice"
    _lines: Any
    _seller: dict[str, str]

    def _about(self, lines: Any, seller: dict[str, str]) -> Self:
        self._lines, self._seller = lines, seller
        return self

    def _with(self, data: _core.Columns) -> Self:
        return super()._with(data)._about(self._lines, self._seller)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the invoices, their lines and the seller."""
        return _restored, (self._data, self._period, self._lines, self._seller)

    @property
    def lines(self) -> InvoiceLines:
        """The lines of these invoices."""
        numbers = set(self._data.column("number"))
        lines = InvoiceLines(self._lines, self._currency, self._period)
        return lines.filter(number in numbers for number in self._lines.column("number"))

    def html(self, number: str) -> str:
        """Return an invoice as a page of HTML that needs no other file and prints on A4.

        Parameters
        ----------
        number : str
            The number of the invoice.

        Returns
        -------
        str
        """
        from vobiz_partner._invoice_page import page

        return page(self[number], self.lines.filter(number=number), self._seller, self._period)

    def to_html(self, folder: str | os.PathLike[str]) -> list[str]:
        """Write a page for each invoice. ``chromium --headless --print-to-pdf=… page.html`` makes a PDF of one.

        Parameters
        ----------
        folder : path
            It is made where it is not there.

        Returns
        -------
        list of str
            The paths, in the order of the invoices.
        """
        import os
        import re

        from vobiz_partner._files import whole

        os.makedirs(folder, exist_ok=True)
        paths = []
        for number in self._data.column("number"):
            path = os.path.join(os.fspath(folder), f"{re.sub(r'[^A-Za-z0-9._-]', '_', number)}.html")
            with whole(path) as temporary, open(temporary, "w", encoding="utf-8") as file:
                file.write(self.html(number))
            paths.append(path)
        return paths

    def to_excel(self, path: str | os.PathLike[str], *, zone: str = "Asia/Kolkata") -> None:
        """Write an Excel workbook with a sheet of invoices and one of their lines. Needs XlsxWriter.

        Parameters
        ----------
        path : path
            The file, ``….xlsx``. It appears whole or not at all.
        zone : str, optional
            As for every table.
        """
        from vobiz_partner._files import write_excel

        write_excel({"invoices": self, "lines": self.lines}, path, zone)


def _restored(data: Any, period: Any, lines: Any, seller: dict[str, str]) -> Invoices:
    return Invoices(data, None, period)._about(lines, seller)
