//! `cargo +nightly fuzz run jahis`; what it does is in [`fuzz::jahis`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::jahis(data));
