"""How good the alerts of a back-test were."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._record import Row
from vobiz_partner._table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal
    from typing import Any

    from vobiz_partner._history import Alerts, History


class Score(Row):
    """How good the alerts about one wallet were."""

    _shown = ("auth_id", "alerts", "empty", "in_time", "missed", "false_alarms")
    auth_id: str
    """Customer id, ``MA_…``."""
    name: str | None
    """Name, as it was last known."""
    alerts: int
    """Alerts, from the first notification to the end of the last rule that fired."""
    empty: int
    """Times that the wallet ran empty."""
    in_time: int
    """Those before which an alert fired."""
    missed: int
    """Those without one, or with one that came only then."""
    topped_up: int
    """Alerts that ended with a top-up before the wallet was empty."""
    false_alarms: int
    """Alerts that ended without a top-up and without an empty wallet, or have not ended."""
    lead_hours: Decimal | None
    """Median of the hours from an alert to the empty wallet; ``None`` where there were none in time."""


class Scores(Table[Score]):
    """How good the alerts of a back-test were, by customer."""

    __slots__ = ()
    _row = Score
    _noun = "customer"

    @classmethod
    def _kinds_of_row(cls) -> dict[str, str]:
        counts = dict.fromkeys(("alerts", "empty", "in_time", "missed", "topped_up", "false_alarms"), "count")
        return {"auth_id": "text", "name": "text", **counts, "lead_hours": "number"}


def score(alerts: Alerts, history: History, empty: str | int | Decimal) -> Scores:
    """Hold alerts against what the wallets read."""
    level = _core.exact("score", "empty", empty)
    samples: dict[str, list[tuple[dt.datetime, Decimal]]] = {}
    names: dict[str, str | None] = {}
    for sample in history.samples:
        names[sample.auth_id] = sample.name
        if sample.balance is not None:
            samples.setdefault(sample.auth_id, []).append((sample.at, sample.balance))
    spans = _spans(alerts)
    rows = [_row(auth_id, names[auth_id], read, spans.get(auth_id, []), level) for auth_id, read in samples.items()]
    return Scores.from_rows(sorted(rows, key=lambda row: row["auth_id"]))


def _spans(alerts: Alerts) -> dict[str, list[tuple[dt.datetime, dt.datetime | None]]]:
    """Return from when to when some rule fired about each wallet."""
    firing: dict[str, dict[str, dt.datetime]] = {}
    spans: dict[str, list[tuple[dt.datetime, dt.datetime | None]]] = {}
    began: dict[str, dt.datetime] = {}
    for alert in alerts:
        rules = firing.setdefault(alert.auth_id, {})
        if alert.kind == "resolve":
            rules.pop(alert.rule, None)
            if not rules and alert.auth_id in began:
                spans.setdefault(alert.auth_id, []).append((began.pop(alert.auth_id), alert.at))
        else:
            rules.setdefault(alert.rule, alert.at)
            began.setdefault(alert.auth_id, alert.at)
    for auth_id, at in began.items():
        spans.setdefault(auth_id, []).append((at, None))
    return spans


def _row(
    auth_id: str,
    name: str | None,
    read: list[tuple[dt.datetime, Decimal]],
    spans: list[tuple[dt.datetime, dt.datetime | None]],
    level: Decimal,
) -> dict[str, Any]:
    pairs = list(zip(read, read[1:], strict=False))  # noqa: RUF007 - not worth an import
    emptied = [at for (_, before), (at, after) in pairs if before > level >= after]
    jumps = [at for (_, before), (at, after) in pairs if after > before]
    leads = []
    used = set()
    for at in emptied:
        place = next((place for place, (start, end) in enumerate(spans) if start <= at and (end is None or at <= end)), None)
        if place is not None:
            used.add(place)
            if spans[place][0] < at:
                leads.append(at - spans[place][0])
    idle = [span for place, span in enumerate(spans) if place not in used]
    topped = [span for span in idle if any(span[0] <= at and (span[1] is None or at <= span[1]) for at in jumps)]
    return {
        "auth_id": auth_id,
        "name": name,
        "alerts": len(spans),
        "empty": len(emptied),
        "in_time": len(leads),
        "missed": len(emptied) - len(leads),
        "topped_up": len(topped),
        "false_alarms": len(idle) - len(topped),
        "lead_hours": _median_hours(leads),
    }


def _median_hours(leads: list[dt.timedelta]) -> Decimal | None:
    if not leads:
        return None
    from decimal import Decimal

    middle = sorted(leads)[len(leads) // 2]
    return (Decimal(int(middle.total_seconds())) / 3600).quantize(Decimal("0.1"))
