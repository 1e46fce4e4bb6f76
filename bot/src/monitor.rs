//! The watch: each poll is read, judged and written down with the messages it owes.

use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use vobiz_core::alert::{Deferred, Evaluation, State, evaluate, notify};
use vobiz_core::forecast::Forecaster;

use crate::delivery;
use crate::messages::Reader;
use crate::observe::observe;
use crate::service::Service;
use crate::store::Draft;

/// How often profiles are written down, besides at the end. What a crash loses of them, later readings make up for.
const PROFILES_KEPT: TimeDelta = TimeDelta::minutes(10);

/// Polls until the bot stops. `polled` shows when the last poll was judged.
pub(crate) async fn run(service: Arc<Service>, polled: watch::Sender<Option<DateTime<Utc>>>) -> Result<()> {
    let mut state = service.store.alert_state().await?;
    let mut forecaster = Forecaster::new(service.business.clone());
    for (auth_id, profile) in service.store.profiles().await? {
        forecaster.restore(auth_id, profile);
    }
    let mut kept_at = service.clock.now();
    loop {
        let began = service.clock.now();
        state = tokio::select! {
            judged = poll(&service, &mut forecaster, state) => judged?,
            () = service.stop.cancelled() => break,
        };
        if (began - kept_at).abs() >= PROFILES_KEPT {
            keep(&service, &forecaster).await;
            kept_at = began;
        }
        polled.send_replace(Some(began));
        tokio::select! {
            () = service.clock.sleep(service.poll_every) => {}
            () = service.stop.cancelled() => break,
        }
    }
    keep(&service, &forecaster).await;
    Ok(())
}

async fn keep(service: &Service, forecaster: &Forecaster) {
    if let Err(error) = service.store.keep_profiles(forecaster.profiles(), service.clock.now()).await {
        tracing::error!(error = format!("{error:#}"), "profiles of wallets cannot be written down");
    }
}

async fn poll(service: &Service, forecaster: &mut Forecaster, before: State) -> Result<State> {
    let answers = observe(&service.api, &service.policy, service.report_zone, || service.clock.now()).await;
    for error in answers.errors() {
        tracing::warn!(%error, "a part of this poll failed; what it would have told is not judged");
    }
    let (observation, now) = (answers.observation(), answers.at);
    forecaster.observe(&observation);
    let forecasts = forecaster.at(now);
    let evaluation = evaluate(&service.policy, &observation, &forecasts, &before, now);
    let (owed, waiting) = owed(service, &evaluation, now).await?;
    tracing::debug!(alerts = evaluation.state.alerts.len(), owed = owed.len(), "poll judged");
    service.store.record(&before, &evaluation.state, &waiting, &owed, now).await;
    Ok(evaluation.state)
}

/// Every chat is told in its own manner and time zone; what it is not told yet waits.
async fn owed(service: &Service, evaluation: &Evaluation, now: DateTime<Utc>) -> Result<(Vec<Draft>, Vec<(i64, Deferred)>)> {
    let (mut owed, mut waiting) = (Vec::new(), Vec::new());
    for (chat, id) in service.recipients().await? {
        let reader = Reader { zone: chat.zone, now };
        let before = service.store.waiting(chat.id).await?;
        let (told, waits) = notify(&chat.manner, evaluation, &before, now);
        owed.extend(delivery::drafts(id, &told, &reader));
        if waits != before {
            waiting.push((chat.id, waits));
        }
    }
    Ok((owed, waiting))
}
