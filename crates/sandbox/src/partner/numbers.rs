//! Phone numbers: of one customer, and of all.

use serde::Serialize;

use super::Asked;
use super::accounts::LARGEST_PAGE;
use super::figures::{Plain, seconds_z};
use super::refusal::Refusal;
use crate::calendar::Day;
use crate::random::Dice;
use crate::world::{Customer, NUMBER_SETUP, World, uuid};

#[derive(Serialize)]
pub(super) struct List {
    items: Vec<Number>,
    page: usize,
    per_page: usize,
    total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_auth_id: Option<String>,
}

#[derive(Serialize)]
struct Number {
    id: String,
    account_id: String,
    e164: String,
    country: &'static str,
    region: &'static str,
    capabilities: Capabilities,
    status: &'static str,
    provider: &'static str,
    setup_fee: Plain,
    monthly_fee: Plain,
    currency: &'static str,
    application_id: Option<String>,
    voice_enabled: bool,
    tags: Vec<String>,
    purchased_at: String,
    is_blocked: bool,
    created_at: String,
    updated_at: String,
    is_trial_number: bool,
    last_billing_date: String,
    next_billing_date: String,
    minimum_commitment_months: u32,
    aadhaar_verification_required: bool,
    aadhaar_verified: bool,
    source: &'static str,
}

#[derive(Serialize)]
struct Capabilities {
    voice: bool,
    sms: bool,
    mms: bool,
    fax: bool,
}

/// `GET /accounts/{customer_auth_id}/numbers`
pub(super) fn of_customer(world: &World, asked: &Asked, id: &str) -> Result<List, Refusal> {
    let customer = world.customer(id).ok_or_else(Refusal::unknown_customer)?;
    Ok(List { account_auth_id: Some(id.to_owned()), ..list(world, asked, std::iter::once(customer))? })
}

/// `GET /numbers`
pub(super) fn of_all(world: &World, asked: &Asked) -> Result<List, Refusal> {
    list(world, asked, world.customers())
}

fn list<'a>(world: &World, asked: &Asked, customers: impl Iterator<Item = (usize, &'a Customer)>) -> Result<List, Refusal> {
    let page = asked.parameters.page("per_page", LARGEST_PAGE)?;
    let wanted = asked.parameters.text("search");
    let all = customers.flat_map(|(index, customer)| (0..customer.traits.numbers).map(move |number| (index, customer, number)));
    let found: Vec<_> = all
        .filter(|(index, _, number)| wanted.is_none_or(|text| world.identity(*index).phone_number(*number).contains(text)))
        .collect();
    let shown = found.iter().skip(page.skipped()).take(page.size);
    let items = shown.map(|(index, customer, number)| item(world, *index, customer, *number)).collect();
    Ok(List { items, page: page.number, per_page: page.size, total: found.len(), account_auth_id: None })
}

fn item(world: &World, index: usize, customer: &Customer, number: u8) -> Number {
    let identity = world.identity(index);
    let traits = &customer.traits;
    let mut dice = Dice::new(&[traits.key, 0x6469_6400, u64::from(number)]);
    let created = traits.since.div_euclid(1_000_000);
    let purchased = created + i64::from(dice.between(3_600, 172_800));
    let last = customer.last_rent(number).unwrap_or(purchased);
    let next = next_rent(Day::of(world.now().timestamp()), traits.rent_day);
    Number {
        id: uuid(&[traits.key, 0x6469_6401, u64::from(number)]),
        account_id: identity.auth_id(),
        e164: identity.phone_number(number),
        country: "IN",
        region: identity.city().region,
        capabilities: Capabilities { voice: true, sms: false, mms: false, fax: false },
        status: "active",
        provider: "",
        setup_fee: Plain(NUMBER_SETUP),
        monthly_fee: Plain(world.rent(traits, number, world.today())),
        currency: traits.currency,
        // Seventeen digits: more than a binary float holds.
        application_id: dice.chance(900).then(|| (20_000_000_000_000_000 + dice.roll() % 20_000_000_000_000_000).to_string()),
        voice_enabled: true,
        tags: Vec::new(),
        purchased_at: seconds_z(purchased),
        is_blocked: false,
        created_at: seconds_z(created),
        updated_at: seconds_z(last.max(purchased)),
        is_trial_number: traits.is_trial,
        last_billing_date: seconds_z(last),
        next_billing_date: seconds_z(next),
        minimum_commitment_months: 0,
        aadhaar_verification_required: false,
        aadhaar_verified: false,
        source: "purchased",
    }
}

/// Six in the morning of the next `rent_day` after `today`.
fn next_rent(today: Day, rent_day: u32) -> i64 {
    let mut day = today.next();
    while day.of_month() != rent_day {
        day = day.next();
    }
    day.start() + 6 * 3_600
}
