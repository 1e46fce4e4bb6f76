//! How long a wallet lasts, from what it spent before.
//!
//! # Method
//!
//! A [`Profile`] of at most a kibibyte is all that is remembered of a wallet. Each reading is compared with the one
//! before; what the wallet lost in between is spend. It updates
//!
//! - the mean spend of each hour of the week, drawn towards the wallet's own pattern of the day, and that towards the
//!   [`Fleet`]'s, the less the rarer the hour was seen;
//! - how the last days went against those means (a change of regime), and how today goes, as far as such hours predicted
//!   the next ones before;
//! - the rate of the last two intervals: three times the usual in both, and far beyond the noise, is a burst. A burst beyond
//!   all that the wallet did before is not learned, until it has gone on for hours;
//! - single steps: a fall far beyond those that the wallet knows, after which it stops. It is a fee, a bill or a theft, no
//!   spend on calls, and is expected again in a month, or in a week where one came a week before;
//! - the noise of an hour, and how wrong the forecasts of earlier afternoons were by the next morning;
//! - fees that the ledger shows or a phone number announces, which are due again a week or a month later.
//!
//! A [`Runway`] adds up the hours to come until the balance is used: as is likely, and a tenth of the cases to either
//! side, from a log-normal whose width is the profile's own error and noise.
//! Rules compare the [conservative](Runway::cautious) end: the time by which the chance to be empty outweighs the chance
//! of a false alarm, that is, that four fifths of the money are not used by the close of the next working day.
//! A rule in working hours leaves a wallet that lasts until work begins pending until half an hour before.
//!
//! # Assumptions and limits
//!
//! - A rise of the balance is money paid in, and what was spent in that interval is not learned.
//!   An empty wallet cannot spend, so its hours are not learned as quiet ones; one that cannot pay for a call is empty.
//! - Less than two days of readings, or no spend in them, is *unknown*, not a guess.
//! - Holidays are expected as working time ([`Business`]), not as quiet days: today's course shows them within hours.
//! - Rates are estimates in floating point and never become an amount: a balance is divided by them, not changed. All of
//!   them are finite, whatever was read.

mod ahead;
mod average;
mod burn;
#[cfg(test)]
mod burn_tests;
mod business;
mod chance;
#[cfg(test)]
mod clock_change_tests;
mod conformal;
mod coverage;
#[cfg(test)]
mod coverage_tests;
mod estimate;
mod falls;
mod fees;
#[cfg(test)]
mod figures_tests;
mod fleet;
mod forecaster;
mod hours;
mod last_hour;
mod lately;
#[cfg(test)]
mod law_tests;
mod profile;
mod runway;
mod spend;
#[cfg(test)]
mod stored_tests;
#[cfg(test)]
mod tests;
mod week;

pub use burn::Burn;
pub use business::Business;
pub use conformal::RangeRecord;
pub use coverage::Coverage;
pub use estimate::Span;
pub use fees::Every;
pub use fleet::Fleet;
pub(crate) use forecaster::Cautious;
pub use forecaster::{Forecaster, Forecasts};
pub use last_hour::Step;
pub use profile::Profile;
pub use runway::{NextFee, Runway};
