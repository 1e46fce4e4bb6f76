//! Recorded histories of wallets, and policies rehearsed on them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use rust_decimal::Decimal;
use vobiz_core::alert::Policy;
use vobiz_core::forecast::{Business, Span};
use vobiz_core::history::backtest::{Notification, backtest};
use vobiz_core::history::{History as Recorded, Outlook, Wallet};

use crate::columns::{Columns, columns};
use crate::error::worded;
use crate::runtime::wait;

const OPEN: &str = "open history";
const READ: &str = "read policy";
const REHEARSE: &str = "backtest";

/// A sample, and whose it is.
pub(crate) struct Sample {
    at: DateTime<Utc>,
    wallet: Arc<Wallet>,
    balance: Option<Decimal>,
}

columns!(Sample, row => row.at, {
    instant at = |row| Some(row.at),
    word auth_id = |row| Some(&row.wallet.auth_id),
    word name = |row| row.wallet.name.as_deref(),
    amount balance,
    word currency = |row| row.wallet.currency.as_deref(),
});

/// A notification, and what its rule watches.
pub(crate) struct Alert {
    sent: Notification,
    metric: Option<String>,
}

columns!(Alert, row => row.sent.at, {
    instant at = |row| Some(row.sent.at),
    word auth_id = |row| Some(&row.sent.auth_id),
    word kind = |row| Some(row.sent.kind),
    word severity = |row| Some(row.sent.severity.name()),
    word rule = |row| Some(&row.sent.rule),
    word metric = |row| row.metric.as_deref(),
    number value = |row| Some(row.sent.value.round_dp(10)),
    text reason = |row| Some(&row.sent.reason),
});

/// How long a wallet lasts from an instant on.
pub(crate) struct Lasts {
    from: DateTime<Utc>,
    of: Outlook,
}

impl Lasts {
    fn hours(&self, end: fn(&vobiz_core::forecast::Runway) -> Option<Span>) -> Option<f64> {
        end(self.of.runway.as_ref()?).map(|span| span.hours)
    }
}

columns!(Lasts, row => row.of.auth_id, {
    text auth_id = |row| Some(&row.of.auth_id),
    text name = |row| row.of.name.as_deref(),
    word currency = |row| row.of.currency.as_deref(),
    amount balance = |row| row.of.balance,
    number burn = |row| estimate(row.of.runway.as_ref().map(|runway| runway.burn)),
    number low_hours = |row| estimate(row.hours(|runway| runway.low)),
    number likely_hours = |row| estimate(row.hours(|runway| runway.likely)),
    number high_hours = |row| estimate(row.hours(|runway| runway.high)),
    instant empty_at = |row| row.hours(|runway| runway.likely).and_then(|hours| after(row.from, hours)),
});

/// What a wallet probably holds at an hour to come.
pub(crate) struct Ahead {
    at: DateTime<Utc>,
    low: Option<Decimal>,
    likely: Option<Decimal>,
    high: Option<Decimal>,
}

columns!(Ahead, row => row.at, {
    instant at = |row| Some(row.at),
    amount low,
    amount likely,
    amount high,
});

/// An estimate to the second place.
fn estimate(number: Option<f64>) -> Option<Decimal> {
    Decimal::try_from(number?).ok().map(|number| number.round_dp(2))
}

fn after(from: DateTime<Utc>, hours: f64) -> Option<DateTime<Utc>> {
    #[expect(clippy::cast_possible_truncation, reason = "minutes of at most two weeks")]
    from.checked_add_signed(TimeDelta::try_minutes((hours * 60.0) as i64)?)
}

/// A history in memory.
#[pyclass(frozen, module = "vobiz_partner._core")]
pub(crate) struct History(Arc<Recorded>);

#[pymethods]
impl History {
    /// Reads the history in a folder.
    #[staticmethod]
    fn open(py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        let read = apart(py, OPEN, {
            let folder = folder.clone();
            move || Recorded::open(&folder)
        })?;
        read.map(|history| Self(Arc::new(history))).map_err(|error| {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            worded(py, "HistoryError", OPEN, &format!("{}: {error}{cause}", folder.display()))
        })
    }

    /// How many wallets, polls and samples there are, and the first and last poll.
    #[getter]
    fn extent(&self) -> (usize, usize, usize, Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        let Recorded { wallets, polls, samples, .. } = &*self.0;
        (wallets.len(), polls.len(), samples.len(), polls.first().copied(), polls.last().copied())
    }

    /// The samples as a table.
    fn samples(&self, py: Python<'_>) -> PyResult<Columns> {
        py.detach(|| {
            let wallets: Vec<Arc<Wallet>> = self.0.wallets.iter().cloned().map(Arc::new).collect();
            let rows = self.0.samples.iter().filter_map(|sample| {
                let wallet = wallets.get(usize::try_from(sample.wallet).ok()?)?;
                Some(Sample { at: sample.at, wallet: Arc::clone(wallet), balance: sample.balance })
            });
            Columns::of(&rows.collect::<Vec<_>>())
        })
    }

    /// How long each wallet lasts, the soonest first; balances that are given count instead of the last ones.
    fn runways(&self, py: Python<'_>, balances: HashMap<String, Decimal>) -> PyResult<Columns> {
        let history = Arc::clone(&self.0);
        let found =
            apart(py, "runway", move || history.outlooks(&Business::default(), |auth_id| balances.get(auth_id).copied()))?;
        py.detach(|| {
            let rows = found.into_iter().flat_map(|(from, of)| of.into_iter().map(move |of| Lasts { from, of }));
            Columns::of(&rows.collect::<Vec<Lasts>>())
        })
    }

    /// What a wallet probably holds at each of so many hours to come, and its currency.
    fn fan(&self, py: Python<'_>, auth_id: String, hours: u32) -> PyResult<(Columns, Option<String>)> {
        let Some(wallet) = self.0.wallets.iter().find(|wallet| wallet.auth_id == auth_id) else {
            return Err(PyKeyError::new_err(auth_id));
        };
        let (history, currency) = (Arc::clone(&self.0), wallet.currency.clone());
        let found = apart(py, "forecast", move || history.fan(&Business::default(), &auth_id, hours))?;
        let rows = found.into_iter().flat_map(|(from, balance, spends)| {
            spends.into_iter().filter_map(move |spend| {
                let left = |spent: f64| estimate(Some(spent)).map(|spent| balance.saturating_sub(spent));
                let at = after(from, f64::from(spend.hours))?;
                Some(Ahead { at, low: left(spend.high), likely: left(spend.likely), high: left(spend.low) })
            })
        });
        Ok((Columns::of(&rows.collect::<Vec<_>>())?, currency))
    }

    /// What a policy would have sent, as a table. `policy` is the text of a file and its name; without one it is the default.
    #[pyo3(signature = (policy))]
    fn backtest(&self, py: Python<'_>, policy: Option<(String, String)>) -> PyResult<Columns> {
        let (policy, business) = policy.map_or_else(|| Ok(<_>::default()), |(text, name)| parsed(py, &text, &name))?;
        let (history, rules) = (Arc::clone(&self.0), policy.clone());
        let sent = apart(py, REHEARSE, move || backtest(&rules, &history, &business))?;
        let metric = |rule: &str| policy.rules().iter().find(|known| known.name() == rule).map(|rule| rule.metric().to_string());
        py.detach(|| {
            let rows = sent.into_iter().map(|sent| Alert { metric: metric(&sent.rule), sent });
            Columns::of(&rows.collect::<Vec<_>>())
        })
    }
}

/// Names and metrics of the rules of a policy file.
#[pyfunction]
#[pyo3(signature = (policy))]
pub(crate) fn rules_of(py: Python<'_>, policy: Option<(String, String)>) -> PyResult<Vec<(String, String)>> {
    let (policy, _) = policy.map_or_else(|| Ok(<_>::default()), |(text, name)| parsed(py, &text, &name))?;
    Ok(policy.rules().iter().map(|rule| (rule.name().to_owned(), rule.metric().to_string())).collect())
}

/// What the rules of a policy file do, in words, and what they leave open.
#[pyfunction]
#[pyo3(signature = (policy))]
pub(crate) fn explained(py: Python<'_>, policy: Option<(String, String)>) -> PyResult<(Vec<String>, Vec<String>)> {
    let (policy, _) = policy.map_or_else(|| Ok(<_>::default()), |(text, name)| parsed(py, &text, &name))?;
    Ok((policy.explain(), policy.warnings()))
}

fn parsed(py: Python<'_>, text: &str, name: &str) -> PyResult<(Policy, Business)> {
    Policy::from_toml(text, name).map_err(|error| worded(py, "PolicyError", READ, &error.to_string()))
}

/// Does what takes long on a thread of its own, so that Ctrl-C ends the waiting for it.
fn apart<T: Send + 'static>(py: Python<'_>, operation: &str, work: impl FnOnce() -> T + Send + 'static) -> PyResult<T> {
    let done = wait(py, operation, Box::pin(async move { tokio::task::spawn_blocking(work).await }), || Ok(()))?;
    done.map_err(|_| worded(py, "VobizError", operation, "it failed inside this program; report it as a fault of vobiz-partner"))
}
