//! Summaries of a day, a week and a month at each chat's own local time.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use futures::future::try_join_all;
use vobiz_core::time::next_local;

use crate::chat;
use crate::config::Chat;
use crate::messages::Reader;
use crate::service::Service;
use crate::store::{Draft, Priority};

/// Days from one summary to the next, at most.
const MOST_DAYS: u32 = 31;
/// A summary sent later than this says so.
const LATE: TimeDelta = TimeDelta::minutes(10);
/// A summary missed for longer than this is not sent any more.
const CATCH_UP: TimeDelta = TimeDelta::hours(12);

/// Sends each chat's summaries until the task is dropped. What is due is in the database, so that all begin again with a new chat.
pub(crate) async fn run(service: Arc<Service>) -> Result<()> {
    let mut chats = service.chats.subscribe();
    loop {
        let served = chats.borrow_and_update().clone();
        let kinds = served.iter().flat_map(|chat| Kind::ALL.map(|kind| (chat, kind)));
        let each = try_join_all(kinds.map(|(chat, kind)| run_for(&service, chat, kind)));
        tokio::select! {
            // Without a chat there is nothing to do until one comes.
            ended = each, if !served.is_empty() => ended.map(drop)?,
            changed = chats.changed() => changed?,
        }
    }
}

/// What a summary is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Day,
    Week,
    Month,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    const fn name(self) -> &'static str {
        match self {
            Self::Day => "daily",
            Self::Week => "weekly",
            Self::Month => "monthly",
        }
    }

    /// The first time after `now` at which a chat gets it; `None` where it gets none.
    fn next(self, chat: &Chat, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (time, is_day): (_, &dyn Fn(NaiveDate) -> bool) = match self {
            Self::Day => (chat.daily_summary?, &|_| true),
            Self::Week => {
                let (weekday, time) = chat.weekly_summary?;
                (time, &move |day| day.weekday() == weekday)
            }
            Self::Month => (chat.monthly_summary?, &|day| day.day() == 1),
        };
        let mut at = next_local(now, chat.zone, time);
        for _ in 0..MOST_DAYS {
            if is_day(at.with_timezone(&chat.zone).date_naive()) {
                break;
            }
            at = next_local(at, chat.zone, time);
        }
        Some(at)
    }

    /// What its time was computed from.
    fn spec(self, chat: &Chat) -> String {
        let time = match self {
            Self::Day => chat.daily_summary,
            Self::Week => chat.weekly_summary.map(|(_, time)| time),
            Self::Month => chat.monthly_summary,
        };
        let time = time.map(|time| time.to_string()).unwrap_or_default();
        match (self, chat.weekly_summary) {
            (Self::Week, Some((weekday, _))) => format!("{} {weekday} {time}", chat.zone),
            _ => format!("{} {time}", chat.zone),
        }
    }
}

/// Sends one chat's summaries of a kind.
async fn run_for(service: &Service, chat: &Chat, kind: Kind) -> Result<()> {
    let spec = kind.spec(chat);
    loop {
        let Some(first) = kind.next(chat, service.clock.now()) else { return std::future::pending().await };
        let due = service.store.summary_due((chat.id, kind.name()), &spec, first).await?;
        let now = service.clock.now();
        if now < due {
            // The clock may be set meanwhile.
            service.clock.wait_towards(due).await;
            continue;
        }
        let owed = if now - due <= CATCH_UP { summary(service, chat, kind, due).await? } else { Vec::new() };
        if owed.is_empty() {
            tracing::warn!(chat = chat.id, %due, kind = kind.name(), "a summary was missed for too long and is not sent");
        }
        let next = kind.next(chat, now).unwrap_or(first);
        service.store.record_summary((chat.id, kind.name()), &spec, next, &owed, now).await?;
    }
}

async fn summary(service: &Service, chat: &Chat, kind: Kind, due: DateTime<Utc>) -> Result<Vec<Draft>> {
    let snapshot = service.published.latest().await.context("no poll was judged in a minute")?;
    let now = service.clock.now();
    let (reader, late_since) = (Reader { zone: chat.zone, now }, (now - due > LATE).then_some(due));
    let answer = match kind {
        Kind::Day => {
            let data = chat::read_summary(service, snapshot, now, chat::MORNING).await;
            chat::summary(&data, late_since, &reader)
        }
        Kind::Week => chat::week(service, late_since, &reader).await?,
        Kind::Month => chat::month(service, late_since, &reader).await?,
    };
    let mut drafts = chat::drafts(service.store.present_chat(chat.id).await?, chat.thread, answer);
    for draft in &mut drafts {
        draft.priority = Priority::Summary;
    }
    Ok(drafts)
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveTime, Weekday};
    use vobiz_core::forecast::Business;

    use super::*;

    #[test]
    fn a_week_ends_on_its_day_and_a_month_on_its_first_also_over_changes_of_the_clock() {
        let time = NaiveTime::from_hms_opt(2, 30, 0);
        let chat = Chat {
            daily_summary: time,
            weekly_summary: time.map(|time| (Weekday::Mon, time)),
            monthly_summary: time,
            ..Chat::new(7, chrono_tz::Europe::Berlin, Business::default())
        };
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        for (kind, now, next) in [
            (Kind::Day, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
            (Kind::Week, "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z"),
            (Kind::Week, "2026-03-30T00:30:00Z", "2026-04-06T00:30:00Z"),
            (Kind::Month, "2026-03-28T12:00:00Z", "2026-04-01T00:30:00Z"),
            (Kind::Month, "2028-01-31T12:00:00Z", "2028-02-01T01:30:00Z"),
            (Kind::Month, "2028-02-01T01:30:00Z", "2028-03-01T01:30:00Z"),
        ] {
            assert_eq!(kind.next(&chat, at(now)), Some(at(next)), "{kind:?} after {now}");
        }
        let none = Chat { daily_summary: None, weekly_summary: None, monthly_summary: None, ..chat };
        assert!(Kind::ALL.iter().all(|kind| kind.next(&none, at("2026-03-28T12:00:00Z")).is_none()));
    }
}
