//! What stands on buttons. Each carries the command that it is a shortcut for.

use crate::store::{Button, Buttons};

/// Under reports: the others, and the one that is shown to read it again.
pub(crate) fn reports(shown: Option<&str>) -> Buttons {
    let row = [("Now", "/dashboard"), ("7 days", "/analytics 7d"), ("30 days", "/analytics 30d")];
    vec![row.into_iter().map(|(text, command)| button(text, command, shown == Some(command))).collect()]
}

/// Under a list: its pages, counted from 1, and the one that is shown to read it again.
pub(crate) fn pages(list: &str, page: usize, pages: usize) -> Buttons {
    let to = |text: &str, page: usize| button(text, &format!("{list} #{page}"), false);
    let here = if pages == 1 { "Refresh".to_owned() } else { format!("{page} of {pages}") };
    let here = button(&here, &format!("{list} #{page}"), true);
    let before = (page > 1).then(|| to("‹ Lower", page - 1));
    let after = (page < pages).then(|| to("Higher ›", page + 1));
    vec![before.into_iter().chain([here]).chain(after).collect()]
}

/// Under what could not be read.
pub(crate) fn again(command: &str) -> Buttons {
    vec![vec![button("Try again", command, true)]]
}

/// Under a summary: where to look closer.
pub(crate) fn summary() -> Buttons {
    vec![vec![button("Low wallets", "/low", false), button("Dashboard", "/dashboard", false)]]
}

fn button(text: &str, command: &str, is_shown: bool) -> Button {
    let text = if is_shown { format!("↻ {text}") } else { text.to_owned() };
    Button { text, command: command.to_owned() }
}
