//! The extension module `vobiz_partner._core`.
//!
//! It translates and decides nothing: calls and models come from `vobiz-core`, exceptions and the
//! looks of a notebook cell are plain Python beside it.

#![expect(clippy::doc_markdown, clippy::doc_link_with_quotes, reason = "doc comments here are numpydoc, shown by Python")]
#![expect(clippy::wrong_self_convention, reason = "`from_date` is a field of the service's, not a conversion")]

mod accounts;
mod aio;
mod arguments;
mod arrow;
mod client;
mod error;
mod figures;
mod model;
mod money;
mod profile;
mod report;
mod runtime;
mod sandbox;
mod table;

use pyo3::prelude::*;

/// The Rust side of `vobiz_partner`; import that instead.
#[pymodule]
mod _core {
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's own name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
    #[pymodule_export]
    use crate::accounts::{Account, Accounts, PricingTier, Wallet};
    #[pymodule_export]
    use crate::aio::AsyncCalls;
    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::figures::{CallFigures, DayFigures, Period, TimeSeries, Traffic};
    #[pymodule_export]
    use crate::money::{currency_sign, format_money};
    #[pymodule_export]
    use crate::profile::Profile;
    #[pymodule_export]
    use crate::report::{Report, ReportAccounts, ReportCustomer, ReportCustomers, TopCustomer, TopCustomers};
    #[pymodule_export]
    use crate::sandbox::Sandbox;
}
