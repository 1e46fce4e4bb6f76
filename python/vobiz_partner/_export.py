"""What every table can be handed to: dataframe libraries, databases and files."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from typing import Literal

    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa


class Export:
    """Ways out of a table. Each library is imported only when it is asked for, and none is needed."""

    __slots__ = ()

    def to_arrow(self) -> pa.Table:  # pyright: ignore[reportUnknownParameterType]
        """Return the table as a ``pyarrow.Table``, without a copy. Exact numbers are ``decimal128(28, 10)``.

        Returns
        -------
        pyarrow.Table

        Raises
        ------
        ImportError
            Without pyarrow; the text says what to install.
        """
        from vobiz_partner import _frames

        return _frames.to_arrow(self)

    def to_pandas(self, *, money: Literal["decimal", "arrow", "float"] = "decimal") -> pd.DataFrame:
        """Return the table as a ``pandas.DataFrame``.

        Parameters
        ----------
        money : {"decimal", "arrow", "float"}, optional
            What exact numbers (amounts, rates, minutes) become.

            ``"decimal"``: a ``decimal.Decimal`` each, exact; ``sum``, ``groupby().sum()``, ``min``, ``max`` and comparisons
            work, slowly; ``mean``, ``quantile``, ``nlargest`` and plots do not.

            ``"arrow"``: ``decimal128(28, 10)`` in Arrow memory, exact and fast: arithmetic, comparisons, sums, groups, joins.
            Needs pyarrow. Text is Arrow's too.

            ``"float"``: the nearest floats, for plots and statistics. Not for sums that must be right to the paisa.

        Returns
        -------
        pandas.DataFrame
            Counts are ``Int64``, flags ``boolean``, days ``datetime64[s]``, instants ``datetime64[us, UTC]``; unknown is
            ``<NA>``, ``NaT`` or ``None``, never zero.

        Raises
        ------
        ImportError
            Without pandas; the text says what to install.

        Examples
        --------
        >>> days = client.dashboard().time_series
        >>> days.to_pandas(money="float").plot(x="date", y="total_cost")  # doctest: +SKIP
        """
        from vobiz_partner import _frames

        return _frames.to_pandas(self, money)

    def to_polars(self) -> pl.DataFrame:
        """Return the table as a ``polars.DataFrame``, without a copy. Exact numbers are ``Decimal(28, 10)``.

        Returns
        -------
        polars.DataFrame

        Raises
        ------
        ImportError
            Without polars; the text says what to install.
        """
        from vobiz_partner import _frames

        return _frames.to_polars(self)

    def to_duckdb(self, name: str, connection: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyRelation:
        """Register the table under a name in DuckDB, and return it as a relation. Exact numbers are ``DECIMAL(28, 10)``.

        Parameters
        ----------
        name : str
            What queries call the table.
        connection : duckdb.DuckDBPyConnection, optional
            Where; by default DuckDB's own connection of the process.

        Returns
        -------
        duckdb.DuckDBPyRelation

        Examples
        --------
        >>> accounts.to_duckdb("accounts")  # doctest: +SKIP
        >>> duckdb.sql("SELECT currency, sum(balance) FROM accounts GROUP BY ALL")  # doctest: +SKIP
        """
        from vobiz_partner import _frames

        return _frames.to_duckdb(self, name, connection)

    def to_parquet(self, path: str | os.PathLike[str], *, partition_by: Sequence[str] = ()) -> None:
        """Write a Parquet file, or with `partition_by` a folder of them. Needs pyarrow or polars.

        Parameters
        ----------
        path : path
            The file, or the folder. A file appears whole or not at all.
        partition_by : sequence of str, optional
            Columns that become folders, ``auth_id=MA_…/part-0.parquet``, which DuckDB, Spark and polars read as one table.

        Raises
        ------
        OSError
            Where it cannot be written; what was there before stays.
        """
        from vobiz_partner import _files

        _files.to_parquet(self, path, partition_by)

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a CSV file in UTF-8: amounts in digits, instants as ISO 8601 in UTC, unknown values empty.

        Parameters
        ----------
        path : path
            The file. It appears whole or not at all.
        """
        from vobiz_partner import _files

        _files.to_csv(self, path)

    def to_excel(self, path: str | os.PathLike[str], *, zone: str = "Asia/Kolkata") -> None:
        """Write an Excel workbook with one sheet. Needs XlsxWriter (``pip install vobiz-partner[excel]``).

        Parameters
        ----------
        path : path
            The file, ``….xlsx``. It appears whole or not at all.
        zone : str, optional
            The time zone of instants, whose name is in their heading.

        Raises
        ------
        ValueError
            For more rows than a sheet has (1,048,575).

        Notes
        -----
        Amounts are numbers with their currency's format, so that they can be added. Excel holds 15 digits; an amount with more
        is written as text.
        """
        from vobiz_partner import _files

        _files.to_excel(self, path, zone)
