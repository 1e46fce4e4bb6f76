"""The tables of a closed month."""

from __future__ import annotations

from vobiz_partner._record import Row
from vobiz_partner._table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal


class Line(Row):
    """Usage, fees, refunds or top-ups of a customer on a day."""

    _shown = ("auth_id", "day", "item", "amount", "currency")
    auth_id: str
    """Customer id, ``MA_…``."""
    day: dt.date
    """The day, in the zone of the month."""
    item: str
    """``usage``, ``rental``, ``fixed``, ``other``, ``refund`` or ``top_up``."""
    product: str | None
    """Product of calls; ``None`` of other items, and where call records were not read."""
    direction: str | None
    """Direction of calls; ``None`` as for the product."""
    currency: str | None
    """Currency of the amount."""
    count: int
    """Calls, or ledger rows of other items."""
    answered: int | None
    """Answered calls; ``None`` of other items, and where call records were not read."""
    seconds: Decimal
    """Seconds of talk."""
    amount: Decimal
    """What it took from the wallet: below zero for refunds and top-ups."""


class Lines(Table[Line]):
    """What each customer used, paid and was charged, by day."""

    __slots__ = ()
    _row = Line
    _noun = "line"


class Statement(Row):
    """The wallet of a customer over a month: ``opening + top_ups + refunds - usage - rentals - fixed - other = closing``.

    Where the ledger was not read, movements are ``None``: unknown, and not zero.
    """

    _shown = ("auth_id", "name", "opening", "closing", "currency")
    auth_id: str
    """Customer id, ``MA_…``."""
    name: str | None
    """Name; ``None`` where the customer is not listed any more."""
    currency: str | None
    """Currency of the amounts."""
    opening: Decimal | None
    """Balance at the beginning; ``None`` where the wallet or its rows since then are not known."""
    top_ups: Decimal | None
    """Money paid in."""
    refunds: Decimal | None
    """Money given back."""
    usage: Decimal | None
    """Calls, as the ledger charged them."""
    rentals: Decimal | None
    """Monthly fees."""
    fixed: Decimal | None
    """Weekly fees."""
    other: Decimal | None
    """Other debits."""
    closing: Decimal | None
    """Balance at the end; ``None`` as for the opening one."""
    gstin: str | None
    """Goods and services tax number."""
    tds_percentage: Decimal | None
    """Percent of tax deducted at source, where the profile has it enabled."""


class Statements(Table[Statement]):
    """The wallets of a month."""

    __slots__ = ()
    _row = Statement
    _noun = "statement"


class Difference(Row):
    """Two figures that should be equal and are not."""

    _shown = ("check", "auth_id", "day", "subject", "first", "second", "reason")
    check: str
    """What they are about, such as ``price of a call``."""
    auth_id: str | None
    """The customer; ``None`` where it is about all of them."""
    day: dt.date | None
    """The day; ``None`` where it is about the month."""
    currency: str | None
    """Currency of the figures; ``None`` of numbers of something."""
    subject: str | None
    """The call, number or ledger row; ``None`` where it is about sums."""
    first_source: str
    """Where the first figure is from."""
    first: Decimal
    """The first figure; zero where the source has nothing."""
    second_source: str
    """Where the second figure is from."""
    second: Decimal
    """The second figure; zero where the source has nothing."""
    difference: Decimal
    """The second less the first."""
    reason: str
    """The likely reason."""
    detail: str
    """What else is known of it; may be empty."""


class Differences(Table[Difference]):
    """Where the sources of a month disagree."""

    __slots__ = ()
    _row = Difference
    _noun = "difference"


class Coverage(Row):
    """What was read of one source."""

    _shown = ("source", "extent", "rows", "detail")
    source: str
    """The source, such as ``ledger``."""
    extent: str
    """``whole``, ``part``, ``nothing`` or ``not asked for``."""
    rows: int
    """Rows; 1 of what is no list."""
    from_date: dt.date | None
    """First day that was asked for."""
    to_date: dt.date | None
    """Last day."""
    detail: str
    """Why something is missing; empty where nothing is."""


class CoverageTable(Table[Coverage]):
    """What was read of each source of a month."""

    __slots__ = ()
    _row = Coverage
    _noun = "source"


class Spender(Row):
    """What one customer was charged, beside all others of the same currency."""

    _shown = ("auth_id", "name", "amount", "share", "currency")
    auth_id: str
    """Customer id, ``MA_…``."""
    name: str | None
    """Name."""
    currency: str | None
    """Currency of the amounts."""
    amount: Decimal
    """Usage and fees less refunds."""
    share: Decimal | None
    """Percent of what all customers of this currency were charged."""
    cumulative: Decimal | None
    """Percent that this customer and all before it come to."""
    previous: Decimal | None
    """The same amount of the month before; ``None`` where that was not given."""
    change: Decimal | None
    """Change on the month before in percent."""


class Spenders(Table[Spender]):
    """Customers by what they were charged, by currency and the most first."""

    __slots__ = ()
    _row = Spender
    _noun = "customer"


class Split(Row):
    """The calls of one customer by direction."""

    _shown = ("auth_id", "name", "inbound", "outbound", "outbound_share")
    auth_id: str
    """Customer id, ``MA_…``."""
    name: str | None
    """Name."""
    currency: str | None
    """Currency of the costs."""
    inbound: int
    """Incoming calls."""
    outbound: int
    """Outgoing calls."""
    inbound_cost: Decimal
    """Cost of incoming calls."""
    outbound_cost: Decimal
    """Cost of outgoing calls."""
    outbound_share: Decimal | None
    """Outgoing calls in percent of all."""
    is_outbound_heavy: bool
    """Whether more than two thirds of the calls go out."""


class Splits(Table[Split]):
    """The calls of each customer by direction."""

    __slots__ = ()
    _row = Split
    _noun = "customer"


class Finding(Row):
    """A group of calls whose rate is out of its usual range."""

    _shown = ("group", "key", "day", "rate", "usual_low", "usual_high")
    group: str
    """What the calls have in common: ``day``, ``hour``, ``direction``, ``customer`` or ``hangup_cause``."""
    key: str
    """Its value."""
    day: dt.date | None
    """The day; ``None`` of hours."""
    total: int
    """Calls."""
    answered: int
    """Answered calls; of a hangup cause, calls that ended so."""
    rate: Decimal
    """Percent of them, to two places."""
    low: Decimal
    """Where the rate probably lies, given so many calls (99.9 %): from …"""
    high: Decimal
    """… to."""
    usual_low: Decimal
    """The usual range of its peers: from …"""
    usual_high: Decimal
    """… to."""


class Findings(Table[Finding]):
    """Groups of calls whose rate is out of its usual range, the farthest out first."""

    __slots__ = ()
    _row = Finding
    _noun = "finding"
