//! `GET /me`, and the partner inside reports.

use serde::Serialize;

use super::Asked;
use super::figures::{WalletText, micros_z};
use super::refusal::Refusal;
use crate::world::{COMPANY, NAME, World, uuid};

#[derive(Serialize)]
pub(super) struct Profile {
    id: String,
    account_id: u64,
    name: &'static str,
    slug: &'static str,
    company: &'static str,
    auth_id: String,
    email: &'static str,
    phone: &'static str,
    billing_model: &'static str,
    is_active: bool,
    is_verified: bool,
    max_accounts: usize,
    can_create_accounts: bool,
    can_create_pricing_tiers: bool,
    can_view_cdrs: bool,
    can_transfer_balance: bool,
    default_pricing_tier_id: String,
    account_count: usize,
    balance: Option<WalletText>,
    created_at: String,
    updated_at: String,
}

/// `GET /me`
#[expect(clippy::unnecessary_wraps, reason = "every call may refuse")]
pub(super) fn me(world: &World, asked: &Asked) -> Result<Profile, Refusal> {
    Ok(Profile { balance: Some(WalletText(world.partner.wallet)), ..within_report(world, asked) })
}

/// The partner as reports show it: without its wallet.
pub(super) fn within_report(world: &World, asked: &Asked) -> Profile {
    let partner = &world.partner;
    // A year and a half before the records begin.
    let created = world.first_day().plus(-540).start() * 1_000_000 + 529_435;
    Profile {
        id: partner.id(),
        account_id: 500_000,
        name: NAME,
        slug: "bharat-dialtone",
        company: COMPANY,
        auth_id: asked.credentials.auth_id.clone(),
        email: "accounts@bharat-dialtone.example",
        phone: "+918047100200",
        billing_model: "direct",
        is_active: true,
        is_verified: false,
        max_accounts: partner.max_accounts(),
        can_create_accounts: partner.permissions.can_create_accounts,
        can_create_pricing_tiers: partner.permissions.can_create_pricing_tiers,
        can_view_cdrs: partner.permissions.can_view_cdrs,
        can_transfer_balance: partner.permissions.can_transfer_balance,
        default_pricing_tier_id: tier_id(world.seed, 1),
        account_count: world.customers().count(),
        balance: None,
        created_at: micros_z(created),
        updated_at: micros_z(partner.ledger.last().map_or(created, |movement| movement.at)),
    }
}

/// The id of a pricing tier.
pub(super) fn tier_id(seed: u64, number: u64) -> String {
    uuid(&[seed, 0x7469_6572, number])
}
