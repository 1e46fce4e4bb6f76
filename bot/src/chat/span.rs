//! Spans of days as people write them.

/// The days of `7d`, in any case; 0 where the number is none that counts days. `None` for any other word.
pub(super) fn length(word: &str) -> Option<u32> {
    let digits = word.strip_suffix(['d', 'D'])?;
    let is_number = !digits.is_empty() && digits.bytes().all(|letter| letter.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or_default())
}
