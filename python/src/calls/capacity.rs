//! Capacity: calls at once and calls begun in a second.

use pyo3::prelude::*;
use vobiz_core::ErrorKind;
use vobiz_core::capacity::{Allocation, CapacityMove, Resource};

use crate::call::Call;
use crate::client::Core;
use crate::error::refuse;
use crate::json::plain;
use crate::record::record;

record!(Allocation, it, py, {
    partner_auth_id,
    customer_auth_id,
    partner_concurrent_calls_limit,
    customer_concurrent_calls_limit,
    net_concurrent_calls_allocated,
    partner_cps_limit,
    customer_cps_limit,
    net_cps_allocated,
});

record!(CapacityMove, it, py, {
    success,
    slots,
    resource,
    from_account,
    to_account,
    transfer_reference,
    partner_remaining,
    customer_effective,
    message,
});

#[pyfunction]
pub(crate) fn capacity(py: Python<'_>, core: &Core, auth_id: String) -> PyResult<Call> {
    core.one(py, "read capacity", |client| async move { client.capacity(&auth_id).await })
}

#[pyfunction]
#[pyo3(signature = (core, reclaim, auth_id, resource, slots, description))]
pub(crate) fn move_capacity(
    py: Python<'_>,
    core: &Core,
    reclaim: bool,
    auth_id: String,
    resource: &str,
    slots: u32,
    description: Option<String>,
) -> PyResult<Call> {
    let operation = if reclaim { "reclaim capacity" } else { "give capacity" };
    let resource = match resource {
        "concurrent_calls" => Resource::ConcurrentCalls,
        "cps" => Resource::Cps,
        other => {
            let detail = format!("resource is \"concurrent_calls\" or \"cps\", not {other:?}");
            return Err(refuse(py, ErrorKind::Invalid, operation, &detail));
        }
    };
    core.one(py, operation, |client| async move {
        if reclaim {
            client.reclaim_capacity(&auth_id, resource, slots, description.as_deref()).await
        } else {
            client.give_capacity(&auth_id, resource, slots, description.as_deref()).await
        }
    })
}

#[pyfunction]
pub(crate) fn capacity_history(py: Python<'_>, core: &Core, limit: u32, offset: u64) -> PyResult<Call> {
    let ask = |client: vobiz_core::PartnerClient| async move { client.capacity_history(limit, offset).await };
    core.call(py, "read capacity history", ask, |py, found: vobiz_core::Answer<serde_json::Value>| {
        plain(py, found.into_inner()).map(Bound::unbind)
    })
}
