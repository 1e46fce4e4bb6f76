//! `/contact`: how a customer is reached. Personal data: for operators, each look in the audit log.

use futures::FutureExt as _;

use super::find;
use super::request::{Answer, Command, Refusal, Request};
use crate::messages;
use crate::people::Role;
use crate::store::Change;

const EXAMPLE: &str = "/contact MA_XXXXXXXX";

pub(super) const COMMAND: Command = Command {
    name: "contact",
    about: "e-mail and phone of a customer; in a private chat",
    example: EXAMPLE,
    role: |_| Role::Operator,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let by = request.actor(Role::Operator).await?;
    let wanted = request.arguments.join(" ");
    if wanted.is_empty() {
        return Err(format!("Whose? Write an id or a name: {EXAMPLE}. /customers lists them.").into());
    }
    // Others of a group are not operators: only who presses the button sees the answer.
    let is_private = request.chat_id > 0;
    if !is_private && !request.is_press {
        return Err("This shows personal data. Ask in a private chat, or press Contact under the customer's card."
            .to_owned()
            .into());
    }
    let snapshot = request.last_snapshot().await?;
    let account = find::customer(&snapshot.answers.customers, &wanted, |id| format!("/contact {id}"))?;
    let id = account.auth_id.as_str();
    let change = Change { by, chat: request.chat_id, action: "look at contact", subject: id, before: None, after: None };
    request.service.store.record_act(&change, request.asked_at).await?;
    let (email, phone) = (account.email.as_deref(), account.phone.as_deref());
    let html = messages::contact(account, email, phone);
    let toast = Some(messages::terminal(&html));
    Ok(if request.is_press && !is_private {
        Answer { toast, ..Answer::default() }
    } else {
        Answer { toast: None, ..Answer::text(html) }
    })
}
