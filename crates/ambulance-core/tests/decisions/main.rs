//! What the tablet decides, seen from outside: commands and results in, effects and state out.

mod bench;
mod full_period;
mod lists;
mod look_ups;
mod messages;
mod number_b;
mod patients;
mod pin;
mod published;
mod staff_password;
mod stores;
mod without_card;
