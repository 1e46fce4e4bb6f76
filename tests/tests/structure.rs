//! The structure of the tree: which crates and rooms may use which others, how long files are, what the docs name.
//!
//! A room is a file or a folder directly below `src`.

#![allow(clippy::expect_used, clippy::panic, reason = "a tree that cannot be read fails the test")]

#[path = "structure/docs.rs"]
mod docs;
#[path = "structure/imports.rs"]
mod imports;
#[path = "structure/source.rs"]
mod source;
mod tree;

use imports::{Crate, circles};

/// The members that a member may depend on, tests left out.
const MEMBERS: [(&str, &[&str]); 7] = [
    ("crates/core", &[]),
    ("crates/sandbox", &[]),
    ("crates/xtask", &[]),
    ("bot", &["vobiz-core", "vobiz-sandbox"]),
    ("python", &["vobiz-core", "vobiz-sandbox"]),
    ("crates/bench", &["vobiz-core", "vobiz-sandbox"]),
    ("tests", &["vobiz-core", "vobiz-sandbox"]),
];

/// The rooms of each crate in layers, the lowest first. A room may use the rooms of its own layer and of those before it.
const LAYERS: [(&str, &[&str]); 6] = [
    (
        "crates/core",
        &["error money time", "client settings", "api", "observation", "forecast", "alert", "history", "billing", "fuzzing lib"],
    ),
    (
        "crates/sandbox",
        &[
            "books calendar connection lock money permissions random",
            "faults world",
            "clock history options wallet",
            "partner telegram",
            "control page payloads",
            "sandbox",
            "lib main",
        ],
    ),
    (
        "bot",
        &[
            "clock config levels metrics people snooze systemd terminal",
            "absent observe reads usual",
            "ledger snapshot store",
            "spend",
            "messages",
            "chart table telegram",
            "month",
            "delivery doubts from_chat service",
            "marks shift",
            "chat heartbeat http monitor notices schedule upkeep",
            "backtest backup check config_check demo export health manual migrate pair print_summary run",
            "main",
        ],
    ),
    (
        "python",
        &[
            "ending logs record secret json",
            "error",
            "arguments runtime",
            "call columns money",
            "client",
            "history listing sandbox",
            "calls",
            "lib",
        ],
    ),
    ("crates/bench", &["measure process", "alerts answers billing client engine month sandbox service watch", "main"]),
    (
        "crates/xtask",
        &["fingerprint step", "workspace", "venv", "browser stand_in wheel", "bench chaos lint mutants pictures test", "main"],
    ),
];

/// Files that may import each other: a client is built by its builder and names it.
const MUTUAL: [&[&str]; 1] = [&["crates/core/src/client/builder.rs", "crates/core/src/client/client.rs"]];

/// The most lines of a file.
const LONGEST: usize = 450;

#[test]
fn members_depend_on_those_below_them_alone() {
    for (member, allowed) in MEMBERS {
        let manifest = tree::text(&format!("{member}/Cargo.toml"));
        let used =
            manifest.lines().filter_map(|line| line.split(['.', ' ', '=']).next()).filter(|name| name.starts_with("vobiz-"));
        for name in used {
            assert!(allowed.contains(&name), "{member} must not depend on {name}");
        }
    }
}

#[test]
fn rooms_use_those_below_them_alone() {
    let mut wrong = Vec::new();
    for (folder, layers) in LAYERS {
        let level = |room: &str| layers.iter().position(|layer| layer.split(' ').any(|name| name == room));
        for (from, to) in Crate::read(folder).arrows() {
            let (source, target) = (room(folder, &from), room(folder, &to));
            match (level(source), level(target)) {
                (Some(above), Some(below)) if below <= above => {}
                (None, _) => wrong.push(format!("{from} is in a room without a layer; give {source} one")),
                (_, None) => wrong.push(format!("{to} is in a room without a layer; give {target} one")),
                _ => wrong.push(format!("{from} must not use {to}: {source} is below {target}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut wrong = Vec::new();
    for (folder, _) in MEMBERS.iter().filter(|(member, _)| *member != "tests") {
        let found = circles(&Crate::read(folder).arrows());
        wrong.extend(found.into_iter().filter(|circle| !MUTUAL.iter().any(|files| circle == files)));
    }
    assert!(wrong.is_empty(), "these files import each other: {wrong:#?}");
}

#[test]
fn no_file_is_longer_than_can_be_read_at_once() {
    let files = ["bot", "crates", "python", "tests"].into_iter().flat_map(|folder| tree::files(folder, &[".rs", ".py", ".pyi"]));
    let lengths = files.map(|file| (tree::text(&file).lines().count(), file));
    let long: Vec<_> = lengths.filter(|(lines, _)| *lines > LONGEST).collect();
    assert!(long.is_empty(), "longer than {LONGEST} lines: {long:?}");
}

#[test]
fn every_path_in_the_docs_is_there() {
    let missing = docs::missing();
    assert!(missing.is_empty(), "named and not there:\n{}", missing.join("\n"));
}

/// The room of a file.
fn room<'a>(folder: &str, file: &'a str) -> &'a str {
    let path = &file[folder.len() + "/src/".len()..];
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}
