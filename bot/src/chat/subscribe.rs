//! `/subscribe`: which alerts and summaries come to this chat.

use chrono::{NaiveTime, Weekday};
use futures::FutureExt as _;
use vobiz_core::alert::{Severity, Wants};

use super::request::{Answer, Command, Refusal, Request};
use super::set::{serve, set};
use super::{find, hour};
use crate::config::Chat;
use crate::from_chat::{DAILY, FromChat, MONTHLY, WANTS, WEEKLY};
use crate::messages::{self, button, counted};
use crate::people::Role;
use crate::snapshot::Snapshot;
use crate::store::Button;

pub(super) const COMMAND: Command = Command {
    name: "subscribe",
    about: "which alerts and summaries come here: customers, name patterns, a severity; daily, weekly, monthly",
    example: "/subscribe add Sharma*",
    role: |words| if words.is_empty() { Role::Viewer } else { Role::Operator },
    answer: |request| answer(request).boxed(),
};

const FORMS: &str = "Write /subscribe all, /subscribe add MA_XXXXXXXX or add Sharma*, /subscribe remove Sharma*, /subscribe critical, \
                     /subscribe warning, /subscribe daily 09:00, weekly mon 09:00 or monthly 09:00, /subscribe daily off, or \
                     /subscribe reset";
/// When a summary comes unless a time or a day is named.
const MORNING: Option<NaiveTime> = NaiveTime::from_hms_opt(9, 0, 0);
const FIRST_DAY: Weekday = Weekday::Mon;
/// Customers and patterns that a chat can name.
const MOST: usize = 200;
/// Characters of a pattern.
const LONGEST: usize = 100;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    All,
    Reset,
    Add(String),
    Remove(String),
    Least(Severity),
    Summary(Summary),
}

/// When a summary comes; `None` inside where none is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Summary {
    Daily(Option<NaiveTime>),
    Weekly(Option<(Weekday, NaiveTime)>),
    Monthly(Option<NaiveTime>),
}

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let snapshot = request.last_snapshot().await?;
    let Some(wanted) = read(&request.arguments)? else { return Ok(show(request.chat, &snapshot, "")) };
    let _one_at_a_time = request.service.changes.lock().await;
    // What somebody else set a moment ago counts.
    let chat = serve(request).await?;
    let before = &chat.settings.wants;
    let mut wants = before.clone();
    let mut note = String::new();
    match wanted {
        Wanted::Summary(summary) => {
            let before = summary.same_of(&chat);
            let in_words = (before.words(), summary.words());
            if before == summary {
                return Err(format!("That is set already: {}.", in_words.1).into());
            }
            match summary {
                Summary::Daily(time) => set(request, DAILY, Some(&time), in_words).await?,
                Summary::Weekly(time) => set(request, WEEKLY, Some(&time), in_words).await?,
                Summary::Monthly(time) => set(request, MONTHLY, Some(&time), in_words).await?,
            }
            return Ok(done(&*serve(request).await?, &snapshot, ""));
        }
        Wanted::Reset => {
            let [daily, weekly, monthly] = Summary::all(&chat).map(Summary::words);
            let is_set = FromChat::all(&request.service.store).await?.remove(&chat.id).unwrap_or_default();
            let all = [
                (WANTS, is_set.wants.is_some(), words(before, &snapshot)),
                (DAILY, is_set.daily.is_some(), daily),
                (WEEKLY, is_set.weekly.is_some(), weekly),
                (MONTHLY, is_set.monthly.is_some(), monthly),
            ];
            if !all.iter().any(|(_, is_set, _)| *is_set) {
                return Err("Nothing of this was set from the chat: it is as in the file already.".to_owned().into());
            }
            for (kind, _, before) in all.into_iter().filter(|(_, is_set, _)| *is_set) {
                set::<()>(request, kind, None, (before, "as in the file".to_owned())).await?;
            }
            return Ok(done(&*serve(request).await?, &snapshot, ""));
        }
        Wanted::All => wants = Wants { least: wants.least, ..Wants::default() },
        Wanted::Least(least) => wants.least = least,
        Wanted::Add(text) if text.contains(['*', '?']) => note = add_pattern(&mut wants, text, &snapshot)?,
        Wanted::Add(text) => {
            let account = find::customer(&snapshot.answers.customers, &text, |id| format!("/subscribe add {id}"))?;
            wants.customers.insert(account.auth_id.clone());
        }
        Wanted::Remove(text) => remove(&mut wants, &text, &snapshot)?,
    }
    if wants == *before {
        return Err(format!("That is set already: {}.", words(before, &snapshot)).into());
    }
    if wants.customers.len() + wants.names.len() > MOST {
        return Err(
            format!("A chat can name {MOST} customers and patterns at most. A pattern such as Sharma* names many.").into()
        );
    }
    set(request, WANTS, Some(&wants), (words(before, &snapshot), words(&wants, &snapshot))).await?;
    Ok(done(&*serve(request).await?, &snapshot, &note))
}

/// What the chat gets from now on.
fn done(chat: &Chat, snapshot: &Snapshot, note: &str) -> Answer {
    Answer { toast: Some("Done.".to_owned()), ..show(chat, snapshot, note) }
}

impl Summary {
    /// Those that a chat gets: daily, weekly, monthly.
    fn all(chat: &Chat) -> [Self; 3] {
        [Self::Daily(chat.daily_summary), Self::Weekly(chat.weekly_summary), Self::Monthly(chat.monthly_summary)]
    }

    /// The same summary as a chat gets it.
    fn same_of(self, chat: &Chat) -> Self {
        let [daily, weekly, monthly] = Self::all(chat);
        match self {
            Self::Daily(_) => daily,
            Self::Weekly(_) => weekly,
            Self::Monthly(_) => monthly,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Daily(_) => "Daily",
            Self::Weekly(_) => "Weekly",
            Self::Monthly(_) => "Monthly",
        }
    }

    const fn is_wanted(self) -> bool {
        matches!(self, Self::Daily(Some(_)) | Self::Weekly(Some(_)) | Self::Monthly(Some(_)))
    }

    fn words(self) -> String {
        match self {
            Self::Daily(time) => messages::daily(time),
            Self::Weekly(time) => messages::weekly(time),
            Self::Monthly(time) => messages::monthly(time),
        }
    }

    /// Switches it off, or on at its usual time.
    fn switch(self) -> Button {
        let (name, other) = (self.name(), if self.is_wanted() { " off" } else { "" });
        let text = if self.is_wanted() { "off" } else { "on" };
        button(&format!("{name} {text}"), &format!("/subscribe {}{other}", name.to_lowercase()))
    }
}

fn show(chat: &Chat, snapshot: &Snapshot, note: &str) -> Answer {
    let wants = &chat.settings.wants;
    let firing = snapshot.evaluation.firing.iter();
    let firing = firing.filter(|alert| alert.severity >= wants.least && wants.includes(&alert.subject)).count();
    let mut lines = vec!["<b>This chat gets</b>".to_owned(), format!("Alerts: {}", messages::wants(wants, Some(snapshot)))];
    let summaries = Summary::all(chat);
    lines.extend(summaries.iter().map(|summary| format!("{} summary: {}", summary.name(), summary.words())));
    if !note.is_empty() {
        lines.push(note.to_owned());
    }
    lines.push(match firing {
        0 => "No alert fires among these now.".to_owned(),
        many => format!("{} among these now.", counted(many, "alert fires", "alerts fire")),
    });
    let mut first = Vec::new();
    if !wants.is_of_all() {
        first.push(button("All customers", "/subscribe all"));
    }
    first.push(match wants.least {
        Severity::Critical => button("Warnings too", "/subscribe warning"),
        Severity::Warning => button("Critical only", "/subscribe critical"),
    });
    let switches = summaries.into_iter().map(Summary::switch).collect();
    Answer::with(lines.join("\n"), vec![first, switches, vec![button("‹ Settings", "/settings")]])
}

/// The words after the command; `None` where there are none.
fn read(words: &[&str]) -> Result<Option<Wanted>, String> {
    let Some((first, rest)) = words.split_first() else { return Ok(None) };
    let name = || {
        let name = rest.join(" ");
        if name.is_empty() { Err(format!("Which customer? {FORMS}.")) } else { Ok(name) }
    };
    let wanted = match (first.to_ascii_lowercase().as_str(), rest) {
        ("add", _) => return Ok(Some(Wanted::Add(name()?))),
        ("remove", _) => return Ok(Some(Wanted::Remove(name()?))),
        ("daily" | "weekly" | "monthly", _) => return summary(&first.to_ascii_lowercase(), rest).map(Wanted::Summary).map(Some),
        ("all", _) => Wanted::All,
        ("reset", _) => Wanted::Reset,
        ("critical", _) => Wanted::Least(Severity::Critical),
        ("warning", _) => Wanted::Least(Severity::Warning),
        _ => return Err(format!("“{first}” is not known here. {FORMS}.")),
    };
    match rest {
        [] => Ok(Some(wanted)),
        [second, ..] => Err(format!("“{second}” is one word too many. {FORMS}.")),
    }
}

/// `daily`, `daily 08:30`, `weekly`, `weekly fri 18:00`, `monthly off`
fn summary(kind: &str, words: &[&str]) -> Result<Summary, String> {
    let is_off = matches!(words, [word] if word.eq_ignore_ascii_case("off"));
    let (day, time) = match words {
        [day, rest @ ..]
            if kind == "weekly"
                && let Ok(day) = day.parse() =>
        {
            (day, rest)
        }
        rest => (FIRST_DAY, rest),
    };
    let time = match time {
        _ if is_off => None,
        [] => MORNING,
        [time] => Some(hour::parse(time).ok_or_else(|| format!("“{time}” is not a time of day. {FORMS}."))?),
        [_, second, ..] => return Err(format!("“{second}” is one word too many. {FORMS}.")),
    };
    Ok(match kind {
        "weekly" => Summary::Weekly(time.map(|time| (day, time))),
        "monthly" => Summary::Monthly(time),
        _ => Summary::Daily(time),
    })
}

/// Adds a pattern; gives how many customers it matches now.
fn add_pattern(wants: &mut Wants, pattern: String, snapshot: &Snapshot) -> Result<String, String> {
    if pattern.chars().all(|letter| matches!(letter, '*' | '?' | ' ')) {
        return Err("That pattern matches every customer. For all of them write /subscribe all.".to_owned());
    }
    if pattern.chars().count() > LONGEST {
        return Err(format!("A pattern has {LONGEST} characters at most."));
    }
    let alone = Wants { names: [pattern.clone()].into(), ..Wants::default() };
    let matched = snapshot.observation.customers.iter().filter(|subject| alone.includes(subject)).count();
    wants.names.insert(pattern);
    Ok(format!("The pattern matches {} now.", counted(matched, "customer", "customers")))
}

/// Takes away an id, a pattern, or the customer of a name.
fn remove(wants: &mut Wants, text: &str, snapshot: &Snapshot) -> Result<(), String> {
    let before = wants.customers.len() + wants.names.len();
    wants.names.retain(|name| !name.eq_ignore_ascii_case(text));
    wants.customers.retain(|id| !id.eq_ignore_ascii_case(text));
    if wants.customers.len() + wants.names.len() == before
        && let Ok(account) = find::customer(&snapshot.answers.customers, text, str::to_owned)
    {
        wants.customers.remove(&account.auth_id);
    }
    match wants.customers.len() + wants.names.len() {
        after if after == before => Err(format!("“{text}” is not among what this chat names. /subscribe shows that.")),
        0 => Err("It is the only one that this chat names. For alerts on all customers write /subscribe all.".to_owned()),
        _ => Ok(()),
    }
}

fn words(wants: &Wants, snapshot: &Snapshot) -> String {
    messages::terminal(&messages::wants(wants, Some(snapshot)))
}
