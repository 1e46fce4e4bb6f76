//! Conversations with the bot, in the words that people see: each command's good case, its refusals, and every role.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod alerts;
mod board;
mod chats;
mod levels;
mod looks;
mod marks;
mod roles;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use vobiz_core::Decimal;
use vobiz_core::alert::{Deferred, State, Subject, notify};
use vobiz_sandbox::{Options, Sandbox};

use super::command::{self, Line};
use super::heard::{Heard, What};
use super::reply::Desk;
use super::request::Answer;
use crate::clock::Clock;
use crate::config::{Chat, Config};
use crate::delivery;
use crate::levels::{LEVELS, OwnLevels};
use crate::messages;
use crate::observe::observe;
use crate::people::Person;
use crate::service::Service;
use crate::snapshot::Memory;
use crate::store::{Button, Buttons, Change, Draft, Ended, Sweep};
use crate::telegram::Telegram;

/// The group in which people write.
pub(super) const GROUP: i64 = -1001;

/// The people and the chats of the file.
const FILE: &str = "[[chats]]\nid = -1001\ndaily_summary = \"09:00\"\n\
    [[people]]\nid = 1\nname = \"Kiran\"\nrole = \"admin\"\n[[people]]\nid = 2\nname = \"Asha\"\nrole = \"operator\"\n\
    [[people]]\nid = 3\nname = \"Meera\"\nrole = \"operator\"\n";

/// A conversation in a simulated partner's chat, written down as it goes on.
pub(super) struct Talk {
    pub(super) desk: Desk,
    pub(super) sandbox: Sandbox,
    memory: Memory,
    /// What waits for the chat.
    deferred: Deferred,
    /// The chat in which people write.
    pub(super) chat: i64,
    /// The buttons that people see.
    buttons: Vec<Button>,
    text: String,
}

impl Talk {
    /// With twelve customers, whose first watched one has ₹300 and whose second one ₹1,500; the others have enough.
    pub(super) async fn new() -> Self {
        Self::with("").await
    }

    /// The same with more in the file.
    pub(super) async fn with(more: &str) -> Self {
        let sandbox = Sandbox::start(Options { customers: 12, ..Options::default() }).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bot.toml");
        let text = format!(
            "[vobiz]\nauth_id = \"{}\"\nauth_token = \"{}\"\nbase_url = \"{}\"\nrequests_per_second = 1000\n[telegram]\ntoken = \"{}\"\napi_url = \"{}\"\n\
             [database]\nurl = \"sqlite::memory:\"\n{FILE}{more}",
            sandbox.auth_id(),
            sandbox.auth_token(),
            sandbox.base_url(),
            sandbox.telegram_token(),
            sandbox.url()
        );
        std::fs::write(&file, text).unwrap();
        let config = Config::load(Some(&file), &|_| None).unwrap();
        let telegram = Telegram::new(config.telegram().unwrap()).unwrap();
        let business = config.business.clone();
        let service = Arc::new(Service::open(config, Clock::Virtual(sandbox.clock().watch())).await.unwrap());
        let desk = Desk { service, telegram, bot: "vobiz_bot".to_owned(), handled: watch::Sender::new(0) };
        let memory = Memory::new(business, Vec::new(), State::default());
        let deferred = Deferred::default();
        let mut talk = Self { desk, sandbox, memory, deferred, chat: GROUP, buttons: Vec::new(), text: String::new() };
        for wallet in talk.sandbox.wallets() {
            talk.sandbox.set_wallet(&wallet.auth_id, Decimal::from(50_000)).unwrap();
        }
        let watched = talk.watched().await;
        talk.sandbox.set_wallet(&watched[0], Decimal::from(300)).unwrap();
        talk.sandbox.set_wallet(&watched[1], Decimal::from(1_500)).unwrap();
        talk.poll().await;
        talk
    }

    /// The ids of the customers that rules watch.
    pub(super) async fn watched(&self) -> Vec<String> {
        let accounts = self.desk.service.api.accounts().all().await.unwrap();
        let subjects = accounts.iter().map(|account| Subject::of(account, None));
        let watched = subjects.filter(|subject| subject.is_prepaid && subject.is_active && !subject.auto_recharge);
        watched.map(|subject| subject.id.to_string()).collect()
    }

    /// Polls as a running bot does.
    pub(super) async fn poll(&mut self) {
        let service = &self.desk.service;
        let rules = service.rules().await;
        let deadline = Duration::from_mins(1);
        let answers =
            observe(&service.api, &rules, service.report_zone, &self.memory.state, deadline, || service.clock.now()).await;
        let snapshot = self.memory.judge_once(&rules, answers);
        let (observation, transitions) = (&snapshot.observation, &snapshot.evaluation.transitions[..]);
        let sweep = Sweep { observation, transitions, remarked: &BTreeSet::new() };
        let (before, after) = (&self.memory.state, &snapshot.evaluation.state);
        assert!(service.store.record(before, after, &[], &[], &sweep, snapshot.at).await);
        self.memory.state = snapshot.evaluation.state.clone();
        service.published.publish(snapshot);
    }

    /// Levels of the rule on balances, as Asha set them before.
    pub(super) async fn set_levels(&self, customer: &str, warning: i64) {
        let own = OwnLevels {
            rule: "low balance".to_owned(),
            customer: customer.to_owned(),
            warning: Some(warning.into()),
            critical: None,
        };
        let by = person("Asha").unwrap();
        let change = Change { by: &by, chat: GROUP, action: "levels", subject: customer, before: None, after: None };
        let store = &self.desk.service.store;
        store.change((LEVELS, &own.name()), Some(&own), &change, self.desk.service.clock.now()).await.unwrap();
    }

    /// Somebody writes a line.
    pub(super) async fn say(&mut self, who: &str, line: &str) -> &mut Self {
        let heard = self.heard(person(who), What::Line(line.to_owned()));
        let _ = writeln!(self.text, "\n{who}: {line}");
        match self.served().await {
            Some(chat) => match command::parse(line, &self.desk.bot) {
                Line::Command(command, words) => {
                    let answer = self.desk.command(&heard, command, words, &chat).await.unwrap();
                    self.note(answer);
                }
                Line::Wrong(words) => self.note(Answer::text(messages::escape(&words))),
                Line::Talk => self.text.push_str("  (no answer)\n"),
            },
            None => self.text.push_str("  (not served)\n"),
        }
        self
    }

    /// Somebody presses a button of this text that the last answers showed.
    pub(super) async fn press(&mut self, who: &str, text: &str) -> &mut Self {
        let button = self.buttons.iter().rev().find(|button| button.text == text);
        let command = button.unwrap_or_else(|| panic!("no button {text}: {:?}", self.buttons)).command.clone();
        self.press_command(who, text, &command).await
    }

    /// Somebody presses a button that does this.
    pub(super) async fn press_command(&mut self, who: &str, text: &str, command: &str) -> &mut Self {
        let what = What::Press { query: "1".to_owned().into(), data: String::new(), message: Some(41) };
        let heard = self.heard(person(who), what);
        let _ = writeln!(self.text, "\n{who} presses [{text}]");
        let chat = self.served().await.unwrap();
        let Line::Command(command, words) = command::parse(command, &self.desk.bot) else { panic!("{command}") };
        let answer = self.desk.command(&heard, command, words, &chat).await.unwrap();
        self.note(answer);
        self
    }

    /// Owes what the last poll has to say, as a running bot does.
    pub(super) async fn notify(&mut self) {
        let service = &self.desk.service;
        let (snapshot, chat) = (service.published.last().unwrap(), self.served().await.unwrap());
        let (notifications, waits) = notify(&chat.settings, &snapshot.evaluation, &self.deferred, snapshot.at);
        let reader = messages::Reader { zone: chat.zone, now: snapshot.at };
        let mut owed = delivery::drafts(self.chat, &notifications, snapshot.top_ups(), "", &reader);
        owed.extend(crate::marks::ended(service, &snapshot.evaluation, snapshot.at).await.unwrap());
        service.store.owe(&owed, snapshot.at).await.unwrap();
        self.deferred = waits;
    }

    /// Delivers what is owed, and writes it down: boards are messages from 100 on.
    pub(super) async fn deliver(&mut self) -> &mut Self {
        let store = self.desk.service.store.clone();
        for head in store.owed().await.unwrap() {
            let Some(owed) = store.owed_with(head.id).await.unwrap().into_iter().find(|owed| owed.id == head.id) else {
                continue;
            };
            let Draft { chat, thread, html, buttons, edits, is_board, .. } = owed.draft;
            let message = edits.unwrap_or_else(|| 100 + i32::try_from(head.id).unwrap());
            let how = edits.map_or_else(|| "sent as".to_owned(), |_| "changes".to_owned());
            self.show(&format!("  ({how} message {message})\n"), &html, &buttons);
            store.end(&[head.id], Ended::Delivered(Some(message)), self.desk.service.clock.now()).await.unwrap();
            if is_board && edits.is_none() {
                store.board_is(chat, thread, message, true).await.unwrap();
            }
        }
        self
    }

    /// Keeps the boards up to date, as a running bot does after each poll.
    pub(super) async fn keep_boards(&mut self) -> &mut Self {
        let snapshot = self.desk.service.published.last().unwrap();
        super::board::refresh(&self.desk.service, &snapshot).await.unwrap();
        self
    }

    /// A heading in what is written down.
    pub(super) fn head(&mut self, text: &str) -> &mut Self {
        let _ = writeln!(self.text, "\n== {text}");
        self
    }

    /// Minutes pass.
    pub(super) fn wait(&mut self, minutes: u64) -> &mut Self {
        self.sandbox.clock().advance(Duration::from_secs(60 * minutes));
        self
    }

    /// All that was written down.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    async fn served(&self) -> Option<Arc<Chat>> {
        self.desk.service.chat(self.chat).await.unwrap()
    }

    fn heard(&self, from: Option<Person>, what: What) -> Heard {
        Heard { chat: self.chat, thread: None, is_private: false, from, at: self.desk.service.clock.now(), what }
    }

    fn note(&mut self, answer: Answer) {
        let Answer { html, picture, document, buttons, owed, toast, .. } = answer;
        for (what, file) in [("picture", picture), ("file", document)] {
            if let Some(file) = file {
                let _ = writeln!(self.text, "  ({what} {})", file.name);
            }
        }
        if let Some(toast) = toast {
            let _ = writeln!(self.text, "  (toast) {}", toast.replace('\n', "\n  "));
        }
        self.show("", &html, &buttons);
        for Draft { html, buttons, edits, chat, .. } in owed {
            let edits = edits.map(|message| format!(" changes message {message}")).unwrap_or_default();
            self.show(&format!("  (chat {chat}{edits})\n"), &html, &buttons);
        }
    }

    fn show(&mut self, head: &str, html: &str, buttons: &Buttons) {
        if !html.is_empty() {
            let _ = writeln!(self.text, "{head}  {}", messages::terminal(html).replace('\n', "\n  "));
        }
        for row in buttons {
            let texts: Vec<_> = row.iter().map(|button| format!("[{}]", messages::terminal(&button.text))).collect();
            let _ = writeln!(self.text, "  {}", texts.join(" "));
            self.buttons.extend(row.iter().cloned());
        }
    }
}

/// Somebody of the file, somebody without a role, or nobody whom one can know.
fn person(name: &str) -> Option<Person> {
    let id = match name {
        "Kiran" => 1,
        "Asha" => 2,
        "Meera" => 3,
        "Ravi" => 4,
        _ => return None,
    };
    Some(Person { id, name: name.to_owned() })
}
