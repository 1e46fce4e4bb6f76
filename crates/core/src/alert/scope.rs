//! Which customers a rule is about.

use std::collections::BTreeSet;

use wildmatch::WildMatch;

use super::error::RuleError;
use super::metric::Metric;
use crate::observation::Subject;

/// Signs of the longest pattern: no name of a customer is as long.
const LONGEST: usize = 200;

/// Which customers a rule watches: the prepaid, active ones that pay for themselves, unless it says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// These customers alone, by id; all of them where this is empty.
    pub customers: BTreeSet<String>,
    /// Customers of such names alone: `*` stands for anything, `?` for one sign, case does not matter. All where this is empty.
    pub names: Vec<String>,
    /// Those billed so alone. Postpaid ones need not be included beside it.
    pub billing: Option<Billing>,
    /// Also those billed afterwards.
    pub postpaid: bool,
    /// Also inactive ones.
    pub inactive: bool,
    /// Also those whose wallet fills itself.
    pub auto_recharge: bool,
}

/// When a customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Billing {
    /// In advance.
    Prepaid,
    /// Afterwards.
    Postpaid,
}

impl Scope {
    /// Refuses what would have no effect, or is no name.
    pub(crate) fn check(&self, metric: Metric) -> Result<(), RuleError> {
        let narrows = [
            ("customers", !self.customers.is_empty()),
            ("names", !self.names.is_empty()),
            ("billing_mode", self.billing.is_some()),
            ("include_postpaid", self.postpaid),
            ("include_inactive", self.inactive),
            ("include_auto_recharge", self.auto_recharge),
        ];
        if let Some((field, _)) = narrows.into_iter().find(|(_, is_set)| *is_set && !metric.is_over_customers()) {
            return Err(RuleError::new(field, format!("picks customers, which {metric} is not a figure of; leave it out")));
        }
        for customer in &self.customers {
            check_id(customer).map_err(|words| RuleError::new("customers", words))?;
        }
        if self.names.iter().any(|name| name.chars().any(char::is_control) || name.chars().count() > LONGEST) {
            return Err(RuleError::new("names", format!("must each be at most {LONGEST} characters on one line")));
        }
        if self.postpaid && self.billing == Some(Billing::Prepaid) {
            return Err(RuleError::new("include_postpaid", "contradicts billing_mode = \"prepaid\"; keep one of them"));
        }
        Ok(())
    }
}

/// Refuses what is no customer's id.
pub(crate) fn check_id(customer: &str) -> Result<(), &'static str> {
    let is_plain = (1..=100).contains(&customer.len()) && customer.bytes().all(|sign| sign.is_ascii_graphic());
    if is_plain { Ok(()) } else { Err("must be ids without spaces, such as MA_XXXXXXXX") }
}

/// A scope that is ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    scope: Scope,
    names: Vec<WildMatch>,
}

impl Filter {
    pub(crate) fn new(scope: Scope) -> Self {
        let names = scope.names.iter().map(|name| WildMatch::new_case_insensitive(name)).collect();
        Self { scope, names }
    }

    /// Whether a customer is watched.
    pub(crate) fn contains(&self, subject: &Subject) -> bool {
        let Scope { customers, billing, postpaid, inactive, auto_recharge, .. } = &self.scope;
        let is_billed_so = match billing {
            Some(Billing::Prepaid) => subject.is_prepaid,
            Some(Billing::Postpaid) => !subject.is_prepaid,
            None => subject.is_prepaid || *postpaid,
        };
        is_billed_so
            && (*inactive || subject.is_active)
            && (*auto_recharge || !subject.auto_recharge)
            && (customers.is_empty() || subject.customer().is_some_and(|auth_id| customers.contains(auth_id)))
            && (self.names.is_empty() || self.is_named(subject.name.as_deref().unwrap_or_default()))
    }

    fn is_named(&self, name: &str) -> bool {
        self.names.iter().any(|pattern| pattern.matches(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_takes_those_it_says_and_no_others() {
        let plain = Scope::default();
        let sharma = Subject::new("MA_X", "Sharma Logistics");
        let postpaid = Subject { is_prepaid: false, ..sharma.clone() };
        let inactive = Subject { is_active: false, ..sharma.clone() };
        let card = Subject { auto_recharge: true, ..sharma.clone() };
        let nameless = Subject { name: None, ..sharma.clone() };
        let named = |names: &[&str]| Scope { names: names.iter().map(|&name| name.to_owned()).collect(), ..Scope::default() };
        let of = |id: &str| Scope { customers: [id.to_owned()].into(), ..Scope::default() };
        let billed = |billing| Scope { billing: Some(billing), ..Scope::default() };
        for (case, scope, subject, expected) in [
            ("prepaid and active", plain.clone(), &sharma, true),
            ("postpaid", plain.clone(), &postpaid, false),
            ("inactive", plain.clone(), &inactive, false),
            ("fills itself", plain.clone(), &card, false),
            ("postpaid too", Scope { postpaid: true, ..plain.clone() }, &postpaid, true),
            ("postpaid too, prepaid", Scope { postpaid: true, ..plain.clone() }, &sharma, true),
            ("inactive too", Scope { inactive: true, ..plain.clone() }, &inactive, true),
            ("fills itself too", Scope { auto_recharge: true, ..plain }, &card, true),
            ("postpaid alone", billed(Billing::Postpaid), &postpaid, true),
            ("postpaid alone, prepaid", billed(Billing::Postpaid), &sharma, false),
            ("prepaid alone", Scope { postpaid: true, ..billed(Billing::Prepaid) }, &postpaid, false),
            ("this customer", of("MA_X"), &sharma, true),
            ("another customer", of("MA_Y"), &sharma, false),
            ("a name", named(&["*logistics"]), &sharma, true),
            ("one of two names", named(&["Verma*", "sharma?logistics"]), &sharma, true),
            ("another name", named(&["Sharma"]), &sharma, false),
            ("no name", named(&["S*"]), &nameless, false),
        ] {
            assert_eq!(Filter::new(scope).contains(subject), expected, "{case}");
        }
    }
}
