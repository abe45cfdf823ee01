//! The photo in the card: JPEG 2000, decoded to eight bits a channel, with every size checked before anything is decoded.
//!
//! In: bytes as the card holds them. Out: [`Photo`] or a [`PhotoError`]. No input makes it panic, take more than some
//! megabytes, or work for long.

mod header;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Largest file that is looked at: what a card's file can hold.
pub const MAX_PHOTO_BYTES: usize = crate::face::MAX_FACE_BYTES;
/// Longest side in pixels. A card's photo has a few hundred.
pub const MAX_PHOTO_SIDE: u32 = 1024;
/// Most pixels, 512 × 768.
pub const MAX_PHOTO_PIXELS: u32 = 512 * 768;

/// Pixels of a portrait.
#[derive(Clone, PartialEq, Eq)]
pub struct Photo {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Row by row from the top: one byte of grey a pixel, or three of red, green and blue.
    pub pixels: Zeroizing<Vec<u8>>,
    /// True when there are three bytes a pixel.
    pub is_rgb: bool,
}

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// Another kind of file, or none.
    #[error("decoding the card's photo: it is no JPEG 2000")]
    NotJpeg2000,
    /// Beyond [`MAX_PHOTO_BYTES`], [`MAX_PHOTO_SIDE`], [`MAX_PHOTO_PIXELS`], or an inner structure beyond all use.
    #[error("decoding the card's photo: it is too large")]
    TooLarge,
    /// Neither grey nor RGB in eight bits.
    #[error("decoding the card's photo: neither 8-bit grey nor RGB")]
    Unusual,
    /// The file contradicts itself or ends early.
    #[error("decoding the card's photo: it is damaged")]
    Damaged,
}

impl From<PhotoError> for Failure {
    fn from(_: PhotoError) -> Self {
        Self::PhotoUnreadable
    }
}

impl std::fmt::Debug for Photo {
    /// Only the size.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Photo({} × {}, rgb: {})", self.width, self.height, self.is_rgb)
    }
}

/// Decodes a JP2 file or a bare codestream.
///
/// # Errors
/// [`PhotoError`]; the header alone decides on size and form, before the decoder sees a byte.
pub fn decode(file: &[u8]) -> Result<Photo, PhotoError> {
    if file.len() > MAX_PHOTO_BYTES {
        return Err(PhotoError::TooLarge);
    }
    let codestream = header::codestream(file)?;
    let size = header::inspect(codestream)?;
    // The decoder is another's work and fuzzed here without a finding; should it panic all the same, the photo is damaged
    // and the tablet goes on. Everything that it touches is dropped with it.
    catch_unwind(AssertUnwindSafe(|| decode_inspected(codestream, size))).unwrap_or(Err(PhotoError::Damaged))
}

fn decode_inspected(codestream: &[u8], size: header::Size) -> Result<Photo, PhotoError> {
    let settings = DecodeSettings { resolve_palette_indices: false, ..DecodeSettings::default() };
    let image = Image::new(codestream, &settings).map_err(|_| PhotoError::Damaged)?;
    if (image.width(), image.height()) != (size.width, size.height) {
        return Err(PhotoError::Damaged);
    }
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|_| PhotoError::Damaged)?;
    let channels: Vec<&[f32]> = decoded.components().iter().map(|c| c.samples()).collect();
    let pixels = interleave(&channels, size).ok_or(PhotoError::Damaged)?;
    Ok(Photo { width: size.width, height: size.height, pixels, is_rgb: size.channels == 3 })
}

/// None when the decoder's channels are not of the declared size.
fn interleave(channels: &[&[f32]], size: header::Size) -> Option<Zeroizing<Vec<u8>>> {
    let count = usize::try_from(size.width * size.height).ok()?;
    if channels.len() != usize::from(size.channels) || channels.iter().any(|samples| samples.len() != count) {
        return None;
    }
    let mut pixels = Zeroizing::new(Vec::with_capacity(count * channels.len()));
    for at in 0..count {
        pixels.extend(channels.iter().filter_map(|samples| samples.get(at)).map(|sample| to_byte(*sample)));
    }
    Some(pixels)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped; `as` makes a NaN zero")]
fn to_byte(sample: f32) -> u8 {
    sample.round().clamp(0.0, 255.0) as u8
}
