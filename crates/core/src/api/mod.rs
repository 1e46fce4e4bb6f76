//! The resources of the Partner API: a file for each, with its types and its calls.

pub mod accounts;
mod call_status;
pub mod capacity;
pub mod cdrs;
pub mod create;
pub mod dashboard;
pub mod kyc;
pub mod numbers;
pub mod profile;
pub mod top;
pub mod transactions;
pub mod transfer;
