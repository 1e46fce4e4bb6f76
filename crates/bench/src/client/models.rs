//! The fields that the crate's own models keep of the measured bodies, derived: one name each, no tolerance.
//!
//! Amounts that bodies hold as numbers are floats here: that is what derived models read fastest.

#![expect(dead_code, reason = "that a field is read is what is measured")]

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct PricingTier {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) rate_per_minute: Option<f64>,
    pub(crate) streaming_rate_per_minute: Option<f64>,
    pub(crate) recording_rate_per_minute: Option<f64>,
    pub(crate) whatsapp_voice_rate: Option<f64>,
    pub(crate) transcription_rate_per_minute: Option<f64>,
    pub(crate) pii_redaction_rate_per_minute: Option<f64>,
    pub(crate) charge_non_connected_calls: Option<bool>,
    pub(crate) non_connected_call_fee: Option<f64>,
    pub(crate) did_release_fee: Option<f64>,
    pub(crate) is_active: Option<bool>,
    pub(crate) is_default: Option<bool>,
}

#[derive(Deserialize)]
pub(crate) struct Account {
    pub(crate) auth_id: String,
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) business_type: Option<String>,
    pub(crate) account_type: Option<String>,
    pub(crate) billing_mode: Option<String>,
    pub(crate) postpaid: Option<bool>,
    pub(crate) auto_recharge: Option<bool>,
    #[serde(rename = "cash_credits")]
    pub(crate) balance: Option<Decimal>,
    pub(crate) cps_limit: Option<u64>,
    pub(crate) concurrent_calls_limit: Option<u64>,
    pub(crate) is_active: Option<bool>,
    pub(crate) is_verified: Option<bool>,
    pub(crate) is_trial_account: Option<bool>,
    pub(crate) enabled: Option<bool>,
    pub(crate) status: Option<String>,
    pub(crate) kyc_status: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) zip_code: Option<String>,
    pub(crate) timezone: Option<String>,
    pub(crate) pricing_tier_id: Option<String>,
    pub(crate) pricing_tier: Option<PricingTier>,
    pub(crate) partner_id: Option<String>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) updated_at: Option<DateTime<Utc>>,
    pub(crate) last_login: Option<DateTime<Utc>>,
    #[serde(rename = "currency")]
    pub(crate) own_currency: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Profile {
    pub(crate) id: Option<String>,
    pub(crate) account_id: Option<u64>,
    pub(crate) auth_id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) slug: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) billing_model: Option<String>,
    pub(crate) is_active: Option<bool>,
    pub(crate) is_verified: Option<bool>,
    pub(crate) max_accounts: Option<u64>,
    pub(crate) account_count: Option<u64>,
    pub(crate) can_create_accounts: Option<bool>,
    pub(crate) can_create_pricing_tiers: Option<bool>,
    pub(crate) can_view_cdrs: Option<bool>,
    pub(crate) can_transfer_balance: Option<bool>,
    pub(crate) default_pricing_tier_id: Option<String>,
    pub(crate) balance: Option<Decimal>,
    pub(crate) currency: Option<String>,
    pub(crate) gstin: Option<String>,
    pub(crate) gst_status: Option<String>,
    pub(crate) tds_applicable: Option<bool>,
    pub(crate) tds_percentage: Option<Decimal>,
    pub(crate) status: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) updated_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct CallFigures {
    pub(crate) total_calls: Option<u64>,
    pub(crate) answered_calls: Option<u64>,
    #[serde(rename = "failed_calls")]
    pub(crate) reported_failed_calls: Option<u64>,
    pub(crate) total_minutes: Option<f64>,
    pub(crate) total_cost: Option<Decimal>,
}

#[derive(Deserialize)]
pub(crate) struct DayFigures {
    pub(crate) date: NaiveDate,
    pub(crate) total_calls: Option<u64>,
    pub(crate) answered_calls: Option<u64>,
    pub(crate) total_minutes: Option<f64>,
    pub(crate) total_cost: Option<Decimal>,
    pub(crate) inbound: Option<CallFigures>,
    pub(crate) outbound: Option<CallFigures>,
}

#[derive(Deserialize)]
pub(crate) struct Period {
    #[serde(rename = "from")]
    pub(crate) from_date: Option<NaiveDate>,
    #[serde(rename = "to")]
    pub(crate) to_date: Option<NaiveDate>,
}

#[derive(Deserialize)]
pub(crate) struct Traffic {
    pub(crate) inbound: Option<CallFigures>,
    pub(crate) outbound: Option<CallFigures>,
}

#[derive(Deserialize)]
pub(crate) struct ReportCustomer {
    pub(crate) auth_id: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) is_active: Option<bool>,
    pub(crate) created_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct ReportAccounts {
    pub(crate) total: Option<u64>,
    pub(crate) active: Option<u64>,
    #[serde(default)]
    pub(crate) customers: Vec<ReportCustomer>,
}

#[derive(Deserialize)]
pub(crate) struct Transaction {
    pub(crate) id: String,
    pub(crate) account_id: Option<String>,
    pub(crate) balance_id: Option<String>,
    #[serde(rename = "type")]
    pub(crate) transaction_type: Option<String>,
    pub(crate) amount: Option<f64>,
    pub(crate) currency: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) reference_type: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) processed_at: Option<DateTime<Utc>>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) updated_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct Report {
    pub(crate) partner: Option<Profile>,
    pub(crate) period: Option<Period>,
    pub(crate) accounts: Option<ReportAccounts>,
    pub(crate) total_balance: Option<Decimal>,
    pub(crate) currency: Option<String>,
    pub(crate) calls: Option<CallFigures>,
    pub(crate) traffic: Option<Traffic>,
    pub(crate) by_product: BTreeMap<String, CallFigures>,
    pub(crate) time_series: Vec<DayFigures>,
}

#[derive(Deserialize)]
pub(crate) struct Accounts {
    pub(crate) accounts: Vec<Account>,
    pub(crate) total: usize,
    pub(crate) page: usize,
    pub(crate) size: usize,
}

#[derive(Deserialize)]
pub(crate) struct Transactions {
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) total: usize,
    pub(crate) page: usize,
    pub(crate) per_page: usize,
    pub(crate) total_pages: usize,
}
