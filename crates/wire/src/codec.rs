//! Values to bytes and back: CBOR (RFC 8949) with names, so that a reader may know fewer fields than the writer.
//!
//! Input is hostile until it has passed: its length, nesting and structure are checked by a flat scan first
//! (no recursion, no allocation), and only then does a type see it. Unknown fields are ignored; an unknown variant is
//! an error of its own, so that a peer can be told "not known here" instead of being cut off.

use serde::{Serialize, de::DeserializeOwned};

use crate::limits::{DEPTH_MAX, FRAME_BYTES_MAX};

/// A value that cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The value has no CBOR form (for example a map of unknown length in a place that needs one).
    #[error("encode a frame")]
    NoForm(#[source] minicbor_serde::error::EncodeError<core::convert::Infallible>),
    /// Longer than [`FRAME_BYTES_MAX`].
    #[error("the frame has {bytes} bytes, allowed are {FRAME_BYTES_MAX}")]
    TooLong {
        /// Length found.
        bytes: usize,
    },
}

/// Bytes that are not a frame. None of the texts repeats content of the input.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Longer than the limit.
    #[error("the frame has {bytes} bytes, allowed are {max}")]
    TooLong {
        /// Length found.
        bytes: usize,
        /// The limit that held.
        max: usize,
    },
    /// Nested deeper than [`DEPTH_MAX`].
    #[error("the frame is nested deeper than {DEPTH_MAX}")]
    TooDeep,
    /// The input ends inside an item.
    #[error("the frame ends early")]
    Truncated,
    /// Not CBOR: reserved head, break out of place, odd map, invalid UTF-8.
    #[error("the frame is not well-formed at byte {at}")]
    Malformed {
        /// Offset of the item.
        at: usize,
    },
    /// Bytes after the value.
    #[error("the frame goes on after its value at byte {at}")]
    Trailing {
        /// Offset of the first byte too many.
        at: usize,
    },
    /// Well-formed, but a variant that this version does not know. The frame may be answered with "not known here".
    #[error("the frame holds a variant that is not known here")]
    UnknownVariant,
    /// Well-formed, but not of the wanted type (field missing, wrong kind, out of range).
    #[error("the frame has not the expected form")]
    Unexpected,
}

/// The bytes of a value.
///
/// # Errors
/// [`EncodeError`]; nothing is partly written.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let bytes = minicbor_serde::to_vec(value).map_err(EncodeError::NoForm)?;
    if bytes.len() > FRAME_BYTES_MAX {
        return Err(EncodeError::TooLong { bytes: bytes.len() });
    }
    Ok(bytes)
}

/// The value of a whole frame of at most [`FRAME_BYTES_MAX`] bytes.
///
/// # Errors
/// [`DecodeError`]; no input makes it panic.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode_within(bytes, FRAME_BYTES_MAX)
}

/// [`decode`] under a narrower limit.
///
/// # Errors
/// [`DecodeError`]; no input makes it panic.
pub fn decode_within<T: DeserializeOwned>(bytes: &[u8], max: usize) -> Result<T, DecodeError> {
    if bytes.len() > max {
        return Err(DecodeError::TooLong { bytes: bytes.len(), max });
    }
    check_well_formed(bytes)?;
    let mut deserializer = minicbor_serde::Deserializer::new(bytes);
    let value = T::deserialize(&mut deserializer).map_err(|error| classify(&error))?;
    // The bytes are one item; a type that reads less of them (a unit variant with content) is another type.
    if deserializer.decoder().position() != bytes.len() {
        return Err(DecodeError::Unexpected);
    }
    Ok(value)
}

/// serde reports an unknown variant through a fixed text only; a test pins it.
fn classify(error: &minicbor_serde::error::DecodeError) -> DecodeError {
    if error.to_string().contains("unknown variant `") { DecodeError::UnknownVariant } else { DecodeError::Unexpected }
}

/// Items still to come on one level.
#[derive(Clone, Copy)]
enum Open {
    /// So many items.
    Counted(u64),
    /// Items until a break; for a map, whether a key was read without its value.
    Indefinite { map: bool, odd: bool },
}

/// Checks that `bytes` is exactly one well-formed item, not deeper than [`DEPTH_MAX`], in one flat pass.
fn check_well_formed(bytes: &[u8]) -> Result<(), DecodeError> {
    let mut levels = [Open::Counted(0); DEPTH_MAX + 1];
    let mut depth = 0_usize;
    if let Some(root) = levels.first_mut() {
        *root = Open::Counted(1);
    }
    let mut at = 0_usize;
    loop {
        let Some(level) = levels.get_mut(depth) else {
            return Err(DecodeError::TooDeep);
        };
        match level {
            Open::Counted(0) if depth == 0 => break,
            Open::Counted(0) => {
                depth -= 1;
                continue;
            }
            Open::Counted(left) => *left -= 1,
            Open::Indefinite { map, odd } => {
                if bytes.get(at) == Some(&BREAK) {
                    if *map && *odd {
                        return Err(DecodeError::Malformed { at });
                    }
                    at += 1;
                    *level = Open::Counted(0);
                    continue;
                }
                *odd = !*odd;
            }
        }
        let head = Head::read(bytes, at)?;
        at = head.end;
        if let Some(inner) = head.opens(bytes, &mut at)? {
            depth += 1;
            let Some(slot) = levels.get_mut(depth) else {
                return Err(DecodeError::TooDeep);
            };
            *slot = inner;
        }
    }
    if at == bytes.len() { Ok(()) } else { Err(DecodeError::Trailing { at }) }
}

const BREAK: u8 = 0xFF;

/// First bytes of an item.
struct Head {
    major: u8,
    /// `None`: indefinite length.
    argument: Option<u64>,
    start: usize,
    end: usize,
}

impl Head {
    fn read(bytes: &[u8], start: usize) -> Result<Self, DecodeError> {
        let first = *bytes.get(start).ok_or(DecodeError::Truncated)?;
        let (major, info) = (first >> 5, first & 0x1F);
        let width = match info {
            0..=23 => 0,
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            31 if matches!(major, 2..=5) => {
                return Ok(Self { major, argument: None, start, end: start + 1 });
            }
            _ => return Err(DecodeError::Malformed { at: start }),
        };
        let end = start + 1 + width;
        let digits = bytes.get(start + 1..end).ok_or(DecodeError::Truncated)?;
        let argument = if width == 0 {
            u64::from(info)
        } else {
            digits.iter().fold(0, |sum, digit| (sum << 8) | u64::from(*digit))
        };
        Ok(Self { major, argument: Some(argument), start, end })
    }

    /// The level that this item opens, if any; moves `at` over the content of a string.
    fn opens(&self, bytes: &[u8], at: &mut usize) -> Result<Option<Open>, DecodeError> {
        match (self.major, self.argument) {
            (0 | 1 | 7, _) => Ok(None),
            (2 | 3, Some(len)) => self.skip_string(bytes, len, at).map(|()| None),
            (2 | 3, None) => self.skip_chunks(bytes, at).map(|()| None),
            // Every item has at least one byte: a count beyond the rest is refused before anybody believes it.
            (4, Some(count)) => Self::counted(count, bytes, *at).map(Some),
            (5, Some(count)) => Self::counted(count.saturating_mul(2), bytes, *at).map(Some),
            (4, None) => Ok(Some(Open::Indefinite { map: false, odd: false })),
            (5, None) => Ok(Some(Open::Indefinite { map: true, odd: false })),
            _ => Ok(Some(Open::Counted(1))),
        }
    }

    fn counted(count: u64, bytes: &[u8], at: usize) -> Result<Open, DecodeError> {
        let rest = u64::try_from(bytes.len().saturating_sub(at)).unwrap_or(u64::MAX);
        if count > rest { Err(DecodeError::Truncated) } else { Ok(Open::Counted(count)) }
    }

    fn skip_string(&self, bytes: &[u8], len: u64, at: &mut usize) -> Result<(), DecodeError> {
        let end = usize::try_from(len).ok().and_then(|len| at.checked_add(len)).ok_or(DecodeError::Truncated)?;
        let content = bytes.get(*at..end).ok_or(DecodeError::Truncated)?;
        if self.major == 3 && core::str::from_utf8(content).is_err() {
            return Err(DecodeError::Malformed { at: self.start });
        }
        *at = end;
        Ok(())
    }

    fn skip_chunks(&self, bytes: &[u8], at: &mut usize) -> Result<(), DecodeError> {
        while *bytes.get(*at).ok_or(DecodeError::Truncated)? != BREAK {
            let chunk = Self::read(bytes, *at)?;
            let Some(len) = chunk.argument.filter(|_| chunk.major == self.major) else {
                return Err(DecodeError::Malformed { at: chunk.start });
            };
            *at = chunk.end;
            chunk.skip_string(bytes, len, at)?;
        }
        *at += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;
    use crate::log::{LogFrame, LogReply};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Narrow {
        a: u8,
        #[serde(default)]
        c: Option<u8>,
    }

    #[derive(Serialize)]
    struct Wide {
        a: u8,
        b: Vec<BTreeMap<String, f64>>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Old {
        Unit,
        Known(u8),
    }

    #[derive(Serialize)]
    enum New {
        Unit(u8),
        Later { x: u8 },
        LaterUnit,
    }

    #[derive(Serialize, Deserialize)]
    struct Nest(Vec<Nest>);

    #[test]
    fn an_older_reader_ignores_new_fields() {
        let wide = Wide { a: 7, b: vec![BTreeMap::from([("x".to_owned(), 0.5)])] };
        let sent = encode(&wide).expect("encodes");
        assert_eq!(decode::<Narrow>(&sent).expect("narrow"), Narrow { a: 7, c: None });
    }

    #[test]
    fn an_unknown_variant_is_an_error_of_its_own() {
        for sent in [encode(&New::Later { x: 1 }), encode(&New::LaterUnit)] {
            let read = decode::<Old>(&sent.expect("encodes"));
            assert!(matches!(read, Err(DecodeError::UnknownVariant)), "{read:?}");
        }
        let with_content = decode::<Old>(&encode(&New::Unit(1)).expect("encodes"));
        assert!(matches!(with_content, Err(DecodeError::Unexpected)), "{with_content:?}");
        assert_eq!(decode::<Old>(&encode(&Old::Known(3)).expect("encodes")).expect("known"), Old::Known(3));
    }

    #[test]
    fn depth_and_length_are_bounded() {
        let mut deep = vec![0x81; DEPTH_MAX - 1];
        deep.push(0x80);
        assert!(decode::<Nest>(&deep).is_ok());
        for opener in [0x81, 0x9F, 0xC1] {
            let mut deeper = vec![opener; 100_000];
            deeper.push(0x80);
            assert!(matches!(decode::<Nest>(&deeper), Err(DecodeError::TooDeep)));
        }
        let long = vec![0; FRAME_BYTES_MAX + 1];
        assert!(matches!(decode::<Nest>(&long), Err(DecodeError::TooLong { .. })));
        assert!(matches!(encode(&vec![0_u8; FRAME_BYTES_MAX]), Err(EncodeError::TooLong { .. })));
        // An array that claims 2^63 items in nine bytes.
        assert!(matches!(decode::<Vec<u8>>(&[0x9B, 0x80, 0, 0, 0, 0, 0, 0, 0]), Err(DecodeError::Truncated)));
    }

    #[test]
    fn broken_bytes_are_named() {
        assert!(matches!(decode::<u8>(&[]), Err(DecodeError::Truncated)));
        assert!(matches!(decode::<u8>(&[1, 2]), Err(DecodeError::Trailing { at: 1 })));
        assert!(matches!(decode::<u8>(&[0x1C]), Err(DecodeError::Malformed { at: 0 })));
        assert!(matches!(decode::<u8>(&[0xFF]), Err(DecodeError::Malformed { at: 0 })));
        assert!(matches!(decode::<String>(&[0x61, 0xFF]), Err(DecodeError::Malformed { at: 0 })));
        assert!(matches!(decode::<BTreeMap<u8, u8>>(&[0xBF, 1, 0xFF]), Err(DecodeError::Malformed { at: 2 })));
        assert!(matches!(decode::<u8>(&[0x18, 0xFF, 0x00]), Err(DecodeError::Trailing { at: 2 })));
        assert!(matches!(decode::<u8>(&[0x19, 1, 0]), Err(DecodeError::Unexpected)));
        assert_eq!(decode::<Vec<u8>>(&[0x9F, 1, 2, 0xFF]).expect("indefinite"), [1, 2]);
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            drop(decode::<LogFrame>(&bytes));
            drop(decode::<LogReply>(&bytes));
            drop(decode::<BTreeMap<String, Vec<Option<i16>>>>(&bytes));
            drop(decode::<Nest>(&bytes));
        }

        #[test]
        fn damaged_frames_never_panic(seq in any::<u64>(), at in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let log = model::LogId::from_bytes([9; 16]);
            let entry = crate::log::Entry { log, seq, schema: 1, bytes: vec![1, 2, 3] };
            let mut sent = encode(&LogFrame::Append { entries: vec![entry; 3], before: None }).expect("encodes");
            prop_assert!(decode::<LogFrame>(&sent[..cut.index(sent.len())]).is_err());
            let place = at.index(sent.len());
            sent[place] = value;
            drop(decode::<LogFrame>(&sent));
        }

        #[test]
        fn the_scan_accepts_whatever_we_write(value in any::<Vec<(Option<String>, i64, bool)>>()) {
            let sent = encode(&value).expect("encodes");
            prop_assert_eq!(decode::<Vec<(Option<String>, i64, bool)>>(&sent).expect("own value"), value);
        }
    }
}
