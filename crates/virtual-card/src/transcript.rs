//! What passed over the card's contacts, with secrets masked.

/// One command and its answer. The data of VERIFY is replaced by `**`, so a PIN never stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The command in upper hex.
    pub command: String,
    /// Length of the answer's data in bytes; the data itself is not kept.
    pub answered: usize,
    /// SW1 SW2.
    pub status: u16,
}

/// The exchanges of one card in order, at most [`Transcript::MOST`]; later ones are counted, not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    exchanges: Vec<Exchange>,
    unrecorded: u64,
    presented: u64,
}

impl Transcript {
    /// Exchanges kept. Beyond it only the count goes on.
    pub const MOST: usize = 4096;

    /// The exchanges, oldest first.
    #[must_use]
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// Exchanges that came after the limit.
    #[must_use]
    pub fn unrecorded(&self) -> u64 {
        self.unrecorded
    }

    /// VERIFY commands with data, whatever the answer: each may have cost a try. Counted beyond the limit as well.
    #[must_use]
    pub fn presented(&self) -> u64 {
        self.presented
    }

    pub(crate) fn record(&mut self, command: &[u8], answer: &[u8]) {
        if matches!(command, [_, 0x20, _, _, secret @ ..] if secret.len() > 1) {
            self.presented = self.presented.saturating_add(1);
        }
        if self.exchanges.len() >= Self::MOST {
            self.unrecorded = self.unrecorded.saturating_add(1);
            return;
        }
        let status = answer.last_chunk::<2>().map_or(0, |sw| u16::from_be_bytes(*sw));
        let answered = answer.len().saturating_sub(2);
        self.exchanges.push(Exchange { command: masked(command), answered, status });
    }
}

/// VERIFY and CHANGE REFERENCE DATA under any CLA show their header and length only.
fn masked(command: &[u8]) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02X}")).collect::<String>();
    match command {
        [cla, ins @ (0x20 | 0x24), p1, p2, secret @ ..] if secret.len() > 1 => {
            format!("{}{}", hex(&[*cla, *ins, *p1, *p2]), "**".repeat(secret.len()))
        }
        _ => hex(command),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_never_kept() {
        let mut t = Transcript::default();
        t.record(b"\x00\x20\x00\x80\x041234", &[0x90, 0x00]);
        t.record(&[0x00, 0x20, 0x00, 0x80], &[0x63, 0xC3]);
        let shown: Vec<_> = t.exchanges().iter().map(|e| e.command.as_str()).collect();
        assert_eq!(shown, ["00200080**********", "00200080"]);
        assert_eq!(t.exchanges()[1].status, 0x63C3);
        assert_eq!(t.presented(), 1, "asking for the counter presents nothing");
    }
}
