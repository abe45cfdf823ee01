//! Opening the face of a card by 照合番号B: one request, one connection, at most one VERIFY.

use super::slot::Slot;
use ambulance_core::OpenedFace;
use card::{Failure, GuardedChannel, LastTry, NumberB, TrustAnchors, open_surface, read_auth_certificate};
use std::sync::Arc;

/// One key press on the 照合番号B page. The number is zeroed when the last holder drops it.
pub struct FaceRequest {
    /// Echoed in the answer.
    pub press: u64,
    /// Certificate of the card that was read for the case, DER: the number goes to no other card.
    pub certificate: Vec<u8>,
    /// The number.
    pub number: Arc<NumberB>,
    /// Whether the last try may be used.
    pub last_try: LastTry,
}

/// Asks for the face of the card that lies on the reader.
pub type OpenFace = Slot<FaceRequest>;

/// Opens the face of whatever answers at the other end of a link, as the reader thread does: first its certificate is
/// read again, and only the card of the case is presented the number.
///
/// # Errors
/// How it ended otherwise; [`Failure::CardMoved`] when another card lies there.
pub fn open_face<T: myna_card::Transmit>(
    link: T,
    now_s: i64,
    anchors: &TrustAnchors,
    request: &FaceRequest,
    is_over: impl FnMut() -> bool,
) -> Result<OpenedFace, Failure> {
    let mut channel = GuardedChannel::new(link).with_abort(is_over);
    same_card(&mut channel, now_s, anchors, &request.certificate)?;
    let face = open_surface(&mut channel, &request.number, request.last_try).map_err(told)?;
    Ok(OpenedFace::of(&face))
}

/// What was keyed goes to no other card than the one of the case.
pub(super) fn same_card<T: myna_card::Transmit>(
    channel: &mut GuardedChannel<'_, T>,
    now_s: i64,
    anchors: &TrustAnchors,
    certificate: &[u8],
) -> Result<(), Failure> {
    let read = read_auth_certificate(channel, now_s, anchors).map_err(told)?;
    if read.certificate == certificate {
        return Ok(());
    }
    tracing::info!("another card lies on the reader: nothing was presented");
    Err(Failure::CardMoved)
}

pub(super) fn told(error: card::ReadError) -> Failure {
    let (failure, step, status) = (error.failure, error.step, error.status);
    tracing::info!(code = failure.code(), ?step, ?status, "the card did not do what was asked");
    failure
}
