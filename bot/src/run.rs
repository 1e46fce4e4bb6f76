//! The service: watch, deliver, answer and report until stopped.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::chat;
use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::Limits;
use crate::service::{Service, client};
use crate::store::{Lock, OwedByCopy, Patience, Store};
use crate::telegram::Telegram;
use crate::{clock, delivery, heartbeat, http, monitor, notices, schedule, systemd, terminal, upkeep};

/// Shortest and longest wait before a service that failed is asked again, or a part that failed is started again.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(2), Duration::from_mins(1));
/// How often a bot that stands by looks whether the database is free.
const LOCK_AGAIN: Duration = Duration::from_secs(1);
/// How long the parts may take to end.
const END: Duration = Duration::from_secs(12);

/// Options of `vobiz-bot run`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Wait while another bot uses the database, and take over when it ends.
    #[arg(long)]
    standby: bool,
    /// The database is a copy made by `backup`: what happens to messages that it owes, which may have been sent since.
    #[arg(long, value_enum, value_name = "WHAT")]
    owed: Option<OwedByCopy>,
    /// Take the time from the sandbox at this address, so that a month passes in minutes.
    #[arg(long, hide = true, value_name = "URL")]
    clock: Option<Url>,
}

/// `vobiz-bot run`. `load` reads the configuration again, which SIGHUP asks for.
pub(crate) async fn run(mut config: Config, options: &Options, load: &dyn Fn() -> Result<Config>) -> Result<()> {
    keep_memory_private();
    // Asked for first, so that a signal during the start is not missed.
    let mut terminated = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut hangups = signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?;
    // The configuration before the present one, until that one started.
    let mut earlier = None;
    loop {
        let started = tokio::select! {
            started = start(&config, options) => started,
            // A configuration that is read again is started by a service that the watchdog watches already.
            fed = systemd::watchdog(), if earlier.is_some() => return fed,
            _ = terminated.recv() => return Ok(()),
            interrupted = tokio::signal::ctrl_c() => return interrupted.context("cannot listen for Ctrl-C"),
        };
        let mut parts = match (started, earlier.take()) {
            (Ok(parts), _) => parts,
            (Err(error), Some(before)) => {
                refuse(&error);
                config = before;
                continue;
            }
            (Err(error), None) => return Err(error),
        };
        let ended = tokio::select! {
            failed = parts.failed() => failed,
            _ = terminated.recv() => Ok(()),
            interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot listen for Ctrl-C"),
            new = reloaded(&mut hangups, &config, load) => {
                // All that the parts know is in the database: the new ones go on where the old ones end.
                parts.stop().await;
                earlier = Some(std::mem::replace(&mut config, new));
                continue;
            }
        };
        systemd::stopping();
        parts.stop().await;
        return ended;
    }
}

async fn start(config: &Config, options: &Options) -> Result<Parts> {
    let telegram = Telegram::new(config.telegram()?)?;
    if config.chats.is_empty() {
        terminal::eprint_line(
            "no [[chats]]: nobody gets any message. Write to the bot from a chat and it answers with the id to put there.",
        );
    }
    let clock = match &options.clock {
        Some(address) => Clock::follow(address).await?,
        None => Clock::System,
    };
    let service = Patience::SERVICE.until_usable(&config.database_url, async || open(config, options, clock.clone()).await);
    let service = Arc::new(service.await?);
    let mut parts = Parts::start(&service, &telegram, Limits::TELEGRAM);
    parts.tasks.spawn({
        let service = service.clone();
        let mut username = parts.username.subscribe();
        async move {
            let mut backoff = Backoff::default();
            while service.api.me().await.is_err() && service.api.dashboard().await.is_err() {
                backoff.wait().await;
            }
            username.wait_for(Option::is_some).await?;
            terminal::eprint_line("ready");
            systemd::ready();
            service.stop.cancelled().await;
            Ok(())
        }
    });
    Ok(parts)
}

/// What all parts share, over a database that was brought up to date.
async fn open(config: &Config, options: &Options, clock: Clock) -> Result<Service> {
    let store = if options.standby { stand_by(&config.database_url).await? } else { Store::open(&config.database_url).await? };
    store.settle_copy(options.owed, clock.now()).await?;
    let service = Service::over(config.clone(), clock, store)?;
    service.load_chats().await?;
    service.give_up_for_others().await?;
    Ok(service)
}

/// Waits for a SIGHUP and a configuration that differs. One that is refused is logged, and the old one stays.
async fn reloaded(hangups: &mut Signal, old: &Config, load: &dyn Fn() -> Result<Config>) -> Config {
    loop {
        if hangups.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
        let new = match load().and_then(usable) {
            Ok(new) => new,
            Err(error) => {
                refuse(&error);
                continue;
            }
        };
        let changes = old.changes(&new);
        if !changes.is_empty() {
            tracing::info!(changed = changes.join(", "), "the configuration was read again and is applied");
            return new;
        }
        tracing::info!("the configuration was read again: nothing changed");
    }
}

/// The configuration, if clients of both services can be made from it.
fn usable(config: Config) -> Result<Config> {
    Telegram::new(config.telegram()?)?;
    client(&config)?;
    Ok(config)
}

fn refuse(error: &anyhow::Error) {
    tracing::error!(error = format!("{error:#}"), "the configuration was read again and is refused; the old one stays");
}

/// Waits until no other bot uses the database.
async fn stand_by(url: &str) -> Result<Store> {
    let mut is_logged = false;
    loop {
        match Store::lock(url)? {
            Lock::Held(held) => return Store::open_held(url, held).await,
            Lock::Busy(holder) if !is_logged => {
                terminal::eprint_line(&format!("standing by: the database is used by {holder}"));
                is_logged = true;
            }
            Lock::Busy(_) => {}
        }
        tokio::time::sleep(LOCK_AGAIN).await;
    }
}

/// Lets no core dump be written: the memory of the process holds tokens.
fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "core dumps cannot be switched off; one would hold the tokens");
    }
}

/// The parts of the running service; they are aborted when this is dropped.
pub(crate) struct Parts {
    tasks: JoinSet<Result<()>>,
    service: Arc<Service>,
    /// The bot's own name, once Telegram answered.
    pub(crate) username: watch::Sender<Option<String>>,
    /// The last update that was answered.
    pub(crate) handled: watch::Receiver<i64>,
}

impl Parts {
    pub(crate) fn start(service: &Arc<Service>, telegram: &Telegram, limits: Limits) -> Self {
        let mut tasks = JoinSet::new();
        let (handling, handled) = watch::channel(0);
        let username = watch::Sender::new(None);
        let stop = &service.stop;
        let mut start = |name, part: Box<dyn FnMut() -> Part + Send>| drop(tasks.spawn(supervised(name, stop.clone(), part)));
        start("watch", {
            let service = service.clone();
            Box::new(move || Box::pin(monitor::run(service.clone())))
        });
        start("delivery", {
            let (service, telegram) = (service.clone(), telegram.clone());
            Box::new(move || Box::pin(delivery::run(service.clone(), telegram.clone(), limits)))
        });
        start("notices", {
            let (service, telegram) = (service.clone(), telegram.clone());
            Box::new(move || Box::pin(until_stop(service.stop.clone(), notices::run(service.clone(), telegram.clone()))))
        });
        start("upkeep", {
            let service = service.clone();
            Box::new(move || Box::pin(until_stop(service.stop.clone(), upkeep::run(service.clone()))))
        });
        start("http", {
            let (service, telegram) = (service.clone(), telegram.clone());
            Box::new(move || Box::pin(until_stop(service.stop.clone(), http::run(service.clone(), telegram.clone()))))
        });
        start("heartbeat", {
            let service = service.clone();
            Box::new(move || Box::pin(until_stop(service.stop.clone(), heartbeat::run(service.clone()))))
        });
        start("watchdog", {
            let stop = stop.clone();
            Box::new(move || Box::pin(until_stop(stop.clone(), systemd::watchdog())))
        });
        start("summaries", {
            let service = service.clone();
            Box::new(move || Box::pin(until_stop(service.stop.clone(), schedule::run(service.clone()))))
        });
        start("menus", {
            let (service, telegram) = (service.clone(), telegram.clone());
            Box::new(move || Box::pin(until_stop(service.stop.clone(), chat::keep_menus(service.clone(), telegram.clone()))))
        });
        start("boards", {
            let service = service.clone();
            Box::new(move || Box::pin(until_stop(service.stop.clone(), chat::keep_boards(service.clone()))))
        });
        start("chats", {
            let (service, telegram, username) = (service.clone(), telegram.clone(), username.clone());
            Box::new(move || {
                let (service, telegram, username, handling) =
                    (service.clone(), telegram.clone(), username.clone(), handling.clone());
                Box::pin(until_stop(service.stop.clone(), async move {
                    let name = introduce(&telegram).await;
                    username.send_replace(Some(name.clone()));
                    chat::run(service, telegram, name, handling).await
                }))
            })
        });
        start("clock", {
            let stop = stop.clone();
            Box::new(move || Box::pin(until_stop(stop.clone(), clock::log_steps())))
        });
        Self { tasks, service: service.clone(), username, handled }
    }

    /// Lets every part finish what it is doing, and closes the database.
    pub(crate) async fn stop(&mut self) {
        self.service.stop.cancel();
        let end = Instant::now() + END;
        while let Ok(Some(_)) = timeout_at(end, self.tasks.join_next()).await {}
        self.tasks.shutdown().await;
        self.service.store.close().await;
    }

    /// Why a part broke down; they never do otherwise.
    pub(crate) async fn failed(&mut self) -> Result<()> {
        match self.tasks.join_next().await {
            Some(ended) => ended.context("a part of the bot broke down")?,
            None => Ok(()),
        }
    }
}

type Part = std::pin::Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// Runs a part until it ends, and again whenever it fails: what it needs is in the database, or is asked again.
async fn supervised(name: &'static str, stop: CancellationToken, mut part: Box<dyn FnMut() -> Part + Send>) -> Result<()> {
    let mut backoff = Backoff::default();
    while !stop.is_cancelled() {
        let started = Instant::now();
        let Err(error) = part().await else { return Ok(()) };
        tracing::error!(part = name, error = format!("{error:#}"), "a part of the bot failed and starts again");
        if started.elapsed() > BACKOFF.1 {
            backoff = Backoff::default();
        }
        tokio::select! {
            () = backoff.wait() => {}
            () = stop.cancelled() => {}
        }
    }
    Ok(())
}

/// Ends a part that has nothing to finish as soon as the bot stops.
async fn until_stop(stop: CancellationToken, part: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::select! {
        outcome = part => outcome,
        () = stop.cancelled() => Ok(()),
    }
}

/// Waits that double.
#[derive(Default)]
struct Backoff(u32);

impl Backoff {
    async fn wait(&mut self) {
        let wait = BACKOFF.0.saturating_mul(1 << self.0.min(8)).min(BACKOFF.1);
        self.0 += 1;
        tokio::time::sleep(wait).await;
    }
}

/// Learns the bot's name, and makes sure that its updates can be read. Asks until Telegram answers.
async fn introduce(telegram: &Telegram) -> String {
    let mut backoff = Backoff::default();
    loop {
        let name = match telegram.username().await {
            Ok(name) => telegram.prepare_updates().await.map(|()| name),
            Err(failure) => Err(failure),
        };
        match name {
            Ok(name) => break name,
            Err(failure) => {
                tracing::error!(%failure, "the bot cannot read its updates from Telegram");
                backoff.wait().await;
            }
        }
    }
}
