//! `vobiz-bot demo`: both services inside this process, the bot, and a chat in the terminal.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::sync::broadcast::Receiver;
use tokio::time::{Instant, timeout};
use vobiz_core::alert::Policy;
use vobiz_sandbox::{Person, Sandbox, Sent};

use crate::clock::Clock;
use crate::config::{self, Config};
use crate::run::Parts;
use crate::service::Service;
use crate::telegram::Telegram;
use crate::terminal::{say, tame};

/// The private chat with the person at the terminal.
const CHAT: i64 = 1001;
/// Virtual seconds per real second while a person is there: a poll every five seconds.
const SPEED: f64 = 60.0;
/// Longest wait for an answer, and for the first alert at the end of input.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Customers of the demo's partner, 1 to 50000.
    #[arg(long, default_value_t = vobiz_sandbox::Options::default().customers)]
    customers: usize,
    /// What everything random comes from.
    #[arg(long, default_value_t = vobiz_sandbox::Options::default().seed)]
    seed: u64,
}

struct Demo {
    sandbox: Sandbox,
    service: Arc<Service>,
    parts: Parts,
    sent: Receiver<Sent>,
    person: Person,
    pictures: PathBuf,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let is_script = !std::io::stdin().is_terminal();
    let mut demo = Demo::start(options).await?;
    say(&format!(
        "A made-up partner at {}; type /help, or wait for an alert. Ctrl-D ends it.",
        demo.sandbox.clock().now().format("%a %-d %b %Y %H:%M UTC")
    ))?;
    let outcome = if is_script {
        demo.play_script().await
    } else {
        demo.sandbox.clock().set_speed(SPEED)?;
        demo.talk().await
    };
    // Before the sandbox goes, whose end would look like an outage.
    demo.parts.stop().await;
    outcome
}

impl Demo {
    async fn start(options: Options) -> Result<Self> {
        let started = vobiz_sandbox::Options { customers: options.customers, seed: options.seed, ..Default::default() };
        let sandbox = Sandbox::start(started).await?;
        let zone = chrono_tz::Asia::Kolkata;
        let config = Config {
            business: vobiz_core::forecast::Business::default(),
            vobiz: config::Vobiz {
                auth_id: sandbox.auth_id().to_owned(),
                auth_token: sandbox.auth_token().to_owned().into(),
                base_url: sandbox.base_url(),
            },
            telegram: Some(config::Telegram {
                token: sandbox.telegram_token().to_owned().into(),
                api_url: sandbox.url().parse()?,
            }),
            database_url: "sqlite::memory:".to_owned(),
            poll_every: Duration::from_mins(5),
            report_zone: zone,
            chats: vec![config::Chat { id: CHAT, zone, daily_summary: chrono::NaiveTime::from_hms_opt(9, 0, 0) }],
            policy: Policy::default(),
        };
        let telegram = Telegram::new(config.telegram()?)?;
        let person = Person::new(CHAT, "You");
        let sent = sandbox.chat().subscribe();
        let service = Arc::new(Service::open(config, Clock::Virtual(sandbox.clock())).await?);
        let mut parts = Parts::start(&service, &telegram);
        timeout(PATIENCE, parts.username.subscribe().wait_for(Option::is_some)).await.context("the bot did not start")??;
        timeout(PATIENCE, parts.polled.wait_for(Option::is_some)).await.context("the first poll did not end")??;
        let pictures = std::env::temp_dir().join(format!("vobiz-bot-demo-{}", std::process::id()));
        std::fs::create_dir_all(&pictures).with_context(|| format!("cannot make {}", pictures.display()))?;
        Ok(Self { sandbox, service, parts, sent, person, pictures })
    }

    /// Someone types; the clock runs.
    async fn talk(&mut self) -> Result<()> {
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        loop {
            tokio::select! {
                line = lines.next_line() => match line.context("cannot read what is typed")? {
                    Some(line) if line.trim().is_empty() => {}
                    Some(line) => drop(self.sandbox.chat().say(CHAT, &self.person, &line)),
                    None => return Ok(()),
                },
                sent = self.sent.recv() => self.show(&sent?)?,
                failed = self.parts.failed() => return failed,
            }
        }
    }

    /// Each line waits for its answer; then the clock is turned until there was an alert.
    async fn play_script(&mut self) -> Result<()> {
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        while let Some(line) = lines.next_line().await.context("standard input is not text")? {
            if line.trim().is_empty() {
                continue;
            }
            say(&format!("you> {}", tame(&line)))?;
            self.parts.handled.borrow_and_update();
            self.sandbox.chat().say(CHAT, &self.person, &line);
            timeout(PATIENCE, self.parts.handled.changed()).await.context("no answer came")??;
            self.show_owed().await?;
        }
        let (clock, every) = (self.sandbox.clock(), self.service.poll_every);
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            clock.advance(every);
            let now = clock.now();
            timeout(PATIENCE, self.parts.polled.wait_for(|polled| polled.is_some_and(|polled| polled >= now)))
                .await
                .context("a poll did not end")??;
            if self.show_owed().await? {
                break;
            }
        }
        Ok(())
    }

    /// Waits until nothing is owed and shows what came. Whether an alert was among it.
    async fn show_owed(&mut self) -> Result<bool> {
        let end = Instant::now() + PATIENCE;
        while !self.service.store.owes_nothing().await? {
            anyhow::ensure!(Instant::now() < end, "messages are owed and were not delivered");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut is_alert = false;
        while let Ok(sent) = self.sent.try_recv() {
            is_alert |= sent.file.is_none() && (sent.plain.starts_with('🔴') || sent.plain.starts_with('🟠'));
            self.show(&sent)?;
        }
        Ok(is_alert)
    }

    fn show(&self, sent: &Sent) -> Result<()> {
        if !["sendMessage", "sendPhoto", "editMessageText"].contains(&sent.method.as_str()) {
            return Ok(());
        }
        if let Some(file) = &sent.file {
            let path = self.pictures.join(format!("{}-{}", sent.number, file.name));
            std::fs::write(&path, &file.bytes).with_context(|| format!("cannot write {}", path.display()))?;
            say(&format!("bot> [photo] {}", path.display()))?;
        }
        say(&format!("bot> {}", tame(&sent.plain).replace('\n', "\n     ")))?;
        Ok(())
    }
}
