//! `/customer`: one customer, as the last sweep found it.

use futures::FutureExt as _;
use vobiz_core::ErrorKind;
use vobiz_core::alert::Subject;

use super::find;
use super::request::{Answer, Command, Refusal, Request};
use crate::messages::{self, Card};
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "customer",
    about: "one customer, by id or name",
    example: "/customer MA_XXXXXXXX",
    role: Role::Viewer,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let wanted = request.arguments.join(" ");
    if wanted.is_empty() {
        return Err("Which customer? Write an id or a name: /customer MA_XXXXXXXX. /customers lists them.".to_owned().into());
    }
    let snapshot = request.snapshot().await?;
    let command = |id: &str| format!("/customer {id}");
    let account = match find::customer(&snapshot.answers.customers, &wanted, command) {
        Ok(account) => account,
        Err(which) if !which.buttons.is_empty() => return Ok(which),
        Err(_) => return Ok(Answer::text(unlisted(request, &wanted).await)),
    };
    let subject = snapshot.subject(&account.auth_id);
    let runway = subject.and_then(|subject| snapshot.runway(subject));
    let alerts = snapshot.alerts_of(&account.auth_id).collect();
    let top_up = snapshot.last_top_up(&account.auth_id);
    let html = Card { account, subject, runway: runway.as_ref(), top_up, alerts }.text(&request.reader);
    Ok(Answer { as_of: Some(snapshot.at), ..Answer::with(html, messages::again(&command(&account.auth_id))) })
}

/// A customer that the last sweep did not list: new since then, somebody else's, or misspelt.
async fn unlisted(request: &Request<'_>, wanted: &str) -> String {
    let api = &request.service.api;
    let account = match api.account(wanted).await {
        Ok(account) => account,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Invalid) => return messages::no_customer(wanted),
        Err(error) => return messages::failure(&error),
    };
    let fallback = if account.currency().is_none() {
        api.dashboard().await.ok().and_then(|report| report.into_inner().currency)
    } else {
        None
    };
    let subject = Subject::of(&account, fallback.as_deref());
    Card { account: &account, subject: Some(&subject), runway: None, top_up: None, alerts: Vec::new() }.text(&request.reader)
}
