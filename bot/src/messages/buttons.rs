//! What is on buttons. Each carries the command that it is a shortcut for.

use std::collections::HashSet;

use vobiz_core::alert::{SubjectId, Transition};

use crate::store::{AlertLine, Button, Buttons};

/// Alerts of a message that have a button of their own.
const ROWS: usize = 5;

/// Under reports: the others, and the one that is shown to read it again.
pub(crate) fn reports(shown: Option<&str>) -> Buttons {
    let row = [("Now", "/dashboard"), ("7 days", "/analytics 7d"), ("30 days", "/analytics 30d")];
    vec![
        row.into_iter()
            .map(|(text, command)| if shown == Some(command) { refresh(text, command) } else { button(text, command) })
            .collect(),
    ]
}

/// Under a list: its pages, counted from 1, and the one that is shown to read it again.
pub(crate) fn pages(list: &str, page: usize, pages: usize) -> Buttons {
    let to = |page: usize| format!("{list} #{page}");
    let here = if pages == 1 { "Refresh".to_owned() } else { format!("{page} of {pages}") };
    let before = (page > 1).then(|| button("‹ Previous", &to(page - 1)));
    let after = (page < pages).then(|| button("Next ›", &to(page + 1)));
    vec![before.into_iter().chain([refresh(&here, &to(page))]).chain(after).collect()]
}

/// Under what can be read again.
pub(crate) fn again(command: &str) -> Buttons {
    vec![vec![refresh("Refresh", command)]]
}

/// One of several, each on a row.
pub(crate) fn choices(rows: impl Iterator<Item = (String, String)>) -> Buttons {
    rows.map(|(text, command)| vec![button(&text, &command)]).collect()
}

/// Under a summary: where to look closer.
pub(crate) fn summary() -> Buttons {
    vec![vec![button("Low wallets", "/low"), button("Dashboard", "/dashboard")]]
}

/// Under an alert: what can be done about it.
pub(crate) fn alert(alert: &Transition) -> Buttons {
    one(&alert.subject.id, &alert.rule)
}

fn one(subject: &SubjectId, rule: &str) -> Buttons {
    let target = format!("{subject} {rule}");
    let mut look = vec![button("Why", &format!("/why {target}"))];
    if let Some(customer) = subject.customer() {
        look.push(button("Customer", &format!("/customer {customer}")));
    }
    vec![vec![button("Take", &format!("/take {target}")), button("Snooze", &format!("/mute {target}"))], look]
}

/// Under a message about alerts: what can be done about the one that fires, or the first of several, each on a row, and the list
/// of all.
pub(crate) fn alerts(lines: &[AlertLine]) -> Buttons {
    let mut seen = HashSet::new();
    let firing = lines.iter().filter(|line| line.is_firing && line.severity != super::list::NO_DATA);
    let firing: Vec<&AlertLine> = firing.filter(|line| seen.insert(&line.subject)).collect();
    match firing.as_slice() {
        [] => Vec::new(),
        [line] if lines.len() == 1 => one(&SubjectId::from(line.subject.as_str()), &line.rule),
        several => {
            let look = |line: &&AlertLine| {
                let subject = SubjectId::from(line.subject.as_str());
                let text = super::plain(&super::name(line.name.as_deref(), &line.subject));
                match subject.customer() {
                    Some(customer) => vec![button(&text, &format!("/customer {customer}"))],
                    None => vec![button(&text, &format!("/why {subject} {}", line.rule))],
                }
            };
            several.iter().take(ROWS).map(look).chain([vec![button("All alerts", "/alerts")]]).collect()
        }
    }
}

/// A button that is a shortcut for a command.
pub(crate) fn button(text: &str, command: &str) -> Button {
    Button { text: text.to_owned(), command: command.to_owned(), data: None }
}

/// A button that reads again what is shown.
pub(crate) fn refresh(text: &str, command: &str) -> Button {
    button(&format!("↻ {text}"), command)
}
