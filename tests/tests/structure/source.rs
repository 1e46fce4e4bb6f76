//! Reads a Rust file as far as its imports need: paths that it names, names that it hands on, modules that it has.

use std::collections::BTreeMap;

/// What a file names and hands on. Paths begin with `crate`, `super`, `self`, or a module of the file.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// Every path in the code, `use` trees spread out.
    pub(crate) paths: Vec<Vec<String>>,
    /// Names that a `use` brings into the file, with the path that each stands for.
    pub(crate) names: BTreeMap<String, Vec<String>>,
    /// Paths of which a `use` brings in everything.
    pub(crate) globs: Vec<Vec<String>>,
    /// The modules it declares.
    pub(crate) modules: Vec<String>,
    /// The items it defines.
    pub(crate) items: Vec<String>,
}

const DEFINING: [&str; 9] = ["fn", "struct", "enum", "trait", "type", "const", "static", "union", "macro_rules"];

impl Source {
    pub(crate) fn read(text: &str) -> Self {
        let tokens = tokens(&without_tests(text));
        let mut source = Self::default();
        let mut place = 0;
        while place < tokens.len() {
            place = source.step(&tokens, place);
        }
        source
    }

    /// Reads what begins at `place`; gives the place of what follows.
    fn step(&mut self, tokens: &[String], place: usize) -> usize {
        let word = |offset: usize| tokens.get(place + offset).map_or("", String::as_str);
        match word(0) {
            "mod" if word(2) == ";" => {
                self.modules.push(word(1).to_owned());
                place + 3
            }
            "use" => {
                let mut end = place + 1;
                self.tree(tokens, &mut end, &[], true);
                end
            }
            first if DEFINING.contains(&first) => {
                let name = if first == "macro_rules" { word(2) } else { word(1) };
                self.items.push(name.to_owned());
                place + 1
            }
            first if is_name(first) && word(1) == "::" && (place == 0 || tokens[place - 1] != "::") => {
                let mut end = place;
                self.tree(tokens, &mut end, &[], false);
                end.max(place + 1)
            }
            _ => place + 1,
        }
    }

    /// Reads a path, or a tree of them, that goes on from `before`.
    fn tree(&mut self, tokens: &[String], place: &mut usize, before: &[String], is_use: bool) {
        let mut path = before.to_vec();
        while let Some(token) = tokens.get(*place) {
            match token.as_str() {
                "{" if is_use => {
                    *place += 1;
                    while tokens.get(*place).is_some_and(|token| token != "}") {
                        self.tree(tokens, place, &path, true);
                        *place += usize::from(tokens.get(*place).is_some_and(|token| token == ","));
                    }
                    *place += 1;
                    return;
                }
                "*" if is_use => {
                    *place += 1;
                    self.globs.push(path.clone());
                    self.paths.push(path);
                    return;
                }
                // `a::{self}` is `a`.
                "self" if is_use && !before.is_empty() => {}
                name if is_name(name) => path.push(name.to_owned()),
                _ => break,
            }
            *place += 1;
            if tokens.get(*place).is_none_or(|token| token != "::") {
                break;
            }
            *place += 1;
        }
        let mut name = path.last().cloned().unwrap_or_default();
        if is_use && tokens.get(*place).is_some_and(|token| token == "as") {
            name = tokens.get(*place + 1).cloned().unwrap_or_default();
            *place += 2;
        }
        if is_use {
            self.names.insert(name, path.clone());
        }
        if *place < tokens.len() && path == before {
            *place += 1; // what is no path is passed over, so that reading goes on
        }
        self.paths.push(path);
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
}

/// The text without its modules of tests, which may name anything.
fn without_tests(text: &str) -> String {
    match text.find("#[cfg(test)]\nmod tests {") {
        Some(start) => text[..start].to_owned(),
        None => text.to_owned(),
    }
}

/// Names and signs, without comments, strings and letters in quotes.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.find("\"#").map_or(rest.len(), |end| end + 5)
        } else if first == '"' {
            quoted(rest)
        } else if first == '\'' {
            letter(rest)
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
            tokens.push(rest[..end].to_owned());
            end
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// How long a string is that begins here.
fn quoted(text: &str) -> usize {
    let mut is_escaped = false;
    for (place, letter) in text.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

/// How long a letter in quotes is, or the quote of a lifetime.
fn letter(text: &str) -> usize {
    let mut letters = text.char_indices().skip(1);
    match (letters.next(), letters.next()) {
        (Some((_, '\\')), Some(_)) => text[3..].find('\'').map_or(1, |end| end + 4),
        (Some(_), Some((place, '\''))) => place + 1,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    fn paths(text: &str) -> Vec<String> {
        let mut paths: Vec<String> = Source::read(text).paths.into_iter().map(|path| path.join("::")).collect();
        paths.sort();
        paths
    }

    #[test]
    fn trees_are_spread_out_and_paths_in_code_are_found() {
        let text = "use super::{a, b::{self, C as D}};\nuse crate::e::*;\n// crate::no\nfn f() -> crate::g::H { \"crate::no\"; super::i::j(k::L) }";
        assert_eq!(paths(text), ["crate::e", "crate::g::H", "k::L", "super::a", "super::b", "super::b::C", "super::i::j"]);
    }

    #[test]
    fn names_modules_and_items_are_known() {
        let source = Source::read("mod a;\npub use a::{B, C as D};\npub(crate) struct E;\nmacro_rules! m {}\n");
        assert_eq!(source.modules, ["a"]);
        assert_eq!(source.items, ["E", "m"]);
        assert_eq!(source.names["D"], ["a", "C"]);
        assert_eq!(source.names["B"], ["a", "B"]);
    }

    #[test]
    fn quotes_of_all_kinds_are_passed_over() {
        assert_eq!(paths("fn f<'a>(x: &'a str) { '\"'; '\\''; r#\"crate::a\"#; b'\\\\'; crate::b::c }"), ["crate::b::c"]);
    }
}
