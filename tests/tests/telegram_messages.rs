//! What a bot sends: how it is understood, changed, kept and shown.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod telegram;

use serde_json::Value;
use telegram::{ASHA, CHAT, GROUP, PNG, asha, description, last, start};
use teloxide::net::Download as _;
use teloxide::payloads::{
    DeleteMyCommandsSetters as _, EditMessageCaptionSetters as _, EditMessageTextSetters as _, GetMyCommandsSetters as _,
    PinChatMessageSetters as _, SendDocumentSetters as _, SendMediaGroupSetters as _, SendMessageSetters as _,
    SendPhotoSetters as _, SetMyCommandsSetters as _, UnpinChatMessageSetters as _,
};
use teloxide::prelude::Requester as _;
use teloxide::types::{
    BotCommand, BotCommandScope, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, InputMedia, InputMediaDocument,
    InputMediaPhoto, MediaKind, MessageEntityKind, MessageId, MessageKind, ParseMode, Recipient, ReplyParameters, ThreadId,
    UpdateKind, UserId,
};

#[tokio::test]
async fn html_becomes_text_and_entities_as_telegram_makes_them() {
    let (_sandbox, bot) = start().await;
    let html = "<b>Low:</b> ₹😀 <i>A &amp; <u>B</u></i> &lt;3 &#8377;&#x20B9; <code>MA_1</code> <a href='https://x.example/?a=1&amp;b'>see</a>\
                <pre><code class=\"language-sql\">SELECT</code></pre> <tg-spoiler>x</tg-spoiler><blockquote expandable>q</blockquote>";
    let sent = bot.send_message(CHAT, html).parse_mode(ParseMode::Html).await.expect("it is sent");
    assert_eq!(sent.text(), Some("Low: ₹😀 A & B <3 ₹₹ MA_1 seeSELECT xq"));
    let entities = sent.parse_entities().expect("a text has entities");
    let kinds: Vec<_> = entities.iter().map(|entity| (entity.kind().clone(), entity.text())).collect();
    let link = MessageEntityKind::TextLink { url: "https://x.example/?a=1&b".parse().expect("an address") };
    let expected = [
        (MessageEntityKind::Bold, "Low:"),
        (MessageEntityKind::Italic, "A & B"),
        (MessageEntityKind::Underline, "B"),
        (MessageEntityKind::Code, "MA_1"),
        (link, "see"),
        (MessageEntityKind::Pre { language: Some("sql".into()) }, "SELECT"),
        (MessageEntityKind::Spoiler, "x"),
        (MessageEntityKind::ExpandableBlockquote, "q"),
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn a_message_is_changed_in_place_and_its_buttons_go_unless_sent_again() {
    let (sandbox, bot) = start().await;
    let keyboard = InlineKeyboardMarkup::new([[InlineKeyboardButton::callback("Why?", "why")]]);
    let sent = bot.send_message(CHAT, "Low").reply_markup(keyboard.clone()).await.expect("it is sent");
    let edited = bot.edit_message_text(CHAT, sent.id, "Lower").reply_markup(keyboard).await.expect("it is changed");
    assert!(edited.id == sent.id && edited.edit_date().is_some() && edited.reply_markup().is_some(), "{edited:?}");
    let edited = bot.edit_message_text(CHAT, sent.id, "Fine").await.expect("it is changed");
    assert!(edited.reply_markup().is_none() && edited.text() == Some("Fine"), "{edited:?}");
    sandbox.chat().press_as(&asha(), ASHA, sent.id.0, "why").expect_err("the button is gone");
    bot.delete_message(CHAT, sent.id).await.expect("it is there");
    assert_eq!(description(bot.delete_message(CHAT, sent.id)).await, "Api(MessageToDeleteNotFound)");
}

#[tokio::test]
async fn a_picture_has_its_size_its_caption_and_can_be_fetched() {
    let (sandbox, bot) = start().await;
    assert_eq!(description(bot.send_photo(CHAT, InputFile::memory("no picture"))).await, "Api(ImageProcessFailed)");
    let picture = InputFile::memory(PNG).file_name("cost.png");
    let sent = bot.send_photo(CHAT, picture).caption("<b>Cost</b>").parse_mode(ParseMode::Html).await.expect("it is sent");
    let size = sent.photo().expect("a picture").last().expect("a size").clone();
    assert_eq!((size.width, size.height, sent.caption()), (1_280, 720, Some("Cost")));
    let file = bot.get_file(size.file.id.clone()).await.expect("it is kept");
    let mut bytes = Vec::new();
    bot.download_file(&file.path, &mut bytes).await.expect("it can be fetched");
    assert_eq!(bytes, PNG);

    let edited = bot.edit_message_caption(CHAT, sent.id).caption("Cost and calls").await.expect("it is changed");
    assert_eq!(edited.caption(), Some("Cost and calls"));
    assert!(description(bot.edit_message_text(CHAT, sent.id, "Cost")).await.contains("there is no text in the message to edit"));
    let again = bot.send_photo(CHAT, InputFile::file_id(size.file.id)).await.expect("it is known");
    assert_eq!(again.photo().expect("a picture")[0].width, 1_280);
    assert!(last(&sandbox).file.is_some_and(|file| file.is_photo && file.bytes == PNG));
}

#[tokio::test]
async fn a_document_keeps_its_name_and_its_bytes() {
    let (sandbox, bot) = start().await;
    let list = InputFile::memory("MA_1,412").file_name("low wallets.csv");
    let sent = bot.send_document(CHAT, list).caption("All").disable_notification(true).await.expect("it is sent");
    let document = sent.document().expect("a document");
    assert_eq!(document.file_name.as_deref(), Some("low wallets.csv"));
    assert_eq!(document.mime_type.as_ref().map(AsRef::as_ref), Some("text/csv"));
    let seen = last(&sandbox);
    let file = seen.file.expect("a file");
    assert!(seen.silent && !file.is_photo && file.name == "low wallets.csv" && file.bytes == "MA_1,412", "{file:?}");
}

#[tokio::test]
async fn an_album_comes_whole_or_not_at_all() {
    let (sandbox, bot) = start().await;
    let picture = |bytes: &'static [u8], caption: &str| {
        InputMedia::Photo(InputMediaPhoto::new(InputFile::memory(bytes)).caption(caption).parse_mode(ParseMode::Html))
    };
    let broken = [picture(PNG, "1"), picture(b"no picture", "2")];
    assert!(description(bot.send_media_group(CHAT, broken)).await.contains("ImageProcessFailed"));
    let many: Vec<_> = (0..11).map(|_| picture(PNG, "")).collect();
    sandbox.clock().advance(std::time::Duration::from_mins(1));
    assert!(description(bot.send_media_group(CHAT, many)).await.contains("too many messages to send as an album"));
    let document = InputMedia::Document(InputMediaDocument::new(InputFile::memory("x")));
    assert!(description(bot.send_media_group(CHAT, [picture(PNG, ""), document])).await.contains("can't be mixed"));
    assert!(sandbox.chat().sent().is_empty(), "nothing came of what was refused");

    let album = [picture(PNG, "<b>Calls</b>"), picture(PNG, "Cost")];
    let sent = bot.send_media_group(CHAT, album).disable_notification(true).await.expect("it is sent");
    let captions: Vec<_> = sent.iter().map(|message| message.caption().expect("a caption")).collect();
    assert_eq!(captions, ["Calls", "Cost"]);
    let group = sent[0].media_group_id();
    assert!(group.is_some() && sent.iter().all(|message| message.media_group_id() == group), "{sent:?}");
    assert_eq!(sandbox.chat().sent().iter().filter(|sent| sent.method == "sendMediaGroup" && sent.file.is_some()).count(), 2);
}

#[tokio::test]
async fn a_pinned_message_is_the_chats_until_it_is_unpinned() {
    let (_sandbox, bot) = start().await;
    let sent = bot.send_message(GROUP, "3 wallets need someone").await.expect("it is sent");
    assert!(description(bot.pin_chat_message(GROUP, MessageId(99))).await.contains("message to pin not found"));
    bot.pin_chat_message(GROUP, sent.id).disable_notification(true).await.expect("it is there");
    bot.edit_message_text(GROUP, sent.id, "2 wallets need someone").await.expect("it is changed");
    let pinned = bot.get_chat(GROUP).await.expect("the chat is there").pinned_message.expect("a message is pinned");
    assert_eq!((pinned.id, pinned.text()), (sent.id, Some("2 wallets need someone")));
    bot.unpin_chat_message(GROUP).message_id(sent.id).await.expect("it was pinned");
    assert!(bot.get_chat(GROUP).await.expect("the chat is there").pinned_message.is_none());
}

#[tokio::test]
async fn a_chat_may_have_several_pinned_messages_that_people_unpin_and_delete() {
    let (sandbox, bot) = start().await;
    let chat = sandbox.chat();
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        let id = bot.send_message(GROUP, text).await.expect("it is sent").id;
        bot.pin_chat_message(GROUP, id).await.expect("it is there");
        ids.push(id.0);
    }
    assert_eq!(chat.pinned(GROUP.0), ids);
    chat.unpin(GROUP.0, ids[2]).expect("it is pinned");
    chat.unpin(GROUP.0, ids[2]).expect_err("it is not pinned any more");
    chat.delete(GROUP.0, ids[0]).expect("it is there");
    assert_eq!(chat.pinned(GROUP.0), [ids[1]]);
    assert!(description(bot.edit_message_text(GROUP, MessageId(ids[0]), "late")).await.contains("MessageToEditNotFound"));
    assert!(description(bot.pin_chat_message(GROUP, MessageId(ids[0]))).await.contains("message to pin not found"));
}

#[tokio::test]
async fn the_general_topic_of_a_forum_can_be_closed_and_another_deleted() {
    let (sandbox, bot) = start().await;
    let chat = sandbox.chat();
    chat.join(GROUP.0, &asha());
    let forum = ChatId(chat.migrate(GROUP.0, &asha()).expect("the group is there"));
    chat.make_forum(forum.0).expect("it is a supergroup now");
    let alerts = bot.create_forum_topic(forum, "Alerts").await.expect("it is a forum").thread_id;
    let sent = bot.send_message(forum, "Low").message_thread_id(alerts).await.expect("it is open");

    chat.close_topic(forum.0, None, true).expect("it is a forum");
    assert!(description(bot.send_message(forum, "Low")).await.contains("TOPIC_CLOSED"));
    bot.send_message(forum, "Low").message_thread_id(alerts).await.expect("another topic is open");
    bot.reopen_general_forum_topic(forum).await.expect("it is closed");
    bot.send_message(forum, "Low").await.expect("it is open again");

    chat.delete_topic(forum.0, alerts.0.0).expect("it is there");
    let refused = description(bot.send_message(forum, "Low").message_thread_id(alerts)).await;
    assert!(refused.contains("message thread not found"), "{refused}");
    assert!(description(bot.edit_message_text(forum, sent.id, "Lower")).await.contains("MessageToEditNotFound"));
}

#[tokio::test]
async fn a_forum_has_topics_that_take_messages_while_they_are_open() {
    let (sandbox, bot) = start().await;
    let chat = sandbox.chat();
    chat.join(GROUP.0, &asha());
    assert!(description(bot.create_forum_topic(GROUP, "Alerts")).await.contains("the chat is not a forum"));
    chat.make_forum(GROUP.0).expect_err("a group is no forum");
    let forum = ChatId(chat.migrate(GROUP.0, &asha()).expect("the group is there"));
    chat.make_forum(forum.0).expect("it is a supergroup now");

    let unknown = bot.send_message(forum, "Low").message_thread_id(ThreadId(MessageId(404)));
    assert!(description(unknown).await.contains("message thread not found"));
    let alerts = bot.create_forum_topic(forum, "Alerts").await.expect("it is a forum").thread_id;
    let sent = bot.send_message(forum, "Low").message_thread_id(alerts).await.expect("it is open");
    assert!(sent.is_topic_message && sent.thread_id == Some(alerts), "{sent:?}");
    assert_eq!(last(&sandbox).topic, Some(i64::from(alerts.0.0)));
    bot.close_forum_topic(forum, alerts).await.expect("it is open");
    assert!(description(bot.send_message(forum, "Lower").message_thread_id(alerts)).await.contains("TOPIC_CLOSED"));
    bot.reopen_forum_topic(forum, alerts).await.expect("it is closed");
    bot.send_photo(forum, InputFile::memory(PNG)).message_thread_id(alerts).await.expect("it is open again");

    let hers = chat.open_topic(forum.0, &asha(), "Questions").expect("it is a forum");
    chat.say_in(forum.0, hers, &asha(), "/low");
    let updates = bot.get_updates().await.expect("updates");
    let UpdateKind::Message(message) = &updates.last().expect("her message").kind else { panic!("a message") };
    assert!(message.is_topic_message && message.thread_id == Some(ThreadId(MessageId(hers))), "{message:?}");
}

#[tokio::test]
async fn a_reply_shows_what_it_answers() {
    let (sandbox, bot) = start().await;
    let hers = MessageId(sandbox.chat().say(ASHA, &asha(), "/low"));
    let reply = |id| bot.send_message(CHAT, "Fine").reply_parameters(ReplyParameters::new(id));
    assert!(description(reply(MessageId(99))).await.contains("MessageToReplyNotFound"));
    let sent = reply(hers).await.expect("it is there");
    assert_eq!(sent.reply_to_message().and_then(|message| message.text()), Some("/low"));
}

#[tokio::test]
async fn commands_are_kept_and_shown_by_scope() {
    let (sandbox, bot) = start().await;
    let named = |names: &[&str]| names.iter().map(|name| BotCommand::new(*name, "about")).collect::<Vec<_>>();
    let group = BotCommandScope::Chat { chat_id: Recipient::Id(GROUP) };
    let member = BotCommandScope::ChatMember { chat_id: Recipient::Id(GROUP), user_id: UserId(9) };
    bot.set_my_commands(named(&["low", "help"])).await.expect("they are good");
    bot.set_my_commands(named(&["summary"])).scope(BotCommandScope::AllGroupChats).await.expect("they are good");
    bot.set_my_commands(named(&["mute"])).scope(group.clone()).await.expect("they are good");
    bot.set_my_commands(named(&["audit"])).scope(member.clone()).await.expect("they are good");
    assert_eq!(bot.get_my_commands().await.expect("commands"), named(&["low", "help"]));
    assert_eq!(bot.get_my_commands().scope(group.clone()).await.expect("commands"), named(&["mute"]));
    assert!(bot.get_my_commands().language_code("hi").await.expect("commands").is_empty());

    let offered = |chat: ChatId, person: i64| {
        let address = format!("{}/control/commands?chat={}&person={person}", sandbox.url(), chat.0);
        async move {
            let rows: Value = reqwest::get(address).await.expect("it answers").json().await.expect("JSON");
            rows.as_array()
                .expect("a list")
                .iter()
                .map(|row| row["command"].as_str().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(offered(GROUP, 9).await, ["audit"]);
    assert_eq!(offered(GROUP, 10).await, ["mute"]);
    assert_eq!(offered(ChatId(-8), 9).await, ["summary"]);
    assert_eq!(offered(CHAT, ASHA).await, ["low", "help"]);
    bot.delete_my_commands().scope(member).await.expect("they are there");
    bot.delete_my_commands().scope(group).await.expect("they are there");
    assert_eq!(offered(GROUP, 9).await, ["summary"]);
}

#[tokio::test]
async fn everything_that_was_done_is_recorded_in_order() {
    let (sandbox, bot) = start().await;
    let sent = bot.send_message(CHAT, "<b>Low</b>").parse_mode(ParseMode::Html).await.expect("it is sent");
    assert!(matches!(&sent.kind, MessageKind::Common(common) if matches!(common.media_kind, MediaKind::Text(_))));
    bot.edit_message_text(CHAT, sent.id, "Fine").await.expect("it is changed");
    bot.pin_chat_message(CHAT, sent.id).await.expect("it is there");
    bot.delete_message(CHAT, sent.id).await.expect("it is there");
    let address = format!("{}/control/sent", sandbox.url());
    let rows: Value = reqwest::get(address).await.expect("it answers").json().await.expect("JSON");
    let methods: Vec<_> = rows.as_array().expect("a list").iter().map(|row| row["method"].as_str().unwrap_or_default()).collect();
    assert_eq!(methods, ["sendMessage", "editMessageText", "pinChatMessage", "deleteMessage"]);
    assert_eq!((&rows[0]["text"], &rows[0]["plain"], &rows[0]["number"]), (&"<b>Low</b>".into(), &"Low".into(), &1.into()));
    assert!(
        rows.as_array().expect("a list").iter().all(|row| row["message_id"] == sent.id.0 && row["chat_id"] == ASHA),
        "{rows}"
    );
}
