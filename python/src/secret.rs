//! Credentials that customers get.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use secrecy::ExposeSecret as _;
use vobiz_core::SecretString;

/// A credential that only `reveal` shows: not `repr`, not a pickle.
///
/// Examples
/// --------
/// >>> created.auth_token
/// Secret(…)
/// >>> created.auth_token.reveal()  # doctest: +SKIP
#[pyclass(frozen, module = "vobiz_partner")]
pub(crate) struct Secret(SecretString);

impl Secret {
    pub(crate) fn held(secret: Option<&SecretString>) -> Option<Self> {
        secret.cloned().map(Self)
    }
}

#[pymethods]
impl Secret {
    /// Return the credential itself.
    ///
    /// Returns
    /// -------
    /// str
    fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    #[expect(clippy::unused_self, reason = "nothing of it is shown")]
    fn __repr__(&self) -> &'static str {
        "Secret(…)"
    }

    #[expect(clippy::unused_self, reason = "nothing of it is stored")]
    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Secret is not pickled: a pickle is copied, stored and sent"))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}
