//! Rules, their order, the table and the command's files, through the public API.

mod cli;
mod common;
mod order;
mod personas;
mod rules;
mod table;
