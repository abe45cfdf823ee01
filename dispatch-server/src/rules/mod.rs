//! The alert rules of an installation: the table that a council signed, which councils are trusted, and what each department
//! has switched off, when, by whom and why.
//!
//! Everything lies in `rules/` of the data directory, each file replaced in one step: `installed.json` (text and signature
//! together), `councils.json`, `switches.json` (a history that only grows). Without an installed table the built-in one counts.
//! The server reads them at its start; an installed table whose signature no longer holds keeps it from starting.

mod files;

pub use files::{Change, Council, Installed};

use crate::data_dir::DataDir;
use crate::edge::{read_text, write_whole};
use field_alerts::signed::{CouncilKey, SignedTableError, verify};
use field_alerts::{RuleSet, RuleSwitches, RuleTable, TableError, UnknownRule};
use files::{Councils, Switches};
use model::DepartmentId;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// Why the rules cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// A file cannot be read or written.
    #[error("use {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A file holds something else.
    #[error("read {}", path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// The built-in table is broken; a test keeps a build from it.
    #[error("load the built-in alert rules")]
    BuiltIn(#[source] TableError),
    /// The installed table is refused.
    #[error("load the installed alert rules from {} (moved away, the built-in rules count)", path.display())]
    Installed {
        /// Its file.
        path: PathBuf,
        /// Why.
        #[source]
        source: SignedTableError,
    },
    /// An offered table is refused; what stood before still stands.
    #[error("take the offered alert rules")]
    Offered(#[source] SignedTableError),
    /// A department has switched a rule off that the table does not have.
    #[error("keep the departments' switches over the table")]
    Switches(#[from] UnknownRule),
}

/// The folder of the rules.
#[derive(Clone, Debug)]
pub struct RulesDir(PathBuf);

impl RulesDir {
    /// Of this data directory.
    #[must_use]
    pub fn of(data: &DataDir) -> Self {
        Self(data.path().join("rules"))
    }

    /// The table that counts, with each department's switches.
    ///
    /// # Errors
    /// [`RulesError`]: nothing is used then.
    pub fn load(&self) -> Result<RuleSet, RulesError> {
        Ok(RuleSet::new(self.table()?, self.switches()?)?)
    }

    /// The table that counts, every rule on: the installed one, its signature checked anew, else the built-in.
    ///
    /// # Errors
    /// [`RulesError`].
    pub fn table(&self) -> Result<RuleTable, RulesError> {
        match self.installed()? {
            Some(table) => Ok(table),
            None => RuleTable::embedded().map_err(RulesError::BuiltIn),
        }
    }

    /// The installed table, if there is one.
    ///
    /// # Errors
    /// [`RulesError`].
    pub fn installed(&self) -> Result<Option<RuleTable>, RulesError> {
        let path = self.0.join("installed.json");
        let Some(installed) = read::<Installed>(&path)? else { return Ok(None) };
        let table = verify(installed.text.as_bytes(), &installed.signature, &self.trusted()?, None);
        table.map(Some).map_err(|source| RulesError::Installed { path, source })
    }

    /// Checks an offered table against the trusted councils, the installed version and the departments' switches.
    ///
    /// # Errors
    /// [`RulesError::Offered`] says which check failed.
    pub fn check(&self, text: &[u8], signature: &[u8]) -> Result<RuleTable, RulesError> {
        let table =
            verify(text, signature, &self.trusted()?, self.installed()?.as_ref()).map_err(RulesError::Offered)?;
        RuleSet::new(table.clone(), self.switches()?)?;
        Ok(table)
    }

    /// Installs a table that passes [`RulesDir::check`]. It counts from the next start of the server.
    ///
    /// # Errors
    /// As [`RulesDir::check`]; what stood before still stands then.
    pub fn install(&self, text: &[u8], signature: &[u8], at: String) -> Result<RuleTable, RulesError> {
        let _alone = self.alone()?;
        let table = self.check(text, signature)?;
        let text = String::from_utf8_lossy(text).into_owned();
        self.save("installed.json", &Installed { at, text, signature: signature.to_vec() })?;
        Ok(table)
    }

    /// The trusted councils.
    ///
    /// # Errors
    /// [`RulesError`].
    pub fn councils(&self) -> Result<Vec<Council>, RulesError> {
        Ok(read::<Councils>(&self.0.join("councils.json"))?.unwrap_or_default().councils)
    }

    /// Trusts a council from now on; a known key only gets the new name.
    ///
    /// # Errors
    /// [`RulesError`].
    pub fn trust(&self, council: Council) -> Result<(), RulesError> {
        let _alone = self.alone()?;
        let mut councils = self.councils()?;
        councils.retain(|known| known.key != council.key);
        councils.push(council);
        self.save("councils.json", &Councils { councils })
    }

    /// Every change of a switch, the oldest first.
    ///
    /// # Errors
    /// [`RulesError`].
    pub fn changes(&self) -> Result<Vec<Change>, RulesError> {
        Ok(read::<Switches>(&self.0.join("switches.json"))?.unwrap_or_default().changes)
    }

    /// What each department has switched off, after all changes.
    ///
    /// # Errors
    /// [`RulesError`].
    pub fn switches(&self) -> Result<BTreeMap<DepartmentId, RuleSwitches>, RulesError> {
        Ok(after(&self.changes()?))
    }

    /// Checks a change: the rule exists in the table that counts.
    ///
    /// # Errors
    /// [`RulesError::Switches`] for a rule that the table does not have.
    pub fn check_change(&self, change: &Change) -> Result<RuleSwitches, RulesError> {
        let mut changes = self.changes()?;
        changes.push(change.clone());
        let known = RuleSwitches { version: 1, off: [change.rule.clone()].into() };
        self.table()?.with_switches(&known)?;
        Ok(after(&changes).remove(&change.department).unwrap_or_default())
    }

    /// Adds a change to the history. It counts from the next start of the server.
    ///
    /// # Errors
    /// As [`RulesDir::check_change`]; nothing is changed then.
    pub fn switch(&self, change: Change) -> Result<RuleSwitches, RulesError> {
        let _alone = self.alone()?;
        let switches = self.check_change(&change)?;
        let mut changes = self.changes()?;
        changes.push(change);
        self.save("switches.json", &Switches { changes })?;
        Ok(switches)
    }

    fn trusted(&self) -> Result<Vec<CouncilKey>, RulesError> {
        Ok(self.councils()?.into_iter().map(|council| CouncilKey(council.key)).collect())
    }

    /// One change at a time: the next command waits until this file is dropped. Makes the folder.
    fn alone(&self) -> Result<File, RulesError> {
        use std::os::unix::fs::DirBuilderExt as _;
        let path = self.0.join("lock");
        let fault = |source| RulesError::File { path: path.clone(), source };
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0).map_err(fault)?;
        let file = OpenOptions::new().append(true).create(true).open(&path).map_err(fault)?;
        file.lock().map_err(fault)?;
        Ok(file)
    }

    fn save(&self, name: &str, value: &impl serde::Serialize) -> Result<(), RulesError> {
        let path = self.0.join(name);
        let fault = |source| RulesError::File { path: path.clone(), source };
        let mut json = serde_json::to_vec_pretty(value).map_err(|e| fault(e.into()))?;
        json.push(b'\n');
        write_whole(&path, &json).map_err(fault)
    }
}

/// The switches after these changes, each department's numbered by its own changes.
fn after(changes: &[Change]) -> BTreeMap<DepartmentId, RuleSwitches> {
    let mut switches: BTreeMap<DepartmentId, RuleSwitches> = BTreeMap::new();
    for change in changes {
        let of = switches.entry(change.department).or_default();
        of.version = of.version.saturating_add(1);
        if change.on {
            of.off.remove(&change.rule);
        } else {
            of.off.insert(change.rule.clone());
        }
    }
    switches
}

/// A file's content; none when there is no file.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, RulesError> {
    match read_text(path) {
        Ok(text) => serde_json::from_str(&text)
            .map(Some)
            .map_err(|source| RulesError::Content { path: path.to_owned(), source }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(RulesError::File { path: path.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests;
