//! The policy in words: what fires when, and what is sent.

use std::time::Duration;

use rust_decimal::Decimal;

use super::level::{Direction, Levels, Severity};
use super::metric::{Metric, SubjectKind};
use super::policy::Policy;
use super::rule::Rule;
use super::scope::{Billing, Scope};
use super::streak::Hold;

/// How many customers are named.
const SHOWN: usize = 20;

impl Policy {
    /// What fires when, in words; an entry for each rule. Amounts are in each wallet's own currency.
    pub fn explain(&self) -> Vec<String> {
        self.rules().iter().map(explain).collect()
    }

    /// What the rules leave open, in words; most often nothing.
    pub fn warnings(&self) -> Vec<String> {
        let watches_wallets = |rule: &Rule| {
            matches!(rule.metric(), Metric::CustomerBalance | Metric::CustomerRunway) && rule.direction() == Direction::Below
        };
        let is_unwatched = !self.rules().iter().any(watches_wallets);
        let warning = "no rule watches customers' balances: no alert fires when a customer's wallet runs low. Remove \
                       enabled = false from the rules \"runway\" and \"low balance\", or write a rule on customer.runway or \
                       customer.balance.";
        is_unwatched.then(|| warning.to_owned()).into_iter().collect()
    }
}

fn explain(rule: &Rule) -> String {
    let sentences = [
        Some(fires(rule)),
        waits(rule),
        empties(rule),
        whom(rule),
        own_levels(rule),
        escalates(rule),
        Some(repeats(rule)),
        ends(rule),
        unknown(rule),
    ];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    format!("{}: {}", rule.name(), sentences.join(" "))
}

fn fires(rule: &Rule) -> String {
    let levels = levels(rule, rule.levels());
    let held = match rule.hold() {
        Hold::Polls(1) => "in one poll".to_owned(),
        Hold::Polls(polls) => format!("in {polls} consecutive polls"),
        Hold::For(time) => format!("for {}", span(time)),
    };
    let fallback = if rule.only_without_forecast() { ", while there is no forecast for the wallet" } else { "" };
    format!("Fires when {} is {levels} {held}{fallback}.", watched(rule))
}

/// `under 2000 (warning) or under 500 (critical)`
fn levels(rule: &Rule, levels: Levels) -> String {
    let word = rule.direction().word();
    let each = [Severity::Warning, Severity::Critical]
        .into_iter()
        .filter_map(|severity| levels.of(severity).map(|level| format!("{word} {} ({severity})", value(rule, level))));
    each.collect::<Vec<_>>().join(" or ")
}

/// The figure.
fn watched(rule: &Rule) -> String {
    match rule.metric() {
        Metric::CustomerBalance => "the wallet".to_owned(),
        Metric::CustomerRunway => "the conservative estimate of the time until the wallet is empty".to_owned(),
        Metric::CustomerBurn => "what the wallet spends in an hour".to_owned(),
        Metric::PartnerBalance => "the partner's own wallet".to_owned(),
        Metric::PartnerCoverage => "the time for which the partner's own wallet covers the spend of all customers".to_owned(),
        Metric::FleetBalance => "the sum of all wallets of a currency".to_owned(),
        Metric::CallsAnswerRate => {
            format!("the answer rate of the last complete day, if it had at least {} calls,", rule.min_calls())
        }
        Metric::CallsCost => "the cost of calls on the last complete day".to_owned(),
        Metric::CallsVolume => "the volume of the last complete day".to_owned(),
        Metric::DataAge if rule.only_single_wallets() => "the time since one wallet was last read, while others were,".to_owned(),
        Metric::DataAge => "the time since the list of customers was last read, or one wallet while others were,".to_owned(),
    }
}

fn waits(rule: &Rule) -> Option<String> {
    let waits = "Outside working hours it waits until half an hour before work begins, if the wallet lasts until then.";
    (rule.metric() == Metric::CustomerRunway && rule.in_working_hours()).then(|| waits.to_owned())
}

fn empties(rule: &Rule) -> Option<String> {
    let least = rule.looks_for_empty()?;
    Some(format!(
        "A wallet that cannot pay for a call of four minutes (or has less than {} left, where that price is not known) is critical.",
        least.normalize()
    ))
}

/// Which customers, where the figure is of customers.
fn whom(rule: &Rule) -> Option<String> {
    if !rule.metric().is_over_customers() {
        return None;
    }
    let Scope { customers, names, billing, postpaid, inactive, auto_recharge } = rule.draft().scope;
    let billed = match (billing, postpaid) {
        (Some(Billing::Postpaid), _) => "postpaid",
        (None, true) => "prepaid and postpaid",
        _ => "prepaid",
    };
    let active = if inactive { "active and inactive" } else { "active" };
    let recharged = if auto_recharge { "" } else { " without auto-recharge" };
    let list = |word: &str, of: Vec<String>| if of.is_empty() { String::new() } else { format!(", {word} {}", listed(of, ", ")) };
    let named = list("with names like", names) + &list("only these:", customers.into_iter().collect());
    Some(format!("Watches {billed}, {active} customers{recharged}{named}."))
}

fn escalates(rule: &Rule) -> Option<String> {
    let after = rule.escalate_after()?;
    Some(format!("A warning on which nobody acted for {} becomes critical.", span(after)))
}

fn repeats(rule: &Rule) -> String {
    if rule.is_reminded_at_work() {
        return "While it fires, reminders come with those of other rules: when work begins, and when critical also an hour before \
                it ends."
            .to_owned();
    }
    let can_be_critical = rule.all_levels().any(|levels| levels.critical.is_some()) || rule.escalate_after().is_some();
    let can_be_warning = rule.all_levels().any(|levels| levels.warning.is_some());
    let severities =
        [(can_be_warning, Severity::Warning, "as a warning"), (can_be_critical, Severity::Critical, "when critical")];
    let each = severities.into_iter().filter_map(|(can_be, severity, when)| {
        let every = can_be.then(|| rule.repeat(severity)).flatten()?;
        Some(if can_be_warning && can_be_critical {
            format!("every {} {when}", span(every))
        } else {
            format!("every {}", span(every))
        })
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() {
        "Sends no reminders.".to_owned()
    } else {
        format!("While it fires, sends a reminder {}.", each.join(" and "))
    }
}

fn ends(rule: &Rule) -> Option<String> {
    let end = rule.levels().mildest().and_then(|level| end(rule, level))?;
    let lasting = rule.recover_for().map(|time| {
        let paid = if rule.metric().subject_kind() == SubjectKind::Customer { ", or at once when money was paid in" } else { "" };
        format!(", once that lasted for {}{paid}", span(time))
    });
    let lasting = lasting.unwrap_or_default();
    let eased = rule.levels().warning.and(rule.levels().critical).and_then(|critical| self::end(rule, critical));
    Some(match eased {
        Some(eased) => format!("A critical alert becomes a warning again at {eased}, and ends at {end}{lasting}."),
        None => format!("Ends at {end}{lasting}."),
    })
}

/// Where an alert on a level ends.
fn end(rule: &Rule, level: Decimal) -> Option<String> {
    let end = value(rule, rule.recovers_at(level)?);
    Some(match rule.direction() {
        Direction::Below => format!("{end} or more"),
        Direction::Above => format!("{end} or less"),
    })
}

fn own_levels(rule: &Rule) -> Option<String> {
    let draft = rule.draft();
    let own = draft.overrides.iter().map(|(customer, own)| {
        let ends = own.mildest().filter(|level| rule.levels().mildest() != Some(*level)).and_then(|level| end(rule, level));
        let ends = ends.map(|end| format!(", ends at {end}")).unwrap_or_default();
        format!("{customer} {}{ends}", levels(rule, *own))
    });
    let own: Vec<String> = own.collect();
    let also = if rule.only_without_forecast() { ", which apply beside forecasts too" } else { "" };
    (!own.is_empty()).then(|| format!("Levels of single customers{also}: {}.", listed(own, "; ")))
}

/// The first few of many.
fn listed(mut all: Vec<String>, between: &str) -> String {
    let more = all.len().saturating_sub(SHOWN);
    all.truncate(SHOWN);
    let shown = all.join(between);
    if more == 0 { shown } else { format!("{shown}{between}and {more} more") }
}

fn unknown(rule: &Rule) -> Option<String> {
    let forecast = if rule.metric().needs_forecast() { " or without a forecast" } else { "" };
    (rule.metric().subject_kind() != SubjectKind::Data).then(|| format!("Without data{forecast}, nothing changes."))
}

/// A value in the unit of the metric.
fn value(rule: &Rule, value: Decimal) -> String {
    rule.metric().format(value, rule.in_working_hours())
}

/// `36 h`, `1 h 30 min`, `45 s`
fn span(time: Duration) -> String {
    super::metric::span(super::streak::span(time))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn the_default_policy_is_explained() {
        assert_snapshot!(Policy::default().explain().join("\n\n"));
    }

    #[test]
    fn every_metric_and_all_that_a_rule_can_say_is_explained() {
        let text = r#"
            [[rules]]
            name = "balance"
            metric = "customer.balance"
            below = { warning = "2000", critical = "500" }
            for = "10m"
            customers = ["MA_1", "MA_2"]
            names = ["Sharma*", "Verma?"]
            billing_mode = "postpaid"
            include_inactive = true
            include_auto_recharge = true
            [[rules.overrides]]
            customers = ["MA_1"]
            below.warning = 9000
            [[rules]]
            name = "runway"
            metric = "customer.runway"
            below.critical = "90m"
            for = 1
            recover = "30m"
            include_postpaid = true
            [[rules]]
            name = "burn"
            metric = "customer.burn"
            above.warning = "3"
            [[rules]]
            name = "partner"
            metric = "partner.balance"
            below.critical = "10000"
            [[rules]]
            name = "coverage"
            metric = "partner.coverage"
            below = { warning = "3", critical = "1" }
            recover_for = "1h30m"
            [[rules]]
            name = "fleet"
            metric = "fleet.balance"
            below.warning = "100000"
            [[rules]]
            name = "answered"
            metric = "calls.answer_rate"
            below.warning = "60%"
            [[rules]]
            name = "cost"
            metric = "calls.cost"
            above.warning = "50000"
            repeat.warning = "3d"
            [[rules]]
            name = "volume"
            metric = "calls.volume"
            below.warning = 1000
            [[rules]]
            name = "data"
            metric = "data.age"
            above = { warning = "15m", critical = "1h" }
        "#;
        let (policy, _) = Policy::from_toml(text, "rules.toml").unwrap();
        assert_snapshot!(policy.explain().join("\n\n"));
    }

    #[test]
    fn a_policy_that_watches_no_wallet_is_warned_of() {
        let off = |names: &[&str]| {
            let rules = names.iter().map(|name| format!("[[rules]]\nname = \"{name}\"\nenabled = false\n"));
            rules.collect::<Vec<_>>().concat()
        };
        let rule = |metric: &str, levels: &str| format!("[[rules]]\nname = \"r\"\nmetric = \"{metric}\"\n{levels}\n");
        let both = off(&["runway", "low balance"]);
        for (text, is_warned) in [
            (String::new(), false),
            (off(&["runway"]), false),
            (both.clone(), true),
            (both.clone() + &rule("customer.burn", "above.warning = 3"), true),
            (both.clone() + &rule("customer.balance", "above.warning = 3"), true),
            (both + &rule("customer.balance", "below.warning = 3"), false),
        ] {
            let (policy, _) = Policy::from_toml(&text, "rules.toml").unwrap();
            assert_eq!(policy.warnings().len(), usize::from(is_warned), "{text}");
        }
    }

    #[test]
    fn of_many_customers_the_first_are_named() {
        let of = (10..32).map(|number| format!("\"MA_{number}\"")).collect::<Vec<_>>().join(", ");
        let text = format!(
            "[[rules]]\nname = \"low\"\nmetric = \"customer.balance\"\nbelow.warning = 1\ncustomers = [{of}]\n\
             [[rules.overrides]]\ncustomers = [{of}]\nbelow.warning = 2"
        );
        let (policy, _) = Policy::from_toml(&text, "rules.toml").unwrap();
        let text = policy.explain().join("");
        assert!(text.contains("MA_28, MA_29, and 2 more."), "{text}");
        assert!(text.contains("MA_29 under 2 (warning), ends at 2.2 or more; and 2 more."), "{text}");
    }
}
