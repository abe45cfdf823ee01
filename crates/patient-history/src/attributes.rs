//! The four attributes (基本4情報) by which a person without a card is searched for in a disaster: what the crew was told.

use crate::MedicalText;
use core::fmt;
use model::{CivilDate, Sex};
use serde::{Deserialize, Serialize};

/// Characters of a name in kana at most; a longer one is not usable.
pub const KANA_CHARS_MAX: usize = 60;
/// Characters of an address at most; a longer one is not usable.
pub const ADDRESS_CHARS_MAX: usize = 200;

/// Name, date of birth, sex and address, all four: a search with fewer is not made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonAttributes {
    /// カナ氏名, in any way of writing kana.
    pub kana: MedicalText,
    /// 生年月日.
    pub birth_date: CivilDate,
    /// 性別.
    pub sex: Sex,
    /// 住所 from the prefecture on; below it as far as it is known.
    pub address: MedicalText,
}

impl PersonAttributes {
    /// Whether a search can be made with them: a name in kana and an address, neither endless.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let (kana, address) = (self.kana.as_str().trim(), self.address.as_str().trim());
        let is_kana = |c: char| matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヶ' | 'ー' | 'ｦ'..='ﾟ' | '・') || c.is_whitespace();
        (1..=KANA_CHARS_MAX).contains(&kana.chars().count())
            && kana.chars().all(is_kana)
            && (1..=ADDRESS_CHARS_MAX).contains(&address.chars().count())
            && !address.chars().any(char::is_control)
    }
}

impl fmt::Debug for PersonAttributes {
    /// Nothing: all of it is the person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonAttributes").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(kana: &str, address: &str) -> PersonAttributes {
        let birth_date = CivilDate::new(1948, 3, 8).expect("a date");
        PersonAttributes { kana: kana.into(), birth_date, sex: Sex::Female, address: address.into() }
    }

    #[test]
    fn all_four_are_needed_and_none_is_endless() {
        for kana in ["タカギ　ハナ", "ﾀｶｷﾞ ﾊﾅ", "たかぎはな"] {
            assert!(person(kana, "訓練県見本市").is_usable(), "{kana}");
        }
        let long = "ア".repeat(KANA_CHARS_MAX + 1);
        for kana in ["", "　", "高木 花", "TAKAGI", long.as_str()] {
            assert!(!person(kana, "訓練県見本市").is_usable(), "{kana}");
        }
        assert!(!person("タカギ", " ").is_usable());
        assert!(!person("タカギ", &"見".repeat(ADDRESS_CHARS_MAX + 1)).is_usable());
    }

    #[test]
    fn debug_shows_no_content() {
        assert_eq!(format!("{:?}", person("タカギ", "訓練県")), "PersonAttributes { .. }");
    }
}
