//! The methods of the Bot API, by name.

#![expect(clippy::unnecessary_wraps, reason = "all methods have the signature that the table of methods wants")]

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::call::Call;
use super::markup::Formatted;
use super::parameters;
use super::refusal::{Refusal, bad_request, not_found};
use super::state::Query;
use super::{commands, edit, pins, posting, send, topics};

/// How long a pressed button waits for its answer.
const QUERY_LIFE: TimeDelta = TimeDelta::minutes(15);
/// The longest answer to a pressed button, in UTF-16 code units.
const LONGEST_ANSWER: usize = 200;

type Method = fn(&mut Call<'_>) -> Result<Value, Refusal>;

const METHODS: [(&str, Method); 34] = [
    ("getMe", get_me),
    ("sendMessage", send::message),
    ("sendPhoto", |call| send::file(call, "photo")),
    ("sendDocument", |call| send::file(call, "document")),
    ("sendMediaGroup", send::album),
    ("createForumTopic", topics::create),
    ("closeForumTopic", |call| topics::close(call, true)),
    ("reopenForumTopic", |call| topics::close(call, false)),
    ("deleteForumTopic", topics::delete),
    ("closeGeneralForumTopic", |call| topics::close_general(call, true)),
    ("reopenGeneralForumTopic", |call| topics::close_general(call, false)),
    ("editMessageText", edit::message_text),
    ("editMessageCaption", edit::message_caption),
    ("editMessageReplyMarkup", edit::reply_markup),
    ("deleteMessage", edit::delete),
    ("pinChatMessage", pins::pin),
    ("unpinChatMessage", pins::unpin),
    ("unpinAllChatMessages", pins::unpin_all),
    ("answerCallbackQuery", answer_callback_query),
    ("setMyCommands", commands::set),
    ("getMyCommands", commands::get),
    ("deleteMyCommands", commands::delete),
    ("setMyDescription", agree),
    ("setMyShortDescription", agree),
    ("setMyName", agree),
    ("sendChatAction", send_chat_action),
    ("setWebhook", posting::set),
    ("deleteWebhook", posting::delete),
    ("getWebhookInfo", posting::info),
    ("getChat", get_chat),
    ("getChatMember", get_chat_member),
    ("getFile", get_file),
    ("logOut", agree),
    ("close", agree),
];

/// The method of that name, whatever its case.
pub(super) fn find(name: &str) -> Result<(&'static str, Method), Refusal> {
    METHODS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).ok_or_else(not_found)
}

fn get_me(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut me = parameters::json(call.bot());
    for (name, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", false),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[name] = json!(value);
    }
    Ok(me)
}

fn answer_callback_query(call: &mut Call<'_>) -> Result<Value, Refusal> {
    const TOO_OLD: &str = "query is too old and response timeout expired or query ID is invalid";
    let shown = Formatted { text: call.parameters.text("text").unwrap_or_default(), entities: Vec::new() };
    if super::markup::units(&shown.text) > LONGEST_ANSWER {
        return Err(bad_request("MESSAGE_TOO_LONG"));
    }
    let id = call.parameters.text("callback_query_id").unwrap_or_default();
    let is_open = |query: &&mut Query| !query.is_answered && call.now - query.asked_at < QUERY_LIFE;
    let query = call.state.queries.get_mut(&id).filter(is_open).ok_or_else(|| bad_request(TOO_OLD))?;
    query.is_answered = true;
    let Query { chat, message, person, .. } = *query;
    let mut sent = call.noted("text", &shown, None);
    (sent.chat_id, sent.message_id) = (chat, message);
    let answer = json!({
        "kind": "answer", "chat_id": chat, "message_id": message, "person": person, "text": shown.text, "show_alert": sent.show_alert,
    });
    call.state.events.push(answer);
    call.state.note(sent);
    Ok(json!(true))
}

fn send_chat_action(call: &mut Call<'_>) -> Result<Value, Refusal> {
    call.parameters.chat_id()?;
    Ok(json!(true))
}

fn get_chat(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let chat = call.parameters.chat_id()?;
    let room = call.state.rooms.get(&chat).ok_or_else(|| bad_request("chat not found"))?;
    Ok(room.full_object())
}

fn get_chat_member(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let chat = call.parameters.chat_id()?;
    let room = call.state.rooms.get(&chat).ok_or_else(|| bad_request("chat not found"))?;
    let id = call.parameters.integer("user_id").ok_or_else(|| bad_request("invalid user_id specified"))?;
    let bot = call.bot();
    let person = if id == bot.id { Some(&bot) } else { room.people.get(&id) };
    match person {
        Some(person) => Ok(json!({"status": "member", "user": person})),
        None => Err(bad_request("PARTICIPANT_ID_INVALID")),
    }
}

fn get_file(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let id = call.parameters.text("file_id").unwrap_or_default();
    let stored = call.state.files.get(&id).ok_or_else(|| bad_request("invalid file_id"))?;
    Ok(json!({
        "file_id": id,
        "file_unique_id": format!("AQAD{}", id.get(id.len() - 6..).unwrap_or_default()),
        "file_size": stored.bytes.len(),
        "file_path": stored.path,
    }))
}

#[expect(clippy::unnecessary_wraps, reason = "methods of the table may refuse")]
fn agree(_: &mut Call<'_>) -> Result<Value, Refusal> {
    Ok(json!(true))
}
