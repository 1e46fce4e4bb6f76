//! The partner's own profile and wallet: `GET /me`.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::client::answer::Answer;
use crate::client::client::{Call, PartnerClient, understood};
use crate::client::model::model;
use crate::error::Result;

model! {
    /// The calling partner: identity, own wallet, capability flags (`GET /me`).
    ///
    /// Reports have the same object as `partner`, where its `balance` is null.
    pub struct Profile {
        /// The partner's UUID, as it occurs inside ledger references (`ptc:<id>:…`). Not the id of the request header.
        pub id: Option<String> = text("id"),
        /// Number of the account behind the partner.
        pub account_id: Option<u64> = count("account_id"),
        /// The id sent as `X-Auth-ID`, such as `PA_XXXXXXXX`.
        pub auth_id: Option<String> = customer("auth_id"),
        /// Name of the partner.
        pub name: Option<String> = text("name"),
        /// Short name, as in addresses.
        pub slug: Option<String> = text("slug"),
        /// Company.
        pub company: Option<String> = text("company"),
        /// E-mail address; personal data.
        pub email: Option<String> = text("email"),
        /// Telephone number, any spelling; personal data.
        pub phone: Option<String> = text("phone"),
        /// How the partner is billed; only `direct` is documented.
        pub billing_model: Option<String> = text("billing_model"),
        /// Whether the partner is active.
        pub is_active: Option<bool> = flag("is_active"),
        /// Whether the partner's own KYC is complete. Gates nothing visibly.
        pub is_verified: Option<bool> = flag("is_verified"),
        /// How many customers this partner may have.
        pub max_accounts: Option<u64> = count("max_accounts"),
        /// How many it has.
        pub account_count: Option<u64> = count("account_count"),
        /// Whether customers may be created.
        pub can_create_accounts: Option<bool> = flag("can_create_accounts"),
        /// A flag without a call behind it.
        pub can_create_pricing_tiers: Option<bool> = flag("can_create_pricing_tiers"),
        /// Whether call records may be read.
        pub can_view_cdrs: Option<bool> = flag("can_view_cdrs"),
        /// Whether money may be moved to customers.
        pub can_transfer_balance: Option<bool> = flag("can_transfer_balance"),
        /// Tier that new customers get.
        pub default_pricing_tier_id: Option<String> = text("default_pricing_tier_id"),
        /// The partner's own wallet, in whole currency units. Absent inside reports.
        pub balance: Option<Decimal> = amount("balance"),
        /// Promised by the documents and missing from their samples; absent more often than not.
        pub currency: Option<String> = id("currency"),
        /// Goods and services tax number; first generation only.
        pub gstin: Option<String> = text("gstin"),
        /// State of that registration; first generation only.
        pub gst_status: Option<String> = text("gst_status"),
        /// Whether tax is deducted at source; first generation only.
        pub tds_applicable: Option<bool> = flag("tds_applicable"),
        /// Percent of it; first generation only.
        pub tds_percentage: Option<Decimal> = number("tds_percentage"),
        /// `active`, …; first generation only.
        pub status: Option<String> = text("status"),
        /// Kind of account; first generation only.
        pub account_type: Option<String> = text("account_type"),
        /// ISO 3166-1 code; first generation only.
        pub country: Option<String> = text("country"),
        /// When the partner was created.
        pub created_at: Option<DateTime<Utc>> = instant("created_at"),
        /// When the profile was last changed.
        pub updated_at: Option<DateTime<Utc>> = instant("updated_at"),
    }
}

impl PartnerClient {
    /// Reads the partner's own profile and wallet.
    ///
    /// `GET /me`. A 404 here usually means a wrong base address.
    pub async fn me(&self) -> Result<Answer<Profile>> {
        const OPERATION: &str = "read profile";
        let profile = self.call(Call::read(OPERATION, "me")).await?;
        understood(OPERATION, profile, |profile: &Profile| {
            profile.auth_id.is_some() || profile.id.is_some() || profile.balance.is_some()
        })
    }
}
