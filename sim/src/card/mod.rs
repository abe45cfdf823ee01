//! `sim card`: carries a virtual My Number card to a PC/SC daemon through the vpcd reader driver.
//!
//! In: a persona, a data directory with the installation's card material, a TCP port. Out: a card in the reader until
//! it is pulled.
//!
//! **Invariant:** only invented people; the key material made here is accepted by training installations alone.

mod command;
mod store;
mod vpcd;

pub use command::{CardArgs, Imitate, run};
pub use store::{CA_FILE, MATERIAL_FILE, default_data_dir, load_or_create};
pub use vpcd::{Plugged, VPCD_PORT, carry, dial_in, plug, plug_in};
