//! Policy files: what is read, and a case for each refusal.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::forecast::Business;

fn read(rules: &str) -> Result<Vec<RuleDraft>, String> {
    let (policy, _) = Policy::from_toml(rules, "rules.toml").map_err(|error| error.to_string())?;
    assert_eq!(policy.explain().len(), policy.rules().len(), "what is read can be explained");
    // The default rules stand beside those of the file.
    let defaults = Policy::default();
    Ok(policy.rules().iter().filter(|rule| !defaults.rules().contains(rule)).map(Rule::draft).collect())
}

/// The names of the rules in force.
fn names(rules: &str) -> Result<String, String> {
    let (policy, _) = Policy::from_toml(rules, "rules.toml").map_err(|error| error.to_string())?;
    Ok(policy.rules().iter().map(Rule::name).collect::<Vec<_>>().join(", "))
}

/// A rule on a metric with these lines more.
fn rule(metric: &str, lines: &str) -> String {
    format!("[[rules]]\nname = \"r\"\nmetric = \"{metric}\"\n{lines}\n")
}

fn levels(warning: &str, critical: &str) -> Levels {
    Levels { warning: warning.parse().ok(), critical: critical.parse().ok() }
}

#[test]
fn each_metric_has_its_levels_in_its_own_unit_and_on_its_own_side() {
    use Direction::{Above, Below};
    for (metric, lines, direction, expected) in [
        ("customer.balance", "below = { warning = \"2000.50\", critical = 500 }", Below, levels("2000.50", "500")),
        ("customer.runway", "below = { warning = \"36h\", critical = \"90m\" }", Below, levels("36", "1.5")),
        ("customer.runway", "below = { warning = \"4h30m working\" }", Below, levels("4.5", "")),
        ("customer.burn", "above = { warning = \"3\", critical = \"10x\" }", Above, levels("3", "10")),
        ("customer.burn", "below = { warning = \"0.2\" }", Below, levels("0.2", "")),
        ("partner.balance", "below.critical = 10000", Below, levels("", "10000")),
        ("partner.coverage", "below = { warning = \"3d\", critical = 1 }", Below, levels("3", "1")),
        ("fleet.balance", "above = { warning = \"900000\" }", Above, levels("900000", "")),
        ("calls.answer_rate", "below = { warning = \"60%\", critical = \"40\" }", Below, levels("60", "40")),
        ("calls.cost", "above = { warning = \"50000\" }", Above, levels("50000", "")),
        ("calls.volume", "below = { warning = 1000 }", Below, levels("1000", "")),
        ("data.age", "above = { warning = \"15m\", critical = \"1h\" }", Above, levels("0.25", "1")),
    ] {
        let drafts = read(&rule(metric, lines)).unwrap_or_else(|error| panic!("{metric} {lines}: {error}"));
        let expected = RuleDraft {
            direction,
            in_working_hours: lines.contains("working"),
            ..RuleDraft::new("r", metric.parse().unwrap(), expected)
        };
        assert_eq!(drafts, [expected], "{metric} {lines}");
    }
}

#[test]
fn filters_and_levels_of_single_customers_are_read() {
    let text = rule(
        "customer.balance",
        "below = { warning = \"2000\", critical = \"500\" }
customers = [\"MA_1\", \"MA_2\", \"MA_3\"]
names = [\"Sharma*\"]
billing_mode = \"postpaid\"
include_inactive = true
[[rules.overrides]]
customers = [\"MA_1\", \"MA_3\"]
below = { warning = \"9000\" }
[[rules.overrides]]
customers = [\"MA_2\"]
below.critical = 50",
    );
    let draft = &read(&text).unwrap()[0];
    let scope = Scope {
        customers: ["MA_1", "MA_2", "MA_3"].map(str::to_owned).into(),
        names: vec!["Sharma*".to_owned()],
        billing: Some(Billing::Postpaid),
        inactive: true,
        ..Scope::default()
    };
    assert_eq!(draft.scope, scope);
    let own = [("MA_1", levels("9000", "500")), ("MA_2", levels("2000", "50")), ("MA_3", levels("9000", "500"))];
    assert_eq!(draft.overrides, own.map(|(id, levels)| (id.to_owned(), levels)).into(), "what one leaves out is as for all");
}

#[test]
fn times_and_reminders_are_read() {
    use std::time::Duration;
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let text = rule(
        "customer.balance",
        "below.warning = 5
for = \"10m\"
recover_for = \"20m\"
escalate_after = \"30m\"
repeat = { warning = \"40m\", critical = \"50m\" }
only_without_forecast = true
include_postpaid = true
include_auto_recharge = true",
    );
    let draft = &read(&text).unwrap()[0];
    assert_eq!(draft.hold, Hold::For(minutes(10)));
    assert_eq!((draft.recover_for, draft.escalate_after), (Some(minutes(20)), Some(minutes(30))));
    assert_eq!(draft.repeat, Some(Repeat { warning: Some(minutes(40)), critical: Some(minutes(50)) }));
    assert!(draft.only_without_forecast && draft.scope.postpaid && draft.scope.auto_recharge && !draft.scope.inactive);
}

#[test]
fn reminders_may_be_switched_off_for_all_or_for_one_severity() {
    let day = Some(std::time::Duration::from_hours(24));
    for (lines, expected) in [
        ("repeat = \"never\"", Repeat::NEVER),
        ("repeat = { warning = \"never\", critical = \"24h\" }", Repeat { warning: None, critical: day }),
        ("repeat.critical = \"never\"", Repeat { critical: None, warning: day }),
    ] {
        let draft = &read(&rule("customer.balance", &format!("below = {{ warning = 5, critical = 1 }}\n{lines}"))).unwrap()[0];
        assert_eq!(draft.repeat, Some(expected), "{lines}");
    }
    for (lines, expected) in [
        (
            "repeat = \"sometimes\"",
            "5: rules[0].repeat must be a table; write repeat = { warning = \"24h\", critical = \"4h\" }, or repeat = \"never\"",
        ),
        ("repeat.warning = \"often\"", "5: rules[0].repeat.warning \"often\" is not a duration; write one such as \"24h\""),
    ] {
        let refused = read(&rule("customer.balance", &format!("below.warning = 5\n{lines}"))).unwrap_err();
        assert_eq!(refused, format!("rules.toml:{expected}"));
    }
}

#[test]
fn default_rules_stay_beside_those_of_the_file_unless_switched_off_or_replaced() {
    let off = |name: &str| format!("[[rules]]\nname = \"{name}\"\nenabled = false\n");
    let fraud = rule("customer.burn", "above.warning = 3");
    assert_eq!(names(&fraud).unwrap(), "r, runway, low balance, partner wallet, unread wallets");
    assert_eq!(names(&(fraud.clone() + &off("runway"))).unwrap(), "r, low balance, partner wallet, unread wallets");
    let own = fraud.replace("\"r\"", "\"unread wallets\"");
    assert_eq!(names(&own).unwrap(), "unread wallets, runway, low balance, partner wallet");
    let kept = fraud.replace("above.warning = 3", "above.warning = 3\nenabled = false");
    assert_eq!(names(&kept).unwrap(), "runway, low balance, partner wallet, unread wallets", "a rule of the file");
    let typo = "rules.toml:2: rules[0].name is no default rule, so there is nothing to switch off; those are runway, low balance, partner wallet, unread wallets";
    assert_eq!(names(&off("runwya")).unwrap_err(), typo);
    let twice = "rules.toml:5: rules[1].name is that of rules[0] too; give each rule its own";
    assert_eq!(names(&(off("runway") + &off("runway"))).unwrap_err(), twice);
    assert_eq!(
        names("[[rules]]\nname = \"runway\"\nenabled = \"no\"\n").unwrap_err().lines().next(),
        Some("rules.toml:1: rules[0].metric is missing; write metric = \"customer.balance\"")
    );
}

#[test]
fn keys_of_forecasts_and_empty_wallets_are_read_and_refused_where_they_mean_nothing() {
    let low = "below.warning = 5\n";
    let draft = |metric: &str, lines: &str| read(&rule(metric, lines)).unwrap().remove(0);
    assert_eq!(draft("customer.runway", "below.warning = \"5h\"\nempty_below = \"0.50\"").empty_below, Decimal::new(5, 1));
    assert!(draft("partner.coverage", &format!("{low}only_with_forecast = true")).only_with_forecast);
    assert!(draft("data.age", "above.warning = \"5h\"\nonly_single_wallets = true").only_single_wallets);
    for (metric, lines, expected) in [
        (
            "customer.balance",
            "empty_below = 2",
            "5: rules[0].empty_below is for customer.runway, and for customer.balance with only_without_forecast",
        ),
        (
            "customer.balance",
            "only_with_forecast = true",
            "5: rules[0].only_with_forecast is for metrics that need a forecast, which customer.balance does not",
        ),
        ("fleet.balance", "only_single_wallets = true", "5: rules[0].only_single_wallets is for data.age alone"),
        ("customer.balance", "only_without_forecast = true\nempty_below = -2", "6: rules[0].empty_below must not be negative"),
    ] {
        assert_eq!(read(&rule(metric, &format!("{low}{lines}"))).unwrap_err(), format!("rules.toml:{expected}"));
    }
}

#[test]
fn a_recovery_is_in_the_unit_of_the_metric() {
    for (metric, lines, expected) in [
        ("customer.burn", "above = { warning = 3 }\nrecover = \"0.5\"", Recover::Amount(Decimal::new(5, 1))),
        ("calls.answer_rate", "below = { warning = 60 }\nrecover = \"5\"", Recover::Amount(5.into())),
        ("calls.answer_rate", "below = { warning = 60 }\nrecover = \"5%\"", Recover::Percent(5.into())),
        ("data.age", "above = { warning = \"1h\" }\nrecover = \"30m\"", Recover::Amount(Decimal::new(5, 1))),
        ("partner.coverage", "below = { warning = 2 }\nrecover = \"1d\"", Recover::Amount(1.into())),
    ] {
        assert_eq!(read(&rule(metric, lines)).unwrap()[0].recover, expected, "{metric} {lines}");
    }
    let calls = read(&rule("calls.answer_rate", "below = { warning = 60 }\nmin_calls = 10")).unwrap();
    assert_eq!(calls[0].min_calls, 10);
}

#[test]
fn without_rules_the_default_policy_applies_and_other_sections_are_not_read() {
    let (policy, business) = Policy::from_toml("[telegram]\ntoken = 5\n[business]\nopens = \"08:00\"", "bot.toml").unwrap();
    assert_eq!((policy, business.opens), (Policy::default(), 480));
    assert_eq!(Policy::from_toml("", "empty").unwrap(), (Policy::default(), Business::default()));
}

#[test]
fn each_refusal_names_the_line_and_what_to_write_instead() {
    let low = "below = { warning = \"2000\" }\n";
    for (metric, lines, expected) in [
        ("customer.burn", "", "1: rules[0].above is missing; write above = { warning = \"3\", critical = \"10\" }"),
        ("data.age", "", "1: rules[0].above is missing; write above = { warning = \"15m\", critical = \"1h\" }"),
        ("data.age", "below = { warning = \"1h\" }", "4: rules[0].below cannot be for data.age; write above"),
        ("customer.runway", "above = { warning = \"1h\" }", "4: rules[0].above cannot be for customer.runway; write below"),
        (
            "customer.balance",
            "below.warning = 5\nabove.warning = 6",
            "5: rules[0].above cannot stand beside below; keep one of them",
        ),
        ("customer.burn", "above.warning = 2.5", "4: rules[0].above.warning is a float, which is not exact; write \"2.5\""),
        (
            "customer.burn",
            "above.warning = \"much\"",
            "4: rules[0].above.warning is not a number; write one such as \"3\" or \"3x\"",
        ),
        ("customer.burn", "above.warning = nan", "4: rules[0].above.warning is not a number; write one such as \"3\" or \"3x\""),
        (
            "calls.answer_rate",
            "below.warning = true",
            "4: rules[0].below.warning is not a number; write one such as \"60\" or \"60%\"",
        ),
        (
            "calls.volume",
            "below.warning = -3",
            "4: rules[0].below.warning is not a number of calls; write a whole one without quotes, such as 50",
        ),
        (
            "data.age",
            "above.warning = \"soon\"",
            "4: rules[0].above.warning \"soon\" is not a duration; write one such as \"15m\"",
        ),
        (
            "calls.cost",
            "above.warning = 1.5",
            "4: rules[0].above.warning is a float, which money is not; write above.warning = \"1.5\"",
        ),
        ("calls.cost", "above = { warning = 5, critical = 3 }", "4: rules[0].above.critical (3) must be above warning (5)"),
        (
            "customer.balance",
            &format!("{low}customers = \"MA_1\""),
            "5: rules[0].customers must be a list of texts in quotes, such as [\"MA_XXXXXXXX\"]",
        ),
        (
            "customer.balance",
            &format!("{low}customers = []"),
            "5: rules[0].customers must be a list of texts in quotes, such as [\"MA_XXXXXXXX\"]",
        ),
        (
            "customer.balance",
            &format!("{low}names = [\"\"]"),
            "5: rules[0].names must be a list of texts in quotes, such as [\"Sharma*\"]",
        ),
        (
            "customer.balance",
            &format!("{low}billing_mode = \"monthly\""),
            "5: rules[0].billing_mode is neither \"prepaid\" nor \"postpaid\"; write one of them",
        ),
        (
            "customer.balance",
            &format!("{low}min_calls = 0"),
            "5: rules[0].min_calls is not a number of calls; write a whole one without quotes, such as 50",
        ),
        (
            "x".repeat(70).as_str(),
            low,
            "3: rules[0].metric \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"… is not a metric; known: customer.balance, customer.runway, customer.burn, partner.balance, partner.coverage, fleet.balance, calls.answer_rate, calls.cost, calls.volume, data.age",
        ),
        (
            "partner.balance",
            &format!("{low}only_without_forecast = true"),
            "5: rules[0].only_without_forecast is for customer.balance alone, which can stand in for forecasts",
        ),
    ] {
        assert_eq!(read(&rule(metric, lines)).unwrap_err(), format!("rules.toml:{expected}"), "{metric} {lines}");
    }
}

#[test]
fn levels_of_single_customers_are_refused_at_their_own_lines() {
    let low = "below = { warning = \"2000\" }\n";
    for (metric, lines, expected) in [
        (
            "customer.balance",
            &format!("{low}[[rules.overrides]]\nbelow.warning = 1"),
            "5: rules[0].overrides[0].customers is missing; write customers = [\"MA_XXXXXXXX\"]",
        ),
        (
            "customer.balance",
            &format!("{low}[[rules.overrides]]\ncustomers = [\"MA_1\"]\nabove.warning = 1"),
            "5: rules[0].overrides[0].below is missing; write below = { warning = \"2000\", critical = \"500\" }
rules.toml:7: rules[0].overrides[0].above is not known here; write one of customers, below",
        ),
        (
            "customer.balance",
            &format!("{low}[[rules.overrides]]\ncustomers = [\"MA_1\", \"MA_1\"]\nbelow.warning = 1"),
            "6: rules[0].overrides[0].customers names a customer that has levels already; name each once",
        ),
        (
            "customer.balance",
            &format!("{low}[[rules.overrides]]\ncustomers = [\"MA_1\"]\nbelow = {{}}"),
            "7: rules[0].overrides[0].below needs a level: warning, critical or both",
        ),
        (
            "customer.runway",
            &"below.warning = \"4h working\"\n[[rules.overrides]]\ncustomers = [\"MA_1\"]\nbelow.warning = \"36h\"".to_owned(),
            "7: rules[0].overrides[0].below must be working hours where the rule's own levels are, and not where they are not",
        ),
        (
            "customer.balance",
            &format!("{low}overrides = []"),
            "5: rules[0].overrides is an empty list; leave it out, or write [[rules.overrides]] tables",
        ),
        (
            "customer.balance",
            &format!("{low}overrides = [5]"),
            "5: rules[0].overrides[0] must be a table; write [[rules.overrides]]",
        ),
        (
            "fleet.balance",
            &format!("{low}[[rules.overrides]]\ncustomers = [\"MA_1\"]\nbelow.warning = 1"),
            "5: rules[0].overrides are of customers, which fleet.balance is not",
        ),
    ] {
        assert_eq!(read(&rule(metric, lines)).unwrap_err(), format!("rules.toml:{expected}"), "{metric} {lines}");
    }
}

#[test]
fn keys_without_effect_and_times_without_end_are_refused() {
    let low = "below = { warning = 2000 }\n";
    for (metric, lines, expected) in [
        ("customer.balance", &format!("{low}min_calls = 10"), "5: rules[0].min_calls is for calls.answer_rate alone"),
        ("customer.balance", &format!("{low}for = \"999999999d\""), "5: rules[0].for must be at most 366d"),
        ("customer.balance", &format!("{low}repeat.warning = \"400d\""), "5: rules[0].repeat.warning must be at most 366d"),
        ("customer.balance", &format!("{low}escalate_after = \"0s\""), "5: rules[0].escalate_after must be at least 1s"),
        ("customer.balance", &format!("{low}recover_for = \"0s\""), "5: rules[0].recover_for must be at least 1s"),
        (
            "partner.balance",
            &format!("{low}customers = [\"MA_1\"]"),
            "5: rules[0].customers picks customers, which partner.balance is not a figure of; leave it out",
        ),
        (
            "calls.volume",
            &format!("{low}include_inactive = true"),
            "5: rules[0].include_inactive picks customers, which calls.volume is not a figure of; leave it out",
        ),
        (
            "customer.balance",
            &format!("{low}customers = [\"MA_1\\nMA_2\"]"),
            "5: rules[0].customers must be ids without spaces, such as MA_XXXXXXXX",
        ),
        (
            "customer.balance",
            &format!("{low}names = [\"{}\"]", "*".repeat(10_000)),
            "5: rules[0].names must each be at most 200 characters on one line",
        ),
        (
            "customer.balance",
            &format!("{low}billing_mode = \"prepaid\"\ninclude_postpaid = true"),
            "6: rules[0].include_postpaid contradicts billing_mode = \"prepaid\"; keep one of them",
        ),
        (
            "customer.balance",
            &format!("{low}customers = [\"MA_2\"]\n[[rules.overrides]]\ncustomers = [\"MA_1\"]\nbelow.warning = 1"),
            "6: rules[0].overrides are of MA_1 too, whom customers leaves out; name it there as well",
        ),
    ] {
        assert_eq!(read(&rule(metric, lines)).unwrap_err(), format!("rules.toml:{expected}"), "{metric} {lines}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic_and_each_refusal_says_where(
        metric in prop::sample::select(Metric::ALL.to_vec()),
        key in "(below|above|for|recover|customers|names|min_calls|overrides|repeat|escalate_after|[a-z]{1,8})",
        value in "(-?[0-9]{1,40}|[0-9.e+-]{1,12}|\"[^\"\\\\\n]{0,20}\"|\\[.{0,10}\\]|\\{ ?(warning|critical) = [^\n]{0,20}\\}|.{0,30})",
    ) {
        if let Err(refusal) = read(&rule(metric.name(), &format!("{key} = {value}"))) {
            let has_line = |line: &str| {
                let place = line.strip_prefix("rules.toml:").and_then(|rest| rest.split_once(':'));
                place.is_some_and(|(line, _)| line.parse::<u32>().is_ok())
            };
            prop_assert!(refusal.lines().all(has_line), "{refusal}");
        }
    }

    #[test]
    fn no_file_makes_the_reader_panic(text in "(?s).{0,200}") {
        let _ = read(&text);
    }
}

/// The first block of TOML with complete rules in a page.
fn block(page: &str) -> String {
    let path = format!("{}/../../{page}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let block =
        text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).find(|block| block.contains("metric ="));
    block.unwrap_or_else(|| panic!("{page} has no rules")).to_owned()
}

#[test]
fn the_rules_of_the_docs_are_read_and_those_of_the_readme_are_default_rules() {
    let (policy, _) = Policy::from_toml(&block("README.md"), "README.md").unwrap();
    assert_eq!(policy, Policy::default());
    let (policy, _) = Policy::from_toml(&block("docs/rules.md"), "docs/rules.md").unwrap();
    assert_eq!(
        policy.rules().iter().map(Rule::name).collect::<Vec<_>>(),
        ["stuck dialer or fraud", "partner wallet", "big customers", "runway", "low balance", "unread wallets"]
    );
}
