//! Customers and their wallets.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use pyo3::prelude::*;
use rust_decimal::Decimal;
use vobiz_core::accounts;

use crate::arguments::amount;
use crate::model::{Stored, model};
use crate::table::{Column, Read, Row, Rows, table};

impl Stored for accounts::PricingTier {}
impl Stored for accounts::Account {}
impl Stored for accounts::Wallet {}

model! {
    /// What a customer's calls cost, and in which currency. Rates are per minute.
    PricingTier(accounts::PricingTier), shown(id name currency rate_per_minute), key(it => (&it.id, &it.name, &it.currency)), {
        /// Id of the tier.
        id: Option<&str>,
        /// Name of the tier.
        name: Option<&str>,
        /// The customer's currency.
        currency: Option<&str>,
        /// Price of a minute.
        rate_per_minute: Option<Decimal>,
        /// Price of a streamed minute; rows of a list only.
        streaming_rate_per_minute: Option<Decimal>,
        /// Price of a recorded minute; rows of a list only.
        recording_rate_per_minute: Option<Decimal>,
        /// Price of a WhatsApp voice minute; rows of a list only.
        whatsapp_voice_rate: Option<Decimal>,
        /// Price of a transcribed minute; rows of a list only.
        transcription_rate_per_minute: Option<Decimal>,
        /// Price of a minute with personal data removed; rows of a list only.
        pii_redaction_rate_per_minute: Option<Decimal>,
        /// Whether unanswered calls cost something; rows of a list only.
        charge_non_connected_calls: Option<bool>,
        /// Price of an unanswered call; rows of a list only.
        non_connected_call_fee: Option<Decimal>,
        /// Price of giving a number back; rows of a list only.
        did_release_fee: Option<Decimal>,
        /// Whether the tier is in use.
        is_active: Option<bool>,
        /// Whether new customers get it.
        is_default: Option<bool>,
    }
}

model! {
    /// A customer account. The customer's own token, which the service sends along, is never kept.
    Account(accounts::Account), shown(auth_id name balance currency), key(it => &it.auth_id), {
        /// Customer id, ``MA_…``: what every other call asks for.
        auth_id: &str,
        /// Number of the account, as text.
        id: Option<&str>,
        /// Name; chosen by the customer.
        name: Option<&str>,
        /// E-mail address; personal data.
        email: Option<&str>,
        /// Telephone number in any spelling; personal data.
        phone: Option<&str>,
        /// Company.
        company: Option<&str>,
        /// Note.
        description: Option<&str>,
        /// Kind of business.
        business_type: Option<&str>,
        /// Kind of account.
        account_type: Option<&str>,
        /// ``prepaid`` or ``postpaid``.
        billing_mode: Option<&str>,
        /// Whether the customer is billed afterwards.
        postpaid: Option<bool>,
        /// Whether the wallet fills itself.
        auto_recharge: Option<bool>,
        /// The wallet (``cash_credits`` in the service's answer). ``None`` is not known, not zero.
        balance: Option<Decimal>,
        /// Calls a second.
        cps_limit: Option<u64>,
        /// Calls at the same time.
        concurrent_calls_limit: Option<u64>,
        /// Whether the account is active.
        is_active: Option<bool>,
        /// Whether the customer is verified.
        is_verified: Option<bool>,
        /// Whether this is a trial.
        is_trial_account: Option<bool>,
        /// Whether the account is enabled.
        enabled: Option<bool>,
        /// ``active``, ``suspended`` and others; older answers only.
        status: Option<&str>,
        /// ``pending``, ``completed`` and others.
        kyc_status: Option<&str>,
        /// Street.
        address: Option<&str>,
        /// City.
        city: Option<&str>,
        /// State.
        state: Option<&str>,
        /// ISO 3166-1 code.
        country: Option<&str>,
        /// Postal code.
        zip_code: Option<&str>,
        /// The customer's time zone.
        timezone: Option<&str>,
        /// Tier by id.
        pricing_tier_id: Option<&str>,
        /// Tier in full, or a part of it for a single account.
        pricing_tier: Option<PricingTier>,
        /// UUID of the partner.
        partner_id: Option<&str>,
        /// When the account was created.
        created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        updated_at: Option<DateTime<Utc>>,
        /// When somebody last logged in.
        last_login: Option<DateTime<Utc>>,
    }

    /// The wallet's currency: the pricing tier's, else the row's own. ``None`` leaves the report's.
    #[getter]
    fn currency(&self) -> Option<&str> {
        self.0.currency()
    }
}

model! {
    /// One wallet, as it is at this moment.
    Wallet(accounts::Wallet), shown(auth_id name balance currency), key(it => (&it.auth_id, it.balance)), {
        /// Customer id, ``MA_…``.
        auth_id: Option<&str>,
        /// Name of the customer.
        name: Option<&str>,
        /// The balance (``cash_credits`` in the service's answer). ``None`` is not known, not zero.
        balance: Option<Decimal>,
        /// Its currency.
        currency: Option<&str>,
        /// When it last changed.
        updated_at: Option<DateTime<Utc>>,
    }
}

impl Row for accounts::Account {
    type Python = Account;
    const KEY: &'static str = "auth_id";
    const COLUMNS: &'static [Column<Self>] = &[
        Column("auth_id", Read::Text(|row| Some(&row.auth_id))),
        Column("name", Read::Text(|row| row.name.as_deref())),
        Column("company", Read::Text(|row| row.company.as_deref())),
        Column("balance", Read::Amount(|row| row.balance)),
        Column("currency", Read::Text(Self::currency)),
        Column("billing_mode", Read::Text(|row| row.billing_mode.as_deref())),
        Column("postpaid", Read::Flag(|row| row.postpaid)),
        Column("auto_recharge", Read::Flag(|row| row.auto_recharge)),
        Column("is_active", Read::Flag(|row| row.is_active)),
        Column("enabled", Read::Flag(|row| row.enabled)),
        Column("is_verified", Read::Flag(|row| row.is_verified)),
        Column("is_trial_account", Read::Flag(|row| row.is_trial_account)),
        Column("status", Read::Text(|row| row.status.as_deref())),
        Column("kyc_status", Read::Text(|row| row.kyc_status.as_deref())),
        Column("cps_limit", Read::Count(|row| row.cps_limit)),
        Column("concurrent_calls_limit", Read::Count(|row| row.concurrent_calls_limit)),
        Column("pricing_tier_id", Read::Text(|row| row.pricing_tier_id.as_deref())),
        Column("pricing_tier_name", Read::Text(|row| row.pricing_tier.as_ref()?.name.as_deref())),
        Column("rate_per_minute", Read::Rate(|row| row.pricing_tier.as_ref()?.rate_per_minute)),
        Column("email", Read::Text(|row| row.email.as_deref())),
        Column("phone", Read::Text(|row| row.phone.as_deref())),
        Column("id", Read::Text(|row| row.id.as_deref())),
        Column("business_type", Read::Text(|row| row.business_type.as_deref())),
        Column("account_type", Read::Text(|row| row.account_type.as_deref())),
        Column("description", Read::Text(|row| row.description.as_deref())),
        Column("address", Read::Text(|row| row.address.as_deref())),
        Column("city", Read::Text(|row| row.city.as_deref())),
        Column("state", Read::Text(|row| row.state.as_deref())),
        Column("country", Read::Text(|row| row.country.as_deref())),
        Column("zip_code", Read::Text(|row| row.zip_code.as_deref())),
        Column("timezone", Read::Text(|row| row.timezone.as_deref())),
        Column("partner_id", Read::Text(|row| row.partner_id.as_deref())),
        Column("created_at", Read::Instant(|row| row.created_at)),
        Column("updated_at", Read::Instant(|row| row.updated_at)),
        Column("last_login", Read::Instant(|row| row.last_login)),
    ];

    fn key(&self) -> Cow<'_, str> {
        self.auth_id.as_str().into()
    }
}

table! {
    /// Customer accounts: a sequence of rows, and a table that any dataframe library reads.
    ///
    /// Rows are found by place, by slice and by id: ``accounts[0]``, ``accounts[:10]``, ``accounts["MA_…"]``.
    Accounts of accounts::Account;

    /// Keep the customers whose wallet is below a threshold.
    ///
    /// Wallets whose balance is not known are left out: unknown is not low.
    ///
    /// Parameters
    /// ----------
    /// threshold : str, int or decimal.Decimal
    ///     The amount, in the currency of each wallet. A float is refused, for it is not exact.
    ///
    /// Returns
    /// -------
    /// Accounts
    ///     Those below it, in the order of this list.
    ///
    /// Examples
    /// --------
    /// >>> len(client.accounts().below("500"))
    fn below(&self, threshold: &Bound<'_, PyAny>) -> PyResult<Self> {
        let threshold = amount("accounts below", "threshold", threshold)?;
        let low = |row: &&Arc<accounts::Account>| row.balance.is_some_and(|balance| balance < threshold);
        Ok(self.0.with(self.0.list.iter().filter(low).cloned().collect()).into())
    }
}

impl From<Vec<accounts::Account>> for Accounts {
    fn from(rows: Vec<accounts::Account>) -> Self {
        let mut currencies = rows.iter().map(accounts::Account::currency);
        let first = currencies.next().flatten().map(str::to_owned);
        let one = first.filter(|first| currencies.all(|other| other == Some(first)));
        Rows::new(rows, one, None).into()
    }
}
