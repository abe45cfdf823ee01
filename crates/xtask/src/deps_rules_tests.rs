//! Each rule with a small workspace that keeps it and one that breaks it.

use super::*;
use crate::rust_text::code_only;
use crate::workspace::Dependency;

fn member(name: &str, dependencies: &[(&str, Kind)], sources: &[(&str, &str)]) -> Crate {
    let mut manifest = String::from("[dependencies]\n");
    for (dependency, _) in dependencies {
        manifest.push_str(&format!("{dependency} = {{ workspace = true }}\n"));
    }
    Crate {
        name: name.to_owned(),
        dependencies: dependencies
            .iter()
            .map(|(name, kind)| Dependency { name: (*name).to_owned(), kind: *kind })
            .collect(),
        sources: sources
            .iter()
            .map(|(path, code)| Source { path: (*path).to_owned(), code: code_only(code), test: false })
            .collect(),
        manifest,
    }
}

fn broken(member: &Crate) -> Vec<(u8, String)> {
    check(std::slice::from_ref(member)).into_iter().map(|found| (found.rule, found.what)).collect()
}

#[track_caller]
fn breaks(member: &Crate, rule: u8, what: &str) {
    let found = broken(member);
    assert!(
        found.iter().any(|(number, text)| *number == rule && text.contains(what)),
        "rule {rule} did not name {what}: {found:?}"
    );
}

#[track_caller]
fn keeps(member: &Crate) {
    assert_eq!(broken(member), []);
}

#[test]
fn rule_1_a_pure_crate_reaches_for_nothing() {
    keeps(&member(
        "case",
        &[("serde", Kind::Normal), ("proptest", Kind::Dev)],
        &[("crates/case/src/a.rs", "//! never tokio::net\nfn f() {}")],
    ));
    breaks(&member("delivery", &[("tokio", Kind::Dev)], &[]), 1, "delivery depends on tokio (dev-dependency)");
    let clock = member("case", &[], &[("crates/case/src/a.rs", "fn f() {\n let now = std::time::Instant::now();\n}")]);
    breaks(&clock, 1, "crates/case/src/a.rs:2 names Instant::now");
    breaks(&member("dispatch-core", &[], &[("x.rs", "use std::{fs, io};")]), 1, "x.rs:1 names std::fs");
    breaks(&member("ambulance-core", &[], &[("x.rs", "tokio_rustls::connect()")]), 1, "names tokio_rustls");
}

#[test]
fn rule_1_leaves_tests_and_edges_alone() {
    keeps(&member("case", &[], &[("x.rs", "fn f() {}\n#[cfg(test)]\nmod tests {\n fn g() { std::fs::read(p); }\n}")]));
    keeps(&member(
        "outbox-sqlite",
        &[("sqlx", Kind::Normal), ("tokio", Kind::Normal)],
        &[("x.rs", "std::fs::read(p)")],
    ));
}

#[test]
fn rule_2_one_outside_thing_one_crate() {
    keeps(&member("quic-link", &[("quinn", Kind::Normal), ("rustls", Kind::Normal)], &[]));
    for (name, package) in [
        ("dispatch-server", "quinn"),
        ("sim", "pcsc"),
        ("ambulance-runtime", "sqlx"),
        ("ambulance-runtime", "rustls"),
        ("dispatch-server", "rcgen"),
        ("sim", "eframe"),
    ] {
        breaks(&member(name, &[(package, Kind::Normal)], &[]), 2, &format!("{name} depends on {package}"));
    }
    let builder =
        member("dispatch-server", &[], &[("dispatch-server/src/web/tls.rs", "rustls::ServerConfig::builder()")]);
    breaks(&builder, 2, "names ServerConfig::builder (belongs to pki)");
    keeps(&member("pki", &[("rcgen", Kind::Normal)], &[("crates/pki/src/a.rs", "rustls::ServerConfig::builder()")]));
}

#[test]
fn rule_2_sql_stays_in_the_store() {
    keeps(&member(
        "dispatch-server",
        &[("sqlx", Kind::Normal)],
        &[("dispatch-server/src/store/events.rs", "sqlx::query(Q)")],
    ));
    let outside =
        member("dispatch-server", &[("sqlx", Kind::Normal)], &[("dispatch-server/src/web/page.rs", "sqlx::query(Q)")]);
    breaks(&outside, 2, "dispatch-server/src/web/page.rs:1 names sqlx");
}

#[test]
fn rule_3_domain_crates_know_no_protocol() {
    keeps(&member("wire", &[("model", Kind::Normal), ("hospital-selection", Kind::Normal)], &[]));
    for name in ["case", "patient-history", "field-alerts", "hospital-selection", "card", "audit", "model"] {
        breaks(&member(name, &[("wire", Kind::Dev)], &[]), 3, &format!("{name} depends on wire"));
        breaks(&member(name, &[], &[("x.rs", "use delivery::Entry;")]), 3, "x.rs:1 names delivery");
    }
}

#[test]
fn rule_4_screens_see_state_and_commands() {
    keeps(&member("ambulance-client", &[], &[("ambulance-client/src/screens/card.rs", "use ambulance_core::State;")]));
    keeps(&member("ambulance-client", &[], &[("ambulance-client/src/worker.rs", "use tokio::sync::mpsc;")]));
    for path in ["wire", "sqlx", "quinn", "tokio", "std::fs", "ambulance_runtime"] {
        let screen =
            member("ambulance-client", &[], &[("ambulance-client/src/screens/card.rs", &format!("\nuse {path}::X;"))]);
        breaks(&screen, 4, &format!("screens/card.rs:2 names {path}"));
    }
}

#[test]
fn rule_5_programs_do_not_lean_on_each_other() {
    keeps(&member("sim", &[("dispatch-server", Kind::Normal), ("test-kit", Kind::Normal)], &[]));
    keeps(&member("system-tests", &[("dispatch-server", Kind::Normal), ("sim", Kind::Normal)], &[]));
    keeps(&member("delivery", &[("test-kit", Kind::Dev)], &[]));
    breaks(
        &member("dispatch-server", &[("sim", Kind::Dev)], &[]),
        5,
        "dispatch-server depends on sim (dev-dependency)",
    );
    breaks(&member("sim", &[("ambulance-client", Kind::Normal)], &[]), 5, "sim depends on ambulance-client");
    breaks(
        &member("ambulance-runtime", &[("test-kit", Kind::Normal)], &[]),
        5,
        "ambulance-runtime depends on test-kit",
    );
    keeps(&member("link-bench", &[("lossy-link", Kind::Normal), ("quic-link", Kind::Normal)], &[]));
    keeps(&member("quic-link", &[("lossy-link", Kind::Dev)], &[]));
    breaks(&member("quic-link", &[("lossy-link", Kind::Normal)], &[]), 5, "quic-link depends on lossy-link");
}

#[test]
fn rule_6_arrows_point_down() {
    keeps(&member("ambulance-runtime", &[("ambulance-core", Kind::Normal), ("outbox-sqlite", Kind::Normal)], &[]));
    breaks(&member("model", &[("case", Kind::Normal)], &[]), 6, "model depends on case, which stands above it");
    breaks(&member("dispatch-core", &[("pki", Kind::Normal)], &[]), 6, "dispatch-core depends on pki");
    breaks(&member("newcomer", &[], &[]), 6, "newcomer stands in no layer");
}

#[test]
fn rule_7_versions_stand_in_one_place() {
    let mut own = member("case", &[("serde", Kind::Normal)], &[]);
    keeps(&own);
    own.manifest =
        "[dependencies]\nserde = \"1\"\n[target.'cfg(unix)'.dev-dependencies]\nlibc = { version = \"0.2\" }\n"
            .to_owned();
    breaks(&own, 7, "case: [dependencies] serde is not");
    breaks(&own, 7, "case: [dev-dependencies] libc is not");
}

#[test]
fn every_rule_has_a_number_and_a_name() {
    assert_eq!(RULES.iter().map(|rule| rule.number).collect::<Vec<_>>(), (1..=7).collect::<Vec<_>>());
    assert_eq!(name_of(2), "one outside thing, one crate");
}
