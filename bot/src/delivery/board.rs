//! What follows when a board was sent, changed, or could not be changed: it is pinned once, and never sent again unasked.

use anyhow::Result;
use chrono::TimeDelta;

use crate::messages;
use crate::service::Service;
use crate::store::{Board, Draft, Priority};
use crate::telegram::Telegram;

/// Somebody who asked for a board so lately wants another in its place.
const LATELY: TimeDelta = TimeDelta::minutes(10);

/// A board was sent, or changed. `message` is its id.
pub(super) async fn delivered(service: &Service, telegram: &Telegram, draft: &Draft, message: i32) -> Result<()> {
    let (chat, thread) = (draft.chat, draft.thread);
    let Some(board) = service.store.board(chat, thread).await?.filter(|board| board.message == Some(message)) else {
        return Ok(());
    };
    if board.is_pin_owed {
        let pinned = telegram.pin(chat, message).await;
        service.store.board_is(chat, thread, message, pinned.is_ok()).await?;
        if let Err(failure) = pinned {
            tracing::warn!(chat, %failure, "a board could not be pinned");
            let why = failure.to_string();
            return owe(service, draft, messages::board_is_not_pinned(&why)).await;
        }
        return Ok(());
    }
    // People unpin without an update. Where another message is pinned too, nobody can tell.
    match telegram.has_pinned(chat).await {
        Ok(false) if board.is_pinned && is_asked_lately(service, &board) => drop(telegram.pin(chat, message).await),
        Ok(false) if board.is_pinned => {
            service.store.forget_board(chat, message).await?;
            return owe(service, draft, messages::BOARD_UNPINNED.to_owned()).await;
        }
        _ => {}
    }
    Ok(())
}

/// A board could not be changed: it was deleted.
pub(super) async fn is_gone(service: &Service, draft: &Draft) -> Result<()> {
    let Some(message) = draft.edits else { return Ok(()) };
    let Some(board) = service.store.forget_board(draft.chat, message).await? else { return Ok(()) };
    if !is_asked_lately(service, &board) {
        return owe(service, draft, messages::BOARD_DELETED.to_owned()).await;
    }
    let anew = Draft { edits: None, ..draft.clone() };
    service.store.keep_board(&Board { message: None, is_pinned: false, is_pin_owed: false, ..board }, Some(anew)).await
}

fn is_asked_lately(service: &Service, board: &Board) -> bool {
    service.clock.now() - board.asked_at < LATELY
}

async fn owe(service: &Service, of: &Draft, html: String) -> Result<()> {
    let draft = Draft { chat: of.chat, thread: of.thread, html, silent: true, priority: Priority::Warning, ..Draft::default() };
    service.store.owe(&[draft], service.clock.now()).await
}
