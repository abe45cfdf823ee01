//! `cargo +nightly fuzz run card_responses`; what it does is in [`fuzz::card_responses`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::card_responses(data));
