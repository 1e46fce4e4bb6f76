//! Levels of single customers that were set from the chat, and the rules with them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vobiz_core::Decimal;
use vobiz_core::alert::{Levels, Policy, Rule, RuleDraft};

/// The kind of setting that levels are.
pub(crate) const LEVELS: &str = "levels";

/// Levels of one customer in one rule. One that is absent is as for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OwnLevels {
    pub(crate) rule: String,
    /// The customer's id.
    pub(crate) customer: String,
    pub(crate) warning: Option<Decimal>,
    pub(crate) critical: Option<Decimal>,
}

impl OwnLevels {
    /// The name of the setting.
    pub(crate) fn name(&self) -> String {
        format!("{}\n{}", self.rule, self.customer)
    }

    pub(crate) const fn levels(&self) -> Levels {
        Levels { warning: self.warning, critical: self.critical }
    }

    /// The rule with these levels alone beside those of all; else what is wrong with them, in words.
    pub(crate) fn check(&self, rule: &Rule) -> Result<Rule, String> {
        let (all, draft) = (rule.levels(), RuleDraft { overrides: BTreeMap::new(), ..rule.draft() });
        let levels = Levels { warning: self.warning.or(all.warning), critical: self.critical.or(all.critical) };
        // As levels for all they are refused in plainer words.
        let as_all = RuleDraft { levels, ..draft.clone() }.build();
        let overrides = BTreeMap::from([(self.customer.clone(), levels)]);
        as_all.and_then(|_| RuleDraft { overrides, ..draft }.build()).map_err(|error| error.to_string())
    }
}

/// The rules with the levels that were set from the chat, which come before those of the file. Levels that their rule does
/// not take any more, since the file was edited, are left out.
pub(crate) fn with_levels<'a>(file: &Policy, own: impl IntoIterator<Item = &'a OwnLevels>) -> Policy {
    let mut by_rule: BTreeMap<&str, Vec<&OwnLevels>> = BTreeMap::new();
    for own in own {
        by_rule.entry(own.rule.as_str()).or_default().push(own);
    }
    let changed = |rule: &Rule| {
        let own = by_rule.get(rule.name())?.iter().filter(|own| {
            let checked = own.check(rule);
            if let Err(why) = &checked {
                tracing::warn!(rule = own.rule, customer = own.customer, why, "levels set from the chat are left out");
            }
            checked.is_ok()
        });
        let mut draft = rule.draft();
        draft.overrides.extend(own.map(|own| (own.customer.clone(), own.levels())));
        draft.build().ok()
    };
    let rules = file.rules().iter().map(|rule| changed(rule).unwrap_or_else(|| rule.clone())).collect();
    // The names are those of the file, which has each once.
    Policy::new(rules).unwrap_or_else(|_| file.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(rule: &str, customer: &str, warning: i64) -> OwnLevels {
        OwnLevels { rule: rule.into(), customer: customer.into(), warning: Some(warning.into()), critical: None }
    }

    #[test]
    fn levels_from_the_chat_come_before_those_of_the_file() {
        let text = "[[rules]]\nname = \"low balance\"\nmetric = \"customer.balance\"\nbelow = { warning = 2000, critical = 500 }\n\
                    [[rules.overrides]]\ncustomers = [\"MA_X\", \"MA_Z\"]\nbelow = { warning = 9000 }\n";
        let (file, _) = Policy::from_toml(text, "rules.toml").unwrap();
        let policy = with_levels(&file, &[own("low balance", "MA_X", 700), own("low balance", "MA_Y", 800)]);
        let warning = |customer: &str| policy.rules()[0].levels_for(customer).warning.map(|level| level.to_string());
        for (customer, level) in [("MA_X", "700"), ("MA_Y", "800"), ("MA_Z", "9000"), ("MA_OTHER", "2000")] {
            assert_eq!(warning(customer).as_deref(), Some(level), "{customer}");
        }
        assert_eq!(policy.rules()[0].levels_for("MA_Y").critical, Some(500.into()));
        assert_eq!(policy.rules()[1..], file.rules()[1..]);
    }

    #[test]
    fn levels_that_contradict_their_rule_or_have_none_leave_the_rules_as_they_are() {
        let file = Policy::default();
        assert_eq!(with_levels(&file, &[own("low balance", "MA_X", 400), own("no such rule", "MA_X", 1)]), file);
        let good = with_levels(&file, &[own("low balance", "MA_X", 400), own("low balance", "MA_Y", 600)]);
        assert!(!good.rules()[1].has_levels_of("MA_X") && good.rules()[1].has_levels_of("MA_Y"));
    }

    #[test]
    fn ten_thousand_customers_can_have_levels_of_their_own() {
        let all: Vec<_> = (0..10_000).map(|number| own("low balance", &format!("MA_{number:08}"), 5000 + number)).collect();
        let policy = with_levels(&Policy::default(), &all);
        assert_eq!(policy.rules()[1].levels_for("MA_00009999").warning, Some(14_999.into()));
    }
}
