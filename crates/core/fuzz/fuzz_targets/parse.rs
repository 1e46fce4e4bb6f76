//! Any text as an amount, an instant, a day and a span of time.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| vobiz_core::fuzzing::parse(text));
