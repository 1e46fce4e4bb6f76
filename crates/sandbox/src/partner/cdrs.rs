//! Call records: of one customer, of all, and one by its id.

use std::cmp::Reverse;

use serde::Serialize;

use super::Asked;
use super::accounts::LARGEST_PAGE;
use super::figures::{Plain, Tenths, seconds_z};
use super::query::{Page, Parameters};
use super::refusal::Refusal;
use crate::calendar::Day;
use crate::money::Amount;
use crate::random::Dice;
use crate::world::{CURRENCY, Call, Cause, Direction, Outcome, Product, Scope, Sums, World, call_id, call_number, uuid};

#[derive(Serialize)]
pub(super) struct List {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_auth_id: Option<String>,
    count: usize,
    data: Vec<Cdr>,
    pagination: Pagination,
    summary: Summary,
}

#[derive(Serialize)]
struct Pagination {
    page: usize,
    per_page: usize,
    total: usize,
    pages: usize,
    has_next: bool,
    has_prev: bool,
}

#[derive(Serialize)]
struct Summary {
    #[serde(rename = "answerRate")]
    answer_rate: Tenths,
    #[serde(rename = "answeredCalls")]
    answered_calls: u64,
    #[serde(rename = "avgCallDuration")]
    average_duration: String,
    last_call_at: Option<String>,
    #[serde(rename = "totalCalls")]
    total_calls: u64,
    total_billable_seconds: u64,
    total_cost: Plain,
    total_duration_seconds: u64,
}

#[derive(Serialize)]
pub(super) struct Cdr {
    account_id: String,
    answer_time: Option<String>,
    billsec: u16,
    bridge_uuid: Option<String>,
    call_direction: &'static str,
    caller_id_name: &'static str,
    caller_id_number: String,
    campaign_id: Option<String>,
    carrier_ip: &'static str,
    codec: &'static str,
    context: &'static str,
    cost: Plain,
    created_at: String,
    currency: &'static str,
    customer_endpoint: Option<String>,
    destination_number: String,
    duration: u16,
    end_time: String,
    failure_code: Option<u32>,
    failure_reason: Option<&'static str>,
    hangup_cause: &'static str,
    hangup_cause_code: u32,
    hangup_cause_name: &'static str,
    hangup_disposition: &'static str,
    hangup_source: &'static str,
    id: u64,
    jitter: u32,
    mos: Tenths,
    network_addr: &'static str,
    origination_region: &'static str,
    packet_loss: u32,
    progress_time: String,
    region: &'static str,
    ring_time: u16,
    sip_call_id: String,
    sip_user_agent: &'static str,
    start_time: String,
    streaming_cost: Plain,
    terminated_to: Option<String>,
    total_cost: Plain,
    trunk_id: Option<String>,
    updated_at: String,
    uuid: String,
}

/// `GET /accounts/{customer_auth_id}/cdrs`
pub(super) fn of_customer(world: &World, asked: &Asked, id: &str) -> Result<List, Refusal> {
    check_permission(world)?;
    let (index, _) = world.customer(id).ok_or_else(Refusal::unknown_customer)?;
    let list = list(world, asked, Scope::One(index))?;
    Ok(List { account_id: Some(id.to_owned()), account_auth_id: Some(id.to_owned()), ..list })
}

/// `GET /cdrs`
pub(super) fn of_all(world: &World, asked: &Asked) -> Result<List, Refusal> {
    check_permission(world)?;
    list(world, asked, Scope::All)
}

/// `GET /accounts/{customer_auth_id}/cdrs/{call_uuid}`
pub(super) fn one(world: &World, _: &Asked, id: &str, call: &str) -> Result<Cdr, Refusal> {
    check_permission(world)?;
    let (index, _) = world.customer(id).ok_or_else(Refusal::unknown_customer)?;
    let call = world.call(index, call).ok_or_else(|| Refusal::not_found("CDR_NOT_FOUND", "Call record not found"))?;
    Ok(cdr(world, index, &call))
}

fn check_permission(world: &World) -> Result<(), Refusal> {
    if world.partner.permissions.can_view_cdrs { Ok(()) } else { Err(Refusal::forbidden("can_view_cdrs")) }
}

fn list(world: &World, asked: &Asked, scope: Scope) -> Result<List, Refusal> {
    let page = asked.parameters.page("per_page", LARGEST_PAGE)?;
    let filter = Filter::read(&asked.parameters)?;
    let (from, to) = asked.parameters.dates("start_date", "end_date")?;
    let (from, to) = (from.map(Day::from_date), to.map(Day::from_date));
    let window = world.window(from, to);
    let mut found: Vec<(usize, Call)> = Vec::new();
    let mut sums = Sums::default();
    let mut last_call = None;
    let (total, skip) = if scope == Scope::All && filter.is_empty() && world.is_counted(window) {
        let (total, part, skip) = world.part(window, page.skipped(), page.size, |hour| hour.calls);
        world.calls(scope, part, |index, _, call| found.push((index, call)));
        for (_, day) in world.days(Day::of(window.first), Day::of(window.last)) {
            sums += day.all();
        }
        let (_, latest, _) = world.part(window, 0, 1, |hour| hour.calls);
        world.calls(scope, latest, |_, _, call| last_call = last_call.max(Some(call.start())));
        (total, skip)
    } else {
        world.calls(scope, window, |index, customer, call| {
            if world.is_listed(customer.traits.key, &call) && filter.keeps(customer.traits.key, &call) {
                // A sum over all customers counts one currency.
                let is_counted = scope != Scope::All || customer.traits.is_domestic();
                let call = world.recorded(call);
                sums.add(&if is_counted { call } else { Call { carriage: 0, streaming: 0, ..call } });
                last_call = last_call.max(Some(call.start()));
                found.push((index, call));
            }
        });
        (found.len(), page.skipped())
    };
    found.sort_unstable_by_key(|(index, call)| (Reverse(call.end), *index, Reverse(call.number)));
    let data: Vec<Cdr> = found.iter().skip(skip).take(page.size).map(|(index, call)| cdr(world, *index, call)).collect();
    Ok(List {
        success: true,
        account_id: None,
        account_auth_id: None,
        count: data.len(),
        data,
        pagination: pagination(page, total),
        summary: summary(sums, last_call),
    })
}

fn pagination(page: Page, total: usize) -> Pagination {
    let pages = page.count(total);
    Pagination { page: page.number, per_page: page.size, total, pages, has_next: page.number < pages, has_prev: page.number > 1 }
}

fn summary(sums: Sums, last_call: Option<i64>) -> Summary {
    let tenths = (sums.answered * 1_000 + sums.calls / 2).checked_div(sums.calls);
    Summary {
        answer_rate: Tenths(tenths.unwrap_or(0)),
        answered_calls: sums.answered,
        average_duration: format!("{}s", sums.lasted.checked_div(sums.calls).unwrap_or(0)),
        last_call_at: last_call.map(seconds_z),
        total_calls: sums.calls,
        total_billable_seconds: sums.talk,
        total_cost: Plain(sums.cost),
        total_duration_seconds: sums.lasted,
    }
}

/// What calls are asked for.
struct Filter {
    direction: Option<Direction>,
    outcome: Option<Outcome>,
    cause: Option<String>,
    min_duration: usize,
}

impl Filter {
    fn read(parameters: &Parameters) -> Result<Self, Refusal> {
        let direction = parameters.word("call_direction", &["inbound", "outbound"])?;
        let outcome = parameters.word("status", &["answered", "failed", "busy", "no_answer"])?;
        Ok(Self {
            direction: direction.map(|word| if word == "inbound" { Direction::Inbound } else { Direction::Outbound }),
            outcome: outcome.map(|word| match word {
                "answered" => Outcome::Answered,
                "busy" => Outcome::Busy,
                "no_answer" => Outcome::NoAnswer,
                _ => Outcome::Failed,
            }),
            cause: parameters.text("hangup_cause").map(str::to_owned),
            min_duration: parameters.number("min_duration", 0, 0, usize::MAX)?,
        })
    }

    fn is_empty(&self) -> bool {
        self.direction.is_none() && self.outcome.is_none() && self.cause.is_none() && self.min_duration == 0
    }

    fn keeps(&self, key: u64, call: &Call) -> bool {
        self.direction.is_none_or(|direction| direction == call.direction)
            && self.outcome.is_none_or(|outcome| outcome == call.outcome)
            && self.cause.as_deref().is_none_or(|cause| cause == Cause::of(key, call).text)
            && usize::from(call.ring + call.talk) >= self.min_duration
    }
}

fn cdr(world: &World, index: usize, call: &Call) -> Cdr {
    let call = &world.recorded(*call);
    let identity = world.identity(index);
    let uuid_of_call = call_id(world.seed, index, call);
    let mut dice = Dice::new(&[world.seed, 0x6364_7200, index as u64, call.end.unsigned_abs(), u64::from(call.number)]);
    let answered = call.outcome == Outcome::Answered;
    let cause = Cause::of(identity.key(), call);
    let contact = identity.contact(dice.roll());
    let own = identity.own_number(dice.roll(), world.numbers_of(index));
    let is_inbound = call.direction == Direction::Inbound;
    let (from, to) = if is_inbound { (contact, own) } else { (own, contact) };
    let is_api = call.product == Product::VoiceApi;
    let (start, end) = (seconds_z(call.start()), seconds_z(call.end));
    Cdr {
        account_id: identity.auth_id(),
        answer_time: answered.then(|| seconds_z(call.start() + i64::from(call.ring))),
        billsec: call.talk,
        bridge_uuid: answered.then(|| uuid(&[dice.roll()])),
        call_direction: if is_inbound { "inbound" } else { "outbound" },
        caller_id_name: "",
        caller_id_number: from,
        campaign_id: None,
        carrier_ip: "10.0.0.1",
        codec: if is_api { "PCMU" } else { "PCMA" },
        context: if is_api { "voice-api" } else { "sip-trunking" },
        cost: Plain(Amount::paise(i64::from(call.carriage))),
        created_at: end.clone(),
        currency: world.any_customer(index).map_or(CURRENCY, |customer| customer.traits.currency),
        customer_endpoint: None,
        destination_number: to,
        duration: call.ring + call.talk,
        end_time: end.clone(),
        failure_code: (!answered).then_some(cause.code),
        failure_reason: (!answered).then_some(cause.name),
        hangup_cause: cause.text,
        hangup_cause_code: cause.code,
        hangup_cause_name: cause.name,
        hangup_disposition: if answered { "send_bye" } else { "send_cancel" },
        hangup_source: ["Caller", "Callee", "Vobiz"][if answered { dice.below(2) as usize } else { dice.below(3) as usize }],
        id: call_number(index, call),
        jitter: dice.between(0, 6),
        mos: Tenths(u64::from(dice.between(38, 45))),
        network_addr: "10.0.0.2",
        origination_region: "mumbai",
        packet_loss: u32::from(dice.chance(40)),
        progress_time: start.clone(),
        region: "ap-south-1",
        ring_time: call.ring,
        sip_call_id: uuid(&[dice.roll()]),
        sip_user_agent: "Vobiz",
        start_time: start,
        streaming_cost: Plain(Amount::paise(i64::from(call.streaming))),
        terminated_to: None,
        total_cost: Plain(call.cost()),
        trunk_id: (!is_api).then(|| uuid(&[identity.key(), 0x7472_756e])),
        updated_at: end,
        uuid: uuid_of_call,
    }
}
