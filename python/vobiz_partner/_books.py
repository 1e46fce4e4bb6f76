"""An analyst's own books, from whatever they are kept in, without a float."""

from __future__ import annotations

from vobiz_partner import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from decimal import Decimal
    from typing import Any, TypeAlias

    Books: TypeAlias = Any
    """An Arrow table, a frame, the path of a CSV file, or mappings."""

RECONCILE = "reconcile"


def rows_of(books: Books, on: str, amount: str) -> tuple[list[str], list[str | None], list[Decimal]]:
    """Return the key, the currency and the amount of each row."""
    keys: list[str] = []
    currencies: list[str | None] = []
    amounts: list[Decimal] = []
    for place, row in enumerate(_mappings(books)):
        for column in (on, amount):
            if column not in row:
                known = ", ".join(map(str, row))
                raise KeyError(f"the books have no column {column!r}; they have {known}; name it with on=… or amount=…")
        given = row[amount]
        if given is None or given != given:  # noqa: PLR0124 - NaN alone differs from itself
            raise ValueError(f"reconcile: row {place} of the books has no {amount}")
        key, currency = row[on], row.get("currency")
        keys.append(key.isoformat()[:10] if hasattr(key, "isoformat") else str(key))
        currencies.append(str(currency) if isinstance(currency, str) and currency else None)
        amounts.append(_core.exact(RECONCILE, f"{amount} of row {place}", given))
    return keys, currencies, amounts


def _mappings(books: Books) -> Iterable[Mapping[str, Any]]:
    if isinstance(books, str) or hasattr(books, "__fspath__"):
        return _csv(books)
    if hasattr(books, "to_pylist"):  # pyarrow
        return books.to_pylist()  # type: ignore[no-any-return]
    if hasattr(books, "to_dicts"):  # polars, and tables of this package
        return books.to_dicts()  # type: ignore[no-any-return]
    if hasattr(books, "iterrows"):  # pandas
        return books.to_dict("records")  # type: ignore[no-any-return]
    if hasattr(books, "__arrow_c_stream__"):
        import pyarrow as pa

        return pa.table(books).to_pylist()  # type: ignore[no-any-return]
    rows = list(books)
    wrong = next((row for row in rows if not hasattr(row, "keys")), None)
    if wrong is not None:
        raise TypeError(f"reconcile: books are a table, a frame, the path of a CSV file or mappings, not {type(wrong).__name__}")
    return rows


def _csv(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    import csv

    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))
