"""Tables as files. A file appears whole under its name or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Callable, Generator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from vobiz_partner._frames import EXACT, missing, to_arrow, to_polars

_EXCEL_DIGITS = 15
"""Digits that Excel keeps of a number."""
_EXCEL_ROWS = 1_048_575
"""Rows of a sheet below its headings."""
_FORMATS = {"INR": "[>=10000000][$₹-en-IN]##\\,##\\,##\\,##0.00;[>=100000][$₹-en-IN]##\\,##\\,##0.00;[$₹-en-IN]##,##0.00"}
"""How a currency is shown in Excel, where that is not its code and groups of three digits."""


@contextlib.contextmanager
def whole(path: str | os.PathLike[str]) -> Generator[str]:
    """Give a path to write to; the file gets its name when the block ends, and is removed where it fails."""
    target = os.path.abspath(os.fspath(path))
    file, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=os.path.dirname(target) or ".")
    os.close(file)
    try:
        yield temporary
        with open(temporary, "rb+") as written:
            os.fsync(written.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def to_parquet(table: Any, path: str | os.PathLike[str], partition_by: Sequence[str]) -> None:
    """Write one file, or a folder of files."""
    if isinstance(partition_by, str):
        raise TypeError(f'to_parquet: partition_by is a list of columns: ["{partition_by}"]')
    if not partition_by:
        with parquet(path) as write:
            write(table)
        return
    from urllib.parse import quote

    rest = [name for name in table.columns if name not in partition_by]
    keys = list(zip(*(table._data.column(name) for name in partition_by), strict=True))
    places: dict[tuple[Any, ...], list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    for key, rows in places.items():
        parts = ["__HIVE_DEFAULT_PARTITION__" if value is None else quote(str(value), safe="") for value in key]
        folder = os.path.join(os.fspath(path), *(f"{name}={part}" for name, part in zip(partition_by, parts, strict=True)))
        os.makedirs(folder, exist_ok=True)
        with parquet(os.path.join(folder, "part-0.parquet")) as write:
            write(table._with(table._data.take(rows).select(rest)))


@contextlib.contextmanager
def parquet(path: str | os.PathLike[str]) -> Generator[Callable[[Any], None]]:
    """Give a function that writes a table of one kind after the other into one file, which has its name when the block ends."""
    try:
        import pyarrow.parquet as pq
    except ImportError:
        with _parquet_of_polars(path) as gather:
            yield gather
        return
    with contextlib.ExitStack() as open_files:
        temporary = open_files.enter_context(whole(path))
        writers: list[Any] = []

        def write(table: Any) -> None:
            data = to_arrow(table)
            if not writers:
                writers.append(open_files.enter_context(pq.ParquetWriter(temporary, data.schema)))
            writers[0].write_table(data)

        yield write


@contextlib.contextmanager
def _parquet_of_polars(path: str | os.PathLike[str]) -> Generator[Callable[[Any], None]]:
    try:
        import polars as pl
    except ImportError as error:
        raise missing("to_parquet", "pyarrow") from error
    frames: list[Any] = []
    yield lambda table: frames.append(to_polars(table))
    with whole(path) as temporary:
        pl.concat(frames).write_parquet(temporary)


def to_csv(table: Any, path: str | os.PathLike[str]) -> None:
    """Write the values as text."""
    import csv

    with whole(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns)
        columns = [table._data.column(name) for name in table.columns]
        writer.writerows([_text(value) for value in values] for values in zip(*columns, strict=True))


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def to_excel(table: Any, path: str | os.PathLike[str], zone: str) -> None:
    """Write a workbook with one sheet."""
    write_excel({type(table).__name__: table}, path, zone)


def write_excel(tables: dict[str, Any], path: str | os.PathLike[str], zone: str) -> None:
    """Write a workbook with a sheet for each table."""
    from zoneinfo import ZoneInfo

    try:
        import xlsxwriter
    except ImportError as error:
        raise missing("to_excel", "XlsxWriter") from error
    where = ZoneInfo(zone)
    for name, table in tables.items():
        if len(table) > _EXCEL_ROWS:
            raise ValueError(f"to_excel: {name} has {len(table)} rows, a sheet {_EXCEL_ROWS}; write to_csv or to_parquet")
    # In memory: of a disk that fills, the library has an error of its own, and leaves files in another folder.
    filled = io.BytesIO()
    book = xlsxwriter.Workbook(filled, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    for name, table in tables.items():
        _Sheet(book, book.add_worksheet(name[:31]), zone, where).fill(table)
    book.close()
    with whole(path) as temporary, open(temporary, "wb") as file:
        file.write(filled.getbuffer())


class _Sheet:
    """One sheet of a workbook."""

    def __init__(self, book: Any, sheet: Any, zone: str, where: Any) -> None:
        self._book, self._sheet, self._zone, self._where = book, sheet, zone, where
        self._formats: dict[str, Any] = {}

    def _format(self, pattern: str) -> Any:
        if pattern not in self._formats:
            self._formats[pattern] = self._book.add_format({"num_format": pattern})
        return self._formats[pattern]

    def fill(self, table: Any) -> None:
        """Write a table below its headings."""
        kinds = table._data.kinds
        bold = self._book.add_format({"bold": True, "bottom": 1})
        currencies = table._data.column("currency") if "currency" in kinds else [table.currency] * len(table)
        for place, (name, kind) in enumerate(kinds.items()):
            self._sheet.write_string(0, place, f"{name} ({self._zone})" if kind == "instant" else name, bold)
            width = len(name) + 2
            for row, (value, currency) in enumerate(zip(table._data.column(name), currencies, strict=True), start=1):
                if value is not None:
                    width = max(width, self._write(row, place, value, kind, currency))
            self._sheet.set_column(place, place, min(width, 50))
        self._sheet.freeze_panes(1, 1)
        if len(table):
            self._sheet.autofilter(0, 0, len(table), max(0, len(kinds) - 1))

    def _write(self, row: int, place: int, value: Any, kind: str, currency: str | None) -> int:
        """Write one cell; return how wide it is."""
        if isinstance(value, bool):
            self._sheet.write_boolean(row, place, value)
            return 7
        if isinstance(value, datetime):
            local = value.astimezone(self._where).replace(tzinfo=None)
            self._sheet.write_datetime(row, place, local, self._format("yyyy-mm-dd hh:mm:ss"))
            return 20
        if isinstance(value, date):
            self._sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), self._format("yyyy-mm-dd"))
            return 12
        digits = len(value.normalize().as_tuple().digits) if isinstance(value, Decimal) else len(str(value))
        if isinstance(value, Decimal | int) and digits <= _EXCEL_DIGITS:
            self._sheet.write_number(row, place, float(value), self._format(_pattern(kind, currency)))
            return len(f"{value:,}") + 4
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        self._sheet.write_string(row, place, text)
        return len(text) + 2


def _pattern(kind: str, currency: str | None) -> str:
    if kind in ("amount", "rate") and currency:
        return _FORMATS.get(currency, f'"{currency} "#,##0.00')
    return "#,##0.##########" if kind in EXACT else "#,##0"
