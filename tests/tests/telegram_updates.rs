//! Updates: what a bot gets once it asks, until it confirms.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod telegram;

use std::time::Duration;

use chrono::Utc;
use telegram::{ASHA, CHAT, GROUP, asha, bot, description, ids, last, start};
use teloxide::payloads::{AnswerCallbackQuerySetters as _, GetUpdatesSetters as _, SendMessageSetters as _};
use teloxide::prelude::{Request as _, Requester as _};
use teloxide::types::{
    AllowedUpdate, CallbackQueryId, ChatMemberStatus, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntityKind, UpdateKind,
};
use teloxide::{ApiError, RequestError};
use vobiz_sandbox::Person;

#[tokio::test]
async fn of_two_pollers_the_one_that_came_first_ends_with_a_conflict() {
    let (sandbox, bot) = start().await;
    let (one, other) = (bot.get_updates().timeout(40).send(), bot.get_updates().timeout(40).send());
    let (mut one, mut other) = (tokio::spawn(one), tokio::spawn(other));
    let (ended, waiting) = tokio::select! {
        ended = &mut one => (ended, other),
        ended = &mut other => (ended, one),
    };
    let ended = ended.expect("it ends");
    assert!(matches!(ended, Err(RequestError::Api(ApiError::TerminatedByOtherGetUpdates))), "{ended:?}");
    sandbox.chat().say(ASHA, &asha(), "hello");
    let updates = waiting.await.expect("it ends").expect("the other one goes on");
    assert_eq!(updates.len(), 1);
}

#[tokio::test]
async fn an_update_comes_again_until_it_is_confirmed_and_then_never() {
    let (sandbox, bot) = start().await;
    for text in ["one", "two", "three"] {
        sandbox.chat().say(ASHA, &asha(), text);
    }
    let all = bot.get_updates().await.expect("updates");
    assert_eq!(all.len(), 3);
    assert_eq!(ids(&bot.get_updates().await.expect("updates")), ids(&all), "asking confirms nothing");
    assert_eq!(ids(&bot.get_updates().limit(2).await.expect("updates")), ids(&all[..2]));
    let second = i32::try_from(all[1].id.0).expect("a small number");
    let rest = bot.get_updates().offset(second + 1).await.expect("updates");
    assert_eq!(ids(&rest), ids(&all[2..]), "those before the offset are confirmed");
    let UpdateKind::Message(message) = &rest[0].kind else { panic!("a message: {rest:?}") };
    assert_eq!((message.text(), message.chat.id), (Some("three"), CHAT));
    assert_eq!(ids(&bot.get_updates().offset(0).await.expect("updates")), ids(&all[2..]), "and are gone for good");
    assert!(bot.get_updates().offset(second + 2).await.expect("updates").is_empty());
}

#[tokio::test]
async fn a_negative_offset_keeps_the_last_updates_alone() {
    let (sandbox, bot) = start().await;
    for text in ["one", "two", "three"] {
        sandbox.chat().say(ASHA, &asha(), text);
    }
    let last = bot.get_updates().offset(-1).await.expect("updates");
    assert_eq!(last.len(), 1);
    assert_eq!(ids(&bot.get_updates().await.expect("updates")), ids(&last));
}

#[tokio::test]
async fn a_long_poll_is_answered_as_soon_as_something_happens() {
    let (sandbox, bot) = start().await;
    let waiting = tokio::spawn(bot.get_updates().timeout(50).send());
    sandbox.chat().say(ASHA, &asha(), "/low@bot 500");
    let updates = tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("long before the wait is over");
    let updates = updates.expect("it ends").expect("updates");
    let UpdateKind::Message(message) = &updates[0].kind else { panic!("a message: {updates:?}") };
    let entities = message.parse_entities().expect("a text has entities");
    assert!(matches!(entities[0].kind(), MessageEntityKind::BotCommand) && entities[0].text() == "/low@bot");
}

#[tokio::test]
async fn a_bot_gets_only_what_it_asked_for() {
    let (sandbox, bot) = start().await;
    assert!(bot.get_updates().allowed_updates([AllowedUpdate::MyChatMember]).await.expect("updates").is_empty());
    sandbox.chat().say(ASHA, &asha(), "not this");
    sandbox.chat().block(ASHA).expect("the chat is there");
    let updates = bot.get_updates().await.expect("updates");
    assert!(updates.len() == 1 && matches!(updates[0].kind, UpdateKind::MyChatMember(_)), "{updates:?}");
}

#[tokio::test]
async fn a_bot_is_notified_that_it_was_blocked_kicked_and_taken_back() {
    let (sandbox, bot) = start().await;
    let (chat, by) = (sandbox.chat(), Person::new(9, "Ravi"));
    chat.join(ASHA, &asha());
    chat.join(GROUP.0, &by);
    chat.block(ASHA).expect("the chat is there");
    chat.unblock(ASHA).expect("it was blocked");
    chat.kick(GROUP.0, &by).expect("the group is there");
    chat.invite(GROUP.0, &by).expect("it was kicked");
    let me = bot.get_me().await.expect("it is somebody").id;
    let kinds: Vec<_> = bot.get_updates().await.expect("updates").into_iter().map(|update| update.kind).collect();
    let kinds = kinds.iter().map(|kind| {
        let UpdateKind::MyChatMember(change) = kind else { panic!("{kind:?}") };
        assert_eq!(change.new_chat_member.user.id, me);
        (change.chat.id, change.from.first_name.as_str(), change.old_chat_member.status(), change.new_chat_member.status())
    });
    let (member, banned) = (ChatMemberStatus::Member, ChatMemberStatus::Banned);
    let expected = [
        (CHAT, "Asha", member, banned),
        (CHAT, "Asha", banned, member),
        (GROUP, "Ravi", member, banned),
        (GROUP, "Ravi", banned, member),
    ];
    assert_eq!(kinds.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_bot_gets_no_message_of_a_chat_that_it_is_not_in() {
    let (sandbox, bot) = start().await;
    sandbox.chat().join(GROUP.0, &asha());
    sandbox.chat().kick(GROUP.0, &asha()).expect("the group is there");
    sandbox.chat().say(GROUP.0, &asha(), "at last");
    let updates = bot.get_updates().await.expect("updates");
    assert!(updates.len() == 1 && matches!(updates[0].kind, UpdateKind::MyChatMember(_)), "{updates:?}");
}

/// A message with one button, pressed once; the number of the press.
async fn pressed(sandbox: &vobiz_sandbox::Sandbox) -> CallbackQueryId {
    let bot = bot(sandbox);
    let keyboard = InlineKeyboardMarkup::new([[InlineKeyboardButton::callback("Why?", "why:1")]]);
    let message = bot.send_message(CHAT, "Low").reply_markup(keyboard).await.expect("it is sent");
    sandbox.chat().press_as(&asha(), ASHA, message.id.0, "why:1").expect("the button is there");
    let updates = bot.get_updates().await.expect("updates");
    let UpdateKind::CallbackQuery(query) = updates.into_iter().next_back().expect("the press").kind else { panic!("a press") };
    assert_eq!((query.data.as_deref(), query.from.id.0), (Some("why:1"), 5001));
    assert_eq!(query.regular_message().map(|message| message.text()), Some(Some("Low")));
    query.id
}

const TOO_OLD: &str = "Bad Request: query is too old and response timeout expired or query ID is invalid";

#[tokio::test]
async fn a_press_is_answered_once() {
    let (sandbox, bot) = start().await;
    let press = pressed(&sandbox).await;
    bot.answer_callback_query(press.clone()).text("₹190 an hour").show_alert(true).await.expect("it is fresh");
    let answer = last(&sandbox);
    assert_eq!((answer.method.as_str(), answer.plain.as_str(), answer.show_alert), ("answerCallbackQuery", "₹190 an hour", true));
    assert_eq!(description(bot.answer_callback_query(press)).await, TOO_OLD);
}

#[tokio::test]
async fn a_press_expires_on_the_sandboxs_clock() {
    let (sandbox, bot) = start().await;
    let press = pressed(&sandbox).await;
    sandbox.clock().advance(Duration::from_mins(15));
    assert_eq!(description(bot.answer_callback_query(press)).await, TOO_OLD);
    assert_eq!(description(bot.answer_callback_query(CallbackQueryId("17".into()))).await, TOO_OLD);
}

#[tokio::test]
async fn messages_carry_the_sandboxs_time() {
    let (sandbox, bot) = start().await;
    sandbox.clock().advance(Duration::from_hours(24));
    sandbox.chat().say(ASHA, &asha(), "now");
    let updates = bot.get_updates().await.expect("updates");
    let UpdateKind::Message(message) = &updates[0].kind else { panic!("a message: {updates:?}") };
    assert_eq!(message.date, sandbox.clock().now());
    assert_ne!(message.date.date_naive(), Utc::now().date_naive());
}
