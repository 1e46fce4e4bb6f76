//! `/status`: how the bot itself is.

use futures::FutureExt as _;
use vobiz_core::alert::Severity;

use super::request::{Answer, Command, Refusal, Request};
use crate::messages::{self, counted, escape, span};
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "status",
    about: "how the bot is: last poll, services, messages owed, this chat",
    example: "/status",
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    request.takes_nothing("status")?;
    let service = request.service;
    let snapshot = service.published.watch().borrow().clone();
    let stored = service.store.stored().await?;
    let mut lines = Vec::new();
    match &snapshot {
        None => lines.push("⚪ The first poll is still under way.".to_owned()),
        Some(snapshot) => {
            let age = span(request.asked_at - snapshot.at);
            lines.push(format!("<b>Last poll</b> {}, {age} ago", request.reader.at(snapshot.at)));
            let customers = &snapshot.observation.customers;
            let unread = customers.iter().filter(|subject| subject.balance.is_none()).count();
            lines.push(format!("{} read, {unread} unread", counted(customers.len() - unread, "wallet", "wallets")));
            let firing = &snapshot.evaluation.firing;
            let of = |severity| firing.iter().filter(|alert| alert.severity == severity).count();
            let (critical, warning) = (of(Severity::Critical), of(Severity::Warning));
            lines.push(format!("Alerts: {critical} critical, {warning} warning, {} pending", snapshot.pending()));
            match snapshot.answers.errors().next() {
                Some(error) => lines.push(format!("Vobiz API: {}", messages::failure(error))),
                None => lines.push("🟢 Vobiz API: everything was read".to_owned()),
            }
        }
    }
    let conflict = service.store.chat_states().await?.into_iter().filter(|(_, state)| state.refused_since.is_some()).count();
    lines.push(match conflict {
        0 => "🟢 Telegram: every chat takes messages".to_owned(),
        chats => format!("🟠 Telegram: {} messages", counted(chats, "chat refuses", "chats refuse")),
    });
    let since = stored.oldest.map(|oldest| format!(", the oldest since {}", request.reader.at(oldest))).unwrap_or_default();
    lines.push(format!("{} owed{since}", counted(stored.outbox, "message", "messages")));
    if !stored.is_writable {
        lines.push("🔴 The database cannot be written".to_owned());
    }
    lines.push(chat(request));
    lines.push(format!("vobiz-bot {}", env!("CARGO_PKG_VERSION")));
    Ok(Answer::with(lines.join("\n"), messages::again("/status")))
}

/// What is set for this chat.
fn chat(request: &Request<'_>) -> String {
    let chat = request.chat;
    let summaries = [
        chat.daily_summary.map(|time| messages::daily(Some(time))),
        chat.weekly_summary.map(|time| messages::weekly(Some(time))),
        chat.monthly_summary.map(|time| messages::monthly(Some(time))),
    ];
    let summaries: Vec<String> = summaries.into_iter().flatten().collect();
    let summaries = if summaries.is_empty() { "none".to_owned() } else { summaries.join(", ") };
    let quiet = messages::quiet(&chat.settings, &request.reader);
    format!("This chat: summaries {summaries}; quiet hours {quiet}; {}", escape(chat.zone.name()))
}
