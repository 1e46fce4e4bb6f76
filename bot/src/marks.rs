//! What is written under messages about alerts that were sent: who took or snoozed one, and when it ended.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, Utc};
use vobiz_core::alert::{AlertKey, DataHealthChange, Evaluation, SubjectId};

use crate::messages::{self, Reader, escape};
use crate::service::Service;
use crate::snooze::{Muted, SNOOZE};
use crate::store::{AlertLine, AlertMessage, Draft, Priority, Setting};

/// What became of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    words: String,
    /// Whether the alert is over, so that nothing can be done about it any more.
    is_over: bool,
}

/// The last message about an alert in each chat, with what was done about it now, in words for a reader.
pub(crate) async fn acted(
    service: &Service,
    key: &AlertKey,
    words: impl Fn(&Reader) -> String,
    now: DateTime<Utc>,
) -> Result<Vec<Draft>> {
    let keys = BTreeSet::from([key.clone()]);
    let marks = |_: &AlertKey, reader: &Reader| Mark { words: words(reader), is_over: false };
    changed(service, &keys, marks, now, Priority::Answer).await
}

/// The last message about each alert that a poll ended, in each chat, with that.
pub(crate) async fn ended(service: &Service, evaluation: &Evaluation, now: DateTime<Utc>) -> Result<Vec<Draft>> {
    let over: BTreeMap<AlertKey, _> =
        evaluation.transitions.iter().filter(|one| !one.change.is_bad()).map(|one| (one.key(), one)).collect();
    let is_back = matches!(evaluation.data_health, Some(DataHealthChange::Back { .. }));
    let data = is_back.then(|| AlertKey::new("data", SubjectId::Data));
    let keys: BTreeSet<AlertKey> = over.keys().cloned().chain(data).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let muted = service.store.settings::<Muted>(SNOOZE).await?;
    let marks = |key: &AlertKey, reader: &Reader| {
        let by = muted.iter().find(|setting| setting.value.key == *key).map(|setting| messages::muted(setting, reader));
        let over = over.get(key).map_or_else(|| messages::back(reader), |one| messages::over(one, reader));
        Mark { words: by.into_iter().chain([over]).collect::<Vec<_>>().join("; "), is_over: true }
    };
    changed(service, &keys, marks, now, Priority::Resolved).await
}

/// The messages about these alerts, each line with what is known of its alert: of these what `marks` says, of the others
/// what was done about them or when they ended.
async fn changed(
    service: &Service,
    keys: &BTreeSet<AlertKey>,
    marks: impl Fn(&AlertKey, &Reader) -> Mark,
    now: DateTime<Utc>,
    priority: Priority,
) -> Result<Vec<Draft>> {
    let messages = service.store.alert_messages(keys, now).await?;
    let muted = service.store.settings::<Muted>(SNOOZE).await?;
    let mut drafts = Vec::new();
    for AlertMessage { chat, message, html, mut lines } in messages {
        let reader = Reader { zone: service.zone_of(chat).await, now };
        let mut noted = Vec::new();
        for line in lines.iter_mut().filter(|line| line.is_firing) {
            let key = line.key();
            let mark =
                if keys.contains(&key) { Some(marks(&key, &reader)) } else { known(service, line, &muted, &reader).await? };
            let Some(Mark { words, is_over }) = mark else { continue };
            noted.push((messages::name(line.name.as_deref(), &line.subject), escape(&words)));
            line.is_firing = !is_over;
        }
        let html = html + &notes(&noted, lines.len());
        // A list that is too long with what was done stays as it is.
        if messages::is_one(&html) {
            let buttons = messages::alerts_buttons(&lines);
            drafts.push(Draft { chat, html, edits: Some(message), buttons, priority, silent: true, ..Draft::default() });
        }
    }
    Ok(drafts)
}

/// What is written under a message of so many alerts: of whom what.
fn notes(noted: &[(String, String)], lines: usize) -> String {
    let each = match noted {
        [(_, words)] if lines == 1 => vec![capitalized(words)],
        // Once for all where it is the same of each.
        [(_, first), rest @ ..] if noted.len() == lines && rest.iter().all(|(_, words)| words == first) => {
            vec![format!("All {lines}: {first}")]
        }
        _ => noted.iter().map(|(who, words)| format!("{who}: {words}")).collect(),
    };
    each.iter().flat_map(|note| ["\n<i>", note, "</i>"]).collect()
}

/// What is known of the alert of a line.
async fn known(service: &Service, line: &AlertLine, muted: &[Setting<Muted>], reader: &Reader) -> Result<Option<Mark>> {
    let key = line.key();
    if let Some(ended) = service.store.last_end(&key.subject.to_string(), Some(&key.rule)).await?
        && ended.at > line.at
    {
        return Ok(Some(Mark { words: messages::was_over(&ended, reader), is_over: true }));
    }
    let muted = muted.iter().find(|setting| setting.value.key == key);
    Ok(muted.map(|setting| Mark { words: messages::muted(setting, reader), is_over: false }))
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_of_all_alerts_of_a_list_is_written_once() {
        let note = |who: &str, words: &str| (who.to_owned(), words.to_owned());
        let both = [note("Sharma", "resolved at 10:30"), note("Verma", "resolved at 10:30")];
        assert_eq!(notes(&both[..1], 1), "\n<i>Resolved at 10:30</i>");
        assert_eq!(notes(&both, 2), "\n<i>All 2: resolved at 10:30</i>");
        let each = "\n<i>Sharma: resolved at 10:30</i>\n<i>Verma: resolved at 10:30</i>";
        assert_eq!(notes(&both, 3), each, "a third one fires");
        let other = [note("Sharma", "resolved at 10:30"), note("Verma", "taken by Asha at 02:55")];
        assert!(notes(&other, 2).ends_with("\n<i>Verma: taken by Asha at 02:55</i>"));
        assert_eq!(notes(&[], 2), "");
    }
}
