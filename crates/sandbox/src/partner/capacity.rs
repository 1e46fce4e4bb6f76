//! Capacity: both moves, the limits of both sides, and the history.

use axum::body::Bytes;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::Asked;
use super::body::Fields;
use super::figures::seconds_z;
use super::refusal::Refusal;
use crate::world::{CapacityMove, CapacityRefused, Resource, Way, World};

#[derive(Serialize)]
pub(super) struct Moved {
    success: bool,
    slots: u32,
    resource: &'static str,
    from_account: String,
    to_account: String,
    transfer_reference: String,
    partner_remaining: u32,
    customer_effective: u32,
    message: String,
}

#[derive(Serialize)]
pub(super) struct Allocation {
    partner_auth_id: String,
    customer_auth_id: String,
    partner_concurrent_calls_limit: u32,
    customer_concurrent_calls_limit: u32,
    net_concurrent_calls_allocated: u32,
    partner_cps_limit: u32,
    customer_cps_limit: u32,
    net_cps_allocated: u32,
}

#[derive(Serialize)]
pub(super) struct History {
    transfers: Vec<Row>,
    limit: usize,
    offset: usize,
}

#[derive(Serialize)]
struct Row {
    transfer_reference: String,
    resource: &'static str,
    slots: u32,
    from_account: String,
    to_account: String,
    description: Option<String>,
    created_at: String,
}

/// `POST /accounts/{customer_auth_id}/concurrency/transfer`
pub(super) fn transfer(world: &mut World, asked: &Asked, id: &str, body: &Bytes) -> Result<Moved, Refusal> {
    move_slots(world, asked, id, body, Way::Given)
}

/// `POST /accounts/{customer_auth_id}/concurrency/reclaim`
pub(super) fn reclaim(world: &mut World, asked: &Asked, id: &str, body: &Bytes) -> Result<Moved, Refusal> {
    move_slots(world, asked, id, body, Way::Reclaimed)
}

fn move_slots(world: &mut World, asked: &Asked, id: &str, body: &Bytes, way: Way) -> Result<Moved, Refusal> {
    if !world.partner.permissions.can_move_capacity {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "FORBIDDEN", "Limit transfers are not enabled for this partner"));
    }
    let fields = Fields::read(body)?;
    let resource = match fields.get("resource") {
        Value::Null => Resource::ConcurrentCalls,
        Value::String(name) if name == Resource::ConcurrentCalls.name() => Resource::ConcurrentCalls,
        Value::String(name) if name == Resource::Cps.name() => Resource::Cps,
        other => return Err(Refusal::invalid("resource", "Must be one of concurrent_calls, cps", "INVALID_CHOICE", other)),
    };
    let slots = fields.number("slots", 1, 10_000)?;
    let slots = slots.ok_or_else(|| Refusal::invalid("slots", "Field required", "REQUIRED", &Value::Null))?;
    let description = fields.text("description", 500)?;
    let (remaining, effective) = world.move_capacity(id, way, resource, slots, description).map_err(|refused| {
        let name = resource.name();
        match (refused, way) {
            (CapacityRefused::UnknownCustomer, _) => Refusal::unknown_customer(),
            (CapacityRefused::TooLittle(left), Way::Given) => too_little(&format!("Only {left} {name} are left to give")),
            (CapacityRefused::TooLittle(given), Way::Reclaimed) => too_little(&format!("Only {given} {name} were given")),
        }
    })?;
    let (from_account, to_account) = sides(asked, id, way);
    let words = if way == Way::Given { "transferred to" } else { "reclaimed from" };
    Ok(Moved {
        success: true,
        slots,
        resource: resource.name(),
        from_account,
        to_account,
        transfer_reference: world.capacity.moves.last().map(|last| last.reference.clone()).unwrap_or_default(),
        partner_remaining: remaining,
        customer_effective: effective,
        message: format!("{slots} {} {words} {id}", resource.name()),
    })
}

fn too_little(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "INSUFFICIENT_CAPACITY", message)
}

/// Whose the slots were and whose they are.
fn sides(asked: &Asked, customer: &str, way: Way) -> (String, String) {
    let (partner, customer) = (asked.credentials.auth_id.clone(), customer.to_owned());
    if way == Way::Given { (partner, customer) } else { (customer, partner) }
}

/// `GET /accounts/{customer_auth_id}/concurrency`
pub(super) fn allocation(world: &World, asked: &Asked, id: &str) -> Result<Allocation, Refusal> {
    let (_, customer) = world.customer(id).ok_or_else(Refusal::unknown_customer)?;
    let (left, limits) = (world.capacity.left, customer.limits());
    Ok(Allocation {
        partner_auth_id: asked.credentials.auth_id.clone(),
        customer_auth_id: id.to_owned(),
        partner_concurrent_calls_limit: left.concurrent_calls,
        customer_concurrent_calls_limit: limits.concurrent_calls,
        net_concurrent_calls_allocated: customer.extra.concurrent_calls,
        partner_cps_limit: left.cps,
        customer_cps_limit: limits.cps,
        net_cps_allocated: customer.extra.cps,
    })
}

/// `GET /concurrency/transfers`, newest first
pub(super) fn history(world: &World, asked: &Asked) -> Result<History, Refusal> {
    let limit = asked.parameters.number("limit", 50, 1, 200)?;
    let offset = asked.parameters.number("offset", 0, 0, usize::MAX)?;
    let row = |moved: &CapacityMove| {
        let (from_account, to_account) = sides(asked, &moved.customer, moved.way);
        Row {
            transfer_reference: moved.reference.clone(),
            resource: moved.resource.name(),
            slots: moved.slots,
            from_account,
            to_account,
            description: moved.description.clone(),
            created_at: seconds_z(moved.second),
        }
    };
    Ok(History { transfers: world.capacity.moves.iter().rev().skip(offset).take(limit).map(row).collect(), limit, offset })
}
