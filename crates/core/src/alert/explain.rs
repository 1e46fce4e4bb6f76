//! The policy in words: what will be sent when.

use std::time::Duration;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::level::{Direction, Levels, Severity};
use super::metric::{Metric, SubjectKind, Unit};
use super::policy::Policy;
use super::rule::Rule;
use super::scope::{Billing, Scope};
use super::streak::Hold;

/// How many customers are named.
const SHOWN: usize = 20;

impl Policy {
    /// What will be sent when, in words; an entry for each rule. Amounts are in each wallet's own currency.
    pub fn explain(&self) -> Vec<String> {
        self.rules().iter().map(explain).collect()
    }
}

fn explain(rule: &Rule) -> String {
    let sentences =
        [Some(fires(rule)), whom(rule), own_levels(rule), escalates(rule), Some(repeats(rule)), ends(rule), unknown(rule)];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    format!("{}: {}", rule.name(), sentences.join(" "))
}

fn fires(rule: &Rule) -> String {
    let levels = levels(rule, rule.levels());
    let held = match rule.hold() {
        Hold::Polls(1) => "as soon as one poll sees it".to_owned(),
        Hold::Polls(polls) => format!("once {polls} polls running have seen it"),
        Hold::For(time) => format!("once polls have seen it for {}", span(time)),
    };
    let stands_in =
        if rule.only_without_forecast() { ", as long as too little is known of the wallet to foresee it" } else { "" };
    format!("Tells when {} is {levels}, {held}{stands_in}.", watched(rule))
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
        Metric::CustomerRunway => "the time that the wallet lasts, carefully reckoned,".to_owned(),
        Metric::CustomerBurn => "the spend, against what is normal for the wallet at that hour,".to_owned(),
        Metric::PartnerBalance => "the partner's own wallet".to_owned(),
        Metric::PartnerCoverage => {
            "the time for which the partner's own wallet covers what customers are expected to spend".to_owned()
        }
        Metric::FleetBalance => "the sum of all wallets of a currency".to_owned(),
        Metric::CallsAnswerRate => {
            format!("the share of answered calls on the last complete day, if it had {} calls or more,", rule.min_calls())
        }
        Metric::CallsCost => "the cost of calls on the last complete day".to_owned(),
        Metric::CallsVolume => "the number of calls on the last complete day".to_owned(),
        Metric::DataAge => "the time since the customers, or one wallet while others could, were last read".to_owned(),
    }
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
    let filling = if auto_recharge { "" } else { " whose wallet does not fill itself" };
    let list = |word: &str, of: Vec<String>| if of.is_empty() { String::new() } else { format!(", {word} {}", listed(of, ", ")) };
    let named = list("named like", names) + &list("of these alone:", customers.into_iter().collect());
    Some(format!("Watches {billed}, {active} customers{filling}{named}."))
}

fn escalates(rule: &Rule) -> Option<String> {
    let after = rule.escalate_after()?;
    Some(format!("A warning that stands for {} becomes critical.", span(after)))
}

fn repeats(rule: &Rule) -> String {
    let every = |severity| span(rule.repeat(severity));
    let (warning, critical) = (every(Severity::Warning), every(Severity::Critical));
    let can_be_critical = rule.all_levels().any(|levels| levels.critical.is_some()) || rule.escalate_after().is_some();
    let can_be_warning = rule.all_levels().any(|levels| levels.warning.is_some());
    match (can_be_warning, can_be_critical) {
        (true, true) => format!("While it stands it is said again every {warning} as a warning, every {critical} when critical."),
        (true, false) => format!("While it stands it is said again every {warning}."),
        (false, _) => format!("While it stands it is said again every {critical}."),
    }
}

fn ends(rule: &Rule) -> Option<String> {
    let end = mildest(rule.levels()).and_then(|level| end(rule, level))?;
    let wallet = if rule.metric().subject_kind() == SubjectKind::Customer { ", or at once when money is paid in" } else { "" };
    let is_over = match rule.recover_for() {
        Some(time) => format!("It is over at {end} for {}{wallet}.", span(time)),
        None => format!("It is over at {end}."),
    };
    let eased = rule.levels().warning.and(rule.levels().critical).and_then(|critical| self::end(rule, critical));
    Some(eased.map_or_else(String::new, |eased| format!("A critical one is only a warning again at {eased}. ")) + &is_over)
}

/// The level of which an alert must be clear to be over.
fn mildest(levels: Levels) -> Option<Decimal> {
    levels.warning.or(levels.critical)
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
        let ends = mildest(*own).filter(|level| mildest(rule.levels()) != Some(*level)).and_then(|level| end(rule, level));
        let ends = ends.map(|end| format!(", over at {end}")).unwrap_or_default();
        format!("{customer} {}{ends}", levels(rule, *own))
    });
    let own: Vec<String> = own.collect();
    (!own.is_empty()).then(|| format!("With levels of their own: {}.", listed(own, "; ")))
}

/// The first few of many.
fn listed(mut all: Vec<String>, between: &str) -> String {
    let more = all.len().saturating_sub(SHOWN);
    all.truncate(SHOWN);
    let said = all.join(between);
    if more == 0 { said } else { format!("{said}{between}and {more} more") }
}

fn unknown(rule: &Rule) -> Option<String> {
    let foreseen = if rule.metric().is_foreseen() { " or foreseen" } else { "" };
    (rule.metric().subject_kind() != SubjectKind::Data).then(|| format!("While it cannot be read{foreseen}, nothing is decided."))
}

/// A value in the unit of the metric.
fn value(rule: &Rule, value: Decimal) -> String {
    let value = value.normalize();
    match rule.metric().unit() {
        Unit::Money | Unit::Calls => value.to_string(),
        Unit::Hours if rule.in_working_hours() => format!("{value} working hours"),
        Unit::Hours => span(Duration::from_secs(
            value.checked_mul(Decimal::from(3600)).and_then(|seconds| seconds.to_u64()).unwrap_or_default(),
        )),
        Unit::Days if value == Decimal::ONE => "1 day".to_owned(),
        Unit::Days => format!("{value} days"),
        Unit::Times => format!("{value} times"),
        Unit::Percent => format!("{value} %"),
    }
}

/// `36 h`, `1 h 30 min`, `45 s`
fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let said: Vec<String> =
        parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if said.is_empty() { "0 s".to_owned() } else { said.join(" ") }
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
    fn of_many_customers_the_first_are_named() {
        let of = (10..32).map(|number| format!("\"MA_{number}\"")).collect::<Vec<_>>().join(", ");
        let text = format!(
            "[[rules]]\nname = \"low\"\nmetric = \"customer.balance\"\nbelow.warning = 1\ncustomers = [{of}]\n\
             [[rules.overrides]]\ncustomers = [{of}]\nbelow.warning = 2"
        );
        let (policy, _) = Policy::from_toml(&text, "rules.toml").unwrap();
        let said = policy.explain().join("");
        assert!(said.contains("MA_28, MA_29, and 2 more."), "{said}");
        assert!(said.contains("MA_29 under 2 (warning), over at 2.2 or more; and 2 more."), "{said}");
    }
}
