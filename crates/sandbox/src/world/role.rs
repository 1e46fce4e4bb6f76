//! The part that a customer plays in the first days of a world.

/// The part a customer plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Ordinary,
    /// Falls below ₹2,000 about two hours after the opening, is topped up the same day.
    BecomesLow,
    /// Below ₹500, pays no more.
    AlmostEmpty,
    /// Below ₹2,000, is topped up the next day.
    Low,
    /// Below ₹2,000, falls below ₹500 about six hours after the opening.
    Sinking,
    /// Its dialer repeats itself for five hours of the second day.
    StuckDialer,
    /// Strangers use its lines in the third night.
    Defrauded,
    /// Leaves in the afternoon of the fourth day.
    Leaving,
    /// Is created in the morning of the second day.
    Arriving,
}
