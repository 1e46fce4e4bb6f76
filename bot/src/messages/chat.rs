//! What is set for a chat, in words.

use chrono::{NaiveTime, Weekday};
use vobiz_core::alert::{ChatSettings, Severity, Wants};

use super::{Reader, code, escape, shortened, whose};
use crate::snapshot::Snapshot;

/// Customers and patterns that are shown.
const SHOWN: usize = 20;

/// `all customers, warning and critical`
pub(crate) fn wants(wants: &Wants, snapshot: Option<&Snapshot>) -> String {
    let customer = |id: &String| match snapshot.and_then(|snapshot| snapshot.subject(id)) {
        Some(subject) => format!("{} {}", whose(subject), code(id)),
        None => code(id),
    };
    let names = wants.names.iter().map(|name| format!("“{}”", escape(&shortened(name, super::LONGEST_NAME))));
    let mut each: Vec<String> = names.chain(wants.customers.iter().map(customer)).collect();
    let more = each.len().saturating_sub(SHOWN);
    each.truncate(SHOWN);
    if more > 0 {
        each.push(format!("{more} more"));
    }
    let whom = if each.is_empty() { "all customers".to_owned() } else { each.join(", ") };
    let severity = match wants.least {
        Severity::Warning => "warning and critical",
        Severity::Critical => "critical only",
    };
    format!("{whom}, {severity}")
}

/// `22:00–07:00 each day`, `none`; `until 11:00` where that was set for now.
pub(crate) fn quiet(settings: &ChatSettings, reader: &Reader) -> String {
    let hours = settings.quiet.map(|quiet| each_day(quiet.from, quiet.to));
    let until = settings.quiet_until.filter(|end| *end > reader.now).map(|end| format!("until {}", reader.at(end)));
    let parts: Vec<String> = until.into_iter().chain(hours).collect();
    if parts.is_empty() { none() } else { parts.join(", and ") }
}

/// `22:00–07:00 each day`
pub(crate) fn each_day(from: NaiveTime, to: NaiveTime) -> String {
    format!("{}–{} each day", from.format("%H:%M"), to.format("%H:%M"))
}

/// `each day at 09:00`, `none`
pub(crate) fn daily(time: Option<NaiveTime>) -> String {
    time.map_or_else(none, |time| format!("each day at {}", time.format("%H:%M")))
}

/// `each Mon at 09:00`, `none`
pub(crate) fn weekly(time: Option<(Weekday, NaiveTime)>) -> String {
    time.map_or_else(none, |(day, time)| format!("each {day} at {}", time.format("%H:%M")))
}

/// `on each first of the month at 09:00`, `none`
pub(crate) fn monthly(time: Option<NaiveTime>) -> String {
    time.map_or_else(none, |time| format!("on each first of the month at {}", time.format("%H:%M")))
}

fn none() -> String {
    "none".to_owned()
}
