//! Frames on a stream: a big-endian length of four bytes, then so many bytes.

use bytes::{BufMut, Bytes, BytesMut};
use quinn::{ReadError, RecvStream, SendStream, VarInt, WriteError};

use crate::code::StreamCode;
use crate::error::{FrameError, LinkError};
use crate::limits::MAX_FRAME_BYTES;

/// Bytes of a frame's length.
const HEADER_BYTES: usize = 4;
/// Set aside for a frame before its bytes arrive; what a peer only announces costs no more than this.
const FIRST_ALLOCATION_BYTES: usize = 16 * 1024;

/// The sending half of a stream. Dropping it ends the stream as [`FrameSender::finish`] does.
#[derive(Debug)]
pub struct FrameSender {
    stream: SendStream,
    torn: bool,
}

impl FrameSender {
    /// For tests that break the rules of this crate.
    #[cfg(test)]
    pub(crate) fn stream(&mut self) -> &mut SendStream {
        &mut self.stream
    }

    pub(crate) fn new(stream: SendStream) -> Self {
        Self { stream, torn: false }
    }

    /// Hands a frame to the connection, waiting for room; it says nothing about arrival.
    ///
    /// **Not cancel-safe:** a call that is dropped midway leaves half a frame, and the next call resets the stream.
    ///
    /// # Errors
    /// [`FrameError::TooLarge`] (nothing is sent, the stream lives), [`FrameError::GivenUp`], [`FrameError::Ended`],
    /// [`FrameError::Lost`].
    pub async fn send(&mut self, frame: &[u8]) -> Result<(), FrameError> {
        self.send_after(&[], frame).await
    }

    /// Sends a frame in one piece with what stands before it.
    pub(crate) async fn send_after(&mut self, before: &[u8], frame: &[u8]) -> Result<(), FrameError> {
        if self.torn {
            self.reset(StreamCode::CANCELLED);
            return Err(FrameError::Ended);
        }
        let too_large = FrameError::TooLarge { length: frame.len(), limit: MAX_FRAME_BYTES };
        let length = match u32::try_from(frame.len()) {
            Ok(length) if frame.len() <= MAX_FRAME_BYTES => length,
            _ => return Err(too_large),
        };
        let mut whole = BytesMut::with_capacity(before.len() + HEADER_BYTES + frame.len());
        whole.put_slice(before);
        whole.put_u32(length);
        whole.put_slice(frame);
        self.torn = true;
        self.stream.write_chunk(whole.freeze()).await?;
        self.torn = false;
        Ok(())
    }

    /// Ends the stream after what was sent; sending again is [`FrameError::Ended`].
    pub fn finish(&mut self) {
        if self.torn {
            self.reset(StreamCode::CANCELLED);
        } else if self.stream.finish().is_err() {
            tracing::trace!("stream had ended before it was finished");
        }
    }

    /// Ends the stream and waits until the peer's QUIC has received all of it (not: read it).
    ///
    /// # Errors
    /// [`FrameError::GivenUp`], [`FrameError::Lost`].
    pub async fn finish_and_wait(mut self) -> Result<(), FrameError> {
        self.finish();
        match self.stream.stopped().await {
            Ok(None) => Ok(()),
            Ok(Some(code)) => Err(given_up(code)),
            Err(quinn::StoppedError::ConnectionLost(error)) => Err(FrameError::Lost(error.into())),
            Err(quinn::StoppedError::ZeroRttRejected) => Err(FrameError::Ended),
        }
    }

    /// Gives the stream up; what the peer has not received is not sent again.
    pub fn reset(&mut self, code: StreamCode) {
        if self.stream.reset(VarInt::from_u32(code.number())).is_err() {
            tracing::trace!("stream had ended before it was reset");
        }
    }

    /// Streams with a higher number are sent first; 0 is the default.
    pub fn set_priority(&self, priority: i32) {
        if self.stream.set_priority(priority).is_err() {
            tracing::trace!("stream had ended before its priority was set");
        }
    }

    /// Sends the first byte. Should the peer have given the stream up already, the next call says so.
    pub(crate) async fn send_kind(&mut self, byte: u8) -> Result<(), LinkError> {
        match self.stream.write_all(&[byte]).await {
            Err(WriteError::ConnectionLost(error)) => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// The receiving half of a stream. Dropping it tells the peer [`StreamCode::CANCELLED`].
#[derive(Debug)]
pub struct FrameReceiver {
    stream: RecvStream,
    header: BytesMut,
    /// The length of the frame under way, once its header is complete.
    length: Option<usize>,
    body: BytesMut,
    limit: usize,
}

impl FrameReceiver {
    pub(crate) fn new(stream: RecvStream) -> Self {
        let header = BytesMut::with_capacity(HEADER_BYTES);
        Self { stream, header, length: None, body: BytesMut::new(), limit: MAX_FRAME_BYTES }
    }

    /// Takes only frames of at most so many bytes from now on; a longer one is [`FrameError::TooLarge`].
    pub fn limit(&mut self, bytes: usize) {
        self.limit = bytes.min(MAX_FRAME_BYTES);
    }

    /// The next frame; `None` when the peer has finished the stream after a whole frame.
    ///
    /// **Cancel-safe:** a call that is dropped loses nothing, the next one goes on where it was.
    ///
    /// # Errors
    /// [`FrameError::TooLarge`] (the stream is stopped), [`FrameError::Truncated`], [`FrameError::GivenUp`],
    /// [`FrameError::Ended`], [`FrameError::Lost`].
    pub async fn recv(&mut self) -> Result<Option<Bytes>, FrameError> {
        let length = match self.length {
            Some(length) => length,
            None => match self.recv_header().await? {
                Some(length) => length,
                None => return Ok(None),
            },
        };
        while let missing @ 1.. = length.saturating_sub(self.body.len()) {
            match self.stream.read_chunk(missing, true).await? {
                Some(chunk) => self.body.extend_from_slice(&chunk.bytes),
                None => return Err(FrameError::Truncated),
            }
        }
        self.length = None;
        Ok(Some(std::mem::take(&mut self.body).freeze()))
    }

    /// Tells the peer to send no more.
    pub fn stop(&mut self, code: StreamCode) {
        if self.stream.stop(VarInt::from_u32(code.number())).is_err() {
            tracing::trace!("stream had ended before it was stopped");
        }
    }

    async fn recv_header(&mut self) -> Result<Option<usize>, FrameError> {
        while let missing @ 1.. = HEADER_BYTES.saturating_sub(self.header.len()) {
            match self.stream.read_chunk(missing, true).await? {
                Some(chunk) => self.header.extend_from_slice(&chunk.bytes),
                None if self.header.is_empty() => return Ok(None),
                None => return Err(FrameError::Truncated),
            }
        }
        let announced = self.header.iter().fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
        self.header.clear();
        let length = usize::try_from(announced).unwrap_or(usize::MAX);
        if length > self.limit {
            self.stop(StreamCode::FRAME_TOO_LARGE);
            return Err(FrameError::TooLarge { length, limit: self.limit });
        }
        self.body.reserve(length.min(FIRST_ALLOCATION_BYTES));
        self.length = Some(length);
        Ok(Some(length))
    }
}

impl From<WriteError> for FrameError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Stopped(code) => given_up(code),
            WriteError::ConnectionLost(error) => Self::Lost(error.into()),
            WriteError::ClosedStream | WriteError::ZeroRttRejected => Self::Ended,
        }
    }
}

impl From<ReadError> for FrameError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Reset(code) => given_up(code),
            ReadError::ConnectionLost(error) => Self::Lost(error.into()),
            ReadError::ClosedStream | ReadError::IllegalOrderedRead | ReadError::ZeroRttRejected => Self::Ended,
        }
    }
}

fn given_up(code: VarInt) -> FrameError {
    FrameError::GivenUp { code: StreamCode::new(u32::try_from(code.into_inner()).unwrap_or(u32::MAX)) }
}
