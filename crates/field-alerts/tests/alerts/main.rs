//! Rules, their order, the table and the command's files, through the public API.

mod cases;
mod cli;
mod common;
mod order;
mod personas;
mod rules;
mod signed;
mod switches;
mod table;
mod told;
mod traps;
mod why;
