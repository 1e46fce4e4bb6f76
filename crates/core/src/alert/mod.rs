//! Alert decisions: pure functions of what was observed, the state before, and the time.
//!
//! [`evaluate`] takes a [`Policy`], an [`Observation`], the [`State`] left by the evaluation before and
//! the time, and gives the next state with the transitions on the way to it. It looks at what *is*, so
//! that nothing depends on having seen a change happen. A value that could not be read neither fires
//! nor resolves anything.
//!
//! ```
//! use chrono::{TimeDelta, Utc};
//! use vobiz_core::alert::{Change, Observation, Policy, State, Subject, evaluate};
//! use vobiz_core::forecast::Forecasts;
//!
//! let policy = Policy::default(); // without forecasts: customer.balance below 2000 and 500, for two polls
//! let (now, mut state) = (Utc::now(), State::default());
//! let low = Subject::new("MA_X", "Sharma Logistics").with_balance("412".parse()?).with_currency("INR");
//! let first = evaluate(&policy, &Observation::complete(now, vec![low.clone()]), &Forecasts::none(), &state, now);
//! assert!(first.transitions.is_empty(), "held for one poll only");
//! state = first.state;
//!
//! let later = now + TimeDelta::minutes(5);
//! let second = evaluate(&policy, &Observation::complete(later, vec![low]), &Forecasts::none(), &state, later);
//! assert_eq!(second.transitions[0].change, Change::Fire);
//! assert_eq!(second.transitions[0].reason(), "412 is under the critical level of 500, seen in 2 polls");
//! # Ok::<(), rust_decimal::Error>(())
//! ```

mod bounds;
mod data_health;
mod decide;
mod doubt;
mod error;
mod evaluate;
mod explain;
mod file;
#[cfg(test)]
mod file_tests;
mod level;
#[cfg(test)]
mod level_change_tests;
mod metric;
#[cfg(test)]
mod metric_tests;
mod no_data;
mod notify;
#[cfg(test)]
mod notify_tests;
mod pass;
mod policy;
mod reading;
mod reminder;
#[cfg(test)]
mod reminder_tests;
mod roster;
mod rule;
#[cfg(test)]
mod runway_tests;
mod scope;
mod state;
mod streak;
#[cfg(test)]
mod tests;
mod transition;
mod wants;
#[cfg(test)]
mod wants_tests;

pub use data_health::{DataHealth, DataHealthChange};
pub use doubt::Doubt;
pub use error::RuleError;
pub(crate) use evaluate::replay;
pub use evaluate::{Evaluation, evaluate, evaluate_once};
pub use level::{Direction, Levels, Recover, Repeat, Severity};
pub use metric::{Metric, Unit};
pub use no_data::{NoData, NoDataReason};
pub use notify::{ChatSettings, Content, Deferred, Notification, Occasion, QuietHours, notify};
pub use policy::Policy;
pub use reading::Basis;
pub use roster::Roster;
pub use rule::{Rule, RuleDraft};
pub use scope::{Billing, Scope};
pub use state::{Alert, AlertKey, Cause, Firing, Snooze, State, StoredError, Until};
pub use streak::{Hold, Streak};
pub use transition::{Change, Transition};
pub use wants::Wants;

pub use crate::observation::{CallDay, Listing, Observation, Subject, SubjectId, Unread, Wallet};
