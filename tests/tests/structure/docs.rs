//! The paths that the documents name.

use std::collections::BTreeSet;

use crate::tree;

/// Endings by which a word in backticks is taken for a file.
const ENDINGS: [&str; 13] =
    [".rs", ".py", ".pyi", ".md", ".toml", ".json", ".html", ".css", ".js", ".png", ".sql", ".yaml", ".service"];
/// Files that a reader makes, which are not in the tree.
const MADE: [&str; 8] =
    ["vobiz-bot.toml", "ledger.csv", "samples.csv", "truth.csv", "bot.toml", "policy.toml", "rules.toml", "alerts.toml"];

/// Every path that a document names and the tree does not have, as `document: path`.
pub(crate) fn missing() -> Vec<String> {
    let known: BTreeSet<String> = tree::files("", &[""]).into_iter().collect();
    let folders: BTreeSet<String> = known.iter().flat_map(|file| parents(file)).collect();
    let mut missing = Vec::new();
    for document in &tree::files("", &[".md"]) {
        for path in named(&tree::text(document)) {
            let is_made = MADE.contains(&path.as_str()) || path.starts_with("target/");
            if !is_made && !is_there(&known, &folders, document, &path) {
                missing.push(format!("{document}: {path}"));
            }
        }
    }
    missing
}

/// Whether the tree has such a file or folder, seen from the root, from the document, or from some room.
fn is_there(known: &BTreeSet<String>, folders: &BTreeSet<String>, document: &str, path: &str) -> bool {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let beside = document.rsplit_once('/').map_or_else(|| path.to_owned(), |(folder, _)| format!("{folder}/{path}"));
    let inside = format!("/{path}");
    let is_known = |all: &BTreeSet<String>| {
        all.contains(path) || all.contains(&up(&beside)) || all.iter().any(|known| known.ends_with(&inside))
    };
    is_known(known) || is_known(folders)
}

/// A path without `..`.
fn up(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

fn parents(file: &str) -> Vec<String> {
    file.match_indices('/').map(|(place, _)| file[..place].to_owned()).collect()
}

/// The words of a document that are paths: in backticks, or where a link leads.
fn named(text: &str) -> Vec<String> {
    let in_backticks = text.split('`').skip(1).step_by(2);
    let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next());
    let links = links.filter(|link| !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:"));
    let words = in_backticks.filter(|word| is_path(word)).chain(links);
    words.map(str::to_owned).collect()
}

/// Whether a word in backticks is the name of a file or a folder.
fn is_path(word: &str) -> bool {
    let is_plain = word.chars().all(|letter| letter.is_ascii_alphanumeric() || "_./-".contains(letter));
    let is_folder = word.ends_with('/') && !word.starts_with('/') && word.len() > 1;
    let is_file = ENDINGS.iter().any(|ending| word.ends_with(ending) && word.len() > ending.len());
    is_plain && !word.starts_with('/') && (is_folder || is_file)
}

#[cfg(test)]
mod tests {
    use super::{is_path, named, up};

    #[test]
    fn paths_are_distinguished_from_other_words() {
        for path in ["crates/core/src/lib.rs", "alert/", ".ci/run.rs", "README.md"] {
            assert!(is_path(path), "{path}");
        }
        for other in ["/accounts/{id}", "application/json", "Asia/Kolkata", "cargo test", "K/N", ".rs", "/", "a/*.rs"] {
            assert!(!is_path(other), "{other}");
        }
    }

    #[test]
    fn links_are_read_without_their_anchors() {
        assert_eq!(named("[a](docs/a.md#b) [c](https://x.y/z) `d.rs` ![e](f.png)"), ["d.rs", "docs/a.md", "f.png"]);
        assert_eq!(up("docs/../a/b"), "a/b");
    }
}
