//! What a failed call of the Bot API means for the message that it was about.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

/// Longest text of an answer that is repeated in an error.
const LONGEST_DESCRIPTION: usize = 200;
/// Longest wait that is believed when Telegram asks for one.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Why a call failed, by what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Not done: Telegram asks to wait.
    Wait(Duration),
    /// Not done; the same call may succeed later.
    Transient(String),
    /// No answer that says whether it was done.
    Unknown(String),
    /// Not done: another program reads the bot's updates.
    Conflict(String),
    /// Not done: the group has this id now.
    Moved(i64),
    /// Not done: the chat takes no messages now, whatever they are.
    Chat(String),
    /// Not done: the forum topic is closed or gone.
    Topic(String),
    /// Not done: the message itself is refused, and will be again.
    Message(Fault, String),
}

/// What is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It changes a message that is gone or cannot be changed.
    Edit,
    /// Its buttons.
    Buttons,
    /// Its markup.
    Markup,
    /// Its picture or document.
    File,
    /// It is too long.
    Length,
    /// It says nothing.
    Empty,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait(time) => write!(f, "Telegram asks to wait {} s", time.as_secs()),
            Self::Moved(chat) => write!(f, "the group has the id {chat} now"),
            Self::Transient(why)
            | Self::Unknown(why)
            | Self::Conflict(why)
            | Self::Chat(why)
            | Self::Topic(why)
            | Self::Message(_, why) => f.write_str(why),
        }
    }
}

/// Words by which Telegram refuses a message, in lower case, and what is wrong then. The first that occurs counts.
const FAULTS: &[(&str, Fault)] = &[
    ("message to edit not found", Fault::Edit),
    ("message can't be edited", Fault::Edit),
    ("no text in the message to edit", Fault::Edit),
    ("no caption in the message to edit", Fault::Edit),
    ("message_id_invalid", Fault::Edit),
    ("message identifier", Fault::Edit),
    ("too long", Fault::Length),
    ("too_long", Fault::Length),
    ("too large", Fault::Length),
    ("is empty", Fault::Empty),
    ("must be non-empty", Fault::Empty),
    ("parse entities", Fault::Markup),
    ("entit", Fault::Markup),
    ("parse_mode", Fault::Markup),
    ("button", Fault::Buttons),
    ("keyboard", Fault::Buttons),
    ("reply_markup", Fault::Buttons),
    ("reply markup", Fault::Buttons),
    ("photo", Fault::File),
    ("image", Fault::File),
    ("document", Fault::File),
    ("media", Fault::File),
    ("file", Fault::File),
    ("caption", Fault::File),
];

/// Words by which Telegram refuses a forum topic, in lower case.
const TOPICS: &[&str] = &["message thread not found", "topic_closed", "topic_deleted", "topic closed"];

/// What an answer other than success means. `body` is `None` where the answer is not JSON.
pub(super) fn of_answer(status: StatusCode, body: Option<&Value>) -> Failure {
    let Some(body) = body.filter(|body| body.is_object()) else {
        return of_other_answer(status);
    };
    let parameters = &body["parameters"];
    if let Some(chat) = parameters["migrate_to_chat_id"].as_i64() {
        return Failure::Moved(chat);
    }
    let code = body["error_code"].as_u64().unwrap_or(u64::from(status.as_u16()));
    let description = body["description"].as_str().unwrap_or_default();
    let why = match description.char_indices().nth(LONGEST_DESCRIPTION) {
        _ if description.is_empty() => format!("Telegram answered {code} without a reason"),
        Some((end, _)) => format!("Telegram answered: {}…", &description[..end]),
        None => format!("Telegram answered: {description}"),
    };
    let words = description.to_lowercase();
    match code {
        429 => match parameters["retry_after"].as_f64().filter(|seconds| *seconds >= 0.0) {
            Some(seconds) => Failure::Wait(Duration::from_secs_f64(seconds.min(LONGEST_WAIT.as_secs_f64()))),
            None => Failure::Transient(why),
        },
        409 => Failure::Conflict(why),
        // The token: about the bot, not about a chat or a message.
        401 | 404 => Failure::Transient(format!("{why}; check telegram.token and telegram.api_url")),
        413 => Failure::Message(Fault::File, why),
        403 => Failure::Chat(why),
        400 => {
            if TOPICS.iter().any(|topic| words.contains(topic)) {
                return Failure::Topic(why);
            }
            match FAULTS.iter().find(|(fault, _)| words.contains(fault)) {
                Some((_, fault)) => Failure::Message(*fault, why),
                // Whatever else is refused is refused because of the chat.
                None => Failure::Chat(why),
            }
        }
        _ => Failure::Transient(why),
    }
}

/// What an answer means that is not the Bot API's.
fn of_other_answer(status: StatusCode) -> Failure {
    if status.is_success() {
        return Failure::Unknown("Telegram's answer cannot be understood".to_owned());
    }
    if status.is_redirection() {
        return Failure::Transient(format!(
            "telegram.api_url answers with a redirect ({}), which is not followed because the token is in the address; \
             set it to the address of the Bot API itself",
            status.as_u16()
        ));
    }
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Failure::Message(Fault::File, "the request is too large for telegram.api_url (413)".to_owned());
    }
    Failure::Transient(format!("telegram.api_url answers {} and is not the Bot API", status.as_u16()))
}

/// What an error on the way means. Its text holds no address, for the token is in it.
pub(super) fn of_transport(error: &reqwest::Error) -> Failure {
    let cause = root(error);
    if error.is_builder() {
        return Failure::Transient(format!("the request to Telegram cannot be built: {cause}"));
    }
    if error.is_connect() {
        return Failure::Transient(format!("cannot connect to Telegram: {cause}"));
    }
    if error.is_timeout() {
        return Failure::Unknown("Telegram did not answer in time".to_owned());
    }
    Failure::Unknown(format!("the connection to Telegram was lost: {cause}"))
}

/// The innermost cause of an error: what a person can act on.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &(dyn Error + 'static) = match error.source() {
        Some(source) => source,
        None => return "no cause is known".to_owned(),
    };
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(code: u16, description: &str) -> Failure {
        let body = json!({"ok": false, "error_code": code, "description": description});
        of_answer(StatusCode::from_u16(code).unwrap(), Some(&body))
    }

    #[test]
    fn a_refusal_is_about_the_chat_unless_it_names_a_fault_of_the_message() {
        for chat in [
            (403, "Forbidden: bot was blocked by the user"),
            (403, "Forbidden: bot can't initiate conversation with a user"),
            (403, "Forbidden: user is deactivated"),
            (403, "Forbidden: bot was kicked from the supergroup chat"),
            (400, "Bad Request: chat not found"),
            (400, "Bad Request: not enough rights to send text messages to the chat"),
            (400, "Bad Request: CHAT_RESTRICTED"),
            (400, "Bad Request: PEER_ID_INVALID"),
            (400, "Bad Request: something that nobody has seen yet"),
            (400, ""),
        ] {
            assert!(matches!(refused(chat.0, chat.1), Failure::Chat(_)), "{chat:?}");
        }
        for (description, fault) in [
            ("Bad Request: message is too long", Fault::Length),
            ("Bad Request: MESSAGE_TOO_LONG", Fault::Length),
            ("Bad Request: message caption is too long", Fault::Length),
            ("Bad Request: message text is empty", Fault::Empty),
            ("Bad Request: BUTTON_DATA_INVALID", Fault::Buttons),
            (
                "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
                Fault::Buttons,
            ),
            ("Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0", Fault::Markup),
            ("Bad Request: message to edit not found", Fault::Edit),
            ("Bad Request: IMAGE_PROCESS_FAILED", Fault::File),
            ("Bad Request: PHOTO_INVALID_DIMENSIONS", Fault::File),
        ] {
            assert!(matches!(refused(400, description), Failure::Message(found, _) if found == fault), "{description}");
        }
        for topic in ["Bad Request: TOPIC_CLOSED", "Bad Request: message thread not found"] {
            assert!(matches!(refused(400, topic), Failure::Topic(_)), "{topic}");
        }
    }

    #[test]
    fn what_is_about_the_bot_or_the_service_is_tried_again() {
        for (code, description) in
            [(401, "Unauthorized"), (404, "Not Found"), (500, "Internal Server Error"), (502, "Bad Gateway")]
        {
            assert!(matches!(refused(code, description), Failure::Transient(_)), "{code}");
        }
        assert!(matches!(refused(409, "Conflict: terminated by other getUpdates request"), Failure::Conflict(_)));
        assert!(matches!(refused(429, "Too Many Requests"), Failure::Transient(_)));
    }

    #[test]
    fn a_wait_is_kept_within_an_hour() {
        for (asked, waits) in [(json!(25), 25), (json!(1.5), 1), (json!(u64::MAX), 3600), (json!(86_400), 3600)] {
            let body = json!({"ok": false, "error_code": 429, "description": "x", "parameters": {"retry_after": asked}});
            let Failure::Wait(wait) = of_answer(StatusCode::TOO_MANY_REQUESTS, Some(&body)) else { panic!("{body}") };
            assert_eq!(wait.as_secs(), waits);
        }
        let body = json!({"ok": false, "error_code": 429, "parameters": {"retry_after": -3}});
        assert!(matches!(of_answer(StatusCode::TOO_MANY_REQUESTS, Some(&body)), Failure::Transient(_)));
    }

    #[test]
    fn an_answer_that_is_not_the_bot_apis_says_nothing_about_the_message() {
        assert!(matches!(of_answer(StatusCode::OK, None), Failure::Unknown(_)));
        assert!(matches!(of_answer(StatusCode::BAD_GATEWAY, None), Failure::Transient(_)));
        assert!(matches!(of_answer(StatusCode::NOT_FOUND, Some(&json!("a page"))), Failure::Transient(_)));
        assert!(of_answer(StatusCode::TEMPORARY_REDIRECT, None).to_string().contains("telegram.api_url"));
    }
}
