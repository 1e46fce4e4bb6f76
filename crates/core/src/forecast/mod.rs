//! How long a wallet lasts, from what it spent before.

mod ahead;
mod business;
mod chance;
mod fees;
mod fleet;
mod forecaster;
mod profile;
mod runway;
#[cfg(test)]
mod tests;
mod week;

pub use business::Business;
pub use fees::Every;
pub use fleet::Fleet;
pub(crate) use forecaster::Cautious;
pub use forecaster::{Forecaster, Forecasts};
pub use profile::Profile;
pub use runway::{Runway, Span};
