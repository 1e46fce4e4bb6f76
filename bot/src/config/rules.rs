//! `[[rules]]`: drafts from their tables, each problem at the line of its field.

use std::time::Duration;

use toml::de::DeValue;
use vobiz_core::Decimal;
use vobiz_core::alert::{Hold, Levels, Metric, Policy, Recover, Repeat, Rule, RuleDraft, Scope};

use super::entry::Value;
use super::reader::Table;
use super::values;

const SPANS: &str = "{ warning = \"4h30m working\" }";
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
    let metric_is_runway = matches!(metric, Some(Metric::CustomerRunway));
    let (below, in_working_hours) = levels(table, metric_is_runway).unzip();
    let hold = table.value("for").and_then(hold);
    let recover = table.value("recover").and_then(|value| recover(value, metric_is_runway));
    let mut time = |key, example| table.value(key).and_then(|value| duration(value, example));
    let (recover_for, escalate_after) = (time("recover_for", "2h"), time("escalate_after", "60h"));
    let repeat = repeat(table);
    let mut include = |key| table.value(key).and_then(Value::boolean).unwrap_or_default();
    let only_without_forecast = include("only_without_forecast");
    let scope = Scope {
        postpaid: include("include_postpaid"),
        inactive: include("include_inactive"),
        auto_recharge: include("include_auto_recharge"),
        ..Scope::default()
    };
    // What could not be read has its default by now; with that, nothing is to be judged.
    if reader.found() > found {
        return None;
    }
    let draft = RuleDraft::new(name?.given, metric?, below?);
    let (hold, recover) = (hold.unwrap_or(draft.hold), recover.unwrap_or(draft.recover));
    let draft = RuleDraft {
        hold,
        recover,
        repeat: repeat.unwrap_or_default(),
        scope,
        in_working_hours: in_working_hours.unwrap_or_default(),
        recover_for,
        escalate_after,
        only_without_forecast,
        ..draft
    };
    draft.build().map_err(|error| reader.report(table.place_of(error.field), format!("{}.{error}", table.path))).ok()
}

/// The levels, and whether they are working hours.
fn levels(rule: &mut Table<'_>, are_spans: bool) -> Option<(Levels, bool)> {
    let example = if are_spans { SPANS } else { LEVELS };
    rule.required("below", example)?;
    let mut below = rule.table("below", &format!("below = {example}"))?;
    let levels = if are_spans {
        let mut level = |key| below.value(key).and_then(span);
        let (warning, critical) = (level("warning"), level("critical"));
        if let (Some((_, first)), Some((_, second))) = (warning, critical)
            && first != second
        {
            let place = below.place_of("critical");
            below.reader.report(
                place,
                format!("{}.critical must be working hours where warning is, and not where it is not", below.path),
            );
        }
        let in_working_hours = warning.or(critical).is_some_and(|(_, in_working_hours)| in_working_hours);
        let hours = |level: Option<(Decimal, bool)>| level.map(|(hours, _)| hours);
        (Levels { warning: hours(warning), critical: hours(critical) }, in_working_hours)
    } else {
        (Levels { warning: below.value("warning").and_then(amount), critical: below.value("critical").and_then(amount) }, false)
    };
    below.close();
    Some(levels)
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

/// A percentage of the level, or an amount; of a runway a span.
fn recover(value: Value<'_>, is_span: bool) -> Option<Recover> {
    let percent = match value.node {
        DeValue::String(text) => text.trim_end().strip_suffix('%'),
        _ => None,
    };
    match percent {
        Some(percent) => match values::amount(percent) {
            Ok(percent) => Some(Recover::Percent(percent)),
            Err(_) => value.refuse("is not a percentage; write one such as \"10%\", or an amount such as \"50\""),
        },
        None if is_span => duration(value, "2h").map(|time| Recover::Amount(hours(time))),
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
