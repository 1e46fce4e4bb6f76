//! What the five lists have in common: pages, streams, sweeps.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, Stream, StreamExt as _, TryStreamExt as _};

use crate::client::client::{Call, PartnerClient};
use crate::client::oddity::Oddity;
use crate::client::page::{PER_PAGE, Page};
use crate::client::sweep::{Rows, Sweep, gather};
use crate::client::walk::{Batch, Source, Step, steps};
use crate::client::wire::Read;
use crate::error::Result;

/// Rows of a list as they come, those of one page: [`Accounts::chunks`](crate::accounts::Accounts::chunks) and its like.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chunk<T> {
    /// Rows that match the filters and did not come before.
    pub rows: Vec<T>,
    /// What of the page could not be understood.
    pub oddities: Vec<Oddity>,
    /// The id under which the service may know the request of the page, where it sent one.
    pub request_id: Option<String>,
    /// Rows that the whole list says it has; `None` where it does not say.
    pub total: Option<u64>,
    /// Whether the list did not hold still and is read once more from here on. Its oddities are listed again.
    pub starts_over: bool,
}

/// A list of the API with its filters.
pub(crate) trait List: Clone + Send + Sync + 'static {
    type Row: for<'de> Read<'de> + Send + Sync + 'static;
    const OPERATION: &'static str;

    fn client(&self) -> &PartnerClient;

    /// The call for one page of `size` rows; the first is 1.
    fn call(&self, page: u64, size: u32) -> Result<Call>;

    fn id(row: &Self::Row) -> &str;

    /// Whether a row is one that was asked for: some endpoints drop unknown parameters in silence.
    fn keeps(&self, row: &Self::Row) -> bool;

    /// See [`Rows::merge`].
    fn merge(_: &mut Self::Row, _: Self::Row) -> Option<&'static str> {
        None
    }

    fn fetch(&self, page: u64, size: u32) -> BoxFuture<'static, Result<Page<Self::Row>>> {
        let list = self.clone();
        Box::pin(async move { list.client().page(list.call(page, size)?).await })
    }

    /// The walk over the whole list.
    fn steps(self, is_cumulative: bool) -> BoxStream<'static, Result<Step<Self::Row>>> {
        let (list, ahead) = (self.clone(), self.client().concurrency());
        let fetch = Arc::new(move |page, size| list.fetch(page, size));
        let keep = self;
        let source = Source { operation: Self::OPERATION, ahead, id: Self::id, is_loose: true, is_cumulative, fetch };
        steps(source).map_ok(move |step| step.keeping(|row| keep.keeps(row))).boxed()
    }
}

pub(crate) async fn page<L: List>(list: &L, page: u64) -> Result<Page<L::Row>> {
    let mut rows = list.fetch(page, PER_PAGE).await?;
    rows.items.retain(|row| list.keeps(row));
    Ok(rows)
}

pub(crate) async fn sweep<L: List>(list: L, within: Option<Duration>) -> Result<Sweep<L::Row>> {
    let rows = Rows { operation: L::OPERATION, id: L::id, merge: L::merge };
    gather(rows, list.steps(false), within).await
}

/// The rows of a walk, each once, whatever the number of its passes.
pub(crate) fn rows<L: List>(list: L) -> impl Stream<Item = Result<L::Row>> + Send {
    one_by_one(list.steps(true))
}

/// The rows of a walk, page by page.
pub(crate) fn chunks<T: Send + 'static>(
    steps: impl Stream<Item = Result<Step<T>>> + Send,
) -> impl Stream<Item = Result<Chunk<T>>> + Send {
    steps.map_ok(|step| match step {
        Step::Rows(Batch { rows, oddities, request_id, promised, .. }) => {
            Chunk { rows, oddities, request_id, total: promised, starts_over: false }
        }
        Step::Again => Chunk { rows: Vec::new(), oddities: Vec::new(), request_id: None, total: None, starts_over: true },
    })
}

/// The rows of each step.
pub(crate) fn one_by_one<T: Send + 'static>(
    steps: impl Stream<Item = Result<Step<T>>> + Send,
) -> impl Stream<Item = Result<T>> + Send {
    let rows = steps.map_ok(|step| match step {
        Step::Rows(batch) => batch.rows,
        Step::Again => Vec::new(),
    });
    rows.map_ok(|rows| stream::iter(rows.into_iter().map(Ok))).try_flatten()
}

/// The methods of a list. Each has its own, so that callers need no trait.
macro_rules! list_methods {
    ($List:ident => $Row:ident) => {
        impl $List {
            /// One page of at most 100 rows; the first is 1. Rows that do not match the filters are left out, so it may be short.
            pub async fn page(&self, page: u64) -> Result<Page<$Row>> {
                crate::client::list::page(self, page).await
            }

            /// Every row once, pages fetched ahead. Ends with [`ErrorKind::Incomplete`](crate::ErrorKind::Incomplete) where
            /// rows may be missing.
            pub fn stream(self) -> impl futures::Stream<Item = Result<$Row>> + Send {
                crate::client::list::rows(self)
            }

            /// Every row once, as [`Self::stream`] gives them, in one list for each page.
            pub fn chunks(self) -> impl futures::Stream<Item = Result<crate::Chunk<$Row>>> + Send {
                crate::client::list::chunks(crate::client::list::List::steps(self, true))
            }

            /// Every row, as far as it could be read within this time, and whether that is all. An error is one before the first page.
            pub async fn sweep(self, within: std::time::Duration) -> Result<Sweep<$Row>> {
                crate::client::list::sweep(self, Some(within)).await
            }

            /// Every row in one list. Where rows may be missing the error is [`ErrorKind::Incomplete`](crate::ErrorKind::Incomplete)
            /// and holds those that were read.
            pub async fn all(self) -> Result<Vec<$Row>> {
                crate::client::list::sweep(self, None).await?.into_complete()
            }
        }
    };
}
pub(crate) use list_methods;
