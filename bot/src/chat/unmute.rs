//! `/unmute`: takes a snooze back.

use futures::FutureExt as _;

use super::act;
use super::request::{Answer, Command, Refusal, Request};
use crate::people::Role;

const EXAMPLE: &str = "/unmute MA_XXXXXXXX";

pub(super) const COMMAND: Command = Command {
    name: "unmute",
    about: "end the snooze of an alert",
    example: EXAMPLE,
    role: Role::Operator,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let snapshot = request.last_snapshot().await?;
    let alerts = act::find(&snapshot, &request.arguments, EXAMPLE)?;
    act::act(request, &alerts, None).await
}
