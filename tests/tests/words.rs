//! The words of the tree: code, comments, docs, messages and snapshots use plain English and the terms of the field.
//!
//! A word of the list is looked for whole and in any case; an underscore ends a word, so that identifiers are read too.

#![allow(clippy::expect_used, clippy::panic, reason = "a tree that cannot be read fails the test")]

mod tree;

/// A word that is not used here, and what to write in its place.
const INSTEAD: [(&str, &str); 65] = [
    ("told", "sent, notified, reported"),
    ("untold", "not sent"),
    ("said", "printed, reported, sent"),
    ("vain", "a false alarm, without effect"),
    ("foresee", "forecast"),
    ("foreseen", "forecast"),
    ("foresees", "forecasts"),
    ("foresaw", "forecast"),
    ("foreseeing", "forecasting"),
    ("unforeseen", "not forecast"),
    ("manner", "settings, mode"),
    ("manners", "settings, modes"),
    ("calm", "quiet, idle"),
    ("calmed", "recovered"),
    ("as found", "at the start"),
    ("worth saying", "an alert, a notification"),
    ("worth telling", "an alert, a notification"),
    ("a word now", "a notification now"),
    ("alive for", "survives because"),
    ("is to be", "must be, will be"),
    ("are to be", "must be, will be"),
    ("was to be", "had to be"),
    ("lest", "so that … not"),
    ("reckon", "estimate, calculate"),
    ("reckons", "estimates, calculates"),
    ("reckoned", "estimated, calculated"),
    ("reckoning", "calculation"),
    ("tame", "strip_control_chars"),
    ("tamed", "without control characters"),
    ("complain", "eprint_line"),
    ("complaint", "error, standard error"),
    ("complains", "reports"),
    ("feed.age", "data.age"),
    ("befall", "apply"),
    ("befalls", "applies"),
    ("onlooker", "subscriber"),
    ("onlookers", "subscribers"),
    ("forenoon", "morning"),
    ("wholly", "all of it"),
    ("in the words of", "in the form of"),
    ("stands", "fires, is, holds"),
    ("stood", "fired, was, held"),
    ("of it the", "the … of it"),
    ("as it were", ""),
    ("thereof", "of it"),
    ("therein", "in it"),
    ("of which the", "whose, with the"),
    ("whoever", "anyone who"),
    ("worth a", "an alert for"),
    ("hereafter", "later"),
    ("erstwhile", "former"),
    ("betimes", "early"),
    ("untoward", "wrong"),
    ("foretold", "forecast"),
    ("foretell", "forecast"),
    ("worth so many", "counted as"),
    ("in earnest", "really"),
    ("hearken", "listen"),
    ("nought", "zero"),
    ("aught", "anything"),
    ("bade", "asked"),
    ("ere", "before"),
    ("at rest", "stored"),
    ("lived through", "replayed"),
    ("lives through", "replays"),
];

/// Where such a word has its usual meaning.
const USUAL: [&str; 4] = ["stands for", "stands by", "stood for", "stood by"];

/// Migrations keep their bytes once a database has recorded them, and bodies are as they were sent.
const UNCHANGED: [&str; 4] = [
    "bot/migrations/0001_begin.sql",
    "bot/migrations/0030_delivery.sql",
    "bot/migrations/0042_plain_names.sql",
    "tests/payloads/",
];

const READ: [&str; 13] =
    [".rs", ".py", ".pyi", ".md", ".html", ".css", ".js", ".toml", ".snap", ".sql", ".yaml", ".service", ".ci/run"];

#[test]
fn the_tree_is_written_in_plain_english() {
    let files = tree::files("", &READ).into_iter().filter(|file| !is_unchanged(file) && file != "tests/tests/words.rs");
    let found: Vec<String> = files.flat_map(|file| in_file(&file)).collect();
    assert!(found.is_empty(), "{} words to replace:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_word_is_found_whole_in_any_case_and_in_identifiers() {
    assert_eq!(in_line("Who was Told?"), ["told"]);
    assert_eq!(in_line("fn until_said() {}"), ["said"]);
    assert_eq!(in_line("all in vain: as found"), ["vain", "as found"]);
    assert!(in_line("unsaid bystands; MA stands for a customer, toldo").is_empty());
}

fn is_unchanged(file: &str) -> bool {
    UNCHANGED.iter().any(|room| file.starts_with(room))
}

/// The lines of a file that have such words, with what to write.
fn in_file(file: &str) -> Vec<String> {
    let text = tree::text(file);
    let lines = text.lines().enumerate();
    let found = lines.flat_map(|(number, line)| in_line(line).into_iter().map(move |word| (number + 1, word)));
    found.map(|(number, word)| format!("{file}:{number}: {word:?}; write {}", instead(word))).collect()
}

fn instead(word: &str) -> &'static str {
    INSTEAD.iter().find(|(known, _)| *known == word).map_or("", |(_, instead)| instead)
}

/// The words of the list that a line has.
fn in_line(line: &str) -> Vec<&'static str> {
    let line = USUAL.iter().fold(line.to_lowercase(), |line, usual| line.replace(usual, ""));
    let is_end = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    let has = |word: &str| {
        line.match_indices(word)
            .any(|(place, _)| is_end(line[..place].chars().next_back()) && is_end(line[place + word.len()..].chars().next()))
    };
    INSTEAD.iter().map(|(word, _)| *word).filter(|word| has(word)).collect()
}
