//! `[[rules]]`: drafts from their tables, each problem at the line of its field.

use std::time::Duration;

use toml::de::DeValue;
use vobiz_core::Decimal;
use vobiz_core::alert::{Hold, Levels, Metric, Policy, Recover, Repeat, Rule, RuleDraft, Scope};

use super::entry::Value;
use super::reader::Table;
use super::values;

const LEVELS: &str = "{ warning = \"2000\", critical = \"500\" }";

/// The policy of the file; without rules in it, the default one.
pub(super) fn read(root: &mut Table<'_>) -> Policy {
    let reader = root.reader;
    let Some(tables) = root.tables("rules") else { return Policy::default() };
    let mut names: Vec<(String, String)> = Vec::new();
    let mut rules = Vec::new();
    for mut table in tables {
        let (path, place) = (table.path.clone(), table.place_of("name"));
        if let Some(rule) = draft(&mut table) {
            match names.iter().find(|(name, _)| name == rule.name()) {
                Some((_, first)) => reader.report(place, format!("{path}.name is that of {first} too; give each rule its own")),
                None => names.push((rule.name().to_owned(), path)),
            }
            rules.push(rule);
        }
        table.close();
    }
    // Refused only for what is reported already.
    Policy::new(rules).unwrap_or_default()
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
    let below = levels(table);
    let hold = table.value("for").and_then(hold);
    let recover = table.value("recover").and_then(recover);
    let repeat = repeat(table);
    let mut include = |key| table.value(key).and_then(Value::boolean).unwrap_or_default();
    let scope = Scope {
        postpaid: include("include_postpaid"),
        inactive: include("include_inactive"),
        auto_recharge: include("include_auto_recharge"),
    };
    // What could not be read has its default by now; with that, nothing is to be judged.
    if reader.found() > found {
        return None;
    }
    let draft = RuleDraft::new(name?.given, metric?, below?);
    let (hold, recover) = (hold.unwrap_or(draft.hold), recover.unwrap_or(draft.recover));
    let draft = RuleDraft { hold, recover, repeat: repeat.unwrap_or_default(), scope, ..draft };
    draft.build().map_err(|error| reader.report(table.place_of(error.field), format!("{}.{error}", table.path))).ok()
}

fn levels(rule: &mut Table<'_>) -> Option<Levels> {
    rule.required("below", LEVELS)?;
    let mut below = rule.table("below", &format!("below = {LEVELS}"))?;
    let levels = Levels { warning: below.value("warning").and_then(amount), critical: below.value("critical").and_then(amount) };
    below.close();
    Some(levels)
}

fn repeat(rule: &mut Table<'_>) -> Option<Repeat> {
    let default = Repeat::default();
    let mut table = rule.table("repeat", "repeat = { warning = \"24h\", critical = \"4h\" }")?;
    let repeat = Repeat {
        warning: table.value("warning").and_then(|value| duration(value, "24h")).unwrap_or(default.warning),
        critical: table.value("critical").and_then(|value| duration(value, "4h")).unwrap_or(default.critical),
    };
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

/// A percentage of the level, or an amount.
fn recover(value: Value<'_>) -> Option<Recover> {
    let percent = match value.node {
        DeValue::String(text) => text.trim_end().strip_suffix('%'),
        _ => None,
    };
    match percent {
        Some(percent) => match values::amount(percent) {
            Ok(percent) => Some(Recover::Percent(percent)),
            Err(_) => value.refuse("is not a percentage; write one such as \"10%\", or an amount such as \"50\""),
        },
        None => amount(value).map(Recover::Amount),
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
