//! Which alerts a chat wants.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use wildmatch::WildMatch;

use super::evaluate::Evaluation;
use super::level::Severity;
use super::transition::{Change, Transition};
use crate::observation::Subject;

/// Which alerts a chat gets: all, unless it names customers or a severity.
///
/// A chat that names customers gets the alerts on them alone: none on the partner's own wallet, the fleet, calls or the list of
/// customers. That the service cannot be read is reported to every chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wants {
    /// These customers, by id.
    pub customers: BTreeSet<String>,
    /// Customers of such names too: `*` stands for anything, `?` for one sign, case does not matter. All customers where this
    /// and `customers` are empty.
    pub names: BTreeSet<String>,
    /// Alerts of this severity and worse ones.
    pub least: Severity,
}

impl Default for Wants {
    fn default() -> Self {
        Self { customers: BTreeSet::new(), names: BTreeSet::new(), least: Severity::Warning }
    }
}

impl Wants {
    /// Whether it wants the alerts on every customer, and on what is of none.
    pub fn is_of_all(&self) -> bool {
        self.customers.is_empty() && self.names.is_empty()
    }

    /// Whether it wants the alerts on this customer, or on what is of none.
    pub fn includes(&self, subject: &Subject) -> bool {
        Filter::new(self).includes(subject)
    }

    /// The part of an evaluation that it wants. That an alert fell to a warning ends it for those who want critical ones.
    pub(super) fn of<'a>(&self, evaluation: &'a Evaluation) -> Cow<'a, Evaluation> {
        if *self == Self::default() {
            return Cow::Borrowed(evaluation);
        }
        let filter = Filter::new(self);
        let mut wanted = evaluation.clone();
        let is_bad_enough = |sent: &Transition| sent.severity >= self.least || sent.change == Change::Fall;
        wanted.transitions.retain(|sent| is_bad_enough(sent) && filter.includes(&sent.subject));
        wanted.firing.retain(|firing| firing.severity >= self.least && filter.includes(&firing.subject));
        Cow::Owned(wanted)
    }
}

/// The wish of a chat, ready to be asked.
struct Filter<'a> {
    wants: &'a Wants,
    names: Vec<WildMatch>,
}

impl<'a> Filter<'a> {
    fn new(wants: &'a Wants) -> Self {
        Self { wants, names: wants.names.iter().map(|name| WildMatch::new_case_insensitive(name)).collect() }
    }

    fn includes(&self, subject: &Subject) -> bool {
        let is_named = |auth_id: &str| {
            let name = subject.name.as_deref().unwrap_or_default();
            self.wants.customers.contains(auth_id) || self.names.iter().any(|pattern| pattern.matches(name))
        };
        self.wants.is_of_all() || subject.customer().is_some_and(is_named)
    }
}
