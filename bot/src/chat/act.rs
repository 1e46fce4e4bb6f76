//! What people do about alerts: take, snooze, and take back. The change is stored and audited, the monitor applies it with the
//! next poll, and each message about the alert shows it.

use vobiz_core::alert::{Snooze, Transition, Until};

use super::request::{Answer, Refusal, Request};
use super::until;
use crate::messages::{self, escape};
use crate::people::{Person, Role};
use crate::snooze::{Muted, SNOOZE};
use crate::store::{AlertLine, AlertMessage, Change, Draft, Setting};

/// `taken by Asha at 02:55`, `snoozed by Asha until 09:00`
pub(super) fn words(setting: &Setting<Muted>, reader: &messages::Reader) -> String {
    let who = &setting.by.name;
    if setting.value.is_taken {
        format!("taken by {who} at {}", reader.at(setting.at))
    } else {
        format!("snoozed by {who} {}", until::words(setting.value.snooze.until, reader))
    }
}

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
                done.push(format!("{who}: already {}", escape(&words(known, &request.reader))));
                continue;
            }
            (None, None) => {
                done.push(format!("{who} is not snoozed"));
                continue;
            }
            _ => {}
        }
        has_changed = true;
        let state = change(request, by, alert, known.as_ref(), mute).await?;
        answer.owed.extend(changed_messages(request, alert, &state).await?);
        done.push(format!("{who}: {}", escape(&state)));
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

/// Stores the change with its record; gives the words for what holds from now on.
async fn change(
    request: &Request<'_>,
    by: &Person,
    alert: &Transition,
    known: Option<&Setting<Muted>>,
    mute: Option<(Until, bool)>,
) -> Result<String, Refusal> {
    let (key, now, reader) = (alert.key(), request.asked_at, &request.reader);
    let muted = mute.map(|(until, is_taken)| {
        let snooze = Snooze { until, severity: alert.severity, set_at: now };
        Muted { key: key.clone(), snooze, is_taken }
    });
    let (subject, name) = (key.subject.to_string(), format!("{}\n{}", key.rule, key.subject));
    let after = muted.clone().map(|value| words(&Setting { name: name.clone(), value, by: by.clone(), at: now }, reader));
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
        before: known.map(|known| words(known, reader)),
        after: after.clone(),
    };
    request.service.store.change((SNOOZE, &name), muted.as_ref(), &change, now).await?;
    Ok(after.unwrap_or_else(|| format!("no longer snoozed, by {} at {}", by.name, reader.at(now))))
}

/// Each chat's message about an alert, with what was done.
async fn changed_messages(request: &Request<'_>, alert: &Transition, words: &str) -> Result<Vec<Draft>, Refusal> {
    let (store, key) = (&request.service.store, alert.key());
    let messages = store.alert_messages(&key, request.asked_at).await?;
    let muted = store.settings::<Muted>(SNOOZE).await?;
    // What is known of the alert of a line: of this one what was done now, of the others what holds.
    let state = |line: &AlertLine| match line.key() {
        same if same == key => Some(words.to_owned()),
        other => {
            let known = muted.iter().find(|setting| setting.value.key == other);
            known.map(|known| self::words(known, &request.reader))
        }
    };
    let note = |line: &AlertLine, is_alone: bool| {
        let state = escape(&state(line)?);
        let who = messages::name(line.name.as_deref(), &line.subject);
        Some(format!("\n<i>{}</i>", if is_alone { capitalized(&state) } else { format!("{who}: {state}") }))
    };
    let draft = |message: AlertMessage| {
        let firing = message.lines.iter().filter(|line| line.is_firing);
        let notes: String = firing.filter_map(|line| note(line, message.lines.len() == 1)).collect();
        let html = format!("{}{notes}", message.html);
        // A list that is too long with what was done stays as it is.
        messages::is_one(&html).then(|| Draft {
            chat: message.chat,
            html,
            edits: Some(message.message),
            buttons: messages::alerts_buttons(&message.lines),
            ..Draft::default()
        })
    };
    Ok(messages.into_iter().filter_map(draft).collect())
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
