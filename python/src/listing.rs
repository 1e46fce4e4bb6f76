//! Lists of the core: read whole into a table, or batch by batch.

use std::pin::{Pin, pin};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use futures::stream::{BoxStream, Stream, StreamExt as _};
use pyo3::prelude::*;
use vobiz_core::{Error, ErrorKind, PartnerClient};

use crate::call::{Answer, Call, Progress};
use crate::client::Core;
use crate::columns::{Filling, Row};
use crate::error::{failure, raise, raise_with};
use crate::record::object;
use crate::runtime::OfProcess;

/// Most rows that are moved into columns at once.
const CHUNK: usize = 1024;

/// A call that reads a list whole. An incomplete one raises, and the exception holds the rows read so far.
pub(crate) fn whole<T, S>(
    py: Python<'_>,
    core: &Core,
    operation: &'static str,
    columns: Option<&[String]>,
    make: impl FnOnce(PartnerClient) -> S,
) -> PyResult<Call>
where
    T: Row,
    S: Stream<Item = vobiz_core::Result<T>> + Send + 'static,
{
    let mut filling = Filling::<T>::asked(columns)?;
    let rows = make(core.client(py, operation)?);
    let progress = Arc::new(Progress::default());
    let seen = Arc::clone(&progress);
    Ok(Call::counted(operation, progress, async move {
        let mut chunks = pin!(rows.ready_chunks(CHUNK));
        let mut error = None;
        while let Some(chunk) = chunks.next().await {
            error = add(&mut filling, chunk, &seen).err().or(error);
        }
        Box::new(move |py: Python<'_>| {
            let table = filling.finish()?;
            match error {
                None => object(py, table),
                Some(error) if error.kind() == ErrorKind::Incomplete => Err(raise_with(py, &error, table)),
                Some(error) => Err(raise(py, &error)),
            }
        }) as Answer
    }))
}

/// Adds the rows of a chunk; an error ends the list it came from, so that nothing follows it.
fn add<T: Row>(filling: &mut Filling<T>, chunk: Vec<vobiz_core::Result<T>>, progress: &Progress) -> Result<(), Error> {
    let mut failed = Ok(());
    let rows: Vec<T> = chunk.into_iter().filter_map(|row| row.map_err(|error| failed = Err(error)).ok()).collect();
    filling.add(&rows);
    progress.rows.fetch_add(rows.len() as u64, Ordering::Relaxed);
    failed
}

type Next = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;

/// A list that is read batch by batch. Memory holds one batch, and the pages that are read ahead.
#[pyclass(frozen, module = "vobiz_partner._core")]
pub(crate) struct Batches {
    operation: &'static str,
    next: std::sync::Mutex<OfProcess<Next>>,
    progress: Arc<Progress>,
}

struct Reading<T> {
    batches: BoxStream<'static, Vec<vobiz_core::Result<T>>>,
    columns: Option<Vec<String>>,
}

impl Batches {
    pub(crate) fn new<T, S>(
        py: Python<'_>,
        core: &Core,
        operation: &'static str,
        columns: Option<Vec<String>>,
        size: usize,
        make: impl FnOnce(PartnerClient) -> S,
    ) -> PyResult<Self>
    where
        T: Row,
        S: Stream<Item = vobiz_core::Result<T>> + Send + 'static,
    {
        Filling::<T>::asked(columns.as_deref())?;
        let rows = make(core.client(py, operation)?);
        let batches = rows.chunks(size.max(1)).fuse().boxed();
        let reading = Arc::new(tokio::sync::Mutex::new(Reading { batches, columns }));
        let progress = Arc::new(Progress::default());
        let seen = Arc::clone(&progress);
        let next: Next = Box::new(move || {
            let (reading, seen) = (Arc::clone(&reading), Arc::clone(&seen));
            Box::pin(async move { batch(&mut *reading.lock().await, &seen).await })
        });
        Ok(Self { operation, next: std::sync::Mutex::new(OfProcess::new(next)), progress })
    }
}

async fn batch<T: Row>(reading: &mut Reading<T>, progress: &Progress) -> Answer {
    let Some(chunk) = reading.batches.next().await else { return Box::new(|py| Ok(py.None())) };
    let mut filling = match Filling::<T>::asked(reading.columns.as_deref()) {
        Ok(filling) => filling,
        Err(error) => return Box::new(move |_| Err(error)),
    };
    let added = add(&mut filling, chunk, progress);
    Box::new(move |py| added.map_err(|error| raise(py, &error)).and_then(|()| object(py, filling.finish()?)))
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
}
