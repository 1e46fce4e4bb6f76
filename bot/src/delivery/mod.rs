//! Delivery: what is owed goes to Telegram, the most urgent first, no chat waiting for another.
//!
//! An attempt is written down before it is made, so that a crash repeats a message at most once and loses none. A chat that
//! refuses messages keeps what it is owed; see [`reach`]. What is late is folded into what is true now; see [`fold`].

mod attempt;
mod board;
mod drafts;
mod fold;
mod pace;
mod reach;
mod simpler;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::service::Service;
use crate::store::Head;
use crate::telegram::Telegram;
use attempt::{Attempt, Outcome};
pub(crate) use drafts::drafts;
pub(crate) use pace::Limits;
use pace::Paces;
use reach::Reach;

/// How long messages under way are waited for at the end.
const LAST_MESSAGES: Duration = Duration::from_secs(10);
/// Wait before the database is read again that could not be.
const DATABASE_AGAIN: Duration = Duration::from_secs(5);
/// How long a message rests that was sent twice without an answer; doubled with each further attempt.
const DOUBTFUL: TimeDelta = TimeDelta::minutes(5);
/// The longest such rest.
const LONGEST_DOUBT: TimeDelta = TimeDelta::hours(1);

/// Delivers until the bot stops; then waits for the messages under way.
pub(crate) async fn run(service: Arc<Service>, telegram: Telegram, limits: Limits) -> Result<()> {
    let stop = service.stop.clone();
    let (mut more, mut alive) = (service.store.watch_owed(), telegram.signs_of_life());
    let (mut reach, holds) = Reach::restore(&service).await?;
    let mut paces = Paces::new(limits);
    for (chat, time) in holds {
        paces.hold(chat, time, Instant::now());
    }
    let attempt = Attempt { service: service.clone(), telegram };
    let (mut busy, mut signs, mut sending) = (HashSet::new(), HashSet::new(), JoinSet::new());
    while !stop.is_cancelled() {
        let now = Instant::now();
        let mut wake = now + Duration::from_mins(1);
        let owed = service.store.owed().await.unwrap_or_else(|error| {
            tracing::error!(error = format!("{error:#}"), "what is owed cannot be read from the database");
            wake = now + DATABASE_AGAIN;
            Vec::new()
        });
        for head in heads(owed, service.clock.now()) {
            let chat = head.chat;
            if busy.contains(&chat) {
                continue;
            }
            let at = paces.next(chat, now);
            if at > now {
                wake = wake.min(at);
                continue;
            }
            paces.leaves(now);
            busy.insert(chat);
            let (attempt, zone) = (attempt.clone(), service.zone_of(chat).await);
            sending.spawn(async move { (chat, attempt.make(head.id, zone).await) });
        }
        tokio::select! {
            () = stop.cancelled() => {}
            Some(done) = sending.join_next() => {
                let (chat, outcome) = done.context("sending a message broke down")?;
                busy.remove(&chat);
                paces.is_over(chat, Instant::now());
                conclude(&service, &mut reach, &mut paces, chat, outcome).await;
                // It wrote while it was tried.
                if signs.remove(&chat) && reach.is_worth_trying(chat, service.clock.now()) {
                    paces.release(chat);
                }
            }
            // A chat that wrote takes messages.
            from = alive.recv() => match from {
                Ok(chat) if busy.contains(&chat) => {
                    signs.insert(chat);
                }
                Ok(chat) if reach.is_worth_trying(chat, service.clock.now()) => paces.release(chat),
                Err(RecvError::Closed) => return Ok(()),
                Ok(_) | Err(RecvError::Lagged(_)) => {}
            },
            _ = more.changed() => {}
            () = tokio::time::sleep_until(wake) => {}
        }
    }
    if timeout(LAST_MESSAGES, async { while sending.join_next().await.is_some() {} }).await.is_err() {
        tracing::warn!("a message was still under way at the end; it is possibly repeated at the next start");
    }
    Ok(())
}

/// The message that each chat is sent next, the most urgent first.
fn heads(owed: Vec<Head>, now: DateTime<Utc>) -> Vec<Head> {
    let mut seen = HashSet::new();
    owed.into_iter().filter(|head| !rests(head, now) && seen.insert(head.chat)).collect()
}

/// Whether a message was sent twice already without an answer, so that it waits; others go before it.
fn rests(head: &Head, now: DateTime<Utc>) -> bool {
    let Some(tried_at) = head.tried_at.filter(|_| head.in_doubt && head.repeats > 0) else { return false };
    let doubled = i32::try_from(head.repeats - 1).map_or(i32::MAX, |times| 1 << times.clamp(0, 8));
    let rest = DOUBTFUL.checked_mul(doubled).unwrap_or(LONGEST_DOUBT).min(LONGEST_DOUBT);
    // A time ahead of the clock, which was set back, counts for nothing.
    (TimeDelta::zero()..rest).contains(&(now - tried_at))
}

/// What an attempt says about its chat. What cannot be written down of it is learned again.
async fn conclude(service: &Service, reach: &mut Reach, paces: &mut Paces, chat: i64, outcome: Outcome) {
    let now = Instant::now();
    let recorded = match outcome {
        Outcome::Took => {
            paces.release(chat);
            reach.took(service, chat).await
        }
        Outcome::Moved => Ok(()),
        Outcome::Later(time) => {
            paces.hold(chat, time, now);
            Ok(())
        }
        Outcome::Wait(time) => {
            tracing::info!(chat, seconds = time.as_secs(), "Telegram asks to wait");
            paces.hold(chat, time, now);
            reach.waits(service, chat, time).await
        }
        Outcome::Refused(why) => match reach.refused(service, chat, &why).await {
            Ok(time) => {
                paces.hold(chat, time, now);
                Ok(())
            }
            Err(error) => {
                paces.hold(chat, Duration::from_mins(1), now);
                Err(error)
            }
        },
    };
    if let Err(error) = recorded {
        tracing::error!(error = format!("{error:#}"), "what is known of a chat cannot be written down");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_without_an_answer_is_repeated_once_and_then_rests_while_others_go() {
        let now = Utc::now();
        let head = |id, in_doubt, repeats, minutes| Head {
            id,
            chat: 7,
            in_doubt,
            repeats,
            tried_at: Some(now - TimeDelta::minutes(minutes)),
        };
        let next = |first: Head| heads(vec![first, head(9, false, 0, 0)], now)[0].id;
        assert_eq!(next(head(1, true, 0, 0)), 1, "the one repeat");
        assert_eq!(next(head(1, true, 1, 4)), 9);
        assert_eq!(next(head(1, true, 1, 5)), 1);
        assert_eq!(next(head(1, true, 2, 9)), 9);
        assert_eq!(next(head(1, true, 40, 59)), 9);
        assert_eq!(next(head(1, true, 40, 60)), 1);
        assert_eq!(next(head(1, false, 1, 0)), 1, "it certainly was not sent");
        assert_eq!(next(head(1, true, 1, -600)), 1, "the clock was set back");
    }
}
