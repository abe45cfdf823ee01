//! The radio link between a tablet and a dispatch server: QUIC connections with typed streams of frames, datagrams,
//! migration, and a congestion window that random loss cannot shut.
//!
//! *In:* TLS configurations from `pki`, addresses, frames as opaque bytes. *Out:* [`Connection`]s whose peer has shown a
//! verified certificate, frames, datagrams, and a [`LinkError`] that says what a crew or an administrator must do.
//!
//! **Invariant:** this crate never looks inside a frame, never decides who may do what (the caller checks device and
//! revocation on every connection), and no packet from outside stops it.

mod client;
mod code;
mod congestion;
mod connection;
mod error;
mod frame;
pub mod limits;
mod line;
mod question;
mod server;
mod switch;
mod transport;

pub use client::{ClientEndpoint, Dialled, Unconfirmed};
pub use code::{CloseCode, StreamCode, StreamKind};
pub use congestion::WindowConfig;
pub use connection::{Connection, PathFigures};
pub use error::{DatagramError, FrameError, LinkError};
pub use frame::{FrameReceiver, FrameSender};
pub use server::{Accepted, Accepting, Handshake, ServerEndpoint};
pub use switch::PathSwitch;
pub use transport::LinkConfig;

/// The application protocols offered in TLS (ALPN), newest first; one per version of the wire protocol. A client and a
/// server without a common one end in [`LinkError::NoCommonProtocol`].
pub const PROTOCOLS: &[&[u8]] = &[b"ems/1"];

#[cfg(test)]
mod tests;
