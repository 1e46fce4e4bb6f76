//! `/take`: somebody works on an alert; it is not repeated, and everybody sees by whom it was taken.

use futures::FutureExt as _;
use vobiz_core::alert::Until;

use super::request::{Answer, Command, Refusal, Request};
use super::{act, which};
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "take",
    about: "say that you work on an alert: no reminders until it gets worse",
    example: "/take MA_XXXXXXXX",
    role: |_| Role::Operator,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let snapshot = request.last_snapshot().await?;
    let alerts = which::alerts(request, &snapshot, &request.arguments, |target| format!("/take {target}")).await?;
    act::act(request, &alerts, Some((Until::NextLevel, true))).await
}
