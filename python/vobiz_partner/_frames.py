"""Tables for the dataframe libraries, each imported only when it is asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from vobiz_partner._core import _Table

# What pandas calls each kind of column; exact numbers stay objects, `decimal.Decimal` each.
_PANDAS = {
    "text": "object",
    "count": "Int64",
    "flag": "boolean",
    "amount": "object",
    "minutes": "object",
    "rate": "object",
    "day": "datetime64[s]",
    "instant": "datetime64[us, UTC]",
}


def to_pandas(table: _Table[Any]) -> pd.DataFrame:
    """Build a frame from the columns' own values, so that nothing but pandas is needed."""
    try:
        import pandas as pd  # noqa: PLC0415 - only here is it needed
    except ImportError as error:
        raise _missing("to_pandas", "pandas") from error
    columns = {name: pd.Series(table._column(name), dtype=_PANDAS[kind]) for name, kind in table._kinds().items()}
    return pd.DataFrame(columns)


def to_polars(table: _Table[Any]) -> pl.DataFrame:
    """Hand the Arrow stream to polars."""
    try:
        import polars as pl  # noqa: PLC0415 - only here is it needed
    except ImportError as error:
        raise _missing("to_polars", "polars") from error
    return pl.DataFrame(table)


def to_parquet(table: _Table[Any], path: str | os.PathLike[str]) -> None:
    """Write the Arrow stream with whichever library is there."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - only here is it needed
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        pass
    else:
        pq.write_table(pa.table(table), os.fspath(path))
        return
    try:
        import polars as pl  # noqa: PLC0415
    except ImportError as error:
        raise _missing("to_parquet", "pyarrow") from error
    pl.DataFrame(table).write_parquet(os.fspath(path))


def _missing(method: str, library: str) -> ImportError:
    return ImportError(f"{method} needs {library}, which is not installed: pip install {library}")
