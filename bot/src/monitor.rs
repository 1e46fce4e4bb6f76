//! The watch: each sweep is judged, recorded with the messages it owes, and published.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::timeout;
use vobiz_core::alert::{Content, Deferred, Notification, Observation, Occasion, Severity, State, Wants, notify};

use crate::delivery;
use crate::doubts::remarks;
use crate::ledger::{self, Cursor, Limit};
use crate::marks;
use crate::messages::{self, Reader};
use crate::metrics;
use crate::observe::observe;
use crate::service::Service;
use crate::shift;
use crate::snapshot::{Memory, Snapshot};
use crate::snooze::{Muted, SNOOZE};
use crate::store::{Draft, Priority, Setting, Sweep};
use crate::terminal::millis;

/// How often profiles are saved, besides at the end. What a crash loses of them, later readings make up for.
const PROFILES_SAVED: TimeDelta = TimeDelta::minutes(10);

/// An absence is reported where so many polls were missed, and not where it was shorter than this.
const MISSED_POLLS: u32 = 3;
const SHORTEST_ABSENCE: TimeDelta = TimeDelta::minutes(15);
/// Oddities that are remembered as reported; after so many different ones they are reported anew.
const MOST_REMARKS: usize = 1000;

/// Polls until the bot stops, at the configured interval and whenever somebody wants fresh figures.
pub(crate) async fn run(service: Arc<Service>) -> Result<()> {
    let (profiles, state) = (service.store.profiles().await?, service.store.alert_state().await?);
    let mut memory = Memory::new(service.business.clone(), profiles, state);
    memory.top_ups = Arc::new(service.store.top_ups().await?);
    let mut ledger = service.store.ledger_cursor().await?;
    let mut saved_at = service.clock.now();
    let mut remarked = service.store.remarked().await?;
    let mut absence = Absence { last_sweep: service.store.last_sweep().await? };
    loop {
        let began = service.clock.now();
        tokio::select! {
            polled = poll(&service, &mut memory, &mut ledger, &mut remarked, &mut absence) => polled?,
            () = service.stop.cancelled() => break,
        }
        if (began - saved_at).abs() >= PROFILES_SAVED {
            save(&service, &memory).await;
            saved_at = began;
        }
        tokio::select! {
            () = service.clock.sleep_after(began, service.poll_every) => {}
            () = service.published.wanted() => {}
            () = service.stop.cancelled() => break,
        }
    }
    save(&service, &memory).await;
    Ok(())
}

async fn save(service: &Service, memory: &Memory) {
    if let Err(error) = service.store.keep_profiles(memory.profiles(), service.clock.now()).await {
        tracing::error!(error = format!("{error:#}"), "profiles of wallets cannot be saved");
    }
}

/// The time before the bot started: chats are sent once what happened in it.
struct Absence {
    /// The last sweep of the program before; `None` where there was none, or chats were notified.
    last_sweep: Option<DateTime<Utc>>,
}

impl Absence {
    /// Since when nothing was read, with the first sweep after it that read customers; where it was long.
    fn ended(&self, snapshot: &Snapshot, every: Duration) -> Option<DateTime<Utc>> {
        let longest = TimeDelta::from_std(every * MISSED_POLLS).unwrap_or(SHORTEST_ABSENCE).max(SHORTEST_ABSENCE);
        let was_read = !snapshot.observation.customers.is_empty();
        self.last_sweep.filter(|last| was_read && snapshot.at - *last > longest)
    }

    /// A sweep was recorded: what comes later is no absence.
    fn note(&mut self, snapshot: &Snapshot) {
        if !snapshot.observation.customers.is_empty() {
            self.last_sweep = None;
        }
    }
}

async fn poll(
    service: &Service,
    memory: &mut Memory,
    ledger: &mut Cursor,
    remarked: &mut BTreeSet<String>,
    absence: &mut Absence,
) -> Result<()> {
    let started = Instant::now();
    let (zone, deadline) = (service.report_zone, service.poll_deadline);
    let policy = service.rules().await;
    let answers = observe(&service.api, &policy, zone, &memory.state, deadline, || service.clock.now()).await;
    for error in answers.errors() {
        tracing::warn!(%error, "a part of this poll failed; rules on it are not judged");
    }
    let notice = learn_ledger(service, memory, ledger, &answers.observation()).await;
    let took = started.elapsed();
    let muted = service.store.settings::<Muted>(SNOOZE).await.unwrap_or_else(|error| {
        tracing::error!(error = format!("{error:#}"), "snoozes cannot be read; alerts ring as if there were none");
        Vec::new()
    });
    memory.mute(muted.iter().map(|setting| &setting.value));
    let snapshot = memory.judge(&policy, answers);
    let remarks = new_remarks(&snapshot, remarked);
    let notices = Notices { ledger: notice, blind_since: absence.ended(&snapshot, service.poll_every) };
    let recorded = record(service, &memory.state, &snapshot, (&remarks, remarked), &notices, (started, took)).await;
    match recorded {
        Ok(()) => {
            memory.state = snapshot.evaluation.state.clone();
            absence.note(&snapshot);
        }
        // What chats are owed depends on what is stored of them: the next poll decides it anew.
        Err(error) => {
            let why = format!("{error:#}");
            tracing::error!(error = why, "what chats were sent before cannot be read; the watch goes on from memory");
            let _ = service.store.noted::<()>(Err(error));
        }
    }
    let is_over = |setting: &Setting<Muted>| {
        memory.state.alerts.get(&setting.value.key).is_none_or(|alert| alert.firing.is_none() || alert.snooze.is_none())
    };
    let ended: Vec<Setting<Muted>> = muted.into_iter().filter(is_over).collect();
    if let Err(error) = service.store.end_settings(SNOOZE, &ended).await {
        tracing::warn!(error = format!("{error:#}"), "snoozes that are over cannot be removed");
    }
    let at = snapshot.at;
    service.published.publish(snapshot);
    // Nothing that was decided waits for this read: it counts from the next poll on.
    match ledger::announced(&service.api, &mut ledger.fees_next_at, at).await {
        Ok(fees) => memory.expect(&fees),
        Err(error) => tracing::warn!(%error, "the fees that numbers announce cannot be read; tried again in an hour"),
    }
    Ok(())
}

/// What chats are notified of with a poll, beside alerts.
struct Notices {
    /// That ledgers cannot be read in full.
    ledger: Option<&'static str>,
    /// Since when nothing was read, where the bot was away.
    blind_since: Option<DateTime<Utc>>,
}

/// Learns what is new in ledgers. Gives what chats are notified of once: that ledgers cannot be read in full, and why that
/// matters.
async fn learn_ledger(
    service: &Service,
    memory: &mut Memory,
    cursor: &mut Cursor,
    observation: &Observation,
) -> Option<&'static str> {
    if observation.customers.is_empty() {
        return None;
    }
    let (before, limit) = (service.published.last(), cursor.limit);
    let before = before.as_ref().map(|snapshot| &snapshot.observation);
    let is_beyond_calls = |auth_id: &str, fall| memory.is_beyond_calls(auth_id, fall);
    // The cursor moves with what is written: what could not be is read again.
    let mut next = cursor.clone();
    let read = ledger::read(&service.api, &mut next, before, observation, is_beyond_calls);
    let entries = match timeout(service.poll_deadline, read).await {
        Ok(Ok(entries)) => entries,
        Ok(Err(error)) => {
            tracing::warn!(%error, "ledgers cannot be read now; the next poll reads what is new since the last one");
            return None;
        }
        Err(_) => {
            tracing::warn!("ledgers were not read within the deadline of a poll; the next one tries again");
            return None;
        }
    };
    match service.store.keep_ledger(entries, &next, observation.at).await {
        Ok(new) => memory.learn(&new, observation.at),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "what is new in ledgers cannot be written down and is read again");
            return None;
        }
    }
    *cursor = next;
    cursor.limit.filter(|now| limit != Some(*now)).map(|limit| match limit {
        Limit::NoGlobal => messages::NO_GLOBAL_LEDGER,
        Limit::None => messages::NO_LEDGER,
    })
}

/// What is odd about this sweep and was not reported before.
fn new_remarks(snapshot: &Snapshot, remarked: &mut BTreeSet<String>) -> Vec<String> {
    if remarked.len() > MOST_REMARKS {
        remarked.clear();
    }
    remarks(snapshot).into_iter().filter_map(|(key, sentence)| remarked.insert(key).then_some(sentence)).collect()
}

/// Records a sweep with its messages; `remarks` are the new ones, and the keys of all that were reported. The poll started then,
/// and took so long until its last answer came.
async fn record(
    service: &Service,
    before: &State,
    snapshot: &Snapshot,
    (remarks, remarked): (&[String], &BTreeSet<String>),
    notices: &Notices,
    (started, took): (Instant, Duration),
) -> Result<()> {
    let (mut owed, deferred) = owed(service, snapshot).await?;
    if let Some(blind_since) = notices.blind_since {
        for (chat, id) in service.recipients().await? {
            let html = messages::absence(blind_since, snapshot, &Reader { zone: chat.zone, now: snapshot.at });
            owed.insert(0, Draft { chat: id, html, priority: Priority::Warning, ..Draft::default() });
        }
    }
    let oddities = (!remarks.is_empty()).then(|| messages::oddities(remarks));
    for html in oddities.into_iter().chain(notices.ledger.map(str::to_owned)) {
        let draft = Draft { html, silent: true, priority: Priority::Warning, ..Draft::default() };
        let recipients = service.recipients().await?.into_iter();
        owed.extend(recipients.map(|(chat, id)| Draft { chat: id, thread: chat.thread, ..draft.clone() }));
    }
    let Snapshot { observation, evaluation, at, .. } = snapshot;
    // What cannot be read of earlier messages leaves them as they are.
    owed.extend(marks::ended(service, evaluation, *at).await.unwrap_or_else(|error| {
        tracing::warn!(error = format!("{error:#}"), "messages about alerts that ended stay as they are");
        Vec::new()
    }));
    let sweep = Sweep { observation, transitions: &evaluation.transitions, remarked };
    let is_recorded = service.store.record(before, &evaluation.state, &deferred, &owed, &sweep, *at).await;
    let is_complete = snapshot.answers.errors().next().is_none();
    metrics::poll(observation, evaluation, is_complete, took);
    if is_complete && is_recorded {
        service.complete.send_replace(Some(*at));
    }
    tracing::info!(
        wallets = observation.customers.len(),
        unread = observation.customers.iter().filter(|subject| subject.balance.is_none()).count(),
        firing = evaluation.firing.len(),
        changes = evaluation.transitions.len(),
        messages = owed.len(),
        read_ms = millis(took),
        took_ms = millis(started.elapsed()),
        is_complete,
        is_recorded,
        "poll judged"
    );
    Ok(())
}

/// The messages of each chat by its own settings, and what it is sent later.
async fn owed(service: &Service, snapshot: &Snapshot) -> Result<(Vec<Draft>, Vec<(i64, Deferred)>)> {
    let (mut owed, mut deferred) = (Vec::new(), Vec::new());
    for (chat, id) in service.recipients().await? {
        let reader = Reader { zone: chat.zone, now: snapshot.at };
        let before = service.store.waiting(chat.id).await?;
        let (notifications, after) = notify(&chat.settings, &snapshot.evaluation, &before, snapshot.at);
        let shift = if notifications.iter().any(is_hand_over) {
            shift_of(service, snapshot, &chat.settings.wants, &reader).await.unwrap_or_else(|error| {
                tracing::warn!(
                    error = format!("{error:#}"),
                    "what happened meanwhile cannot be read; a hand-over goes without it"
                );
                String::new()
            })
        } else {
            String::new()
        };
        let drafts = delivery::drafts(id, &notifications, snapshot.top_ups(), &shift, &reader).into_iter();
        owed.extend(drafts.map(|draft| Draft { thread: chat.thread, ..draft }));
        if after != before {
            deferred.push((chat.id, after));
        }
    }
    Ok((owed, deferred))
}

fn is_hand_over(notification: &Notification) -> bool {
    matches!(notification.content, Content::Alerts { occasion: Occasion::HandOver, .. })
}

/// What happened while it was quiet to what a chat wants, in words.
async fn shift_of(service: &Service, snapshot: &Snapshot, wants: &Wants, reader: &Reader) -> Result<String> {
    let is_wanted = |id: &str| match snapshot.subject(id) {
        Some(subject) => wants.includes(subject),
        None => wants.is_of_all() || wants.customers.contains(id),
    };
    let is_bad_enough = |severity: &str| wants.least == Severity::Warning || severity == wants.least.name();
    let night =
        shift::night(service, snapshot.at, |change| is_bad_enough(&change.severity) && is_wanted(&change.subject)).await?;
    let since = night.as_ref().map_or(snapshot.at, |night| night.since);
    let mut acts = shift::acts(service, since).await?;
    acts.retain(|act| is_wanted(&act.subject));
    let whose = |id: &str| snapshot.subject(id).map_or_else(|| messages::code(id), messages::whose);
    Ok(messages::shift(night.as_ref(), &acts, whose, reader))
}
