//! About the bot itself: chats that cannot be written to, a database that cannot, another program with the same token.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::{Reader, escape};

/// A chat refuses messages; for the others.
pub(crate) fn chat_refuses(chat: i64, since: DateTime<Utc>, why: &str, reader: &Reader) -> String {
    format!(
        "⚠️ Chat <code>{chat}</code> takes no messages since {}\n{}\nWhat it is owed is kept. It gets one message of what fires as \
         soon as it takes messages again.",
        reader.at(since),
        escape(why)
    )
}

/// It takes messages again.
pub(crate) fn chat_accepts(chat: i64) -> String {
    format!("🟢 Chat <code>{chat}</code> takes messages again")
}

/// Nothing can be written to the database; sent without being written down.
pub(crate) fn database_fails(since: DateTime<Utc>, why: &str, held: usize, reader: &Reader) -> String {
    let held = match held {
        0 => "No message is held back so far.".to_owned(),
        1 => "1 message is held back".to_owned(),
        many => format!("{many} messages are held back"),
    };
    format!(
        "⚠️ Nothing can be written to the bot's database since {}\n{}\nWallets are still watched, but alerts are sent only when they \
         can be written down. {held}",
        reader.at(since),
        escape(why)
    )
}

/// The database can be written to again.
pub(crate) fn database_works(since: DateTime<Utc>, reader: &Reader) -> String {
    format!("🟢 The bot's database can be written to again; it could not since {}", reader.at(since))
}

/// Another program reads the bot's updates.
pub(crate) fn updates_conflict(why: &str) -> String {
    format!(
        "⚠️ Another program reads this bot's messages\n{}\nAlerts still come, but commands and buttons may go unanswered. Stop the \
         other program, or give it another bot's token.",
        escape(why)
    )
}

/// Rows that an oddity message names.
const MOST_ODDITIES: usize = 10;

/// The ledger of all customers is refused.
pub(crate) const NO_GLOBAL_LEDGER: &str = "⚪ <b>The ledger of all customers cannot be read with this account</b>\nInstead, the ledger of each \
     customer whose wallet moves by more than calls is read. Ask Vobiz for access to <code>GET /transactions</code> to see all of it.";

/// Customers' ledgers are refused too.
pub(crate) const NO_LEDGER: &str = "⚪ <b>No ledger can be read with this account</b>\nMoney paid in and fees are taken from \
     the balances alone: alerts go on, and a fee is not expected before it was charged once.";

/// What of the answers could not be understood, each as a sentence.
pub(crate) fn oddities(sentences: &[String]) -> String {
    let mut text =
        "⚪ <b>Parts of what the API sent cannot be understood</b>\nEverything else was read and is judged.".to_owned();
    for sentence in sentences.iter().take(MOST_ODDITIES) {
        text.push_str("\n• ");
        text.push_str(&escape(&sentence.chars().take(200).collect::<String>()));
    }
    if sentences.len() > MOST_ODDITIES {
        let _ = write!(text, "\n… and {} more", sentences.len() - MOST_ODDITIES);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oddities_are_escaped_cut_and_counted() {
        let sentences: Vec<_> = (0..12).map(|number| format!("MA_{number}: accounts.<b>: {}", "x".repeat(300))).collect();
        let text = oddities(&sentences);
        assert!(text.contains("MA_0: accounts.&lt;b&gt;") && !text.contains("MA_10"), "{text}");
        assert!(text.ends_with("… and 2 more") && text.chars().count() < 4096, "{text}");
    }
}
