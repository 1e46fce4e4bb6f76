//! `[[chats]]`: the chats that the bot speaks in, and what each wants.

use std::collections::BTreeSet;

use chrono::{NaiveTime, Weekday};
use chrono_tz::Tz;
use vobiz_core::alert::{ChatSettings, QuietHours, Severity, Wants};
use vobiz_core::forecast::Business;
use vobiz_core::settings::values::{clock_time, quoted, zone};
use vobiz_core::settings::{Table, Value};

use super::{DEFAULT_ZONE, values};

/// Characters of a name or a pattern.
const LONGEST: usize = 100;

/// A chat that the bot speaks in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chat {
    pub id: i64,
    /// What it is called in `/settings`.
    pub name: Option<String>,
    /// The forum topic that alerts and summaries go to; answers go to the one that they were asked in.
    pub thread: Option<i32>,
    pub zone: Tz,
    /// When the summary comes, in the chat's zone.
    pub daily_summary: Option<NaiveTime>,
    /// When the summary of the last week comes, with the usage, fees and wallet of each customer.
    pub weekly_summary: Option<(Weekday, NaiveTime)>,
    /// When that of the last month comes, on its first day.
    pub monthly_summary: Option<NaiveTime>,
    /// Which alerts it gets, how they are grouped, and when nobody is woken for them.
    pub settings: ChatSettings,
}

impl Chat {
    /// One of which nothing is set.
    pub(crate) fn new(id: i64, zone: Tz, business: Business) -> Self {
        let settings = ChatSettings { business, ..ChatSettings::default() };
        Self { id, name: None, thread: None, zone, daily_summary: None, weekly_summary: None, monthly_summary: None, settings }
    }
}

pub(super) fn read(root: &mut Table<'_>) -> Vec<Chat> {
    let mut chats: Vec<Chat> = Vec::new();
    for mut table in root.tables("chats").unwrap_or_default() {
        let id = table.required("id", "-1001234567890").and_then(|value| chat_id(&value, &chats));
        let name = table.value("name").and_then(|value| value.text("Support")?.parse(short));
        let thread = table.value("thread").and_then(|value| thread(&value));
        let zone = table.value("zone").and_then(|value| value.text("Asia/Kolkata")?.parse(zone));
        let daily_summary = table.value("daily_summary").and_then(|value| value.text("09:00")?.parse(clock_time));
        let weekly_summary = table.value("weekly_summary").and_then(|value| value.text("mon 09:00")?.parse(values::day_and_time));
        let monthly_summary = table.value("monthly_summary").and_then(|value| value.text("09:00")?.parse(clock_time));
        let quiet = table.value("quiet").and_then(|value| value.text("22:00-07:00")?.parse(values::clock_times));
        let fold_from = table.value("fold_from").and_then(|value| fold_from(&value));
        let customers = table.value("customers").and_then(|value| texts(&value, "MA_XXXXXXXX")).unwrap_or_default();
        let names = table.value("names").and_then(|value| texts(&value, "Sharma*")).unwrap_or_default();
        let least = table.value("severity").and_then(|value| value.text("critical")?.parse(severity));
        table.close();
        let chat = Chat::new(id.unwrap_or_default(), zone.unwrap_or(DEFAULT_ZONE), Business::default());
        let zone = chat.zone;
        let settings = ChatSettings {
            fold_from: fold_from.unwrap_or(chat.settings.fold_from),
            quiet: quiet.map(|(from, to)| QuietHours { from, to, zone }),
            wants: Wants { customers, names, least: least.unwrap_or(Severity::Warning) },
            ..chat.settings
        };
        chats.push(Chat { name, thread, daily_summary, weekly_summary, monthly_summary, settings, ..chat });
    }
    chats
}

fn thread(value: &Value<'_>) -> Option<i32> {
    match value.whole().map(i32::try_from) {
        Some(Ok(thread)) if thread > 0 => Some(thread),
        _ => value.refuse("must be a topic's number without quotes, such as 17; it is in the topic's link"),
    }
}

/// Short texts in a list, none of them empty.
fn texts(value: &Value<'_>, example: &str) -> Option<BTreeSet<String>> {
    let texts = value.texts().filter(|texts| !texts.is_empty() && texts.iter().all(|text| short(text).is_ok()));
    match texts {
        Some(texts) => Some(texts.into_iter().collect()),
        None => value.refuse(&format!("must be a list of short texts in quotes, such as [{example:?}]")),
    }
}

fn short(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_short = !text.is_empty() && text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
    is_short.then(|| text.to_owned()).ok_or_else(|| format!("must be 1 to {LONGEST} characters on one line"))
}

fn severity(text: &str) -> Result<Severity, String> {
    match text.trim() {
        "warning" => Ok(Severity::Warning),
        "critical" => Ok(Severity::Critical),
        _ => Err(format!("{} is no severity; write \"warning\" or \"critical\"", quoted(text))),
    }
}

fn fold_from(value: &Value<'_>) -> Option<usize> {
    match value.whole().map(usize::try_from) {
        Some(Ok(count)) if count > 1 => Some(count),
        _ => value.refuse("must be a number of alerts from 2 on, without quotes, such as 4"),
    }
}

fn chat_id(value: &Value<'_>, earlier: &[Chat]) -> Option<i64> {
    match value.whole().map(i64::try_from) {
        Some(Ok(id)) if id != 0 => match earlier.iter().position(|chat| chat.id == id) {
            Some(first) => value.refuse(&format!("({id}) is that of chats[{first}] too; list each chat once")),
            None => Some(id),
        },
        _ => value.refuse("must be a chat's number without quotes, such as -1001234567890"),
    }
}
