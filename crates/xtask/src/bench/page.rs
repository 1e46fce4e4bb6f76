//! The part of `BENCHMARKS.md` that a measurement writes: what is between two marks.

use std::fs;

use anyhow::{Context as _, Result};

use crate::venv::write;
use crate::workspace::Workspace;

/// Puts `text` where the page keeps the figures called `name`.
pub(crate) fn write_between(page: &str, name: &str, text: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- {name}: measured -->\n"), format!("<!-- {name}: end -->"));
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}{text}{end}{after}"))
}

/// Puts `text` into the page.
pub(crate) fn write_into(workspace: &Workspace, name: &str, text: &str) -> Result<()> {
    let path = workspace.root.join("BENCHMARKS.md");
    let page = fs::read_to_string(&path).context("cannot read BENCHMARKS.md")?;
    let page =
        write_between(&page, name, text).with_context(|| format!("BENCHMARKS.md has no place for the figures of {name}"))?;
    write(&path, &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_between_the_marks_is_replaced() {
        let page = "# A\n<!-- x: measured -->\nold\n<!-- x: end -->\nrest <!-- y: measured -->\n1\n<!-- y: end -->";
        let new = write_between(page, "x", "new\n").unwrap();
        assert_eq!(new, page.replace("old", "new"));
        assert_eq!(write_between(page, "z", "new"), None);
    }
}
