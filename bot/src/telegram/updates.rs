//! What people do: updates, polled for or posted to the webhook.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use serde_json::{Value, json};
use teloxide::types::{Update, UpdateId, UpdateKind};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::call::Call;
use super::{Failure, Telegram, Webhook};

/// How long one long poll waits for an update.
const LONG_POLL: Duration = Duration::from_secs(25);
/// How often a service is asked that answers at once and has nothing new.
const SHORTEST_POLL: Duration = Duration::from_secs(1);
/// The kinds of updates that this bot reads.
pub(super) const KINDS: [&str; 3] = ["message", "callback_query", "my_chat_member"];

/// An update as it came.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    /// Its id. One that cannot be read has a negative number in its place, made from the update's text.
    pub(crate) id: i64,
    /// What happened, as far as it is understood.
    pub(crate) update: Update,
}

/// The updates of the bot.
pub(crate) struct Updates {
    telegram: Telegram,
    /// Updates before this one are confirmed with the next request; at first none is.
    offset: Option<i64>,
    /// Posts that were not answered yet.
    unconfirmed: Vec<oneshot::Sender<()>>,
}

impl Updates {
    pub(crate) fn new(telegram: Telegram) -> Self {
        Self { telegram, offset: None, unconfirmed: Vec::new() }
    }

    /// Waits for updates: write them down, then confirm them.
    ///
    /// An update may come again; one of the same id is the same update. Ids may be in any order.
    pub(crate) async fn next(&mut self) -> Result<Vec<Incoming>, Failure> {
        let updates = match self.telegram.webhook.clone() {
            Some(webhook) => self.posted(&webhook).await,
            None => self.polled().await?,
        };
        for chat in updates.iter().filter_map(|update| update.update.chat()) {
            self.telegram.note_sign_of_life(chat.id.0);
        }
        Ok(updates)
    }

    /// Confirms to Telegram what `next` gave, where the next request does not do so by itself.
    pub(crate) fn confirm(&mut self) {
        for accepted in self.unconfirmed.drain(..) {
            // Who posted it may be gone; then it comes again.
            let _ = accepted.send(());
        }
    }

    async fn posted(&mut self, webhook: &Webhook) -> Vec<Incoming> {
        let (updates, unconfirmed) =
            webhook.next().await.into_iter().map(|posted| (Incoming::of(&posted.update), posted.accepted)).unzip();
        self.unconfirmed = unconfirmed;
        updates
    }

    async fn polled(&mut self) -> Result<Vec<Incoming>, Failure> {
        let (asked, before) = (Instant::now(), self.offset);
        let call = Call::new("getUpdates")
            .with("timeout", LONG_POLL.as_secs())
            .with("allowed_updates", json!(KINDS))
            .with_some("offset", self.offset);
        let answer = self.telegram.call(call.waiting(LONG_POLL)).await;
        self.telegram.note_conflict(answer.as_ref().err());
        let Value::Array(rows) = answer? else {
            return Err(Failure::Transient("Telegram's list of updates cannot be understood".to_owned()));
        };
        let updates: Vec<Incoming> = rows.iter().map(Incoming::of).collect();
        // Ids may begin anew after a quiet week, so this batch alone counts.
        if let Some(last) = updates.iter().map(|update| update.id).filter(|id| *id >= 0).max() {
            self.offset = Some(last.saturating_add(1));
        }
        if self.offset == before {
            // Not every service waits, and some repeat what they have.
            tokio::time::sleep_until(asked + SHORTEST_POLL).await;
        }
        Ok(updates)
    }
}

impl Incoming {
    fn of(row: &Value) -> Self {
        let id = match &row["update_id"] {
            Value::String(text) => text.trim().parse().ok(),
            id => id.as_i64(),
        };
        let id = id.filter(|id| *id >= 0).unwrap_or_else(|| made_up_id(row));
        let kind = KINDS.into_iter().find(|kind| row[*kind].is_object());
        let update = kind.and_then(|kind| {
            let mut object = row[kind].clone();
            complete(&mut object);
            if let Some(press) = object.as_object_mut().filter(|_| kind == "callback_query") {
                press.entry("chat_instance").or_insert_with(|| json!(""));
            }
            // The library's ids have 32 bits, and it reads text alone.
            serde_json::from_str(&json!({"update_id": 0, kind: object}).to_string()).ok()
        });
        Self { id, update: update.unwrap_or(Update { id: UpdateId(0), kind: UpdateKind::Error(Value::Null) }) }
    }
}

/// Gives an object what the library insists on and this bot does not need: some services leave it out.
fn complete(object: &mut Value) {
    let Some(members) = object.as_object_mut() else { return };
    if members.contains_key("message_id") && members.get("date").and_then(Value::as_i64).is_none() {
        members.insert("date".to_owned(), json!(0));
    }
    if let Some(from) = members.get_mut("from").and_then(Value::as_object_mut) {
        from.entry("first_name").or_insert_with(|| json!(""));
        from.entry("is_bot").or_insert_with(|| json!(false));
    }
    if let Some(chat) = members.get_mut("chat").and_then(Value::as_object_mut) {
        let is_private = chat.get("id").and_then(Value::as_i64).is_some_and(|id| id > 0);
        let is_known = ["private", "group", "supergroup", "channel"].iter().any(|kind| chat.get("type") == Some(&json!(kind)));
        if !is_known {
            chat.insert("type".to_owned(), json!(if is_private { "private" } else { "group" }));
        }
        if !is_private {
            chat.entry("title").or_insert_with(|| json!(""));
        }
    }
    if let Some(message) = members.get_mut("message") {
        complete(message);
    }
}

/// A negative number that is the same for the same text.
fn made_up_id(row: &Value) -> i64 {
    let mut hasher = DefaultHasher::new();
    row.to_string().hash(&mut hasher);
    let positive = i64::try_from(hasher.finish() >> 1).unwrap_or(i64::MAX - 1);
    -positive - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &Value) -> Value {
        json!({"update_id": id, "message": {"message_id": 5, "date": 1, "chat": {"id": 7, "type": "private", "first_name": "P"}, "text": "/low"}})
    }

    #[test]
    fn an_update_is_read_whatever_its_id_is() {
        for (id, expected) in
            [(json!(7), 7), (json!(3_000_000_000_i64), 3_000_000_000), (json!(i64::MAX), i64::MAX), (json!("12"), 12)]
        {
            let incoming = Incoming::of(&message(&id));
            assert_eq!(incoming.id, expected);
            assert!(matches!(incoming.update.kind, UpdateKind::Message(_)), "{id}");
        }
        for id in [Value::Null, json!(-4), json!(1.5), json!("x"), json!({}), json!(u64::MAX)] {
            let incoming = Incoming::of(&message(&id));
            assert!(incoming.id < 0 && incoming.id == Incoming::of(&message(&id)).id, "{id}");
            assert!(matches!(incoming.update.kind, UpdateKind::Message(_)), "{id}");
        }
    }

    #[test]
    fn no_row_of_a_list_of_updates_panics() {
        for row in
            [Value::Null, json!([]), json!("x"), json!({}), json!({"update_id": 5}), json!({"update_id": 5, "message": null})]
        {
            let _ = Incoming::of(&row);
        }
        assert_eq!(Incoming::of(&json!({"update_id": 5, "quantum_reaction": {}})).id, 5);
    }

    #[test]
    fn a_line_is_read_from_services_that_leave_things_out() {
        let chat = json!({"id": 1001, "type": "private", "first_name": "P"});
        for message in [
            json!({"message_id": 1, "date": "yesterday", "chat": chat, "text": "/low"}),
            json!({"message_id": 1, "chat": {"id": 1001}, "text": "/low"}),
            json!({"message_id": 1, "date": 1, "chat": {"id": -5, "type": "galaxy", "title": "x"}, "text": "/low"}),
            json!({"message_id": 1, "date": 1, "chat": chat, "from": {"id": 1001}, "text": "/low"}),
        ] {
            let incoming = Incoming::of(&json!({"another": {}, "update_id": 5, "message": message}));
            let UpdateKind::Message(message) = incoming.update.kind else { panic!("{message}") };
            assert_eq!(message.text(), Some("/low"));
        }
    }

    #[test]
    fn a_press_is_read_from_services_that_leave_things_out() {
        let message = json!({"message_id": 5, "chat": {"id": 7}, "text": "low"});
        let press = json!({"id": "1", "from": {"id": 7}, "message": message, "data": "x"});
        let incoming = Incoming::of(&json!({"update_id": 5, "callback_query": press}));
        assert!(matches!(incoming.update.kind, UpdateKind::CallbackQuery(_)), "{incoming:?}");
    }
}
