//! Which packages of the operating system each command needs, and why.

/// What a package is needed for. Each command names its groups and installs nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    /// To compile and link.
    Build,
    /// To plug a virtual card into the PC/SC daemon.
    Card,
    /// To let an independent program judge that card.
    CardTools,
    /// To open the tablet's window, on a screen or on a virtual one.
    Window,
    /// To hear the window as a screen reader does.
    Assistive,
    /// To open the web pages as a person would.
    Browser,
    /// To break clocks and disks of one process at a time.
    Faults,
    /// To seal keys by a TPM that is a program.
    Tpm,
    /// To measure our link beside others.
    Peers,
}

/// One system package.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Package {
    /// Name in Debian and its relatives.
    pub(crate) name: &'static str,
    /// What would fail without it.
    pub(crate) why: &'static str,
    pub(crate) group: Group,
    /// A program that may come from elsewhere (a vendor's package, a tool chain): when it is there, the package is not needed.
    pub(crate) program: Option<&'static str>,
}

const fn package(group: Group, name: &'static str, why: &'static str) -> Package {
    Package { name, why, group, program: None }
}

const fn program(group: Group, name: &'static str, program: &'static str, why: &'static str) -> Package {
    Package { name, why, group, program: Some(program) }
}

/// Every system package that any command may install.
pub(crate) const PACKAGES: &[Package] = &[
    program(Group::Build, "gcc", "cc", "links every program; compiles SQLite and ring"),
    package(Group::Build, "libc6-dev", "headers for what gcc compiles"),
    program(Group::Build, "pkg-config", "pkg-config", "finds the PC/SC and TPM libraries at build time"),
    package(Group::Build, "libpcsclite-dev", "the PC/SC client library that the tablet links"),
    package(Group::Build, "libtss2-dev", "the TPM library that the tablet links, with what it loads to reach a TPM"),
    package(Group::Card, "iproute2", "a network namespace for the virtual reader, so that nobody outside reaches it"),
    package(Group::Card, "pcscd", "the PC/SC daemon, the same as on a tablet"),
    package(Group::Card, "vsmartcard-vpcd", "the virtual reader into which a virtual card is plugged"),
    package(Group::CardTools, "opensc", "pkcs15-tool reads the virtual card independently of us"),
    package(Group::CardTools, "opensc-pkcs11", "pkcs11-tool signs with the virtual card"),
    program(Group::CardTools, "openssl", "openssl", "verifies those signatures"),
    package(Group::Window, "xvfb", "a screen where there is none"),
    package(Group::Window, "libx11-6", "the window opens it at run time"),
    package(Group::Window, "libxcursor1", "the window opens it at run time"),
    package(Group::Window, "libxi6", "touch and pointer input of the window"),
    package(Group::Window, "libx11-xcb1", "the window opens it at run time"),
    package(Group::Window, "libxkbcommon-x11-0", "keyboard layout of the window"),
    package(Group::Window, "libgl1", "draws the window, in software where there is no GPU"),
    package(Group::Window, "fonts-morisawa-bizud-gothic", "BIZ UDGothic, the tablet's typeface"),
    package(Group::Assistive, "at-spi2-core", "the accessibility bus that a screen reader listens to"),
    program(Group::Assistive, "dbus-daemon", "dbus-daemon", "a session bus of the test's own"),
    program(Group::Assistive, "dbus-bin", "dbus-send", "asks the window what it tells a screen reader"),
    package(Group::Browser, "chromium", "opens the web pages in the browser tests"),
    program(Group::Browser, "nodejs", "node", "runs the browser tests"),
    package(Group::Faults, "libfaketime", "sets the wall clock of one process while it runs"),
    program(Group::Faults, "util-linux", "nsenter", "gives one process a small disk of its own (unshare, nsenter)"),
    program(Group::Tpm, "swtpm", "swtpm", "a TPM 2.0 that is a program, one for each test"),
    program(Group::Peers, "mosquitto", "mosquitto", "the MQTT broker that our link is measured beside"),
    program(Group::Browser, "npm", "npm", "fetches the browser tests' locked libraries"),
];

/// The packages of these groups, in the table's order.
pub(crate) fn of(groups: &[Group]) -> Vec<Package> {
    PACKAGES.iter().copied().filter(|package| groups.contains(&package.group)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_gets_its_groups_and_nothing_else() {
        let names: Vec<&str> = of(&[Group::Build, Group::Card]).iter().map(|package| package.name).collect();
        assert!(names.contains(&"libpcsclite-dev") && names.contains(&"pcscd"));
        assert!(!names.contains(&"opensc") && !names.contains(&"chromium"));
    }

    #[test]
    fn every_package_stands_once_and_says_why() {
        for (index, package) in PACKAGES.iter().enumerate() {
            assert!(package.why.len() > 10, "{}", package.name);
            assert!(PACKAGES.iter().skip(index + 1).all(|other| other.name != package.name), "{} twice", package.name);
        }
    }
}
