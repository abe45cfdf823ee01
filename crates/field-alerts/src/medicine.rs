//! The medicine master: what a code is. Tables and their sources: `rules/README.md`.
//!
//! A code here is a 個別医薬品コード (YJ) or the 薬価基準収載医薬品コード beside it: 12 characters, of which 1–3 are the
//! class (薬効分類), 1–7 route and ingredient, 8 the form, 9 the strength. The two differ only behind the ninth character (listings
//! by generic name), and no rule looks there.
//!
//! Every look-up halves a sorted text and allocates nothing.

use crate::sorted_lines::find;
use patient_history::{MedicalText, MedicineNames, RowCode};

/// Receipt code (9 digits) to price code (12 characters).
const RECEIPT: &str = include_str!("../rules/receipt.csv");
/// Ingredient code (7 digits) to ingredient name.
const INGREDIENTS: &str = include_str!("../rules/ingredients.csv");
/// Class (3 digits) to its name.
const CLASSES: &str = include_str!("../rules/classes.csv");
/// Ingredient code of a combination product to the codes of its ingredients, parted by spaces.
const COMBINATIONS: &str = include_str!("../rules/combinations.csv");

/// Digits that name route and ingredient.
const INGREDIENT_DIGITS: usize = 7;
/// Digits that name the class.
const CLASS_DIGITS: usize = 3;

/// Characters that name everything but brand and check digit: codes that share them are one medicine.
const MEDICINE_CHARS: usize = 9;

/// The master as whoever shows a history asks it.
#[derive(Clone, Copy, Debug, Default)]
pub struct MedicineMaster;

impl MedicineNames for MedicineMaster {
    fn generic_name(&self, code: &RowCode) -> Option<MedicalText> {
        yj_of(code).and_then(generic_name).map(MedicalText::from)
    }
    fn class_name(&self, code: &RowCode) -> Option<MedicalText> {
        yj_of(code).and_then(class_ja).map(MedicalText::from)
    }
    fn same_medicine(&self, code: &RowCode) -> Option<MedicalText> {
        yj_of(code)?.get(..MEDICINE_CHARS).map(MedicalText::from)
    }
}

/// The YJ (or price) code of a medicine row: its own, or the one behind its receipt code. None for a code without seven
/// leading digits, a receipt code that the master does not have, a HOT code (no public table was at hand), a procedure.
#[must_use]
pub fn yj_of(code: &RowCode) -> Option<&str> {
    match code {
        RowCode::Yj(yj) => ingredient_code(yj.as_str()).map(|_| yj.as_str()),
        RowCode::Receipt(receipt) => find(RECEIPT, receipt.as_str()),
        RowCode::Hot(_) | RowCode::Procedure(_) | RowCode::None => None,
    }
}

/// The ingredient (generic) name behind a code, 7 digits or more. None when it is shorter or not listed.
#[must_use]
pub fn generic_name(yj: &str) -> Option<&'static str> {
    find(INGREDIENTS, ingredient_code(yj)?)
}

/// The name of a code's class (薬効分類, the first three digits). None when it is shorter or there is no such class.
#[must_use]
pub fn class_ja(yj: &str) -> Option<&'static str> {
    find(CLASSES, yj.get(..CLASS_DIGITS)?)
}

/// What is known of a code, by its longest listed prefix: the ingredient (7 digits), else the class (3).
#[must_use]
pub fn meaning_ja(yj: &str) -> Option<&'static str> {
    generic_name(yj).or_else(|| class_ja(yj))
}

/// The ingredient codes (7 digits) inside a combination product; none for a product of one ingredient, and none for
/// combinations that no rule needs.
pub fn components(yj: &str) -> impl Iterator<Item = &'static str> + Clone + use<> {
    components_text(yj).split_ascii_whitespace()
}

/// The same as one text, parted by spaces.
pub(crate) fn components_text(yj: &str) -> &'static str {
    ingredient_code(yj).and_then(|code| find(COMBINATIONS, code)).unwrap_or_default()
}

fn ingredient_code(yj: &str) -> Option<&str> {
    yj.get(..INGREDIENT_DIGITS).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
pub(crate) fn lists_prefix(prefix: &str) -> bool {
    let code = prefix.get(..prefix.len().min(INGREDIENT_DIGITS)).unwrap_or(prefix);
    INGREDIENTS.lines().any(|line| line.starts_with(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(code: &str) -> Option<String> {
        yj_of(&RowCode::Receipt(code.into())).map(str::to_owned)
    }

    #[test]
    fn the_tables_are_sorted_and_of_one_shape() {
        for (name, table, digits) in [
            ("receipt", RECEIPT, 9),
            ("ingredients", INGREDIENTS, 7),
            ("classes", CLASSES, 3),
            ("combinations", COMBINATIONS, 7),
        ] {
            let keys: Vec<&str> = table.lines().map(|line| line.split_once(',').expect("key,value").0).collect();
            assert!(keys.is_sorted_by(|a, b| a < b), "{name} is sorted and has no key twice");
            assert!(keys.iter().all(|k| k.len() == digits && k.bytes().all(|b| b.is_ascii_digit())), "{name}");
            assert!(table.ends_with('\n') && !table.contains('\r'), "{name}");
        }
        assert!(RECEIPT.lines().all(|line| line.len() == 22), "nine digits, a comma, twelve characters");
    }

    #[test]
    fn a_receipt_code_leads_to_ingredient_and_class() {
        assert_eq!(receipt("613330003").as_deref(), Some("3332001F1016"), "ワーファリン錠１ｍｇ");
        assert_eq!(receipt("613330003").as_deref().and_then(generic_name), Some("ワルファリンカリウム"));
        assert_eq!(receipt("613330003").as_deref().and_then(class_ja), Some("血液凝固阻止剤"));
        for unknown in ["", "999999999", "61333000", "6133300033"] {
            assert_eq!(receipt(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn only_what_can_be_looked_at_has_a_code() {
        assert_eq!(yj_of(&RowCode::Yj("3332001F1032".into())), Some("3332001F1032"));
        assert_eq!(yj_of(&RowCode::Yj("333200".into())), None);
        assert_eq!(yj_of(&RowCode::Yj("ワルファリン".into())), None);
        assert_eq!(yj_of(&RowCode::Hot("1063505".into())), None, "no table of HOT codes");
        assert_eq!(yj_of(&RowCode::Procedure("J038".into())), None);
        assert_eq!(yj_of(&RowCode::None), None);
    }

    #[test]
    fn a_receipt_code_and_the_code_behind_it_are_one_medicine() {
        let receipt = RECEIPT.lines().find(|line| line.contains("3332001")).expect("warfarin is listed");
        let (nine, twelve) = receipt.split_once(',').expect("key,value");
        let same = |code: RowCode| MedicineMaster.same_medicine(&code);
        assert!(same(RowCode::Yj(twelve.into())).is_some());
        assert_eq!(same(RowCode::Receipt(nine.into())), same(RowCode::Yj(twelve.into())));
        assert_eq!(MedicineMaster.generic_name(&RowCode::Receipt(nine.into())), Some("ワルファリンカリウム".into()));
    }

    #[test]
    fn the_longest_listed_prefix_gives_the_name() {
        assert_eq!(meaning_ja("3332001F1032"), Some("ワルファリンカリウム"));
        assert_eq!(meaning_ja("3339999X0000"), Some("血液凝固阻止剤"), "no such ingredient: the class");
        assert_eq!(meaning_ja("0009999X0000"), None);
        assert_eq!(generic_name("333"), None);
        assert_eq!(generic_name("ワルファリン"), None, "a cut inside a character is no code");
    }

    #[test]
    fn a_combination_names_ingredients_that_stand_in_its_own_name() {
        assert_eq!(components("3399101F1021").collect::<Vec<_>>(), ["3399008", "3399007"]);
        assert_eq!(components("3399008F1017").count(), 0);
        for line in COMBINATIONS.lines() {
            let (code, parts) = line.split_once(',').expect("key,value");
            // Insulin is written with and without a space after its first word.
            let whole = generic_name(code).expect("a listed combination").replace(' ', "");
            for part in parts.split_ascii_whitespace() {
                let name: String = generic_name(part).expect("a listed ingredient").replace(' ', "");
                let stem: String = name.chars().take(7).collect();
                assert!(whole.contains(&stem), "{code} {whole}: {part} {name}");
            }
        }
    }

    #[test]
    fn every_class_that_rules_or_ingredients_use_has_a_name() {
        for line in INGREDIENTS.lines() {
            assert!(class_ja(line).is_some(), "{line}");
        }
    }
}
