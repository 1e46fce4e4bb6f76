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

from vobiz_partner._accounts import (
    Account,
    Accounts,
    CreatedAccount,
    PricingTier,
    Wallet,
)
from vobiz_partner._capacity import (
    Allocation,
    CapacityMove,
)
from vobiz_partner._cdrs import (
    CallRecord,
    CallRecords,
    CdrSummary,
)
from vobiz_partner._client import (
    AsyncClient,
    Client,
)
from vobiz_partner._core import (
    Secret,
    __version__,
    format_money,
)
from vobiz_partner._errors import (
    ConfigError,
    ConnectError,
    DecodeError,
    ForbiddenError,
    HistoryError,
    IncompleteError,
    InvalidArgumentError,
    NotFoundError,
    OutcomeUnknownError,
    PeriodMismatchError,
    PeriodMismatchWarning,
    PolicyError,
    RateLimitedError,
    ReadOnlyError,
    ReconciliationError,
    RedirectError,
    RejectedError,
    ServerError,
    UnauthorizedError,
    VobizError,
    VobizTimeoutError,
)
from vobiz_partner._forecast import (
    Ahead,
    Forecast,
    Runway,
    Runways,
    forecast,
    runway,
)
from vobiz_partner._history import (
    Alert,
    Alerts,
    Explanation,
    History,
    Policy,
    Sample,
    Samples,
    backtest,
)
from vobiz_partner._invoices import (
    Invoice,
    InvoiceLine,
    InvoiceLines,
    Invoices,
)
from vobiz_partner._kyc import (
    KycSession,
    KycSessions,
    StartedKycSession,
)
from vobiz_partner._month import (
    Month,
)
from vobiz_partner._month_folder import (
    close_month,
)
from vobiz_partner._month_tables import (
    Coverage,
    CoverageTable,
    Difference,
    Differences,
    Finding,
    Findings,
    Line,
    Lines,
    Spender,
    Spenders,
    Split,
    Splits,
    Statement,
    Statements,
)
from vobiz_partner._numbers import (
    Number,
    Numbers,
)
from vobiz_partner._profile import Profile
from vobiz_partner._progress import (
    Progress,
)
from vobiz_partner._record import (
    Record,
    Row,
)
from vobiz_partner._recorder import (
    record,
)
from vobiz_partner._reports import (
    Report,
    ReportAccounts,
    ReportCustomer,
    ReportCustomers,
    TopCustomer,
    TopCustomers,
)
from vobiz_partner._sandbox import (
    Sandbox,
)
from vobiz_partner._score import (
    Score,
    Scores,
)
from vobiz_partner._stream import (
    AsyncStream,
    Stream,
)
from vobiz_partner._table import (
    Table,
)
from vobiz_partner._traffic import (
    Breakdown,
    CallFigures,
    DayFigures,
    Period,
    TimeSeries,
    Traffic,
)
from vobiz_partner._transactions import (
    LedgerSummary,
    ReferenceSum,
    ReferenceSums,
    Transaction,
    Transactions,
    Transfer,
    TransferAttempt,
    TransferOutcome,
)

__all__ = [
    "Account",
    "Accounts",
    "Ahead",
    "Alert",
    "Alerts",
    "Allocation",
    "AsyncClient",
    "AsyncStream",
    "Breakdown",
    "CallFigures",
    "CallRecord",
    "CallRecords",
    "CapacityMove",
    "CdrSummary",
    "Client",
    "ConfigError",
    "ConnectError",
    "Coverage",
    "CoverageTable",
    "CreatedAccount",
    "DayFigures",
    "DecodeError",
    "Difference",
    "Differences",
    "Explanation",
    "Finding",
    "Findings",
    "ForbiddenError",
    "Forecast",
    "History",
    "HistoryError",
    "IncompleteError",
    "InvalidArgumentError",
    "Invoice",
    "InvoiceLine",
    "InvoiceLines",
    "Invoices",
    "KycSession",
    "KycSessions",
    "LedgerSummary",
    "Line",
    "Lines",
    "Month",
    "NotFoundError",
    "Number",
    "Numbers",
    "OutcomeUnknownError",
    "Period",
    "PeriodMismatchError",
    "PeriodMismatchWarning",
    "Policy",
    "PolicyError",
    "PricingTier",
    "Profile",
    "Progress",
    "RateLimitedError",
    "ReadOnlyError",
    "ReconciliationError",
    "Record",
    "RedirectError",
    "ReferenceSum",
    "ReferenceSums",
    "RejectedError",
    "Report",
    "ReportAccounts",
    "ReportCustomer",
    "ReportCustomers",
    "Row",
    "Runway",
    "Runways",
    "Sample",
    "Samples",
    "Sandbox",
    "Score",
    "Scores",
    "Secret",
    "ServerError",
    "Spender",
    "Spenders",
    "Split",
    "Splits",
    "StartedKycSession",
    "Statement",
    "Statements",
    "Stream",
    "Table",
    "TimeSeries",
    "TopCustomer",
    "TopCustomers",
    "Traffic",
    "Transaction",
    "Transactions",
    "Transfer",
    "TransferAttempt",
    "TransferOutcome",
    "UnauthorizedError",
    "VobizError",
    "VobizTimeoutError",
    "Wallet",
    "__version__",
    "backtest",
    "close_month",
    "forecast",
    "format_money",
    "record",
    "runway",
]
