//! Why a rule is refused.

use std::fmt;

/// Why a rule is refused: the field, what is wrong with it, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// The field, as in the policy file: `below.critical`, `for`, …
    pub field: &'static str,
    /// What is wrong with it.
    pub message: String,
}

impl RuleError {
    pub(super) fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into() }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.message)
    }
}

impl std::error::Error for RuleError {}
