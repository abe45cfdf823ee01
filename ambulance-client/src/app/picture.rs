//! Codes in a picture file that is dropped on the page of the notebook: PNG or JPEG, read and searched on a thread of its
//! own so that the screen never waits. The picture is never kept.

use rqrr::{DeQRError, PreparedImage};
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use zeroize::Zeroizing;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// A larger file is not read (32 MiB).
pub const MAX_FILE_BYTES: u64 = 32 * 1024 * 1024;
/// A wider or higher picture is not searched.
pub const MAX_SIDE: usize = 12_000;
/// A picture of more dots than this is not searched: what a good camera makes.
pub const MAX_DOTS: usize = 64_000_000;

/// Why a picture gave no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// The file cannot be read.
    #[error("reading a picture: the file cannot be read")]
    NotReadable,
    /// One of the limits was passed.
    #[error("reading a picture: it is too large")]
    TooLarge,
    /// Neither PNG nor JPEG, or damaged.
    #[error("reading a picture: it is no PNG or JPEG that can be read")]
    NoPicture,
    /// No QR code was found, or none that can be read.
    #[error("reading a picture: no code that can be read")]
    NoCode,
    /// A code is a piece of a linked one (コード連結): its place among the others stands where the library does not read.
    #[error("reading a picture: a code is a piece of a linked one")]
    Linked,
}

impl PictureError {
    /// One clear sentence for the crew.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::NotReadable => "写真のファイルを開けません。",
            Self::TooLarge => "写真が大きすぎます。QRだけを写しなおしてください。",
            Self::NoPicture => "写真のファイルではありません（PNGとJPEGだけ読めます）。",
            Self::NoCode => "写真に読めるQRがありません。近くから写しなおしてください。",
            Self::Linked => "連結されたQRは写真では読めません。コードリーダーで続けて読み取ってください。",
        }
    }
    /// The English sentence.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::NotReadable => "The picture file cannot be opened.",
            Self::TooLarge => "The picture is too large. Take one of the code only.",
            Self::NoPicture => "Not a picture (PNG and JPEG only).",
            Self::NoCode => "No readable code in the picture. Take it again from nearer.",
            Self::Linked => "Linked codes cannot be read from a picture. Use the code reader on all of them in a row.",
        }
    }
}

/// The bytes of every code in one picture.
pub type Codes = Result<Vec<Zeroizing<Vec<u8>>>, PictureError>;

/// Every QR code that can be read in a PNG or JPEG, as bytes.
///
/// # Errors
/// [`PictureError`].
pub fn codes(file: &[u8]) -> Codes {
    let grey = grey(file)?;
    let mut prepared = PreparedImage::prepare_from_greyscale(grey.width, grey.height, |x, y| {
        grey.dots.get(y * grey.width + x).copied().unwrap_or(u8::MAX)
    });
    let mut codes = Vec::new();
    for grid in prepared.detect_grids() {
        let mut bytes = Zeroizing::new(Vec::new());
        match grid.decode_to(&mut *bytes) {
            Ok(_) => codes.push(bytes),
            // A notebook without the pieces that cannot be read would look whole.
            Err(DeQRError::UnknownDataType) => return Err(PictureError::Linked),
            Err(_) => {}
        }
    }
    if codes.is_empty() { Err(PictureError::NoCode) } else { Ok(codes) }
}

struct Grey {
    width: usize,
    height: usize,
    dots: Zeroizing<Vec<u8>>,
}

fn grey(file: &[u8]) -> Result<Grey, PictureError> {
    if file.starts_with(&[0x89, b'P', b'N', b'G']) { grey_png(file) } else { grey_jpeg(file) }
}

fn fits(width: usize, height: usize) -> Result<(), PictureError> {
    let dots = width.checked_mul(height).is_some_and(|dots| dots <= MAX_DOTS);
    if dots && width <= MAX_SIDE && height <= MAX_SIDE { Ok(()) } else { Err(PictureError::TooLarge) }
}

fn grey_png(file: &[u8]) -> Result<Grey, PictureError> {
    let bad = |_| PictureError::NoPicture;
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(bad)?;
    let size = reader.info().size();
    let (width, height) = (size.0 as usize, size.1 as usize);
    fits(width, height)?;
    let needed = reader.output_buffer_size().ok_or(PictureError::TooLarge)?;
    let mut dots = Zeroizing::new(vec![0; needed]);
    let frame = reader.next_frame(&mut dots).map_err(bad)?;
    let samples = frame.color_type.samples();
    let light = |dot: &[u8]| match dot {
        [r, g, b, ..] => luma(*r, *g, *b),
        [grey, ..] => *grey,
        [] => u8::MAX,
    };
    Ok(Grey { width, height, dots: Zeroizing::new(dots.chunks_exact(samples).map(light).collect()) })
}

/// Rec. 601, in thousandths.
fn luma(r: u8, g: u8, b: u8) -> u8 {
    let sum = 299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b);
    u8::try_from(sum / 1_000).unwrap_or(u8::MAX)
}

fn grey_jpeg(file: &[u8]) -> Result<Grey, PictureError> {
    let bad = |_| PictureError::NoPicture;
    let options = DecoderOptions::default()
        .set_max_width(MAX_SIDE)
        .set_max_height(MAX_SIDE)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(bad)?;
    let (width, height) = decoder.dimensions().ok_or(PictureError::NoPicture)?;
    fits(width, height)?;
    let dots = Zeroizing::new(decoder.decode().map_err(bad)?);
    if dots.len() < width * height {
        return Err(PictureError::NoPicture);
    }
    Ok(Grey { width, height, dots })
}

/// Pictures that are being searched.
#[derive(Default)]
pub(super) struct Pictures {
    running: Vec<mpsc::Receiver<Codes>>,
}

impl Pictures {
    /// Takes pictures that were dropped on the window, and gives what was found since.
    pub(super) fn take_in(&mut self, ctx: &egui::Context) -> Vec<Codes> {
        for file in ctx.input_mut(|input| std::mem::take(&mut input.raw.dropped_files)) {
            self.running.push(search(ctx.clone(), file.path().to_owned()));
        }
        let mut found = Vec::new();
        self.running.retain(|running| match running.try_recv() {
            Ok(codes) => {
                found.push(codes);
                false
            }
            Err(mpsc::TryRecvError::Empty) => true,
            // A picture that broke the search holds no code.
            Err(mpsc::TryRecvError::Disconnected) => {
                found.push(Err(PictureError::NoCode));
                false
            }
        });
        found
    }
}

#[expect(clippy::disallowed_methods, reason = "a picture is searched beside the screen, which must not wait")]
fn search(ctx: egui::Context, path: PathBuf) -> mpsc::Receiver<Codes> {
    let (done, running) = mpsc::channel();
    std::thread::spawn(move || {
        let _page_waits = done.send(read(&path).and_then(|file| codes(&file)));
        ctx.request_repaint();
    });
    running
}

/// A file of at most [`MAX_FILE_BYTES`].
///
/// # Errors
/// When it cannot be read, or is larger.
#[expect(clippy::disallowed_methods, reason = "a file that the crew dropped on the window, or a script names")]
pub fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, PictureError> {
    let bad = |_| PictureError::NotReadable;
    let file = std::fs::File::open(path).map_err(bad)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(bad)?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|len| len <= MAX_FILE_BYTES);
    if fits { Ok(bytes) } else { Err(PictureError::TooLarge) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qrcode::bits::{Bits, ExtendedMode};
    use qrcode::{Color, EcLevel, QrCode, Version};

    /// Light around a code, modules.
    const QUIET: usize = 4;
    /// Dots of a module.
    const DOTS: usize = 4;

    fn png_of(text: &[u8]) -> Vec<u8> {
        picture_of(&QrCode::new(text).expect("a code"))
    }

    fn picture_of(code: &QrCode) -> Vec<u8> {
        let (width, colours) = (code.width(), code.to_colors());
        let side = (width + 2 * QUIET) * DOTS;
        let dark = |x: usize, y: usize| {
            let at = |dot: usize| (dot / DOTS).checked_sub(QUIET).filter(|module| *module < width);
            at(x).zip(at(y)).is_some_and(|(x, y)| colours[y * width + x] == Color::Dark)
        };
        let dots: Vec<u8> = (0..side * side).map(|n| if dark(n % side, n / side) { 0 } else { 255 }).collect();
        let mut file = Vec::new();
        let side = u32::try_from(side).expect("fits");
        let mut encoder = png::Encoder::new(&mut file, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().expect("a header").write_image_data(&dots).expect("a picture");
        file
    }

    #[test]
    fn a_code_gives_the_bytes_that_were_put_in() {
        // Shift_JIS, which is no UTF-8.
        let (text, _, _) = encoding_rs::SHIFT_JIS.encode("JAHISTC08,1\r\n1,試験 花子,2,S230308\r\n");
        let found = codes(&png_of(&text)).expect("a code");
        assert_eq!(found.iter().map(|code| code.to_vec()).collect::<Vec<_>>(), [text.to_vec()]);
    }

    #[test]
    fn a_piece_of_a_linked_code_is_told_and_nothing_of_it_taken() {
        let mut bits = Bits::new(Version::Normal(5));
        bits.push_mode_indicator(ExtendedMode::StructuredAppend).expect("room");
        bits.push_byte_data(b"JAHISTC08,1").expect("room");
        bits.push_terminator(EcLevel::M).expect("room");
        let piece = QrCode::with_bits(bits, EcLevel::M).expect("a code");
        assert_eq!(codes(&picture_of(&piece)), Err(PictureError::Linked));
    }

    #[test]
    fn what_is_no_picture_or_holds_no_code_is_said_so() {
        assert_eq!(codes(b"JAHISTC08,1"), Err(PictureError::NoPicture));
        assert_eq!(codes(&[]), Err(PictureError::NoPicture));
        let mut cut = png_of(b"JAHISTC08,1");
        cut.truncate(cut.len() / 2);
        assert!(codes(&cut).is_err());
        let mut blank = Vec::new();
        let mut encoder = png::Encoder::new(&mut blank, 64, 64);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().expect("a header").write_image_data(&[255; 64 * 64]).expect("a picture");
        assert_eq!(codes(&blank), Err(PictureError::NoCode));
        assert_eq!(fits(MAX_SIDE + 1, 1), Err(PictureError::TooLarge));
    }
}
