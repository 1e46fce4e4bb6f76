//! What goes wrong in a run, one thing at a time, for a few polls each.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;
use vobiz_sandbox::{Fault, Half, Person, Sandbox, Spoilt};

use crate::bot::{Bot, Home};

/// What is wrong now, and how often each kind was.
#[derive(Default)]
pub(crate) struct Faults {
    counts: BTreeMap<&'static str, u32>,
    now: Option<Now>,
    /// Polls for which it lasts.
    left: u32,
}

enum Now {
    /// Calls fail; the sandbox knows how many.
    Calls,
    /// A chat takes nothing.
    Blocked(i64),
    /// Another program holds the database.
    Busy(SqliteConnection),
    /// No file may grow.
    Full,
}

impl Faults {
    pub(crate) fn note(&mut self, kind: &'static str) {
        *self.counts.entry(kind).or_default() += 1;
    }

    pub(crate) fn count(&self, kind: &str) -> u32 {
        self.counts.get(kind).copied().unwrap_or_default()
    }

    /// Each kind and how often it struck.
    pub(crate) fn counts(&self) -> &BTreeMap<&'static str, u32> {
        &self.counts
    }

    pub(crate) fn are_over(&self, sandbox: &Sandbox) -> bool {
        self.now.is_none() && sandbox.faults().are_over()
    }

    /// Begins a fault of a kind that is drawn.
    pub(crate) async fn begin(
        &mut self,
        random: &mut fastrand::Rng,
        sandbox: &Sandbox,
        home: &Home,
        bot: Option<&Bot>,
        chats: &mut [Vec<i64>],
    ) {
        self.left = random.u32(1..=4);
        let times = Some(random.u32(1..=6));
        let partner = |fault: Fault| Fault { half: Half::Partner, times, ..fault };
        let sends = |fault: Fault| Fault { half: Half::Telegram, operation: Some("sendMessage".to_owned()), ..fault };
        let (kind, fault) = match random.u32(..14) {
            0 => ("API refuses", partner(Fault { status: Some(502), ..Fault::default() })),
            1 => ("API hangs up", partner(Fault { drop: true, ..Fault::default() })),
            2 => ("API answers half", partner(Fault { body: Some(Spoilt::Truncated), ..Fault::default() })),
            3 => ("API is slow", partner(Fault { latency_ms: 1500, ..Fault::default() })),
            4 => ("API asks to wait", partner(Fault { retry_after: Some(2), ..Fault::default() })),
            5 => ("API refuses the credentials", partner(Fault { status: Some(401), ..Fault::default() })),
            6 => ("Telegram refuses", Fault { half: Half::Telegram, status: Some(502), times, ..Fault::default() }),
            7 => ("Telegram is slow", sends(Fault { latency_ms: 900, times, ..Fault::default() })),
            8 => ("Telegram asks to wait", sends(Fault { retry_after: Some(2), times: Some(1), ..Fault::default() })),
            9 | 10 => ("answer of a send lost", sends(Fault { drop: true, after: true, times: Some(1), ..Fault::default() })),
            11 => {
                let chat = if random.bool() { chats[0][0] } else { chats[1][0] };
                sandbox.chat().block(chat).expect("a private chat can be blocked");
                self.note("chat blocked");
                self.now = Some(Now::Blocked(chat));
                return;
            }
            12 => {
                let mut database = home.database().await;
                if sqlx::query("BEGIN IMMEDIATE").execute(&mut database).await.is_ok() {
                    self.note("database busy");
                    self.now = Some(Now::Busy(database));
                }
                return;
            }
            _ if self.count("group moved") == 0 && random.u8(..100) < 20 => {
                let ids = chats.last_mut().expect("there is a group");
                let old = *ids.last().expect("it has an id");
                ids.push(sandbox.chat().migrate(old, &Person::new(4003, "Ravi")).expect("a group can move"));
                self.note("group moved");
                return;
            }
            _ => {
                if let Some(bot) = bot {
                    bot.limit_files("1");
                    self.note("disk full");
                    self.now = Some(Now::Full);
                }
                return;
            }
        };
        sandbox.faults().add(fault);
        self.note(kind);
        self.now = Some(Now::Calls);
    }

    /// A poll passed.
    pub(crate) fn advance(&mut self, sandbox: &Sandbox, bot: Option<&Bot>) {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            self.end(sandbox, bot);
        }
    }

    /// Ends what is wrong.
    pub(crate) fn end(&mut self, sandbox: &Sandbox, bot: Option<&Bot>) {
        sandbox.faults().clear();
        match self.now.take() {
            Some(Now::Blocked(chat)) => sandbox.chat().unblock(chat).expect("it was blocked"),
            // A connection that is dropped gives its lock back.
            Some(Now::Busy(database)) => drop(database),
            // One that was started meanwhile has no limit.
            Some(Now::Full) => {
                if let Some(bot) = bot {
                    bot.limit_files("unlimited");
                }
            }
            Some(Now::Calls) | None => {}
        }
    }
}
