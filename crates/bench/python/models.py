"""The fields that the crate's own models keep of the measured bodies, as pydantic models."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel, Field


class PricingTier(BaseModel):
    id: str | None = None
    name: str | None = None
    currency: str | None = None
    rate_per_minute: Decimal | None = None
    streaming_rate_per_minute: Decimal | None = None
    recording_rate_per_minute: Decimal | None = None
    whatsapp_voice_rate: Decimal | None = None
    transcription_rate_per_minute: Decimal | None = None
    pii_redaction_rate_per_minute: Decimal | None = None
    charge_non_connected_calls: bool | None = None
    non_connected_call_fee: Decimal | None = None
    did_release_fee: Decimal | None = None
    is_active: bool | None = None
    is_default: bool | None = None


class Account(BaseModel):
    auth_id: str
    id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    description: str | None = None
    business_type: str | None = None
    account_type: str | None = None
    billing_mode: str | None = None
    postpaid: bool | None = None
    auto_recharge: bool | None = None
    balance: Decimal | None = Field(None, alias="cash_credits")
    cps_limit: int | None = None
    concurrent_calls_limit: int | None = None
    is_active: bool | None = None
    is_verified: bool | None = None
    is_trial_account: bool | None = None
    enabled: bool | None = None
    status: str | None = None
    kyc_status: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    zip_code: str | None = None
    timezone: str | None = None
    pricing_tier_id: str | None = None
    pricing_tier: PricingTier | None = None
    partner_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    last_login: datetime | None = None
    own_currency: str | None = Field(None, alias="currency")


class Profile(BaseModel):
    id: str | None = None
    account_id: int | None = None
    auth_id: str | None = None
    name: str | None = None
    slug: str | None = None
    company: str | None = None
    email: str | None = None
    phone: str | None = None
    billing_model: str | None = None
    is_active: bool | None = None
    is_verified: bool | None = None
    max_accounts: int | None = None
    account_count: int | None = None
    can_create_accounts: bool | None = None
    can_create_pricing_tiers: bool | None = None
    can_view_cdrs: bool | None = None
    can_transfer_balance: bool | None = None
    default_pricing_tier_id: str | None = None
    balance: Decimal | None = None
    currency: str | None = None
    gstin: str | None = None
    gst_status: str | None = None
    tds_applicable: bool | None = None
    tds_percentage: Decimal | None = None
    status: str | None = None
    country: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class CallFigures(BaseModel):
    total_calls: int | None = None
    answered_calls: int | None = None
    reported_failed_calls: int | None = Field(None, alias="failed_calls")
    total_minutes: Decimal | None = None
    total_cost: Decimal | None = None


class DayFigures(BaseModel):
    date: date
    total_calls: int | None = None
    answered_calls: int | None = None
    total_minutes: Decimal | None = None
    total_cost: Decimal | None = None
    inbound: CallFigures | None = None
    outbound: CallFigures | None = None


class Period(BaseModel):
    from_date: date | None = Field(None, alias="from")
    to_date: date | None = Field(None, alias="to")


class Traffic(BaseModel):
    inbound: CallFigures | None = None
    outbound: CallFigures | None = None


class ReportCustomer(BaseModel):
    auth_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    is_active: bool | None = None
    created_at: datetime | None = None


class ReportAccounts(BaseModel):
    total: int | None = None
    active: int | None = None
    customers: list[ReportCustomer] = []


class Transaction(BaseModel):
    id: str
    account_id: str | None = None
    balance_id: str | None = None
    transaction_type: str | None = Field(None, alias="type")
    amount: Decimal | None = None
    currency: str | None = None
    description: str | None = None
    reference: str | None = None
    reference_type: str | None = None
    status: str | None = None
    processed_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Report(BaseModel):
    partner: Profile | None = None
    period: Period | None = None
    accounts: ReportAccounts | None = None
    total_balance: Decimal | None = None
    currency: str | None = None
    calls: CallFigures | None = None
    traffic: Traffic | None = None
    by_product: dict[str, CallFigures] = {}
    time_series: list[DayFigures] = []


class Accounts(BaseModel):
    accounts: list[Account]
    total: int
    page: int
    size: int


class Transactions(BaseModel):
    transactions: list[Transaction]
    total: int
    page: int
    per_page: int
    total_pages: int
