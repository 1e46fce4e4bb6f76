"""A closed month as files and as a picture."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any

    from matplotlib.axes import Axes


class MonthFiles:
    """Ways out of a month."""

    __slots__ = ()
    if TYPE_CHECKING:
        zone: Any

    def _sheets(self) -> dict[str, Any]:
        names = ("statements", "lines", "differences", "coverage", "ledger", "calls", "accounts", "numbers")
        return {name: getattr(self, name) for name in names}

    def to_excel(self, path: str | os.PathLike[str], *, zone: str | None = None) -> None:
        """Write an Excel workbook with a sheet for each table. Needs XlsxWriter.

        Parameters
        ----------
        path : path
            The file. It appears whole or not at all.
        zone : str, optional
            The time zone of instants; by default that of the month.

        Raises
        ------
        ValueError
            For a table with more rows than a sheet has.
        """
        from vobiz_partner._files import write_excel

        sheets = self._sheets()
        for name, table in sheets.items():
            if len(table) > 1_048_575:
                raise ValueError(f"to_excel: {name} has {len(table)} rows, and a sheet 1,048,575; use to_parquet")
        write_excel(sheets, path, zone or self.zone)

    def to_parquet(self, folder: str | os.PathLike[str]) -> None:
        """Write a folder with a Parquet file for each table. Needs pyarrow or polars.

        Parameters
        ----------
        folder : path
            It is made where it is not there. Each file appears whole or not at all. `vobiz_partner.close_month` closes the
            month from it again, without the service.
        """
        from vobiz_partner._month_folder import written

        written(self, folder, "parquet")  # type: ignore[arg-type]

    def to_csv(self, folder: str | os.PathLike[str]) -> None:
        """Write a folder with a CSV file for each table.

        Parameters
        ----------
        folder : path
            As for `to_parquet`.
        """
        from vobiz_partner._month_folder import written

        written(self, folder, "csv")  # type: ignore[arg-type]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what calls cost by day. Needs matplotlib.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where; a new figure by default.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from vobiz_partner._plot import month

        return month(self, ax)  # type: ignore[arg-type]
