//! Reads tables key by key: knows the path and the place of each, collects every problem, and which keys it was asked for.

use std::borrow::Cow;
use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::SettingsError;
use super::source::Source;

/// A variable of the environment by its name.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The two places settings come from, and what was found wrong in them.
pub struct Reader<'a> {
    /// The file.
    pub source: Option<&'a Source>,
    env: Env<'a>,
    problems: RefCell<Vec<(Option<usize>, String)>>,
}

impl<'a> Reader<'a> {
    /// Reads from a file, where there is one, and from variables.
    pub fn new(source: Option<&'a Source>, env: Env<'a>) -> Self {
        Self { source, env, problems: RefCell::default() }
    }

    /// The whole file as a table.
    pub fn root(&'a self, document: &'a DeTable<'a>) -> Table<'a> {
        Table::new(self, String::new(), None, Some(document))
    }

    /// A variable that is set; an empty one counts as unset.
    fn variable(&self, name: &str) -> Option<String> {
        (self.env)(name).filter(|text| !text.trim().is_empty())
    }

    /// `at` is an offset into the file; `None` is for a problem that none of its lines has.
    pub fn report(&self, at: Option<usize>, problem: impl Into<String>) {
        self.problems.borrow_mut().push((at, problem.into()));
    }

    /// How many problems were found so far.
    pub fn found(&self) -> usize {
        self.problems.borrow().len()
    }

    /// Every problem, those of the environment first, then from the top of the file down.
    pub fn finish(&self) -> Result<(), SettingsError> {
        let mut problems = self.problems.take();
        if problems.is_empty() {
            return Ok(());
        }
        problems.sort_by_key(|(at, _)| *at);
        let lines = problems.into_iter().map(|(at, problem)| match (self.source, at) {
            (Some(source), Some(at)) => format!("{}: {problem}", source.place(at)),
            // The environment has no lines; the variable's own name says where.
            _ => problem,
        });
        Err(SettingsError::new(lines.collect()))
    }
}

/// A table of the file, or the empty one where the file has none.
pub struct Table<'a> {
    /// Where problems go.
    pub reader: &'a Reader<'a>,
    /// Its path in the file, `rules[0].below`.
    pub path: String,
    /// Its offset; `None` where the file does not have it.
    pub at: Option<usize>,
    entries: Option<&'a DeTable<'a>>,
    known: Vec<&'static str>,
}

impl<'a> Table<'a> {
    pub(super) fn new(reader: &'a Reader<'a>, path: String, at: Option<usize>, entries: Option<&'a DeTable<'a>>) -> Self {
        Self { reader, path, at, entries, known: Vec::new() }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Takes a key, which is then known here.
    pub fn value(&mut self, key: &'static str) -> Option<Value<'a>> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        let value = self.entries?.get(key)?;
        Some(Value { reader: self.reader, path: self.path_of(key), at: value.span().start, node: value.get_ref() })
    }

    /// The same, for a key that must be there.
    pub fn required(&mut self, key: &'static str, example: &str) -> Option<Value<'a>> {
        let value = self.value(key);
        if value.is_none() {
            self.reader.report(self.at, format!("{} is missing; write {key} = {example}", self.path_of(key)));
        }
        value
    }

    /// The variable of a key: `SECTION_KEY`.
    pub fn variable(&self, key: &str) -> Option<Text<'a>> {
        let name = self.variable_name(key);
        let text = self.reader.variable(&name)?;
        Some(Text { reader: self.reader, name, at: None, given: Cow::Owned(text) })
    }

    fn variable_name(&self, key: &str) -> String {
        self.path_of(key).replace('.', "_").to_ascii_uppercase()
    }

    /// Whether neither the file nor the environment has a key, not even wrongly.
    pub fn is_absent(&self, key: &str) -> bool {
        self.variable(key).is_none() && self.entries.is_none_or(|entries| !entries.contains_key(key))
    }

    /// Reports a setting without which nothing works, and both places where it can be put.
    pub fn missing(&self, key: &str, what: &str, variable_or: &str, key_or: &str) {
        let (path, section, variable) = (self.path_of(key), &self.path, self.variable_name(key));
        let problem = match (self.reader.source, self.at) {
            (None, _) => format!(
                "{variable} is not set; put {what} there{variable_or}, or {key}{key_or} under [{section}] into a file given with --config"
            ),
            (Some(source), at) => {
                // A file without the section has no line for it.
                let file = if at.is_none() { format!("{}: ", source.name()) } else { String::new() };
                format!(
                    "{file}{path} is not set; write {key}{key_or} under [{section}], or put {what} into {variable}{variable_or}"
                )
            }
        };
        self.reader.report(self.at, problem);
    }

    /// A scalar that the environment may override.
    pub fn setting(&mut self, key: &'static str, example: &str) -> Option<Text<'a>> {
        let written = self.value(key).and_then(|value| value.text(example));
        self.variable(key).or(written)
    }

    /// A table inside; an empty one where there is none. `None` for what is none, which is reported.
    pub fn table(&mut self, key: &'static str, example: &str) -> Option<Table<'a>> {
        let Some(value) = self.value(key) else {
            return Some(Self::new(self.reader, self.path_of(key), self.at, None));
        };
        value.table(example)
    }

    /// An array of tables; `None` where there is none.
    pub fn tables(&mut self, key: &'static str) -> Option<Vec<Table<'a>>> {
        let array = self.value(key)?;
        let (reader, path, at) = (array.reader, array.path, Some(array.at));
        let header = header(&path);
        let DeValue::Array(items) = array.node else {
            reader.report(at, format!("{path} must be a list of tables; write [[{header}]] above each"));
            return None;
        };
        if items.is_empty() {
            reader.report(at, format!("{path} is an empty list; leave it out, or write [[{header}]] tables"));
        }
        let item = |(index, item): (usize, &'a Spanned<DeValue<'a>>)| {
            Value { reader, path: format!("{path}[{index}]"), at: item.span().start, node: item.get_ref() }
                .table(&format!("[[{header}]]"))
        };
        Some(items.iter().enumerate().filter_map(item).collect())
    }

    /// The offset of a field such as `below.critical`, or of the nearest table around it that the file has.
    pub fn place_of(&self, field: &str) -> Option<usize> {
        let (mut entries, mut at) = (self.entries, self.at);
        for key in field.split('.') {
            let Some(value) = entries.and_then(|entries| entries.get(key)) else { break };
            at = Some(value.span().start);
            entries = match value.get_ref() {
                DeValue::Table(inner) => Some(inner),
                _ => None,
            };
        }
        at
    }

    /// Reports the keys that nobody asked for.
    pub fn close(self) {
        for key in self.entries.into_iter().flat_map(|entries| entries.keys()) {
            if self.known.contains(&key.get_ref().as_ref()) {
                continue;
            }
            // A token pasted in the place of a key is not repeated.
            let is_plain =
                key.get_ref().len() <= 40 && key.get_ref().bytes().all(|sign| matches!(sign, b'a'..=b'z' | b'_' | b'-'));
            let name = if is_plain { self.path_of(key.get_ref()) } else { format!("a key in {}", self.title()) };
            let known = self.known.join(", ");
            self.reader.report(Some(key.span().start), format!("{name} is not known here; write one of {known}"));
        }
    }

    fn title(&self) -> &str {
        if self.path.is_empty() { "the file" } else { &self.path }
    }
}

/// A value of the file.
pub struct Value<'a> {
    /// Where problems go.
    pub reader: &'a Reader<'a>,
    /// Its path in the file.
    pub path: String,
    /// Its offset.
    pub at: usize,
    /// The value itself.
    pub node: &'a DeValue<'a>,
}

/// A text with the name it goes by: its path in the file, or the variable it came from (`at` is `None`).
pub struct Text<'a> {
    /// Where problems go.
    pub reader: &'a Reader<'a>,
    /// The path in the file, or the variable.
    pub name: String,
    /// Its offset in the file; `None` for a variable.
    pub at: Option<usize>,
    /// The text itself.
    pub given: Cow<'a, str>,
}

impl<'a> Value<'a> {
    /// Reports that the value is not as it must be; what it is stays unsaid.
    pub fn refuse<T>(&self, words: &str) -> Option<T> {
        self.reader.report(Some(self.at), format!("{} {words}", self.path));
        None
    }

    /// The text, else a refusal that shows `example`.
    pub fn text(self, example: &str) -> Option<Text<'a>> {
        match self.node {
            DeValue::String(text) => {
                Some(Text { reader: self.reader, name: self.path, at: Some(self.at), given: Cow::Borrowed(text.as_ref()) })
            }
            _ => self.refuse(&format!("must be text in quotes, such as {example:?}")),
        }
    }

    /// `true` or `false`, else a refusal.
    pub fn boolean(self) -> Option<bool> {
        match self.node {
            DeValue::Boolean(value) => Some(*value),
            _ => self.refuse("must be true or false, without quotes"),
        }
    }

    /// The whole number of a value that is one and fits.
    pub fn whole(&self) -> Option<i128> {
        match self.node {
            DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        }
    }

    /// The texts of a list that holds nothing else, without the spaces around them; one of them may be empty.
    pub fn texts(&self) -> Option<Vec<String>> {
        let DeValue::Array(items) = self.node else { return None };
        let text = |item: &Spanned<DeValue<'_>>| match item.get_ref() {
            DeValue::String(text) => Some(text.trim().to_owned()),
            _ => None,
        };
        items.iter().map(text).collect()
    }

    /// The table, else a refusal that shows `example`.
    pub fn table(self, example: &str) -> Option<Table<'a>> {
        match self.node {
            DeValue::Table(entries) => Some(Table::new(self.reader, self.path, Some(self.at), Some(entries))),
            _ => self.refuse(&format!("must be a table; write {example}")),
        }
    }
}

impl Text<'_> {
    /// Reports what is wrong with the text: `NAME words`.
    pub fn refuse<T>(&self, words: &str) -> Option<T> {
        self.reader.report(self.at, format!("{} {words}", self.name));
        None
    }

    /// Reads the text with a function that says what is wrong in words.
    pub fn parse<T>(&self, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        read(&self.given).map_or_else(|words| self.refuse(&words), Some)
    }
}

/// The name between the brackets of a list's tables: `rules.overrides` for `rules[0].overrides`.
fn header(path: &str) -> String {
    path.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect::<Vec<_>>().join(".")
}
