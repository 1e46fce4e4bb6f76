//! Every call of the Partner API over HTTP, a file per resource: against the sandbox's world, against recorded bodies, and
//! against bodies that contradict each other, each of which carries the number of its row (C1–C98).

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without ends it")]

mod access;
mod accounts;
mod capacity;
mod cdrs;
mod create;
mod documented;
mod errors;
mod failures;
mod kyc;
mod numbers;
mod odd;
mod once;
mod profile;
mod redirects;
mod reports;
mod slipping;
mod stand;
mod transactions;
mod transfer;
mod walks;
mod witness;
