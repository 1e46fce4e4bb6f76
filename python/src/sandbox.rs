//! A Partner API inside the process, so that every example runs without credentials.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use pyo3::prelude::*;
use vobiz_core::{ErrorKind, PartnerClient};
use vobiz_sandbox::Options;

use crate::arguments::{amount, duration};
use crate::client::Client;
use crate::error::{raise, refuse};
use crate::runtime::finish;

/// A Partner API inside this process, with customers, wallets and calls that belong together.
///
/// It listens on this machine alone, on a free port, and its clock stands still until it is turned. Use it in a ``with``
/// block, or call `close`.
///
/// Parameters
/// ----------
/// customers : int, optional
///     How many customers there are (40 by default).
/// seed : int, optional
///     What everything random comes from: the same seed, the same world (7 by default).
/// payloads : path, optional
///     A folder of recorded answers to serve instead of a world.
/// replace : dict, optional
///     Recorded answers in the place of others, as in ``{"dashboard": "dashboard_flat"}``.
/// start : datetime.datetime, optional
///     Where the clock starts; aware.
///
/// Examples
/// --------
/// >>> with vobiz.Sandbox(customers=40, seed=7) as sandbox:
/// ...     low = sandbox.client().accounts().below("500")
#[pyclass(frozen, module = "vobiz_partner")]
#[derive(Debug)]
pub(crate) struct Sandbox(Mutex<Option<vobiz_sandbox::Sandbox>>);

#[pymethods]
impl Sandbox {
    #[new]
    #[pyo3(signature = (customers = 40, seed = 7, *, payloads = None, replace = None, start = None))]
    fn new(
        py: Python<'_>,
        customers: usize,
        seed: u64,
        payloads: Option<PathBuf>,
        replace: Option<std::collections::BTreeMap<String, String>>,
        start: Option<DateTime<Utc>>,
    ) -> PyResult<Self> {
        let replace = replace.into_iter().flatten().collect();
        let options = Options { customers, seed, payloads, replace, start, ..Options::default() };
        match finish(py, vobiz_sandbox::Sandbox::start(options))? {
            Ok(sandbox) => Ok(Self(Mutex::new(Some(sandbox)))),
            Err(error) => Err(refuse(py, ErrorKind::Invalid, "start sandbox", &format!("{error:#}"))),
        }
    }

    /// Build a client of this sandbox.
    ///
    /// Returns
    /// -------
    /// Client
    fn client(&self, py: Python<'_>) -> PyResult<Client> {
        let builder = self.with(py, |sandbox| {
            PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token()).base_url(sandbox.base_url()).rate(0, 1)
        })?;
        builder.build().map(Client).map_err(|error| raise(py, &error))
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
    ///     What is to be in it.
    fn set_wallet(&self, py: Python<'_>, auth_id: &str, balance: &Bound<'_, PyAny>) -> PyResult<()> {
        let balance = amount("set wallet", "balance", balance)?;
        self.with(py, |sandbox| sandbox.set_wallet(auth_id, balance))?
            .map_err(|error| refuse(py, ErrorKind::Invalid, "set wallet", &format!("{error:#}")))
    }

    /// Stop serving. Closing twice is fine.
    fn close(&self, py: Python<'_>) {
        py.detach(|| drop(self.held().take()));
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_raised))]
    fn __exit__(&self, py: Python<'_>, _raised: &Bound<'_, pyo3::types::PyTuple>) {
        self.close(py);
    }

    fn __repr__(&self) -> String {
        match &*self.held() {
            Some(sandbox) => format!("<Sandbox {}, {}>", sandbox.url(), sandbox.clock().now().format("%Y-%m-%d %H:%M UTC")),
            None => "<Sandbox, closed>".to_owned(),
        }
    }
}

impl Sandbox {
    fn held(&self) -> MutexGuard<'_, Option<vobiz_sandbox::Sandbox>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T: Send>(&self, py: Python<'_>, read: impl FnOnce(&vobiz_sandbox::Sandbox) -> T + Send) -> PyResult<T> {
        let read = py.detach(|| self.held().as_ref().map(read));
        read.ok_or_else(|| refuse(py, ErrorKind::Invalid, "use sandbox", "it is closed; start another one"))
    }
}
