//! `/board`: one pinned message of the chat, kept up to date in place: who needs someone, the first to be empty on top.

use std::sync::Arc;

use anyhow::Result;
use chrono::TimeDelta;
use futures::FutureExt as _;
use vobiz_core::alert::Transition;

use super::find;
use super::request::{Answer, Command, Refusal, Request};
use crate::config::Chat;
use crate::messages::{self, Reader};
use crate::people::Role;
use crate::service::Service;
use crate::snapshot::Snapshot;
use crate::snooze::{Muted, SNOOZE};
use crate::store::{Board, Buttons, Draft, Priority};

pub(super) const COMMAND: Command = Command {
    name: "board",
    about: "one pinned message that shows who needs someone, kept up to date",
    example: "/board",
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

/// Shortest time between two changes of a board, whatever the polls: changes count like messages.
const EVERY: TimeDelta = TimeDelta::seconds(10);
/// A board that says the same is changed after so long, so that its time is not old.
const RENEWED: TimeDelta = TimeDelta::hours(1);
/// A board that was not sent after so long is owed again when somebody asks.
const LOST: TimeDelta = TimeDelta::minutes(10);

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let (words, page) = find::page(&request.arguments)?;
    if let [word, ..] = words {
        return Err(format!("“{word}” is one word too many. Write /board").into());
    }
    let (store, now) = (&request.service.store, request.asked_at);
    let snapshot = request.snapshot().await?;
    let known = store.board(request.chat_id, request.thread).await?;
    let (text, buttons, page) = shown(request.service, &snapshot, request.chat, page).await?;
    if request.is_press {
        if let Some(board) = known.filter(|board| board.message.is_some() && board.message == request.pressed) {
            store.keep_board(&Board { page, text: text.clone(), owed_at: now, ..board }, None).await?;
        }
        return Ok(Answer { as_of: Some(snapshot.at), ..Answer::with(text, buttons) });
    }
    let board = Board {
        chat: request.chat_id,
        thread: request.thread,
        message: known.as_ref().and_then(|board| board.message),
        is_pinned: known.as_ref().is_some_and(|board| board.is_pinned),
        is_pin_owed: known.as_ref().is_some_and(|board| board.is_pin_owed),
        page,
        text,
        owed_at: now,
        asked_at: now,
    };
    match &known {
        // It is on its way.
        Some(known) if known.message.is_none() && now - known.owed_at < LOST => Ok(Answer::default()),
        Some(known) if known.message.is_some() => {
            store.keep_board(&board, Some(draft(&board, buttons, &snapshot, &request.reader))).await?;
            Ok(Answer::text(messages::BOARD_IS_THERE))
        }
        _ => {
            store.keep_board(&board, Some(draft(&board, buttons, &snapshot, &request.reader))).await?;
            Ok(Answer::default())
        }
    }
}

/// Keeps every board up to date until the task is dropped.
pub(crate) async fn keep(service: Arc<Service>) -> Result<()> {
    let mut published = service.published.watch();
    loop {
        published.changed().await?;
        let snapshot = published.borrow_and_update().clone();
        if let Some(snapshot) = snapshot {
            refresh(&service, &snapshot).await?;
        }
    }
}

/// Owes a change of each board whose text is another one now.
pub(super) async fn refresh(service: &Service, snapshot: &Snapshot) -> Result<()> {
    let now = service.clock.now();
    for board in service.store.boards().await? {
        let age = now - board.owed_at;
        let Some(chat) = service.chat(board.chat).await?.filter(|_| board.message.is_some() && age >= EVERY) else { continue };
        let (text, buttons, page) = shown(service, snapshot, &chat, board.page).await?;
        if text == board.text && age < RENEWED {
            continue;
        }
        let board = Board { text, page, owed_at: now, ..board };
        let draft = draft(&board, buttons, snapshot, &Reader { zone: chat.zone, now });
        service.store.keep_board(&board, Some(draft)).await?;
    }
    Ok(())
}

/// What a page of the chat's board shows, without its time.
async fn shown(service: &Service, snapshot: &Snapshot, chat: &Chat, page: usize) -> Result<(String, Buttons, usize)> {
    let muted = service.store.settings::<Muted>(SNOOZE).await?;
    let reader = Reader { zone: chat.zone, now: snapshot.at };
    let done = |alert: &Transition| {
        muted.iter().find(|setting| setting.value.key == alert.key()).map(|setting| messages::muted(setting, &reader))
    };
    Ok(messages::board(snapshot, &chat.settings.wants, &done, page, &reader))
}

fn draft(board: &Board, buttons: Buttons, snapshot: &Snapshot, reader: &Reader) -> Draft {
    Draft {
        chat: board.chat,
        thread: board.thread,
        html: messages::dated(&board.text, snapshot.at, reader),
        buttons,
        edits: board.message,
        silent: true,
        is_board: true,
        // What people wait for, and alerts, go first.
        priority: Priority::Resolved,
        ..Draft::default()
    }
}
