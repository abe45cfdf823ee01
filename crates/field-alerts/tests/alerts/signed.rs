//! A table from outside: signature, version and words are checked, and the refusal says which.

use crate::common::table;
use field_alerts::signed::{CouncilKey, SignedTableError, SigningKey, verify};
use field_alerts::{RuleTable, TableError};
use proptest::prelude::*;

const TEXT: &str = include_str!("../../rules/rules.toml");

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32]).expect("a key")
}

fn trusted(n: u8) -> Vec<CouncilKey> {
    vec![key(n).public().expect("a public key")]
}

fn with_version(version: &str) -> String {
    TEXT.replacen(&format!("version = \"{}\"", table().version()), &format!("version = \"{version}\""), 1)
}

fn offered(text: &str, installed: Option<&RuleTable>) -> Result<RuleTable, SignedTableError> {
    verify(text.as_bytes(), &key(1).sign(text.as_bytes()), &trusted(1), installed)
}

#[test]
fn a_signed_table_is_taken() {
    let both = [trusted(2), trusted(1)].concat();
    let signature = key(1).sign(TEXT.as_bytes());
    let taken = verify(TEXT.as_bytes(), &signature, &both, None).expect("signed by a trusted council");
    assert_eq!(taken.sha256(), table().sha256());
    assert!(offered(TEXT, Some(table())).is_ok(), "the installed bytes may come again");
    assert!(offered(&with_version("2099.1"), Some(table())).is_ok(), "a newer one");
}

#[test]
fn known_vector_of_rfc_8032() {
    let bytes = |hex: &str| -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|c| u8::from_str_radix(core::str::from_utf8(c).expect("hex"), 16).expect("hex"))
            .collect()
    };
    let seed = bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    let key = SigningKey::from_seed(&seed.try_into().expect("32 bytes")).expect("a key");
    assert_eq!(
        key.public().expect("public").to_string(),
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    );
    let expected = bytes(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
    assert_eq!(key.sign(&[0x72]), expected);
}

#[test]
fn each_refusal_says_which_check_failed() {
    let signature = key(1).sign(TEXT.as_bytes());
    let of = |text: &str, signature: &[u8], keys: &[CouncilKey]| verify(text.as_bytes(), signature, keys, None);
    assert!(matches!(of(TEXT, &signature, &trusted(2)), Err(SignedTableError::Signature)), "another council");
    assert!(matches!(of(&with_version("2099.1"), &signature, &trusted(1)), Err(SignedTableError::Signature)));
    assert!(matches!(of(TEXT, &signature, &[]), Err(SignedTableError::NoKey)));
    assert!(matches!(of(TEXT, &[0; 63], &trusted(1)), Err(SignedTableError::SignatureForm(63))));
    let long = "#".repeat(field_alerts::signed::MAX_TABLE_BYTES + 1);
    assert!(matches!(of(&long, &signature, &trusted(1)), Err(SignedTableError::TooLong(_))));
    let older = offered(&with_version("2026.11.19"), Some(table())).expect_err("older").to_string();
    assert!(older.contains("2026.11.19") && older.contains(table().version()), "{older}");
    let same = offered(&format!("{TEXT}\n# a remark"), Some(table()));
    assert!(matches!(same, Err(SignedTableError::SameVersion(_))), "{same:?}");
    let not_text = [0xFF, 0xFE];
    let refused = verify(&not_text, &key(1).sign(&not_text), &trusted(1), None);
    assert!(matches!(refused, Err(SignedTableError::NotText(0))), "{refused:?}");
}

#[test]
fn signed_words_over_the_limit_are_refused_all_the_same() {
    let wrong = TEXT.replacen("抗凝固薬（ワルファリン）の処方記録", "ワルファリン服用中の記録", 1);
    let Err(SignedTableError::Table(TableError::Words { rule, .. })) = offered(&wrong, None) else {
        panic!("the words are refused");
    };
    assert_eq!(rule, "R01");
    assert!(matches!(
        offered(&with_version("second edition"), None),
        Err(SignedTableError::Table(TableError::Version(_)))
    ));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_and_none_pass(text in prop::collection::vec(any::<u8>(), 0..200), signature in prop::collection::vec(any::<u8>(), 0..80)) {
        prop_assert!(verify(&text, &signature, &trusted(1), Some(table())).is_err());
    }
}
