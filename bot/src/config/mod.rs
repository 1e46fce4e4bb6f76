//! The configuration: one TOML file, each of its scalar settings also as a variable, the environment before the file.
//!
//! Everything is checked at start. A refusal names each thing to put right, with its line and what to write instead.

mod changes;
mod chats;
mod operations;
mod people;
mod secret;
#[cfg(test)]
mod tests;
mod values;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use chats::Chat;
use chrono_tz::Tz;
pub(crate) use operations::{LogFormat, Operations};
use secrecy::SecretString;
use url::Url;
use vobiz_core::DEFAULT_BASE_URL;
use vobiz_core::alert::Policy;
use vobiz_core::forecast::Business;
use vobiz_core::settings::values::zone;
use vobiz_core::settings::{Env, Reader, SettingsError, Source, Table};

use crate::people::Member;

const DEFAULT_API_URL: &str = "https://api.telegram.org";
/// An example of `telegram.webhook_url`.
const WEBHOOK: &str = "https://bot.example.com/telegram";
const DEFAULT_DATABASE: &str = "sqlite://vobiz-bot.db";
const DEFAULT_ZONE: Tz = Tz::Asia__Kolkata;
const DEFAULT_POLL: Duration = Duration::from_mins(5);
pub(crate) const DEFAULT_DEADLINE: Duration = Duration::from_mins(2);

/// The whole configuration. Its `Debug` output holds no secret.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub vobiz: Vobiz,
    /// Absent where no token is set; see [`Config::telegram`].
    pub telegram: Option<Telegram>,
    /// `sqlite://PATH`, the path already taken from the file's folder; `sqlite::memory:` as it is.
    pub database_url: String,
    pub poll_every: Duration,
    /// How long one sweep may read the list of customers; what was read by then is judged.
    pub poll_deadline: Duration,
    /// Where the API's calendar days are assumed to begin and end.
    pub report_zone: Tz,
    pub chats: Vec<Chat>,
    pub people: Vec<Member>,
    pub policy: Policy,
    pub business: Business,
    pub operations: Operations,
}

/// The Partner API.
#[derive(Debug, Clone)]
pub(crate) struct Vobiz {
    pub auth_id: String,
    pub auth_token: SecretString,
    pub base_url: String,
    /// Requests a second, where it is not the default.
    pub requests_per_second: Option<u32>,
    /// Requests under way at once, where it is not the default.
    pub concurrency: Option<u32>,
    /// A PEM file of certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// The Bot API.
#[derive(Debug, Clone)]
pub(crate) struct Telegram {
    pub token: SecretString,
    pub api_url: Url,
    /// Where Telegram posts updates; absent where they are polled for.
    pub webhook_url: Option<Url>,
    /// A PEM file of certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
}

impl Config {
    /// Reads the file (without one, the environment alone) and checks everything in it.
    pub(crate) fn load(file: Option<&Path>, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        Self::read(file.map(Source::read).transpose()?.as_ref(), env)
    }

    fn read(source: Option<&Source>, env: Env<'_>) -> Result<Self, SettingsError> {
        let document = source.map(Source::parse).transpose()?.unwrap_or_default();
        let reader = Reader::new(source, env);
        let mut root = reader.root(&document);
        let vobiz = root.table("vobiz", "[vobiz]").and_then(vobiz);
        let telegram = root.table("telegram", "[telegram]").and_then(telegram);
        let database_url = root.table("database", "[database]").and_then(database);
        let poll = root.table("poll", "[poll]").map(|mut poll| {
            let every = poll.setting("every", "5m").and_then(|text| text.parse(values::poll_interval));
            let deadline = poll.setting("deadline", "2m").and_then(|text| text.parse(values::poll_interval));
            poll.close();
            (every, deadline)
        });
        let (poll_every, poll_deadline) = poll.unwrap_or_default();
        let report_zone = root.table("report", "[report]").and_then(|mut report| {
            let zone = report.setting("zone", "Asia/Kolkata").and_then(|text| text.parse(zone));
            report.close();
            zone
        });
        let mut chats = chats::read(&mut root);
        let people = people::read(&mut root);
        let policy = Policy::read(&mut root);
        let business = root.table("business", "[business]").map(Business::read).unwrap_or_default();
        for chat in &mut chats {
            chat.settings.business = business.clone();
        }
        let operations = operations::read(&mut root);
        root.close();
        if telegram.as_ref().is_some_and(|telegram| telegram.webhook_url.is_some()) && operations.listen.is_none() {
            reader.report(None, "telegram.webhook_url needs http.listen, where the updates arrive; write listen = \"127.0.0.1:9464\" under [http]");
        }
        reader.finish()?;
        // Nothing was reported: what is `None` here is not set, and these two always are.
        let (Some(vobiz), Some(database_url)) = (vobiz, database_url) else {
            return Err("the configuration has no credentials".to_owned().into());
        };
        let (poll_every, report_zone) = (poll_every.unwrap_or(DEFAULT_POLL), report_zone.unwrap_or(DEFAULT_ZONE));
        let poll_deadline = poll_deadline.unwrap_or(DEFAULT_DEADLINE);
        Ok(Self {
            vobiz,
            telegram,
            database_url,
            poll_every,
            poll_deadline,
            report_zone,
            chats,
            people,
            policy,
            business,
            operations,
        })
    }

    /// The rules and working hours of a file, for what needs nothing else of it.
    pub(crate) fn rules(file: &Path) -> Result<(Policy, Business), SettingsError> {
        Policy::from_source(&Source::read(file)?)
    }

    /// The Bot API, for what needs it; else what is missing and where to set it.
    pub(crate) fn telegram(&self) -> Result<&Telegram, SettingsError> {
        self.telegram.as_ref().ok_or_else(|| {
            "telegram.token is not set; put the bot's token into TELEGRAM_TOKEN (or the path of a file that holds it into \
             TELEGRAM_TOKEN_FILE), or write token or token_file under [telegram] in the file given with --config"
                .to_owned()
                .into()
        })
    }
}

fn vobiz(mut section: Table<'_>) -> Option<Vobiz> {
    let auth_id = section.setting("auth_id", "PA_XXXXXXXX");
    if auth_id.is_none() && section.is_absent("auth_id") {
        section.missing("auth_id", "the partner's id (PA_…)", "", "");
    }
    let auth_id = auth_id.and_then(|text| text.parse(values::identifier));
    let auth_token = secret::read(&mut section, "auth_token", "auth_token_file", values::header_token);
    if auth_token.is_none() && section.is_absent("auth_token") && section.is_absent("auth_token_file") {
        let path = " (or the path of a file that holds it into VOBIZ_AUTH_TOKEN_FILE)";
        section.missing("auth_token", "the partner's token", path, " or auth_token_file");
    }
    let base_url = section.setting("base_url", DEFAULT_BASE_URL);
    let base_url =
        base_url.and_then(|text| text.parse(|text| values::address(text, DEFAULT_BASE_URL).map(|_| text.trim().to_owned())));
    let requests_per_second = number(&mut section, "requests_per_second", 1..=1_000);
    let concurrency = number(&mut section, "concurrency", 1..=64);
    let ca_file = file(&mut section, "ca_file");
    section.close();
    let base_url = base_url.unwrap_or_else(|| DEFAULT_BASE_URL.to_owned());
    Some(Vobiz { auth_id: auth_id?, auth_token: auth_token?, base_url, requests_per_second, concurrency, ca_file })
}

fn telegram(mut section: Table<'_>) -> Option<Telegram> {
    let token = secret::read(&mut section, "token", "token_file", values::bot_token);
    let api_url = match section.setting("api_url", DEFAULT_API_URL) {
        Some(text) => text.parse(|text| values::address(text, DEFAULT_API_URL)),
        None => DEFAULT_API_URL.parse().ok(),
    };
    let webhook_url = section.setting("webhook_url", WEBHOOK).and_then(|text| text.parse(values::webhook));
    let ca_file = file(&mut section, "ca_file");
    section.close();
    Some(Telegram { token: token?, api_url: api_url?, webhook_url, ca_file })
}

/// A whole number; without quotes in the file.
fn number(section: &mut Table<'_>, key: &'static str, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
    let written = section.value(key);
    if let Some(variable) = section.variable(key) {
        return variable.parse(|text| values::number(text, range));
    }
    let written = written?;
    let number = written.whole().and_then(|number| u32::try_from(number).ok());
    match number.filter(|number| range.contains(number)) {
        Some(number) => Some(number),
        None => written.refuse(&format!("must be a number from {} to {}, without quotes", range.start(), range.end())),
    }
}

/// The path of a file, a relative one taken from the configuration's folder if it is in the file.
fn file(section: &mut Table<'_>, key: &'static str) -> Option<PathBuf> {
    let text = section.setting(key, "ca.pem")?;
    let folder = section.reader.source.filter(|_| text.at.is_some()).map(|source| source.folder.clone());
    text.parse(|text| Ok(values::path(text, folder.as_deref())))
}

/// The address with a relative path taken from the folder of the file, where the address is in the file or in neither.
fn database(mut section: Table<'_>) -> Option<String> {
    let written = section.setting("url", DEFAULT_DATABASE);
    let folder = match (&written, section.reader.source) {
        (Some(text), _) if text.at.is_none() => None,
        (_, source) => source.map(|source| source.folder.as_path()),
    };
    let url = match &written {
        Some(text) => text.parse(|text| values::database(text, folder)),
        None => values::database(DEFAULT_DATABASE, folder)
            .map_err(|words| section.reader.report(section.at, format!("database.url {words}")))
            .ok(),
    };
    section.close();
    url
}
