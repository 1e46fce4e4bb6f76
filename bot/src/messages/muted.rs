//! What people did about an alert, and how it ended, as messages about it show it.

use vobiz_core::alert::{Change, Transition, Until};

use super::{Reader, figure};
use crate::snooze::Muted;
use crate::store::{Decided, Setting};

/// `taken by Asha at 02:55`, `snoozed by Asha until 09:00`
pub(crate) fn muted(setting: &Setting<Muted>, reader: &Reader) -> String {
    let who = &setting.by.name;
    if setting.value.is_taken {
        return format!("taken by {who} at {}", reader.at(setting.at));
    }
    let until = match setting.value.snooze.until {
        Until::Time(end) => format!("until {}", reader.at(end)),
        Until::ToppedUp => "until it is topped up".to_owned(),
        Until::NextLevel => "until it gets worse".to_owned(),
    };
    format!("snoozed by {who} {until}")
}

/// `resolved at 03:10`, of an alert that has just ended.
pub(crate) fn over(ended: &Transition, reader: &Reader) -> String {
    match ended.level_before.filter(|_| ended.change == Change::Resolve) {
        Some(_) => format!("ended at {}: {}", reader.at(reader.now), figure::changed(ended)),
        None => format!("{} at {}", ending(&format!("{:?}", ended.change).to_lowercase()), reader.at(reader.now)),
    }
}

/// The same of the service, which answers again.
pub(crate) fn back(reader: &Reader) -> String {
    format!("answers again since {}", reader.at(reader.now))
}

/// The same of one that ended before.
pub(crate) fn was_over(ended: &Decided, reader: &Reader) -> String {
    format!("{} at {}", ending(&ended.change), reader.at(ended.at))
}

/// How an alert ended, by what was recorded.
pub(super) fn ending(change: &str) -> &'static str {
    match change {
        "gone" => "no longer a customer",
        "unwatched" => "no longer watched",
        "superseded" => "the forecast took its place",
        _ => "resolved",
    }
}
