//! What the core's documentation says of its tests is so.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The files of this suite by their names, this one left out.
fn suite() -> Vec<(String, String)> {
    let files = fs::read_dir(Path::new(ROOT).join("tests/api")).unwrap().map(|entry| entry.unwrap().path());
    let read =
        |path: std::path::PathBuf| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap());
    files.map(read).filter(|(name, _)| name != "documented").collect()
}

/// The rows of the tables of the core's documentation below a heading, cell by cell.
fn table(heading: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(Path::new(ROOT).join("../crates/core/README.md")).unwrap();
    let part = text.split("\n## ").find(|part| part.starts_with(heading)).unwrap();
    let rows = part.lines().filter(|line| line.starts_with("| ") && !line.contains("---")).skip(1);
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

#[test]
fn every_call_is_listed_with_a_test_that_is_there() {
    let suite = suite();
    let rows = table("Calls");
    assert_eq!(rows.len(), 24, "all but the login");
    let routes: BTreeSet<_> = rows.iter().map(|row| &row[0]).collect();
    assert_eq!(routes.len(), 24, "each once");
    for row in rows {
        let (file, name) = row[2].trim_matches('`').split_once("::").unwrap();
        let (_, source) = suite.iter().find(|(known, _)| known == file).unwrap();
        assert!(source.contains(&format!("async fn {name}()")), "{row:?}");
    }
}

#[test]
fn every_contradiction_of_the_documents_has_a_test_or_a_reason() {
    let suite = suite();
    let reasons: BTreeSet<String> = table("Contradictions").into_iter().map(|row| row[0].clone()).collect();
    for number in 1..=98 {
        let row = format!("C{number}");
        let names = |source: &str| source.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word == row);
        let is_tested = suite.iter().any(|(_, source)| names(source));
        assert_ne!(is_tested, reasons.contains(&row), "{row} has a test or a reason, and not both");
    }
}
