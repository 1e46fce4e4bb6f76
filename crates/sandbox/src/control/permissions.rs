//! `/control/permissions`

use anyhow::Context;
use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value};

use super::{Control, Wrong};
use crate::lock::lock;
use crate::permissions::Permissions;

/// `GET /control/permissions`
pub(super) async fn show(State(control): State<Control>) -> Result<Json<Permissions>, Wrong> {
    let world = control.world.as_ref().context("recorded bodies permit everything")?;
    let permissions = lock(world).partner.permissions.clone();
    Ok(Json(permissions))
}

/// `POST /control/permissions`: what is left out stays as it is.
pub(super) async fn change(
    State(control): State<Control>,
    Json(change): Json<Map<String, Value>>,
) -> Result<Json<Permissions>, Wrong> {
    Ok(Json(apply(&control, change)?))
}

fn apply(control: &Control, change: Map<String, Value>) -> anyhow::Result<Permissions> {
    let world = control.world.as_ref().context("recorded bodies permit everything")?;
    let mut world = lock(world);
    let mut all = serde_json::to_value(&world.partner.permissions)?;
    all.as_object_mut().context("permissions are an object")?.extend(change);
    world.partner.permissions = serde_json::from_value(all)?;
    Ok(world.partner.permissions.clone())
}
