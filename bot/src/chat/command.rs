//! The commands: a file for each, and one list that help, menu and parsing are made from.

pub(crate) use super::request::Command;
use super::{
    alerts, analytics, audit, board, chart, contact, customer, customers, dashboard, export, help, low, mute, people, quiet,
    settings, status, subscribe, summary, take, thresholds, top, unmute, why,
};
use crate::people::Role;
use crate::store::is_code;

/// Every command, in the order of the help.
pub(crate) const COMMANDS: &[&Command] = &[
    &summary::COMMAND,
    &alerts::COMMAND,
    &board::COMMAND,
    &why::COMMAND,
    &take::COMMAND,
    &mute::COMMAND,
    &unmute::COMMAND,
    &thresholds::COMMAND,
    &low::COMMAND,
    &customers::COMMAND,
    &customer::COMMAND,
    &contact::COMMAND,
    &chart::COMMAND,
    &top::COMMAND,
    &dashboard::COMMAND,
    &analytics::COMMAND,
    &export::COMMAND,
    &status::COMMAND,
    &settings::COMMAND,
    &subscribe::COMMAND,
    &quiet::COMMAND,
    &people::COMMAND,
    &audit::COMMAND,
    &HELP,
];

/// `/help`: it is here because it shows the list that it is part of.
const HELP: Command = Command {
    name: "help",
    about: "what can be asked here",
    example: "/help",
    role: |_| Role::Viewer,
    answer: |_| help::answer(COMMANDS),
};

/// Characters of the longest word that a command takes.
const LONGEST_WORD: usize = 64;

/// What a line of a chat is to the bot.
pub(crate) enum Line<'a> {
    /// A command and the words after it.
    Command(&'static Command, Vec<&'a str>),
    /// A command that does not exist: what to write instead.
    Wrong(String),
    /// Not for this bot.
    Talk,
}

/// The code of `/start CODE`.
pub(crate) fn code<'a>(text: &'a str, bot: &str) -> Option<&'a str> {
    let Line::Command(command, words) = parse(text, bot) else { return None };
    let is_start = text.trim_start().get(..6).is_some_and(|first| first.eq_ignore_ascii_case("/start"));
    words.first().copied().filter(|word| command.name == "help" && is_start && is_code(word))
}

/// Reads a line; `bot` is the bot's own name, by which groups address it.
pub(crate) fn parse<'a>(text: &'a str, bot: &str) -> Line<'a> {
    let mut words = text.split_whitespace();
    let Some(first) = words.next().and_then(|first| first.strip_prefix('/')) else { return Line::Talk };
    let (name, addressee) = first.split_once('@').map_or((first, None), |(name, to)| (name, Some(to)));
    if addressee.is_some_and(|to| !to.eq_ignore_ascii_case(bot)) {
        return Line::Talk;
    }
    let name = name.to_ascii_lowercase();
    let known = if name == "start" { Some(&HELP) } else { COMMANDS.iter().copied().find(|command| command.name == name) };
    match known {
        Some(command) => Line::Command(command, words.collect()),
        None => Line::Wrong(format!("/{} is not a command here. /help lists those that are.", shortened(&name))),
    }
}

/// Refuses words that are too long to be repeated in an answer.
pub(crate) fn check_words(words: &[&str]) -> Result<(), String> {
    match words.iter().find(|word| word.chars().count() > LONGEST_WORD) {
        Some(long) => Err(format!(
            "“{}” is too long: no word of a command has more than {LONGEST_WORD} characters. /help shows what can be written.",
            shortened(long)
        )),
        None => Ok(()),
    }
}

fn shortened(word: &str) -> String {
    match word.char_indices().nth(20) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chat::menu::menu;

    fn name(text: &str) -> Option<&'static str> {
        match parse(text, "vobiz_bot") {
            Line::Command(command, _) => Some(command.name),
            _ => None,
        }
    }

    #[test]
    fn every_spelling_of_a_command_is_understood() {
        assert_eq!(name("/start"), Some("help"));
        assert_eq!(name(" /Dashboard@Vobiz_Bot "), Some("dashboard"));
        for other in ["hello", "/dashboard@other_bot", "", "  "] {
            assert!(matches!(parse(other, "vobiz_bot"), Line::Talk), "{other}");
        }
    }

    #[test]
    fn an_unknown_command_is_refused_in_few_words() {
        for (text, words) in [
            ("/nonsense", "/nonsense is not a command here. /help lists"),
            (&format!("/{}", "x".repeat(4000)), "/xxxxxxxxxxxxxxxxxxxx… is not a command"),
        ] {
            let Line::Wrong(refusal) = parse(text, "vobiz_bot") else { panic!("{text} was accepted") };
            assert!(refusal.contains(words), "{refusal}");
        }
        assert!(check_words(&["500", &"9".repeat(65)]).unwrap_err().contains("“99999999999999999999…” is too long"));
    }

    #[test]
    fn names_and_descriptions_fit_the_menu_and_every_example_is_of_its_command() {
        for command in COMMANDS {
            assert!(command.name.len() <= 32 && command.name.bytes().all(|byte| byte.is_ascii_lowercase()), "{}", command.name);
            assert!((3..=256).contains(&command.about.len()), "{}", command.name);
            assert_eq!(name(command.example), Some(command.name), "{}", command.example);
        }
    }

    #[test]
    fn help_menu_and_list_are_made_from_the_files() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/chat");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let texts = files.filter(|file| file.extension().is_some()).map(|file| std::fs::read_to_string(file).unwrap());
        let is_command = |text: &String| text.contains("\npub(super) const COMMAND: Command = Command {\n");
        let named = |text: String| {
            let (_, after) = text.split_once("    name: \"").unwrap();
            after.split_once('"').unwrap().0.to_owned()
        };
        let mut of_files: Vec<String> = texts.filter(is_command).map(named).collect();
        of_files.push(HELP.name.to_owned());
        let mut listed: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
        let help = crate::messages::plain(&help::text(COMMANDS));
        let in_help: Vec<&str> = help.lines().filter_map(|line| line.strip_prefix('/')?.split(':').next()).collect();
        let in_menu: Vec<&str> = menu().iter().map(|(name, _)| *name).collect();
        assert_eq!((&in_help, &in_menu), (&listed, &listed), "in the same order");
        of_files.sort_unstable();
        listed.sort_unstable();
        assert_eq!(of_files, listed);
    }

    proptest! {
        #[test]
        fn no_line_panics(text in "(/(analytics|low|customer|dashboard|start|x)?[ @])?\\PC{0,40}") {
            if let Line::Command(_, words) = parse(&text, "vobiz_bot") {
                let _ = check_words(&words);
            }
        }
    }
}
