//! What is asked and answered, the same for everyone who is measured.

use bytes::{BufMut, Bytes, BytesMut};

/// Bytes of a question, such as a look-up with its evidence.
pub(crate) const QUESTION_BYTES: usize = 200;
/// More than any answer here; a question for more is answered with this much.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// A question for an answer of so many bytes.
pub(crate) fn ask_for(answer_bytes: usize) -> Bytes {
    let mut question = BytesMut::with_capacity(QUESTION_BYTES);
    question.put_u32(u32::try_from(answer_bytes).unwrap_or(u32::MAX));
    question.resize(QUESTION_BYTES, 0x51);
    question.freeze()
}

/// The answer to a question.
pub(crate) fn answer(question: &[u8]) -> Bytes {
    let length = question.iter().take(4).fold(0, |sum: usize, byte| (sum << 8) | usize::from(*byte));
    Bytes::from(vec![0x41; length.min(MAX_ANSWER_BYTES)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_as_long_as_it_was_asked_for() {
        let question = ask_for(4_096);
        assert_eq!(question.len(), QUESTION_BYTES);
        assert_eq!(answer(&question).len(), 4_096);
        assert_eq!(answer(&ask_for(usize::MAX)).len(), MAX_ANSWER_BYTES);
        assert_eq!(answer(b"").len(), 0);
    }
}
