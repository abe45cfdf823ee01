//! Photos: drawn faces decode, and whatever else comes ends in an error before anything large is reserved.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use card::photo::{MAX_PHOTO_BYTES, MAX_PHOTO_PIXELS, MAX_PHOTO_SIDE, PhotoError, decode};
use proptest::prelude::*;
use virtual_card::Persona;

fn face() -> &'static [u8] {
    Persona::named("warfarin").unwrap().portrait().unwrap()
}

/// Where the codestream's SIZ segment begins, behind its marker.
fn siz(file: &[u8]) -> usize {
    file.windows(4).position(|w| w == [0xFF, 0x4F, 0xFF, 0x51]).unwrap() + 4
}

fn with(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = face().to_vec();
    let start = siz(&file) + at;
    file[start..start + bytes.len()].copy_from_slice(bytes);
    file
}

#[test]
fn every_drawn_face_decodes_to_a_face() {
    for persona in Persona::all().unwrap() {
        let photo = decode(persona.portrait().unwrap()).unwrap_or_else(|e| panic!("{}: {e}", persona.id));
        assert_eq!((photo.width, photo.height, photo.pixels.len()), (210, 270, 210 * 270), "{}", persona.id);
        // The corner is the light background; the pupil (a little below the middle of the picture) is not.
        let at = |x: usize, y: usize| photo.pixels[y * 210 + x];
        assert!((216..=236).contains(&at(4, 4)), "{}: {}", persona.id, at(4, 4));
        let darkest = (120..150).map(|y| at(84, y)).min().unwrap();
        assert!(darkest < 70, "{}: no eye, {darkest}", persona.id);
    }
}

#[test]
fn grey_and_colour_decode_in_one_tile_and_in_many() {
    // Slopes of 24 × 30 pixels, written by `draw_faces -- --small`: what stands where is known.
    let slope = |across: usize, down: usize, at: usize| (at % 24 * across + at / 24 * down) % 256;
    for (name, file, steps) in [
        ("grey", &include_bytes!("photos/grey.jp2")[..], &[(4, 4)][..]),
        ("tiles", include_bytes!("photos/tiles.jp2"), &[(4, 4)]),
        ("colour", include_bytes!("photos/colour.jp2"), &[(10, 0), (0, 8), (5, 4)]),
        ("colour-tiles", include_bytes!("photos/colour-tiles.jp2"), &[(10, 0), (0, 8), (5, 4)]),
    ] {
        let photo = decode(file).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!((photo.width, photo.height, photo.is_rgb), (24, 30, steps.len() == 3), "{name}");
        for (at, pixel) in photo.pixels.chunks_exact(steps.len()).enumerate() {
            for (value, (across, down)) in pixel.iter().zip(steps) {
                assert!(slope(*across, *down, at).abs_diff(usize::from(*value)) <= 3, "{name}: pixel {at} is {value}");
            }
        }
    }
}

#[test]
fn the_bare_codestream_is_taken_as_well() {
    let whole = decode(face()).unwrap();
    let bare = decode(&face()[siz(face()) - 4..]).unwrap();
    assert!(whole == bare);
}

#[test]
fn the_header_alone_refuses_what_is_too_large_or_unusual() {
    let big = |side: u32| side.to_be_bytes();
    for (what, file, error) in [
        ("four gigapixels", with(4, &[0xFF; 8]), PhotoError::TooLarge),
        ("a long side", with(4, &big(MAX_PHOTO_SIDE + 1)), PhotoError::TooLarge),
        ("many pixels", with(4, &[big(MAX_PHOTO_PIXELS / 512 + 1), big(512)].concat()), PhotoError::TooLarge),
        ("no pixels", with(4, &big(0)), PhotoError::TooLarge),
        ("a million tiles", with(20, &[big(1), big(1)].concat()), PhotoError::TooLarge),
        ("tiles of nothing", with(20, &big(0)), PhotoError::Damaged),
        ("an offset", with(12, &big(1)), PhotoError::Unusual),
        ("ten thousand channels", with(36, &[0x27, 0x10]), PhotoError::Unusual),
        ("sixteen bits", with(38, &[15]), PhotoError::Unusual),
        ("subsampled", with(39, &[2, 2]), PhotoError::Unusual),
    ] {
        assert_eq!(decode(&file).unwrap_err(), error, "{what}");
    }
    let long = [face(), &vec![0; MAX_PHOTO_BYTES]].concat();
    assert_eq!(decode(&long).unwrap_err(), PhotoError::TooLarge);
}

#[test]
fn tiny_precincts_and_many_levels_are_refused() {
    let cod = face().windows(2).position(|w| w == [0xFF, 0x52]).unwrap();
    let mut levels = face().to_vec();
    levels[cod + 9] = 33;
    assert_eq!(decode(&levels).unwrap_err(), PhotoError::TooLarge);
    // Precincts of one pixel, in the length that the segment then has.
    let count = usize::from(face()[cod + 9]) + 1;
    let mut tiny = face()[siz(face()) - 4..].to_vec();
    let cod = tiny.windows(2).position(|w| w == [0xFF, 0x52]).unwrap();
    tiny[cod + 3] += u8::try_from(count).unwrap();
    tiny[cod + 4] |= 1;
    tiny.splice(cod + 14..cod + 14, vec![0x00; count]);
    assert_eq!(decode(&tiny).unwrap_err(), PhotoError::TooLarge);
}

#[test]
fn other_files_are_no_photo() {
    for file in [&b""[..], b"\xFF\xD8\xFF\xE0", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x0CjP  \r\n\x87"] {
        assert_eq!(decode(file).unwrap_err(), PhotoError::NotJpeg2000);
    }
    // Boxes that never end: a length of eight, again and again.
    let boxes = [b"\0\0\0\x0CjP  \r\n\x87\n".as_slice(), &b"\0\0\0\x08free".repeat(1000)].concat();
    assert_eq!(decode(&boxes).unwrap_err(), PhotoError::Damaged);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_face_with_wrong_bytes_is_a_face_or_an_error(
        changes in prop::collection::vec((0_usize..3540, any::<u8>()), 1..12),
        length in 0_usize..3540,
        cut in any::<bool>(),
    ) {
        let mut file = face().to_vec();
        for (at, byte) in changes {
            file[at % face().len()] = byte;
        }
        if cut {
            file.truncate(length);
        }
        if let Ok(photo) = decode(&file) {
            let channels = if photo.is_rgb { 3 } else { 1 };
            prop_assert_eq!(photo.pixels.len(), usize::try_from(photo.width * photo.height).unwrap() * channels);
            prop_assert!(photo.width * photo.height <= MAX_PHOTO_PIXELS);
        }
    }
}
