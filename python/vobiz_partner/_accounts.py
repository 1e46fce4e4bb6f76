"""Customers and their wallets, as values."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._record import Record, Row
from vobiz_partner._table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from vobiz_partner._core import Secret


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
    partner_id: str | None
    """UUID of the partner whose tier it is; absent for the vendor's own."""


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
    auto_recharge_config: str | None
    """How it fills itself, as JSON as the service sent it; no document prints what is inside."""
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
    base_cps_limit: int | None
    """Calls begun in a second that the account has by itself; rows of a list only."""
    base_concurrent_calls_limit: int | None
    """Calls at the same time that it has by itself; rows of a list only."""
    purchased_cps: int | None
    """Calls begun in a second that were bought beside these; rows of a list only."""
    purchased_concurrent_calls: int | None
    """Calls at the same time that were bought beside these; rows of a list only."""
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
    gstin: str | None
    """Goods and services tax number, for invoices."""
    gst_status: str | None
    """State of that registration: ``active`` or ``inactive``."""
    tds_enabled: bool | None
    """Whether tax is deducted at source."""
    tds_percentage: Decimal | None
    """How much of it, in percent (0 to 100)."""
    id: str | None
    """Number of the account, as text."""
    api_id: str | None
    """UUID of the account."""
    business_type: str | None
    """Kind of business."""
    account_type: str | None
    """Kind of account."""
    role: str | None
    """What the account may do, such as ``user``."""
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
    pricing_tier_partner_id: str | None
    """UUID of the partner whose tier it is; absent for the vendor's own."""
    google_id: str | None
    """Google's id of the customer, where they sign in with that; rows of a list only."""
    referral_code: str | None
    """The customer's referral code; rows of a list only."""
    referral_disabled: bool | None
    """Whether the customer may refer nobody; rows of a list only."""
    custom_referrer_reward_amount: Decimal | None
    """What referring somebody brings, where it differs from the usual; rows of a list only."""
    custom_referee_reward_amount: Decimal | None
    """What being referred brings, where it differs from the usual; rows of a list only."""
    resource_uri: str | None
    """Path of the account's own API, ``/v1/Account/MA_…/``."""
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
        own |= {name: f"pricing_tier_{name}" for name in ("is_active", "is_default", "partner_id")}
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
