//! Finds out which system packages are missing, says so, and installs them where that is allowed.

use std::collections::BTreeSet;
use std::env;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::packages::{self, Group, Package};

/// How long apt-get waits for another package manager to finish, in seconds.
const LOCK_WAIT: &str = "DPkg::Lock::Timeout=120";

/// Who may install here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Right {
    Root,
    /// sudo that asks for no password.
    Sudo,
    None,
}

/// Makes sure that every package of these groups is there. Fails with the one command to run where it may not install.
pub(crate) fn ensure(groups: &[Group]) -> Result<()> {
    let wanted = packages::of(groups);
    let installed = installed_packages(&wanted)?;
    let missing = missing(&wanted, &installed, on_path);
    if missing.is_empty() {
        println!("system packages: all {} are there", wanted.len());
        return Ok(());
    }
    println!("system packages missing:");
    for package in &missing {
        println!("  {:28} {}", package.name, package.why);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    if !on_path("apt-get") {
        bail!("no apt-get here: install what your system calls {}, then run this with --no-install", names.join(" "));
    }
    let right = right();
    if right == Right::None {
        bail!("may not install here; run this once, then again what you ran:\n    {}", by_hand(&names));
    }
    install(right, &names)?;
    let installed = installed_packages(&wanted)?;
    let still: Vec<&str> = self::missing(&wanted, &installed, on_path).iter().map(|package| package.name).collect();
    if !still.is_empty() {
        bail!("still missing after the installation: {}", still.join(" "));
    }
    Ok(())
}

/// Installs; package lists are fetched only when the first try fails, which is what it does on a fresh machine.
fn install(right: Right, names: &[&str]) -> Result<()> {
    let arguments = || {
        let mut all = vec!["-o", LOCK_WAIT, "install", "-y", "--no-install-recommends"];
        all.extend(names);
        all
    };
    if known_to_apt(names) && apt(right, &arguments())? {
        return Ok(());
    }
    // One broken foreign source fails the update as a whole, though Debian's own lists were fetched: the installation decides.
    if !apt(right, &["-o", LOCK_WAIT, "update"])? {
        eprintln!("apt-get update complained; going on with the lists that it has");
    }
    if !apt(right, &arguments())? {
        bail!("apt-get could not install {}; run by hand:\n    {}", names.join(" "), by_hand(names));
    }
    Ok(())
}

fn known_to_apt(names: &[&str]) -> bool {
    let mut command = Command::new("apt-cache");
    command.args(["show", "--no-all-versions"]).args(names).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn apt(right: Right, arguments: &[&str]) -> Result<bool> {
    let mut command = match right {
        Right::Sudo => {
            let mut command = Command::new("sudo");
            command.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
            command
        }
        Right::Root | Right::None => {
            let mut command = Command::new("apt-get");
            command.env("DEBIAN_FRONTEND", "noninteractive");
            command
        }
    };
    println!("$ apt-get {}", arguments.join(" "));
    Ok(command.args(arguments).stdin(Stdio::null()).status().context("starting apt-get")?.success())
}

fn by_hand(names: &[&str]) -> String {
    format!("sudo apt-get update && sudo apt-get install -y --no-install-recommends {}", names.join(" "))
}

fn right() -> Right {
    if answers("id", &["-u"]).is_some_and(|uid| uid.trim() == "0") {
        Right::Root
    } else if answers("sudo", &["-n", "true"]).is_some() {
        Right::Sudo
    } else {
        Right::None
    }
}

fn answers(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The installed ones among the wanted. On a system without dpkg this is empty.
fn installed_packages(wanted: &[Package]) -> Result<BTreeSet<String>> {
    if !on_path("dpkg-query") {
        return Ok(BTreeSet::new());
    }
    let mut command = Command::new("dpkg-query");
    command.args(["-W", "-f", "${db:Status-Abbrev} ${Package}\n"]);
    command.args(wanted.iter().map(|package| package.name)).stderr(Stdio::null());
    // It exits with 1 when one is unknown, and lists the others all the same.
    let output = command.output().context("asking dpkg-query")?;
    Ok(parse_dpkg(&String::from_utf8_lossy(&output.stdout)))
}

fn parse_dpkg(text: &str) -> BTreeSet<String> {
    let installed = text.lines().filter_map(|line| line.strip_prefix("ii"));
    installed.filter_map(|rest| rest.split_whitespace().last()).map(str::to_owned).collect()
}

fn missing(wanted: &[Package], installed: &BTreeSet<String>, on_path: impl Fn(&str) -> bool) -> Vec<Package> {
    let there = |package: &Package| installed.contains(package.name) || package.program.is_some_and(&on_path);
    wanted.iter().copied().filter(|package| !there(package)).collect()
}

fn on_path(program: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_installations_count() {
        let text = "ii  pcscd\nrc  opensc\nun  chromium\niU  xvfb\nii  gcc\n";
        let installed = parse_dpkg(text);
        assert_eq!(installed.into_iter().collect::<Vec<_>>(), ["gcc", "pcscd"]);
    }

    #[test]
    fn a_program_from_elsewhere_replaces_its_package_but_not_a_library() {
        let wanted = packages::of(&[Group::Build, Group::Browser]);
        let names: Vec<&str> = missing(&wanted, &BTreeSet::new(), |program| program == "node" || program == "npm")
            .iter()
            .map(|package| package.name)
            .collect();
        assert_eq!(names, ["gcc", "libc6-dev", "pkg-config", "libpcsclite-dev", "libtss2-dev", "chromium"]);
    }

    #[test]
    fn the_command_to_run_by_hand_is_one_line() {
        let line = by_hand(&["pcscd", "xvfb"]);
        assert!(line.ends_with("install -y --no-install-recommends pcscd xvfb") && !line.contains('\n'));
    }
}
