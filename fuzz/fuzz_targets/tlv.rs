//! `cargo +nightly fuzz run tlv`; what it does is in [`fuzz::tlv`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::tlv(data));
