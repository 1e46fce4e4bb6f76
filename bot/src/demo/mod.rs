//! `vobiz-bot demo`: both services inside this process, the bot, and a chat in the terminal or in a browser.

mod month;
mod script;
mod talk;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast::Receiver;
use tokio::time::{Instant, timeout};
use vobiz_core::PartnerClient;
use vobiz_core::alert::Policy;
use vobiz_core::forecast::Business;
use vobiz_sandbox::{Person, Sandbox, Sent};

use crate::clock::Clock;
use crate::config::{self, Config};
use crate::delivery::Limits;
use crate::people::{self, Member, Role};
use crate::run::Parts;
use crate::service::Service;
use crate::telegram::Telegram;
use crate::terminal::{print_line, strip_control_chars};

/// The private chat with the person at the terminal.
const CHAT: i64 = 1001;
/// A colleague's private chat, which the page shows too.
const COLLEAGUE: i64 = 1002;
/// Another member of the group.
const RAVI: i64 = 1003;
/// Somebody whom the bot does not know.
const STRANGER: i64 = 1999;
/// The group of both.
const GROUP: i64 = -5001;
/// Virtual seconds per real second while a person is there: a poll every five seconds.
const SPEED: f64 = 60.0;
/// Longest wait for an answer, and for the first alert at the end of input.
const PATIENCE: Duration = Duration::from_secs(30);
/// Where the demo's people are.
const ZONE: chrono_tz::Tz = chrono_tz::Asia::Kolkata;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Customers of the demo's partner, 1 to 50000.
    #[arg(long, default_value_t = vobiz_sandbox::Options::default().customers)]
    customers: usize,
    /// What everything random comes from.
    #[arg(long, default_value_t = vobiz_sandbox::Options::default().seed)]
    seed: u64,
    /// Show the chat in a browser too: the port on 127.0.0.1, 0 for a free one. Runs until stopped.
    #[arg(long, value_name = "PORT")]
    web: Option<u16>,
    /// Live through the coming days as fast as this machine can, show what the bot says by itself, and end.
    #[arg(long)]
    fast: bool,
    /// Days that --fast replays.
    #[arg(long, default_value_t = 30, requires = "fast", value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
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
    // Asked for first, so that a signal during the start is not missed.
    let mut terminated = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut demo = Demo::start(&options).await?;
    let now = demo.sandbox.clock().now().with_timezone(&ZONE).format("%a %-d %b %Y %H:%M");
    let next = match (options.fast, options.web) {
        (true, _) => format!("the next {} days, from poll to poll", options.days),
        (false, Some(_)) => "type /help here or on the page, or wait for an alert. Ctrl-C ends it".to_owned(),
        (false, None) => "type /help, or wait for an alert. Ctrl-D ends it".to_owned(),
    };
    print_line(&format!("A made-up partner at {now} in Kolkata; {next}."))?;
    let outcome = tokio::select! {
        outcome = demo.go_on(&options) => outcome,
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot listen for Ctrl-C"),
    };
    // Before the sandbox goes, whose end would look like an outage.
    demo.parts.stop().await;
    outcome
}

impl Options {
    /// Whether somebody is there, and the clock runs.
    fn is_live(&self) -> bool {
        !self.fast && (self.web.is_some() || std::io::stdin().is_terminal())
    }
}

impl Demo {
    async fn start(options: &Options) -> Result<Self> {
        let started = vobiz_sandbox::Options {
            port: options.web.unwrap_or(0),
            customers: options.customers,
            seed: options.seed,
            ..Default::default()
        };
        let sandbox = Sandbox::start(started).await?;
        if options.is_live() {
            sandbox.clock().set_speed(SPEED)?;
        }
        let person = Person::new(CHAT, "You");
        let mut chats = vec![CHAT];
        if options.web.is_some() {
            print_line(&format!("chat {}/", sandbox.url()))?;
            introduce(&sandbox, &person);
            chats.extend([COLLEAGUE, GROUP]);
        }
        let nine = chrono::NaiveTime::from_hms_opt(9, 0, 0);
        let chat = |id| config::Chat { daily_summary: nine, ..config::Chat::new(id, ZONE, Business::default()) };
        let chats = chats.into_iter().map(chat);
        let config = Config {
            people: roles(),
            business: Business::default(),
            operations: config::Operations::default(),
            poll_deadline: config::DEFAULT_DEADLINE,
            vobiz: config::Vobiz {
                auth_id: sandbox.auth_id().to_owned(),
                auth_token: sandbox.auth_token().to_owned().into(),
                base_url: sandbox.base_url(),
                requests_per_second: None,
                concurrency: None,
                ca_file: None,
            },
            telegram: Some(config::Telegram {
                token: sandbox.telegram_token().to_owned().into(),
                api_url: sandbox.url().parse()?,
                webhook_url: None,
                ca_file: None,
            }),
            database_url: "sqlite::memory:".to_owned(),
            poll_every: Duration::from_mins(5),
            report_zone: ZONE,
            chats: chats.collect(),
            policy: Policy::default(),
        };
        let telegram = Telegram::new(config.telegram()?)?;
        let sent = sandbox.chat().subscribe();
        // Days may pass in seconds; calls are not to be spread over real ones.
        let api = PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token().to_owned());
        let api = api.base_url(sandbox.base_url()).rate(0, 1).build()?;
        let service = Service { api, ..Service::open(config, Clock::Virtual(sandbox.clock().watch())).await? };
        let service = Arc::new(service);
        let parts = Parts::start(&service, &telegram, if options.fast { Limits::NONE } else { Limits::TELEGRAM });
        timeout(PATIENCE, parts.username.subscribe().wait_for(Option::is_some)).await.context("the bot did not start")??;
        timeout(PATIENCE, service.published.watch().wait_for(Option::is_some)).await.context("the first poll did not end")??;
        let pictures = std::env::temp_dir().join(format!("vobiz-bot-demo-{}", std::process::id()));
        std::fs::create_dir_all(&pictures).with_context(|| format!("cannot make {}", pictures.display()))?;
        Ok(Self { sandbox, service, parts, sent, person, pictures })
    }

    async fn go_on(&mut self, options: &Options) -> Result<()> {
        if options.fast {
            self.live(options.days).await
        } else if options.is_live() {
            self.talk(options.web.is_some()).await
        } else {
            self.play_script().await
        }
    }

    /// Turns the clock to the next poll and waits until it was judged.
    async fn next_poll(&mut self) -> Result<()> {
        let clock = self.sandbox.clock();
        clock.advance(self.service.poll_every);
        let now = clock.now();
        let mut published = self.service.published.watch();
        let judged = published.wait_for(|last| last.as_ref().is_some_and(|snapshot| snapshot.at >= now));
        timeout(PATIENCE, judged).await.context("a poll did not end")??;
        Ok(())
    }

    /// Waits until nothing is owed; what was sent meanwhile.
    async fn delivered(&mut self) -> Result<Vec<Sent>> {
        let mut end = Instant::now() + PATIENCE;
        let mut came = Vec::new();
        while !self.service.store.owes_nothing(self.sandbox.clock().now()).await? {
            anyhow::ensure!(Instant::now() < end, "messages are owed and were not delivered");
            // Telegram takes about one a second.
            if let Ok(sent) = timeout(Duration::from_millis(10), self.sent.recv()).await {
                came.push(sent?);
                end = Instant::now() + PATIENCE;
            }
        }
        while let Ok(sent) = self.sent.try_recv() {
            came.push(sent);
        }
        Ok(came)
    }

    /// Prints what the bot sent to the person at the terminal.
    fn show(&self, sent: &Sent, who: &str) -> Result<()> {
        let is_message = ["sendMessage", "sendPhoto", "sendDocument", "editMessageText"].contains(&sent.method.as_str());
        if !is_message || sent.chat_id != CHAT {
            return Ok(());
        }
        if let Some(file) = &sent.file {
            let path = self.pictures.join(format!("{}-{}", sent.number, file.name));
            std::fs::write(&path, &file.bytes).with_context(|| format!("cannot write {}", path.display()))?;
            let kind = if file.is_photo { "photo" } else { "document" };
            print_line(&format!("{who}> [{kind}] {}", path.display()))?;
        }
        print_line(&format!("{who}> {}", strip_control_chars(&sent.plain).replace('\n', "\n     ")))?;
        Ok(())
    }
}

/// Somebody of each role, so that everything can be tried.
fn roles() -> Vec<Member> {
    let people = [(CHAT, "You", Role::Admin), (COLLEAGUE, "Asha", Role::Operator), (RAVI, "Ravi", Role::Viewer)];
    let member = |(id, name, role): (i64, &str, Role)| Member {
        person: people::Person { id, name: name.to_owned() },
        role,
        is_from_file: true,
    };
    people.into_iter().map(member).collect()
}

/// Who is on the page: two people that the bot serves, their group, and somebody that it does not know.
fn introduce(sandbox: &Sandbox, person: &Person) {
    let (chat, colleague) = (sandbox.chat(), Person::new(COLLEAGUE, "Asha"));
    chat.join(CHAT, person);
    chat.join(COLLEAGUE, &colleague);
    for member in [person, &colleague, &Person::new(RAVI, "Ravi")] {
        chat.join(GROUP, member);
    }
    chat.entitle(GROUP, "Night shift");
    chat.join(STRANGER, &Person::new(STRANGER, "A stranger"));
}
