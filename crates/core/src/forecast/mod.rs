//! How long a wallet lasts, from what it spent before.
//!
//! # Method
//!
//! A [`Profile`] of at most a kibibyte is all that is remembered of a wallet. Each reading is compared with the one
//! before; what the wallet lost in between is spend. It updates
//!
//! - the mean spend of each hour of the week, drawn towards the wallet's own pattern of the day, and that towards the
//!   [`Fleet`]'s, the less the rarer the hour was seen;
//! - how the last days went against those means (a change of regime), and how today goes;
//! - the rate of the last two intervals: three times the usual in both, and far beyond the noise, is a burst;
//! - the noise of an hour, and how wrong the forecasts of earlier afternoons were by the next morning;
//! - fees that the ledger shows, which are due again a week or a month later.
//!
//! A [`Runway`] adds up the hours to come until the balance is used: as is likely, and a tenth of the cases to either
//! side, from a log-normal whose width is the profile's own error and noise.
//! Rules compare the [cautious](Runway::cautious) end: the time by which the chance to be empty outweighs the chance
//! that a word now is in vain, that is, that four fifths of the money are not used by the close of the next working day.
//!
//! # Assumptions and limits
//!
//! - A rise of the balance is money paid in, whoever paid it, and what was spent in that interval is not learned.
//!   An empty wallet cannot spend, so its hours are not learned as quiet ones.
//! - A drop of many hours' spend at once is believed when the next reading confirms it.
//! - Less than two days of readings, or no spend in them, is *unknown*, not a guess.
//! - Fees are foreseen from the ledger alone, and only once they were paid. Holidays are foreseen as working time
//!   ([`Business`]), not as quiet days: today's course shows them within hours.
//! - Rates are estimates in floating point and never become an amount: a balance is divided by them, not changed.

mod ahead;
mod burn;
#[cfg(test)]
mod burn_tests;
mod business;
mod chance;
mod coverage;
#[cfg(test)]
mod coverage_tests;
mod fees;
#[cfg(test)]
mod figures_tests;
mod fleet;
mod forecaster;
mod hours;
mod profile;
mod runway;
#[cfg(test)]
mod tests;
mod week;

pub use burn::Burn;
pub use business::Business;
pub use coverage::Coverage;
pub use fees::Every;
pub use fleet::Fleet;
pub(crate) use forecaster::Cautious;
pub use forecaster::{Forecaster, Forecasts};
pub use profile::Profile;
pub use runway::{Runway, Span};
