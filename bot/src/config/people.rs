//! `[[people]]`: who may do what.

use vobiz_core::settings::{Table, Value};

use crate::people::{Member, Person, Role};

/// Characters of a name.
const LONGEST_NAME: usize = 100;

pub(super) fn read(root: &mut Table<'_>) -> Vec<Member> {
    let mut people: Vec<Member> = Vec::new();
    for mut table in root.tables("people").unwrap_or_default() {
        let id = table.required("id", "123456789").and_then(|value| person_id(&value, &people));
        let name = table.required("name", "\"Asha\"").and_then(|value| value.text("Asha")?.parse(name));
        let role = table.required("role", "\"operator\"").and_then(|value| value.text("operator")?.parse(role));
        table.close();
        // What is missing was reported, and refuses the file. The id alone is of use for the entries after it.
        let person = Person { id: id.unwrap_or_default(), name: name.unwrap_or_default() };
        people.push(Member { person, role: role.unwrap_or(Role::Viewer), is_from_file: true });
    }
    people
}

fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    let is_name = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
    is_name.then(|| name.to_owned()).ok_or_else(|| format!("must be 1 to {LONGEST_NAME} characters on one line"))
}

fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|words| format!("{} {words}", vobiz_core::settings::values::quoted(text)))
}

fn person_id(value: &Value<'_>, earlier: &[Member]) -> Option<i64> {
    match value.whole().map(i64::try_from) {
        Some(Ok(id)) if id > 0 => match earlier.iter().position(|member| member.person.id == id) {
            Some(first) => value.refuse(&format!("({id}) is that of people[{first}] too; list each person once")),
            None => Some(id),
        },
        _ => value.refuse("must be a person's number in Telegram without quotes, such as 123456789"),
    }
}
