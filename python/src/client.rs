//! The client behind `vobiz_partner.Client` and `vobiz_partner.AsyncClient`: its settings, and the calls it makes.

use std::future::Future;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict};
use vobiz_core::{Answer as Reply, ClientBuilder, DEFAULT_BASE_URL, ErrorKind, PartnerClient, RetryPolicy};

use crate::call::{Answer, Call};
use crate::columns::{Columns, Row};
use crate::error::{failure, raise, refuse};
use crate::json::plain;
use crate::record::{Record, about, object};
use crate::runtime::{OfProcess, let_go};

const BUILD: &str = "build client";

/// A client of the core, made anew in a child of `fork`: the parent's connections are not the child's.
#[pyclass(frozen, module = "vobiz_partner._core")]
#[derive(Debug)]
pub(crate) struct Core {
    builder: ClientBuilder,
    held: Mutex<Held>,
}

#[derive(Debug)]
enum Held {
    Open(OfProcess<PartnerClient>),
    Closed,
}

impl Core {
    pub(crate) fn build(py: Python<'_>, builder: ClientBuilder) -> PyResult<Self> {
        let client = builder.clone().build().map_err(|error| raise(py, &error))?;
        Ok(Self { builder, held: Mutex::new(Held::Open(OfProcess::new(client))) })
    }

    /// The core's client of this process. The lock is held with the GIL, so that no child inherits it locked.
    pub(crate) fn client(&self, py: Python<'_>, operation: &str) -> PyResult<PartnerClient> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let Held::Open(open) = &mut *held else {
            return Err(failure(py, operation, "the client is closed; build another one"));
        };
        if let Some(client) = open.get() {
            return Ok(client.clone());
        }
        let client = self.builder.clone().build().map_err(|error| raise(py, &error))?;
        *open = OfProcess::new(client.clone());
        Ok(client)
    }

    /// A call that answers a single record.
    pub(crate) fn one<T, F>(
        &self,
        py: Python<'_>,
        operation: &'static str,
        make: impl FnOnce(PartnerClient) -> F,
    ) -> PyResult<Call>
    where
        T: Record + Send + 'static,
        F: Future<Output = vobiz_core::Result<Reply<T>>> + Send + 'static,
    {
        self.call(py, operation, make, |py, reply: Reply<T>| object(py, about(&reply, reply.record(py)?)?))
    }

    /// A call that answers a single row, as a table of it.
    pub(crate) fn row<T, F>(
        &self,
        py: Python<'_>,
        operation: &'static str,
        make: impl FnOnce(PartnerClient) -> F,
    ) -> PyResult<Call>
    where
        T: Row,
        F: Future<Output = vobiz_core::Result<Reply<T>>> + Send + 'static,
    {
        self.call(py, operation, make, |py, reply: Reply<T>| {
            let found = about(&reply, PyDict::new(py))?;
            found.set_item("rows", Columns::of(&[reply.into_inner()])?)?;
            object(py, found)
        })
    }

    /// A call whose result `give` makes into Python objects.
    pub(crate) fn call<T, F>(
        &self,
        py: Python<'_>,
        operation: &'static str,
        make: impl FnOnce(PartnerClient) -> F,
        give: impl FnOnce(Python<'_>, T) -> PyResult<Py<PyAny>> + Send + 'static,
    ) -> PyResult<Call>
    where
        T: Send + 'static,
        F: Future<Output = vobiz_core::Result<T>> + Send + 'static,
    {
        let work = make(self.client(py, operation)?);
        Ok(Call::new(operation, async move {
            let done = work.await;
            Box::new(move |py: Python<'_>| done.map_err(|error| raise(py, &error)).and_then(|value| give(py, value))) as Answer
        }))
    }
}

#[pymethods]
impl Core {
    #[new]
    #[pyo3(signature = (auth_id, auth_token, base_url, settings, /))]
    fn new(
        py: Python<'_>,
        auth_id: Option<String>,
        auth_token: Option<String>,
        base_url: Option<String>,
        settings: &Settings,
    ) -> PyResult<Self> {
        let given = |value: Option<String>, argument: &str, variable: &str| {
            value.filter(|text| !text.trim().is_empty()).ok_or_else(|| {
                let detail = format!("{argument} is missing; pass {argument}=…, or set {variable} and use Client.from_env()");
                refuse(py, ErrorKind::Config, BUILD, &detail)
            })
        };
        let auth_id = given(auth_id, "auth_id", "VOBIZ_AUTH_ID")?;
        let auth_token = given(auth_token, "auth_token", "VOBIZ_AUTH_TOKEN")?;
        let builder =
            PartnerClient::builder(auth_id, auth_token).base_url(base_url.unwrap_or_else(|| DEFAULT_BASE_URL.to_owned()));
        Self::build(py, settings.apply(builder))
    }

    /// A client whose credentials and address the environment holds.
    #[staticmethod]
    fn from_env(py: Python<'_>, settings: &Settings) -> PyResult<Self> {
        let builder = ClientBuilder::from_env().map_err(|error| raise(py, &error))?;
        Self::build(py, settings.apply(builder))
    }

    /// Where calls go.
    #[getter]
    fn base_url(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.client(py, BUILD)?.base_url().to_owned())
    }

    /// Let go of the connections. Calls under way end as they would have; later ones are refused.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Held::Closed;
        let_go(py)
    }
}

/// How a client behaves, checked.
#[pyclass(frozen, module = "vobiz_partner._core")]
#[derive(Debug)]
pub(crate) struct Settings {
    timeout: Duration,
    retry: RetryPolicy,
    rate: (u32, u32),
    concurrency: usize,
    may_change: bool,
    strict: bool,
    ca_file: Option<PathBuf>,
    user_agent: Option<String>,
}

#[pymethods]
impl Settings {
    #[new]
    #[pyo3(signature = (*, timeout, deadline, attempts, requests_per_second, burst, concurrency, read_only, strict, ca_file, user_agent))]
    #[expect(clippy::too_many_arguments, reason = "one for each setting, by name")]
    fn new(
        py: Python<'_>,
        timeout: &Bound<'_, PyAny>,
        deadline: &Bound<'_, PyAny>,
        attempts: &Bound<'_, PyAny>,
        requests_per_second: &Bound<'_, PyAny>,
        burst: &Bound<'_, PyAny>,
        concurrency: &Bound<'_, PyAny>,
        read_only: bool,
        strict: bool,
        ca_file: Option<PathBuf>,
        user_agent: Option<String>,
    ) -> PyResult<Self> {
        let mut retry = RetryPolicy::default();
        retry.deadline = seconds("deadline", deadline)?;
        retry.attempts = whole("attempts", attempts, 1, "counts the first one too: 1 or more")?;
        let requests = whole("requests_per_second", requests_per_second, 0, "is a whole number, 0 for no limit")?;
        let burst = whole("burst", burst, 1, "is how many requests may leave at once: 1 or more")?;
        let concurrency = whole("concurrency", concurrency, 1, "is how many requests may be under way at once: 1 or more")?;
        let concurrency =
            usize::try_from(concurrency).map_err(|_| refuse(py, ErrorKind::Config, BUILD, "concurrency is too large"))?;
        let timeout = seconds("timeout", timeout)?;
        Ok(Self { timeout, retry, rate: (requests, burst), concurrency, may_change: !read_only, strict, ca_file, user_agent })
    }
}

impl Settings {
    fn apply(&self, builder: ClientBuilder) -> ClientBuilder {
        let mut builder =
            builder.timeout(self.timeout).retry(self.retry).rate(self.rate.0, self.rate.1).concurrency(self.concurrency);
        if let Some(path) = &self.ca_file {
            builder = builder.ca_file(path);
        }
        if let Some(name) = &self.user_agent {
            builder = builder.user_agent(name);
        }
        if self.strict {
            builder = builder.strict();
        }
        if self.may_change { builder.allow_changes() } else { builder }
    }
}

fn seconds(name: &str, given: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let number = if given.is_instance_of::<PyBool>() { None } else { given.extract::<f64>().ok() };
    let Some(number) = number else {
        let kind = given.get_type().name()?;
        return Err(PyTypeError::new_err(format!("{BUILD}: {name} is a number of seconds, such as 30, not {kind}")));
    };
    let length = Duration::try_from_secs_f64(number).ok().filter(|length| !length.is_zero());
    length.ok_or_else(|| refuse(given.py(), ErrorKind::Config, BUILD, &format!("{name} is a number of seconds above zero")))
}

fn whole(name: &str, given: &Bound<'_, PyAny>, least: u32, what: &str) -> PyResult<u32> {
    let kind = given.get_type().name()?;
    if given.is_instance_of::<PyBool>() || !given.hasattr("__index__")? {
        return Err(PyTypeError::new_err(format!("{BUILD}: {name} {what}; not {kind}")));
    }
    let number = given.extract::<u32>().ok().filter(|number| *number >= least);
    number.ok_or_else(|| refuse(given.py(), ErrorKind::Config, BUILD, &format!("{name} {what}")))
}

/// Read something that has no method of its own, as dictionaries and lists.
#[pyfunction]
pub(crate) fn get(py: Python<'_>, core: &Core, path: String, query: &Bound<'_, PyDict>) -> PyResult<Call> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (key, value) in query.iter().filter(|(_, value)| !value.is_none()) {
        let text = match value.cast::<PyBool>() {
            Ok(flag) => flag.is_true().to_string(),
            Err(_) => value.str()?.extract()?,
        };
        pairs.push((key.extract()?, text));
    }
    let ask = |client: PartnerClient| async move {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        client.get(&path, &pairs).await
    };
    core.call(py, "get", ask, |py, found| plain(py, found).map(Bound::unbind))
}
