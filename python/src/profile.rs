//! The partner's own profile and wallet.

use chrono::{DateTime, Utc};
use pyo3::prelude::*;
use rust_decimal::Decimal;
use vobiz_core::profile;

use crate::model::{Stored, model};

impl Stored for profile::Profile {}

model! {
    /// The calling partner: identity, own wallet, capability flags.
    ///
    /// The same object stands in reports as ``partner``, where the service leaves its ``balance`` out.
    Profile(profile::Profile), shown(auth_id name company balance currency), key(it => (&it.id, &it.auth_id, it.balance)), {
        /// The partner's UUID, as it occurs in ledger references; not the id of the credentials.
        id: Option<&str>,
        /// Number of the account behind the partner.
        account_id: Option<u64>,
        /// The id of the credentials, such as ``PA_XXXXXXXX``.
        auth_id: Option<&str>,
        /// Name of the partner.
        name: Option<&str>,
        /// Short name, as in addresses.
        slug: Option<&str>,
        /// Company.
        company: Option<&str>,
        /// E-mail address; personal data.
        email: Option<&str>,
        /// Telephone number; personal data.
        phone: Option<&str>,
        /// How the partner is billed.
        billing_model: Option<&str>,
        /// Whether the partner is active.
        is_active: Option<bool>,
        /// Whether the partner's own KYC is complete.
        is_verified: Option<bool>,
        /// How many customers this partner may have.
        max_accounts: Option<u64>,
        /// How many it has.
        account_count: Option<u64>,
        /// Whether customers may be created.
        can_create_accounts: Option<bool>,
        /// Whether pricing tiers may be created.
        can_create_pricing_tiers: Option<bool>,
        /// Whether call records may be read.
        can_view_cdrs: Option<bool>,
        /// Whether money may be moved to customers.
        can_transfer_balance: Option<bool>,
        /// Tier that new customers get.
        default_pricing_tier_id: Option<&str>,
        /// The partner's own wallet. ``None`` inside reports; that is not zero.
        balance: Option<Decimal>,
        /// Currency of the wallet; the service leaves it out more often than not.
        currency: Option<&str>,
        /// Goods and services tax number; older answers only.
        gstin: Option<&str>,
        /// State of that registration; older answers only.
        gst_status: Option<&str>,
        /// Whether tax is deducted at source; older answers only.
        tds_applicable: Option<bool>,
        /// Percent of it; older answers only.
        tds_percentage: Option<Decimal>,
        /// ``active`` and others; older answers only.
        status: Option<&str>,
        /// ISO 3166-1 code; older answers only.
        country: Option<&str>,
        /// When the partner was created.
        created_at: Option<DateTime<Utc>>,
        /// When the profile was last changed.
        updated_at: Option<DateTime<Utc>>,
    }
}
