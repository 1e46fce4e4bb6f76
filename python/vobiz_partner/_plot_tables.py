"""Pictures of tables: one finding each, in its title."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from vobiz_partner import _figures as figures
from vobiz_partner._errors import InvalidArgumentError
from vobiz_partner._plot import BLUE, ORANGE, axes, dress, times

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vobiz_partner._table import Table

_MOST = 15
"""Bars and lines that a picture holds."""

# Ranked bars: the column of names, the column of figures, what they are, and whether they are parts of a whole, or the
# smallest come first.
_BARS = {
    "Accounts": ("name", "balance", "in the lowest wallet", "smallest"),
    "Breakdown": ("name", "total_calls", "calls", "parts"),
    "CoverageTable": ("source", "rows", "rows read", "alone"),
    "Invoices": ("name", "total", "invoiced", "parts"),
    "Numbers": ("e164", "monthly_fee", "a month", "alone"),
    "ReferenceSums": ("reference_type", "total_debit", "taken out", "parts"),
    "Runways": ("name", "likely_hours", "hours left", "smallest"),
    "Spenders": ("name", "amount", "charged", "parts"),
    "Splits": ("name", "outbound", "outgoing calls", "parts"),
    "Statements": ("name", "usage", "for calls", "parts"),
    "TopCustomers": ("name", "total_cost", "for calls", "parts"),
}
# Sums by day: the column of days or instants, the column that is added up (none: rows are counted), and what that is.
_DAYS = {
    "Alerts": ("at", None, "notifications"),
    "CallRecords": ("start_time", None, "calls"),
    "Lines": ("day", "amount", "charged"),
    "TimeSeries": ("date", "total_cost", "cost of calls"),
    "Transactions": ("created_at", None, "ledger rows"),
}
# How many rows have each value of a column.
_COUNTS = {
    "Differences": ("reason", "differences"),
    "KycSessions": ("status", "KYC sessions"),
    "ReportCustomers": ("is_active", "customers"),
}


def draw(table: Table[Any], ax: Axes | None) -> Axes:
    """Draw a table in the way of its kind."""
    name = type(table).__name__
    drawn = axes(ax, 4.5 if len(table) else 0.5)
    if not len(table):
        drawn.set_axis_off()
        drawn.set_title(f"No {table._noun} to show", loc="left", fontweight="bold")
    elif name in _BARS:
        _bars(drawn, table, _BARS[name])
    elif name in _DAYS:
        _days(drawn, table, *_DAYS[name])
    elif name in _COUNTS:
        _counts(drawn, table, *_COUNTS[name])
    elif name == "Samples":
        _courses(drawn, table)
    elif name == "Findings":
        _ranges(drawn, table)
    elif name == "Scores":
        _scores(drawn, table)
    elif name == "InvoiceLines":
        _sums(drawn, table)
    else:
        words = f'plot: there is no picture of a {name}; to_pandas(money="float").plot() draws any columns'
        raise InvalidArgumentError(words, operation="plot")
    return drawn


def _names(table: Table[Any], column: str) -> list[str]:
    """Return a name for each row: its key where it has none, shortened, as text and no markup of matplotlib."""
    names = table._data.column(column)
    keys = names if "auth_id" not in table.columns else table._data.column("auth_id")
    texts = [str(name or key or "unknown") for name, key in zip(names, keys, strict=True)]
    return [(text if len(text) <= 28 else f"{text[:27]}…").replace("$", r"\$") for text in texts]


def _currencies(table: Table[Any]) -> list[str | None]:
    return table._data.column("currency") if "currency" in table.columns else [table.currency] * len(table)


def _main(table: Table[Any], kind: str) -> tuple[list[int], str | None, str]:
    """Return the rows of the most frequent currency, the currency, and what to say of the others."""
    codes = _currencies(table)
    if kind not in ("amount", "rate"):
        return list(range(len(table))), None, ""
    main = max(set(codes), key=lambda code: (codes.count(code), code or ""))
    rows = [place for place, code in enumerate(codes) if code == main]
    return rows, main, f" ({main or 'no currency'} alone)" if len(rows) < len(codes) else ""


def _say(value: Decimal | int, kind: str, currency: str | None) -> str:
    if kind == "amount":
        return figures.money(Decimal(value), currency) or ""
    if isinstance(value, Decimal) and value != value.to_integral_value():
        return f"{value:.1f}"
    return figures.count(int(value), currency or "INR") or ""


def _bars(ax: Axes, table: Table[Any], way: tuple[str, str, str, str]) -> None:
    label, column, what, of = way
    smallest = of == "smallest"
    kind = table._data.kinds[column]
    rows, currency, note = _main(table, kind)
    values, names = table._data.column(column), _names(table, label)
    known = [(values[place], names[place]) for place in rows if values[place] is not None]
    known.sort(key=lambda pair: pair[0], reverse=not smallest)
    if not known:
        ax.set_axis_off()
        ax.set_title(f"{column.replace('_', ' ').capitalize()}: not known", loc="left", fontweight="bold")
        return
    shown = known[:_MOST]
    places = range(len(shown))
    bars = ax.barh(places, [float(value) for value, _ in shown], color=ORANGE if smallest else BLUE)
    ax.bar_label(bars, [_say(value, kind, currency).replace("$", r"\$") for value, _ in shown], padding=4)
    ax.set_yticks(places, [name for _, name in shown])
    ax.invert_yaxis()
    _bare(ax)
    ax.set_xlim(min(0.0, *(float(value) * 1.2 for value, _ in shown)), max(1.0, *(float(value) * 1.2 for value, _ in shown)))
    value, name = shown[0]
    more = f", of {len(known)}" if len(known) > len(shown) else ""
    share = ""
    total = figures.total(value for value, _ in known)
    if of == "parts" and len(known) > 1 and total > 0:
        share = f", {figures.rounded(Decimal(value) * 100 / total).quantize(Decimal(1))} % of all"
    _title(ax, f"{name}: {_say(value, kind, currency)} {what}{share}{more}{note}")


def _days(ax: Axes, table: Table[Any], column: str, summed: str | None, what: str) -> None:
    kind = table._data.kinds[summed] if summed else "count"
    rows, currency, note = _main(table, kind)
    at, values = table._data.column(column), table._data.column(summed) if summed else [1] * len(table)
    if "item" in table.columns:  # what was paid in is no charge
        items = table._data.column("item")
        rows = [place for place in rows if items[place] != "top_up"]
    days: dict[dt.date, Decimal] = {}
    for place in rows:
        if at[place] is not None and values[place] is not None:
            day = at[place].date() if isinstance(at[place], dt.datetime) else at[place]
            days[day] = figures.total([days.get(day, 0), values[place]])
    ax.bar(list(days), [float(value) for value in days.values()], color=BLUE)  # type: ignore[arg-type]
    dress(ax, currency) if kind == "amount" else _bare(ax, upright=True)
    if days:
        from matplotlib.dates import DateFormatter

        known = sorted(days)
        ax.set_xticks(known[:: 1 + len(known) // 8])  # type: ignore[arg-type]
        ax.xaxis.set_major_formatter(DateFormatter("%d %b"))  # type: ignore[no-untyped-call]
        most = max(days, key=lambda day: days[day])
        zone = " (days in UTC)" if table._data.kinds[column] == "instant" else ""
        whole = _say(figures.total(days.values()), kind, currency)
        _title(ax, f"{whole} {what}, most on {most:%a} {most.day} {most:%b}{zone}{note}")


def _counts(ax: Axes, table: Table[Any], column: str, what: str) -> None:
    counts: dict[str, int] = {}
    words = {True: "active", False: "not active", None: "not known"}
    for value in table._data.column(column):
        text = words.get(value, "") if value is None or isinstance(value, bool) else str(value)
        counts[text] = counts.get(text, 0) + 1
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST]
    bars = ax.barh(range(len(ranked)), [count for _, count in ranked], color=BLUE)
    ax.bar_label(bars, padding=4)
    ax.set_yticks(range(len(ranked)), [text.replace("$", r"\$") for text, _ in ranked])
    ax.invert_yaxis()
    _bare(ax)
    _title(ax, f"{len(table)} {what}: {ranked[0][0]} {ranked[0][1]}")


def _sums(ax: Axes, table: Table[Any]) -> None:
    """Draw what each item of invoices comes to."""
    rows, currency, note = _main(table, "amount")
    items, products, amounts = (table._data.column(name) for name in ("item", "product", "amount"))
    sums: dict[str, Decimal] = {}
    for place in rows:
        text = " ".join(part for part in (items[place], products[place]) if part)
        sums[text] = figures.total([sums.get(text, 0), amounts[place]])
    ranked = sorted(sums.items(), key=lambda pair: -pair[1])[:_MOST]
    bars = ax.barh(range(len(ranked)), [float(amount) for _, amount in ranked], color=BLUE)
    ax.bar_label(bars, [_say(amount, "amount", currency).replace("$", r"\$") for _, amount in ranked], padding=4)
    ax.set_yticks(range(len(ranked)), [text for text, _ in ranked])
    ax.invert_yaxis()
    _bare(ax)
    _title(ax, f"{_say(figures.total(sums.values()), 'amount', currency)} invoiced{note}")


def _courses(ax: Axes, table: Table[Any]) -> None:
    """Draw balances over time: the wallets that read the least at the end."""
    rows, currency, note = _main(table, "amount")
    ids, names = table._data.column("auth_id"), _names(table, "name")
    at, balances = table._data.column("at"), table._data.column("balance")
    courses: dict[str, tuple[str, list[dt.datetime], list[float]]] = {}
    for place in rows:
        if balances[place] is not None:
            _, at_of, values = courses.setdefault(ids[place], (names[place], [], []))
            at_of.append(at[place])
            values.append(float(balances[place]))
    lowest = sorted(courses.values(), key=lambda course: course[2][-1])[:5]
    for name, at_of, values in lowest:
        ax.step(at_of, values, where="post")  # type: ignore[arg-type]
        ax.annotate(f" {name}", (at_of[-1], values[-1]), va="center", fontsize="small", annotation_clip=False)
    dress(ax, currency)
    ax.set_ylim(bottom=min(0.0, *(min(values) for _, _, values in lowest)) if lowest else 0)
    if lowest:
        known = [time for _, times_of, _ in courses.values() for time in times_of]
        times(ax, min(known), max(known))
    _title(ax, f"The lowest {len(lowest)} of {len(courses)} wallets{note}")


def _ranges(ax: Axes, table: Table[Any]) -> None:
    """Draw rates with their intervals, beside what is usual."""
    columns = ("key", "day", "rate", "low", "high", "usual_low", "usual_high")
    found = list(zip(*(table._data.column(name) for name in columns), strict=True))[:_MOST]
    for place, (_, _, rate, low, high, usual_low, usual_high) in enumerate(found):
        ax.barh(place, float(usual_high - usual_low), left=float(usual_low), color="0.6", alpha=0.4, height=0.6)
        ax.plot([float(low), float(high)], [place, place], color=ORANGE, linewidth=3)
        ax.plot([float(rate)], [place], "o", color=ORANGE)
    labels = [str(key) if day is None or str(key) == str(day) else f"{key}, {day:%d %b}" for key, day, *_ in found]
    ax.set_yticks(range(len(found)), [label.replace("$", r"\$") for label in labels])
    ax.invert_yaxis()
    _bare(ax)
    ax.xaxis.set_visible(True)
    ax.set_xlabel("percent; grey: the usual range")
    _title(ax, f"{labels[0]}: {found[0][2]} %, usually {found[0][5]} to {found[0][6]} %")


def _scores(ax: Axes, table: Table[Any]) -> None:
    """Draw how many empty wallets were announced in time, and how many alerts were false alarms."""
    parts = [(name, int(table.sum(name) or 0)) for name in ("in_time", "missed", "topped_up", "false_alarms")]
    bars = ax.barh(range(len(parts)), [count for _, count in parts], color=[BLUE, ORANGE, BLUE, ORANGE])
    ax.bar_label(bars, padding=4)
    ax.set_yticks(range(len(parts)), [name.replace("_", " ") for name, _ in parts])
    ax.invert_yaxis()
    _bare(ax)
    counts = dict(parts)
    empty, false = counts["in_time"] + counts["missed"], counts["false_alarms"]
    first = f"{counts['in_time']} of {empty} empty wallets in time" if empty else "No wallet ran empty"
    _title(ax, f"{first}, {false} false alarm{'' if false == 1 else 's'}")


def _bare(ax: Axes, *, upright: bool = False) -> None:
    """Take away frame and marks; bars carry their figures themselves."""
    for side in ("top", "right", "left", *(() if upright else ("bottom",))):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)
    if upright:
        from matplotlib.ticker import MaxNLocator

        ax.yaxis.set_major_locator(MaxNLocator(integer=True))  # counts
        ax.grid(axis="y", alpha=0.25)
        ax.set_axisbelow(True)
    else:
        ax.xaxis.set_visible(False)
        ax.margins(x=0.15)


def _title(ax: Axes, text: str) -> None:
    ax.set_title(text.replace(r"\$", "$").replace("$", r"\$"), loc="left", fontweight="bold")
