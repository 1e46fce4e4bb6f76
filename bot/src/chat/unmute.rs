//! `/unmute`: takes a snooze back.

use futures::FutureExt as _;

use super::request::{Answer, Command, Refusal, Request};
use super::{act, which};
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "unmute",
    about: "end the snooze of an alert",
    example: "/unmute MA_XXXXXXXX",
    role: |_| Role::Operator,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let snapshot = request.last_snapshot().await?;
    let alerts = which::alerts(request, &snapshot, &request.arguments, |target| format!("/unmute {target}")).await?;
    act::act(request, &alerts, None).await
}
