//! Any bytes as the answer of any call: the first byte picks the call, the rest is its body.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vobiz_core::fuzzing::decode(data));
