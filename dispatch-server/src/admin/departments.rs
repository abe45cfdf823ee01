//! `departments`.

use super::cli::DataJson;
use super::{Desk, exit, output};
use crate::data_dir::DataDir;
use crate::store::SqliteStore;
use anyhow::{Context as _, Result, ensure};
use dispatch_core::store::{Department, Directory, PinPages, StaffPasswords};
use dispatch_core::{Principal, require_staff_password};
use model::DepartmentId;
use serde::Serialize;
use std::fmt::Write as _;

/// Longest name, characters.
pub(super) const NAME_CHARS: usize = 80;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Required {
    /// It is.
    On,
    /// It is not.
    Off,
}

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum DepartmentsCommand {
    /// Add a department.
    Add {
        /// Its name, e.g. 桜川市消防本部.
        name: String,
        /// Its prefecture, e.g. 茨城県.
        #[arg(long, default_value = "")]
        pref: String,
        #[command(flatten)]
        io: DataJson,
    },
    /// Require the staff password (目視確認用パスワード) for look-ups by 目視, or not. Counts from the next look-up on.
    StaffPassword {
        /// The department, by name or id.
        department: String,
        /// Whether it is required.
        #[arg(value_enum)]
        position: Required,
        #[command(flatten)]
        io: DataJson,
    },
    /// Offer the patient's PIN (暗証番号) on the department's tablets, or not. A tablet hears it with its next connection.
    Pin {
        /// The department, by name or id.
        department: String,
        /// Whether it is offered.
        #[arg(value_enum)]
        position: Required,
        #[command(flatten)]
        io: DataJson,
    },
    /// Say whom a patient asks about a look at the history: printed on the receipt. Without words: nobody any more.
    Contact {
        /// The department, by name or id.
        department: String,
        /// One line: an office, a telephone number, its hours.
        words: Option<String>,
        #[command(flatten)]
        io: DataJson,
    },
    /// List departments.
    List {
        #[command(flatten)]
        io: DataJson,
    },
}

#[derive(Serialize)]
struct DepartmentOut {
    id: DepartmentId,
    name: String,
    pref: String,
    /// 目視 needs the staff password.
    staff_password: bool,
    /// Its tablets offer the patient's PIN.
    pin: bool,
    /// Whom a patient asks about a look at the history.
    contact: Option<String>,
}

impl DepartmentOut {
    async fn of(store: &SqliteStore, d: Department) -> Result<Self> {
        let staff_password = store.requires_staff_password(d.id).await?;
        let pin = store.offers_pin(d.id).await?;
        let contact = store.contact(d.id).await?;
        Ok(Self { id: d.id, name: d.name, pref: d.pref, staff_password, pin, contact })
    }
}

/// Text that people typed: not empty, not endless, one line.
pub(super) fn check_text(what: &str, text: &str) -> Result<()> {
    let fits = (1..=NAME_CHARS).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    ensure!(fits, "read {what} {text:?}: expected 1 to {NAME_CHARS} characters without control characters");
    Ok(())
}

/// Adds a department.
///
/// # Errors
/// A name that exists or is not usable.
pub async fn make_department(data: &DataDir, name: &str, pref: &str) -> Result<Department> {
    check_text("the department's name", name)?;
    let desk = Desk::new(data.installation()?.training)?;
    let store = data.open_store().await?;
    let id = DepartmentId::from_uuid(desk.call().uuid());
    let department = Department { id, name: name.to_owned(), pref: pref.to_owned() };
    store.add_department(department.clone()).await.with_context(|| format!("add the department {name}"))?;
    store.close().await;
    Ok(department)
}

/// A department by its name or id.
///
/// # Errors
/// When there is none.
pub async fn department_by(store: &SqliteStore, name: &str) -> Result<Department> {
    let departments = store.departments().await?;
    let id = name.parse::<DepartmentId>().ok();
    let found = departments.into_iter().find(|d| d.name == name || Some(d.id) == id);
    found.with_context(|| format!("find the department {name:?}: not known; `departments list` shows all"))
}

/// Offers the PIN on a department's tablets, or not.
///
/// # Errors
/// A department that is not known.
pub async fn offer_pin(data: &DataDir, department: &str, offered: bool) -> Result<()> {
    set_pin(data, department, offered).await.map(drop)
}

async fn set_pin(data: &DataDir, department: &str, offered: bool) -> Result<DepartmentOut> {
    let desk = Desk::new(data.installation()?.training)?;
    let store = data.open_store().await?;
    let found = department_by(&store, department).await?;
    dispatch_core::offer_pin(&store, &desk.call(), &Principal::system(), found.id, offered).await?;
    let out = DepartmentOut::of(&store, found).await?;
    store.close().await;
    Ok(out)
}

async fn set_contact(data: &DataDir, department: &str, words: Option<String>) -> Result<DepartmentOut> {
    if let Some(words) = &words {
        check_text("the contact", words)?;
    }
    let store = data.open_store().await?;
    let found = department_by(&store, department).await?;
    store.set_contact(found.id, words).await?;
    let out = DepartmentOut::of(&store, found).await?;
    store.close().await;
    Ok(out)
}

pub(super) async fn run(command: DepartmentsCommand) -> Result<u8> {
    match command {
        DepartmentsCommand::Add { name, pref, io: DataJson { data, json } } => {
            let made = make_department(&DataDir::new(data.data), &name, &pref).await?;
            let Department { id, name, pref } = made;
            let made = DepartmentOut { id, name, pref, staff_password: false, pin: false, contact: None };
            let lines = format!("{}\t{}\n", made.id, made.name);
            output::result(json.json.as_deref(), &made, &lines)?;
        }
        DepartmentsCommand::StaffPassword { department, position, io: DataJson { data, json } } => {
            let data = DataDir::new(data.data);
            let desk = Desk::new(data.installation()?.training)?;
            let store = data.open_store().await?;
            let found = department_by(&store, &department).await?;
            let required = position == Required::On;
            require_staff_password(&store, &desk.call(), &Principal::system(), found.id, required).await?;
            let out = DepartmentOut::of(&store, found).await?;
            store.close().await;
            let word = if required {
                "目視の照会に目視確認用パスワードが必須"
            } else {
                "目視確認用パスワードは不要"
            };
            output::result(json.json.as_deref(), &out, &format!("{}\t{word}\n", out.name))?;
        }
        DepartmentsCommand::Pin { department, position, io: DataJson { data, json } } => {
            let offered = position == Required::On;
            let out = set_pin(&DataDir::new(data.data), &department, offered).await?;
            let word = if offered { "暗証番号による確認を使う" } else { "暗証番号は使わない" };
            output::result(json.json.as_deref(), &out, &format!("{}\t{word}\n", out.name))?;
        }
        DepartmentsCommand::Contact { department, words, io: DataJson { data, json } } => {
            let out = set_contact(&DataDir::new(data.data), &department, words).await?;
            let word = out.contact.as_deref().unwrap_or("問い合わせ先の登録なし");
            output::result(json.json.as_deref(), &out, &format!("{}\t{word}\n", out.name))?;
        }
        DepartmentsCommand::List { io: DataJson { data, json } } => {
            let store = DataDir::new(data.data).open_store().await?;
            let mut list = Vec::new();
            for department in store.departments().await? {
                list.push(DepartmentOut::of(&store, department).await?);
            }
            let mut lines = String::new();
            for department in &list {
                let password = if department.staff_password { "\t目視確認用パスワード必須" } else { "" };
                let pin = if department.pin { "\t暗証番号を使う" } else { "" };
                writeln!(lines, "{}\t{}\t{}{password}{pin}", department.id, department.name, department.pref)?;
            }
            output::result(json.json.as_deref(), &list, &lines)?;
        }
    }
    Ok(exit::DONE)
}
