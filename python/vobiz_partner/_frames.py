"""Tables for the dataframe libraries, each imported only when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa

EXACT = frozenset({"amount", "rate", "minutes", "number"})
"""The kinds of column that hold exact numbers."""

_MONEY = ("decimal", "arrow", "float")


def to_arrow(table: Any) -> pa.Table:  # pyright: ignore[reportUnknownParameterType]
    """Hand the Arrow stream to pyarrow."""
    try:
        import pyarrow as pa
    except ImportError as error:
        raise missing("to_arrow", "pyarrow") from error
    return pa.table(table)


def to_polars(table: Any) -> pl.DataFrame:
    """Hand the Arrow stream to polars."""
    try:
        import polars as pl
    except ImportError as error:
        raise missing("to_polars", "polars") from error
    return pl.DataFrame(_Stream(table))


def to_duckdb(table: Any, name: str, connection: duckdb.DuckDBPyConnection | None) -> duckdb.DuckDBPyRelation:
    """Hand the Arrow memory to DuckDB."""
    try:
        import duckdb
    except ImportError as error:
        raise missing("to_duckdb", "duckdb") from error
    where = duckdb.default_connection() if connection is None else connection
    where.register(name, to_arrow(table))
    return where.table(name)


def to_pandas(table: Any, money: str) -> pd.DataFrame:
    """Build a frame column by column, from memory where numpy reads it."""
    if money not in _MONEY:
        raise ValueError(f"to_pandas: money is one of {', '.join(map(repr, _MONEY))}, not {money!r}")
    try:
        import numpy as np
        import pandas as pd
    except ImportError as error:
        raise missing("to_pandas", "pandas") from error
    arrow = to_arrow(table) if money == "arrow" else None
    data = table._data
    text = "object" if pd.__version__.startswith("2.") else "str"  # what each has text in by itself
    series = {}
    for name, kind in data.kinds.items():
        if kind in EXACT and money == "decimal":
            series[name] = pd.Series(data.column(name), dtype="object")
        elif kind in ("text", "word") and arrow is None:
            series[name] = pd.Series(data.column(name), dtype=text)
        elif arrow is not None and (kind in EXACT or kind in ("text", "word")):
            column = arrow.column(name)
            if kind == "word":
                column = column.cast("string")
            series[name] = pd.Series(pd.arrays.ArrowExtensionArray(column))
        else:
            values, unknown = data.numbers(name)
            numbers = np.frombuffer(values, dtype="float64" if kind in EXACT else "int64")
            mask = np.frombuffer(unknown, dtype="bool").copy()
            series[name] = _series(pd, np, kind, numbers, mask)
    return pd.DataFrame(series)


def _series(pd: Any, np: Any, kind: str, numbers: Any, mask: Any) -> Any:
    """Return numbers as the kind of column they are."""
    if kind == "instant":  # pandas has the same value for what is unknown
        return pd.Series(numbers.view("datetime64[us]")).dt.tz_localize("UTC")
    if kind == "day":
        return pd.Series(numbers.view("datetime64[D]").astype("datetime64[s]"))
    if kind == "count":
        return pd.Series(pd.arrays.IntegerArray(np.where(mask, 0, numbers), mask))
    if kind == "flag":
        return pd.Series(pd.arrays.BooleanArray(np.where(mask, 0, numbers).astype("bool"), mask))
    return pd.Series(numbers.copy())


class _Stream:
    """The Arrow stream of a table alone, so that a library does not take the table for a sequence of rows."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def missing(method: str, library: str) -> ImportError:
    """Say which library a method needs, and how it is installed."""
    return ImportError(f"{method} needs {library}, which is not installed: pip install {library}")
