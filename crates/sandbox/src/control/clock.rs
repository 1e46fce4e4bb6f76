//! `/control/clock`

use anyhow::ensure;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::{Control, Wrong, duration};

/// The furthest that one call turns the clock: ten years.
const FURTHEST: std::time::Duration = std::time::Duration::from_hours(3_660 * 24);

#[derive(Serialize)]
pub(super) struct Shown {
    now: String,
    /// Virtual seconds per real second; 0 while it is stopped.
    speed: f64,
    paused: bool,
}

/// What to do, in this order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Turn {
    paused: Option<bool>,
    speed: Option<f64>,
    set: Option<DateTime<Utc>>,
    advance: Option<String>,
}

/// `GET /control/clock`
pub(super) async fn show(State(control): State<Control>) -> Json<Shown> {
    Json(shown(&control))
}

/// `POST /control/clock`: the world has moved when it answers.
pub(super) async fn turn(State(control): State<Control>, Json(turn): Json<Turn>) -> Result<Json<Shown>, Wrong> {
    let clock = control.clock.clone();
    // A large world takes a while to move.
    let work = tokio::task::spawn_blocking(move || {
        match turn.paused {
            Some(true) => clock.pause(),
            Some(false) => clock.resume(),
            None => {}
        }
        if let Some(speed) = turn.speed {
            clock.set_speed(speed)?;
        }
        if let Some(to) = turn.set {
            ensure!((to - clock.now()).to_std().unwrap_or_default() <= FURTHEST, "{to} is more than ten years ahead");
            clock.set(to)?;
        }
        if let Some(by) = turn.advance {
            let by = duration::parse(&by)?;
            ensure!(by <= FURTHEST, "one call turns the clock by ten years at most");
            clock.advance(by);
        }
        anyhow::Ok(())
    });
    work.await.map_err(|error| Wrong(error.to_string()))??;
    Ok(Json(shown(&control)))
}

fn shown(control: &Control) -> Shown {
    let speed = control.clock.speed();
    Shown { now: control.clock.now().to_rfc3339_opts(SecondsFormat::AutoSi, true), speed, paused: speed == 0.0 }
}
