//! The tablet's outbox on SQLite: entries and local state, sealed, in one transaction.
//!
//! In: transactions of [`delivery`], a device key. Out: a [`delivery::OutboxStore`] that survives a power cut and says
//! by name which row is damaged.
//!
//! One connection, one writer, WAL with `synchronous=FULL`; a commit that returned is on the disk. Content is sealed
//! with XChaCha20-Poly1305 under the device key; the name of a row is part of its seal, so a row that was moved,
//! exchanged or altered does not open. Ids, counters and times rest unsealed, but a log's counters are authenticated.
//! A second process on the same file is refused.
//!
//! **Invariant:** no content rests unsealed in the database, its journal or an error, and no row that fails to open is
//! taken for absent.

mod cells;
mod fault;
mod logs;
mod open;
mod outbox;
mod pages;
mod recover;
mod salvage;
mod schema;
mod seal;
mod store;
mod suspect;

pub use open::OpenError;
pub use outbox::SqliteOutbox;
pub use recover::{States, begin_anew, recover};
pub use salvage::{Salvaged, salvage};
pub use seal::DeviceKey;
