"""What results have in common: attributes that cannot be changed, equality, hash, a short `repr`, pickling, looks."""

from __future__ import annotations

from _collections_abc import Mapping  # the same as collections.abc's, without its import of `collections`

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, ClassVar, NoReturn

    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: object) -> Any:
        """Do nothing: type checkers alone read the decorator."""
        return lambda cls: cls


class _Unread:
    """Stands for a value that was not read, because ``columns=`` left it out."""

    def __reduce__(self) -> str:
        return "UNREAD"

    def __repr__(self) -> str:
        return "not read"


UNREAD: Any = _Unread()


_NOTHING: tuple[str | None, tuple[str, ...]] = (None, ())


class _Field:
    """An attribute of a record. Its documentation is the text below its declaration."""

    __slots__ = ("name", "owner", "place")

    def __init__(self, owner: type[Record], name: str, place: int) -> None:
        self.owner, self.name, self.place = owner, name, place

    def __get__(self, record: Record | None, owner: type[Record] | None = None) -> Any:
        if record is None:
            return self
        value = record._values[self.place]
        if value is UNREAD:
            raise AttributeError(f"{self.name} was not read: columns=[…] left it out")
        return value

    def __set__(self, record: Record, value: object) -> NoReturn:
        raise AttributeError(f"{self.name} of a {type(record).__name__} cannot be changed")

    def _described(self) -> str | None:
        return self.owner._described().get(self.name)


_Field.__doc__ = property(_Field._described)  # type: ignore[assignment]


@dataclass_transform(frozen_default=True, kw_only_default=False)
class Record:
    """A result: its attributes are read from the service's answer and cannot be changed."""

    if TYPE_CHECKING:

        @property
        def _values(self) -> tuple[Any, ...]: ...
        @property
        def _about(self) -> tuple[str | None, tuple[str, ...]]: ...
    else:
        __slots__ = ("_about", "_values")

    _fields: ClassVar[tuple[str, ...]] = ()
    _shown: ClassVar[tuple[str, ...]] = ()
    _docs: ClassVar[dict[str, str] | None] = None

    if not TYPE_CHECKING:

        def __init__(self, *values: object, **named: object) -> None:
            fields = self._fields
            if len(values) > len(fields) or any(name not in fields for name in named):
                raise TypeError(f"{type(self).__name__} has the attributes {', '.join(fields)}")
            given = dict(zip(fields, values, strict=False)) | named
            object.__setattr__(self, "_values", tuple(given.get(name) for name in fields))
            object.__setattr__(self, "_about", _NOTHING)

        def __setattr__(self, name: str, value: object) -> NoReturn:
            raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __init_subclass__(cls) -> None:
        own = [name for name in cls.__annotations__ if not name.startswith("_")] if "__annotations__" in vars(cls) else []
        cls._docs = None
        if own:
            cls._fields = tuple(own)
            setattr(cls, "__match_args__", cls._fields)  # noqa: B010 - type checkers make it themselves
            for place, name in enumerate(own):
                setattr(cls, name, _Field(cls, name, place))

    @classmethod
    def _of(cls, values: tuple[Any, ...], about: tuple[str | None, tuple[str, ...]] = _NOTHING) -> Self:
        """Make a record of one value for each attribute."""
        record = object.__new__(cls)
        object.__setattr__(record, "_values", values)
        object.__setattr__(record, "_about", about)
        return record

    def _of_answer(self, about: tuple[str | None, tuple[str, ...]]) -> Self:
        """Return the same record with what is known about the answer it came in."""
        return type(self)._of(self._values, about)

    @property
    def request_id(self) -> str | None:
        """The id under which the service may know the request, where it sent one; give it to its support."""
        return self._about[0]

    @property
    def oddities(self) -> tuple[str, ...]:
        """What in the answer could not be understood and is ``None`` here: where, and why. Empty for most answers."""
        return self._about[1]

    @classmethod
    def _from(cls, given: Mapping[str, Any]) -> Self:
        """Make a record of values by name."""
        return cls._of(tuple(map(given.get, cls._fields)))

    @classmethod
    def _maybe(cls, given: Mapping[str, Any] | None) -> Self | None:
        """Make a record of values by name, or nothing of nothing."""
        return None if given is None else cls._from(given)

    @classmethod
    def _described(cls) -> dict[str, str]:
        """Read what each attribute is from the source, once."""
        if cls._docs is None:
            import ast
            import inspect

            try:
                body = ast.parse(inspect.getsource(cls)).body[0].body  # type: ignore[attr-defined]
            except (OSError, SyntaxError):
                body = []
            pairs = zip(body, body[1:], strict=False)  # noqa: RUF007 - not worth an import
            cls._docs = {
                field.target.id: str(text.value.value)
                for field, text in pairs
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
                if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
            }
        return cls._docs

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes by name; records and tables inside become dictionaries and lists.

        Returns
        -------
        dict
        """
        return {name: _plain(value) for name, value in zip(self._fields, self._values, strict=True) if value is not UNREAD}

    def __eq__(self, other: object) -> bool:
        """Whether the other is a record of the same kind with equal values."""
        return self._values == other._values if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        """Hash what the record holds, tables left out."""
        return hash((type(self), *(value for value in self._values if type(value).__hash__ is not None)))

    def __repr__(self) -> str:
        """Show the attributes that tell one record from another."""
        shown = self._shown or self._fields
        parts = [
            f"{name}={value!r}"
            for name, value in zip(self._fields, self._values, strict=True)
            if name in shown and value is not None and value is not UNREAD
        ]
        return f"{type(self).__name__}({', '.join(parts)})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the values."""
        return type(self)._of, (self._values, self._about)

    def __copy__(self) -> Self:
        """Return the same record: it cannot change."""
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        """Return the same record: it cannot change."""
        return self

    def _repr_html_(self) -> str:
        from vobiz_partner import _html

        return _html.render(self)


class Row(Record):
    """A row of a table: a record, and a mapping of its columns, so that dataframe libraries read lists of rows."""

    __slots__ = ()

    def keys(self) -> tuple[str, ...]:
        """Return the names of the columns that were read."""
        pairs = zip(self._fields, self._values, strict=True)
        return tuple(name for name, value in pairs if value is not UNREAD)

    def values(self) -> tuple[Any, ...]:
        """Return the values of the columns."""
        return tuple(value for value in self._values if value is not UNREAD)

    def items(self) -> tuple[tuple[str, Any], ...]:
        """Return names and values of the columns."""
        return tuple(zip(self.keys(), self.values(), strict=True))

    def get(self, column: str, default: Any = None) -> Any:
        """Return the value of a column, or `default` where there is no such column."""
        return self[column] if column in self.keys() else default

    def __getitem__(self, column: str) -> Any:
        """Return the value of a column."""
        if column not in self._fields:
            raise KeyError(column)
        return getattr(self, column)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the columns."""
        return iter(self.keys())

    def __len__(self) -> int:
        """Return how many columns were read."""
        return len(self.keys())

    def __contains__(self, column: object) -> bool:
        """Whether there is such a column."""
        return column in self.keys()


Mapping.register(Row)  # pyright: ignore[reportAttributeAccessIssue]


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_dict()
    return value.to_dicts() if hasattr(value, "to_dicts") else value
