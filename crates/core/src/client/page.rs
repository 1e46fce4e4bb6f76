//! Lists that come in pages, and one walk over them that always ends.

use std::collections::HashSet;
use std::future::Future;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::pin::Pin;
use std::sync::Arc;

use futures::stream::{self, FuturesOrdered, Stream, StreamExt as _, TryStreamExt as _};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

use crate::client::oddity::Oddity;
use crate::error::{Error, ErrorKind, Result};

/// Rows asked for per page: valid under every document.
pub(crate) const PER_PAGE: u32 = 100;
/// No list of a partner is longer than this many pages.
const LAST_PAGE: u64 = 100_000;
/// Pages without rows that are read one after the other before the list counts as broken.
const EMPTY_PAGES: u32 = 3;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Which page the service says this is.
    pub page: Option<u64>,
    /// How many rows the service says it puts on a page; may be fewer than asked for.
    pub per_page: Option<u64>,
    /// How many rows the whole list has.
    pub total: Option<u64>,
    /// How many pages the whole list has, where the service says so.
    pub pages: Option<u64>,
    /// Whether another page follows, where the service says so.
    pub has_next: Option<bool>,
    /// How many rows the service listed on this page, those that could not be read or do not match the filters among them.
    pub listed: u64,
    /// What on this page could not be understood.
    pub oddities: Vec<Oddity>,
    /// The id under which the service may know this request, where it sent one.
    pub request_id: Option<String>,
    /// Where on the page the rows stand that could not be read.
    pub(crate) unreadable: Vec<usize>,
}

impl<T> Page<T> {
    /// The number of the last page, where this page tells: a page count, else total ÷ size.
    pub(crate) fn last(&self) -> Option<u64> {
        self.pages.or_else(|| {
            let size = self.per_page.filter(|size| *size > 0).unwrap_or(u64::from(PER_PAGE));
            Some(self.total?.div_ceil(size))
        })
    }

    /// Whether a page follows page `number`.
    fn has_more(&self, number: u64) -> bool {
        let short = self.listed < self.per_page.unwrap_or(u64::from(PER_PAGE));
        match (self.has_next, self.last()) {
            (Some(more), _) => more,
            (None, Some(last)) => number < last,
            (None, None) => !short,
        }
    }
}

type Fetching<T> = AbortOnDropHandle<(u64, Result<Page<T>>)>;
type Fetch<T> = Arc<dyn Fn(u64) -> Pin<Box<dyn Future<Output = Result<Page<T>>> + Send>> + Send + Sync>;

/// A walk over all pages of a list, some of them fetched ahead.
struct Walk<T> {
    operation: &'static str,
    fetch: Fetch<T>,
    id: fn(&T) -> &str,
    ahead: usize,
    under_way: FuturesOrdered<Fetching<T>>,
    asked: u64,
    last: Option<u64>,
    previous: Option<u64>,
    empty: u32,
    seen: HashSet<String>,
    total: Option<u64>,
    again: bool,
    failure: Option<Error>,
    done: bool,
}

/// Rows of every page, in order, each once; see [`pages`].
pub(crate) fn rows<T, F, Fut>(
    operation: &'static str,
    ahead: usize,
    id: fn(&T) -> &str,
    fetch: F,
) -> impl Stream<Item = Result<T>> + Send
where
    T: Send + 'static,
    F: Fn(u64) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Page<T>>> + Send + 'static,
{
    one_by_one(pages(operation, ahead, id, fetch))
}

/// The rows of lists of rows.
pub(crate) fn one_by_one<T: Send + 'static>(
    pages: impl Stream<Item = Result<Vec<T>>> + Send,
) -> impl Stream<Item = Result<T>> + Send {
    pages.map_ok(|rows| stream::iter(rows.into_iter().map(Ok))).try_flatten()
}

/// The rows of each page that no page before it had, in order. The walk ends with an error where pages repeat, and where
/// after a second walk there are still fewer rows than the list says it has.
pub(crate) fn pages<T, F, Fut>(
    operation: &'static str,
    ahead: usize,
    id: fn(&T) -> &str,
    fetch: F,
) -> impl Stream<Item = Result<Vec<T>>> + Send
where
    T: Send + 'static,
    F: Fn(u64) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Page<T>>> + Send + 'static,
{
    let walk = Walk {
        operation,
        fetch: Arc::new(move |page| Box::pin(fetch(page))),
        id,
        ahead: ahead.max(1),
        under_way: FuturesOrdered::new(),
        asked: 0,
        last: None,
        previous: None,
        empty: 0,
        seen: HashSet::new(),
        total: None,
        again: false,
        failure: None,
        done: false,
    };
    stream::try_unfold(walk, |mut walk| async move { Ok(walk.next().await?.map(|rows| (rows, walk))) })
}

/// All rows of a walk. Of an incomplete one the error carries what was read.
pub(crate) async fn all<T: Clone + Send + Sync + 'static>(rows: impl Stream<Item = Result<T>>) -> Result<Vec<T>> {
    all_of(rows.map_ok(Some)).await
}

/// As [`all`], of a walk that gives its rows by the page.
pub(crate) async fn all_of<T, I>(pages: impl Stream<Item = Result<I>>) -> Result<Vec<T>>
where
    T: Send + Sync + 'static,
    I: IntoIterator<Item = T>,
{
    let mut read = Vec::new();
    let mut pages = std::pin::pin!(pages);
    while let Some(rows) = pages.next().await {
        match rows {
            Ok(rows) => read.extend(rows),
            Err(error) if error.kind() == ErrorKind::Incomplete => return Err(error.with_rows(read)),
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

impl<T: Send + 'static> Walk<T> {
    /// The new rows of the next page; `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<T>>> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if self.done {
            return Ok(None);
        }
        self.ask_ahead();
        let Some(task) = self.under_way.next().await else { return Ok(None) };
        let (number, page) = task.map_err(|_| Error::new(ErrorKind::Config, self.operation, "the program is shutting down"))?;
        let page = page?;
        self.check(number, &page)?;
        self.total = page.total.or(self.total);
        self.last = page.last();
        let more = page.has_more(number);
        let rows = self.keep_new(page.items);
        if !more {
            self.under_way.clear();
            self.finish();
        }
        Ok(Some(rows))
    }

    /// Keeps as many pages under way as the list is known to have; without a count, one.
    fn ask_ahead(&mut self) {
        let known = self.last.unwrap_or(0);
        while self.under_way.is_empty() || (self.under_way.len() < self.ahead && self.asked < known) {
            self.asked += 1;
            let (number, page) = (self.asked, (self.fetch)(self.asked));
            // A task of its own: pages are decoded beside each other, on as many threads as the runtime has.
            let task = async move { (number, page.await) }.in_current_span();
            self.under_way.push_back(AbortOnDropHandle::new(tokio::spawn(task)));
        }
    }

    /// A server that ignores `page`, or that promises pages for ever, is an error.
    fn check(&mut self, number: u64, page: &Page<T>) -> Result<()> {
        let wrong = |detail: String| Err(Error::new(ErrorKind::Decode, self.operation, detail));
        let ids = (!page.items.is_empty()).then(|| {
            let mut hasher = DefaultHasher::new();
            page.items.iter().for_each(|row| (self.id)(row).hash(&mut hasher));
            hasher.finish()
        });
        if ids.is_some() && number > 1 && ids == self.previous {
            return wrong(format!("page {number} repeats page {}", number - 1));
        }
        self.empty = if ids.is_none() { self.empty + 1 } else { 0 };
        if self.empty >= EMPTY_PAGES && page.has_more(number) {
            return wrong(format!("{EMPTY_PAGES} pages in a row are empty, and the list says that more follow"));
        }
        if number >= LAST_PAGE {
            return wrong(format!("the list has more than {LAST_PAGE} pages"));
        }
        self.previous = ids;
        Ok(())
    }

    fn keep_new(&mut self, mut rows: Vec<T>) -> Vec<T> {
        rows.retain(|row| self.seen.insert((self.id)(row).to_owned()));
        rows
    }

    /// At the end of the list: walk once more where rows are missing, for rows move between pages.
    fn finish(&mut self) {
        let seen = self.seen.len() as u64;
        match self.total {
            Some(total) if seen < total && !self.again => {
                self.again = true;
                (self.asked, self.last, self.empty) = (0, None, 0);
                self.previous = None;
            }
            Some(total) if seen < total => {
                let detail = format!("the list says it has {total} rows and {seen} were found, also on a second walk");
                self.failure = Some(Error::new(ErrorKind::Incomplete, self.operation, detail));
                self.done = true;
            }
            _ => self.done = true,
        }
    }
}
