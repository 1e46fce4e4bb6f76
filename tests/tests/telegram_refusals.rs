//! What Telegram refuses, and with which words.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod telegram;

use std::time::Duration;

use futures::future::join_all;
use telegram::{ASHA, CHAT, GROUP, PNG, asha, description, refused, start};
use teloxide::payloads::{EditMessageTextSetters as _, SendMessageSetters as _, SendPhotoSetters as _};
use teloxide::prelude::{Request as _, Requester as _};
use teloxide::types::{
    BotCommand, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, MessageId, ParseMode, UpdateKind,
};
use teloxide::{ApiError, Bot, RequestError};

#[tokio::test]
async fn bad_markup_is_refused_with_its_place() {
    let (_sandbox, bot) = start().await;
    for (text, what) in [
        ("a <foo>b</foo>", "Unsupported start tag \"foo\" at byte offset 2"),
        ("₹ < 500", "Unsupported start tag \"\" at byte offset 4"),
        ("<b>x", "Can't find end tag corresponding to start tag \"b\""),
        ("<b><i>x</b></i>", "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\""),
    ] {
        let error = refused(bot.send_message(CHAT, text).parse_mode(ParseMode::Html)).await;
        let RequestError::Api(ApiError::CantParseEntities(reason)) = error else { panic!("{text}: {error:?}") };
        assert!(reason.ends_with(what), "{text}: {reason}");
    }
}

#[tokio::test]
async fn a_text_is_measured_after_its_markup_is_taken_off() {
    let (sandbox, bot) = start().await;
    // An emoji counts as two.
    let longest = format!("<b>{}</b>&lt;{}", "😀".repeat(2_000), "x".repeat(95));
    bot.send_message(CHAT, &longest).parse_mode(ParseMode::Html).await.expect("4,096 are not too many");
    assert_eq!(telegram::last(&sandbox).plain.encode_utf16().count(), 4_096);
    let error = refused(bot.send_message(CHAT, longest + "x").parse_mode(ParseMode::Html)).await;
    assert!(matches!(error, RequestError::Api(ApiError::MessageIsTooLong)), "{error:?}");
    let error = refused(bot.send_message(CHAT, " <b> </b>\n").parse_mode(ParseMode::Html)).await;
    assert!(matches!(error, RequestError::Api(ApiError::MessageTextIsEmpty)), "{error:?}");
    let long = bot.send_photo(CHAT, InputFile::memory(PNG)).caption("x".repeat(1_025));
    assert!(description(long).await.contains("message caption is too long"));
}

fn keyboard(data: &str) -> InlineKeyboardMarkup {
    InlineKeyboardMarkup::new([[InlineKeyboardButton::callback("Why?", data)]])
}

#[tokio::test]
async fn a_button_carries_64_bytes() {
    let (_sandbox, bot) = start().await;
    bot.send_message(CHAT, "Low").reply_markup(keyboard(&"₹".repeat(21))).await.expect("63 bytes are not too many");
    for data in ["x".repeat(65), "₹".repeat(22), String::new()] {
        let error = refused(bot.send_message(CHAT, "Low").reply_markup(keyboard(&data))).await;
        assert!(matches!(error, RequestError::Api(ApiError::ButtonDataInvalid)), "{error:?}");
    }
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_refused() {
    let (_sandbox, bot) = start().await;
    let sent =
        bot.send_message(CHAT, "<b>Low</b>").parse_mode(ParseMode::Html).reply_markup(keyboard("1")).await.expect("it is sent");
    let same = || bot.edit_message_text(CHAT, sent.id, "<strong>Low</strong>").parse_mode(ParseMode::Html);
    let error = refused(same().reply_markup(keyboard("1"))).await;
    assert!(matches!(error, RequestError::Api(ApiError::MessageNotModified)), "{error:?}");
    same().reply_markup(keyboard("2")).await.expect("another button is a change");
    same().await.expect("no button is one too");
}

#[tokio::test]
async fn what_is_not_there_or_not_the_bots_cannot_be_edited() {
    let (sandbox, bot) = start().await;
    let hers = sandbox.chat().say(ASHA, &asha(), "/low");
    let error = refused(bot.edit_message_text(CHAT, MessageId(99), "Low")).await;
    assert!(matches!(error, RequestError::Api(ApiError::MessageToEditNotFound)), "{error:?}");
    let error = refused(bot.edit_message_text(CHAT, MessageId(hers), "Low")).await;
    assert!(matches!(error, RequestError::Api(ApiError::MessageCantBeEdited)), "{error:?}");
    let error = refused(bot.edit_message_text(ChatId(404), MessageId(1), "Low")).await;
    assert!(matches!(error, RequestError::Api(ApiError::ChatNotFound)), "{error:?}");
}

#[tokio::test]
async fn a_bot_that_was_blocked_kicked_or_left_alone_may_not_write() {
    let (sandbox, bot) = start().await;
    let (chat, ravi) = (sandbox.chat(), vobiz_sandbox::Person::new(9, "Ravi"));
    for (person, id) in [(asha(), ASHA), (ravi.clone(), 9), (asha(), GROUP.0)] {
        chat.join(id, &person);
    }
    chat.block(ASHA).expect("the chat is there");
    chat.deactivate(9).expect("the chat is there");
    chat.kick(GROUP.0, &ravi).expect("the group is there");
    let error = refused(bot.send_message(CHAT, "Low")).await;
    assert!(matches!(error, RequestError::Api(ApiError::BotBlocked)), "{error:?}");
    let error = refused(bot.send_photo(CHAT, InputFile::memory(PNG))).await;
    assert!(matches!(error, RequestError::Api(ApiError::BotBlocked)), "{error:?}");
    let error = refused(bot.send_message(ChatId(9), "Low")).await;
    assert!(matches!(error, RequestError::Api(ApiError::UserDeactivated)), "{error:?}");
    assert_eq!(description(bot.send_message(GROUP, "Low")).await, "Forbidden: bot was kicked from the group chat");

    chat.unblock(ASHA).expect("it was blocked");
    chat.invite(GROUP.0, &ravi).expect("it was kicked");
    for chat in [CHAT, GROUP] {
        bot.send_message(chat, "Back").await.expect("it may write again");
    }
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_says_where_it_is() {
    let (sandbox, bot) = start().await;
    sandbox.chat().join(GROUP.0, &asha());
    sandbox.chat().entitle(GROUP.0, "Night shift");
    let new = ChatId(sandbox.chat().migrate(GROUP.0, &asha()).expect("the group is there"));
    let error = refused(bot.send_message(GROUP, "Low")).await;
    assert!(matches!(error, RequestError::MigrateToChatId(to) if to == new), "{error:?}");
    let sent = bot.send_message(new, "Low").await.expect("there it is");
    sandbox.chat().kick(new.0, &asha()).expect("the group is there");
    let error = refused(bot.send_message(new, "Low")).await;
    assert!(matches!(error, RequestError::Api(ApiError::BotKickedFromSupergroup)), "{error:?}");
    assert!(sent.chat.is_supergroup() && sent.chat.title() == Some("Night shift"), "{sent:?}");
    let updates = bot.get_updates().await.expect("updates");
    let moves = updates.iter().take(2).map(|update| {
        let UpdateKind::Message(message) = &update.kind else { panic!("{update:?}") };
        (message.chat.id, message.migrate_to_chat_id().copied(), message.migrate_from_chat_id().copied())
    });
    assert_eq!(moves.collect::<Vec<_>>(), [(GROUP, Some(new), None), (new, None, Some(GROUP))]);
}

/// How long the bot is asked to wait.
async fn wait(bot: &Bot, chat: ChatId) -> u32 {
    match refused(bot.send_message(chat, "more")).await {
        RequestError::RetryAfter(wait) => wait.seconds(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_chat_takes_a_short_burst_and_then_a_message_a_second() {
    let (sandbox, bot) = start().await;
    let first = bot.send_message(CHAT, "1").await.expect("it is sent");
    for number in 2..=8 {
        bot.send_message(CHAT, number.to_string()).await.expect("a short burst passes");
    }
    assert_eq!(wait(&bot, CHAT).await, 1);
    let edit = refused(bot.edit_message_text(CHAT, first.id, "one")).await;
    assert!(matches!(edit, RequestError::RetryAfter(_)), "an edit counts too: {edit:?}");
    bot.send_message(ChatId(5002), "1").await.expect("another chat has its own limit");
    assert!(telegram::last(&sandbox).chat_id == 5002, "what is refused is not sent");
    sandbox.clock().advance(Duration::from_secs(1));
    bot.send_message(CHAT, "9").await.expect("the wait is over");
}

#[tokio::test]
async fn a_group_takes_twenty_messages_a_minute() {
    let (sandbox, bot) = start().await;
    for number in 0..20 {
        bot.send_message(GROUP, number.to_string()).await.expect("twenty pass");
        sandbox.clock().advance(Duration::from_secs(1));
    }
    let wait = wait(&bot, GROUP).await;
    assert!((35..=40).contains(&wait), "{wait}");
    sandbox.clock().advance(Duration::from_secs(wait.into()));
    bot.send_message(GROUP, "at last").await.expect("the wait is over");
}

#[tokio::test]
async fn all_chats_together_take_thirty_messages_a_second() {
    let (sandbox, bot) = start().await;
    let sent = join_all((1..=90).map(|chat| bot.send_message(ChatId(chat), "Low").send())).await;
    let refused = sent.iter().filter(|sent| matches!(sent, Err(RequestError::RetryAfter(_)))).count();
    assert!(refused >= 1 && sandbox.chat().sent().len() == 90 - refused, "{refused} of 90");
    sandbox.clock().advance(Duration::from_secs(1));
    bot.send_message(CHAT, "at last").await.expect("the wait is over");
}

#[tokio::test]
async fn a_command_that_telegram_would_not_show_is_refused() {
    let (_sandbox, bot) = start().await;
    for (name, about) in [("Low", "wallets"), ("low-ones", "wallets"), ("", "wallets")] {
        assert!(description(bot.set_my_commands([BotCommand::new(name, about)])).await.contains("BOT_COMMAND_INVALID"), "{name}");
    }
    assert!(description(bot.set_my_commands([BotCommand::new("low", "")])).await.contains("DESCRIPTION_INVALID"));
}

#[tokio::test]
async fn a_token_of_another_form_is_nobodys() {
    let (sandbox, _) = start().await;
    let nobody = Bot::new("0:x").set_api_url(sandbox.url().parse().expect("an address"));
    let error = refused(nobody.get_me()).await;
    assert!(matches!(error, RequestError::Api(ApiError::InvalidToken)), "{error:?}");
}
