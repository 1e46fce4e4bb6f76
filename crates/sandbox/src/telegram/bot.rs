//! The bot as a person of its chats.

use super::message::Person;

/// The bot with that number.
pub(super) fn bot(id: i64) -> Person {
    Person { id, first_name: "Vobiz".into(), username: Some("vobiz_sandbox_bot".into()), is_bot: true }
}
