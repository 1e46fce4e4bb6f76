//! `vobiz-bot config check`: the configuration read as the service reads it, and what it amounts to in words.

use anyhow::{Context as _, Result};
use vobiz_core::forecast::Business;

use crate::config::{Chat, Config};
use crate::{messages, terminal};

/// The days of the week, as `[business]` names them.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Prints what the configuration amounts to; `name` is where it came from.
pub(crate) fn run(config: &Config, name: &str) -> Result<()> {
    let mut lines = vec![format!("{name} is fine")];
    if config.telegram.is_none() {
        lines.push("No Telegram token is set: run needs one, check and summary do not.".to_owned());
    }
    if config.chats.is_empty() {
        lines.push("No chat gets messages: write [[chats]].".to_owned());
    }
    lines.extend(config.chats.iter().map(chat));
    lines.push(hours(&config.business));
    lines.push(format!("Polls every {} s. Rules:", config.poll_every.as_secs()));
    lines.extend(config.policy.explain().into_iter().map(|rule| format!("- {rule}")));
    lines.extend(config.policy.warnings().into_iter().map(|warning| format!("Warning: {warning}")));
    terminal::print_line(&terminal::strip_control_chars(&lines.join("\n"))).context("cannot print the result")
}

fn chat(chat: &Chat) -> String {
    let summary = match chat.daily_summary {
        Some(time) => format!("a summary each day at {}", time.format("%H:%M")),
        None => "no summary".to_owned(),
    };
    let summary = match chat.weekly_summary {
        Some((day, time)) => format!("{summary}, one of the week each {day} at {}", time.format("%H:%M")),
        None => summary,
    };
    let summary = match chat.monthly_summary {
        Some(time) => format!("{summary}, one of the month on each first at {}", time.format("%H:%M")),
        None => summary,
    };
    let quiet = match chat.settings.quiet {
        Some(quiet) => {
            format!("what can wait from {} to {} comes at its end", quiet.from.format("%H:%M"), quiet.to.format("%H:%M"))
        }
        None => "alerts at any hour".to_owned(),
    };
    let name = chat.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    let wants = messages::terminal(&messages::wants(&chat.settings.wants, None));
    format!("Chat {}{name} gets {summary} and {quiet} ({}); alerts: {wants}", chat.id, chat.zone)
}

fn hours(business: &Business) -> String {
    let days: Vec<&str> = (0_u8..).zip(DAYS).filter(|(day, _)| business.days.contains(day)).map(|(_, name)| name).collect();
    let time = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let holidays = match business.holidays.len() {
        0 => String::new(),
        1 => ", 1 holiday".to_owned(),
        count => format!(", {count} holidays"),
    };
    let (opens, closes, zone) = (time(business.opens), time(business.closes), business.zone);
    format!("Working hours: {} {opens}–{closes} {zone}{holidays}", days.join(", "))
}
