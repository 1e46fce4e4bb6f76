//! `/subscribe`: which alerts and summaries come to this chat.

use chrono::NaiveTime;
use futures::FutureExt as _;
use vobiz_core::alert::{Severity, Wants};
use vobiz_core::settings::values::clock_time;

use super::find;
use super::request::{Answer, Command, Refusal, Request};
use super::set::{serve, set};
use crate::config::Chat;
use crate::from_chat::{DAILY, WANTS};
use crate::messages::{self, button, counted};
use crate::people::Role;
use crate::snapshot::Snapshot;

pub(super) const COMMAND: Command = Command {
    name: "subscribe",
    about: "which alerts and summaries come here: customers, name patterns, a severity, daily",
    example: "/subscribe add Sharma*",
    role: Role::Operator,
    answer: |request| answer(request).boxed(),
};

const FORMS: &str = "Write /subscribe all, /subscribe add MA_XXXXXXXX or add Sharma*, /subscribe remove Sharma*, /subscribe critical, \
                     /subscribe warning, /subscribe daily 09:00, /subscribe daily off or /subscribe reset";
/// When a summary comes unless a time is named.
const MORNING: Option<NaiveTime> = NaiveTime::from_hms_opt(9, 0, 0);
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
    Daily(Option<NaiveTime>),
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
        Wanted::Daily(time) => {
            if chat.daily_summary == time {
                return Err(format!("That is set already: {}.", messages::daily(time)).into());
            }
            set(request, DAILY, Some(&time), (messages::daily(chat.daily_summary), messages::daily(time))).await?;
            let now = serve(request).await?;
            return Ok(Answer { toast: Some("Done.".to_owned()), ..show(&now, &snapshot, "") });
        }
        Wanted::Reset => {
            let as_before = (words(before, &snapshot), "as in the file".to_owned());
            set::<Wants>(request, WANTS, None, as_before.clone()).await?;
            set::<Option<NaiveTime>>(request, DAILY, None, (messages::daily(chat.daily_summary), as_before.1)).await?;
            let now = serve(request).await?;
            return Ok(Answer { toast: Some("Done.".to_owned()), ..show(&now, &snapshot, "") });
        }
        Wanted::All => wants = Wants { least: wants.least, ..Wants::default() },
        Wanted::Least(least) => wants.least = least,
        Wanted::Add(text) if text.contains(['*', '?']) => note = add_pattern(&mut wants, text, &snapshot)?,
        Wanted::Add(text) => match find::customer(&snapshot.answers.customers, &text, |id| format!("/subscribe add {id}")) {
            Ok(account) => drop(wants.customers.insert(account.auth_id.clone())),
            Err(answer) => return Ok(*answer),
        },
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
    let now = serve(request).await?;
    Ok(Answer { toast: Some("Done.".to_owned()), ..show(&now, &snapshot, &note) })
}

fn show(chat: &Chat, snapshot: &Snapshot, note: &str) -> Answer {
    let wants = &chat.settings.wants;
    let firing = snapshot.evaluation.firing.iter();
    let firing = firing.filter(|alert| alert.severity >= wants.least && wants.includes(&alert.subject)).count();
    let mut lines = vec!["<b>This chat gets</b>".to_owned(), format!("Alerts: {}", messages::wants(wants, Some(snapshot)))];
    lines.push(format!("Summary: {}", messages::daily(chat.daily_summary)));
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
    first.push(match chat.daily_summary {
        Some(_) => button("No summary", "/subscribe daily off"),
        None => button("Summary at 09:00", "/subscribe daily 09:00"),
    });
    Answer::with(lines.join("\n"), vec![first, vec![button("‹ Settings", "/settings")]])
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
        ("daily", []) => return Ok(Some(Wanted::Daily(MORNING))),
        ("daily", [time]) if time.eq_ignore_ascii_case("off") => return Ok(Some(Wanted::Daily(None))),
        ("daily", [time]) => {
            let time = clock_time(time).map_err(|_| format!("“{time}” is not a time of day. {FORMS}."))?;
            return Ok(Some(Wanted::Daily(Some(time))));
        }
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
