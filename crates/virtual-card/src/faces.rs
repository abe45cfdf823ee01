//! The personas' photos: drawings by `examples/draw_faces`, of nobody.

use crate::persona::Persona;

/// A PNG of one empty line, one bit deep: stands where a text is printed as a picture.
pub(crate) const EMPTY_LINE: &[u8] = include_bytes!("../faces/blank-line.png");

const FACES: [(&str, &[u8]); 12] = [
    ("warfarin", include_bytes!("../faces/warfarin.jp2")),
    ("insulin", include_bytes!("../faces/insulin.jp2")),
    ("dialysis", include_bytes!("../faces/dialysis.jp2")),
    ("transplant", include_bytes!("../faces/transplant.jp2")),
    ("pacemaker", include_bytes!("../faces/pacemaker.jp2")),
    ("epilepsy", include_bytes!("../faces/epilepsy.jp2")),
    ("pregnant", include_bytes!("../faces/pregnant.jp2")),
    ("child", include_bytes!("../faces/child.jp2")),
    ("kuromaru", include_bytes!("../faces/kuromaru.jp2")),
    ("lapsed", include_bytes!("../faces/lapsed.jp2")),
    ("grace", include_bytes!("../faces/grace.jp2")),
    ("blank", include_bytes!("../faces/blank.jp2")),
];

impl Persona {
    /// The drawn face, a JP2 file. Personas that did not come with the program have none.
    #[must_use]
    pub fn portrait(&self) -> Option<&'static [u8]> {
        FACES.iter().find(|(id, _)| *id == self.id).map(|(_, file)| *file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_persona_has_a_small_face_of_its_own() {
        let mut seen = Vec::new();
        for persona in Persona::all().unwrap() {
            let file = persona.portrait().unwrap();
            assert_eq!(myna_card::ImageFormat::detect(file), myna_card::ImageFormat::Jpeg2000, "{}", persona.id);
            assert!(file.len() < 8192, "{}: {} bytes", persona.id, file.len());
            assert!(!seen.contains(&file), "{}", persona.id);
            seen.push(file);
        }
    }

    #[test]
    fn the_empty_line_is_a_picture_file() {
        assert_eq!(myna_card::ImageFormat::detect(EMPTY_LINE), myna_card::ImageFormat::Png);
    }
}
