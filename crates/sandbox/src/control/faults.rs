//! `/control/faults`

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::{Control, Wrong};
use crate::faults::{ActiveFault, Fault};

/// `POST /control/faults`
pub(super) async fn add(State(control): State<Control>, Json(fault): Json<Fault>) -> Json<Value> {
    Json(json!({"id": control.faults.add(fault)}))
}

/// `GET /control/faults`
pub(super) async fn list(State(control): State<Control>) -> Json<Vec<ActiveFault>> {
    Json(control.faults.list())
}

/// `DELETE /control/faults`
pub(super) async fn clear(State(control): State<Control>) -> Json<Value> {
    control.faults.clear();
    Json(json!({"ok": true}))
}

/// `DELETE /control/faults/{id}`
pub(super) async fn remove(State(control): State<Control>, Path(id): Path<u64>) -> Result<Json<Value>, Wrong> {
    if control.faults.remove(id) { Ok(Json(json!({"ok": true}))) } else { Err(Wrong(format!("there is no fault {id}"))) }
}
