"""Reports, wallets and exact money of the Vobiz Partner API.

Money and minutes are `decimal.Decimal` exactly as the service sent them, instants are aware datetimes in UTC, days are
dates. What the service did not send is `None`, which is never zero.

Examples
--------
>>> import vobiz_partner as vobiz
>>> with vobiz.Sandbox(customers=40, seed=7) as sandbox:
...     client = sandbox.client()
...     report = client.dashboard()
...     low = client.accounts().below("500")
"""

from vobiz_partner._async import AsyncClient
from vobiz_partner._core import (
    Account,
    Accounts,
    CallFigures,
    Client,
    DayFigures,
    Period,
    PricingTier,
    Profile,
    Report,
    ReportAccounts,
    ReportCustomer,
    ReportCustomers,
    Sandbox,
    TimeSeries,
    TopCustomer,
    TopCustomers,
    Traffic,
    Wallet,
    __version__,
    format_money,
)
from vobiz_partner._errors import (
    ConfigError,
    ConnectError,
    DecodeError,
    ForbiddenError,
    IncompleteError,
    InvalidArgumentError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitedError,
    ReadOnlyError,
    RedirectError,
    RejectedError,
    ServerError,
    UnauthorizedError,
    VobizError,
    VobizTimeoutError,
)

__all__ = [
    "Account",
    "Accounts",
    "AsyncClient",
    "CallFigures",
    "Client",
    "ConfigError",
    "ConnectError",
    "DayFigures",
    "DecodeError",
    "ForbiddenError",
    "IncompleteError",
    "InvalidArgumentError",
    "NotFoundError",
    "OutcomeUnknownError",
    "Period",
    "PricingTier",
    "Profile",
    "RateLimitedError",
    "ReadOnlyError",
    "RedirectError",
    "RejectedError",
    "Report",
    "ReportAccounts",
    "ReportCustomer",
    "ReportCustomers",
    "Sandbox",
    "ServerError",
    "TimeSeries",
    "TopCustomer",
    "TopCustomers",
    "Traffic",
    "UnauthorizedError",
    "VobizError",
    "VobizTimeoutError",
    "Wallet",
    "__version__",
    "format_money",
]
