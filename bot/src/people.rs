//! Who may do what: people and their roles.

use std::fmt;

/// What somebody may do. Each role may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// May ask.
    Viewer,
    /// May take and snooze alerts, and change levels.
    Operator,
    /// May change who may do what.
    Admin,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        })
    }
}

/// Somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// The person's Telegram id; `None` for a channel or an anonymous administrator.
    pub(crate) id: Option<u64>,
    pub(crate) name: String,
    pub(crate) role: Role,
}

/// The people that the configuration names. Everybody else in a served chat is a viewer.
#[derive(Debug, Clone, Default)]
pub(crate) struct People(Vec<(u64, Role)>);

impl People {
    /// The person of a Telegram id and name; without one, somebody anonymous.
    pub(crate) fn of(&self, sender: Option<(u64, &str)>) -> Person {
        let Some((id, name)) = sender else {
            return Person { id: None, name: "somebody anonymous".to_owned(), role: Role::Viewer };
        };
        let role = self.0.iter().find(|(known, _)| *known == id).map_or(Role::Viewer, |(_, role)| *role);
        Person { id: Some(id), name: name.to_owned(), role }
    }
}
