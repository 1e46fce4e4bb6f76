//! `/customer`: one customer, as the last sweep found it.

use futures::FutureExt as _;
use vobiz_core::ErrorKind;
use vobiz_core::accounts::Account;
use vobiz_core::alert::Subject;

use super::command::Command;
use super::request::{Answer, Refusal, Request};
use crate::messages::{self, Card};
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "customer",
    about: "one customer, by id or name",
    example: "/customer MA_XXXXXXXX",
    role: Role::Viewer,
    answer: |request| answer(request).boxed(),
};

/// Customers that are named where several match.
const NAMED: usize = 10;

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let wanted = request.arguments.join(" ");
    if wanted.is_empty() {
        return Err("Which customer? Write an id or a name: /customer MA_XXXXXXXX. /low shows those that are low."
            .to_owned()
            .into());
    }
    let snapshot = request.snapshot().await?;
    let accounts = &snapshot.answers.customers;
    let command = |account: &Account| format!("/customer {}", account.auth_id);
    match matching(accounts, &wanted).as_slice() {
        [account] => {
            let card = Card {
                account,
                subject: snapshot.subject(&account.auth_id),
                runway: None,
                alerts: snapshot.alerts_of(&account.auth_id).collect(),
            };
            let runway = card.subject.and_then(|subject| snapshot.runway(subject));
            let html = Card { runway: runway.as_ref(), ..card }.text(&request.reader);
            Ok(Answer { as_of: Some(snapshot.at), ..Answer::with(html, messages::again(&command(account))) })
        }
        [] => Ok(Answer::text(unlisted(request, &wanted).await)),
        many => {
            let rows = many.iter().take(NAMED).map(|account| (account.name.as_deref(), account.auth_id.as_str()));
            let buttons = messages::choices(rows.map(|(name, id)| (name.unwrap_or(id).to_owned(), format!("/customer {id}"))));
            Ok(Answer::with(messages::several(many.len(), &wanted), buttons))
        }
    }
}

/// The customers that a text names: by id, else by whole name, else by a part of either; upper and lower case are the same.
fn matching<'a>(accounts: &'a [Account], wanted: &str) -> Vec<&'a Account> {
    let wanted = wanted.to_lowercase();
    let name = |account: &Account| account.name.as_deref().unwrap_or_default().trim().to_lowercase();
    let ways: [&dyn Fn(&Account) -> bool; 3] =
        [&|account| account.auth_id.to_lowercase() == wanted, &|account| name(account) == wanted, &|account| {
            name(account).contains(&wanted) || account.auth_id.to_lowercase().contains(&wanted)
        }];
    let found = ways.iter().map(|is_it| accounts.iter().filter(|account| is_it(account)).collect::<Vec<_>>());
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
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
    Card { account: &account, subject: Some(&subject), runway: None, alerts: Vec::new() }.text(&request.reader)
}
