//! The outcome of reading one value.

/// What reading a value came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found<T> {
    /// Missing, null or empty.
    Absent,
    /// Not understood, and noted.
    Odd,
    /// Read.
    Value(T),
}

impl<T> Found<T> {
    pub(crate) fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Odd => None,
        }
    }

    pub(crate) fn map<U>(self, with: impl FnOnce(T) -> U) -> Found<U> {
        match self {
            Self::Value(value) => Found::Value(with(value)),
            Self::Absent => Found::Absent,
            Self::Odd => Found::Odd,
        }
    }
}
