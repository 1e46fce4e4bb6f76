//! What people do about alerts: take, snooze, and take back. The change is stored and audited, the monitor applies it with the
//! next poll, and each message about the alert shows it.

use vobiz_core::alert::{Snooze, Transition, Until};

use super::request::{Answer, Refusal, Request};
use crate::marks;
use crate::messages::{self, Reader, escape};
use crate::people::{Person, Role};
use crate::snooze::{Muted, SNOOZE};
use crate::store::{Change, Draft, Setting};

/// Mutes alerts for somebody, or takes that back.
pub(super) async fn act(request: &Request<'_>, alerts: &[&Transition], mute: Option<(Until, bool)>) -> Result<Answer, Refusal> {
    let by = request.actor(Role::Operator).await?;
    // Of two people at once the second one finds what the first one did.
    let _one_at_a_time = request.service.changes.lock().await;
    let mut before = request.service.store.settings::<Muted>(SNOOZE).await?;
    let mut answer = Answer::default();
    let (mut done, mut has_changed) = (Vec::new(), false);
    for alert in alerts {
        let key = alert.key();
        let known = before.iter().position(|setting| setting.value.key == key).map(|place| before.swap_remove(place));
        let who = messages::whose(&alert.subject);
        match (&known, mute) {
            (Some(known), Some(wanted)) if is_same(&known.value, wanted) => {
                done.push(format!("{who}: already {}", escape(&messages::muted(known, &request.reader))));
                continue;
            }
            (None, None) => {
                done.push(format!("{who} is not snoozed"));
                continue;
            }
            _ => {}
        }
        has_changed = true;
        let setting = change(request, by, alert, known.as_ref(), mute).await?;
        let words = |reader: &Reader| match &setting {
            Some(setting) => messages::muted(setting, reader),
            None => format!("no longer snoozed, by {} at {}", by.name, reader.at(request.asked_at)),
        };
        answer.owed.extend(marks::acted(request.service, &key, words, request.asked_at).await?);
        done.push(format!("{who}: {}", escape(&words(&request.reader))));
    }
    let is_shown = |draft: &Draft| draft.chat == request.chat_id && draft.edits == request.pressed;
    answer.toast = Some(messages::terminal(&done.join("\n")));
    // A press that came too late leaves the message as the first one made it.
    let is_late = request.is_press && !has_changed;
    if !is_late && (request.pressed.is_none() || !answer.owed.iter().any(is_shown)) {
        answer.html = done.join("\n");
        answer.buttons = vec![vec![messages::button("‹ Alerts", "/alerts")]];
    }
    Ok(answer)
}

/// Whether the same was asked for again: a second press, or another person's.
fn is_same(known: &Muted, (until, is_taken): (Until, bool)) -> bool {
    let is_as_long = match (known.snooze.until, until) {
        (Until::Time(known), Until::Time(wanted)) => (wanted - known).abs() < chrono::TimeDelta::minutes(2),
        (known, wanted) => known == wanted,
    };
    known.is_taken == is_taken && is_as_long
}

/// Stores the change with its record; gives what holds from now on.
async fn change(
    request: &Request<'_>,
    by: &Person,
    alert: &Transition,
    known: Option<&Setting<Muted>>,
    mute: Option<(Until, bool)>,
) -> Result<Option<Setting<Muted>>, Refusal> {
    let (key, now, reader) = (alert.key(), request.asked_at, &request.reader);
    let muted = mute.map(|(until, is_taken)| {
        let snooze = Snooze { until, severity: alert.severity, set_at: now };
        Muted { key: key.clone(), snooze, is_taken }
    });
    let (subject, name) = (key.subject.to_string(), format!("{}\n{}", key.rule, key.subject));
    let setting = muted.map(|value| Setting { name: name.clone(), value, by: by.clone(), at: now });
    let action = match mute {
        Some((_, true)) => "take",
        Some(_) => "snooze",
        None => "unsnooze",
    };
    let change = Change {
        by,
        chat: request.chat_id,
        action,
        subject: &subject,
        before: known.map(|known| messages::muted(known, reader)),
        after: setting.as_ref().map(|setting| messages::muted(setting, reader)),
    };
    request.service.store.change((SNOOZE, &name), setting.as_ref().map(|setting| &setting.value), &change, now).await?;
    Ok(setting)
}
