//! The folder of the rules, over a directory of its own.

use super::*;
use field_alerts::signed::SigningKey;
use tempfile::TempDir;

const AT: &str = "2026-11-20T09:00:00.000+09:00";

struct World {
    _directory: TempDir,
    path: PathBuf,
    rules: RulesDir,
}

fn world() -> World {
    let directory = TempDir::new().expect("a directory");
    let data = DataDir::new(directory.path());
    World { path: directory.path().join("rules"), _directory: directory, rules: RulesDir::of(&data) }
}

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; KEY]).expect("a key")
}

const KEY: usize = field_alerts::signed::KEY_BYTES;

fn council(n: u8) -> Council {
    Council { name: format!("第{n}地域MC協議会"), key: key(n).public().expect("public").0, since: AT.into() }
}

fn text(version: &str) -> String {
    let table = RuleTable::embedded_text();
    let built_in = RuleTable::embedded().expect("the built-in table");
    table.replacen(&format!("version = \"{}\"", built_in.version()), &format!("version = \"{version}\""), 1)
}

fn change(rule: &str, on: bool) -> Change {
    let department = DepartmentId::from_bytes([1; 16]);
    Change {
        at: AT.into(),
        by: "MC審査".into(),
        reason: "地域の手順と異なる".into(),
        department,
        rule: rule.into(),
        on,
    }
}

#[test]
fn without_files_the_built_in_table_counts_and_every_rule_is_on() {
    let world = world();
    let set = world.rules.load().expect("loads");
    assert_eq!(set.table().sha256(), RuleTable::embedded().expect("table").sha256());
    assert!(!world.path.exists(), "reading makes no folder");
}

#[test]
fn a_signed_table_is_installed_and_an_older_one_is_not() {
    let world = world();
    let offer = |text: &str| world.rules.install(text.as_bytes(), &key(1).sign(text.as_bytes()), AT.into());
    assert!(matches!(offer(&text("2030.1")), Err(RulesError::Offered(SignedTableError::NoKey))));
    world.rules.trust(council(1)).expect("trusted");
    assert_eq!(offer(&text("2030.1")).expect("installed").version(), "2030.1");
    assert_eq!(world.rules.load().expect("loads").table().version(), "2030.1");
    let older = offer(&text("2029.12")).expect_err("older");
    assert!(matches!(older, RulesError::Offered(SignedTableError::Older { .. })), "{older:?}");
    assert_eq!(world.rules.load().expect("loads").table().version(), "2030.1", "what stood still stands");
}

#[test]
fn a_table_that_was_changed_on_disk_or_whose_council_is_gone_is_not_used() {
    let world = world();
    world.rules.trust(council(1)).expect("trusted");
    let table = text("2030.1");
    world.rules.install(table.as_bytes(), &key(1).sign(table.as_bytes()), AT.into()).expect("installed");
    let file = world.path.join("installed.json");
    let kept = read_text(&file).expect("the file");
    write_whole(&file, kept.replacen("red = 3", "red = 0", 1).as_bytes()).expect("changed");
    let refused = world.rules.load().expect_err("changed by hand");
    assert!(matches!(refused, RulesError::Installed { source: SignedTableError::Signature, .. }), "{refused:?}");
    write_whole(&file, kept.as_bytes()).expect("as it was");
    assert!(world.rules.load().is_ok());
    write_whole(&world.path.join("councils.json"), b"{\"councils\":[]}").expect("nobody is trusted");
    assert!(matches!(world.rules.load(), Err(RulesError::Installed { source: SignedTableError::NoKey, .. })));
    write_whole(&world.path.join("councils.json"), b"{\"council\":[]}").expect("another form");
    assert!(matches!(world.rules.load(), Err(RulesError::Content { .. })));
}

#[test]
fn a_switch_is_kept_with_its_reason_and_can_be_taken_back() {
    let world = world();
    let department = change("R01", false).department;
    assert_eq!(world.rules.switch(change("R01", false)).expect("off").off.len(), 1);
    assert!(!world.rules.load().expect("loads").of(department).is_on("R01"));
    let back = world.rules.switch(change("R01", true)).expect("on");
    assert_eq!((back.version, back.off.len()), (2, 0));
    assert!(world.rules.load().expect("loads").of(department).is_on("R01"));
    assert_eq!(world.rules.changes().expect("a history").len(), 2, "the history only grows");
    let unknown = world.rules.switch(change("R53", false)).expect_err("no such rule");
    assert!(matches!(unknown, RulesError::Switches(_)), "{unknown:?}");
    assert_eq!(world.rules.changes().expect("a history").len(), 2, "nothing was changed");
}

#[test]
fn changes_made_at_once_are_all_kept() {
    let world = world();
    let rules = ["R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08"];
    std::thread::scope(|scope| {
        for rule in rules {
            let folder = world.rules.clone();
            scope.spawn(move || folder.switch(change(rule, false)).expect("off"));
        }
    });
    assert_eq!(world.rules.changes().expect("a history").len(), rules.len());
}

#[test]
fn a_table_that_lacks_a_switched_rule_is_refused() {
    let world = world();
    world.rules.trust(council(1)).expect("trusted");
    world.rules.switch(change("R54", false)).expect("off");
    let table = text("2030.1");
    let at = table.find("[[rule]]\nid = \"R54\"").expect("the last rule");
    let shorter = &table[..at];
    let refused = world.rules.check(shorter.as_bytes(), &key(1).sign(shorter.as_bytes())).expect_err("R54 is missing");
    assert!(matches!(refused, RulesError::Switches(UnknownRule { ref id, .. }) if id == "R54"), "{refused:?}");
}
