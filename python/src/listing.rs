//! Lists of the core: read whole into a table, or batch by batch.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures::stream::{BoxStream, Stream, StreamExt as _};
use pyo3::prelude::*;
use vobiz_core::{Chunk, Error, ErrorKind, PartnerClient, Result};

use crate::call::{Answer, Call, Progress};
use crate::client::Core;
use crate::columns::{Columns, Filling, Row};
use crate::error::{failure, raise, raise_with};
use crate::record::object;
use crate::runtime::OfProcess;

/// A list that was not read yet.
#[pyclass(frozen, module = "vobiz_partner._core")]
pub(crate) struct List {
    operation: &'static str,
    unread: Mutex<OfProcess<Box<dyn Unread>>>,
}

impl List {
    pub(crate) fn new<T, S>(
        py: Python<'_>,
        core: &Core,
        operation: &'static str,
        columns: Option<Vec<String>>,
        make: impl FnOnce(PartnerClient) -> S,
    ) -> PyResult<Self>
    where
        T: Row,
        S: Stream<Item = Result<Chunk<T>>> + Send + 'static,
    {
        let client = core.client(py, operation)?;
        let filling = Filling::<T>::asked(columns.as_deref())?;
        let progress = Arc::new(Progress::of(client.clone()));
        let unread = Rows { operation, columns, filling, chunks: make(client).boxed(), page: Vec::new(), progress, error: None };
        Ok(Self { operation, unread: Mutex::new(OfProcess::new(Box::new(unread))) })
    }

    fn take(&self, py: Python<'_>) -> PyResult<Box<dyn Unread>> {
        let unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner).take();
        unread.ok_or_else(|| failure(py, self.operation, "this list was read before, or in another process; ask for it again"))
    }
}

#[pymethods]
impl List {
    /// The call that reads the list whole. An incomplete one raises, and the exception holds the rows read so far.
    fn whole(&self, py: Python<'_>) -> PyResult<Call> {
        Ok(self.take(py)?.whole())
    }

    /// The list in batches of so many rows.
    fn batches(&self, py: Python<'_>, size: usize) -> PyResult<Batches> {
        Ok(self.take(py)?.batches(size))
    }
}

/// A list of whatever rows.
trait Unread: Send {
    fn whole(self: Box<Self>) -> Call;
    fn batches(self: Box<Self>, size: usize) -> Batches;
}

/// The rows to come, and a table that is filled with them.
struct Rows<T: Row> {
    operation: &'static str,
    columns: Option<Vec<String>>,
    filling: Filling<T>,
    chunks: BoxStream<'static, Result<Chunk<T>>>,
    /// Rows of the last page that are not in the table yet.
    page: Vec<T>,
    progress: Arc<Progress>,
    /// What ended the list, until the rows before it were given.
    error: Option<Error>,
}

impl<T: Row> Unread for Rows<T> {
    fn whole(mut self: Box<Self>) -> Call {
        Call::counted(self.operation, Arc::clone(&self.progress), async move {
            self.fill(usize::MAX).await;
            let Self { filling, error, .. } = *self;
            Box::new(move |py: Python<'_>| {
                let table = filling.finish()?;
                match error {
                    None => object(py, table),
                    Some(error) if error.kind() == ErrorKind::Incomplete => Err(raise_with(py, &error, object(py, table)?)),
                    Some(error) => Err(raise(py, &error)),
                }
            }) as Answer
        })
    }

    fn batches(self: Box<Self>, size: usize) -> Batches {
        let (operation, progress, columns) = (self.operation, Arc::clone(&self.progress), self.columns.clone());
        let empty: Empty = Box::new(move || Filling::<T>::asked(columns.as_deref())?.finish());
        let reading = Arc::new(tokio::sync::Mutex::new(*self));
        let next: Next = Box::new(move || {
            let reading = Arc::clone(&reading);
            Box::pin(async move { reading.lock().await.batch(size.max(1)).await })
        });
        Batches { operation, next: Mutex::new(OfProcess::new(next)), empty, progress }
    }
}

impl<T: Row> Rows<T> {
    /// Reads pages until there are so many rows, or the list ends.
    async fn fill(&mut self, size: usize) {
        loop {
            let room = size - self.filling.len();
            let later = self.page.split_off(room.min(self.page.len()));
            self.filling.add(&std::mem::replace(&mut self.page, later));
            if self.filling.len() >= size || self.error.is_some() {
                return;
            }
            match self.chunks.next().await {
                None => return,
                Some(Err(error)) => self.error = Some(error),
                Some(Ok(chunk)) => {
                    self.progress.add(chunk.rows.len(), chunk.total);
                    self.filling.note(chunk.oddities, chunk.request_id, chunk.starts_over);
                    self.page = chunk.rows;
                }
            }
        }
    }

    /// The next batch: `None` at the end, and rows before the error that ended the list.
    async fn batch(&mut self, size: usize) -> Answer {
        self.fill(size).await;
        if self.filling.len() == 0 {
            let error = self.error.take();
            return Box::new(move |py| error.map_or_else(|| Ok(py.None()), |error| Err(raise(py, &error))));
        }
        match Filling::asked(self.columns.as_deref()) {
            Ok(empty) => {
                let full = std::mem::replace(&mut self.filling, empty);
                Box::new(move |py| object(py, full.finish()?))
            }
            Err(error) => Box::new(move |_| Err(error)),
        }
    }
}

type Empty = Box<dyn Fn() -> PyResult<Columns> + Send + Sync>;
type Next = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;

/// A list that is read batch by batch. Memory holds one batch, and the pages that are read ahead.
#[pyclass(frozen, module = "vobiz_partner._core")]
pub(crate) struct Batches {
    operation: &'static str,
    next: Mutex<OfProcess<Next>>,
    empty: Empty,
    progress: Arc<Progress>,
}

#[pymethods]
impl Batches {
    /// The call that reads the next batch; it comes to `None` at the end.
    fn next(&self, py: Python<'_>) -> PyResult<Call> {
        let held = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let next =
            held.get().ok_or_else(|| failure(py, self.operation, "this list is read by another process; start anew here"))?;
        Ok(Call::counted(self.operation, Arc::clone(&self.progress), next()))
    }

    /// A table of no rows, with the columns that were asked for.
    fn empty(&self) -> PyResult<Columns> {
        (self.empty)()
    }
}
