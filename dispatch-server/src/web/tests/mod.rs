//! A real HTTPS client against a server on port 0, over the store in memory.

mod board;
mod client;
mod desk;
mod disaster;
mod edges;
mod jp_core;
mod map;
mod openapi;
mod pages;
mod receipt;
mod reviews;
mod roles;
mod second;
mod sign_in;
mod staff_password;
mod tell;
mod tokens;
mod world;
