//! What the tablet decides: commands of the crew and results of the outside come in; state for the screen and effects for
//! the runtime come out.
//!
//! The contract of the loop: **one change (`handle_*`), then drain [`Core::poll_effect`], then wait for the next input or
//! the deadline of [`Core::poll_timeout`].** A `Persist` effect is carried out before anything that follows it is told to
//! anybody. The same core runs in the tablet's window, in the headless client, in the load test and in virtual time.
//!
//! One idea per file: [`journal`] writes events, `cases` keeps what is known of each case, `kept` what outlives the
//! process besides, `again` moves what stands in a log that ended, `clock` carries the server's time, `stages`, `card_flow`,
//! `lookups`, `number_b`, `pin`, `nonce_stock`, `notebook`, `merged`, `choice`, `door` and `link` hold the decisions of
//! their part, `unsent` what is told of queue and disk, `waiting` since when.
//!
//! **Invariant:** no runtime, socket, file, wall clock or ambient randomness; history and the opened face of a card are held in memory only and dropped
//! at handover, withdrawal, mismatch, lock-out and the end of the window (DESIGN §5.4).

mod again;
mod card_flow;
mod cases;
mod choice;
mod clock;
pub mod command;
mod core;
mod door;
pub mod effect;
pub mod input;
pub mod journal;
mod kept;
pub mod limits;
mod link;
mod look_again;
mod lookups;
mod merged;
mod messages;
mod nonce_stock;
pub mod notebook;
pub mod notebook_alerts;
pub mod number_b;
pub mod patients;
pub mod pin;
pub mod published;
mod rank_change;
mod said;
mod staff_password;
mod stages;
pub mod state;
mod unsent;
mod waiting;
mod why_not;
mod window;
mod without_card;

pub use crate::core::{Config, Core, RECOVERED_KEY, Restored};
pub use command::Command;
pub use effect::{Effect, Sound};
pub use input::{CardInput, Input, LinkInput};
pub use journal::Identity;
pub use notebook::{NotebookReading, NotebookState, ReadNotebook};
pub use notebook_alerts::NotebookAlerts;
pub use number_b::{NumberBState, OpenedFace};
pub use pin::{PinState, PinTrouble};
pub use published::{InUse, OwnEdition, UsedEdition};
pub use said::Said;
pub use staff_password::CODES as STAFF_PASSWORD_CODES;
pub use state::{
    CardState, CaseState, DoorQuestion, Fault, HistoryState, LinkState, LinkTrouble, Now, Part, RankChange,
    ReaderState, Session, State, Stuck, SuggestionState, Undo, WipePending,
};
