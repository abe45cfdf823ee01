//! The arrow rules of ARCHITECTURE.md, as data and as checks over the workspace's crates.

use crate::rust_text::lines_naming;
use crate::workspace::{Crate, Kind, Source};

/// One rule, as it is printed.
pub(crate) struct Rule {
    pub(crate) number: u8,
    pub(crate) name: &'static str,
}

/// All rules, in the order in which they are printed.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        number: 1,
        name: "pure crates name no runtime, socket, file, database, GUI, wall clock or ambient randomness",
    },
    Rule { number: 2, name: "one outside thing, one crate" },
    Rule { number: 3, name: "domain crates never know wire or delivery" },
    Rule { number: 4, name: "screens see ambulance-core's state and commands only" },
    Rule { number: 5, name: "programs do not depend on each other; test tools are for tests" },
    Rule { number: 6, name: "arrows point down the layers" },
    Rule { number: 7, name: "versions stand only in the workspace manifest" },
];

/// One place where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) rule: u8,
    pub(crate) what: String,
}

/// The layers of the house, lowest first. A crate that stands in none is named.
const LAYERS: &[(&str, &[&str])] = &[
    ("words", &["model"]),
    (
        "domain",
        &[
            "patient-history",
            "medication-notebook",
            "case",
            "field-alerts",
            "travel-time",
            "hospital-selection",
            "card",
            "virtual-card",
            "audit",
        ],
    ),
    ("protocol", &["wire", "delivery"]),
    ("cores", &["ambulance-core", "dispatch-core"]),
    ("edges", &["outbox-sqlite", "pki", "quic-link", "eligibility", "key-seal"]),
    ("runtime", &["ambulance-runtime"]),
    (
        "programs",
        &[
            "ambulance-client",
            "dispatch-server",
            "sim",
            "system-tests",
            "test-kit",
            "lossy-link",
            "link-bench",
            "fault-simulation",
            "write-recorder",
            "xtask",
        ],
    ),
];
/// Layers from here down are pure.
const LAST_PURE_LAYER: usize = 3;
const DOMAIN_LAYER: usize = 1;

const PROGRAMS: &[&str] =
    &["ambulance-client", "dispatch-server", "sim", "system-tests", "link-bench", "fault-simulation", "xtask"];
/// Tools of tests, and the programs that are nothing but tests, measurements and stand-ins.
const TEST_TOOLS: &[&str] = &["test-kit", "lossy-link", "write-recorder"];
const TEST_PROGRAMS: &[&str] = &["sim", "system-tests", "link-bench"];
/// Who may start which program as a library.
const PROGRAM_ARROWS: &[(&str, &str)] = &[
    ("sim", "dispatch-server"),
    ("system-tests", "dispatch-server"),
    ("system-tests", "sim"),
    ("system-tests", "ambulance-client"),
    ("link-bench", "dispatch-server"),
];

/// Packages that bring a runtime, socket, file, database, GUI or randomness of the machine.
const IMPURE_PACKAGES: &[&str] = &[
    "async-std",
    "axum",
    "clap",
    "eframe",
    "egui",
    "egui_kittest",
    "getrandom",
    "hyper",
    "hyper-util",
    "libc",
    "mio",
    "pcsc",
    "quinn",
    "quinn-proto",
    "rcgen",
    "reqwest",
    "rusqlite",
    "rustix",
    "rustls",
    "smol",
    "socket2",
    "sqlx",
    "tokio",
    "tokio-rustls",
    "tokio-util",
    "tracing-subscriber",
    "tss-esapi",
    "winit",
];

/// Paths of the standard library and of pure packages that reach out all the same.
const IMPURE_PATHS: &[&str] = &[
    "std::net",
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "std::os",
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "Uuid::now_v7",
    "Uuid::new_v4",
    "rand::rng",
    "rand::random",
    "rand::thread_rng",
];

/// An outside package and the crates that may depend on it.
struct Owned {
    package: &'static str,
    owners: &'static [&'static str],
}

/// May receive TLS configurations made by `pki` and hand them to a listener or a connection.
const TLS_HOLDERS: &[&str] =
    &["pki", "quic-link", "eligibility", "ambulance-client", "dispatch-server", "sim", "system-tests", "link-bench"];

const OWNED: &[Owned] = &[
    Owned { package: "quinn", owners: &["quic-link"] },
    Owned { package: "quinn-proto", owners: &["quic-link"] },
    Owned { package: "rcgen", owners: &["pki"] },
    Owned { package: "rustls", owners: TLS_HOLDERS },
    Owned { package: "tokio-rustls", owners: TLS_HOLDERS },
    Owned { package: "rustls-pki-types", owners: TLS_HOLDERS },
    Owned { package: "pcsc", owners: &["ambulance-runtime"] },
    Owned { package: "egui", owners: &["ambulance-client"] },
    Owned { package: "eframe", owners: &["ambulance-client"] },
    Owned { package: "egui_kittest", owners: &["ambulance-client"] },
    Owned { package: "egui_extras", owners: &["ambulance-client"] },
    Owned { package: "egui_plot", owners: &["ambulance-client"] },
    Owned { package: "tss-esapi", owners: &["key-seal"] },
    Owned { package: "sqlx", owners: &["outbox-sqlite", "dispatch-server"] },
];

/// TLS configurations are built in `pki` only. Tests may build a bad one to show that it is refused.
const TLS_BUILDERS: &[&str] = &[
    "ServerConfig::builder",
    "ServerConfig::builder_with_provider",
    "ServerConfig::builder_with_protocol_versions",
    "ClientConfig::builder",
    "ClientConfig::builder_with_provider",
    "ClientConfig::builder_with_protocol_versions",
];

const SCREENS: &str = "ambulance-client/src/screens/";
const NOT_ON_SCREENS: &[&str] = &[
    "wire",
    "delivery",
    "sqlx",
    "quinn",
    "quic_link",
    "outbox_sqlite",
    "ambulance_runtime",
    "pcsc",
    "tokio",
    "std::fs",
    "std::net",
    "std::thread",
    "std::env",
    "std::process",
];
const STORE: &str = "dispatch-server/src/store";

/// Every place in which a rule is broken, in the order of the rules.
pub(crate) fn check(crates: &[Crate]) -> Vec<Broken> {
    let rules: [fn(&Crate) -> Vec<String>; 7] = [purity, ownership, domain, screens, programs, layers, versions];
    let numbered = (1..).zip(rules);
    numbered.flat_map(|(rule, check)| crates.iter().flat_map(check).map(move |what| Broken { rule, what })).collect()
}

/// The name of a rule by its number.
pub(crate) fn name_of(number: u8) -> &'static str {
    RULES.iter().find(|rule| rule.number == number).map_or("unknown rule", |rule| rule.name)
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|(_, members)| members.contains(&name))
}

fn purity(member: &Crate) -> Vec<String> {
    if layer(&member.name).is_none_or(|layer| layer > LAST_PURE_LAYER) {
        return Vec::new();
    }
    let mut found = dependencies_on(member, IMPURE_PACKAGES, |_| true);
    let heads: Vec<String> = IMPURE_PACKAGES.iter().map(|package| package.replace('-', "_")).collect();
    let paths: Vec<&str> = heads.iter().map(String::as_str).chain(IMPURE_PATHS.iter().copied()).collect();
    for source in &member.sources {
        found.extend(named(source, source.product_code(), &paths));
    }
    found
}

fn ownership(member: &Crate) -> Vec<String> {
    let mut found = Vec::new();
    for owned in OWNED {
        if !owned.owners.contains(&member.name.as_str()) {
            let belongs = format!(" (belongs to {})", owned.owners.join(", "));
            found.extend(dependencies_on(member, &[owned.package], |_| true).into_iter().map(|what| what + &belongs));
        }
    }
    for source in &member.sources {
        if member.name != "pki" && member.name != "system-tests" {
            found.extend(
                named(source, source.product_code(), TLS_BUILDERS).into_iter().map(|what| what + " (belongs to pki)"),
            );
        }
        if member.name == "dispatch-server" && !source.path.starts_with(STORE) {
            found.extend(
                named(source, &source.code, &["sqlx"]).into_iter().map(|what| format!("{what} (belongs to {STORE})")),
            );
        }
    }
    found
}

fn domain(member: &Crate) -> Vec<String> {
    if layer(&member.name).is_none_or(|layer| layer > DOMAIN_LAYER) {
        return Vec::new();
    }
    let protocol = ["wire", "delivery"];
    let mut found = dependencies_on(member, &protocol, |_| true);
    for source in &member.sources {
        found.extend(named(source, &source.code, &protocol));
    }
    found
}

fn screens(member: &Crate) -> Vec<String> {
    let on_screens = member.sources.iter().filter(|source| source.path.starts_with(SCREENS));
    on_screens.flat_map(|source| named(source, &source.code, NOT_ON_SCREENS)).collect()
}

fn programs(member: &Crate) -> Vec<String> {
    let name = member.name.as_str();
    let forbidden: Vec<&str> =
        PROGRAMS.iter().copied().filter(|program| !PROGRAM_ARROWS.contains(&(name, program))).collect();
    let mut found = dependencies_on(member, &forbidden, |_| true);
    if !TEST_PROGRAMS.contains(&name) {
        let only_dev = format!(" (a dev-dependency, except of {})", TEST_PROGRAMS.join(", "));
        let product = dependencies_on(member, TEST_TOOLS, |kind| kind != Kind::Dev);
        found.extend(product.into_iter().map(|what| what + &only_dev));
    }
    found
}

fn layers(member: &Crate) -> Vec<String> {
    let Some(own) = layer(&member.name) else {
        return vec![format!(
            "{} stands in no layer: give it one in crates/xtask/src/deps_rules.rs and ARCHITECTURE.md",
            member.name
        )];
    };
    let higher: Vec<&str> = LAYERS.iter().skip(own + 1).flat_map(|(_, members)| members.iter().copied()).collect();
    let tool = |kind| kind == Kind::Dev;
    let up = dependencies_on(member, &higher, |kind| !tool(kind));
    up.into_iter().map(|what| format!("{what}, which stands above it")).collect()
}

/// Dependency tables are read as text values, so that `cargo metadata` cannot hide where a version came from.
fn versions(member: &Crate) -> Vec<String> {
    let manifest: toml::Table = match member.manifest.parse() {
        Ok(manifest) => manifest,
        Err(_) => return vec![format!("{}: its Cargo.toml cannot be read", member.name)],
    };
    let mut tables = vec![&manifest];
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    tables.extend(targets.into_iter().flat_map(|targets| targets.values()).filter_map(toml::Value::as_table));
    let mut found = Vec::new();
    for table in tables {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let listed = table.get(section).and_then(toml::Value::as_table).into_iter().flatten();
            let own = listed.filter(|(_, value)| value.get("workspace").and_then(toml::Value::as_bool) != Some(true));
            found.extend(own.map(|(name, _)| format!("{}: [{section}] {name} is not `workspace = true`", member.name)));
        }
    }
    found
}

fn dependencies_on(member: &Crate, packages: &[&str], counts: impl Fn(Kind) -> bool) -> Vec<String> {
    let listed = member.dependencies.iter().filter(|dependency| counts(dependency.kind));
    let hit = listed.filter(|dependency| packages.contains(&dependency.name.as_str()));
    hit.map(|dependency| format!("{} depends on {}{}", member.name, dependency.name, suffix(dependency.kind))).collect()
}

const fn suffix(kind: Kind) -> &'static str {
    match kind {
        Kind::Normal => "",
        Kind::Dev => " (dev-dependency)",
        Kind::Build => " (build-dependency)",
    }
}

fn named(source: &Source, code: &str, paths: &[&str]) -> Vec<String> {
    let all = paths.iter().flat_map(|path| lines_naming(code, path).into_iter().map(move |line| (line, path)));
    all.map(|(line, path)| format!("{}:{line} names {path}", source.path)).collect()
}

#[cfg(test)]
#[path = "deps_rules_tests.rs"]
mod tests;
