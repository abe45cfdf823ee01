//! Tablets over real QUIC against a whole server: who comes in, facts exactly once, questions, feed, revocation, garbage.

mod admission;
mod early;
mod lookup;
mod nonces;
mod published;
mod staff_password;
mod transport;
mod world;
