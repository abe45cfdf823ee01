//! One form for all ways of writing a word, to compare and to search.

use crate::MedicalText;
use unicode_normalization::UnicodeNormalization as _;

/// Wide and narrow letters, capitals, hiragana and katakana become one; blanks go.
#[must_use]
pub fn fold(text: &str) -> MedicalText {
    // Room for the longest form, so that growing leaves no copy behind.
    let mut folded = String::with_capacity(text.len().saturating_mul(2));
    let letters = text.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace() && !c.is_control());
    folded.extend(letters.map(katakana));
    MedicalText::new(folded)
}

/// Hiragana as katakana; both blocks have the same order.
fn katakana(letter: char) -> char {
    const BETWEEN_BLOCKS: u32 = 'ァ' as u32 - 'ぁ' as u32;
    match letter {
        'ぁ'..='ゖ' => char::from_u32(letter as u32 + BETWEEN_BLOCKS).unwrap_or(letter),
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn ways_of_writing_are_one() {
        for written in ["ﾜﾙﾌｧﾘﾝK 1mg", "ワルファリンＫ　１ｍｇ", "わるふぁりんｋ1MG"] {
            assert_eq!(fold(written).as_str(), "ワルファリンk1mg", "{written}");
        }
        assert_eq!(fold("ｶﾞｽﾀｰ").as_str(), "ガスター");
    }
}
