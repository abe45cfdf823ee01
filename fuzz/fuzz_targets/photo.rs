//! `cargo +nightly fuzz run photo`; what it does is in [`fuzz::photo`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::photo(data));
