//! A walk over the pages of a list that always ends, and tells whether it saw every row.
//!
//! Pages are numbered, so a row that is deleted while they are read makes the rows behind it slip to pages that were read
//! before. Where the service honours the size that is asked for, pages are laid so that each begins with the last row of the
//! page before it: where that row is found again, nothing slipped between the two. Where it is not found, or where sizes are
//! the service's own and counts do not agree, the list is walked again, at most [`PASSES`] times.

use std::cell::Cell;
use std::future::Future;
use std::hash::{DefaultHasher, Hasher as _};
use std::pin::Pin;
use std::sync::Arc;

use futures::stream::{self, FuturesOrdered, Stream, StreamExt as _};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

use crate::client::oddity::Oddity;
use crate::client::page::{PER_PAGE, Page};
use crate::client::seen::Seen;
use crate::error::{Error, ErrorKind, Result};

/// Walks over one list before it counts as one that does not hold still.
const PASSES: u32 = 4;
/// Pages of a list that does not say how many it has.
const MOST_PAGES: u64 = 2_000;
/// Pages of any list.
const LAST_PAGE: u64 = 20_000;
/// Pages without a new row that are read one after the other before the list counts as broken.
const BARREN_PAGES: u32 = 3;
/// The smallest page that is asked for so that it overlaps with the one before it.
const SMALLEST: u64 = 50;

/// What is read, page by page.
pub(crate) struct Source<T> {
    pub(crate) operation: &'static str,
    pub(crate) ahead: usize,
    pub(crate) id: fn(&T) -> &str,
    /// Whether rows can disappear from the middle of the list. Of a ledger they cannot: there new rows come in front, which
    /// shows some rows twice and hides none.
    pub(crate) is_loose: bool,
    /// Whether another pass gives only the rows that no pass before it had.
    pub(crate) is_cumulative: bool,
    pub(crate) fetch: Fetch<T>,
}

/// Fetches a page by its number and the rows on it.
pub(crate) type Fetch<T> = Arc<dyn Fn(u64, u32) -> Pin<Box<dyn Future<Output = Result<Page<T>>> + Send>> + Send + Sync>;

/// What a walk comes to, one after the other.
pub(crate) enum Step<T> {
    /// Rows that this pass did not have before.
    Rows(Batch<T>),
    /// The list did not hold still: another pass begins. Unless the walk is cumulative, its rows are the ones that count.
    Again,
}

impl<T> Step<T> {
    /// Without the rows that a filter leaves out.
    pub(crate) fn keeping(mut self, mut keeps: impl FnMut(&T) -> bool) -> Self {
        if let Self::Rows(batch) = &mut self {
            batch.rows.retain(&mut keeps);
            batch.twins.retain(&mut keeps);
        }
        self
    }
}

/// The news of one page.
pub(crate) struct Batch<T> {
    pub(crate) rows: Vec<T>,
    /// Rows whose id this pass had before.
    pub(crate) twins: Vec<T>,
    pub(crate) oddities: Vec<Oddity>,
    /// The id under which the service may know the request of the page.
    pub(crate) request_id: Option<String>,
    /// Rows that the list says it has.
    pub(crate) promised: Option<u64>,
    /// Rows that the service listed in this pass so far, unreadable ones and twins among them.
    pub(crate) listed: u64,
}

/// A page as it was asked for: `size` rows from row `(number − 1) × size` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Asked {
    number: u64,
    size: u32,
}

impl Asked {
    fn first() -> Self {
        Self { number: 1, size: PER_PAGE }
    }

    fn end(self) -> u64 {
        self.number * u64::from(self.size)
    }

    /// The page after this one that begins within it and ends as late as any such page of at most a hundred rows.
    fn overlapping(self) -> Self {
        let inside = self.end() - 1;
        let pages = (SMALLEST..=u64::from(PER_PAGE)).map(|size| (inside / size + 1, size));
        let (number, size) = pages.max_by_key(|(number, size)| number * size).unwrap_or((self.number + 1, SMALLEST));
        Self { number, size: u32::try_from(size).unwrap_or(PER_PAGE) }
    }

    fn next(self) -> Self {
        Self { number: self.number + 1, size: self.size }
    }
}

type Fetching<T> = AbortOnDropHandle<(Asked, Result<Page<T>>)>;

/// One pass over all pages.
struct Pass<T> {
    under_way: FuturesOrdered<Fetching<T>>,
    /// Whether pages are laid over each other.
    is_joined: bool,
    asked: Option<Asked>,
    /// Pages that came.
    count: u64,
    /// How many rows the list has, and how many pages as it was last asked for; `None` where it does not tell.
    end: Option<u64>,
    last: Option<u64>,
    /// How many rows the pages so far reach.
    reached: u64,
    most: u64,
    /// The last row of the page before; `None` where that could not be read.
    tail: Option<String>,
    hash: Option<u64>,
    barren: u32,
    seen: Seen,
    twins: u64,
    listed: u64,
    promised: Option<u64>,
    has_moved: bool,
    ids: DefaultHasher,
}

impl<T> Pass<T> {
    fn new(is_joined: bool, seen: Seen) -> Self {
        Self {
            under_way: FuturesOrdered::new(),
            is_joined,
            asked: None,
            count: 0,
            end: None,
            last: None,
            reached: 0,
            most: MOST_PAGES,
            tail: None,
            hash: None,
            barren: 0,
            seen,
            twins: 0,
            listed: 0,
            promised: None,
            has_moved: false,
            ids: DefaultHasher::new(),
        }
    }

    /// Whether the list has fewer rows than it says.
    fn is_short(&self) -> bool {
        self.promised.is_some_and(|promised| self.listed < promised)
    }
}

struct Walk<T> {
    source: Source<T>,
    pass: Pass<T>,
    passes: u32,
    /// The ids of the pass before, in order, where that was one without overlaps.
    before: Option<u64>,
    is_over: bool,
    /// The ids of all passes before this one, where the walk is cumulative.
    given: Seen,
}

/// Walks over a list. It ends with [`ErrorKind::Incomplete`] where rows are missing or may be missing.
pub(crate) fn steps<T: Send + 'static>(source: Source<T>) -> impl Stream<Item = Result<Step<T>>> + Send {
    let (given, is_joined) = (Seen::default(), source.is_loose);
    let walk = Walk { source, pass: Pass::new(is_joined, given.emptied()), passes: 1, before: None, is_over: false, given };
    stream::try_unfold(walk, |mut walk| async move { Ok(walk.next().await?.map(|step| (step, walk))) })
}

impl<T: Send + 'static> Walk<T> {
    async fn next(&mut self) -> Result<Option<Step<T>>> {
        if self.is_over {
            return self.ended();
        }
        self.ask_ahead();
        let Some(task) = self.pass.under_way.next().await else { return Ok(None) };
        let (asked, page) = task.map_err(|error| interrupted(self.source.operation, &error))?;
        let page = page?;
        let hashes: Vec<u64> = page.items.iter().map(|row| self.given.hash((self.source.id)(row))).collect();
        self.check(asked, &page, &hashes)?;
        let has_more = page.has_more(asked.number, asked.size);
        let Some(mut batch) = self.take(asked, page, &hashes) else { return Ok(Some(self.again())) };
        self.pass.barren = if batch.rows.is_empty() { self.pass.barren + 1 } else { 0 };
        let is_barren = self.pass.barren >= BARREN_PAGES;
        if has_more && is_barren && !self.pass.is_short() {
            let detail = format!("{BARREN_PAGES} pages in a row have no new row, and the list says that more follow");
            return Err(Error::new(ErrorKind::Decode, self.source.operation, detail));
        }
        if !self.given.is_empty() {
            batch.rows.retain(|row| !self.given.contains((self.source.id)(row)));
        }
        if !has_more || is_barren {
            self.pass.under_way.clear();
            self.pass.has_moved = self.is_in_doubt();
            self.is_over = true;
        }
        Ok(Some(Step::Rows(batch)))
    }

    /// What comes after the last page: another pass, the end, or the error of a list with rows missing.
    fn ended(&mut self) -> Result<Option<Step<T>>> {
        if self.pass.has_moved && self.passes < PASSES {
            self.is_over = false;
            return Ok(Some(self.again()));
        }
        let Pass { listed, promised, .. } = self.pass;
        let detail = match promised {
            Some(promised) if self.pass.is_short() => {
                format!("the list says it has {promised} rows and {listed} were found, also on another walk")
            }
            _ if self.pass.has_moved => "rows moved between its pages on every walk".to_owned(),
            _ => return Ok(None),
        };
        Err(Error::new(ErrorKind::Incomplete, self.source.operation, detail))
    }

    /// Whether the pass that ended leaves open that rows are missing.
    fn is_in_doubt(&mut self) -> bool {
        let ids = self.pass.ids.finish();
        let is_same = self.before.replace(ids) == Some(ids);
        if self.pass.is_short() {
            return self.passes == 1 || (self.pass.has_moved && !is_same);
        }
        let has_moved = self.pass.has_moved || self.pass.twins > 0;
        self.source.is_loose && !self.pass.is_joined && has_moved && !is_same
    }

    fn again(&mut self) -> Step<T> {
        self.passes += 1;
        // A service that neither honours nor echoes sizes cannot show overlaps: it is walked page by page from here on.
        let pass = std::mem::replace(&mut self.pass, Pass::new(false, self.given.emptied()));
        if self.source.is_cumulative {
            self.given.absorb(&pass.seen);
        }
        Step::Again
    }

    /// Keeps as many pages under way as the list is known to have; where it does not tell, one.
    fn ask_ahead(&mut self) {
        let pass = &mut self.pass;
        loop {
            let (next, is_known) = match pass.asked {
                None => (Asked::first(), false),
                Some(asked) if pass.is_joined => (asked.overlapping(), pass.end.is_some_and(|end| asked.end() < end)),
                Some(asked) => (asked.next(), pass.last.is_some_and(|last| asked.number < last)),
            };
            let is_enough = !is_known || pass.under_way.len() >= self.source.ahead;
            if is_enough && !pass.under_way.is_empty() {
                return;
            }
            pass.asked = Some(next);
            let page = (self.source.fetch)(next.number, next.size);
            // A task of its own: pages are decoded beside each other, on as many threads as the runtime has.
            let task = async move { (next, page.await) }.in_current_span();
            pass.under_way.push_back(AbortOnDropHandle::new(tokio::spawn(task)));
        }
    }

    /// A service that ignores `page`, or whose pages never end, is an error.
    fn check(&mut self, asked: Asked, page: &Page<T>, ids: &[u64]) -> Result<()> {
        let pass = &mut self.pass;
        let wrong = |detail: String| Err(Error::new(ErrorKind::Decode, self.source.operation, detail));
        pass.count += 1;
        let hash = (!ids.is_empty()).then(|| {
            let mut hasher = DefaultHasher::new();
            for id in ids {
                hasher.write_u64(*id);
            }
            hasher.finish()
        });
        if hash.is_some() && hash == pass.hash {
            return wrong(format!("page {} repeats page {}", pass.count, pass.count - 1));
        }
        pass.hash = hash;
        if let (1, Some(last)) = (pass.count, page.last(asked.size)) {
            pass.most = last.saturating_mul(2).clamp(MOST_PAGES, LAST_PAGE);
        }
        if pass.count >= pass.most {
            return wrong(format!("the list has no end: {} pages were read", pass.most));
        }
        Ok(())
    }

    /// The news of a page; `None` where it does not join the one before it.
    fn take(&mut self, asked: Asked, page: Page<T>, hashes: &[u64]) -> Option<Batch<T>> {
        let (pass, id) = (&mut self.pass, self.source.id);
        if pass.is_joined && page.per_page.is_some_and(|size| size != u64::from(asked.size)) {
            // Sizes are the service's own. Go on without overlaps, where what is under way has the numbers of that.
            let last = pass.count + pass.under_way.len() as u64;
            if asked.number != pass.count || pass.asked.is_some_and(|asked| asked.number != last) {
                return None;
            }
            pass.is_joined = false;
            pass.asked = Some(Asked { number: last, size: PER_PAGE });
        }
        let overlap = if pass.is_joined && page.listed > 0 { pass.overlap(asked, &page, id)? } else { 0 };
        pass.has_moved |= pass.promised.zip(page.total).is_some_and(|(before, now)| before != now);
        pass.promised = page.total.or(pass.promised);
        pass.last = page.last(asked.size);
        pass.end = page.total.or(pass.last.map(|last| last.saturating_mul(u64::from(asked.size))));
        pass.reached = asked.end();
        let is_tail_read = page.unreadable.last().is_none_or(|last| *last as u64 + 1 < page.listed);
        pass.tail = page.items.last().filter(|_| is_tail_read).map(|row| id(row).to_owned());
        for hash in hashes {
            pass.ids.write_u64(*hash);
        }
        let (index, mut again, mut twins, mut rows) = (Cell::new(0), 0, Vec::new(), page.items);
        let repeated = rows.extract_if(.., |row| {
            let hash = hashes.get(index.replace(index.get() + 1));
            hash.is_some_and(|hash| !pass.seen.insert(id(row), *hash))
        });
        for row in repeated {
            if index.get() > overlap {
                twins.push(row);
            } else {
                again += 1;
            }
        }
        pass.twins += twins.len() as u64;
        pass.listed += page.listed.saturating_sub(again);
        let Page { oddities, request_id, .. } = page;
        Some(Batch { rows, twins, oddities, request_id, promised: pass.promised, listed: pass.listed })
    }
}

impl<T> Pass<T> {
    /// How many rows of a page were on the page before it: those up to its last row. `None` where that is not found.
    fn overlap(&self, asked: Asked, page: &Page<T>, id: fn(&T) -> &str) -> Option<usize> {
        match &self.tail {
            _ if self.count == 1 => Some(0),
            Some(tail) => page.items.iter().position(|row| id(row) == tail).map(|at| at + 1),
            // The row to find again cannot be read. It is assumed to be where it should be.
            None => {
                let begin = asked.end() - u64::from(asked.size);
                let shared = usize::try_from(self.reached.saturating_sub(begin)).unwrap_or(0);
                Some(shared - page.unreadable.iter().filter(|at| **at < shared).count())
            }
        }
    }
}

/// The task of a page did not end.
fn interrupted(operation: &'static str, error: &tokio::task::JoinError) -> Error {
    if error.is_panic() {
        let detail = "reading a page failed inside this program; report it as a fault of vobiz-partner";
        return Error::new(ErrorKind::Decode, operation, detail);
    }
    Error::new(ErrorKind::Config, operation, "the program is shutting down")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_overlap_by_a_row_at_least_and_cost_few_requests_more() {
        for (rows, most) in [(250, 3), (1_000, 12), (10_000, 115), (200_000, 2_400)] {
            let (mut asked, mut count) = (Asked::first(), 1);
            while asked.end() < rows {
                let next = asked.overlapping();
                let begin = (next.number - 1) * u64::from(next.size);
                assert!(begin < asked.end() && next.end() > asked.end() && next.size <= PER_PAGE, "{asked:?} {next:?}");
                (asked, count) = (next, count + 1);
            }
            assert!(count <= most, "{rows} rows in {count} pages");
        }
    }
}
