"""A month in a folder: written by `Month.to_parquet` or `Month.to_csv`, and closed again from there without the service."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

from vobiz_partner import _core
from vobiz_partner._accounts import Accounts
from vobiz_partner._cdrs import CallRecords
from vobiz_partner._errors import InvalidArgumentError
from vobiz_partner._month import Month
from vobiz_partner._numbers import Numbers
from vobiz_partner._table import Table
from vobiz_partner._transactions import Transactions

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

_TABLES: dict[str, type[Table[Any]]] = {"accounts": Accounts, "numbers": Numbers, "calls": CallRecords, "ledger": Transactions}
# What bodies call a column of these tables; columns that are made of others, or hold JSON, are left out.
_NAMES: dict[str, dict[str, str | None]] = {
    "accounts": {"auto_recharge_config": None},
    "numbers": {"auth_id": "account_id", "capabilities": None, "tags": None},
    "calls": {"auth_id": "account_id", "direction": "call_direction", "status": None, "reported_status": "status"},
    "ledger": {"auth_id": "account_id", "direction": None},
}


def close_month(
    source: str | os.PathLike[str],
    month: str,
    *,
    zone: str = "Asia/Kolkata",
    balances: bool = False,
    now: dt.datetime | None = None,
) -> Month:
    """Close a month from the files of a folder; nothing is read from the service.

    Parameters
    ----------
    source : path
        A folder with ``accounts``, ``numbers``, ``ledger`` and ``calls``, each as ``.parquet`` or ``.csv``: what
        `Month.to_parquet` and `Month.to_csv` write, or `to_parquet` and `to_csv` of tables of the client. A file that is not
        there is stated in the ``coverage`` of the month. Parquet needs pyarrow or polars.
    month : str
        Such as ``"2026-04"``.
    zone : str, optional
        The time zone in which days are cut.
    balances : bool, optional
        Whether the ledger reaches up to the instant at which the accounts were read, so that opening and closing balances are
        known. A folder of `Month.to_parquet` knows that itself.
    now : datetime.datetime, optional
        When the files were read from the service; likewise.

    Returns
    -------
    Month
        From a folder of `Month.to_parquet` the month that was written, to the last figure; of `Month.to_csv` too, where texts
        that are empty are absent.

    Raises
    ------
    InvalidArgumentError
        For a folder without any of these files, of another month, or with one that cannot be understood; and for a recorded
        history (`vobiz-bot export --history`, `record`), which has balances and nothing of what was charged.

    Examples
    --------
    >>> month.to_parquet("april")
    >>> vobiz.close_month("april", "2026-04") == month
    True
    """
    import datetime as dt

    folder = os.fspath(source)
    _refuse_history(folder)
    rows = {name: _rows(folder, name, table) for name, table in _TABLES.items()}
    if all(found is None for found in rows.values()):
        detail = f"{folder} has none of {', '.join(f'{name}.parquet' for name in _TABLES)}, and no .csv of these names"
        raise InvalidArgumentError(f"close month: {detail}; month.to_parquet(folder) writes them", operation="close month")
    about = None
    path = os.path.join(folder, "month.json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            about = file.read()
    given = {name: _bodies(name, found) for name, found in rows.items()}
    at = now or dt.datetime.now(dt.timezone.utc)
    closed, report = _core.close_rows({**given, "about": about}, month, zone, at, balances)
    return Month._from({**_tables(closed, rows), "closed": closed, "report": report, "about": about})


def _refuse_history(folder: str) -> None:
    """Refuse a recorded history. Its files of accounts and movements are others: they have no wallets, calls and ids."""
    if any(os.path.exists(os.path.join(folder, f"polls.{ending}")) for ending in ("csv", "csv.gz")):
        detail = (
            f"{folder} is a recorded history: it has balances over time, and no calls and ledgers to close a month from; "
            "client.close_month(…).to_parquet(folder) writes a folder that has them, and History.open(folder) reads this one"
        )
        raise InvalidArgumentError(f"close month: {detail}", operation="close month")


def _tables(closed: _core.ClosedMonth, rows: dict[str, list[dict[str, Any]] | None]) -> dict[str, Any]:
    """Make the tables of a month; rows of the days around it are in tables of their own, as a client has them."""
    from zoneinfo import ZoneInfo

    first, last, name, _ = closed.period
    zone = ZoneInfo(name)
    tables = {name: _TABLES[name].from_rows(rows[name] or [])._data for name in ("accounts", "numbers")}
    for name, instants in (("calls", ("end_time", "start_time")), ("ledger", ("processed_at", "created_at"))):
        inside: list[dict[str, Any]] = []
        around: list[dict[str, Any]] = []
        for row in rows[name] or []:
            at = next((row[column] for column in instants if row.get(column) is not None), None)
            is_inside = at is not None and first <= at.astimezone(zone).date() <= last
            (inside if is_inside else around).append(row)
        tables[name] = _TABLES[name].from_rows(inside)._data
        tables[f"{name}_around"] = _TABLES[name].from_rows(around)._data
    return tables


def _rows(folder: str, name: str, table: type[Table[Any]]) -> list[dict[str, Any]] | None:
    """Return the rows of a file, and those of the days around; Parquet before CSV. ``None`` where there is none."""
    kinds = table._kinds_of_row()
    found: list[dict[str, Any]] | None = None
    for part in (name, f"{name}_around"):
        path = os.path.join(folder, part)
        if os.path.exists(f"{path}.parquet"):
            read: Iterable[dict[str, Any]] = _parquet(f"{path}.parquet")
        elif os.path.exists(f"{path}.csv"):
            read = _csv(f"{path}.csv", kinds)
        else:
            continue
        known = [{column: value for column, value in row.items() if column in kinds} for row in read]
        found = known if found is None else [*found, *known]
    return found


def _parquet(path: str) -> list[dict[str, Any]]:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        try:
            import polars as pl
        except ImportError as error:
            from vobiz_partner._frames import missing

            raise missing("close_month", "pyarrow") from error
        return pl.read_parquet(path).to_dicts()
    return pq.read_table(path).to_pylist()  # type: ignore[no-any-return]


def _csv(path: str, kinds: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    import csv

    with open(path, newline="", encoding="utf-8-sig") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                yield {column: _value(kinds.get(column, "text"), text) for column, text in row.items()}
            except (ArithmeticError, KeyError, ValueError) as error:
                raise InvalidArgumentError(f"close month: {path}:{line}: {error}", operation="close month") from error


def _value(kind: str, text: str) -> Any:
    import datetime as dt
    from decimal import Decimal

    if not text:  # empty, or a column that the line does not reach
        return None
    if kind in ("amount", "number", "rate", "minutes"):
        return Decimal(text)
    if kind == "count":
        return int(text)
    if kind == "flag":
        return {"true": True, "false": False}[text.lower()]
    if kind == "day":
        return dt.date.fromisoformat(text)
    return dt.datetime.fromisoformat(text) if kind == "instant" else text


def _bodies(name: str, rows: list[dict[str, Any]] | None) -> str | None:
    """Return rows as the service's bodies have them."""
    if rows is None:
        return None
    names = _NAMES[name]
    bodies = []
    for row in rows:
        pairs = ((names.get(column, column), value) for column, value in row.items() if value is not None)
        bodies.append({sent: value for sent, value in pairs if sent is not None})
    return json.dumps(bodies, default=_text)


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else f"{value:f}"


def written(month: Month, folder: str | os.PathLike[str], ending: str) -> None:
    """Write the tables of a month and what else it was closed from, in the place of what an earlier month left there."""
    from vobiz_partner._files import whole

    os.makedirs(folder, exist_ok=True)
    tables = {**month._sheets(), **{name: month._tables[name] for name in ("calls_around", "ledger_around")}}
    for name, table in tables.items():
        path = os.path.join(os.fspath(folder), f"{name}.{ending}")
        table.to_parquet(path) if ending == "parquet" else table.to_csv(path)
        with contextlib.suppress(FileNotFoundError):
            os.remove(os.path.join(os.fspath(folder), f"{name}.{'csv' if ending == 'parquet' else 'parquet'}"))
    about = os.path.join(os.fspath(folder), "month.json")
    if month._tables["about"] is not None:
        with whole(about) as temporary, open(temporary, "w", encoding="utf-8") as file:
            file.write(month._tables["about"])
    else:
        with contextlib.suppress(FileNotFoundError):
            os.remove(about)
