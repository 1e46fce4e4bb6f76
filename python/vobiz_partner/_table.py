"""Tables: Arrow memory that behaves as a sequence of rows."""

from __future__ import annotations

from vobiz_partner._arguments import whole
from vobiz_partner._core import Columns, unknown
from vobiz_partner._export import Export
from vobiz_partner._record import UNREAD, Row

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal
    from typing import Any, ClassVar, Generic, TypeVar, overload

    from matplotlib.axes import Axes
    from typing_extensions import Self

    from vobiz_partner._traffic import Period

    R = TypeVar("R", bound=Row)

    class _Rows(Sequence[R], Generic[R]): ...

else:

    class _Rows:  # not registered as a `Sequence`: polars reads sequences row by row, and Arrow tables exactly
        __slots__ = ()

        def __class_getitem__(cls, _row):
            return cls


class Table(_Rows["R"], Export):
    """Rows of one kind in Arrow memory: a sequence, and a table that any dataframe library reads.

    Rows are found by place, by slice and by key: ``table[0]``, ``table[-10:]``, ``table["MA_…"]``. A row object is made when
    a row is asked for. A table cannot be changed; `filter`, `sort` and `largest` return new ones.
    """

    __slots__ = ("_currency", "_data", "_period")
    _row: ClassVar[type[Row]]
    _key: ClassVar[str]
    _noun: ClassVar[str] = "row"

    def __init_subclass__(cls) -> None:
        if "_key" not in vars(cls):
            cls._key = cls._row._fields[0]

    if not TYPE_CHECKING:
        __hash__ = None

    def __init__(self, data: Columns, currency: str | None = None, period: Period | None = None) -> None:
        if not isinstance(data, Columns):
            raise TypeError(f"a {type(self).__name__} is made by a call of the client, not of {type(data).__name__}")
        self._data, self._currency, self._period = data, currency, period

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], currency: str | None = None) -> Self:
        """Make a table of mappings, such as rows of another table.

        Parameters
        ----------
        rows : iterable of mapping
            One mapping a row; a missing column is unknown there. Amounts are exact: ``Decimal``, never ``float``.
        currency : str, optional
            The currency of every amount, where no column says it.

        Returns
        -------
        Table

        Raises
        ------
        TypeError
            For a value of another type than its column's.
        """
        rows = list(rows)
        kinds = cls._kinds_of_row()
        unknown = sorted({name for row in rows for name in row} - set(kinds))
        if unknown:
            raise KeyError(f"there is no column {unknown[0]!r}; there are {', '.join(kinds)}")
        columns = [[row.get(name) for row in rows] for name in kinds]
        return cls(Columns(list(kinds), list(kinds.values()), columns), currency)

    @classmethod
    def _kinds_of_row(cls) -> dict[str, str]:
        from vobiz_partner._core import kinds_of

        return kinds_of(cls.__name__)

    def _with(self, data: Columns) -> Self:
        return type(self)(data, self._currency, self._period)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self._data.names)

    @property
    def currency(self) -> str | None:
        """The currency of every amount in the table, where it is one and known."""
        if "currency" in self._data.kinds:
            found = set(self._data.column("currency"))
            if found != {None}:
                return found.pop() if len(found) == 1 else None
        return self._currency

    @property
    def period(self) -> Period | None:
        """The window of days that the figures belong to, where there is one."""
        return self._period

    @property
    def oddities(self) -> tuple[str, ...]:
        """What in the service's answers could not be understood or kept and is unknown here: where, why and how often."""
        return tuple(self._data.oddities)

    @property
    def request_ids(self) -> tuple[str, ...]:
        """The ids under which the service may know the requests that the rows came in, where it sent any; for its support."""
        return tuple(self._data.requests)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._data)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, key: int | str | dt.date, /) -> R: ...
        @overload
        def __getitem__(self, key: slice, /) -> Self: ...
        def __getitem__(self, key: Any, /) -> Any: ...

    else:

        def __getitem__(self, key: Any, /) -> Any:
            """Return a row by place or key, or a table of the rows of a slice."""
            if isinstance(key, slice):
                return self._with(self._data.slice(key))
            if hasattr(key, "__index__"):
                place = key.__index__()
                if not -len(self) <= place < len(self):
                    raise IndexError(f"{self._noun} {place} of a table that has {len(self)}")
                return self._at(place % len(self))
            if not isinstance(key, str) and not hasattr(key, "isoformat"):
                raise TypeError(
                    f"rows are found by place, by slice or by {self._key}, not by {type(key).__name__}; "
                    "for rows that meet a condition use filter(…)"
                )
            place = self._data.find(str(key)) if self._has_key else None
            if place is None:
                raise KeyError(key)
            return self._at(place)

    @property
    def _has_key(self) -> bool:
        return self.columns[:1] == (self._key,)

    def _at(self, place: int) -> Any:
        values = self._data.row(place)
        if len(values) != len(self._row._fields) or self.columns != self._row._fields:
            read = dict(zip(self.columns, values, strict=True))
            values = tuple(read.get(name, UNREAD) for name in self._row._fields)
        return self._row._of(values)

    def __contains__(self, wanted: object) -> bool:
        """Whether a row, or a row of this key, is in the table."""
        if isinstance(wanted, Row):
            return any(row == wanted for row in self)
        known = isinstance(wanted, str) or hasattr(wanted, "isoformat")
        return known and self._has_key and self._data.find(str(wanted)) is not None

    def __iter__(self) -> Iterator[R]:
        """Iterate over the rows."""
        return (self._at(place) for place in range(len(self)))

    def __reversed__(self) -> Iterator[R]:
        """Iterate over the rows from the end."""
        return (self._at(place) for place in reversed(range(len(self))))

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """Return the place of a row."""
        for place in range(*slice(start, stop).indices(len(self))):
            if self._at(place) == value:
                return place
        raise ValueError("there is no such row")

    def count(self, value: Any) -> int:
        """Return how many rows equal this one."""
        return sum(row == value for row in self)

    def __eq__(self, other: object) -> bool:
        """Whether the other is a table of the same kind with equal rows."""
        if type(other) is not type(self):
            return NotImplemented
        return self._data == other._data and (self.currency, self.period) == (other.currency, other.period)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the columns."""
        return type(self), (self._data, self._currency, self._period)

    def __repr__(self) -> str:
        """Say how many rows there are, between which keys."""
        rows = len(self)
        ends = ""
        if rows and self._has_key:
            first, last = (self._data.row(place)[0] for place in (0, rows - 1))
            ends = f", {first}" if rows == 1 else f", {first} … {last}"
        return f"<{type(self).__name__}: {rows} row{'' if rows == 1 else 's'}{ends}>"

    def filter(self, condition: Callable[[R], bool] | Iterable[bool] | None = None, /, **equal: Any) -> Self:
        """Keep the rows that meet a condition.

        Parameters
        ----------
        condition : callable or sequence of bool, optional
            Called with each row, or one truth value for each: ``frame["balance"] < 500``.
        **equal
            Columns with the value that they must have, or a set, list or tuple of such values; ``None`` keeps unknown ones.

        Returns
        -------
        Table

        Raises
        ------
        KeyError
            For a column that does not exist; the text names those that do.
        TypeError
            For a value that no value of the column can equal, such as a float for amounts.

        Examples
        --------
        >>> accounts.filter(billing_mode="prepaid", is_active=True)  # doctest: +ELLIPSIS
        <Accounts: ... rows, ...>
        >>> accounts.filter(lambda account: account.balance is not None and account.balance < 0)  # doctest: +ELLIPSIS
        <Accounts: ...>
        """
        from vobiz_partner._conditions import value_of

        keep = list(range(len(self)))
        if callable(condition):
            keep = [place for place in keep if condition(self._at(place))]
        elif isinstance(condition, str):
            raise TypeError("filter: a condition is a function of a row, or a truth value for each; not text")
        elif condition is not None:
            flags = [not unknown(flag) and bool(flag) for flag in condition]
            if len(flags) != len(self):
                raise ValueError(f"{len(flags)} truth values for {len(self)} rows")
            keep = [place for place in keep if flags[place]]
        for name, wanted in equal.items():
            values = self._data.column(name)
            among = wanted if isinstance(wanted, set | frozenset | list | tuple) else (wanted,)
            among = [value_of(name, self._data.kinds[name], value) for value in among]
            keep = [place for place in keep if values[place] in among]
        return self._with(self._data.take(keep))

    def sort(self, column: str, *, descending: bool = False) -> Self:
        """Return the rows in the order of a column; unknown values come last, equal ones keep their order.

        Parameters
        ----------
        column : str
            Name of the column.
        descending : bool, optional
            From the largest down.

        Returns
        -------
        Table
        """
        return self._with(self._data.take(self._data.order(column, descending)))

    def largest(self, n: int, column: str) -> Self:
        """Return the `n` rows with the largest values of a column, largest first; unknown values are no candidates.

        Parameters
        ----------
        n : int
            How many; fewer where fewer are known.
        column : str
            Name of the column.

        Returns
        -------
        Table

        Examples
        --------
        >>> accounts.largest(3, "balance")  # doctest: +ELLIPSIS
        <Accounts: 3 rows, ...>
        """
        n = whole("largest: n", n)
        known = sum(value is not None for value in self._data.column(column))
        return self._with(self._data.take(self._data.order(column, True)[: min(n, known)]))

    def sum(self, column: str) -> Decimal | int | None:
        """Add up a column exactly.

        Parameters
        ----------
        column : str
            A column of amounts, minutes or counts.

        Returns
        -------
        decimal.Decimal, int or None
            ``None`` where no value is known: the sum is then unknown, not zero. Unknown values among known ones are left out.

        Raises
        ------
        ValueError
            For amounts of several currencies, and for rates: neither adds up to anything.
        """
        kind = self._data.kinds.get(column)
        if kind in ("text", "word", "flag", "day", "instant"):
            raise TypeError(f"{column} is no number, and is not summed")
        if kind == "rate":
            raise ValueError(f"{column} is a price for a unit of something and adds up to nothing")
        if kind == "amount" and "currency" in self._data.kinds:
            found = {
                unit
                for unit, value in zip(self._data.column("currency"), self._data.column(column), strict=True)
                if value is not None
            }
            if len(found) > 1:
                known = ", ".join(sorted(str(unit) for unit in found))
                raise ValueError(f"{column} has amounts in {known}, which are not added; filter(currency=…) first")
        total, _ = self._data.sum(column)
        return total

    def batches(self, rows: int = 10_000) -> Iterator[Self]:
        """Yield the table in parts of so many rows.

        Parameters
        ----------
        rows : int, optional
            Most rows of a part.

        Yields
        ------
        Table
        """
        rows = whole("batches: rows", rows, 1)
        for start in range(0, len(self), rows):
            yield self[start : start + rows]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries, one value for each column.

        Returns
        -------
        list of dict
        """
        names = self.columns
        columns = [self._data.column(name) for name in names]
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what the table shows first of all. Needs matplotlib.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where; a new figure by default.

        Returns
        -------
        matplotlib.axes.Axes
            Of several currencies, the most frequent one is drawn, and the title says so.

        Raises
        ------
        ImportError
            Without matplotlib; the text says what to install.
        """
        from vobiz_partner._plot_tables import draw

        return draw(self, ax)

    def __arrow_c_schema__(self) -> object:
        """Return the Arrow schema as a PyCapsule."""
        return self._data.arrow_schema()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the table as an Arrow stream in a PyCapsule: what polars, pyarrow, pandas and DuckDB read."""
        return self._data.arrow_stream(requested_schema)

    def _repr_html_(self) -> str:
        from vobiz_partner import _html

        return _html.render(self)
