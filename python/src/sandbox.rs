//! A Partner API inside the process, so that every example runs without credentials.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use pyo3::prelude::*;
use vobiz_core::{ClientBuilder, ErrorKind, PartnerClient};
use vobiz_sandbox::Options;

use crate::arguments::{amount, duration, instant};
use crate::client::Core;
use crate::error::refuse;
use crate::runtime::{OfProcess, wait_in_background};

const START: &str = "start sandbox";

/// The sandbox behind `vobiz_partner.Sandbox`.
#[pyclass(frozen, module = "vobiz_partner._core")]
#[derive(Debug)]
pub(crate) struct Sandbox(Mutex<OfProcess<vobiz_sandbox::Sandbox>>);

#[pymethods]
impl Sandbox {
    #[new]
    #[pyo3(signature = (customers = 40, seed = 7, *, payloads = None, replace = None, start = None, books = ""))]
    fn new(
        py: Python<'_>,
        customers: usize,
        seed: u64,
        payloads: Option<PathBuf>,
        replace: Option<std::collections::BTreeMap<String, String>>,
        start: Option<&Bound<'_, PyAny>>,
        books: &str,
    ) -> PyResult<Self> {
        let replace = replace.into_iter().flatten().collect();
        let start = start.map(|given| instant("start sandbox: start", given)).transpose()?;
        let books = books.parse().map_err(|error| refuse(py, ErrorKind::Invalid, START, &format!("books: {error:#}")))?;
        let options = Options { customers, seed, payloads, replace, start, books, ..Options::default() };
        match wait_in_background(py, START, Box::pin(vobiz_sandbox::Sandbox::start(options)))? {
            Ok(sandbox) => Ok(Self(Mutex::new(OfProcess::new(sandbox)))),
            Err(error) => Err(refuse(py, ErrorKind::Invalid, START, &format!("{error:#}"))),
        }
    }

    /// The core's client of this sandbox, with no limit of its own on requests a second.
    fn core(&self, py: Python<'_>, read_only: bool) -> PyResult<Core> {
        let builder: ClientBuilder = self.with(py, |sandbox| {
            PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token()).base_url(sandbox.base_url()).rate(0, 1)
        })?;
        Core::build(py, if read_only { builder } else { builder.allow_changes() })
    }

    /// Where the sandbox listens.
    #[getter]
    fn url(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, |sandbox| sandbox.url().to_owned())
    }

    /// Where its Partner API is: the ``base_url`` of a client.
    #[getter]
    fn base_url(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, vobiz_sandbox::Sandbox::base_url)
    }

    /// The partner's id.
    #[getter]
    fn auth_id(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, |sandbox| sandbox.auth_id().to_owned())
    }

    /// The partner's token, worth nothing outside this sandbox.
    #[getter]
    fn auth_token(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, |sandbox| sandbox.auth_token().to_owned())
    }

    /// What the sandbox's clock shows.
    #[getter]
    fn now(&self, py: Python<'_>) -> PyResult<DateTime<Utc>> {
        self.with(py, |sandbox| sandbox.clock().now())
    }

    /// Turn the clock forward; customers call and pay meanwhile.
    ///
    /// Parameters
    /// ----------
    /// by : str or datetime.timedelta
    ///     How far, such as ``"24h"``, ``"7d"`` or ``"90m"``.
    ///
    /// Returns
    /// -------
    /// datetime.datetime
    ///     What the clock shows then.
    fn advance(&self, py: Python<'_>, by: &Bound<'_, PyAny>) -> PyResult<DateTime<Utc>> {
        let by = duration("advance", "by", by)?;
        let clock = self.with(py, vobiz_sandbox::Sandbox::clock)?;
        py.detach(|| clock.advance(by));
        Ok(clock.now())
    }

    /// Set a customer's wallet, or the partner's own, by an adjustment in the ledger.
    ///
    /// Parameters
    /// ----------
    /// auth_id : str
    ///     Whose wallet.
    /// balance : str, int or decimal.Decimal
    ///     What will be in it.
    fn set_wallet(&self, py: Python<'_>, auth_id: &str, balance: &Bound<'_, PyAny>) -> PyResult<()> {
        let balance = amount("set wallet", "balance", balance)?;
        self.with(py, |sandbox| sandbox.set_wallet(auth_id, balance))?
            .map_err(|error| refuse(py, ErrorKind::Invalid, "set wallet", &format!("{error:#}")))
    }

    /// Stop serving. Closing twice is fine.
    fn close(&self, py: Python<'_>) {
        py.detach(|| drop(self.held().take()));
    }

    fn __repr__(&self) -> String {
        match self.held().get() {
            Some(sandbox) => format!("<Sandbox {}, {}>", sandbox.url(), sandbox.clock().now().format("%Y-%m-%d %H:%M UTC")),
            None => "<Sandbox, closed>".to_owned(),
        }
    }
}

impl Sandbox {
    fn held(&self) -> MutexGuard<'_, OfProcess<vobiz_sandbox::Sandbox>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T: Send>(&self, py: Python<'_>, read: impl FnOnce(&vobiz_sandbox::Sandbox) -> T + Send) -> PyResult<T> {
        let (read, foreign) = py.detach(|| {
            let held = self.held();
            (held.get().map(read), held.is_foreign())
        });
        let why = if foreign { "it belongs to the process that forked this one" } else { "it is closed" };
        read.ok_or_else(|| refuse(py, ErrorKind::Invalid, "use sandbox", &format!("{why}; start another one")))
    }
}
