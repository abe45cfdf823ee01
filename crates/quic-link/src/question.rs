//! A question and its answer. A question that fits a packet goes twice, a moment apart: where the radio loses one packet in
//! twenty, a lost question costs more than a round trip, and it is the answer's packets that may be lost besides.
//!
//! On the wire the copy is a stream of its own: [`COPY`], the number of the first stream, the same frame. The peer takes
//! whichever arrives first and ends the other without an answer. A peer that does not know copies refuses the stream, and
//! answers the first.

use std::collections::BTreeSet;
use std::pin::pin;

use bytes::{BufMut, Bytes, BytesMut};
use futures::future::{Either, select};

use crate::code::StreamKind;
use crate::connection::Connection;
use crate::error::FrameError;
use crate::frame::{FrameReceiver, FrameSender};
use crate::limits::{COPIED_QUESTION_BYTES, COPIES_KNOWN, COPY_AFTER};

/// First byte of a stream that carries a copy; eight bytes with the number of the first stream follow.
pub(crate) const COPY: u8 = 4;

impl Connection {
    /// Asks on a stream of its own and waits for the answer; `None` when the peer has none. Up to
    /// [`COPIED_QUESTION_BYTES`] the question goes twice; the peer's application sees it once. **Cancel-safe.**
    ///
    /// # Errors
    /// As [`FrameSender::send`] and [`FrameReceiver::recv`].
    pub async fn ask(&self, question: &[u8], priority: i32) -> Result<Option<Bytes>, FrameError> {
        let (number, mut first) = self.put(question, priority, None).await?;
        if question.len() > COPIED_QUESTION_BYTES {
            return first.recv().await;
        }
        let copy = async {
            #[expect(clippy::disallowed_methods, reason = "this crate is an edge")]
            tokio::time::sleep(COPY_AFTER).await;
            let (_, mut copy) = self.put(question, priority, Some(number)).await?;
            copy.recv().await
        };
        match select(pin!(first.recv()), pin!(copy)).await {
            Either::Left((Ok(None), copy)) => copy.await,
            Either::Left((answer, _)) | Either::Right((answer @ Ok(Some(_)), _)) => answer,
            Either::Right((_, first)) => first.await,
        }
    }

    /// Kind and frame as one piece, so that both are in one packet.
    async fn put(
        &self,
        question: &[u8],
        priority: i32,
        copy_of: Option<u64>,
    ) -> Result<(u64, FrameReceiver), FrameError> {
        let (send, receive) = self.open_stream().await.map_err(FrameError::Lost)?;
        let number = send.id().index();
        let mut kind = BytesMut::new();
        match copy_of {
            None => kind.put_u8(StreamKind::Question.byte()),
            Some(first) => {
                kind.put_u8(COPY);
                kind.put_u64(first);
            }
        }
        let mut sender = FrameSender::new(send);
        sender.set_priority(priority);
        sender.send_after(&kind, question).await?;
        sender.finish();
        Ok((number, FrameReceiver::new(receive)))
    }
}

/// Questions that were taken lately, by the number of their first stream.
#[derive(Debug, Default)]
pub(crate) struct Taken(BTreeSet<u64>);

impl Taken {
    /// Whether it was not taken before; it is now. Of numbers beyond [`COPIES_KNOWN`] the oldest are forgotten: a copy that
    /// is as late as that is asked again.
    pub(crate) fn take(&mut self, number: u64) -> bool {
        let new = self.0.insert(number);
        if self.0.len() > COPIES_KNOWN {
            self.0.pop_first();
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_taken_once_and_memory_is_bounded() {
        let mut taken = Taken::default();
        assert!(taken.take(7));
        assert!(!taken.take(7));
        (100..400).for_each(|number| assert!(taken.take(number)));
        assert_eq!(taken.0.len(), COPIES_KNOWN);
        assert!(!taken.take(399));
    }
}
