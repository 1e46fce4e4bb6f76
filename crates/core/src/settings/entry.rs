//! What stands behind a key: a value of the file, or a text from there or from a variable.

use std::borrow::Cow;

use toml::de::DeValue;

use super::reader::{Reader, Table};

/// A value of the file.
pub struct Value<'a> {
    /// Where problems go.
    pub reader: &'a Reader<'a>,
    /// Its path in the file.
    pub path: String,
    /// Its offset.
    pub at: usize,
    /// What stands there.
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
