//! The watch: each sweep is judged, recorded with the messages it owes, and published.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use chrono::TimeDelta;
use vobiz_core::alert::{Deferred, State, notify};

use crate::delivery;
use crate::doubts::remarks;
use crate::messages::{self, Reader};
use crate::metrics;
use crate::observe::observe;
use crate::service::Service;
use crate::snapshot::{Memory, Snapshot};
use crate::store::{Draft, Priority, Sweep};

/// How often profiles are saved, besides at the end. What a crash loses of them, later readings make up for.
const PROFILES_SAVED: TimeDelta = TimeDelta::minutes(10);

/// Oddities that are remembered as reported; after so many different ones they are reported anew.
const MOST_REMARKS: usize = 1000;

/// Polls until the bot stops, at the configured interval and whenever somebody wants fresh figures.
pub(crate) async fn run(service: Arc<Service>) -> Result<()> {
    let (profiles, state) = (service.store.profiles().await?, service.store.alert_state().await?);
    let mut memory = Memory::new(service.business.clone(), profiles, state);
    let mut saved_at = service.clock.now();
    let mut remarked = HashSet::new();
    loop {
        let began = service.clock.now();
        tokio::select! {
            polled = poll(&service, &mut memory, &mut remarked) => polled?,
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

async fn poll(service: &Service, memory: &mut Memory, remarked: &mut HashSet<String>) -> Result<()> {
    let started = Instant::now();
    let listed = memory.state.roster.listed;
    let answers =
        observe(&service.api, &service.policy, service.report_zone, listed, service.poll_deadline, || service.clock.now()).await;
    for error in answers.errors() {
        tracing::warn!(%error, "a part of this poll failed; rules on it are not judged");
    }
    let took = started.elapsed();
    let snapshot = memory.judge(&service.policy, answers);
    let remarks = new_remarks(&snapshot, remarked);
    record(service, &memory.state, &snapshot, &remarks, took).await?;
    memory.state = snapshot.evaluation.state.clone();
    service.published.publish(snapshot);
    Ok(())
}

/// What is odd about this sweep and was not reported since the start.
fn new_remarks(snapshot: &Snapshot, remarked: &mut HashSet<String>) -> Vec<String> {
    if remarked.len() > MOST_REMARKS {
        remarked.clear();
    }
    remarks(snapshot).into_iter().filter_map(|(key, sentence)| remarked.insert(key).then_some(sentence)).collect()
}

async fn record(service: &Service, before: &State, snapshot: &Snapshot, remarks: &[String], took: Duration) -> Result<()> {
    let (mut owed, deferred) = owed(service, snapshot).await?;
    if !remarks.is_empty() {
        let html = messages::oddities(remarks);
        let draft = |id| Draft { chat: id, html: html.clone(), silent: true, priority: Priority::Warning, ..Draft::default() };
        owed.extend(service.recipients().await?.into_iter().map(|(_, id)| draft(id)));
    }
    let Snapshot { observation, evaluation, at, .. } = snapshot;
    let sweep = Sweep { observation, transitions: &evaluation.transitions };
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
        read_ms = took.as_millis(),
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
        owed.extend(delivery::drafts(id, &notifications, &reader));
        if after != before {
            deferred.push((chat.id, after));
        }
    }
    Ok((owed, deferred))
}
