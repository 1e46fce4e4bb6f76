//! `/take`: somebody works on an alert; it is not repeated, and everybody sees by whom it was taken.

use futures::FutureExt as _;
use vobiz_core::alert::Until;

use super::act;
use super::request::{Answer, Command, Refusal, Request};
use crate::people::Role;

const EXAMPLE: &str = "/take MA_XXXXXXXX";

pub(super) const COMMAND: Command = Command {
    name: "take",
    about: "say that you work on an alert: no reminders until it gets worse",
    example: EXAMPLE,
    role: Role::Operator,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let snapshot = request.last_snapshot().await?;
    let alerts = act::find(&snapshot, &request.arguments, EXAMPLE)?;
    act::act(request, &alerts, Some((Until::NextLevel, true))).await
}
