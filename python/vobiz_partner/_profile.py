"""The partner's own profile and wallet."""

from __future__ import annotations

from vobiz_partner._record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal


class Profile(Record):
    """The calling partner, ``GET /me``: identity, own wallet, capability flags. Inside reports its ``balance`` is absent."""

    _shown = ("auth_id", "name", "company", "balance", "currency")
    id: str | None
    """The partner's UUID, as it occurs in ledger references; not the id of the credentials."""
    account_id: int | None
    """Number of the account behind the partner."""
    auth_id: str | None
    """The id of the credentials, such as ``PA_XXXXXXXX``."""
    name: str | None
    """Name of the partner."""
    slug: str | None
    """Short name, as in addresses."""
    company: str | None
    """Company."""
    email: str | None
    """E-mail address; personal data."""
    phone: str | None
    """Telephone number; personal data."""
    billing_model: str | None
    """How the partner is billed."""
    is_active: bool | None
    """Whether the partner is active."""
    is_verified: bool | None
    """Whether the partner's own KYC is complete."""
    max_accounts: int | None
    """How many customers this partner may have."""
    account_count: int | None
    """How many it has."""
    can_create_accounts: bool | None
    """Whether customers may be created."""
    can_create_pricing_tiers: bool | None
    """Whether pricing tiers may be created."""
    can_view_cdrs: bool | None
    """Whether call records may be read."""
    can_transfer_balance: bool | None
    """Whether money may be moved to customers."""
    default_pricing_tier_id: str | None
    """Tier that new customers get."""
    balance: Decimal | None
    """The partner's own wallet. ``None`` inside reports; that is not zero."""
    currency: str | None
    """Currency of the wallet; the service leaves it out more often than not."""
    gstin: str | None
    """Goods and services tax number; older answers only."""
    gst_status: str | None
    """State of that registration; older answers only."""
    tds_applicable: bool | None
    """Whether tax is deducted at source; older answers only."""
    tds_percentage: Decimal | None
    """Percent of it; older answers only."""
    status: str | None
    """``active`` and others; older answers only."""
    country: str | None
    """ISO 3166-1 code; older answers only."""
    created_at: dt.datetime | None
    """When the partner was created, UTC."""
    updated_at: dt.datetime | None
    """When the profile was last changed, UTC."""
