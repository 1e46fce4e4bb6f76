//! `/audit`: who changed what, when, and what it was before.

use chrono::TimeDelta;
use futures::FutureExt as _;

use super::request::{Answer, Command, Refusal, Request};
use crate::messages::{self, code, escape, name};
use crate::people::Role;
use crate::store::Entry;

const EXAMPLE: &str = "/audit MA_XXXXXXXX 7d";

pub(super) const COMMAND: Command = Command {
    name: "audit",
    about: "who changed what: of a customer or a person, in some days",
    example: EXAMPLE,
    role: |_| Role::Operator,
    answer: |request| answer(request).boxed(),
};

/// Days that are looked at unless others are named, and at most.
const DAYS: (i64, i64) = (7, 366);
/// Changes that one answer shows.
const ROWS: usize = 40;

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let (wanted, days) = read(&request.arguments)?;
    let entries = request.service.store.audit_since(request.asked_at - TimeDelta::days(days)).await?;
    let is_wanted = |entry: &&Entry| {
        let texts = [entry.subject.to_lowercase(), entry.by.name.to_lowercase(), entry.by.id.to_string()];
        wanted.is_empty() || texts.iter().any(|text| text.contains(&wanted))
    };
    let entries: Vec<&Entry> = entries.iter().filter(is_wanted).collect();
    let of = if wanted.is_empty() { String::new() } else { format!(" about or by “{}”", escape(&wanted)) };
    let days = if days == 1 { "day".to_owned() } else { format!("{days} days") };
    if entries.is_empty() {
        return Ok(Answer::text(format!("Nothing{of} was changed from a chat in the last {days}.")));
    }
    let (snapshot, members) = (request.service.published.last(), request.service.members().await?);
    // The customer, the person or the chat that it was about. A private chat has the id of its person.
    let whom = |entry: &Entry| {
        let id = entry.subject.as_str();
        if entry.action != "role" && (id == request.chat.id.to_string() || id == request.chat_id.to_string()) {
            return "this chat".to_owned();
        }
        let customer = snapshot.as_ref().and_then(|snapshot| snapshot.subject(id)).map(messages::whose);
        let person = || members.iter().find(|member| member.person.id.to_string() == id);
        let person = || person().map(|member| name(Some(&member.person.name), id));
        match customer.or_else(person) {
            Some(name) => format!("{name} {}", code(id)),
            None => code(id),
        }
    };
    let mut rows: Vec<String> = entries.iter().take(ROWS).map(|entry| row(entry, &whom, request)).collect();
    if entries.len() > ROWS {
        rows.push(format!("… and {} earlier ones; name a customer, a person or fewer days: {EXAMPLE}", entries.len() - ROWS));
    }
    Ok(Answer::text(format!("<b>Changes{of} in the last {days}</b>\n{}", rows.join("\n"))))
}

fn row(entry: &Entry, whom: &dyn Fn(&Entry) -> String, request: &Request<'_>) -> String {
    let Entry { at, by, action, before, after, .. } = entry;
    let text = |text: &Option<String>| text.as_deref().map_or_else(|| "nothing".to_owned(), escape);
    let who = name(Some(&by.name), "somebody");
    let change = match (before, after) {
        (None, None) => String::new(),
        _ => format!(", {} → {}", text(before), text(after)),
    };
    format!("{} {who}: {} {}{change}", request.reader.at(*at), escape(action), whom(entry))
}

/// Whom or what, in lower case, and how many days.
fn read(words: &[&str]) -> Result<(String, i64), String> {
    let (words, days) = match words.split_last() {
        Some((last, rest)) => match last.to_lowercase().strip_suffix('d').and_then(|days| days.parse().ok()) {
            Some(days) if (1..=DAYS.1).contains(&days) => (rest, days),
            Some(_) => return Err(format!("“{last}” is not between 1d and {}d. {EXAMPLE}", DAYS.1)),
            None => (words, DAYS.0),
        },
        None => (words, DAYS.0),
    };
    Ok((words.join(" ").to_lowercase(), days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_and_how_many_days_is_read_in_any_form() {
        for (words, expected) in
            [(&[][..], ("", 7)), (&["30d"], ("", 30)), (&["MA_X"], ("ma_x", 7)), (&["Asha", "Verma", "1D"], ("asha verma", 1))]
        {
            assert_eq!(read(words), Ok((expected.0.to_owned(), expected.1)));
        }
        assert!(read(&["0d"]).unwrap_err().contains("not between 1d and 366d"));
    }
}
