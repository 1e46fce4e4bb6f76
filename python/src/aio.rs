//! The calls that do not wait, over the same futures.

use std::future::Future;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use pyo3_async_runtimes::tokio::future_into_py;
use vobiz_core::PartnerClient;

use crate::accounts::{Account, Accounts, Wallet};
use crate::arguments::days;
use crate::client::{asked, from_environment, listed, plain, with_credentials};
use crate::error::raise;
use crate::profile::Profile;
use crate::report::Report;

/// The calls of `vobiz_partner.AsyncClient`, each an awaitable of the loop that runs. Its coroutines are plain Python.
#[pyclass(frozen, name = "_AsyncCalls", module = "vobiz_partner._core")]
#[derive(Debug)]
pub(crate) struct AsyncCalls(pub(crate) PartnerClient);

#[pymethods]
impl AsyncCalls {
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

    #[classmethod]
    #[pyo3(signature = (*, timeout = None, attempts = None))]
    fn from_env(class: &Bound<'_, PyType>, timeout: Option<f64>, attempts: Option<u32>) -> PyResult<Self> {
        from_environment(class.py(), timeout, attempts).map(Self)
    }

    #[getter]
    fn base_url(&self) -> &str {
        self.0.base_url()
    }

    fn me<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let client = self.0.clone();
        coroutine::<_, Profile, _>(py, async move { client.me().await })
    }

    fn dashboard<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let client = self.0.clone();
        coroutine::<_, Report, _>(py, async move { client.dashboard().await })
    }

    #[pyo3(signature = (from_date = None, to_date = None))]
    fn analytics<'py>(
        &self,
        py: Python<'py>,
        from_date: Option<&Bound<'py, PyAny>>,
        to_date: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let client = self.0.clone();
        let days = days("read analytics", from_date, to_date)?;
        coroutine::<_, Report, _>(py, async move { client.analytics(days).await })
    }

    #[pyo3(signature = (search = None))]
    fn accounts<'py>(&self, py: Python<'py>, search: Option<String>) -> PyResult<Bound<'py, PyAny>> {
        coroutine::<_, Accounts, _>(py, listed(&self.0, search).all())
    }

    fn account<'py>(&self, py: Python<'py>, auth_id: String) -> PyResult<Bound<'py, PyAny>> {
        let client = self.0.clone();
        coroutine::<_, Account, _>(py, async move { client.account(&auth_id).await })
    }

    fn balance<'py>(&self, py: Python<'py>, auth_id: String) -> PyResult<Bound<'py, PyAny>> {
        let client = self.0.clone();
        coroutine::<_, Wallet, _>(py, async move { client.balance(&auth_id).await })
    }

    #[pyo3(signature = (path, /, **query))]
    fn get<'py>(&self, py: Python<'py>, path: String, query: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let client = self.0.clone();
        let query = asked(query)?;
        future_into_py(py, async move {
            let pairs: Vec<(&str, &str)> = query.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            let found = client.get(&path, &pairs).await;
            Python::attach(|py| match found {
                Ok(found) => plain(py, found).map(Bound::unbind),
                Err(error) => Err(raise(py, &error)),
            })
        })
    }
}

/// A core future as an awaitable of the running event loop.
fn coroutine<'py, T, P, F>(py: Python<'py>, work: F) -> PyResult<Bound<'py, PyAny>>
where
    T: Send + 'static,
    P: From<T> + for<'any> IntoPyObject<'any> + Send + 'static,
    F: Future<Output = vobiz_core::Result<T>> + Send + 'static,
{
    future_into_py(py, async move { work.await.map(P::from).map_err(|error| Python::attach(|py| raise(py, &error))) })
}
