//! Mechanisms that every call shares: credentials, pace, repeats, decoding, pages, and the naming of errors.

pub(crate) mod address;
pub(crate) mod answer;
pub(crate) mod builder;
pub(crate) mod call;
#[expect(clippy::module_inception, reason = "the client itself, beside what it is made of")]
pub(crate) mod client;
pub mod credentials;
pub(crate) mod decode;
pub(crate) mod envelope;
pub(crate) mod exchange;
#[cfg(test)]
pub(crate) mod fake;
pub(crate) mod field;
pub(crate) mod found;
pub(crate) mod inner;
pub(crate) mod list;
pub(crate) mod mend;
pub(crate) mod model;
pub(crate) mod network;
pub(crate) mod oddity;
pub(crate) mod pace;
pub(crate) mod page;
pub(crate) mod refusal;
pub(crate) mod retry;
pub(crate) mod scalar;
pub(crate) mod seen;
pub(crate) mod sweep;
pub(crate) mod walk;
pub(crate) mod windows;
pub(crate) mod wire;
