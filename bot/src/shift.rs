//! What happened since work ended: what alerts did, and what people did about them.

use anyhow::Result;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use vobiz_core::forecast::Business;
use vobiz_core::time::next_local;

use crate::messages::Night;
use crate::service::Service;
use crate::store::{Decided, Entry};

/// What alerts did since work ended, those that are wanted; `None` where nothing is recorded.
pub(crate) async fn night(service: &Service, now: DateTime<Utc>, is_wanted: impl Fn(&Decided) -> bool) -> Result<Option<Night>> {
    if service.store.last_sweep().await?.is_none() {
        return Ok(None);
    }
    let since = closed(&service.business, now);
    let mut decided = service.store.decided(since, now).await?;
    decided.retain(is_wanted);
    Ok(Some(Night::of(since, &decided)))
}

/// What people took and snoozed since an instant, the latest first.
pub(crate) async fn acts(service: &Service, since: DateTime<Utc>) -> Result<Vec<Entry>> {
    let mut acts = service.store.audit_since(since).await?;
    acts.retain(|entry| ["take", "snooze"].contains(&entry.action.as_str()));
    Ok(acts)
}

/// When work ended before an instant: at the hour at which it ends, of the last day.
fn closed(business: &Business, now: DateTime<Utc>) -> DateTime<Utc> {
    next_local(now - TimeDelta::days(1), business.zone, of_day(business.closes)).min(now)
}

/// A minute of the day.
pub(crate) fn of_day(minute: u32) -> NaiveTime {
    NaiveTime::from_num_seconds_from_midnight_opt(minute.saturating_mul(60), 0).unwrap_or(NaiveTime::MIN)
}
