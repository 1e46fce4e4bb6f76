//! People and what each of them may do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The kind of setting that roles are: each by the id of its person.
pub(crate) const PERSON: &str = "person";
/// The kind of setting that paired chats are.
pub(crate) const CHAT: &str = "chat";

/// Somebody who writes or presses: Telegram's id of them, and the name they have there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: i64,
    pub(crate) name: String,
}

/// What a person may do. Each role includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Read everything.
    Viewer,
    /// Take and snooze alerts, change levels and what a chat gets.
    Operator,
    /// Decide who may do what.
    Admin,
}

/// A person with a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) person: Person,
    pub(crate) role: Role,
    /// Whether the role is from the configuration file, not from the chat.
    pub(crate) is_from_file: bool,
}

impl Role {
    pub(crate) const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// `an operator`
    pub(crate) const fn with_article(self) -> &'static str {
        match self {
            Self::Viewer => "a viewer",
            Self::Operator => "an operator",
            Self::Admin => "an admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let role = Self::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(text.trim()));
        role.ok_or_else(|| "is not a role; write viewer, operator or admin".to_owned())
    }
}

/// The roles that hold: one given from the chat comes before the file's.
pub(crate) fn effective(file: &[Member], chat: Vec<Member>) -> Vec<Member> {
    let is_given = |member: &&Member| !chat.iter().any(|given| given.person.id == member.person.id);
    let mut members: Vec<Member> = file.iter().filter(is_given).cloned().collect();
    members.extend(chat);
    members.sort_by(|one, other| other.role.cmp(&one.role).then_with(|| one.person.id.cmp(&other.person.id)));
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_given_from_the_chat_comes_before_the_files() {
        let member = |id, role, is_from_file| Member { person: Person { id, name: "A".into() }, role, is_from_file };
        let file = [member(1, Role::Admin, true), member(2, Role::Viewer, true)];
        let members = effective(&file, vec![member(2, Role::Operator, false)]);
        assert_eq!(members, [member(1, Role::Admin, true), member(2, Role::Operator, false)]);
        assert!(Role::Admin > Role::Operator && Role::Operator > Role::Viewer);
        assert_eq!("Operator".parse(), Ok(Role::Operator));
        assert!("root".parse::<Role>().is_err());
    }
}
