//! The watch: each poll is read, judged and written down with the messages it owes.

use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use vobiz_core::alert::{Evaluation, Observation, State, evaluate};
use vobiz_core::forecast::Forecaster;

use crate::service::Service;
use crate::store::Draft;
use crate::words::{self, Reader};

/// How often profiles are written down. What a crash loses of them, later readings make up for.
const PROFILES_KEPT: TimeDelta = TimeDelta::hours(1);

/// Polls until the task is dropped. `polled` shows when the last poll was judged.
pub(crate) async fn run(service: Arc<Service>, polled: watch::Sender<Option<DateTime<Utc>>>) -> Result<()> {
    let every = TimeDelta::from_std(service.poll_every)?;
    let mut state = service.store.alert_state().await?;
    let mut forecaster = Forecaster::new(service.business.clone());
    for (auth_id, profile) in service.store.profiles().await? {
        forecaster.restore(auth_id, profile);
    }
    let mut kept_at = service.clock.now();
    loop {
        let began = service.clock.now();
        state = poll(&service, &mut forecaster, state).await?;
        if began - kept_at >= PROFILES_KEPT {
            service.store.keep_profiles(forecaster.profiles(), began).await?;
            kept_at = began;
        }
        polled.send_replace(Some(began));
        service.clock.sleep_until(began + every).await;
    }
}

async fn poll(service: &Service, forecaster: &mut Forecaster, before: State) -> Result<State> {
    let seen = service.subjects().await;
    let now = service.clock.now();
    let observation = match seen {
        Ok(customers) => Observation::complete(now, customers),
        Err(error) => {
            tracing::warn!(%error, "this poll failed; no wallet is judged");
            Observation::failed(now, &error)
        }
    };
    forecaster.observe(&observation);
    let evaluation = evaluate(&service.policy, &observation, &forecaster.at(now), &before, now);
    let owed = owed(service, &evaluation, now).await?;
    tracing::debug!(alerts = evaluation.state.alerts.len(), owed = owed.len(), "poll judged");
    service.store.record(&before, &evaluation.state, &owed, now).await?;
    Ok(evaluation.state)
}

/// Every chat is told, each in its own time zone.
async fn owed(service: &Service, evaluation: &Evaluation, now: DateTime<Utc>) -> Result<Vec<Draft>> {
    let mut owed = Vec::new();
    for chat in &service.chats {
        let (reader, id) = (Reader { zone: chat.zone, now }, service.store.present_chat(chat.id).await?);
        let feed = evaluation.feed.iter().map(|change| words::feed(change, &reader));
        let notices = feed.chain(words::notices(&evaluation.transitions, &reader));
        owed.extend(notices.map(|notice| Draft { chat: id, html: notice.html, silent: notice.silent, ..Draft::default() }));
    }
    Ok(owed)
}
