"""How long wallets last, forecast from a recorded history."""

from __future__ import annotations

from vobiz_partner._history import History
from vobiz_partner._record import Row
from vobiz_partner._table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from matplotlib.axes import Axes

    from vobiz_partner._accounts import Accounts


class Runway(Row):
    """How long one wallet lasts at the burn it is likely to have. Estimates, not promises."""

    _shown = ("auth_id", "name", "balance", "low_hours", "likely_hours", "high_hours")
    auth_id: str
    """Customer id, ``MA_…``."""
    name: str | None
    """Name, as it was last known."""
    currency: str | None
    """Currency of the wallet."""
    balance: Decimal | None
    """What the forecast begins with."""
    burn: Decimal | None
    """Spend per hour that is expected now; ``None`` while too little is known of the wallet."""
    low_hours: Decimal | None
    """Hours until it is empty: sooner in one case of ten. ``None`` is more than two weeks, where `burn` is known."""
    likely_hours: Decimal | None
    """As likely sooner as later."""
    high_hours: Decimal | None
    """Later in one case of ten."""
    empty_at: dt.datetime | None
    """When it is empty as likely before as after, UTC."""


class Runways(Table[Runway]):
    """How long wallets last, the soonest first."""

    __slots__ = ()
    _row = Runway
    _noun = "wallet"


class Ahead(Row):
    """What a wallet probably holds at one hour to come."""

    _shown = ("at", "low", "likely", "high")
    at: dt.datetime
    """The hour, UTC."""
    low: Decimal
    """Less in one case of ten."""
    likely: Decimal
    """As likely less as more."""
    high: Decimal
    """More in one case of ten."""


class Forecast(Table[Ahead]):
    """What a wallet probably holds in the hours to come, without a top-up."""

    __slots__ = ()
    _row = Ahead
    _noun = "hour"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the fan of the hours to come. Needs matplotlib.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where; a new figure by default.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from vobiz_partner._plot import fan

        return fan(self, ax)


def runway(accounts: Accounts | None, history: History) -> Runways:
    """Estimate how long wallets last, from what they read over time.

    Parameters
    ----------
    accounts : Accounts or None
        Balances to begin with; ``None`` for the last ones of the history.
    history : History
        What the wallets read; at least some days.

    Returns
    -------
    Runways
        The soonest first; wallets of which too little is known come last.

    Examples
    --------
    >>> vobiz.runway(client.accounts(), vobiz.History.open("history/"))[0].likely_hours  # doctest: +SKIP
    Decimal('7.5')
    """
    if not isinstance(history, History):
        raise TypeError(f"runway: history is a History, as History.open(folder) gives it, not {type(history).__name__}")
    known = {} if accounts is None else {row.auth_id: row.balance for row in accounts if row.balance is not None}
    return Runways(history._data.runways(known))


def forecast(history: History, auth_id: str, *, hours: int = 72) -> Forecast:
    """Estimate what a wallet holds in the hours to come, as a fan.

    Parameters
    ----------
    history : History
        What the wallet read; at least some days.
    auth_id : str
        The customer, ``MA_…``.
    hours : int, optional
        How far ahead, 1 to 336.

    Returns
    -------
    Forecast
        Empty where too little is known of the wallet.

    Raises
    ------
    KeyError
        For a wallet that the history does not have.

    Examples
    --------
    >>> vobiz.forecast(history, "MA_XXXXXXXX").plot()  # doctest: +SKIP
    """
    if not isinstance(history, History):
        raise TypeError(f"forecast: history is a History, as History.open(folder) gives it, not {type(history).__name__}")
    if isinstance(hours, bool) or not hasattr(hours, "__index__") or not 1 <= hours <= 336:
        raise ValueError("forecast: hours is how far ahead, a whole number from 1 to 336")
    data, currency = history._data.fan(auth_id, hours)
    return Forecast(data, currency)
