//! All rows of a list, as far as they could be read, and whether that is all of them.

use std::collections::HashSet;
use std::time::Duration;

use futures::stream::{Stream, StreamExt as _};
use tokio::time::{Instant, timeout_at};

use crate::client::oddity::{Oddity, merge};
use crate::client::walk::Step;
use crate::error::{Error, ErrorKind, Result};

/// A list as far as it could be read: [`Accounts::sweep`](crate::accounts::Accounts::sweep) and its like.
///
/// Rows that a complete sweep does not have do not exist. Of an incomplete one, what is absent is unknown.
///
/// ```
/// # async fn example(client: vobiz_core::PartnerClient) -> vobiz_core::Result<()> {
/// let sweep = client.accounts().sweep(std::time::Duration::from_secs(120)).await?;
/// if let Some(error) = &sweep.error {
///     eprintln!("{error}"); // list accounts: the list says it has 26 rows and 25 were found, also on another walk
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sweep<T> {
    /// The rows that match the filters, each id once.
    pub rows: Vec<T>,
    /// What could not be understood, and rows that were listed twice.
    pub oddities: Vec<Oddity>,
    /// How many rows the list says it has, filters applied or not as the service does; `None` where it does not say.
    pub promised: Option<u64>,
    /// How many rows the service listed, those that could not be read and those listed twice among them.
    pub listed: u64,
    /// Whether every row of the list was seen: its pages join, and it is as long as it says.
    pub is_complete: bool,
    /// Why it is not complete: [`ErrorKind::Incomplete`], [`ErrorKind::Timeout`] at the deadline, or what a page failed with.
    pub error: Option<Error>,
}

impl<T: Send + Sync + 'static> Sweep<T> {
    /// The rows of a complete sweep. Otherwise the error, which holds the rows where it is [`ErrorKind::Incomplete`].
    pub fn into_complete(self) -> Result<Vec<T>> {
        match self.error {
            None => Ok(self.rows),
            Some(error) if error.kind() == ErrorKind::Incomplete => Err(error.with_rows(self.rows)),
            Some(error) => Err(error),
        }
    }
}

/// The id of a row, and what becomes of two rows with one id.
pub(crate) struct Rows<T> {
    pub(crate) operation: &'static str,
    pub(crate) id: fn(&T) -> &str,
    /// Puts into the first what counts of the second; the words are for the oddity, `None` where it is not worth one.
    pub(crate) merge: fn(&mut T, T) -> Option<&'static str>,
}

/// Two rows with one id: the first is kept.
pub(crate) fn keep_first<T>(_: &mut T, _: T) -> Option<&'static str> {
    None
}

/// Gathers a walk. It ends at the deadline with what was read by then; an error is one before the first page.
pub(crate) async fn gather<T: Send + 'static>(
    list: Rows<T>,
    steps: impl Stream<Item = Result<Step<T>>>,
    within: Option<Duration>,
) -> Result<Sweep<T>> {
    let started = Instant::now();
    let deadline = within.and_then(|within| started.checked_add(within));
    let mut sweep = Sweep { rows: Vec::new(), oddities: Vec::new(), promised: None, listed: 0, is_complete: false, error: None };
    let (mut earlier, mut has_begun) = (Vec::new(), false);
    let mut steps = std::pin::pin!(steps);
    loop {
        let step = match deadline {
            Some(deadline) => timeout_at(deadline, steps.next()).await.unwrap_or_else(|_| {
                let detail = format!("not read to its end within {} s", started.elapsed().as_secs());
                Some(Err(Error::new(ErrorKind::Timeout, list.operation, detail)))
            }),
            None => steps.next().await,
        };
        match step {
            None => {
                sweep.is_complete = true;
                return Ok(sweep);
            }
            Some(Ok(Step::Rows(batch))) => {
                has_begun = true;
                sweep.rows.extend(batch.rows);
                sweep.promised = batch.promised.or(sweep.promised);
                sweep.listed = sweep.listed.max(batch.listed);
                merge(&mut sweep.oddities, batch.oddities);
                merge(&mut sweep.oddities, batch.twins.into_iter().filter_map(|twin| list.put(&mut sweep.rows, twin)));
            }
            Some(Ok(Step::Again)) => {
                earlier.append(&mut sweep.rows);
                sweep.oddities.clear();
                sweep.listed = 0;
            }
            Some(Err(error)) if has_begun => {
                let held: HashSet<String> = sweep.rows.iter().map(|row| (list.id)(row).to_owned()).collect();
                let mut more = HashSet::new();
                earlier.retain(|row| !held.contains((list.id)(row)) && more.insert((list.id)(row).to_owned()));
                sweep.rows.append(&mut earlier);
                sweep.error = Some(error);
                return Ok(sweep);
            }
            Some(Err(error)) => return Err(error),
        }
    }
}

impl<T> Rows<T> {
    fn put(&self, rows: &mut [T], twin: T) -> Option<Oddity> {
        let customer = (self.id)(&twin).to_owned();
        let held = rows.iter_mut().find(|row| (self.id)(row) == customer)?;
        (self.merge)(held, twin).map(|words| Oddity::new("", words.to_owned()).of_customer(&customer))
    }
}
