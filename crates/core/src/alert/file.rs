//! `[[rules]]` of a policy file: drafts from their tables, each problem at the line of its field.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Duration;

use rust_decimal::Decimal;
use toml::de::DeValue;

use super::level::{Direction, Levels, Recover, Repeat};
use super::metric::{Metric, Unit};
use super::policy::Policy;
use super::rule::{Rule, RuleDraft};
use super::scope::{Billing, Scope};
use super::streak::Hold;
use crate::forecast::Business;
use crate::settings::{Reader, SettingsError, Source, Table, Value, values};

impl Policy {
    /// The rules and working hours of a policy file; `name` is the file's, for refusals. Without `[[rules]]` the default
    /// policy. Sections other than `[[rules]]` and `[business]` are not looked at.
    ///
    /// # Errors
    ///
    /// Each thing to put right, with its line and what to write instead.
    pub fn from_toml(text: &str, name: &str) -> Result<(Self, Business), SettingsError> {
        Self::from_source(&Source::new(Path::new(name), text.as_bytes().to_vec())?)
    }

    /// The same, of a file that was read.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml).
    pub fn from_source(source: &Source) -> Result<(Self, Business), SettingsError> {
        let document = source.parse()?;
        let reader = Reader::new(Some(source), &|_| None);
        let mut root = reader.root(&document);
        let policy = Self::read(&mut root);
        let business = root.table("business", "[business]").map(Business::read).unwrap_or_default();
        reader.finish()?;
        Ok((policy, business))
    }

    /// Reads `[[rules]]` of a file that has other sections too; without them, the default policy. Problems go to the reader.
    pub fn read(root: &mut Table<'_>) -> Self {
        let reader = root.reader;
        let Some(tables) = root.tables("rules") else { return Self::default() };
        let mut names: HashMap<String, String> = HashMap::new();
        let (mut rules, mut off) = (Vec::new(), Vec::new());
        for mut table in tables {
            let (path, place) = (table.path.clone(), table.place_of("name"));
            let is_enabled = table.value("enabled").and_then(Value::boolean).unwrap_or(true);
            let rule = if is_enabled { draft(&mut table) } else { None };
            let name = if is_enabled { rule.as_ref().map(|rule| rule.name().to_owned()) } else { switched_off(&mut table) };
            if let Some(name) = name {
                match names.get(&name) {
                    Some(first) => {
                        reader.report(place, format!("{path}.name is that of {first} too; give each rule its own"));
                    }
                    None => _ = names.insert(name.clone(), path),
                }
                off.extend((!is_enabled).then_some(name));
            }
            rules.extend(rule);
            // A rule that is switched off may keep its other keys.
            if is_enabled {
                table.close();
            }
        }
        // Refused only for what is reported already.
        Self::with_defaults(rules, off.iter().map(String::as_str)).unwrap_or_default()
    }
}

/// The name of a rule with `enabled = false`: one of the file's own, or a default rule.
fn switched_off(table: &mut Table<'_>) -> Option<String> {
    let name = table.required("name", "\"low balance\"").and_then(|value| value.text("low balance"))?;
    let defaults = Policy::default();
    let is_default = defaults.rules().iter().any(|rule| rule.name() == name.given.as_ref());
    if !is_default && table.is_absent("metric") {
        let names: Vec<&str> = defaults.rules().iter().map(Rule::name).collect();
        return name.refuse(&format!("is no default rule, so there is nothing to switch off; those are {}", names.join(", ")));
    }
    Some(name.given.into_owned())
}

/// The rule of a table; `None` once something in it was reported.
fn draft(table: &mut Table<'_>) -> Option<Rule> {
    let reader = table.reader;
    let found = reader.found();
    // All is read before anything is missed, so that every problem is reported.
    let name = table.required("name", "\"low balance\"").and_then(|value| value.text("low balance"));
    let metric = table.required("metric", "\"customer.balance\"").and_then(|value| {
        let text = value.text("customer.balance")?;
        text.parse(|name| name.parse::<Metric>().map_err(|error| error.message))
    });
    // What is not known is read as money, for its other problems.
    let gauge = metric.unwrap_or(Metric::CustomerBalance);
    let direction = direction(table, gauge);
    let (levels, in_working_hours) = levels(table, direction, gauge, true).unzip();
    let overrides = overrides(table, direction, gauge, in_working_hours);
    let hold = table.value("for").and_then(hold);
    let recover = table.value("recover").and_then(|value| recover(value, gauge));
    let mut time = |key, example| table.value(key).and_then(|value| duration(value, example));
    let (recover_for, escalate_after) = (time("recover_for", "2h"), time("escalate_after", "60h"));
    let repeat = repeat(table);
    let mut include = |key| table.value(key).and_then(Value::boolean).unwrap_or_default();
    let (only_without_forecast, only_with_forecast) = (include("only_without_forecast"), include("only_with_forecast"));
    let only_single_wallets = include("only_single_wallets");
    let (postpaid, inactive, auto_recharge) =
        (include("include_postpaid"), include("include_inactive"), include("include_auto_recharge"));
    let mut list = |key, example| table.value(key).and_then(|value| texts(&value, example)).unwrap_or_default();
    let (customers, names) = (list("customers", "MA_XXXXXXXX"), list("names", "Sharma*"));
    let billing = table.value("billing_mode").and_then(|value| value.text("prepaid")?.parse(billing));
    let min_calls = table.value("min_calls").and_then(|value| count(&value));
    let empty_below = table.value("empty_below").and_then(amount);
    // What could not be read has its default by now, which nobody asked for.
    if reader.found() > found {
        return None;
    }
    let scope = Scope { customers: customers.into_iter().collect(), names, billing, postpaid, inactive, auto_recharge };
    let draft = RuleDraft::new(name?.given, metric?, levels?);
    let draft = RuleDraft {
        direction,
        overrides,
        hold: hold.unwrap_or(draft.hold),
        recover: recover.unwrap_or(draft.recover),
        repeat,
        scope,
        in_working_hours: in_working_hours.unwrap_or_default(),
        recover_for,
        escalate_after,
        only_without_forecast,
        only_with_forecast,
        only_single_wallets,
        empty_below: empty_below.unwrap_or(draft.empty_below),
        min_calls: min_calls.unwrap_or(draft.min_calls),
        ..draft
    };
    draft.build().map_err(|error| reader.report(table.place_of(error.field), format!("{}.{error}", table.path))).ok()
}

/// On which side the levels are written; where there are none, on which they are missed.
fn direction(table: &mut Table<'_>, metric: Metric) -> Direction {
    let mut has = |direction: Direction| table.value(direction.name()).is_some();
    let is_written = (has(Direction::Below), has(Direction::Above));
    match is_written {
        (true, true) => {
            let place = table.place_of("above");
            table.reader.report(place, format!("{}.above cannot stand beside below; keep one of them", table.path));
            Direction::Below
        }
        (true, false) => Direction::Below,
        (false, true) => Direction::Above,
        (false, false) => metric.direction(),
    }
}

/// The levels, and whether they are working hours.
fn levels(table: &mut Table<'_>, direction: Direction, metric: Metric, is_required: bool) -> Option<(Levels, bool)> {
    let (key, example) = (direction.name(), example(metric));
    if is_required {
        table.required(key, example)?;
    }
    let mut written = table.table(key, &format!("{key} = {example}"))?;
    let mut level = |key| written.value(key).and_then(|value| level(value, metric));
    let (warning, critical) = (level("warning"), level("critical"));
    if let (Some((_, first)), Some((_, second))) = (warning, critical)
        && first != second
    {
        let words = "must be working hours where warning is, and not where it is not";
        written.reader.report(written.place_of("critical"), format!("{}.critical {words}", written.path));
    }
    let in_working_hours = warning.or(critical).is_some_and(|(_, in_working_hours)| in_working_hours);
    let value = |level: Option<(Decimal, bool)>| level.map(|(value, _)| value);
    written.close();
    Some((Levels { warning: value(warning), critical: value(critical) }, in_working_hours))
}

/// Levels as they may be written.
fn example(metric: Metric) -> &'static str {
    match metric.unit() {
        Unit::Money => "{ warning = \"2000\", critical = \"500\" }",
        Unit::Hours if metric == Metric::CustomerRunway => "{ warning = \"4h30m working\" }",
        Unit::Hours => "{ warning = \"15m\", critical = \"1h\" }",
        Unit::Days => "{ warning = \"3\", critical = \"1\" }",
        Unit::Times => "{ warning = \"3\", critical = \"10\" }",
        Unit::Percent => "{ warning = \"60%\" }",
        Unit::Calls => "{ warning = 1000 }",
    }
}

/// A level in the unit of the metric, and whether it is working hours.
fn level(value: Value<'_>, metric: Metric) -> Option<(Decimal, bool)> {
    let clock = |value| (value, false);
    match metric.unit() {
        Unit::Money => amount(value).map(clock),
        Unit::Hours if metric == Metric::CustomerRunway => span(value),
        Unit::Hours => duration(value, "15m").map(hours).map(clock),
        Unit::Days => number(&value, "d", "3").map(clock),
        Unit::Times => number(&value, "x", "3").map(clock),
        Unit::Percent => number(&value, "%", "60").map(clock),
        Unit::Calls => count(&value).map(Decimal::from).map(clock),
    }
}

/// Levels of single customers; `in_working_hours` is whether the rule's own are.
fn overrides(
    rule: &mut Table<'_>,
    direction: Direction,
    metric: Metric,
    in_working_hours: Option<bool>,
) -> BTreeMap<String, Levels> {
    let mut overrides = BTreeMap::new();
    for mut table in rule.tables("overrides").unwrap_or_default() {
        let customers = table.required("customers", "[\"MA_XXXXXXXX\"]").and_then(|value| texts(&value, "MA_XXXXXXXX"));
        let levels = levels(&mut table, direction, metric, true);
        let place = table.place_of("customers");
        let refuse = |words: &str| {
            table.reader.report(table.place_of(direction.name()), format!("{}.{} {words}", table.path, direction.name()));
        };
        match levels {
            Some((Levels { warning: None, critical: None }, _)) => refuse("needs a level: warning, critical or both"),
            Some((_, own)) if in_working_hours.is_some_and(|of_all| of_all != own) => {
                refuse("must be working hours where the rule's own levels are, and not where they are not");
            }
            _ => {}
        }
        for customer in customers.unwrap_or_default() {
            let (levels, _) = levels.unwrap_or_default();
            if overrides.insert(customer, levels).is_some() {
                let words = "names a customer that has levels already; name each once";
                table.reader.report(place, format!("{}.customers {words}", table.path));
            }
        }
        table.close();
    }
    overrides
}

/// Texts in a list, none of them empty.
fn texts(value: &Value<'_>, example: &str) -> Option<Vec<String>> {
    let texts = value.texts().filter(|texts| !texts.is_empty() && texts.iter().all(|text| !text.is_empty()));
    texts.or_else(|| value.refuse(&format!("must be a list of texts in quotes, such as [{example:?}]")))
}

fn billing(text: &str) -> Result<Billing, String> {
    match text.trim() {
        "prepaid" => Ok(Billing::Prepaid),
        "postpaid" => Ok(Billing::Postpaid),
        _ => Err("is neither \"prepaid\" nor \"postpaid\"; write one of them".to_owned()),
    }
}

/// A number of calls.
fn count(value: &Value<'_>) -> Option<u64> {
    match value.whole().map(u64::try_from) {
        Some(Ok(calls)) if calls > 0 => Some(calls),
        _ => value.refuse("is not a number of calls; write a whole one without quotes, such as 50"),
    }
}

/// A number that may be followed by its unit.
fn number(value: &Value<'_>, unit: &str, example: &str) -> Option<Decimal> {
    let wrong = format!("is not a number; write one such as \"{example}\" or \"{example}{unit}\"");
    match value.node {
        DeValue::Integer(_) => match value.whole().and_then(|whole| Decimal::try_from_i128_with_scale(whole, 0).ok()) {
            Some(whole) => Some(whole),
            None => value.refuse(&wrong),
        },
        DeValue::String(text) => match values::amount(text.trim().strip_suffix(unit).unwrap_or(text)) {
            Ok(number) => Some(number),
            Err(_) => value.refuse(&wrong),
        },
        DeValue::Float(float) if values::amount(float.as_str()).is_ok() => {
            value.refuse(&format!("is a float, which is not exact; write \"{}\"", float.as_str()))
        }
        _ => value.refuse(&wrong),
    }
}

/// Hours of a span such as `36h`, or of `4h30m working`; whether they are working hours.
fn span(value: Value<'_>) -> Option<(Decimal, bool)> {
    value.text("4h30m working")?.parse(|text| {
        let (time, in_working_hours) = match text.trim().strip_suffix("working") {
            Some(time) => (time.trim_end(), true),
            None => (text, false),
        };
        let time = values::duration(time, "36h").map_err(|_| {
            "is not a span of time; write one such as \"36h\", or of working hours such as \"4h30m working\"".to_owned()
        })?;
        Ok((hours(time), in_working_hours))
    })
}

fn hours(time: Duration) -> Decimal {
    Decimal::from(time.as_secs()) / Decimal::from(3600)
}

/// Reminders: `"never"`, or a table of a duration or `"never"` for each severity. `None` where nothing is written.
fn repeat(rule: &mut Table<'_>) -> Option<Repeat> {
    const NEVER: &str = "never";
    let value = rule.value("repeat")?;
    if matches!(value.node, DeValue::String(text) if text.trim() == NEVER) {
        return Some(Repeat::NEVER);
    }
    let mut table = value.table("repeat = { warning = \"24h\", critical = \"4h\" }, or repeat = \"never\"")?;
    let mut after = |key, example, default| match table.value(key) {
        Some(value) if matches!(value.node, DeValue::String(text) if text.trim() == NEVER) => None,
        Some(value) => duration(value, example).or(default),
        None => default,
    };
    let default = Repeat::default();
    let repeat =
        Repeat { warning: after("warning", "24h", default.warning), critical: after("critical", "4h", default.critical) };
    table.close();
    Some(repeat)
}

fn duration(value: Value<'_>, example: &str) -> Option<Duration> {
    value.text(example)?.parse(|text| values::duration(text, example))
}

/// Polls, or a duration.
fn hold(value: Value<'_>) -> Option<Hold> {
    match value.node {
        DeValue::Integer(_) => match value.whole().and_then(|polls| u32::try_from(polls).ok()) {
            Some(polls) => Some(Hold::Polls(polls)),
            None => value.refuse("is not a number of polls; write one such as 2, or a duration such as \"10m\""),
        },
        DeValue::String(text) if !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit()) => {
            value.refuse("is a number in quotes; write a number of polls without them, or a duration such as \"10m\"")
        }
        DeValue::String(_) => duration(value, "10m").map(Hold::For),
        _ => value.refuse("must be a number of polls such as 2, or a duration such as \"10m\""),
    }
}

/// A percentage of the level, or an amount in the unit of the metric. Of a rate in percent it is percentage points.
fn recover(value: Value<'_>, metric: Metric) -> Option<Recover> {
    let percent = match value.node {
        DeValue::String(text) => text.trim_end().strip_suffix('%'),
        _ => None,
    };
    match percent {
        Some(percent) => match values::amount(percent) {
            Ok(percent) => Some(Recover::Percent(percent)),
            Err(_) => value.refuse("is not a percentage; write one such as \"10%\", or an amount such as \"50\""),
        },
        None => match metric.unit() {
            Unit::Money => amount(value),
            Unit::Hours => duration(value, "2h").map(hours),
            Unit::Days => number(&value, "d", "1"),
            Unit::Times => number(&value, "x", "1"),
            Unit::Percent | Unit::Calls => number(&value, "", "5"),
        }
        .map(Recover::Amount),
    }
}

/// Money is exact: text, or a whole number. A float would not be what is written.
fn amount(value: Value<'_>) -> Option<Decimal> {
    match value.node {
        DeValue::String(_) => value.text("2000")?.parse(values::amount),
        DeValue::Integer(_) => match value.whole().and_then(|whole| Decimal::try_from_i128_with_scale(whole, 0).ok()) {
            Some(whole) => Some(whole),
            None => value.refuse("is too large an amount to hold exactly"),
        },
        DeValue::Float(float) => {
            let instead = if values::amount(float.as_str()).is_ok() { float.as_str() } else { "2000.50" };
            let key = value.path.rsplit_once("].").map_or(value.path.as_str(), |(_, key)| key);
            value.refuse(&format!("is a float, which money is not; write {key} = \"{instead}\""))
        }
        _ => value.refuse("must be an amount, such as \"2000\""),
    }
}
