//! One card behind PC/SC, as `myna_card::Transmit`.

use card::{Failure, LinkFault};
use pcsc::{Card, Context, Disposition, Error, Protocols, ShareMode};
use std::ffi::CStr;
use std::time::Duration;

/// Longest answer to a short APDU, with room for a reader that adds to it.
const ANSWER_BYTES: usize = pcsc::MAX_BUFFER_SIZE;

/// After a failed command the reader is looked at so often, this far apart: longer than drivers poll for a card (0.4 s).
const LOOKS: u32 = 12;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// An exclusive connection; the card is reset when it is dropped, so that no verified PIN outlives it.
pub(super) struct PcscLink {
    card: Option<Card>,
}

impl PcscLink {
    /// Connects.
    pub(super) fn connect(context: &Context, reader: &CStr) -> Result<Self, Failure> {
        match context.connect(reader, ShareMode::Exclusive, Protocols::ANY) {
            Ok(card) => Ok(Self { card: Some(card) }),
            Err(Error::SharingViolation) => Err(Failure::CardInUse),
            Err(Error::NoSmartcard | Error::RemovedCard) => Err(Failure::CardMoved),
            Err(Error::UnknownReader | Error::ReaderUnavailable) => Err(Failure::ReaderGone),
            Err(Error::NoService | Error::ServiceStopped) => Err(Failure::ServiceDown),
            Err(_) => Err(Failure::Unreadable),
        }
    }
}

impl Drop for PcscLink {
    fn drop(&mut self) {
        if let Some(card) = self.card.take() {
            // A card that has gone cannot be reset: that is as good as reset.
            let _gone = card.disconnect(Disposition::ResetCard);
        }
    }
}

impl myna_card::Transmit for PcscLink {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, myna_card::Error> {
        let Some(card) = &self.card else { return Err(LinkFault::CardGone.into()) };
        let mut buffer = [0u8; ANSWER_BYTES];
        card.transmit(command, &mut buffer).map(<[u8]>::to_vec).map_err(|error| match fault(error) {
            LinkFault::Garbled if leaves(card) => LinkFault::CardGone.into(),
            fault => fault.into(),
        })
    }
}

/// A card that is pulled in the middle of a command ends that command in some error of the driver; that it has gone is
/// seen a moment later, when the driver has looked again.
fn leaves(card: &Card) -> bool {
    (0..LOOKS).any(|_| {
        let gone = card.status2_owned().is_err_and(|error| fault(error) == LinkFault::CardGone);
        if !gone {
            #[expect(clippy::disallowed_methods, reason = "a thread of its own")]
            std::thread::sleep(LOOK_EVERY);
        }
        gone
    })
}

fn fault(error: Error) -> LinkFault {
    match error {
        Error::RemovedCard | Error::ResetCard | Error::UnpoweredCard | Error::NoSmartcard | Error::UnresponsiveCard => {
            LinkFault::CardGone
        }
        Error::UnknownReader | Error::ReaderUnavailable => LinkFault::ReaderGone,
        Error::NoService | Error::ServiceStopped => LinkFault::ServiceGone,
        _ => LinkFault::Garbled,
    }
}
