"""What a notebook cell shows: tables in the reader's own colours, everything that came from outside escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

from vobiz_partner import _figures as figures

if TYPE_CHECKING:
    from vobiz_partner._reports import Report
    from vobiz_partner._table import Table
    from vobiz_partner._traffic import CallFigures, Period

ROWS = 32
"""Longest table that is shown whole, a month of days among them; of a longer one, the first and the last rows."""

_WHOLE = 40
"""Longest text that is kept on one line: ids and names, not reasons."""
ABSENT = '<span style="opacity:.5" title="not sent">–</span>'
_LINE = "border:0;border-bottom:1px solid color-mix(in srgb, currentColor 20%, transparent);padding:.2em .6em"
_SUM = "border:0;border-top:1px solid currentColor;padding:.2em .6em;font-weight:600"

# Per table: its title and the columns shown; starred ones are summed at the foot.
_TABLES = {
    "TimeSeries": (
        "Calls by day",
        "date total_calls* answered_calls* total_minutes* total_cost* inbound_total_calls* outbound_total_calls*",
    ),
    "Accounts": ("Customers", "auth_id name balance* billing_mode is_active kyc_status pricing_tier_name updated_at"),
    "TopCustomers": ("Top customers", "auth_id name total_calls* total_cost*"),
    "Transactions": ("Ledger", "id auth_id created_at type amount currency description status"),
    "ReferenceSums": ("Ledger by reference", "reference_type total_debit* total_credit* count*"),
    "CallRecords": ("Calls", "uuid auth_id start_time direction status billsec total_cost* hangup_cause"),
    "Numbers": ("Numbers", "e164 auth_id status country capabilities monthly_fee* next_billing_date"),
    "KycSessions": ("KYC sessions", "id auth_id status kyc_type expires_at completed_at"),
    "Breakdown": ("Calls", "name total_calls* answered_calls* failed_calls* total_minutes* total_cost*"),
    "Statements": (
        "Wallets",
        "auth_id name opening* top_ups* refunds* usage* rentals* fixed* other* closing*",
    ),
    "Lines": ("Usage, fees and payments", "auth_id day item product direction count* amount*"),
    "Differences": ("Differences", "check auth_id day subject first_source first second_source second currency reason"),
    "CoverageTable": ("What was read", "source extent rows from_date to_date detail"),
    "Spenders": ("Top spenders", "auth_id name amount* share cumulative previous* change"),
    "Splits": (
        "Calls by direction",
        "auth_id name inbound* outbound* outbound_share inbound_cost* outbound_cost* is_outbound_heavy",
    ),
    "Findings": ("Out of the usual range", "group key day total answered rate low high usual_low usual_high"),
    "Invoices": ("Invoices", "number auth_id name net* cgst* sgst* igst* tax* total* tds* payable*"),
    "InvoiceLines": ("Lines of invoices", "number item product direction count* minutes* cost* amount*"),
    "Runways": ("How long wallets last", "auth_id name balance burn low_hours likely_hours high_hours empty_at"),
    "Forecast": ("What the wallet probably holds", "at low likely high"),
    "Scores": (
        "Alerts against wallets",
        "auth_id name alerts* empty* in_time* missed* topped_up* false_alarms* lead_hours",
    ),
    "Samples": ("Balances", "at auth_id name balance currency"),
    "Alerts": ("Alerts", "at auth_id kind severity rule metric value reason"),
    "ReportCustomers": ("Customers of the report", "auth_id name email is_active created_at"),
}


def render(thing: Any) -> str:
    """Return the HTML of a report, a table or a single model."""
    name = type(thing).__name__
    if name in _TABLES:
        return _table(thing, *_TABLES[name])
    if name == "Report":
        return _report(thing)
    pairs = [(field, getattr(thing, field)) for field in thing._fields]
    body = [[_th(field), _td(_value(value))] for field, value in pairs if value is not None]
    return _page(name, [], body, [])


def facts(title: str, values: Mapping[str, Any]) -> str:
    """Return what is known of something, a line for each fact."""
    return _page(title, [], [[_th(name), _td(_value(value))] for name, value in values.items() if value is not None], [])


def paragraphs(title: str, texts: Iterable[str]) -> str:
    """Return paragraphs, the words before their first colon in bold."""
    lines = [text.partition(": ") for text in texts]
    body = [
        [_th(head), _td(escape(text))] if text else [f'<td colspan="2" style="{_LINE}">{escape(head)}</td>']
        for head, _, text in lines
    ]
    if len(body) > ROWS:
        body = [*body[:ROWS], [f'<td colspan="2" style="{_LINE}">… {len(body) - ROWS} more</td>']]
    return _page(title, [], body, [])


def _table(table: Table[Any], title: str, shown: str) -> str:
    kinds = table._data.kinds
    wanted = [name for name in shown.split() if name.rstrip("*") in kinds] or table.columns[:8]
    columns = [(name.rstrip("*"), name.endswith("*"), kinds[name.rstrip("*")]) for name in wanted]
    currencies = table._data.column("currency") if "currency" in kinds else [table.currency] * len(table)
    unit = figures.sign(table.currency).strip()
    values = [table._data.column(name) for name, _, _ in columns]

    def cells(row: int) -> Iterator[str]:
        for place, (_, _, kind) in enumerate(columns):
            value = values[place][row]
            yield _td(_cell(kind, value, currencies[row], bare=bool(unit)), kind)

    head = [_th(_heading(name, kind, unit), right=kind in figures.KINDS) for name, _, kind in columns]
    half = ROWS // 2
    length = len(table)
    if length <= ROWS:
        body = [list(cells(row)) for row in range(length)]
    else:
        between = f"… {figures.count(length - 2 * half, table.currency)} more …"
        hidden = f'<td colspan="{len(columns)}" style="{_LINE};text-align:center">{between}</td>'
        body = [list(cells(row)) for row in range(half)]
        body += [[hidden]]
        body += [list(cells(row)) for row in range(length - half, length)]

    foot = [f'<td style="{_SUM}">{length} row{"" if length == 1 else "s"}</td>']
    for place, (_, summed, kind) in enumerate(columns[1:] if length else (), start=1):
        text = _sum(kind, values[place], currencies, bare=bool(unit)) if summed else ""
        foot.append(f'<td style="{_SUM};text-align:right">{text}</td>')
    left = len(table.columns) - len(columns) - ("currency" in kinds)
    notes = [f"{left} more column{'' if left == 1 else 's'}" if left > 0 else ""]
    return _page(_caption(title, table.period, table.currency, *notes), [head], body, [foot] if length else [])


def _report(report: Report) -> str:
    currency, accounts = report.currency, report.accounts
    unit = figures.sign(currency).strip()
    facts = [
        ("Wallets of all customers", figures.money(report.total_balance, currency)),
        ("Customers", figures.count(accounts.total if accounts else None, currency)),
        ("Active customers", figures.count(accounts.active if accounts else None, currency)),
        ("Customers with pending KYC", figures.count(report.pending_kyc, currency)),
        ("Revenue of the month to date", figures.money(report.mtd_revenue, currency)),
    ]
    lines = [
        *([("All calls", report.calls)] if report.calls else []),
        *report.by_direction.items(),
        *report.by_product.items(),
    ]
    head = ["", "Calls", "Answered", "Failed", "Answered, %", "Minutes", f"Cost{', ' + unit if unit else ''}"]
    top = [[_th(name), f'<td colspan="6" style="{_LINE}">{value}</td>'] for name, value in facts if value]
    body = [[_th(name), *_calls(line, currency)] for name, line in lines]
    heads = [[_th(name, right=bool(name)) for name in head]] if body else []
    return _page(_caption("Report", report.period, currency), [], [*top, *heads, *body], [])


def _calls(line: CallFigures, currency: str | None) -> Iterator[str]:
    rate = line.answer_rate
    for text in (
        figures.count(line.total_calls, currency),
        figures.count(line.answered_calls, currency),
        figures.count(line.failed_calls, currency),
        None if rate is None else f"{figures.rounded(rate)}",
        figures.minutes(line.total_minutes, currency),
        figures.money(line.total_cost, currency, bare=True),
    ):
        yield _td(ABSENT if text is None else text, "count")


def _heading(name: str, kind: str, unit: str) -> str:
    if kind in ("amount", "rate") and unit:
        return f"{name}, {unit}"
    return f"{name}, UTC" if kind == "instant" else name


def _cell(kind: str, value: Any, currency: str | None, *, bare: bool) -> str:
    if value is None:
        return ABSENT
    if kind == "amount":
        shown = figures.money(value, currency, bare=bare) or ""
        exact = "" if figures.says(shown, value) else f' title="{value}"'
        return f"<span{exact}>{escape(shown)}</span>"
    if kind == "count":
        return figures.count(value, currency) or ""
    if kind == "minutes":
        return f'<span title="{value}">{figures.minutes(_places(value), currency)}</span>'
    if kind == "number":
        return f'<span title="{value}">{_short(value)}</span>'
    return f"{value:%Y-%m-%d %H:%M}" if kind == "instant" else _value(value)


def _places(minutes: Decimal) -> Decimal:
    """Minutes as they were sent, or to two places where they were calculated."""
    return figures.rounded(minutes) if minutes != round(minutes, 2) else minutes


def _short(value: Decimal) -> str:
    """Show a number with at most four places."""
    short = value if value == value.to_integral_value() else round(value, 4)
    text = f"{short:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _value(value: Any) -> str:
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return escape(str(value) if isinstance(value, str | int | Decimal | date) else repr(value))


def _sum(kind: str, values: list[Any], currencies: list[str | None], *, bare: bool) -> str:
    missing = sum(value is None for value in values)
    if missing == len(values):
        return ABSENT  # a sum of which nothing is known is not zero
    note = f" ({missing} not known)" if missing else ""
    if kind != "amount":
        total = figures.total(value for value in values if value is not None)
        shown = figures.count(int(total), currencies[0]) if kind == "count" else figures.minutes(_places(total), currencies[0])
        return f"{shown}{note}"
    sums = [
        figures.money(
            figures.total(v for v, c in zip(values, currencies, strict=True) if c == each and v is not None),
            each,
            bare=bare,
        )
        for each in dict.fromkeys(currencies)
    ]
    return escape("; ".join(text for text in sums if text)) + note


def _caption(title: str, period: Period | None, currency: str | None, *notes: str) -> str:
    return " · ".join(part for part in (title, figures.window(period), currency or "", *notes) if part)


def _th(text: str, *, right: bool = False) -> str:
    side = "right" if right else "left"
    return f'<th style="{_LINE};text-align:{side};white-space:nowrap;font-weight:600">{escape(text)}</th>'


def _td(content: str, kind: str = "text") -> str:
    style = "right;font-variant-numeric:tabular-nums" if kind in figures.KINDS else "left"
    whole = "" if kind == "text" and len(content) > _WHOLE else ";white-space:nowrap"
    return f'<td style="{_LINE};text-align:{style}{whole}">{content}</td>'


def _page(caption: str, head: Iterable[list[str]], body: Iterable[list[str]], foot: Iterable[list[str]]) -> str:
    def rows(tag: str, lines: Iterable[list[str]]) -> str:
        inside = "".join(f"<tr>{''.join(line)}</tr>" for line in lines)
        return f"<{tag}>{inside}</{tag}>" if inside else ""

    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;table-layout:auto;background:none;color:inherit">'
        f'<caption style="text-align:left;color:inherit;padding:.2em .6em;white-space:nowrap">{escape(caption)}</caption>'
        f"{rows('thead', head)}{rows('tbody', body)}{rows('tfoot', foot)}</table></div>"
    )
