//! What does not add up about the customers that were read, or about rules that watch none of them.

use std::collections::HashSet;
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::policy::Policy;
use super::rule::Rule;
use crate::observation::{Observation, Subject};

/// Balances of which none was updated for so long are old, whatever was read when.
const STALE_AFTER: TimeDelta = TimeDelta::hours(36);

/// Why a list of customers is not believed, or why a rule says nothing about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// The list promises another number of customers than it has.
    Promised {
        /// Its own `total`.
        promised: u64,
        /// Customers in it.
        listed: u64,
    },
    /// Another answer counts another number of customers.
    Counted {
        /// By the dashboard or the profile.
        counted: u64,
        /// Customers in the list.
        listed: u64,
    },
    /// The list is far shorter than the one before.
    Shrunk {
        /// Customers of the last list that was believed.
        before: u64,
        /// Customers in this one.
        listed: u64,
    },
    /// A rule names a customer that the list does not have.
    NoSuchCustomer {
        /// Name of the rule.
        rule: String,
        /// The id that it names.
        customer: String,
    },
    /// A rule watches none of the customers: its filters leave all of them out.
    NobodyWatched {
        /// Name of the rule.
        rule: String,
    },
    /// The service updated no balance for long.
    Stale {
        /// When it last updated one.
        updated_at: DateTime<Utc>,
    },
}

impl Doubt {
    /// Whether customers may exist that the list leaves out.
    pub(super) fn may_hide_customers(&self) -> bool {
        match self {
            Self::Promised { promised: expected, listed } | Self::Counted { counted: expected, listed } => expected > listed,
            Self::Shrunk { .. } => true,
            Self::NoSuchCustomer { .. } | Self::NobodyWatched { .. } | Self::Stale { .. } => false,
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Promised { promised, listed } => write!(f, "the list of customers promises {promised} and has {listed}"),
            Self::Counted { counted, listed } => {
                write!(f, "the API counts {counted} customers elsewhere, and its list has {listed}")
            }
            Self::Shrunk { before, listed } => {
                write!(
                    f,
                    "the list of customers has {listed}, and had {before} before; it is not believed until that is confirmed"
                )
            }
            Self::NoSuchCustomer { rule, customer } => {
                write!(f, "the rule {rule:?} names {customer}, and no customer has this id; correct or remove it")
            }
            Self::NobodyWatched { rule } => write!(
                f,
                "the rule {rule:?} watches none of the customers; see its filters, and include_postpaid, include_inactive and \
                 include_auto_recharge"
            ),
            Self::Stale { updated_at } => write!(f, "no balance was updated since {}", updated_at.format("%Y-%m-%d %H:%M UTC")),
        }
    }
}

/// What does not add up between a policy and a list that was read to its end.
pub(super) fn of_policy(policy: &Policy, observation: &Observation, customers: &[Subject]) -> Vec<Doubt> {
    if observation.listing.cut.is_some() || customers.is_empty() {
        return Vec::new();
    }
    let mut doubts: Vec<Doubt> = policy.rules().iter().flat_map(|rule| of_rule(rule, customers)).collect();
    let updates: Option<Vec<_>> = customers.iter().map(|subject| subject.updated_at).collect();
    let latest = updates.and_then(|updates| updates.into_iter().max());
    doubts.extend(
        latest.filter(|updated_at| observation.at - *updated_at > STALE_AFTER).map(|updated_at| Doubt::Stale { updated_at }),
    );
    doubts
}

fn of_rule(rule: &Rule, customers: &[Subject]) -> Vec<Doubt> {
    let named: Vec<&str> = rule.named_customers().collect();
    if !named.is_empty() {
        let listed: HashSet<&str> = customers.iter().filter_map(Subject::customer).collect();
        let missing = named.into_iter().filter(|auth_id| !listed.contains(auth_id));
        let missing: Vec<_> =
            missing.map(|auth_id| Doubt::NoSuchCustomer { rule: rule.name().to_owned(), customer: auth_id.to_owned() }).collect();
        if !missing.is_empty() {
            return missing;
        }
    }
    let watches_nobody = rule.metric().is_of_customer() && !customers.iter().any(|subject| rule.watches(subject));
    watches_nobody.then(|| Doubt::NobodyWatched { rule: rule.name().to_owned() }).into_iter().collect()
}
