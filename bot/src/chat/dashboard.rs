//! `/dashboard`: the API's own report of balances and calls.

use futures::{FutureExt as _, TryFutureExt as _};

use super::request::{Answer, Command, Refusal, Request};
use crate::messages;
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "dashboard",
    about: "balances and calls of the API's own period",
    example: "/dashboard",
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    request.takes_nothing("dashboard")?;
    let service = request.service;
    let (read_at, report) = service
        .reports
        .since(request.needed(), "dashboard", &service.clock, service.api.dashboard().map_ok(vobiz_core::Answer::into_inner))
        .await;
    let text = report.map_or_else(|error| messages::failure(&error), |report| messages::dashboard(&report));
    Ok(Answer { as_of: request.shown_age(read_at), ..Answer::with(text, messages::reports(Some("/dashboard"))) })
}
