//! The extension module `vobiz_partner._core`.
//!
//! It calls the core and holds tables; classes, exceptions and the looks of a notebook cell are plain Python beside it.

#![expect(clippy::doc_markdown, reason = "doc comments here are numpydoc, shown by Python")]
#![expect(clippy::wrong_self_convention, reason = "`from_date` is a field of the service's, not a conversion")]
#![expect(clippy::needless_pass_by_value, reason = "arguments of Python functions are taken by value")]

mod arguments;
mod call;
mod calls;
mod client;
mod columns;
mod ending;
mod error;
mod history;
mod json;
mod listing;
mod logs;
mod money;
mod record;
mod runtime;
mod sandbox;
mod secret;

use pyo3::prelude::*;

/// The Rust side of `vobiz_partner`; import that instead.
#[pymodule]
mod _core {
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's own name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
    #[pymodule_export]
    use crate::arguments::{Window, exact_day, unknown};
    #[pymodule_export]
    use crate::call::{Call, Outcomes, Running};
    #[pymodule_export]
    use crate::calls::accounts::{account, accounts, balance, create_account};
    #[pymodule_export]
    use crate::calls::capacity::{capacity, capacity_history, move_capacity};
    #[pymodule_export]
    use crate::calls::cdrs::{cdr, cdr_summary, cdrs};
    #[pymodule_export]
    use crate::calls::kinds_of;
    #[pymodule_export]
    use crate::calls::kyc::{create_kyc_session, kyc_session, kyc_sessions, resend_kyc_session, revoke_kyc_session};
    #[pymodule_export]
    use crate::calls::month::{ClosedMonth, answer_interval};
    #[pymodule_export]
    use crate::calls::month_read::{close_month, close_rows};
    #[pymodule_export]
    use crate::calls::numbers::numbers;
    #[pymodule_export]
    use crate::calls::reports::{analytics, dashboard, me, top_customers};
    #[pymodule_export]
    use crate::calls::transactions::{ledger_summary, transactions};
    #[pymodule_export]
    use crate::calls::transfers::{transfer, transfer_outcome};
    #[pymodule_export]
    use crate::client::{Core, Settings, get};
    #[pymodule_export]
    use crate::columns::Columns;
    #[pymodule_export]
    use crate::ending::{end, forked};
    #[pymodule_export]
    use crate::history::{History, explained, rules_of};
    #[pymodule_export]
    use crate::listing::{Batches, List};
    #[pymodule_export]
    use crate::logs::{log_calls, logged};
    #[pymodule_export]
    use crate::money::{currency_sign, exact, format_money};
    #[pymodule_export]
    use crate::sandbox::Sandbox;
    #[pymodule_export]
    use crate::secret::Secret;
}
