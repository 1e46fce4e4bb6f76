//! `/customers`: all of them, or those that a search finds, the first to run dry first.

use std::collections::HashSet;

use futures::FutureExt as _;

use super::find;
use super::request::{Answer, Command, Refusal, Request};
use crate::messages;
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "customers",
    about: "all customers, or those of a name, by time to empty",
    example: "/customers sharma",
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let (words, page) = find::page(&request.arguments)?;
    let wanted = words.join(" ");
    let snapshot = request.snapshot().await?;
    let mut wallets = snapshot.by_time_to_empty().to_vec();
    if !wanted.is_empty() {
        let found: HashSet<_> =
            find::matching(&snapshot.answers.customers, &wanted).iter().map(|account| account.auth_id.as_str()).collect();
        if found.is_empty() {
            return Ok(Answer::text(messages::no_customer(&wanted)));
        }
        wallets.retain(|wallet| snapshot.auth_id(wallet).is_some_and(|auth_id| found.contains(auth_id)));
    }
    let list = if wanted.is_empty() { "/customers".to_owned() } else { format!("/customers {wanted}") };
    let (html, buttons) = messages::customers(&snapshot, &wallets, &list, page, &request.reader);
    Ok(Answer { as_of: Some(snapshot.at), ..Answer::with(html, buttons) })
}
