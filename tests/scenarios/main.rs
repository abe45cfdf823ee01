//! One test binary; a scenario per file.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "system tests: real clock, real files, loud failure"
)]

mod api_fuzz;
mod at_rest;
mod browser;
mod card_check;
mod card_keyed;
mod card_ladder;
mod card_opensc;
mod demo;
mod departments;
mod desk_race;
mod disaster;
mod failures;
mod fault_clock;
mod fault_copy;
mod fault_damage;
mod fault_disk;
mod fault_frames;
mod fault_kill;
mod look_up_ladder;
mod messages;
mod pin;
mod programs;
mod refused;
mod screens;
mod sealed;
mod staff_password;
mod storm;
mod tablets;
