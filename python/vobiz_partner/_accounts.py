"""Customers and their wallets."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._calls import AsyncCalls, AsyncStream, Calls, Stream, names
from vobiz_partner._record import Record, Row
from vobiz_partner._table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from decimal import Decimal
    from typing import Any

    from vobiz_partner._core import Secret

LIST = "list accounts"
_OPTIONAL = frozenset(
    (
        "company",
        "description",
        "address",
        "city",
        "state",
        "zip_code",
        "timezone",
        "gstin",
        "gst_status",
        "account_type",
    )
)


class PricingTier(Record):
    """What a customer's calls cost, and in which currency. Rates are per minute."""

    _shown = ("id", "name", "currency", "rate_per_minute")
    id: str | None
    """Id of the tier."""
    name: str | None
    """Name of the tier."""
    currency: str | None
    """The customer's currency."""
    rate_per_minute: Decimal | None
    """Price of a minute."""
    streaming_rate_per_minute: Decimal | None
    """Price of a streamed minute; rows of a list only."""
    recording_rate_per_minute: Decimal | None
    """Price of a recorded minute; rows of a list only."""
    whatsapp_voice_rate: Decimal | None
    """Price of a WhatsApp voice minute; rows of a list only."""
    transcription_rate_per_minute: Decimal | None
    """Price of a transcribed minute; rows of a list only."""
    pii_redaction_rate_per_minute: Decimal | None
    """Price of a minute with personal data removed; rows of a list only."""
    charge_non_connected_calls: bool | None
    """Whether unanswered calls cost something; rows of a list only."""
    non_connected_call_fee: Decimal | None
    """Price of an unanswered call; rows of a list only."""
    did_release_fee: Decimal | None
    """Price of giving a number back; rows of a list only."""
    is_active: bool | None
    """Whether the tier is in use."""
    is_default: bool | None
    """Whether new customers get it."""


class Account(Row):
    """A customer account, ``GET /accounts/{id}``. The customer's own token, which the service sends along, is never kept."""

    _shown = ("auth_id", "name", "balance", "currency")
    auth_id: str
    """Customer id, ``MA_…``: what every other call asks for."""
    name: str | None
    """Name; chosen by the customer."""
    company: str | None
    """Company."""
    balance: Decimal | None
    """The wallet in its currency (``cash_credits`` in the service's answer). ``None`` is not known, not zero."""
    currency: str | None
    """The wallet's currency: the pricing tier's, else the row's own."""
    billing_mode: str | None
    """``prepaid`` or ``postpaid``."""
    postpaid: bool | None
    """Whether the customer is billed afterwards."""
    auto_recharge: bool | None
    """Whether the wallet fills itself."""
    is_active: bool | None
    """Whether the account is active."""
    enabled: bool | None
    """Whether the account is enabled."""
    is_verified: bool | None
    """Whether the customer is verified."""
    is_trial_account: bool | None
    """Whether this is a trial."""
    status: str | None
    """``active``, ``suspended`` and others; older answers only."""
    kyc_status: str | None
    """``pending``, ``completed`` and others."""
    cps_limit: int | None
    """Calls begun in a second."""
    concurrent_calls_limit: int | None
    """Calls at the same time."""
    pricing_tier_id: str | None
    """Tier by id."""
    pricing_tier_name: str | None
    """Tier by name."""
    rate_per_minute: Decimal | None
    """The tier's price of a minute."""
    streaming_rate_per_minute: Decimal | None
    """The tier's price of a streamed minute; rows of a list only."""
    recording_rate_per_minute: Decimal | None
    """The tier's price of a recorded minute; rows of a list only."""
    whatsapp_voice_rate: Decimal | None
    """The tier's price of a WhatsApp voice minute; rows of a list only."""
    transcription_rate_per_minute: Decimal | None
    """The tier's price of a transcribed minute; rows of a list only."""
    pii_redaction_rate_per_minute: Decimal | None
    """The tier's price of a minute with personal data removed; rows of a list only."""
    charge_non_connected_calls: bool | None
    """Whether the tier charges for unanswered calls; rows of a list only."""
    non_connected_call_fee: Decimal | None
    """The tier's price of an unanswered call; rows of a list only."""
    did_release_fee: Decimal | None
    """The tier's price of giving a number back; rows of a list only."""
    pricing_tier_is_active: bool | None
    """Whether the tier is in use."""
    pricing_tier_is_default: bool | None
    """Whether new customers get the tier."""
    email: str | None
    """E-mail address; personal data."""
    phone: str | None
    """Telephone number in any spelling; personal data."""
    id: str | None
    """Number of the account, as text."""
    business_type: str | None
    """Kind of business."""
    account_type: str | None
    """Kind of account."""
    description: str | None
    """Note."""
    address: str | None
    """Street."""
    city: str | None
    """City."""
    state: str | None
    """State."""
    country: str | None
    """ISO 3166-1 code."""
    zip_code: str | None
    """Postal code."""
    timezone: str | None
    """The customer's time zone."""
    partner_id: str | None
    """UUID of the partner."""
    created_at: dt.datetime | None
    """When the account was created, UTC."""
    updated_at: dt.datetime | None
    """When it was last changed, UTC."""
    last_login: dt.datetime | None
    """When somebody last logged in, UTC."""

    @property
    def pricing_tier(self) -> PricingTier | None:
        """What the customer's calls cost; ``None`` where the service sent nothing of it."""
        own = {"id": "pricing_tier_id", "name": "pricing_tier_name"}
        own |= {"is_active": "pricing_tier_is_active", "is_default": "pricing_tier_is_default"}
        tier = PricingTier._of(tuple(getattr(self, own.get(name, name)) for name in PricingTier._fields))
        known = (value for name, value in tier.to_dict().items() if name != "currency")
        return tier if any(value is not None for value in known) else None


class Wallet(Record):
    """One wallet as it is at this moment, ``GET /accounts/{id}/balance``."""

    _shown = ("auth_id", "name", "balance", "currency")
    auth_id: str | None
    """Customer id, ``MA_…``."""
    name: str | None
    """Name of the customer."""
    balance: Decimal | None
    """The balance (``cash_credits`` in the service's answer). ``None`` is not known, not zero."""
    currency: str | None
    """Its currency."""
    updated_at: dt.datetime | None
    """When it last changed, UTC."""


class CreatedAccount(Record):
    """A customer that was just created, ``POST /accounts``."""

    _shown = ("auth_id", "name", "status")
    auth_id: str
    """Customer id, ``MA_…``."""
    name: str | None
    """Name."""
    email: str | None
    """E-mail address; personal data."""
    status: str | None
    """``active`` and others."""
    balance: Decimal | None
    """The wallet, zero at first."""
    currency: str | None
    """Currency of the wallet; the country decides it."""
    country: str | None
    """ISO 3166-1 code."""
    created_at: dt.datetime | None
    """When it was created, UTC."""
    auth_token: Secret | None
    """The customer's own token, where `create_account` was asked to keep it."""


class Accounts(Table[Account]):
    """Customer accounts: a sequence of `Account`, and a table whose columns are its attributes. ``GET /accounts``.

    Rows are found by place, by slice and by id: ``accounts[0]``, ``accounts[:10]``, ``accounts["MA_…"]``.
    """

    __slots__ = ()
    _row = Account

    def below(self, threshold: str | int | Decimal) -> Accounts:
        """Keep the customers whose wallet is below a threshold.

        Parameters
        ----------
        threshold : str, int or decimal.Decimal
            The amount, in the currency of each wallet. A float is refused, for it is not exact.

        Returns
        -------
        Accounts
            Those below it, in the order of this list. Wallets whose balance is not known are left out: unknown is not low.

        Examples
        --------
        >>> len(client.accounts().below("500")) > 0
        True
        """
        limit = _core.exact("accounts below", "threshold", threshold)
        balances = self._data.column("balance")
        low = [place for place, balance in enumerate(balances) if balance is not None and balance < limit]
        return self._with(self._data.take(low))


def _further(optional: dict[str, str | None]) -> dict[str, str]:
    for name in optional:
        if name not in _OPTIONAL:
            raise TypeError(f"create account: there is no field {name!r}; there are {', '.join(sorted(_OPTIONAL))}")
    return {name: value for name, value in optional.items() if value is not None}


def _one(found: Any) -> Account:
    return Accounts(found["rows"])[0]


class AccountCalls(Calls):
    """Calls about customers and their wallets."""

    def accounts(self, search: str | None = None, *, columns: Sequence[str] | None = None) -> Accounts:
        """Read every customer with its wallet, page by page. ``GET /accounts``.

        Parameters
        ----------
        search : str, optional
            Keeps customers whose name or e-mail address contains it.
        columns : sequence of str, optional
            The columns to keep, in this order; all of them by default.

        Returns
        -------
        Accounts

        Raises
        ------
        IncompleteError
            Where the list ended early twice; its ``rows`` are those that were read.

        Examples
        --------
        >>> accounts = client.accounts()
        >>> accounts.sum("balance") == client.dashboard().total_balance
        True
        """
        return self._read(LIST, _core.accounts(self._inner, search, names(columns)), Accounts)

    def stream_accounts(
        self, search: str | None = None, *, columns: Sequence[str] | None = None, rows: int = 10_000
    ) -> Stream[Accounts]:
        """Read the customers batch by batch. ``GET /accounts``.

        Parameters
        ----------
        search, columns
            As for `accounts`.
        rows : int, optional
            Rows of a batch, at least.

        Returns
        -------
        Stream of Accounts

        Examples
        --------
        >>> sum(len(batch) for batch in client.stream_accounts(columns=["auth_id"]).batches())
        40
        """
        return Stream(_core.account_batches(self._inner, rows, search, names(columns)), Accounts)

    def account(self, auth_id: str) -> Account:
        """Read one customer. ``GET /accounts/{auth_id}``.

        Parameters
        ----------
        auth_id : str
            The customer's id, ``MA_…``.

        Returns
        -------
        Account

        Raises
        ------
        NotFoundError
            Where nobody has this id, or another partner's customer does.
        """
        return self._wait(_core.account(self._inner, auth_id), _one)

    def balance(self, auth_id: str) -> Wallet:
        """Read one wallet as it is at this moment. ``GET /accounts/{auth_id}/balance``.

        Parameters
        ----------
        auth_id : str
            The customer's id, ``MA_…``.

        Returns
        -------
        Wallet
        """
        return self._wait(_core.balance(self._inner, auth_id), Wallet._from)

    def create_account(
        self,
        *,
        name: str,
        email: str,
        password: str,
        phone: str,
        country: str,
        keep_token: bool = False,
        **optional: str | None,
    ) -> CreatedAccount:
        """Create a customer. ``POST /accounts``; sent once. Needs a client with ``read_only=False``.

        Parameters
        ----------
        name : str
            Name.
        email : str
            E-mail address, unique on the whole platform.
        password : str
            At least 8 characters with a digit and a special one.
        phone : str
            Telephone number in E.164.
        country : str
            ISO 3166-1 code; it decides the currency.
        keep_token : bool, optional
            Whether the customer's own token is kept, as a `Secret`.
        **optional : str
            ``company``, ``description``, ``address``, ``city``, ``state``, ``zip_code``, ``timezone``, ``gstin``,
            ``gst_status``, ``account_type``.

        Returns
        -------
        CreatedAccount

        Raises
        ------
        ReadOnlyError, ForbiddenError, RejectedError
            Nothing was created.
        OutcomeUnknownError
            The answer was lost. Look for the e-mail address in the list before trying again.
        """
        further = _further(optional)
        call = _core.create_account(self._inner, name, email, password, phone, country, further, keep_token)
        return self._wait(call, CreatedAccount._from)


class AsyncAccountCalls(AsyncCalls):
    """Calls about customers and their wallets, awaited."""

    async def accounts(self, search: str | None = None, *, columns: Sequence[str] | None = None) -> Accounts:
        """Read every customer with its wallet. As `Client.accounts`."""
        return await self._read(LIST, _core.accounts(self._inner, search, names(columns)), Accounts)

    def stream_accounts(
        self, search: str | None = None, *, columns: Sequence[str] | None = None, rows: int = 10_000
    ) -> AsyncStream[Accounts]:
        """Read the customers batch by batch. As `Client.stream_accounts`, with ``async for``."""
        return AsyncStream(_core.account_batches(self._inner, rows, search, names(columns)), Accounts)

    async def account(self, auth_id: str) -> Account:
        """Read one customer. As `Client.account`."""
        return await self._wait(_core.account(self._inner, auth_id), _one)

    async def balance(self, auth_id: str) -> Wallet:
        """Read one wallet. As `Client.balance`."""
        return await self._wait(_core.balance(self._inner, auth_id), Wallet._from)

    async def create_account(
        self,
        *,
        name: str,
        email: str,
        password: str,
        phone: str,
        country: str,
        keep_token: bool = False,
        **optional: str | None,
    ) -> CreatedAccount:
        """Create a customer. As `Client.create_account`."""
        further = _further(optional)
        call = _core.create_account(self._inner, name, email, password, phone, country, further, keep_token)
        return await self._wait(call, CreatedAccount._from)
