"""Pictures of tables and months, with matplotlib where it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vobiz_partner import _figures as figures

if TYPE_CHECKING:
    from decimal import Decimal

    from matplotlib.axes import Axes

    from vobiz_partner._forecast import Forecast
    from vobiz_partner._month import Month

BLUE, ORANGE = "#0072B2", "#E69F00"  # two colours that differ also without colour vision
_PLACES = 100_000


def axes(ax: Axes | None, height: float = 4.5) -> Axes:
    """Return where to draw: a new figure, where none is given."""
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        from vobiz_partner._frames import missing

        raise missing("plot", "matplotlib") from error
    _, made = plt.subplots(figsize=(9, height), layout="constrained")
    return made


def dress(ax: Axes, currency: str | None) -> None:
    """Give an axis of money its sign and grouping, light lines and no frame."""
    from matplotlib.ticker import FuncFormatter

    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: _label(value, currency)))
    ax.set_ylim(bottom=0)
    ax.grid(axis="y", alpha=0.25)
    ax.set_axisbelow(True)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)


def times(ax: Axes, first: Any, last: Any) -> None:
    """Give an axis of time marks at midnight, or every six hours of less than two days."""
    from matplotlib.dates import DateFormatter, DayLocator, HourLocator

    days = (last - first).days
    ax.set_xlim(first, last)
    if days < 2:
        ax.xaxis.set_major_locator(HourLocator(byhour=range(0, 24, 6)))  # type: ignore[no-untyped-call]
        ax.xaxis.set_major_formatter(DateFormatter("%a %d %H:%M"))  # type: ignore[no-untyped-call]
    else:
        ax.xaxis.set_major_locator(DayLocator(interval=1 + days // 8))  # type: ignore[no-untyped-call]
        ax.xaxis.set_major_formatter(DateFormatter("%a %d %b"))  # type: ignore[no-untyped-call]


def _label(value: float, currency: str | None) -> str:
    if currency == "INR" and abs(value) >= _PLACES:
        return f"{figures.sign(currency)}{value / _PLACES:g} L"
    return f"{figures.sign(currency)}{figures.count(round(value), currency)}"


def month(closed: Month, ax: Axes | None) -> Axes:
    """Draw what calls cost by day, in the currency of the report or the one that is most frequent."""
    lines = closed.lines.filter(item="usage")
    codes = lines._data.column("currency")
    report = closed.report.currency if closed.report else None
    currency = report or (max(set(codes), key=codes.count) if codes else None)
    own = lines.filter(currency=currency)
    days: dict[Any, dict[str, Decimal]] = {}
    for line in own:
        parts = days.setdefault(line.day, {})
        direction = line.direction or "calls"
        parts[direction] = figures.total([parts.get(direction, 0), line.amount])
    drawn = axes(ax)
    bottom = dict.fromkeys(days, 0.0)
    names = sorted({name for parts in days.values() for name in parts}, key=lambda name: name != "outbound")
    labels = {"outbound": "outgoing", "inbound": "incoming"}
    for name, colour in zip(names, (BLUE, ORANGE, "0.5"), strict=False):
        heights = [float(days[day].get(name, 0)) for day in days]
        drawn.bar(list(days), heights, bottom=list(bottom.values()), color=colour, label=labels.get(name, name))
        bottom = {day: bottom[day] + height for day, height in zip(days, heights, strict=True)}
    if len(names) > 1:
        drawn.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 1.0), ncols=len(names))
    dress(drawn, currency)
    drawn.set_ylim(0, max([*bottom.values(), 1.0]) * 1.18)
    if days:
        from matplotlib.dates import DateFormatter

        drawn.set_xticks(sorted(days)[::5])
        drawn.xaxis.set_major_formatter(DateFormatter("%a %d"))  # type: ignore[no-untyped-call]
    whole = figures.money(figures.total(own._data.column("amount")), currency)
    drawn.set_title(f"Calls cost {whole} in {closed.name}", loc="left", fontweight="bold")
    return drawn


def fan(forecast: Forecast, ax: Axes | None) -> Axes:
    """Draw what a wallet probably holds: a line, and a band that is left in two cases of ten."""
    drawn = axes(ax)
    at = forecast._data.column("at")
    low, likely, high = ([float(value) for value in forecast._data.column(name)] for name in ("low", "likely", "high"))
    drawn.fill_between(at, low, high, color=BLUE, alpha=0.25, linewidth=0)
    drawn.plot(at, likely, color=BLUE, linestyle="--", linewidth=2)
    if at:
        ends = ((high, "1 in 10 above"), (likely, "likely"), (low, "1 in 10 below"))
        is_wide = high[-1] - max(low[-1], 0) > 0.2 * max([*high, 1.0])
        for values, label in ends if is_wide else ends[1:2]:
            drawn.annotate(f" {label}", (at[-1], max(values[-1], 0)), va="center", annotation_clip=False)
        times(drawn, at[0], at[-1])
    dress(drawn, forecast.currency)
    empty = next((when for when, value in zip(at, likely, strict=True) if value <= 0), None)
    if not at:
        title = "Too little is known of this wallet"
    elif empty == at[0]:
        title = "Empty now"
    elif empty:
        title = f"Empty about {empty:%a %d %b %H:%M} UTC"
    else:
        left = figures.money(forecast._data.column("likely")[-1], forecast.currency)
        title = f"About {left} left on {at[-1]:%a %d %b %H:%M} UTC"
    drawn.set_title(title, loc="left", fontweight="bold")
    return drawn
