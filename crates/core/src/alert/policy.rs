//! The rules in force.

use std::collections::HashSet;
use std::time::Duration;

use rust_decimal::Decimal;

use super::error::RuleError;
use super::level::{Direction, Levels, Recover, Severity};
use super::metric::{Metric, SubjectKind};
use super::rule::{Rule, RuleDraft};

/// The rules in force, each with a name of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy(Vec<Rule>);

impl Policy {
    /// The level of the default rule under which a balance is a warning.
    pub const DEFAULT_WARNING: Decimal = Decimal::from_parts(2000, 0, 0, false, 0);
    /// The level of the default rule under which a balance is critical.
    pub const DEFAULT_CRITICAL: Decimal = Decimal::from_parts(500, 0, 0, false, 0);

    /// The level of the default rule under which a runway is a warning, in working hours.
    pub const DEFAULT_RUNWAY: Decimal = Decimal::from_parts(6, 0, 0, false, 0);

    /// Takes rules together.
    ///
    /// # Errors
    ///
    /// Two rules have the same name.
    pub fn new(rules: Vec<Rule>) -> Result<Self, RuleError> {
        let mut names = HashSet::new();
        for rule in &rules {
            if !names.insert(rule.name()) {
                return Err(RuleError::new("name", format!("({}) is that of another rule; give each its own", rule.name())));
            }
        }
        Ok(Self(rules))
    }

    /// The default rules without those of these names, after `rules`. A default rule gives way to one of its name.
    ///
    /// # Errors
    ///
    /// Two of `rules` have the same name.
    pub fn with_defaults<'a>(mut rules: Vec<Rule>, off: impl IntoIterator<Item = &'a str>) -> Result<Self, RuleError> {
        let mut names: HashSet<String> = off.into_iter().map(str::to_owned).collect();
        names.extend(rules.iter().map(|rule| rule.name().to_owned()));
        rules.extend(Self::default().0.into_iter().filter(|rule| !names.contains(rule.name())));
        Self::new(rules)
    }

    /// The rules, in the order in which they were written.
    pub fn rules(&self) -> &[Rule] {
        &self.0
    }

    /// Whether a rule watches the partner's own wallet, which then must be read.
    pub fn watches_partner(&self) -> bool {
        self.0.iter().any(|rule| rule.metric().subject_kind() == SubjectKind::Partner)
    }

    /// Whether a rule watches the calls of the last day, which then must be read.
    pub fn watches_calls(&self) -> bool {
        self.0.iter().any(|rule| rule.metric().subject_kind() == SubjectKind::Calls)
    }

    /// The balance under which a wallet is low: the first warning (else critical) level of a rule on balances.
    pub fn low_balance(&self) -> Decimal {
        let rules = self.0.iter().filter(|rule| rule.metric() == Metric::CustomerBalance && rule.direction() == Direction::Below);
        let levels = rules.filter_map(|rule| rule.levels().of(Severity::Warning).or(rule.levels().of(Severity::Critical)));
        levels.clone().next().unwrap_or(Self::DEFAULT_WARNING)
    }
}

impl Default for Policy {
    /// Four rules.
    ///
    /// - `runway`: `customer.runway` under six working hours is a warning; under one it is critical, and so is an
    ///   empty wallet, and a warning on which nobody acted in two days.
    /// - `low balance` for wallets that have no forecast: `customer.balance` under 2000 is a warning, under 500 critical.
    /// - `partner wallet`: `partner.coverage` under three days is a warning, under one day critical.
    /// - `unread wallets`: a wallet that could not be read for an hour while others could is a warning.
    fn default() -> Self {
        let levels = |warning: Decimal, critical: Decimal| Levels { warning: Some(warning), critical: Some(critical) };
        let runway = RuleDraft {
            in_working_hours: true,
            recover: Recover::Percent(Decimal::ONE_HUNDRED),
            recover_for: Some(Duration::from_hours(36)),
            escalate_after: Some(Duration::from_hours(48)),
            ..RuleDraft::new("runway", Metric::CustomerRunway, levels(Self::DEFAULT_RUNWAY, Decimal::ONE))
        };
        let balance = RuleDraft {
            only_without_forecast: true,
            ..RuleDraft::new("low balance", Metric::CustomerBalance, levels(Self::DEFAULT_WARNING, Self::DEFAULT_CRITICAL))
        };
        let partner = RuleDraft {
            only_with_forecast: true,
            ..RuleDraft::new("partner wallet", Metric::PartnerCoverage, levels(Decimal::from(3), Decimal::ONE))
        };
        let unread = RuleDraft {
            only_single_wallets: true,
            ..RuleDraft::new("unread wallets", Metric::DataAge, Levels { warning: Some(Decimal::ONE), critical: None })
        };
        // The drafts cannot be refused: a test builds them.
        Self([runway, balance, partner, unread].into_iter().filter_map(|draft| draft.build().ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_rules_are_built() {
        let policy = Policy::default();
        assert_eq!(
            policy.rules().iter().map(Rule::name).collect::<Vec<_>>(),
            ["runway", "low balance", "partner wallet", "unread wallets"]
        );
        assert_eq!(policy.rules()[0].recovers_at(Policy::DEFAULT_RUNWAY), Some(Decimal::from(12)));
        assert_eq!(policy.rules()[1].recovers_at(Policy::DEFAULT_WARNING), Some(Decimal::from(2200)));
        assert_eq!(policy.low_balance(), Decimal::from(2000));
    }

    #[test]
    fn default_rules_stay_beside_others_unless_named() {
        let levels = Levels { warning: Some(1.into()), critical: None };
        let rule = |name: &str| RuleDraft::new(name, Metric::CustomerBurn, levels).build().unwrap();
        let names = |rules: &[&str], off: &[&str]| {
            let policy = Policy::with_defaults(rules.iter().map(|name| rule(name)).collect(), off.iter().copied()).unwrap();
            policy.rules().iter().map(|rule| rule.name().to_owned()).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(names(&["fraud"], &[]), "fraud, runway, low balance, partner wallet, unread wallets");
        assert_eq!(names(&["low balance"], &["partner wallet"]), "low balance, runway, unread wallets");
        assert_eq!(names(&[], &["runway", "low balance", "partner wallet", "unread wallets"]), "");
        assert_eq!(Policy::with_defaults(vec![rule("a"), rule("a")], []).unwrap_err().field, "name");
    }

    #[test]
    fn a_rule_that_contradicts_itself_names_the_field() {
        use std::time::Duration;

        use super::super::level::Repeat;
        use super::super::streak::Hold;
        let levels = |warning: i64, critical: i64| Levels { warning: Some(warning.into()), critical: Some(critical.into()) };
        let draft = || RuleDraft::new("low", Metric::CustomerBalance, levels(2000, 500));
        for (draft, expected) in [
            (RuleDraft { levels: levels(2000, 2500), ..draft() }, "below.critical (2500) must be under warning (2000)"),
            (RuleDraft { levels: levels(500, 500), ..draft() }, "below.critical (500) must be under warning (500)"),
            (RuleDraft { levels: Levels::default(), ..draft() }, "below needs a level: warning, critical or both"),
            (RuleDraft { hold: Hold::Polls(0), ..draft() }, "for must be at least one poll"),
            (RuleDraft { recover: Recover::Amount((-1).into()), ..draft() }, "recover must not be negative"),
            (
                RuleDraft { levels: levels(100, 0), ..draft() },
                "recover must be an amount where a level is 0, such as \"50\": a percentage of 0 is nothing",
            ),
            (RuleDraft { recover: Recover::Percent(Decimal::MAX), ..draft() }, "recover leads to an amount too large to hold"),
            (
                RuleDraft { repeat: Some(Repeat { warning: Some(Duration::ZERO), ..Repeat::default() }), ..draft() },
                "repeat.warning must be at least 1s",
            ),
            (RuleDraft { name: " ".into(), ..draft() }, "name must be 1 to 100 characters on one line"),
        ] {
            assert_eq!(draft.build().unwrap_err().to_string(), expected);
        }
        let rule = draft().build().unwrap();
        assert_eq!(Policy::new(vec![rule.clone(), rule]).unwrap_err().field, "name");
    }
}
