//! What is wrong with a history file, and where.

use std::fmt;
use std::io;

/// Why a history could not be read: file, line, column and what was expected there. Holds no value of the file.
#[derive(Debug)]
pub struct HistoryError {
    pub(super) file: &'static str,
    pub(super) line: Option<u64>,
    pub(super) column: Option<&'static str>,
    pub(super) problem: String,
    pub(super) source: Option<io::Error>,
}

impl HistoryError {
    /// The file's name, such as `samples.csv`.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The line, counted from 1; `None` where the whole file is meant.
    pub fn line(&self) -> Option<u64> {
        self.line
    }

    /// The column's name, where one column is meant.
    pub fn column(&self) -> Option<&'static str> {
        self.column
    }

    pub(super) fn of_file(file: &'static str, problem: impl Into<String>) -> Self {
        Self { file, line: None, column: None, problem: problem.into(), source: None }
    }

    pub(super) fn unreadable(file: &'static str, source: io::Error) -> Self {
        Self { source: Some(source), ..Self::of_file(file, "cannot be read") }
    }

    pub(super) fn at_line(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ": {column}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for HistoryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
