//! The Bot API half, driven by a client that knows the real one.

#![allow(dead_code, reason = "each suite uses its part")]
#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

use std::future::IntoFuture;

use teloxide::types::{ChatId, Update};
use teloxide::{ApiError, Bot, RequestError};
use vobiz_sandbox::{Options, Person, Sandbox, Sent};

pub(crate) const ASHA: i64 = 5001;
pub(crate) const CHAT: ChatId = ChatId(ASHA);
pub(crate) const GROUP: ChatId = ChatId(-7001);

/// The smallest picture.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\0\0\0\x02\xd0\x08\x02\0\0\0";

pub(crate) fn asha() -> Person {
    Person::new(ASHA, "Asha")
}

/// A sandbox, and a bot of it.
pub(crate) async fn start() -> (Sandbox, Bot) {
    let sandbox = Sandbox::start(Options { customers: 1, ..Options::default() }).await.expect("the sandbox starts");
    let bot = bot(&sandbox);
    (sandbox, bot)
}

pub(crate) fn bot(sandbox: &Sandbox) -> Bot {
    Bot::new(sandbox.telegram_token()).set_api_url(sandbox.url().parse().expect("an address"))
}

/// What a call was refused with.
pub(crate) async fn refused<T, R>(request: R) -> RequestError
where
    R: IntoFuture<Output = Result<T, RequestError>>,
{
    match request.await {
        Ok(_) => panic!("it was not refused"),
        Err(error) => error,
    }
}

/// The description of a refusal, or the client's name for it.
pub(crate) async fn description<T, R>(request: R) -> String
where
    R: IntoFuture<Output = Result<T, RequestError>>,
{
    match refused(request).await {
        RequestError::Api(ApiError::Unknown(description)) => description,
        other => format!("{other:?}"),
    }
}

/// What the bot sent last.
pub(crate) fn last(sandbox: &Sandbox) -> Sent {
    sandbox.chat().sent().pop().expect("the bot sent something")
}

pub(crate) fn ids(updates: &[Update]) -> Vec<u32> {
    updates.iter().map(|update| update.id.0).collect()
}
