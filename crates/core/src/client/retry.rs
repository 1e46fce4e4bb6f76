//! When a read is tried again, and after how long.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How often and how long reads are repeated. Calls that change something never are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts in all, the first among them (default 4).
    pub attempts: u32,
    /// Longest time for a call with all its attempts and waits (default 90 s).
    pub deadline: Duration,
    /// The first wait is drawn from 0 to this, the next from 0 to twice this, … (default 500 ms).
    pub backoff: Duration,
    /// Longest wait drawn (default 10 s).
    pub backoff_cap: Duration,
    /// A `Retry-After` above this is reported instead of waited for (default 60 s).
    pub retry_after_cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            deadline: Duration::from_secs(90),
            backoff: Duration::from_millis(500),
            backoff_cap: Duration::from_secs(10),
            retry_after_cap: Duration::from_mins(1),
        }
    }
}

impl RetryPolicy {
    /// How long to wait before the attempt after `attempt`, or `None` when there is none.
    ///
    /// The wait is drawn from the whole interval (full jitter) and is never shorter than `hint`.
    pub(crate) fn wait(&self, attempt: u32, elapsed: Duration, hint: Option<Duration>) -> Option<Duration> {
        if attempt >= self.attempts || hint.is_some_and(|hint| hint > self.retry_after_cap) {
            return None;
        }
        let doubled = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        let ceiling = self.backoff.saturating_mul(doubled).min(self.backoff_cap);
        let wait = ceiling.mul_f64(fastrand::f64()).max(hint.unwrap_or_default());
        (elapsed.saturating_add(wait) < self.deadline).then_some(wait)
    }
}

/// The wait asked for in the `Retry-After` header: seconds, or a date from which `now` is subtracted.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds.ceil()).ok();
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_end_with_the_attempts_and_with_the_deadline() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.wait(4, Duration::ZERO, None), None);
        assert_eq!(policy.wait(1, Duration::from_secs(90), None), None);
        assert!(policy.wait(3, Duration::ZERO, None).unwrap() <= Duration::from_secs(2));
        assert!(policy.wait(u32::MAX - 1, Duration::ZERO, None).is_none());
    }

    #[test]
    fn a_hint_is_honoured_up_to_its_cap() {
        let policy = RetryPolicy::default();
        assert!(policy.wait(1, Duration::ZERO, Some(Duration::from_secs(7))).unwrap() >= Duration::from_secs(7));
        assert_eq!(policy.wait(1, Duration::ZERO, Some(Duration::from_secs(61))), None);
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now = httpdate::parse_http_date("Tue, 12 May 2026 03:30:00 GMT").unwrap();
        let header = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(header("7"), Some(Duration::from_secs(7)));
        assert_eq!(header("Tue, 12 May 2026 03:30:09 GMT"), Some(Duration::from_secs(9)));
        assert_eq!(header("Tue, 12 May 2026 03:29:00 GMT"), Some(Duration::ZERO));
        for nonsense in ["soon", "-3", "nan", "inf", "1e400"] {
            assert_eq!(header(nonsense), None, "{nonsense}");
        }
    }
}
