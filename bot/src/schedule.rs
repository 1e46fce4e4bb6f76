//! Daily summaries at each chat's own local time.

use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, Days, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::chat;
use crate::config::Chat;
use crate::service::Service;
use crate::store::Draft;
use crate::words::Reader;

/// A summary sent later than this says so.
const LATE: TimeDelta = TimeDelta::minutes(10);
/// A summary missed for longer than this is not sent any more.
const CATCH_UP: TimeDelta = TimeDelta::hours(12);

/// Sends one chat's summaries until the task is dropped.
pub(crate) async fn run(service: Arc<Service>, chat: Chat) -> Result<()> {
    let Some(time) = chat.daily_summary else { return std::future::pending().await };
    let spec = format!("{} {time}", chat.zone);
    loop {
        let first = next_due(service.clock.now(), chat.zone, time);
        let due = service.store.summary_due(chat.id, &spec, first).await?;
        service.clock.sleep_until(due).await;
        let now = service.clock.now();
        let owed = if now - due <= CATCH_UP { summary(&service, &chat, due).await? } else { Vec::new() };
        if owed.is_empty() {
            tracing::warn!(chat = chat.id, %due, "a summary was missed for too long and is left out");
        }
        service.store.record_summary(chat.id, &spec, next_due(now, chat.zone, time), &owed, now).await?;
    }
}

async fn summary(service: &Service, chat: &Chat, due: DateTime<Utc>) -> Result<Vec<Draft>> {
    let morning = chat::morning(service).await;
    let now = service.clock.now();
    let late_since = (now - due > LATE).then_some(due);
    let answer = chat::summary(&morning, late_since, &Reader { zone: chat.zone, now });
    Ok(chat::drafts(service.store.present_chat(chat.id).await?, answer))
}

/// The first instant after `now` at which clocks in `zone` show `time`.
///
/// A time that a day skips (clocks set forward) comes when the skipped hour ends; one that a day has
/// twice comes the first time.
fn next_due(now: DateTime<Utc>, zone: Tz, time: NaiveTime) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    (0..3)
        .filter_map(|ahead| today.checked_add_days(Days::new(ahead)))
        .map(|day| {
            let shown = day.and_time(time);
            (0..=240)
                .find_map(|minutes| zone.from_local_datetime(&(shown + TimeDelta::minutes(minutes))).earliest())
                .map_or_else(|| shown.and_utc(), |instant| instant.with_timezone(&Utc))
        })
        .find(|instant| *instant > now)
        .unwrap_or(now + TimeDelta::days(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_summary_is_at_the_local_time_across_daylight_saving() {
        for (now, zone, time, expected) in [
            ("2026-05-12T03:29:59Z", Tz::Asia__Kolkata, "09:00", "2026-05-12T03:30:00Z"),
            ("2026-05-12T03:30:00Z", Tz::Asia__Kolkata, "09:00", "2026-05-13T03:30:00Z"),
            // Berlin skips 02:00 to 03:00 on 29 March and has it twice on 25 October.
            ("2026-03-28T12:00:00Z", Tz::Europe__Berlin, "02:30", "2026-03-29T01:00:00Z"),
            ("2026-03-29T12:00:00Z", Tz::Europe__Berlin, "02:30", "2026-03-30T00:30:00Z"),
            ("2026-10-24T12:00:00Z", Tz::Europe__Berlin, "02:30", "2026-10-25T00:30:00Z"),
            ("2026-10-25T00:30:00Z", Tz::Europe__Berlin, "02:30", "2026-10-26T01:30:00Z"),
        ] {
            let now = now.parse().unwrap();
            let time = NaiveTime::parse_from_str(time, "%H:%M").unwrap();
            assert_eq!(next_due(now, zone, time), expected.parse::<DateTime<Utc>>().unwrap(), "{now} {zone} {time}");
        }
    }
}
