//! `month`: the messages that the bot sends by itself in a month of its demo, by kind.
//!
//! The program that ships lives the month, and what it prints is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// Days of the month.
const DAYS: &str = "30";

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Summary,
    Alert,
    Reminder,
    Recovery,
    Other,
}

impl Kind {
    const ALL: [(Self, &str); 5] = [
        (Self::Summary, "summaries"),
        (Self::Alert, "alerts: new, worse, or less bad"),
        (Self::Reminder, "reminders"),
        (Self::Recovery, "ends of alerts"),
        (Self::Other, "others"),
    ];
}

/// Runs the demo of a bot and prints the table.
pub(crate) fn run(bot: &str) -> Result<()> {
    let mut command = Command::new(bot);
    command.args(["demo", "--fast", "--days", DAYS]).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().with_context(|| format!("{bot} did not start"))?;
    ensure!(output.status.success(), "the demo failed: {}", output.status);
    let kinds = count(&String::from_utf8(output.stdout)?);
    let of = |kind| kinds.get(&kind).copied().unwrap_or_default();
    let all: usize = kinds.values().sum();
    let mut table = "| messages | in 30 days |\n| --- | --: |\n".to_owned();
    for (kind, name) in Kind::ALL {
        let _ = writeln!(table, "| {name} | {} |", of(kind));
    }
    let _ = writeln!(table, "| all beside the summaries | {} |", all - of(Kind::Summary));
    std::io::stdout().write_all(table.as_bytes())?;
    Ok(())
}

/// How many messages of each kind the demo printed.
fn count(printed: &str) -> BTreeMap<Kind, usize> {
    let (mut kinds, mut empty, mut is_caption) = (BTreeMap::new(), BTreeSet::new(), false);
    for text in printed.lines().filter_map(|line| Some(line.split_once(" bot> ")?.1)) {
        let is_picture = text.starts_with("[photo] ");
        if is_picture || !is_caption {
            let kind = if is_picture { Kind::Summary } else { kind(text, &mut empty) };
            *kinds.entry(kind).or_default() += 1;
        }
        is_caption = is_picture;
    }
    kinds
}

/// The kind of a message by its first line. `empty` holds the wallets that were reported empty.
fn kind<'a>(text: &'a str, empty: &mut BTreeSet<&'a str>) -> Kind {
    let is_alert = text.starts_with(['🔴', '🟠']);
    if text.starts_with('🟢') {
        empty.retain(|name| !text.contains(name));
        return Kind::Recovery;
    }
    let name = text.split_once(" is EMPTY").map(|(name, _)| name.trim_start_matches(['🔴', ' ']));
    let is_known = name.is_some_and(|name| !empty.insert(name));
    match is_alert {
        true if is_known || text.to_lowercase().contains("still ") => Kind::Reminder,
        true => Kind::Alert,
        false => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_counted_by_what_they_are_for() {
        let printed = "\
A made-up partner at Mon 1 Jun.
Mon 1 Jun 09:00 bot> [photo] /tmp/1.png
Mon 1 Jun 09:00 bot> 🔴 1 wallet critical
     🔴 ₹0.98 A
Mon 1 Jun 09:05 bot> 🔴 A is EMPTY since 09:00, calls fail: ₹0.98 left
Mon 1 Jun 13:05 bot> 🔴 A is EMPTY since 09:00, calls fail: ₹0.98 left
Mon 1 Jun 14:00 bot> 🟠 B still runs dry in about 6 h
Mon 1 Jun 14:30 bot> 🟢 A recovered
Mon 1 Jun 15:00 bot> 🔴 A is EMPTY since 14:55, calls fail
Mon 1 Jun 18:00 bot> 🔴 2 wallets still need money: 2 critical
Mon 1 Jun 19:00 bot> ⚪ The API cannot be read
30 days: 8640 polls.";
        let expected = [(Kind::Summary, 1), (Kind::Alert, 2), (Kind::Reminder, 3), (Kind::Recovery, 1), (Kind::Other, 1)];
        assert_eq!(count(printed), BTreeMap::from(expected));
    }
}
