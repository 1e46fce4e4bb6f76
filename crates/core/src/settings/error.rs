//! What is wrong with the configuration, one line for each thing to put right.

use std::fmt;

/// Why the configuration was refused. Holds no value of a secret and no line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError(Vec<String>);

impl SettingsError {
    pub(super) fn new(problems: Vec<String>) -> Self {
        Self(problems)
    }
}

impl From<String> for SettingsError {
    fn from(problem: String) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for SettingsError {}
