//! A My Number card that exists only as bytes: it answers the APDUs of the 公的個人認証AP, the 券面事項入力補助AP and
//! the 券面事項確認AP, with invented people ([`Persona`]) on it.
//!
//! In: APDU bytes, a [`Persona`], [`CardMaterial`] (the installation's test CA and keys), [`Behaviour`] switches that
//! imitate cards made by others and hostile ones, and the present as seconds since 1970. Out: response bytes and a masked
//! [`Transcript`]. `sim card` carries it to a PC/SC daemon.
//!
//! **Invariant:** no real person, no real key, no number that could be a 個人番号, no IO, clock or randomness of its
//! own, and no input that makes it panic.

mod access;
mod apdu;
mod behaviour;
mod card;
mod certificate;
mod der;
mod faces;
mod files;
mod hostile;
mod material;
mod persona;
mod pin;
mod sign;
mod surface_files;
mod text_files;
mod transcript;

pub use access::Application;
pub use behaviour::{Behaviour, CONTACTLESS_ATR, CertificateAge, DEFAULT_ATR, EndOfFile, Portrait, Token};
pub use card::{MY_NUMBER_FILES, VirtualCard};
pub use hostile::Hostile;
pub use material::{CardMaterial, MaterialError};
pub use persona::{CardPart, CertificatePart, Person, Persona, PersonaError, Sex, civil_date};
pub use transcript::{Exchange, Transcript};
