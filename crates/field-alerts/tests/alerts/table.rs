//! The table as data: what it must hold, and what is refused.

use field_alerts::{RuleTable, TableError};

const TEXT: &str = include_str!("../../rules/rules.toml");

#[test]
fn the_embedded_table_has_every_rule_of_the_guideline_table() {
    let table = RuleTable::embedded().expect("loads");
    let ids: Vec<&str> = table.rules().iter().map(|r| r.id.as_str()).collect();
    // R53 (interactions) is no matter for a crew, R55 (card and patient differ) no rule over a history.
    let expected = (1..=54u8).filter(|n| *n != 53).map(|n| format!("R{n:02}"));
    assert!(!ids.contains(&"R53") && !ids.contains(&"R55"));
    for id in expected {
        assert!(ids.contains(&id.as_str()), "{id} is missing");
    }
    assert_eq!(table.sha256().len(), 64);
}

#[test]
fn words_over_the_limit_are_refused_with_the_rule() {
    let wrong = [
        ("抗凝固薬（ワルファリン）の処方記録", "ワルファリン服用中の記録"),
        ("抗凝固薬（ワルファリン）の処方記録", "抗凝固薬の処方"),
        ("抗凝固薬（ワルファリン）の処方記録", "脳出血の記録です"),
        ("最終内服時刻を聴取し伝達\"\nwatch_en = \"Head injury", "ビタミンK 10mgに注意\"\nwatch_en = \"Head injury"),
        ("最終内服時刻を聴取し伝達\"\nwatch_en = \"Head injury", "安全を確認\"\nwatch_en = \"Head injury"),
        ("頭部打撲では軽症に見えても急変に注意。最終内服時刻を聴取し伝達", "頭部を打っている"),
        ("Record: warfarin prescribed", "Warfarin, record: is taking it"),
    ];
    for (from, to) in wrong {
        let text = TEXT.replacen(from, to, 1);
        assert_ne!(text, TEXT, "{from} stands in the table");
        match RuleTable::load(&text) {
            Err(TableError::Words { rule, .. }) => assert_eq!(rule, "R01", "{to}"),
            other => panic!("{to} must be refused, got {other:?}"),
        }
    }
}

#[test]
fn broken_rules_are_refused() {
    let wrong = [
        ("id = \"R02\"", "id = \"R01\"", "twice"),
        ("when = [\"head_injury\"]", "when = [\"head_injuri\"]", "does not exist"),
        ("drugs = [\"3332001\"]", "drugs = [\"33x2001\"]", "prefix"),
        ("procedures = [\"K711\", \"K711-2\"]", "procedures = [\"711\"]", "procedure"),
        ("from = \"yellow\", to = \"red\"", "from = \"red\", to = \"yellow\"", "lowers"),
        ("red = 3", "red = 4", "0 to 3"),
        ("enquiry = false\nsensitive = true", "enquiry = true\nsensitive = true", "never in an enquiry"),
    ];
    for (from, to, expected) in wrong {
        let text = TEXT.replacen(from, to, 1);
        assert_ne!(text, TEXT, "{from} stands in the table");
        let error = RuleTable::load(&text).expect_err(to).to_string();
        assert!(error.contains(expected), "{to}: {error}");
    }
    let unknown = TEXT.replacen("red = 3", "red = 3\ncolour = 1", 1);
    assert!(matches!(RuleTable::load(&unknown), Err(TableError::Form(_))), "an unknown field is an error");
}

#[test]
fn the_digest_names_exactly_this_text() {
    let one = RuleTable::load(TEXT).expect("loads");
    let other = RuleTable::load(&format!("{TEXT}\n# a remark")).expect("loads");
    assert_ne!(one.sha256(), other.sha256());
}
