//! The sample configuration that packages install: it loads, and has every key that is read.

use super::*;

const SAMPLE: &str = include_str!("../../../../packaging/vobiz-bot.toml");

#[test]
fn the_sample_loads_with_the_defaults() {
    let env = [("VOBIZ_AUTH_TOKEN", "T0K3N"), ("TELEGRAM_TOKEN", "123:T0K3N")];
    let sample = load(SAMPLE, &env).unwrap();
    let bare = load(BARE, &env).unwrap();
    assert_eq!(sample.poll_every, bare.poll_every);
    assert_eq!(sample.business.days, bare.business.days);
    assert_eq!(sample.operations.listen, "127.0.0.1:9464".parse().ok());
    assert!(sample.policy.rules().iter().any(|rule| rule.name() == "few calls are answered"));
}

#[test]
fn the_sample_has_every_key_of_every_section() {
    let sections = ["vobiz", "telegram", "database", "poll", "report", "http", "heartbeat", "log", "business"]
        .map(|name| format!("[{name}]"));
    let lists = ["chats", "rules", "rules.overrides"].map(|name| format!("[[{name}]]"));
    for section in sections.into_iter().chain(lists) {
        for key in known(&format!("{section}\nzzz = 1\n")) {
            let list = format!("[[{}.{key}]]", section.trim_matches(['[', ']']));
            assert!(keys(&section).contains(&key) || SAMPLE.contains(&list), "{section} of the sample does not have {key}");
        }
    }
    for section in known("zzz = 1\n") {
        assert!(SAMPLE.contains(&format!("[{section}]")), "the sample does not have {section}");
    }
}

/// The keys that a refusal of `zzz` names.
fn known(text: &str) -> Vec<String> {
    let before = if text.starts_with("[[rules.") { "[[rules]]\n" } else { "" };
    let refusal = refused(&format!("{before}{text}"), &[]);
    let line = refusal.lines().find(|line| line.contains("zzz is not known here")).unwrap_or_else(|| panic!("{refusal}"));
    let (_, keys) = line.split_once("write one of ").unwrap();
    keys.split(", ").map(str::to_owned).collect()
}

/// The keys in the sample's parts under a heading, whether commented out or not.
fn keys(heading: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut is_inside = false;
    for line in SAMPLE.lines() {
        if line.starts_with('[') {
            is_inside = line.starts_with(heading);
        } else if is_inside && let Some((key, _)) = line.split_once(" = ") {
            keys.push(key.trim_start_matches('#').to_owned());
        }
    }
    keys
}
