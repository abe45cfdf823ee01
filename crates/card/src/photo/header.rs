//! Looking at a JPEG 2000 file before it is decoded: what it would take, and whether it is a portrait at all.
//!
//! JP2 boxes (ISO/IEC 15444-1 Annex I) are walked only to the codestream; palettes, channel definitions and colour
//! profiles are never looked at. Of the codestream (Annex A) every marker segment is walked, those of the tile-parts
//! included, and those that decide on memory are read.

use super::{MAX_PHOTO_PIXELS, MAX_PHOTO_SIDE, PhotoError};

/// Boxes in front of the codestream at most.
const MOST_BOXES: usize = 32;
/// Marker segments in all headers at most.
const MOST_SEGMENTS: usize = 256;
/// Tiles at most. A portrait has one.
const MOST_TILES: u32 = 64;
/// Precincts are at least 2^this wide and high: smaller ones only cost memory.
const LEAST_PRECINCT_EXPONENT: u8 = 5;
/// Wavelet levels at most; five are usual.
const MOST_LEVELS: u8 = 10;

const SIGNATURE_BOX: &[u8] = b"\0\0\0\x0CjP  \r\n\x87\n";
const CODESTREAM: &[u8] = b"\xFF\x4F\xFF\x51";
const SOC: u8 = 0x4F;
const SOT: u8 = 0x90;
const SOD: u8 = 0x93;
const EOC: u8 = 0xD9;
const SIZ: u8 = 0x51;
const COD: u8 = 0x52;
const COC: u8 = 0x53;

/// What the header declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 1 or 3.
    pub(super) channels: u16,
}

/// The codestream inside a JP2 file, or the file itself when it is a bare codestream.
pub(super) fn codestream(file: &[u8]) -> Result<&[u8], PhotoError> {
    if file.starts_with(CODESTREAM) {
        return Ok(file);
    }
    let mut rest = file.strip_prefix(SIGNATURE_BOX).ok_or(PhotoError::NotJpeg2000)?;
    for _ in 0..MOST_BOXES {
        let (kind, content, behind) = split_box(rest).ok_or(PhotoError::Damaged)?;
        if kind == *b"jp2c" {
            return if content.starts_with(CODESTREAM) { Ok(content) } else { Err(PhotoError::Damaged) };
        }
        rest = behind;
    }
    Err(PhotoError::Damaged)
}

fn split_box(bytes: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (kind, rest) = rest.split_first_chunk::<4>()?;
    let (content, behind) = match u32::from_be_bytes(*length) {
        // To the end of the file.
        0 => (rest, &[][..]),
        1 => {
            let (long, rest) = rest.split_first_chunk::<8>()?;
            rest.split_at_checked(usize::try_from(u64::from_be_bytes(*long)).ok()?.checked_sub(16)?)?
        }
        short => rest.split_at_checked(usize::try_from(short).ok()?.checked_sub(8)?)?,
    };
    Some((*kind, content, behind))
}

/// Walks all headers of the codestream.
pub(super) fn inspect(codestream: &[u8]) -> Result<Size, PhotoError> {
    let mut walk = Walk { bytes: codestream, at: 0, part: 0, segments: 0 };
    if walk.marker()? != SOC || walk.marker()? != SIZ {
        return Err(PhotoError::Damaged);
    }
    let size = size(walk.segment()?)?;
    while let Some((marker, segment)) = walk.next()? {
        match marker {
            SIZ => return Err(PhotoError::Damaged),
            COD => coding(segment.first(), segment.get(5..))?,
            COC => coding(segment.get(1), segment.get(2..))?,
            _ => {}
        }
    }
    Ok(size)
}

/// SIZ (Table A.9): only an image at the origin with one or three channels of eight unsigned bits passes.
fn size(segment: &[u8]) -> Result<Size, PhotoError> {
    let word = |at: usize| {
        let bytes = segment.get(at..)?.first_chunk::<4>()?;
        Some(u32::from_be_bytes(*bytes))
    };
    let words: Option<Vec<u32>> = (0..8).map(|i| word(2 + 4 * i)).collect();
    let words = words.ok_or(PhotoError::Damaged)?;
    let &[width, height, x, y, tile_width, tile_height, tile_x, tile_y] = words.as_slice() else {
        return Err(PhotoError::Damaged);
    };
    let channels = segment.get(34..36).and_then(|b| b.first_chunk::<2>()).ok_or(PhotoError::Damaged)?;
    let channels = u16::from_be_bytes(*channels);
    if [x, y, tile_x, tile_y] != [0; 4] || ![1, 3].contains(&channels) {
        return Err(PhotoError::Unusual);
    }
    let within = |side| (1..=MAX_PHOTO_SIDE).contains(&side);
    if !within(width) || !within(height) || width * height > MAX_PHOTO_PIXELS {
        return Err(PhotoError::TooLarge);
    }
    if tile_width == 0 || tile_height == 0 {
        return Err(PhotoError::Damaged);
    }
    if width.div_ceil(tile_width) * height.div_ceil(tile_height) > MOST_TILES {
        return Err(PhotoError::TooLarge);
    }
    let of_channels = segment.get(36..).ok_or(PhotoError::Damaged)?;
    if of_channels.len() != usize::from(channels) * 3 {
        return Err(PhotoError::Damaged);
    }
    // Eight bits, unsigned, not subsampled.
    let plain = of_channels.chunks_exact(3).all(|channel| channel == [7, 1, 1]);
    if plain { Ok(Size { width, height, channels }) } else { Err(PhotoError::Unusual) }
}

/// The part of COD and COC that decides on memory (Tables A.12–A.21): levels, then four bytes, then a byte per precinct.
fn coding(style: Option<&u8>, parameters: Option<&[u8]>) -> Result<(), PhotoError> {
    let (Some(style), Some(&[levels, _, _, _, _, ref precincts @ ..])) = (style, parameters) else {
        return Err(PhotoError::Damaged);
    };
    if levels > MOST_LEVELS {
        return Err(PhotoError::TooLarge);
    }
    let least = |size: &u8| size & 0x0F >= LEAST_PRECINCT_EXPONENT && size >> 4 >= LEAST_PRECINCT_EXPONENT;
    let has_precincts = style & 1 != 0;
    if !has_precincts || precincts.iter().all(least) { Ok(()) } else { Err(PhotoError::TooLarge) }
}

/// A place in the codestream.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the present tile-part began.
    part: usize,
    segments: usize,
}

impl<'a> Walk<'a> {
    fn marker(&mut self) -> Result<u8, PhotoError> {
        match self.bytes.get(self.at..).and_then(|b| b.first_chunk::<2>()) {
            Some([0xFF, marker]) => {
                self.at += 2;
                Ok(*marker)
            }
            _ => Err(PhotoError::Damaged),
        }
    }

    /// The segment behind a marker, without its length.
    fn segment(&mut self) -> Result<&'a [u8], PhotoError> {
        self.segments += 1;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.first_chunk::<2>().map_or(0, |length| usize::from(u16::from_be_bytes(*length)));
        let segment = rest.get(2..length).ok_or(PhotoError::Damaged)?;
        if self.segments > MOST_SEGMENTS {
            return Err(PhotoError::TooLarge);
        }
        self.at += length;
        Ok(segment)
    }

    /// The next marker segment of any header; packets are jumped over. None at the end of the codestream.
    fn next(&mut self) -> Result<Option<(u8, &'a [u8])>, PhotoError> {
        loop {
            if self.at >= self.bytes.len() {
                return Ok(None);
            }
            let here = self.at;
            match self.marker()? {
                EOC => return Ok(None),
                SOD => self.skip_packets()?,
                SOT => {
                    self.part = here;
                    let segment = self.segment()?;
                    let length = segment.get(2..6).and_then(|b| b.first_chunk::<4>()).ok_or(PhotoError::Damaged)?;
                    self.part_end(u32::from_be_bytes(*length))?;
                }
                // Markers without a segment (Table A.1).
                0x30..=0x3F => {}
                marker => return Ok(Some((marker, self.segment()?))),
            }
        }
    }

    /// Psot counts from the first byte of SOT; zero means to the end.
    fn part_end(&mut self, length: u32) -> Result<(), PhotoError> {
        let length = usize::try_from(length).map_err(|_| PhotoError::Damaged)?;
        let end = if length == 0 { self.bytes.len() } else { self.part.saturating_add(length) };
        if end < self.at {
            return Err(PhotoError::Damaged);
        }
        self.part = end.min(self.bytes.len());
        Ok(())
    }

    fn skip_packets(&mut self) -> Result<(), PhotoError> {
        if self.part < self.at {
            return Err(PhotoError::Damaged);
        }
        self.at = self.part;
        Ok(())
    }
}
