//! Many alerts in one message: as many lines as fit, and all of them as a file.

use vobiz_core::alert::{DataHealthChange, Transition};

use super::{LONGEST_CAPTION, LONGEST_MESSAGE, Reader, alert, counted, escape, plain};
use crate::ledger::TopUps;
use crate::store::{AlertLine, Document};

/// Characters of a line; ids of any length may be in it.
const LONGEST_LINE: usize = 200;
/// The severity of data that cannot be read.
pub(super) const NO_DATA: &str = "no data";

/// A text, and a file where the text does not hold everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List {
    pub(crate) html: String,
    pub(crate) document: Option<Document>,
}

/// An alert as a line, with what is needed to say later what became of it.
pub(crate) fn alert_line(transition: &Transition, top_ups: &TopUps, reader: &Reader) -> AlertLine {
    let is_firing = transition.change.is_bad();
    AlertLine {
        rule: transition.rule.clone(),
        subject: transition.subject.id.to_string(),
        name: transition.subject.name.clone(),
        severity: transition.severity.name().to_owned(),
        is_firing,
        html: alert::row(transition, is_firing, top_ups, reader),
        value: transition.value.normalize().to_string(),
        level: transition.level.normalize().to_string(),
        at: reader.now,
        since: transition.since,
    }
}

/// The health of the data as a line.
pub(crate) fn data_health_line(change: &DataHealthChange, reader: &Reader) -> AlertLine {
    let html = alert::data_health(change, reader);
    let (is_firing, since) = match change {
        DataHealthChange::Lost { since, .. } => (true, *since),
        DataHealthChange::Back { since } => (false, *since),
        _ => (true, reader.now),
    };
    AlertLine {
        rule: "data".to_owned(),
        subject: "data".to_owned(),
        name: None,
        severity: NO_DATA.to_owned(),
        is_firing,
        html: html.lines().next().unwrap_or_default().to_owned(),
        value: String::new(),
        level: String::new(),
        at: reader.now,
        since,
    }
}

/// More alerts at once than a chat reads one by one; the most urgent come first.
pub(crate) fn storm(lines: &[AlertLine], reader: &Reader) -> List {
    let head = format!("{} {} at once: {}", sign(lines), counted(lines.len(), "alert", "alerts"), counts(lines));
    list(head, lines, reader)
}

/// What became of alerts that a chat could not get when they happened: what fires, then what ended.
pub(crate) fn catch_up(lines: &[AlertLine], as_of: chrono::DateTime<chrono::Utc>, reader: &Reader) -> List {
    let firing = lines.iter().filter(|line| line.is_firing).count();
    let at = reader.at(as_of);
    if let [line] = lines
        && line.is_firing
    {
        return List { html: format!("{}\n<i>As of {at}</i>", row(line, reader)), document: None };
    }
    let head = match firing {
        0 => format!("🟢 As of {at} none of these alerts fires"),
        _ => format!("{} As of {at} {}: {}", sign(lines), counted(firing, "alert fires", "alerts fire"), counts(lines)),
    };
    list(head, lines, reader)
}

fn list(head: String, lines: &[AlertLine], reader: &Reader) -> List {
    let rows: Vec<String> = lines.iter().map(|line| row(line, reader)).collect();
    let whole = std::iter::once(head.clone()).chain(rows.iter().cloned()).collect::<Vec<_>>().join("\n");
    if length(&whole) <= LONGEST_MESSAGE {
        return List { html: whole, document: None };
    }
    let rest = |shown: usize| format!("\n… and {} more. The attached file has all {}.", lines.len() - shown, lines.len());
    let (mut html, mut shown) = (head, 0);
    for row in &rows {
        if length(&html) + 1 + length(row) + length(&rest(shown)) > LONGEST_CAPTION {
            break;
        }
        html = format!("{html}\n{row}");
        shown += 1;
    }
    List { html: html + &rest(shown), document: Some(Document { name: "alerts.csv".to_owned(), bytes: csv(lines) }) }
}

fn row(line: &AlertLine, reader: &Reader) -> String {
    let since = reader.at(line.since);
    let history = match line.is_firing {
        true if line.since == line.at => String::new(),
        true => format!(", since {since}"),
        false => format!(" (fired from {since} to {})", reader.at(line.at)),
    };
    let text = plain(&line.html);
    match text.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…{history}", escape(&text[..end])),
        None => format!("{}{history}", line.html),
    }
}

/// The sign of the worst that fires.
fn sign(lines: &[AlertLine]) -> &'static str {
    let is_critical = lines.iter().any(|line| line.is_firing && line.severity == "critical");
    match lines.iter().any(|line| line.is_firing) {
        _ if is_critical => "🔴",
        true => "🟠",
        false => "🟢",
    }
}

/// `3 critical, 2 warning, 1 resolved`
fn counts(lines: &[AlertLine]) -> String {
    let firing = |severity: &str| lines.iter().filter(|line| line.is_firing && line.severity == severity).count();
    let ended = lines.iter().filter(|line| !line.is_firing).count();
    let counts =
        [(firing("critical"), "critical"), (firing("warning"), "warning"), (firing(NO_DATA), NO_DATA), (ended, "resolved")];
    let counts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    counts.join(", ")
}

fn length(html: &str) -> usize {
    plain(html).encode_utf16().count()
}

/// Every line as a row. Names that a spreadsheet would take for a formula begin with an apostrophe.
fn csv(lines: &[AlertLine]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: [&str; 8]| {
        // Writing to memory does not fail.
        let _ = writer.write_record(row);
    };
    write(["state", "severity", "customer", "name", "value", "level", "rule", "at"]);
    for line in lines {
        let state = if line.is_firing { "firing" } else { "resolved" };
        let name = line.name.as_deref().unwrap_or_default();
        let name = if name.starts_with(['=', '+', '-', '@', '\t']) { format!("'{name}") } else { name.to_owned() };
        let at = line.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        write([state, &line.severity, &line.subject, &name, &line.value, &line.level, &line.rule, &at]);
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-05-12T04:35:00Z".parse().unwrap()
    }

    fn reader() -> Reader {
        Reader { zone: chrono_tz::Asia::Kolkata, now: now() }
    }

    fn line(number: usize, severity: &str, is_firing: bool, name: &str) -> AlertLine {
        AlertLine {
            rule: "low balance".into(),
            subject: format!("MA_{number:04}"),
            name: Some(name.into()),
            severity: severity.into(),
            is_firing,
            html: format!("<b>{}</b> <code>MA_{number:04}</code>: ₹40", escape(name)),
            value: "40".into(),
            level: "500".into(),
            at: now() - TimeDelta::minutes(3),
            since: now() - TimeDelta::minutes(10),
        }
    }

    #[test]
    fn a_storm_is_one_caption_and_a_file_with_every_alert() {
        let lines: Vec<_> = (0..5_000).map(|number| line(number, "critical", true, "=2+3 & Sons")).collect();
        let List { html, document } = storm(&lines, &reader());
        assert!(length(&html) <= LONGEST_CAPTION, "{html}");
        assert!(html.starts_with("🔴 5000 alerts at once: 5000 critical\n<b>=2+3 &amp; Sons</b>"), "{html}");
        assert!(html.ends_with("The attached file has all 5000."), "{html}");
        let file = String::from_utf8(document.unwrap().bytes).unwrap();
        assert_eq!(file.lines().count(), 5_001);
        assert!(file.contains("firing,critical,MA_4999,'=2+3 & Sons,40,500,low balance,2026-05-12T04:32:00Z"), "{file:.500}");
    }

    #[test]
    fn what_ended_meanwhile_says_from_when_to_when_it_fired() {
        let lines = [line(1, "critical", true, "A"), line(2, "warning", false, "B")];
        insta::assert_snapshot!(catch_up(&lines, now(), &reader()).html, @r"
        🔴 As of 10:05 1 alert fires: 1 critical, 1 resolved
        <b>A</b> <code>MA_0001</code>: ₹40, since 09:55
        <b>B</b> <code>MA_0002</code>: ₹40 (fired from 09:55 to 10:02)
        ");
        let ended = [line(2, "warning", false, "B")];
        assert!(catch_up(&ended, now(), &reader()).html.starts_with("🟢 As of 10:05 none of these alerts fires\n"));
    }

    #[test]
    fn an_id_of_any_length_is_cut() {
        let mut long = line(1, "critical", true, "A");
        long.html = format!("<code>{}</code>", "M".repeat(5_000));
        let List { html, document } = storm(&[long], &reader());
        assert!(document.is_none() && length(&html) < 300, "{html}");
    }
}
