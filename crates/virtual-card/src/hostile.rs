//! Cards that mean harm: lengths that lie, answers without end, bytes without sense.

/// One way of being hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hostile {
    /// Each read ends with `6110`, and so does each GET RESPONSE, for ever.
    EndlessMore,
    /// Each file's object declares four gigabytes.
    HugeLengths,
    /// Each file ends in the middle of its object.
    Truncated,
    /// Each file is noise of the same length.
    Noise,
    /// Reads are answered with this status.
    ReadStatus(u16),
    /// VERIFY without data is answered with this status.
    CounterStatus(u16),
    /// VERIFY with data is carried out and answered with this status.
    VerifyStatus(u16),
    /// The signing command is answered with bytes of this length.
    SignatureOf(usize),
}

impl Hostile {
    /// What becomes of a file's content.
    pub(crate) fn spoil(self, content: &mut Vec<u8>) {
        match self {
            Self::HugeLengths => {
                let tag = if content.first() == Some(&0xFF) { 2 } else { 1 };
                let kept = content.len().min(tag);
                let behind = content.split_off(kept);
                content.extend([0x84, 0xFF, 0xFF, 0xFF, 0xFF]);
                content.extend(behind);
            }
            Self::Truncated => content.truncate(content.len() / 2),
            Self::Noise => {
                let mut state = 0x9E37_79B9_7F4A_7C15_u64;
                content.fill_with(|| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    state.to_be_bytes()[0]
                });
            }
            Self::EndlessMore
            | Self::ReadStatus(_)
            | Self::CounterStatus(_)
            | Self::VerifyStatus(_)
            | Self::SignatureOf(_) => {}
        }
    }
}
