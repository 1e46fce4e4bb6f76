//! The service: watch, deliver, answer and report until stopped.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::chat::{self, COMMANDS};
use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::Limits;
use crate::service::Service;
use crate::telegram::Telegram;
use crate::{delivery, monitor, schedule, terminal};

/// How long after a failure the two services are asked again at the start.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// `vobiz-bot run`
pub(crate) async fn run(config: Config) -> Result<()> {
    // Asked for first, so that a signal during the start is not missed.
    let mut terminated = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let telegram = Telegram::new(config.telegram()?)?;
    if config.chats.is_empty() {
        terminal::eprint_line(
            "no [[chats]]: nobody will be told anything. Write to the bot from a chat and it answers with the id to put there.",
        );
    }
    let service = Arc::new(Service::open(config, Clock::System).await?);
    let mut parts = Parts::start(&service, &telegram, Limits::TELEGRAM);
    parts.tasks.spawn({
        let api = service.api.clone();
        let mut username = parts.username.subscribe();
        async move {
            while api.me().await.is_err() && api.dashboard().await.is_err() {
                tokio::time::sleep(ASK_AGAIN).await;
            }
            username.wait_for(Option::is_some).await?;
            terminal::eprint_line("ready");
            std::future::pending().await
        }
    });
    tokio::select! {
        failed = parts.failed() => failed,
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot listen for Ctrl-C"),
    }
}

/// The parts of the running service; they stop when this is dropped.
pub(crate) struct Parts {
    tasks: JoinSet<Result<()>>,
    /// The bot's own name, once Telegram told it.
    pub(crate) username: watch::Sender<Option<String>>,
    /// When the last poll was judged.
    pub(crate) polled: watch::Receiver<Option<DateTime<Utc>>>,
    /// The last update that was answered.
    pub(crate) handled: watch::Receiver<u32>,
}

impl Parts {
    pub(crate) fn start(service: &Arc<Service>, telegram: &Telegram, limits: Limits) -> Self {
        let mut tasks = JoinSet::new();
        let (polling, polled) = watch::channel(None);
        let (handling, handled) = watch::channel(0);
        let username = watch::Sender::new(None);
        tasks.spawn(monitor::run(service.clone(), polling));
        tasks.spawn(delivery::run(service.store.clone(), telegram.clone(), service.clock.clone(), limits));
        for chat in &service.chats {
            tasks.spawn(schedule::run(service.clone(), chat.clone()));
        }
        tasks.spawn({
            let (service, telegram, username) = (service.clone(), telegram.clone(), username.clone());
            async move {
                let name = introduce(&telegram).await;
                username.send_replace(Some(name.clone()));
                chat::run(service, telegram, name, handling).await
            }
        });
        Self { tasks, username, polled, handled }
    }

    /// Stops every part and waits until it did.
    #[cfg(feature = "demo")]
    pub(crate) async fn stop(&mut self) {
        self.tasks.shutdown().await;
    }

    /// Why a part ended; they never do otherwise.
    pub(crate) async fn failed(&mut self) -> Result<()> {
        match self.tasks.join_next().await {
            Some(ended) => ended.context("a part of the bot broke down")?,
            None => Ok(()),
        }
    }
}

/// Learns the bot's name and shows its commands. Asks until Telegram answers.
async fn introduce(telegram: &Telegram) -> String {
    let name = loop {
        match telegram.username().await {
            Ok(name) => break name,
            Err(failure) => {
                tracing::error!(%failure, "Telegram does not accept the bot; check telegram.token and telegram.api_url");
                tokio::time::sleep(ASK_AGAIN).await;
            }
        }
    };
    if let Err(failure) = telegram.set_commands(COMMANDS).await {
        tracing::warn!(%failure, "the list of commands could not be shown in Telegram");
    }
    name
}
