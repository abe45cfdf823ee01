//! `cargo +nightly fuzz run certificate`; what it does is in [`fuzz::certificate`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::certificate(data));
