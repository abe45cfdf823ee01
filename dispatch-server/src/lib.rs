//! The dispatch server: edges around `dispatch-core` — tablets over QUIC ([`units`]), pages and API over HTTPS ([`web`]), the
//! store on SQLite ([`store`]), hints inside the process ([`fanout`]), and the administrator's commands ([`admin`]).
//!
//! In: a data directory made by [`admin::init`], addresses, and where history comes from. Out: a [`Handle`]. Tests, the demo
//! and `sim` start it as a library with [`start`].
//!
//! **Invariant:** no decision is made here (that is `dispatch-core`); no name, card data, position in words or history is in
//! a log line: ids and codes only.

pub mod admin;
pub mod app;
mod attend;
pub mod card_roots;
pub mod data_dir;
pub mod edge;
pub mod fanout;
pub mod live;
pub mod map_tiles;
pub mod nonces;
mod published;
pub mod roads;
pub mod rules;
pub mod secrets;
mod server;
pub mod source;
pub mod standards;
mod standing;
pub mod store;
pub mod units;
pub mod web;

pub use app::App;
pub use data_dir::{DataDir, Installation, Running};
pub use server::{Handle, Listen, StartError, start};
pub use source::SharedSource;
