"""Recorded histories of wallets, and policies rehearsed on them."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._record import Row
from vobiz_partner._table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    import os
    from decimal import Decimal
    from typing import TypeAlias

    from vobiz_partner._score import Scores

    Given: TypeAlias = "Policy | str | os.PathLike[str] | None"


class Sample(Row):
    """What a wallet read from one poll on, until its next sample."""

    _shown = ("at", "auth_id", "balance", "currency")
    at: dt.datetime
    """The poll, UTC."""
    auth_id: str
    """Customer id, ``MA_…``."""
    name: str | None
    """Name of the customer, as it was last known."""
    balance: Decimal | None
    """The balance in the wallet's currency. ``None``: this poll could not read it, which says nothing of later ones."""
    currency: str | None
    """Currency of the wallet."""


class Samples(Table[Sample]):
    """Balances over time, changes only: a wallet without a sample at a poll read the same as before."""

    __slots__ = ()
    _row = Sample
    _noun = "sample"


class Alert(Row):
    """A notification that a policy would have sent."""

    _shown = ("at", "auth_id", "kind", "severity", "rule", "value")
    at: dt.datetime
    """The poll at which it was decided, UTC."""
    auth_id: str
    """Customer id, ``MA_…``."""
    kind: str
    """``fire``, ``escalate``, ``fall`` (to warning) or ``resolve``."""
    severity: str
    """``warning`` or ``critical``; of a ``resolve``, what it was."""
    rule: str
    """Name of the rule."""
    metric: str | None
    """What the rule watches, such as ``customer.balance``."""
    value: Decimal | None
    """The value that it was decided on, in the unit of the metric (money, hours, ratio), to ten places."""
    reason: str
    """Why, with the numbers."""


class Alerts(Table[Alert]):
    """Notifications of a back-test in order of time. Reminders of alerts that still fire are left out."""

    __slots__ = ()
    _row = Alert
    _noun = "alert"

    def score(self, history: History, *, empty: str | int | Decimal = "0") -> Scores:
        """Hold the alerts against what the wallets read: in time, missed, false alarms, by customer.

        Parameters
        ----------
        history : History
            The history of the back-test.
        empty : str, int or decimal.Decimal, optional
            The balance at which a wallet counts as empty.

        Returns
        -------
        Scores

        Examples
        --------
        >>> vobiz.backtest(None, history).score(history).sum("missed")  # doctest: +SKIP
        0
        """
        from vobiz_partner._score import score

        return score(self, history, empty)


class History:
    """What wallets read over time, as `vobiz-bot export` writes it from the bot's database.

    Examples
    --------
    >>> history = vobiz.History.open("history/")  # doctest: +SKIP
    >>> history.samples.filter(auth_id="MA_XXXXXXXX").to_pandas(money="float").plot(x="at", y="balance")  # doctest: +SKIP
    """

    def __init__(self, data: _core.History) -> None:
        if not isinstance(data, _core.History):
            raise TypeError("a History is opened: History.open(folder)")
        self._data = data
        self._samples: Samples | None = None

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> History:
        """Read a history from a folder, with Ctrl-C at any time.

        Parameters
        ----------
        folder : path
            It has ``accounts.csv``, ``polls.csv``, ``samples.csv`` and, where a ledger was read, ``ledger.csv``; each may be
            packed (``samples.csv.gz``).

        Returns
        -------
        History

        Raises
        ------
        HistoryError
            With file, line, column and what was expected there.
        """
        return cls(_core.History.open(folder))

    @property
    def samples(self) -> Samples:
        """Every change of a balance, in order of time."""
        if self._samples is None:
            self._samples = Samples(self._data.samples())
        return self._samples

    @property
    def first(self) -> dt.datetime | None:
        """The first poll, UTC; ``None`` without polls."""
        return self._data.extent[3]

    @property
    def last(self) -> dt.datetime | None:
        """The last poll, UTC; ``None`` without polls."""
        return self._data.extent[4]

    def __repr__(self) -> str:
        """Show how many wallets, polls and samples there are, and of which time."""
        wallets, polls, samples, first, last = self._data.extent
        time = f", {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC" if first and last else ""
        return f"<History: {wallets} wallets, {polls} polls, {samples} samples{time}>"

    def _repr_html_(self) -> str:
        from vobiz_partner._html import facts

        wallets, polls, samples, first, last = self._data.extent
        return facts("History", {"wallets": wallets, "polls": polls, "samples": samples, "first poll": first, "last poll": last})


class Policy:
    """Rules and working hours, as the bot's configuration file has them in ``[[rules]]`` and ``[business]``.

    Parameters
    ----------
    text : str, optional
        TOML. Its rules hold beside the default ones; one of the same name takes the default's place.

    Raises
    ------
    PolicyError
        With each line to put right and what to write there.

    Examples
    --------
    >>> policy = vobiz.Policy('''
    ... [[rules]]
    ... name = "low"
    ... metric = "customer.balance"
    ... below = { warning = "1000", critical = "250.50" }
    ... ''')
    >>> policy.rules["low"]
    'customer.balance'
    """

    def __init__(self, text: str | None = None) -> None:
        self._settle(None if text is None else (text, "policy"))

    def _settle(self, given: tuple[str, str] | None) -> None:
        self._given = given
        self._rules = dict(_core.rules_of(given))

    @classmethod
    def from_toml(cls, source: str | os.PathLike[str]) -> Policy:
        """Read a policy from a file, such as the bot's configuration, or from text; other sections are not looked at.

        Parameters
        ----------
        source : path or str
            A file, or TOML. Text of several lines, or with a ``=``, is TOML.

        Returns
        -------
        Policy

        Raises
        ------
        OSError
            Where the file cannot be read.
        PolicyError
            With each line to put right and what to write there.

        Examples
        --------
        >>> vobiz.Policy.from_toml("vobiz-bot.toml").explain()  # doctest: +SKIP
        """
        is_text = isinstance(source, str) and ("\n" in source or "=" in source or not source.strip())
        return cls(str(source)) if is_text else cls.read(source)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Policy:
        """Read a policy from a file, such as the bot's configuration; other sections are not looked at.

        Parameters
        ----------
        path : path
            The file.

        Returns
        -------
        Policy

        Raises
        ------
        OSError
            Where the file cannot be read.
        PolicyError
            With each line to put right and what to write there.
        """
        import os

        with open(path, encoding="utf-8") as file:
            text = file.read()
        policy = cls.__new__(cls)
        policy._settle((text, os.fspath(path)))
        return policy

    @property
    def rules(self) -> dict[str, str]:
        """Names of the rules, and what each watches."""
        return dict(self._rules)

    def explain(self) -> Explanation:
        """Say what fires when, and what is sent: a paragraph for each rule, then what the rules leave open.

        Returns
        -------
        Explanation
            Text; in a notebook, a list.

        Examples
        --------
        >>> print(vobiz.Policy().explain())  # doctest: +ELLIPSIS
        runway: Fires when ...
        """
        rules, left_open = _core.explained(self._given)
        return Explanation("\n\n".join([*rules, *left_open]))

    def __repr__(self) -> str:
        """Show the names of the rules."""
        return f"<Policy: {', '.join(self._rules)}>"

    def _repr_html_(self) -> str:
        return self.explain()._repr_html_()


class Explanation(str):
    """A policy in words. In a notebook each rule is an item of a list."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from vobiz_partner._html import paragraphs

        return paragraphs("Policy", self.split("\n\n"))


def backtest(policy: Given, history: History) -> Alerts:
    """Find what a policy would have sent over a history, poll by poll, by the same decisions as the bot makes.

    Rules about what a history does not have (the partner's wallet, calls) have no effect.

    Parameters
    ----------
    policy : Policy, path or None
        The rules: a `Policy`, the path of a file, or ``None`` for the default ones.
    history : History
        What the wallets read.

    Returns
    -------
    Alerts

    Raises
    ------
    PolicyError
        With each line of the file to put right and what to write there.

    Examples
    --------
    >>> alerts = vobiz.backtest("vobiz-bot.toml", vobiz.History.open("history/"))  # doctest: +SKIP
    >>> alerts.filter(kind="fire", severity="critical").to_pandas()  # doctest: +SKIP
    """
    if not isinstance(history, History):
        raise TypeError(f"backtest: history is a History, as History.open(folder) gives it, not {type(history).__name__}")
    chosen = policy if isinstance(policy, Policy) else Policy() if policy is None else Policy.read(policy)
    return Alerts(history._data.backtest(chosen._given))
