//! `GET /accounts`, one of them, and its wallet.

use serde::Serialize;
use serde_json::{Value, json};

use super::Asked;
use super::figures::{Plain, WalletText, micros_offset};
use super::profile::tier_id;
use super::refusal::Refusal;
use crate::money::Amount;
use crate::world::{Customer, Kyc, Tier, World};

#[derive(Serialize)]
pub(super) struct Page {
    accounts: Vec<Row>,
    total: usize,
    page: usize,
    /// What was asked for as `per_page`.
    size: usize,
}

/// A row of the list: everything, and more.
#[derive(Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    account: Account,
    pricing_tier: FullTier,
    base_cps_limit: Option<u32>,
    base_concurrent_calls_limit: Option<u32>,
    purchased_cps: Option<u32>,
    purchased_concurrent_calls: Option<u32>,
    google_id: Option<String>,
    referral_code: Option<String>,
    referral_disabled: bool,
    custom_referrer_reward_amount: Option<u32>,
    custom_referee_reward_amount: Option<u32>,
}

/// One account by itself.
#[derive(Serialize)]
pub(super) struct Single {
    #[serde(flatten)]
    account: Account,
    pricing_tier: ShortTier,
}

#[derive(Serialize)]
struct Account {
    #[serde(flatten)]
    names: Names,
    tds_enabled: bool,
    tds_percentage: u32,
    business_type: &'static str,
    id: String,
    auth_id: String,
    api_id: String,
    account_type: String,
    role: &'static str,
    postpaid: bool,
    billing_mode: &'static str,
    auto_recharge: bool,
    cash_credits: WalletText,
    cps_limit: u32,
    concurrent_calls_limit: u32,
    is_active: bool,
    is_verified: bool,
    is_trial_account: bool,
    enabled: bool,
    kyc_status: &'static str,
    created_at: String,
    updated_at: String,
    last_login: Option<String>,
    pricing_tier_id: String,
    partner_id: String,
    auto_recharge_config: Option<Value>,
    resource_uri: String,
    auth_token: String,
}

/// What a customer is called and where it sits.
#[derive(Serialize)]
pub(super) struct Names {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: String,
    description: Option<String>,
    gstin: Option<String>,
    gst_status: Option<String>,
    address: Option<String>,
    city: Option<String>,
    state: Option<String>,
    timezone: Option<String>,
    country: String,
    zip_code: Option<String>,
    company: Option<String>,
}

#[derive(Serialize)]
struct ShortTier {
    id: String,
    name: &'static str,
    currency: &'static str,
    rate_per_minute: Plain,
    is_active: bool,
    is_default: bool,
    partner_id: Option<String>,
}

#[derive(Serialize)]
struct FullTier {
    #[serde(flatten)]
    short: ShortTier,
    streaming_rate_per_minute: Plain,
    recording_rate_per_minute: Plain,
    whatsapp_voice_rate: Plain,
    transcription_rate_per_minute: Plain,
    pii_redaction_rate_per_minute: Plain,
    charge_non_connected_calls: bool,
    non_connected_call_fee: Plain,
    did_release_fee: u32,
}

#[derive(Serialize)]
pub(super) struct Balance {
    auth_id: String,
    name: String,
    cash_credits: WalletText,
    currency: &'static str,
    updated_at: String,
}

/// The largest page of most lists.
pub(super) const LARGEST_PAGE: usize = 100;

/// `GET /accounts`
pub(super) fn list(world: &World, asked: &Asked) -> Result<Page, Refusal> {
    let page = asked.parameters.page("per_page", LARGEST_PAGE)?;
    let (rows, total) = match asked.parameters.text("search").map(str::to_lowercase) {
        None => (rows(world, world.customers().skip(page.skipped()).take(page.size)), world.customers().count()),
        Some(wanted) => {
            let found: Vec<_> = world
                .customers()
                .filter(|(index, customer)| {
                    let names = names(world, *index, customer);
                    names.name.to_lowercase().contains(&wanted) || names.email.to_lowercase().contains(&wanted)
                })
                .collect();
            let total = found.len();
            (rows(world, found.into_iter().skip(page.skipped()).take(page.size)), total)
        }
    };
    Ok(Page { accounts: rows, total, page: page.number, size: page.size })
}

fn rows<'a>(world: &World, customers: impl Iterator<Item = (usize, &'a Customer)>) -> Vec<Row> {
    let rows = customers.map(|(index, customer)| Row {
        account: account(world, index, customer),
        pricing_tier: full_tier(world, customer.traits.tier, customer.traits.currency),
        base_cps_limit: None,
        base_concurrent_calls_limit: None,
        purchased_cps: None,
        purchased_concurrent_calls: None,
        google_id: None,
        referral_code: None,
        referral_disabled: false,
        custom_referrer_reward_amount: None,
        custom_referee_reward_amount: None,
    });
    rows.collect()
}

/// `GET /accounts/{customer_auth_id}`
pub(super) fn one(world: &World, _: &Asked, id: &str) -> Result<Single, Refusal> {
    let (index, customer) = world.customer(id).ok_or_else(Refusal::unknown_customer)?;
    Ok(Single {
        account: account(world, index, customer),
        pricing_tier: short_tier(world, customer.traits.tier, customer.traits.currency),
    })
}

/// `GET /accounts/{customer_auth_id}/balance`
pub(super) fn balance(world: &World, _: &Asked, id: &str) -> Result<Balance, Refusal> {
    let (index, customer) = world.customer(id).ok_or_else(Refusal::unknown_customer)?;
    Ok(Balance {
        auth_id: id.to_owned(),
        name: names(world, index, customer).name,
        cash_credits: WalletText(customer.wallet),
        currency: customer.traits.currency,
        updated_at: micros_offset(world.now().timestamp_micros()),
    })
}

/// What customer `index` is called: as it was created, or as the seed has it.
pub(super) fn names(world: &World, index: usize, customer: &Customer) -> Names {
    let identity = world.identity(index);
    if let Some(given) = customer.given.as_deref().cloned() {
        return Names {
            name: given.name,
            email: given.email,
            phone: given.phone,
            description: given.description,
            gstin: given.gstin,
            gst_status: given.gst_status,
            address: given.address,
            city: given.city,
            state: given.state,
            timezone: given.timezone,
            country: given.country,
            zip_code: given.zip_code,
            company: given.company,
        };
    }
    let gstin = identity.gstin();
    let name = identity.name();
    Names {
        email: identity.email(),
        phone: identity.phone(),
        description: None,
        gst_status: gstin.as_ref().map(|_| "active".to_owned()),
        gstin,
        address: Some(identity.address()),
        city: Some(identity.city().name.to_owned()),
        state: Some(identity.city().state.to_owned()),
        timezone: Some("Asia/Kolkata".to_owned()),
        country: "IN".to_owned(),
        zip_code: Some(identity.zip_code()),
        company: Some(name.clone()),
        name,
    }
}

fn account(world: &World, index: usize, customer: &Customer) -> Account {
    let identity = world.identity(index);
    let traits = &customer.traits;
    let auth_id = identity.auth_id();
    let updated = customer.entries.last().map_or(traits.since, |entry| entry.at);
    let recharge = traits.auto_recharge_below();
    Account {
        names: names(world, index, customer),
        tds_enabled: false,
        tds_percentage: 2,
        business_type: "individual",
        id: identity.number().to_string(),
        api_id: identity.api_id(),
        account_type: customer.given.as_ref().map_or_else(|| "standard".to_owned(), |given| given.account_type.clone()),
        role: "user",
        postpaid: traits.is_postpaid(),
        billing_mode: if traits.is_postpaid() { "postpaid" } else { "prepaid" },
        auto_recharge: recharge.is_some(),
        cash_credits: WalletText(customer.wallet),
        cps_limit: customer.limits().cps,
        concurrent_calls_limit: customer.limits().concurrent_calls,
        is_active: traits.is_active,
        is_verified: traits.kyc == Kyc::Completed,
        is_trial_account: traits.is_trial,
        enabled: traits.is_active,
        kyc_status: if traits.kyc == Kyc::Completed { "completed" } else { "pending" },
        created_at: micros_offset(traits.since),
        updated_at: micros_offset(updated),
        last_login: Some(traits.since + 216_000_000).filter(|at| *at <= world.now().timestamp_micros()).map(micros_offset),
        pricing_tier_id: tier_id(world.seed, traits.tier.number),
        partner_id: world.partner.id(),
        auto_recharge_config: recharge
            .map(|below| json!({"threshold": Plain(below), "amount": Plain(traits.top_up), "enabled": true})),
        resource_uri: format!("/v1/Account/{auth_id}/"),
        auth_token: identity.auth_token(),
        auth_id,
    }
}

fn short_tier(world: &World, tier: &Tier, currency: &'static str) -> ShortTier {
    ShortTier {
        id: tier_id(world.seed, tier.number),
        name: tier.name,
        currency,
        rate_per_minute: paise(tier.rate),
        is_active: true,
        is_default: tier.is_default,
        partner_id: None,
    }
}

fn full_tier(world: &World, tier: &Tier, currency: &'static str) -> FullTier {
    FullTier {
        short: short_tier(world, tier, currency),
        streaming_rate_per_minute: paise(tier.streaming),
        recording_rate_per_minute: paise(10),
        whatsapp_voice_rate: paise(tier.rate),
        transcription_rate_per_minute: paise(10),
        pii_redaction_rate_per_minute: paise(30),
        charge_non_connected_calls: tier.unconnected > 0,
        non_connected_call_fee: paise(tier.unconnected),
        did_release_fee: 700,
    }
}

fn paise(paise: u32) -> Plain {
    Plain(Amount::paise(i64::from(paise)))
}
