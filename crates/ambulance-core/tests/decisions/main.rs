//! What the tablet decides, seen from outside: commands and results in, effects and state out.

mod bench;
mod lists;
mod look_ups;
mod number_b;
mod pin;
mod staff_password;
mod stores;
