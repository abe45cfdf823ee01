//! The stand-in protocol, shared by the gateway and the stand-in of the simulator.
//!
//! `POST` [`PATH`] over HTTP/1.1 inside mutual TLS 1.3, JSON both ways, field names and codes of the public XML layout
//! (別紙3-1) where it has one. A stand-in marks every answer with the header [`STAND_IN_HEADER`].
//!
//! - Consent: per kind a flag (`1` 同意, `0` 不同意), when it was given and until when it may be used, `YYYYMMDDHHmmss` in
//!   Asia/Tokyo. In an emergency without obtainable consent the flags are `0` and `EmergencyReason` says why.
//! - Without a card, in a disaster: `Certificate` is empty and `Search` names the person by all four attributes.
//! - Result: `SegmentOfResult` 1 正常, 3 異常 (then `ErrorCode`); `ProcessingResultStatus` 1 or 2; `QualificationValidity` 1–6.
//! - A character outside the shared set is `●`.
//!
//! Unknown fields are ignored on both sides, so that either may be the newer one.

mod request;
mod response;
mod text;

pub use request::{Consents, HistoryRequest, PersonSearch, RequestBody, RequestHeader};
pub use response::{
    CompleteSection, HistoryResponse, LookBackText, PersonResult, ResponseBody, ResponseHeader, ResponseRow,
    SectionResult, SectionStateText,
};
pub use text::{date, date_text, time_text, timestamp};

use x509_parser::prelude::{FromDer, X509Certificate};

/// Where a history is asked for.
pub const PATH: &str = "/emergency/v1/history";
/// Header of every answer of a stand-in.
pub const STAND_IN_HEADER: &str = "x-stand-in";
/// Its value.
pub const STAND_IN_VALUE: &str = "national";
/// The media type of both bodies.
pub const MEDIA_TYPE: &str = "application/json";

/// `ErrorCode` values that have a meaning of their own; ours, as the crew-side ones are not public.
pub mod error_code {
    /// The certificate belongs to nobody known.
    pub const CARD_UNKNOWN: &str = "E-CERT-UNKNOWN";
    /// The card is not registered as 保険証.
    pub const NOT_REGISTERED: &str = "E-NOT-REGISTERED";
    /// The certificate expired more than three months ago, or is revoked.
    pub const CERTIFICATE_REJECTED: &str = "E-CERT-REJECTED";
    /// The consent covers nothing.
    pub const NO_CONSENT: &str = "E-NO-CONSENT";
    /// A search without a card found nobody, or more than one person: one answer for both.
    pub const NOT_NARROWED: &str = "E-NOT-NARROWED";
    /// The request is not of this form.
    pub const BAD_REQUEST: &str = "E-BAD-REQUEST";
}

/// `ProcessingResultCode`: the certificate has expired, within its three months of grace.
pub const RESULT_GRACE: &str = "I-CERT-GRACE";
/// `ProcessingResultCode`: nothing to add.
pub const RESULT_NORMAL: &str = "I-NORMAL";

/// The serial number of a certificate, lower hex without leading zero bytes: the key of the insured person. None when
/// the bytes are no certificate.
#[must_use]
pub fn certificate_serial(der: &[u8]) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let serial = certificate.raw_serial();
    let start = serial.iter().position(|b| *b != 0)?;
    serial.get(start..).map(hex::encode)
}
