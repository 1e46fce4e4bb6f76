#![doc = include_str!("../README.md")]

#[cfg(feature = "alerts")]
pub mod alert;
mod api;
#[cfg(feature = "alerts")]
pub mod billing;
mod client;
mod error;
#[cfg(feature = "alerts")]
pub mod forecast;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "alerts")]
pub mod history;
pub mod money;
#[cfg(feature = "alerts")]
mod observation;
#[cfg(feature = "alerts")]
pub mod settings;
pub mod time;

pub use api::{accounts, capacity, cdrs, create, dashboard, kyc, numbers, profile, top, transactions, transfer};
pub use client::address::{base_address, is_loopback};
pub use client::answer::Answer;
pub use client::builder::{ClientBuilder, DEFAULT_BASE_URL, DEFAULT_CONCURRENCY};
pub use client::client::PartnerClient;
pub use client::credentials;
pub use client::list::Chunk;
pub use client::network::http_client;
pub use client::oddity::Oddity;
pub use client::pace::{DEFAULT_BURST, DEFAULT_RATE, Wait};
pub use client::page::Page;
pub use client::retry::RetryPolicy;
pub use client::sweep::Sweep;
pub use error::{Error, ErrorKind, Result, root_cause};
pub use rust_decimal::{self, Decimal};
pub use secrecy::SecretString;
pub use time::DateRange;

/// Compiles the example of the project's own README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct ProjectReadme;
