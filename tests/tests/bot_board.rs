//! The board of a running bot: one message, pinned, changed in place, and never sent again unasked.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod bot;

use bot::{Home, PRIVATE, ask, sent_to, texts, until, world};
use rust_decimal::Decimal;
use vobiz_sandbox::{Fault, Half, Person, Sandbox, Sent};

/// The messages that were sent, without those that were changed.
fn boards(sandbox: &Sandbox) -> Vec<Sent> {
    let is_board = |sent: &Sent| sent.method == "sendMessage" && sent.plain.contains("without an alert");
    sent_to(sandbox, PRIVATE).into_iter().filter(is_board).collect()
}

/// Waits until the board shows this.
fn until_shown(sandbox: &Sandbox, board: &Sent, words: &str) {
    until(words, || {
        let edits = sent_to(sandbox, PRIVATE).into_iter().filter(|sent| sent.method == "editMessageText");
        let last = edits.filter(|sent| sent.message_id == board.message_id).last()?;
        last.plain.contains(words).then_some(())
    });
}

#[tokio::test]
async fn the_board_is_changed_in_place_and_made_anew_only_when_somebody_asks() {
    let sandbox = world(6).await;
    let id = bot::fill(&sandbox).await.first().expect("a watched customer").id.to_string();
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n"));
    let bot = home.start();
    let set = |balance: i64| sandbox.set_wallet(&id, Decimal::from(balance)).expect("a wallet can be set");
    let pinned = || sandbox.chat().pinned(PRIVATE);
    let board = ask(&sandbox, "/board");
    assert!(board.plain.starts_with("🟢 No alert fires"), "{}", board.plain);
    until("the board is pinned", || (pinned() == [board.message_id]).then_some(()));
    set(0);
    until_shown(&sandbox, &board, "EMPTY");

    home.until_marked().await;
    bot.kill();
    let _bot = home.start();
    set(50_000);
    until_shown(&sandbox, &board, "No alert fires");
    assert_eq!(boards(&sandbox).len(), 1, "it is never sent again");

    let (chat, has) = (sandbox.chat(), |words: &str| texts(&sandbox, PRIVATE).iter().filter(|text| text.contains(words)).count());
    chat.unpin(PRIVATE, board.message_id).expect("it is pinned");
    set(0);
    until_shown(&sandbox, &board, "EMPTY");
    until("who asked a moment ago wants it pinned", || (pinned() == [board.message_id]).then_some(()));
    asked_long_ago(&home).await;
    chat.unpin(PRIVATE, board.message_id).expect("it is pinned");
    set(50_000);
    until("that it was unpinned", || (has("was unpinned") > 0).then_some(()));

    let ask_again = || chat.say(PRIVATE, &Person::new(PRIVATE, "Asha"), "/board");
    ask_again();
    let other = until("another board", || boards(&sandbox).get(1).cloned());
    until("the other one is pinned", || (pinned() == [other.message_id]).then_some(()));
    ask_again();
    until("the answer", || (has("is pinned in this chat") > 0).then_some(()));
    asked_long_ago(&home).await;
    chat.delete(PRIVATE, other.message_id).expect("it is there");
    set(0);
    until("that it was deleted", || (has("was deleted") > 0).then_some(()));
    set(50_000);
    ask(&sandbox, "/help");
    home.until_marked().await;
    assert_eq!((boards(&sandbox).len(), has("was deleted"), has("was unpinned")), (2, 1, 1));
}

#[tokio::test]
async fn a_board_is_found_again_whenever_the_bot_is_killed_while_it_is_sent_and_pinned() {
    let sandbox = world(6).await;
    let id = bot::fill(&sandbox).await.first().expect("a watched customer").id.to_string();
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n"));
    let of = |operation: &str| Fault { half: Half::Telegram, operation: Some(operation.to_owned()), ..Fault::default() };
    let bot = home.start();
    sandbox.faults().add(Fault { drop: true, after: true, times: Some(1), ..of("sendMessage") });
    let pin = sandbox.faults().add(Fault { latency_ms: 60_000, ..of("pinChatMessage") });
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), "/board");
    until("a board whose answer is lost", || boards(&sandbox).pop());
    bot.kill();

    // It may not have arrived, so it is sent once more; that one counts, though nobody pinned it yet.
    let bot = home.start();
    until("the pin under way", || sandbox.faults().list().iter().any(|fault| fault.id == pin && fault.struck > 0).then_some(()));
    let board = boards(&sandbox).pop().expect("it is pinned once it was sent");
    bot.kill();
    sandbox.faults().clear();

    let _bot = home.start();
    sandbox.set_wallet(&id, Decimal::from(0)).expect("a wallet can be set");
    until_shown(&sandbox, &board, "EMPTY");
    until("the board is pinned", || (sandbox.chat().pinned(PRIVATE) == [board.message_id]).then_some(()));
    home.until_marked().await;
    let mut database = home.database().await;
    let repeats: i64 = sqlx::query_scalar("SELECT sum(repeats) FROM outbox").fetch_one(&mut database).await.expect("a sum");
    assert_eq!((boards(&sandbox).len(), repeats), (2, 1), "one repeat, which is recorded");
}

/// As if nobody had asked for a board lately.
async fn asked_long_ago(home: &Home) {
    home.until_marked().await;
    let mut database = home.database().await;
    sqlx::query("UPDATE boards SET asked_at = 0").execute(&mut database).await.expect("boards can be written");
}
