#![doc = include_str!("../README.md")]

pub mod accounts;
pub mod alert;
pub mod backtest;
mod builder;
mod call;
pub mod capacity;
pub mod cdrs;
mod client;
pub mod create;
pub mod dashboard;
mod dates;
mod envelope;
mod error;
#[cfg(test)]
mod fake;
pub mod forecast;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
pub mod history;
pub mod kyc;
pub mod money;
pub mod numbers;
mod pace;
mod page;
pub mod profile;
mod refusal;
mod retry;
mod scalar;
pub mod settings;
pub mod time;
pub mod top;
pub mod transactions;
pub mod transfer;
mod windows;
mod wire;

pub use builder::{ClientBuilder, DEFAULT_BASE_URL, DEFAULT_CONCURRENCY};
pub use client::PartnerClient;
pub use dates::DateRange;
pub use error::{Error, ErrorKind, Result};
pub use pace::{DEFAULT_BURST, DEFAULT_RATE};
pub use page::Page;
pub use retry::RetryPolicy;
pub use rust_decimal::{self, Decimal};
pub use secrecy::SecretString;

/// Compiles the example of the project's own README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct ProjectReadme;
