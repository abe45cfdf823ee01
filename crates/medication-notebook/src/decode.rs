//! From bytes to text, and from text to lines.

use encoding_rs::SHIFT_JIS;
use zeroize::Zeroizing;

/// Ends of lines: CRLF in the format, CR or LF from a reader that types; `1A` is the old end of a file.
const LINE_ENDS: [char; 3] = ['\r', '\n', '\u{1a}'];

/// UTF-8 when all of it is, else Shift_JIS with the extensions of Windows (CP932). What is in neither becomes U+FFFD and is
/// counted where it stands.
pub(crate) fn decode(bytes: &[u8]) -> Zeroizing<String> {
    let text = match core::str::from_utf8(bytes) {
        Ok(text) if is_meant(text) => text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
        _ => SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned(),
    };
    Zeroizing::new(text)
}

/// Pairs of narrow kana in Shift_JIS are valid UTF-8 of two bytes; Japanese in UTF-8 has three bytes.
fn is_meant(utf8: &str) -> bool {
    const FIRST_OF_THREE_BYTES: char = '\u{800}';
    utf8.is_ascii() || utf8.chars().any(|c| c >= FIRST_OF_THREE_BYTES)
}

/// The lines that hold something, without what stands around them.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(LINE_ENDS).map(trim).filter(|line| !line.is_empty())
}

/// Without blanks (also the wide one) and control characters at both ends.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_give_the_same_text() {
        let text = "1,髙木 ﾊﾅ①,2,S230308";
        let (shift_jis, _, lost) = SHIFT_JIS.encode(text);
        assert!(!lost);
        assert_eq!(decode(&shift_jis).as_str(), text);
        assert_eq!(decode(format!("\u{feff}{text}").as_bytes()).as_str(), text);
    }

    #[test]
    fn narrow_kana_are_not_taken_for_utf_8() {
        let bytes = SHIFT_JIS.encode("1,ﾃｱﾂｱ").0;
        assert!(core::str::from_utf8(&bytes).is_ok());
        assert_eq!(decode(&bytes).as_str(), "1,ﾃｱﾂｱ");
    }

    #[test]
    fn a_damaged_character_does_not_eat_the_separator() {
        assert_eq!(decode(b"\x88\xa4,\x88,5").as_str(), "愛,\u{fffd},5");
    }

    #[test]
    fn lines_end_in_every_usual_way() {
        assert_eq!(lines("a\r\nb\rc\n\n d\u{1a}\0").collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    }
}
