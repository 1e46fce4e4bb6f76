//! `/control/kyc`

use anyhow::Context;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Wrong};
use crate::lock::lock;
use crate::world::SessionStatus;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    session_id: String,
    status: SessionStatus,
}

/// `POST /control/kyc`: what the customer does with a session.
pub(super) async fn step(State(control): State<Control>, Json(step): Json<Step>) -> Result<Json<Value>, Wrong> {
    let world = control.world.as_ref().context("recorded bodies have no sessions that move")?;
    let mut world = lock(world);
    world.advance_to(control.clock.now());
    if !world.step_session(&step.session_id, step.status) {
        return Err(Wrong(format!("there is no live session {}", step.session_id)));
    }
    Ok(Json(json!({"session_id": step.session_id, "status": step.status})))
}
