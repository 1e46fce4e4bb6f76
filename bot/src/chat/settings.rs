//! `/settings`: everything that is set for this chat, where it comes from, and who changed it.

use futures::FutureExt as _;
use vobiz_core::alert::ChatSettings;

use super::request::{Answer, Command, Refusal, Request};
use crate::config::Chat;
use crate::from_chat::FromChat;
use crate::messages::{self, Reader, button, code, escape};
use crate::people::{CHAT, Role};
use crate::store::Setting;

pub(super) const COMMAND: Command = Command {
    name: "settings",
    about: "what is set for this chat, where that comes from, and who changed it",
    example: "/settings",
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    request.takes_nothing("settings")?;
    let (service, chat, reader) = (request.service, request.chat, &request.reader);
    let set = FromChat::all(&service.store).await?.remove(&chat.id).unwrap_or_default();
    let in_file = service.file_chats.iter().find(|file| file.id == chat.id);
    let default = ChatSettings::default();
    let file = |is_set: bool| if is_set && in_file.is_some() { "file" } else { "default" }.to_owned();
    let settings = &chat.settings;
    let snapshot = service.published.last();
    let chat_origin = match service.store.settings::<bool>(CHAT).await?.into_iter().find(|it| it.name == chat.id.to_string()) {
        _ if in_file.is_some() => "file".to_owned(),
        Some(paired) => format!("paired by {} at {}", escape(&paired.by.name), reader.at(paired.at)),
        None => "paired".to_owned(),
    };
    let quiet = set.quiet_until.as_ref().filter(|until| until.value > request.asked_at).map(|until| by(until, reader));
    let quiet = quiet.or_else(|| set.quiet.as_ref().map(|quiet| by(quiet, reader)));
    let is_in = |is_set: fn(&Chat) -> bool| file(in_file.is_some_and(is_set));
    let business = &settings.business;
    let (opens, closes) = (business.opens, business.closes);
    let rows = [
        ("Chat", format!("{} {}", chat.name.as_deref().map(escape).unwrap_or_default(), code(&chat.id.to_string())), chat_origin),
        (
            "Alerts",
            messages::wants(&settings.wants, snapshot.as_deref()),
            origin(set.wants.as_ref(), reader, || file(in_file.is_some_and(|file| file.settings.wants != default.wants))),
        ),
        (
            "Topic",
            chat.thread.map_or_else(|| "none".to_owned(), |thread| format!("alerts go to topic {thread}")),
            file(chat.thread.is_some()),
        ),
        (
            "Quiet hours",
            messages::quiet(settings, reader),
            quiet.unwrap_or_else(|| file(in_file.is_some_and(|file| file.settings.quiet.is_some()))),
        ),
        (
            "Daily summary",
            messages::daily(chat.daily_summary),
            origin(set.daily.as_ref(), reader, || is_in(|file| file.daily_summary.is_some())),
        ),
        (
            "Weekly summary",
            messages::weekly(chat.weekly_summary),
            origin(set.weekly.as_ref(), reader, || is_in(|file| file.weekly_summary.is_some())),
        ),
        (
            "Monthly summary",
            messages::monthly(chat.monthly_summary),
            origin(set.monthly.as_ref(), reader, || is_in(|file| file.monthly_summary.is_some())),
        ),
        (
            "Grouping",
            format!("{} or more alerts of a rule in one message", settings.fold_from),
            file(settings.fold_from != default.fold_from),
        ),
        ("Time zone", escape(chat.zone.name()), file(true)),
        (
            "Working hours",
            format!("{:02}:{:02}–{:02}:{:02} {}", opens / 60, opens % 60, closes / 60, closes % 60, business.zone),
            file(*business != default.business),
        ),
    ];
    let rows: Vec<String> = rows.iter().map(|(name, value, origin)| format!("{name}: {} · {origin}", value.trim())).collect();
    let buttons = vec![vec![button("Subscriptions", "/subscribe"), button("Quiet hours", "/quiet")]];
    Ok(Answer::with(format!("<b>Settings of this chat</b>\n{}", rows.join("\n")), buttons))
}

/// `set by Asha at 02:55`, else what the file or the default is called.
fn origin<T>(set: Option<&Setting<T>>, reader: &Reader, other: impl Fn() -> String) -> String {
    set.map_or_else(other, |set| by(set, reader))
}

fn by<T>(set: &Setting<T>, reader: &Reader) -> String {
    format!("set by {} at {}", escape(&set.by.name), reader.at(set.at))
}
