//! The place of `payloads/` for Rust suites; the suites themselves are in `tests/`.
