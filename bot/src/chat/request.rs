//! What somebody asks for, and the answer.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::future::BoxFuture;
use std::sync::Arc;

use crate::config::Chat;
use crate::messages::Reader;
use crate::people::{Person, Role};
use crate::service::Service;
use crate::snapshot::Snapshot;
use crate::store::{Buttons, Document, Draft};

/// How old figures may be that a typed line is answered with, where they are not those of the last sweep.
const FRESH_ENOUGH: TimeDelta = TimeDelta::seconds(5);

/// The answer before the first poll ended.
const NOT_READ: &str = "The customers have not been read yet. The first poll is still under way; ask again in a minute.";
/// The refusal for a message that was written in the name of a chat.
const NOBODY_KNOWN: &str =
    "This needs a person with a role, and nobody can tell who writes as an anonymous admin or as a channel. Write as yourself.";

/// One line or pressed button, as a command sees it.
pub(crate) struct Request<'a> {
    pub(crate) service: &'a Service,
    /// The chat's settings in the file.
    pub(crate) chat: &'a Chat,
    /// The id that the chat has now.
    pub(crate) chat_id: i64,
    /// The forum topic in which it was asked.
    pub(crate) thread: Option<i32>,
    /// The message whose button was pressed, where its text can be changed.
    pub(crate) pressed: Option<i32>,
    /// Who asks; nobody where the chat itself writes.
    pub(crate) person: Option<&'a Person>,
    /// What they may do.
    pub(crate) role: Role,
    pub(crate) reader: Reader,
    /// The words after the command.
    pub(crate) arguments: Vec<&'a str>,
    pub(crate) asked_at: DateTime<Utc>,
    /// Whether it is a pressed button, which asks for the figures of now.
    pub(crate) is_press: bool,
}

/// The answer to a request.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) html: String,
    /// A picture that the text is the caption of.
    pub(crate) picture: Option<Document>,
    /// A file that the text is the caption of, where there is no picture.
    pub(crate) document: Option<Document>,
    pub(crate) buttons: Buttons,
    /// Messages that change with it, in this chat and in others.
    pub(crate) owed: Vec<Draft>,
    /// What is shown for a moment to who pressed a button.
    pub(crate) toast: Option<String>,
    /// When its figures were read, where the text must say so.
    pub(crate) as_of: Option<DateTime<Utc>>,
}

/// Why a command was not carried out.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The line was wrong; what to write instead.
    Wrong(String),
    /// Something else is shown in its place: what can be chosen, or how things stand.
    Instead(Box<Answer>),
    /// The bot itself failed, and the line must be answered later.
    Failed(anyhow::Error),
}

/// What a command gives.
pub(crate) type Reply<'a> = BoxFuture<'a, Result<Answer, Refusal>>;

/// A command of the chat.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    /// What it does, on a line.
    pub(crate) about: &'static str,
    /// How it is written with all that it takes.
    pub(crate) example: &'static str,
    /// What somebody must be to write it with these words.
    pub(crate) role: fn(&[&str]) -> Role,
    pub(crate) answer: for<'a> fn(&'a Request<'a>) -> Reply<'a>,
}

impl Command {
    /// Whether it changes something with these words, and not only shows it.
    pub(crate) fn acts(&self, words: &[&str]) -> bool {
        (self.role)(words) > Role::Viewer
    }
}

impl Answer {
    pub(crate) fn text(html: impl Into<String>) -> Self {
        Self { html: html.into(), ..Self::default() }
    }

    pub(crate) fn with(html: String, buttons: Buttons) -> Self {
        Self { html, buttons, ..Self::default() }
    }
}

impl From<String> for Refusal {
    fn from(words: String) -> Self {
        Self::Wrong(words)
    }
}

impl From<Box<Answer>> for Refusal {
    fn from(answer: Box<Answer>) -> Self {
        Self::Instead(answer)
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl Request<'_> {
    /// Refuses people who may not do something.
    pub(crate) async fn require(&self, role: Role) -> Result<(), Refusal> {
        if self.role >= role {
            return Ok(());
        }
        let Some(person) = self.person else { return Err(NOBODY_KNOWN.to_owned().into()) };
        let members = self.service.members().await?;
        let admin = members.iter().find(|member| member.role == Role::Admin);
        let need = format!("You are {} here, and this needs {}.", self.role.with_article(), role.with_article());
        Err(Refusal::Wrong(match admin {
            Some(admin) => format!("{need} {} can make you one: /people grant {} {role}", admin.person.name, person.id),
            None => format!(
                "{need} Nobody is an admin yet. The person who runs the bot can run “vobiz-bot pair --role {role}” and give you the code, \
                 or list you under [[people]] with the id {}.",
                person.id
            ),
        }))
    }

    /// The same; gives who does it.
    pub(crate) async fn actor(&self, role: Role) -> Result<&Person, Refusal> {
        self.require(role).await?;
        self.person.ok_or_else(|| NOBODY_KNOWN.to_owned().into())
    }

    /// Today where reports are cut.
    pub(crate) fn today(&self) -> NaiveDate {
        self.asked_at.with_timezone(&self.service.report_zone).date_naive()
    }

    /// Refuses words after a command that takes none.
    pub(crate) fn takes_nothing(&self, command: &str) -> Result<(), String> {
        match self.arguments.as_slice() {
            [] => Ok(()),
            [first, ..] => Err(format!("/{command} takes nothing after it, but “{first}” is there. Write /{command}")),
        }
    }

    /// How new a figure read for this request must be.
    pub(crate) fn needed(&self) -> DateTime<Utc> {
        if self.is_press { self.asked_at } else { self.asked_at - FRESH_ENOUGH }
    }

    /// When figures were read, where that must be shown: on a message that changes, and where they are not of this minute.
    pub(crate) fn shown_age(&self, read_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (self.is_press || self.asked_at - read_at > TimeDelta::minutes(1)).then_some(read_at)
    }

    /// The last sweep, for typed lines and pressed buttons alike.
    pub(crate) async fn last_snapshot(&self) -> Result<Arc<Snapshot>, String> {
        self.service.published.latest().await.ok_or_else(|| NOT_READ.to_owned())
    }

    /// The last sweep; for a pressed button, one that ended after it was pressed.
    pub(crate) async fn snapshot(&self) -> Result<Arc<Snapshot>, String> {
        let published = &self.service.published;
        let snapshot = if self.is_press { published.since(self.asked_at).await } else { published.latest().await };
        snapshot.ok_or_else(|| NOT_READ.to_owned())
    }
}
