//! `/people`: who may do what; admins give roles and take them back.

use futures::FutureExt as _;

use super::request::{Answer, Command, Refusal, Request};
use crate::messages::{self, code, escape};
use crate::people::{Member, PERSON, Person, Role};
use crate::store::Change;

const EXAMPLE: &str = "/people grant 123456789 operator";

pub(super) const COMMAND: Command = Command {
    name: "people",
    about: "who may do what; admins grant and revoke roles",
    example: EXAMPLE,
    role: |words| if words.is_empty() { Role::Viewer } else { Role::Admin },
    answer: |request| answer(request).boxed(),
};

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let words = &request.arguments;
    match words.first().map(|word| word.to_ascii_lowercase()).as_deref() {
        None => Ok(show(request, &request.service.members().await?)),
        Some("grant") => {
            let [_, id, role, name @ ..] = words.as_slice() else {
                return Err(format!("Whom, and which role? Write the person's number and a role: {EXAMPLE}").into());
            };
            let role: Role = role.parse().map_err(|wrong| format!("“{role}” {wrong}: {EXAMPLE}"))?;
            set(request, person_id(id)?, Some(role), &name.join(" ")).await
        }
        Some("revoke") => match words.as_slice() {
            [_, id] => set(request, person_id(id)?, None, "").await,
            _ => Err("Whose role? Write the person's number: /people revoke 123456789".to_owned().into()),
        },
        Some(other) => {
            Err(format!("“{other}” is neither grant nor revoke. Write /people, {EXAMPLE} or /people revoke 123456789").into())
        }
    }
}

fn show(request: &Request<'_>, members: &[Member]) -> Answer {
    let you = request.person.map(|person| format!("You are {} ({}).", request.role.with_article(), code(&person.id.to_string())));
    let you = you.unwrap_or_else(|| "Nobody can tell who writes here: a viewer.".to_owned());
    if members.is_empty() {
        return Answer::text(format!("Nobody has a role: everybody in this chat may read.\n{you}"));
    }
    let row = |member: &Member| {
        let origin = if member.is_from_file { "file" } else { "chat" };
        let name = messages::name(Some(&member.person.name), "somebody");
        format!("{name} · {} · {} · {origin}", member.role, code(&member.person.id.to_string()))
    };
    let rows: Vec<String> = members.iter().map(row).collect();
    Answer::text(format!("{}\nEverybody else in this chat may read.\n{you}", rows.join("\n")))
}

fn person_id(text: &str) -> Result<i64, String> {
    text.parse().ok().filter(|id| *id > 0).ok_or_else(|| {
        format!("“{text}” is not a person's number in Telegram, which is like 123456789. /people shows each person their own.")
    })
}

/// Gives somebody a role, or takes it back.
async fn set(request: &Request<'_>, id: i64, role: Option<Role>, name: &str) -> Result<Answer, Refusal> {
    let by = request.actor(Role::Admin).await?;
    let _one_at_a_time = request.service.changes.lock().await;
    let members = request.service.members().await?;
    let known = members.iter().find(|member| member.person.id == id);
    let before = known.map(|member| member.role);
    let who = match (known, name) {
        (Some(known), "") => known.person.name.clone(),
        (_, "") if by.id == id => by.name.clone(),
        (_, "") => format!("person {id}"),
        (_, name) => name.to_owned(),
    };
    if before == role || (role.is_none() && before == Some(Role::Viewer)) {
        let role = role.unwrap_or(Role::Viewer);
        return Err(format!("{who} is {} already.", role.with_article()).into());
    }
    let is_admin = |member: &&Member| member.role == Role::Admin && member.person.id != id;
    if before == Some(Role::Admin) && role != Some(Role::Admin) && !members.iter().any(|member| is_admin(&member)) {
        return Err(format!("{who} is the only admin. Make somebody else one first: /people grant 123456789 admin").into());
    }
    // What the file gives can only be lowered to a viewer from here.
    let is_in_file = request.service.people.iter().any(|member| member.person.id == id);
    let stored = role.or(is_in_file.then_some(Role::Viewer)).map(|role| (who.clone(), role));
    let subject = id.to_string();
    let change = Change {
        by,
        chat: request.chat_id,
        action: "role",
        subject: &subject,
        before: before.map(|role| role.to_string()),
        after: role.map(|role| role.to_string()),
    };
    request.service.store.change((PERSON, &subject), stored.as_ref(), &change, request.asked_at).await?;
    let person = Person { id, name: who };
    let who = messages::name(Some(&person.name), "somebody");
    Ok(Answer::text(match role {
        Some(role) => format!("{who} ({}) is {} now.", code(&subject), escape(role.with_article())),
        None => format!("{who} ({}) has no role any more, and may read in this chat.", code(&subject)),
    }))
}
