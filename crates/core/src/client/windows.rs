//! Long windows of days, read in parts so that no part has deep pages.

use std::collections::{HashSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Days, NaiveDate, Utc};
use futures::stream::{self, BoxStream, Stream, StreamExt as _, TryStreamExt as _};

use crate::client::page::{PER_PAGE, Page};
use crate::client::walk::{self, Step};
use crate::error::Result;
use crate::time::DateRange;

/// A window with more pages than this is read as two.
const DEEPEST: u64 = 50;
/// Parts whose ids are remembered: rows that more than one part answers are within a day of its edge.
const REMEMBERED: usize = 3;

type Answer<T> = Pin<Box<dyn Future<Output = Result<Page<T>>> + Send>>;

/// What is read, with the id and the time of a row.
pub(crate) struct Source<T> {
    pub(crate) operation: &'static str,
    pub(crate) ahead: usize,
    pub(crate) id: fn(&T) -> &str,
    pub(crate) at: fn(&T) -> Option<DateTime<Utc>>,
    pub(crate) fetch: Arc<dyn Fn(DateRange, u64) -> Answer<T> + Send + Sync>,
}

impl<T> Clone for Source<T> {
    fn clone(&self) -> Self {
        Self { fetch: Arc::clone(&self.fetch), ..*self }
    }
}

struct Walk<T> {
    source: Source<T>,
    from: Option<NaiveDate>,
    waiting: Vec<DateRange>,
    seen: VecDeque<HashSet<String>>,
    part: Option<(DateRange, BoxStream<'static, Result<Step<T>>>)>,
}

/// Rows of `range`, newest first, each once. An open range is one part.
pub(crate) fn steps<T: Send + 'static>(source: Source<T>, range: DateRange) -> impl Stream<Item = Result<Step<T>>> + Send {
    let walk = Walk { source, from: range.from, waiting: vec![range], seen: VecDeque::new(), part: None };
    stream::try_unfold(walk, |mut walk| async move { Ok(walk.next().await?.map(|step| (step, walk))) })
}

impl<T: Send + 'static> Walk<T> {
    /// The new rows of the next page.
    async fn next(&mut self) -> Result<Option<Step<T>>> {
        loop {
            if let Some((range, pages)) = &mut self.part {
                if let Some(step) = pages.try_next().await? {
                    let Step::Rows(mut batch) = step else { continue };
                    batch.rows.retain(|row| {
                        let id = (self.source.id)(row);
                        let is_new = is_near(*range, (self.source.at)(row)) && !self.seen.iter().any(|ids| ids.contains(id));
                        if let (true, Some(ids), Some(_)) = (is_new, self.seen.front_mut(), range.from) {
                            ids.insert(id.to_owned());
                        }
                        is_new
                    });
                    return Ok(Some(Step::Rows(batch)));
                }
                self.part = None;
            }
            let Some(range) = self.waiting.pop() else { return Ok(None) };
            self.open(range).await?;
        }
    }

    /// Looks at the first page of a part: it is read as it is, or cut in two.
    async fn open(&mut self, mut range: DateRange) -> Result<()> {
        let first = (self.source.fetch)(range, 1).await?;
        let is_kept = first.items.iter().all(|row| is_near(range, (self.source.at)(row)));
        if is_kept
            && first.last(PER_PAGE).is_some_and(|last| last > DEEPEST)
            && let Some((older, newer)) = halves(range)
        {
            self.waiting.extend([older, newer]);
            return Ok(());
        }
        let mut first = Some(first);
        if !is_kept && range.from != self.from {
            // The dates are not applied there: what is left is read in one part.
            self.waiting.clear();
            range.from = self.from;
            first = None;
        }
        self.seen.push_front(HashSet::new());
        self.seen.truncate(REMEMBERED);
        let (fetch, first) = (Arc::clone(&self.source.fetch), Mutex::new(first));
        let fetch = move |number, _| {
            let held = if number == 1 { first.lock().unwrap_or_else(PoisonError::into_inner).take() } else { None };
            match held {
                Some(page) => Box::pin(std::future::ready(Ok(page))),
                None => fetch(range, number),
            }
        };
        let Source { operation, ahead, id, .. } = self.source;
        let source = walk::Source { operation, ahead, id, is_loose: false, is_cumulative: true, fetch: Arc::new(fetch) };
        self.part = Some((range, walk::steps(source).boxed()));
        Ok(())
    }
}

fn halves(range: DateRange) -> Option<(DateRange, DateRange)> {
    let (from, to) = (range.from?, range.to?);
    let half = u64::try_from((to - from).num_days()).ok().filter(|days| *days > 0)?.div_ceil(2);
    let middle = from.checked_add_days(Days::new(half))?;
    Some((DateRange::between(from, middle.pred_opt()?), DateRange::between(middle, to)))
}

/// Whether a row can be of these days in any time zone; one without a date can.
pub(crate) fn is_near(range: DateRange, at: Option<DateTime<Utc>>) -> bool {
    let Some(day) = at.map(|at| at.date_naive()) else { return true };
    range.from.and_then(|from| from.pred_opt()).is_none_or(|from| day >= from)
        && range.to.and_then(|to| to.succ_opt()).is_none_or(|to| day <= to)
}

/// A range that begins has an end too: today, where it is later on earth.
pub(crate) fn closed(range: DateRange, now: DateTime<Utc>) -> DateRange {
    let today = (now + chrono::TimeDelta::minutes(330)).date_naive();
    match range {
        DateRange { from: Some(from), to: None } => DateRange::between(from, today.max(from)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_cover_every_day_once() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (older, newer) = halves(DateRange::between(day("2026-04-01"), day("2026-04-04"))).unwrap();
        assert_eq!(older, DateRange::between(day("2026-04-01"), day("2026-04-02")));
        assert_eq!(newer, DateRange::between(day("2026-04-03"), day("2026-04-04")));
        assert_eq!(halves(DateRange::between(day("2026-04-01"), day("2026-04-01"))), None);
    }
}
