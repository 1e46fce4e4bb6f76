//! The client that waits.

use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyType};
use serde_json::Value;
use vobiz_core::{ClientBuilder, DEFAULT_BASE_URL, ErrorKind, PartnerClient, RetryPolicy};

use crate::accounts::{Account, Accounts, Wallet};
use crate::arguments::days;
use crate::error::{raise, refuse};
use crate::profile::Profile;
use crate::report::Report;
use crate::runtime::wait;

const BUILD: &str = "build client";

/// A client of the Partner API whose calls wait for the answer.
///
/// Other Python threads run while a call waits, Ctrl-C and Jupyter's stop button end it, and it works inside a running
/// event loop. It only reads.
///
/// Parameters
/// ----------
/// auth_id : str
///     The partner's id, ``PA_…``.
/// auth_token : str
///     The partner's token. It is never shown again: not in `repr`, in errors or in logs.
/// base_url : str, optional
///     Where calls go; by default the public service.
/// timeout : float, optional
///     Longest time for one attempt, in seconds (30 by default).
/// attempts : int, optional
///     How often a read is tried while the service fails or cannot be reached (4 by default).
///
/// Examples
/// --------
/// >>> client = vobiz.Client.from_env()
/// >>> client.dashboard().total_balance  # doctest: +SKIP
/// Decimal('1003058.82000')
#[pyclass(frozen, module = "vobiz_partner")]
#[derive(Debug)]
pub(crate) struct Client(pub(crate) PartnerClient);

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (auth_id = None, auth_token = None, *, base_url = None, timeout = None, attempts = None))]
    fn new(
        py: Python<'_>,
        auth_id: Option<String>,
        auth_token: Option<String>,
        base_url: Option<String>,
        timeout: Option<f64>,
        attempts: Option<u32>,
    ) -> PyResult<Self> {
        with_credentials(py, auth_id, auth_token, base_url, timeout, attempts).map(Self)
    }

    /// Build a client from the environment.
    ///
    /// Reads ``VOBIZ_AUTH_ID``, ``VOBIZ_AUTH_TOKEN`` (or ``VOBIZ_AUTH_TOKEN_FILE``, the path of a file that holds the
    /// token) and, where set, ``VOBIZ_BASE_URL``.
    ///
    /// Raises
    /// ------
    /// ConfigError
    ///     Where one of them is missing; the text says which.
    #[classmethod]
    #[pyo3(signature = (*, timeout = None, attempts = None))]
    fn from_env(class: &Bound<'_, PyType>, timeout: Option<f64>, attempts: Option<u32>) -> PyResult<Self> {
        from_environment(class.py(), timeout, attempts).map(Self)
    }

    /// Where calls go.
    #[getter]
    fn base_url(&self) -> &str {
        self.0.base_url()
    }

    /// Read the partner's own profile and wallet.
    ///
    /// Returns
    /// -------
    /// Profile
    ///     Identity, wallet (``balance``) and capability flags.
    fn me(&self, py: Python<'_>) -> PyResult<Profile> {
        wait(py, self.0.me()).map(Profile::from)
    }

    /// Read the report over the service's default window; ``report.period`` says which that was.
    ///
    /// Returns
    /// -------
    /// Report
    fn dashboard(&self, py: Python<'_>) -> PyResult<Report> {
        wait(py, self.0.dashboard()).map(Report::from)
    }

    /// Read the report over a window of days.
    ///
    /// Parameters
    /// ----------
    /// from_date, to_date : datetime.date or str, optional
    ///     First and last day; text is written ``"2026-04-30"``. Left out, the service takes its last 30 days.
    ///
    /// Returns
    /// -------
    /// Report
    ///
    /// Raises
    /// ------
    /// InvalidArgumentError
    ///     For a day that does not exist, or a first day after the last. Nothing is sent then.
    #[pyo3(signature = (from_date = None, to_date = None))]
    fn analytics(
        &self,
        py: Python<'_>,
        from_date: Option<&Bound<'_, PyAny>>,
        to_date: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Report> {
        let days = days("read analytics", from_date, to_date)?;
        wait(py, self.0.analytics(days)).map(Report::from)
    }

    /// Read every customer with its wallet, page by page.
    ///
    /// Parameters
    /// ----------
    /// search : str, optional
    ///     Keeps customers whose name or e-mail address contains it.
    ///
    /// Returns
    /// -------
    /// Accounts
    ///
    /// Raises
    /// ------
    /// IncompleteError
    ///     Where the list ended early twice; its ``rows`` are those that were read.
    #[pyo3(signature = (search = None))]
    fn accounts(&self, py: Python<'_>, search: Option<String>) -> PyResult<Accounts> {
        wait(py, listed(&self.0, search).all()).map(Accounts::from)
    }

    /// Read one customer.
    ///
    /// Parameters
    /// ----------
    /// auth_id : str
    ///     The customer's id, ``MA_…``.
    ///
    /// Returns
    /// -------
    /// Account
    fn account(&self, py: Python<'_>, auth_id: &str) -> PyResult<Account> {
        wait(py, self.0.account(auth_id)).map(Account::from)
    }

    /// Read one wallet, as it is at this moment.
    ///
    /// Parameters
    /// ----------
    /// auth_id : str
    ///     The customer's id, ``MA_…``.
    ///
    /// Returns
    /// -------
    /// Wallet
    fn balance(&self, py: Python<'_>, auth_id: &str) -> PyResult<Wallet> {
        wait(py, self.0.balance(auth_id)).map(Wallet::from)
    }

    /// Read something that has no method of its own.
    ///
    /// Parameters
    /// ----------
    /// path : str
    ///     Relative to the base address, such as ``"concurrency/transfers"``.
    /// **query
    ///     What to ask with; ``None`` is left out.
    ///
    /// Returns
    /// -------
    /// object
    ///     The JSON as dictionaries and lists, numbers with a point as ``Decimal``. Customers' tokens are taken out.
    #[pyo3(signature = (path, /, **query))]
    fn get<'py>(&self, py: Python<'py>, path: &str, query: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let query = asked(query)?;
        let pairs: Vec<(&str, &str)> = query.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let found = wait(py, self.0.get(path, &pairs))?;
        plain(py, found)
    }

    fn __repr__(&self) -> String {
        format!("Client(base_url='{}')", self.0.base_url())
    }

    /// Pickles are copied, stored and sent; a credential is not.
    fn __reduce__(slf: &Bound<'_, Self>) -> PyResult<()> {
        let class = slf.get_type();
        let name = class.name()?;
        Err(PyTypeError::new_err(format!(
            "a {name} holds a credential and is not pickled; build one there with {name}.from_env()"
        )))
    }
}

/// Checks the credentials by name, so that the error says which argument or variable is missing.
pub(crate) fn with_credentials(
    py: Python<'_>,
    auth_id: Option<String>,
    auth_token: Option<String>,
    base_url: Option<String>,
    timeout: Option<f64>,
    attempts: Option<u32>,
) -> PyResult<PartnerClient> {
    let given = |value: Option<String>, argument: &str, variable: &str| {
        value.filter(|text| !text.trim().is_empty()).ok_or_else(|| {
            let detail = format!("{argument} is missing; pass {argument}=…, or set {variable} and use Client.from_env()");
            refuse(py, ErrorKind::Config, BUILD, &detail)
        })
    };
    let auth_id = given(auth_id, "auth_id", "VOBIZ_AUTH_ID")?;
    let auth_token = given(auth_token, "auth_token", "VOBIZ_AUTH_TOKEN")?;
    let builder = PartnerClient::builder(auth_id, auth_token).base_url(base_url.unwrap_or_else(|| DEFAULT_BASE_URL.to_owned()));
    built(py, builder, timeout, attempts)
}

pub(crate) fn from_environment(py: Python<'_>, timeout: Option<f64>, attempts: Option<u32>) -> PyResult<PartnerClient> {
    built(py, ClientBuilder::from_env().map_err(|error| raise(py, &error))?, timeout, attempts)
}

fn built(py: Python<'_>, builder: ClientBuilder, timeout: Option<f64>, attempts: Option<u32>) -> PyResult<PartnerClient> {
    let mut builder = builder;
    if let Some(seconds) = timeout {
        let timeout = Duration::try_from_secs_f64(seconds).ok().filter(|timeout| !timeout.is_zero());
        builder = builder
            .timeout(timeout.ok_or_else(|| refuse(py, ErrorKind::Config, BUILD, "timeout is a number of seconds above zero"))?);
    }
    if let Some(attempts) = attempts {
        if attempts == 0 {
            return Err(refuse(py, ErrorKind::Config, BUILD, "attempts counts the first one too: 1 or more"));
        }
        let mut policy = RetryPolicy::default();
        policy.attempts = attempts;
        builder = builder.retry(policy);
    }
    builder.build().map_err(|error| raise(py, &error))
}

/// The list of customers, searched or whole.
pub(crate) fn listed(client: &PartnerClient, search: Option<String>) -> vobiz_core::accounts::Accounts {
    match search {
        Some(text) => client.accounts().search(text),
        None => client.accounts(),
    }
}

/// Query parameters as text; `None` is left out.
pub(crate) fn asked(query: Option<&Bound<'_, PyDict>>) -> PyResult<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for (key, value) in query.into_iter().flatten().filter(|(_, value)| !value.is_none()) {
        let text = match value.cast::<PyBool>() {
            Ok(flag) => flag.is_true().to_string(),
            Err(_) => value.str()?.extract()?,
        };
        pairs.push((key.extract()?, text));
    }
    Ok(pairs)
}

/// JSON as Python's own objects, its numbers exact and without the customers' tokens that account rows carry.
pub(crate) fn plain(py: Python<'_>, mut found: Value) -> PyResult<Bound<'_, PyAny>> {
    drop_tokens(&mut found);
    let exact = PyDict::new(py);
    exact.set_item("parse_float", py.import("decimal")?.getattr("Decimal")?)?;
    py.import("json")?.call_method("loads", (found.to_string(),), Some(&exact))
}

fn drop_tokens(found: &mut Value) {
    match found {
        Value::Object(members) => {
            members.remove("auth_token");
            members.values_mut().for_each(drop_tokens);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_tokens),
        _ => {}
    }
}
