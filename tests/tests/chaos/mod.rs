//! A bot under faults of every kind, killed at random; what its chats received is judged by [`judge`].

pub(crate) mod faults;
pub(crate) mod judge;

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use vobiz_sandbox::{Options, Person, Sandbox};

use crate::bot::{Bot, GROUP, Home, PRIVATE, until};
use faults::Faults;

/// A private chat beside the two.
pub(crate) const OTHER: i64 = 4002;
/// Wallets in the world. A few, so that each changes often.
const CUSTOMERS: usize = 12;
/// The level of the only rule. Wallets hold a tenth of it or twice as much, far from what calls cost.
const LEVEL: u32 = 100_000_000;
/// What wallets hold differs by so much from period to period, which is more than calls cost in one.
pub(crate) const STEP: u32 = 1000;
/// Virtual time between polls.
const POLL: Duration = Duration::from_mins(5);
/// Real time between polls, and how long one is waited for where nothing is wrong.
const BEAT: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// Polls after which every chat is up to date once nothing is wrong: two for the rule, one to deliver, one to be sure.
const QUIET: u32 = 4;
/// Longest wait for what is owed once all faults are over.
const PATIENCE: Duration = Duration::from_mins(3);

/// How long a run takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Length {
    /// So many kills.
    Kills(u32),
    /// So much real time.
    Time(Duration),
}

/// A time in which a wallet was on one side of the level.
#[derive(Debug, Clone)]
pub(crate) struct Period {
    /// The customer.
    pub(crate) auth_id: String,
    /// What the wallet held, in no other period the same to [`STEP`].
    pub(crate) amount: u32,
    /// When it began.
    pub(crate) from: DateTime<Utc>,
    /// Whether a fee or a top-up of the world changed the amount before every chat had a message with it, or while the run ended.
    pub(crate) is_moved: bool,
}

/// The sandbox, the bot, and what was done to both.
pub(crate) struct Chaos {
    pub(crate) sandbox: Sandbox,
    pub(crate) home: Home,
    bot: Option<Bot>,
    faults: Faults,
    random: fastrand::Rng,
    wallets: Vec<Wallet>,
    pub(crate) periods: Vec<Period>,
    /// The ids that each chat had, the last one now.
    pub(crate) chats: Vec<Vec<i64>>,
}

struct Wallet {
    auth_id: String,
    is_low: bool,
    /// The place of its present period.
    period: usize,
}

impl Chaos {
    /// Starts both, every wallet full.
    pub(crate) async fn start(seed: u64) -> Self {
        let options = Options { customers: CUSTOMERS, seed, ..Options::default() };
        let sandbox = Sandbox::start(options).await.expect("the sandbox starts");
        let watched = crate::bot::fill(&sandbox).await;
        let wallets = watched.iter().map(|subject| Wallet { auth_id: subject.id.to_string(), is_low: false, period: 0 });
        let wallets: Vec<_> = wallets.collect();
        let off = ["runway", "low balance", "partner wallet", "unread wallets"]
            .map(|name| format!("[[rules]]\nname = \"{name}\"\nenabled = false\n"));
        let rule = format!(
            "[[rules]]\nname = \"level\"\nmetric = \"customer.balance\"\nbelow.critical = {LEVEL}\nrepeat = \"never\"\nrecover = 0\n"
        );
        let served = [PRIVATE, OTHER, GROUP].map(|id| format!("[[chats]]\nid = {id}\n"));
        let home = Home::of(&sandbox, "");
        let configuration = std::fs::read_to_string(home.path().join("bot.toml")).expect("the configuration");
        let configuration = configuration.replace("every = \"1s\"", "every = \"5m\"");
        home.write("bot.toml", &format!("{configuration}{}{rule}{}", off.concat(), served.concat()));
        for chat in [PRIVATE, OTHER] {
            sandbox.chat().say(chat, &Person::new(chat, "Asha"), "hello");
        }
        sandbox.chat().entitle(GROUP, "Operations");
        let mut chaos = Self {
            sandbox,
            home,
            bot: None,
            faults: Faults::default(),
            random: fastrand::Rng::with_seed(seed),
            wallets,
            periods: Vec::new(),
            chats: [PRIVATE, OTHER, GROUP].map(|id| vec![id]).to_vec(),
        };
        for place in 0..chaos.wallets.len() {
            chaos.change(place, false);
        }
        chaos.begin();
        chaos.until_ready();
        chaos.polls(QUIET).await;
        chaos
    }

    /// Lives for so long, ends all faults, and waits until nothing is owed.
    pub(crate) async fn live(&mut self, length: Length) {
        let started = Instant::now();
        while match length {
            Length::Kills(kills) => self.faults.count("killed") < kills,
            Length::Time(time) => started.elapsed() < time,
        } {
            self.step().await;
        }
        self.faults.end(&self.sandbox, self.bot.as_ref());
        self.restart_if_dead();
        self.until_ready();
        let end = Instant::now() + PATIENCE;
        self.polls(2 * QUIET).await;
        while self.owed().await > 0 {
            assert!(Instant::now() < end, "{} messages are still owed", self.owed().await);
            self.polls(1).await;
        }
        self.polls(QUIET).await;
        for place in 0..self.wallets.len() {
            let period = self.wallets[place].period;
            self.periods[period].is_moved |= self.is_moved(period);
        }
    }

    /// A poll, and perhaps a fault, a kill, wallets that change.
    async fn step(&mut self) {
        // A wallet stays as it is until every chat was notified of it: else nobody could say what was lost.
        let sent = self.sandbox.chat().sent();
        let notified = judge::notified(&sent, &self.chats, &self.periods);
        for place in 0..self.wallets.len() {
            let period = self.wallets[place].period;
            let is_notified = period < self.wallets.len() || notified.iter().all(|chat| chat.contains_key(&period));
            let is_moved = !is_notified && self.is_moved(period);
            self.periods[period].is_moved |= is_moved;
            if is_moved || is_notified && self.random.u8(..100) < 30 {
                self.change(place, !self.wallets[place].is_low);
            }
        }
        if !self.faults.are_over(&self.sandbox) {
            self.faults.advance(&self.sandbox, self.bot.as_ref());
        } else if self.random.u8(..100) < 40 {
            self.faults.begin(&mut self.random, &self.sandbox, &self.home, self.bot.as_ref(), &mut self.chats).await;
        }
        self.restart_if_dead();
        if self.random.u8(..100) < 15 {
            // In the middle of a poll, or of what it causes.
            self.sandbox.clock().advance(POLL);
            tokio::time::sleep(Duration::from_millis(self.random.u64(..400))).await;
            self.end_bot();
        } else {
            self.polls(1).await;
        }
    }

    /// Whether nothing is wrong, and the bot runs.
    fn is_quiet(&self) -> bool {
        self.faults.are_over(&self.sandbox) && self.is_ready()
    }

    /// Lets so many polls pass.
    async fn polls(&self, many: u32) {
        for _ in 0..many {
            let (before, began) = (self.judged(), Instant::now());
            self.sandbox.clock().advance(POLL);
            tokio::time::sleep(BEAT.0).await;
            while self.is_quiet() && self.judged() == before && began.elapsed() < BEAT.1 {
                tokio::time::sleep(BEAT.0 / 5).await;
            }
        }
    }

    /// Polls that the present process judged in full.
    fn judged(&self) -> usize {
        self.bot.as_ref().map_or(0, |bot| bot.log().matches("is_complete=true is_recorded=true").count())
    }

    /// Puts a wallet on the other side of the level, with an amount of its own.
    fn change(&mut self, place: usize, is_low: bool) {
        let serial = u32::try_from(self.periods.len()).expect("a few");
        let amount = if is_low { LEVEL / 10 } else { 2 * LEVEL } + serial * STEP + (STEP - 1);
        let wallet = &mut self.wallets[place];
        // A customer that left the world keeps the period it had.
        if self.sandbox.set_wallet(&wallet.auth_id, Decimal::from(amount)).is_err() {
            return;
        }
        (wallet.is_low, wallet.period) = (is_low, self.periods.len());
        let (auth_id, from) = (wallet.auth_id.clone(), self.sandbox.clock().now());
        self.periods.push(Period { auth_id, amount, from, is_moved: false });
    }

    fn begin(&mut self) {
        let script = "trap '' XFSZ; exec \"$0\" \"$@\"";
        let (bot, url) = (crate::bot::executable().display().to_string(), self.sandbox.url().to_owned());
        let arguments = ["-c", script, &bot, "run", "--config", "bot.toml", "--clock", &url];
        self.bot = Some(self.home.begin_program(self.home.program("/bin/sh", &arguments), None));
    }

    /// Ends the bot: mostly as a power cut does.
    fn end_bot(&mut self) {
        let Some(bot) = self.bot.take() else { return };
        if self.random.u8(..100) < 75 {
            bot.kill();
            self.faults.note("killed");
        } else {
            // One that could not open a database that was busy or full ends with an error.
            bot.terminate();
            self.faults.note("asked to stop");
        }
    }

    fn restart_if_dead(&mut self) {
        if !self.bot.as_mut().is_some_and(Bot::is_running) {
            self.begin();
        }
    }

    fn is_ready(&self) -> bool {
        self.bot.as_ref().is_some_and(|bot| bot.log().lines().any(|line| line == "ready"))
    }

    fn until_ready(&self) {
        until("ready", || self.is_ready().then_some(()));
    }

    /// Whether a wallet holds another amount than it was given, beyond what calls cost.
    fn is_moved(&self, period: usize) -> bool {
        let Period { auth_id, amount, .. } = &self.periods[period];
        let held = self.sandbox.wallets().into_iter().find(|wallet| wallet.auth_id == *auth_id).map(|wallet| wallet.balance);
        held.is_none_or(|held| held.trunc() / Decimal::from(STEP) < Decimal::from(amount / STEP) || held > Decimal::from(*amount))
    }

    async fn owed(&self) -> i64 {
        judge::scalar(&self.home, "SELECT count(*) FROM outbox WHERE ended_at IS NULL").await
    }

    /// How many wallets there are; the first period of each is full and nothing to tell.
    pub(crate) fn wallets(&self) -> usize {
        self.wallets.len()
    }

    /// The faults by kind.
    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }
}
