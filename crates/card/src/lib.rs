//! Reading a My Number card in the field: the guarded channel, the procedures, and what to tell the crew.
//!
//! In: any [`myna_card::Transmit`], the present in seconds since 1970, the trust anchors, and digits that a person keyed.
//! Out: [`CardRead`] (no PIN), [`Face`] and [`Attributes`] (照合番号B), a signature (PIN), or a [`ReadError`] with a
//! [`Failure`] that carries a reason code, sentences and the next step; and what contradicts the crew's observation
//! ([`check_person`]). Never in here: the 個人番号, readers, clocks, files, a second try.
//!
//! ```
//! # fn demo(link: &mut impl myna_card::Transmit, now: i64) -> Result<card::CardRead, card::ReadError> {
//! let anchors = card::TrustAnchors::live();
//! let mut channel = card::GuardedChannel::new(link).with_abort(|| false);
//! card::read_auth_certificate(&mut channel, now, &anchors)
//! # }
//! ```
//!
//! # Writing a PC/SC transport
//!
//! - Connect with `ShareMode::Exclusive` and `Protocols::ANY`; end with `Disposition::ResetCard`, in `Drop` too: a
//!   verified PIN outlives the process otherwise. A sharing violation is [`Failure::CardInUse`].
//! - `Transmit::transmit` sends the bytes unchanged and returns data with SW1 SW2; 258 bytes are enough, extended
//!   lengths never pass the channel. Map errors with `Err(LinkFault::….into())`: removed card, reset or unpowered →
//!   [`LinkFault::CardGone`]; unknown or unavailable reader → [`LinkFault::ReaderGone`]; no service →
//!   [`LinkFault::ServiceGone`]; the rest → [`LinkFault::Garbled`].
//! - Deadline: the channel asks its abort closure before every command, so a read ends at most one command after the
//!   deadline. A command that blocks in the driver is out of its reach: run the read on a thread of its own, give up
//!   on that thread when the deadline passes, and reset the card from another context.
//! - Never keep a channel across a removal: make a new one for each card, it starts with nothing selected.
//!
//! **Invariant:** no command that selects, reads or verifies 個人番号, 照合番号A or the 署名用証明書 leaves this crate, and
//! no PIN leaves it unless a key press allowed it and the counter was read just before; at one try left only when that key
//! press said that this was confirmed. [`open_surface`], [`open_attributes`] and [`sign_with_pin`] are one key press each.

mod attributes;
mod certificate;
mod challenge;
mod civil;
mod exchange;
mod face;
mod failure;
mod fields;
mod guard;
mod link;
mod number_b;
mod person;
pub mod photo;
mod present;
mod procedure;
mod rules;
mod secret;
mod sign;
mod trust;
mod validity;
mod words;

pub use attributes::{Attributes, MAX_ATTRIBUTES_BYTES, open_attributes};
pub use certificate::CertificateFault;
pub use challenge::{Challenge, ChallengeParts};
pub use exchange::{ReadError, Step};
pub use face::{Face, MAX_FACE_BYTES, open_surface};
pub use failure::{Failure, FailureEvent};
pub use guard::{ChannelError, GuardedChannel, LastTry, MOST_COMMANDS, Refusal};
pub use link::LinkFault;
pub use number_b::{FIRST_EXPIRY_YEAR, MOST_YEARS_VALID, NumberPart};
pub use person::{AGE_TOLERANCE_YEARS, Difference, Observed, PersonCheck, Recorded, check_person};
pub use procedure::{CardRead, MAX_CERT_BYTES, TokenKind, read_auth_certificate};
pub use rules::Application;
pub use secret::{Keyed, NUMBER_B_DIGITS, NumberB, PIN_DIGITS, Pin, Secret};
pub use sign::{SIGNATURE_BYTES, sign_with_pin};
pub use trust::{AnchorError, Chain, TrustAnchors};
pub use validity::{GRACE_MONTHS, Validity};
