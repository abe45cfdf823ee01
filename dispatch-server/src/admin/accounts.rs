//! `crew` and `hospitals desk`: people and their passcodes. A passcode is printed once and never stored.

use super::cli::{DataArgs, DataJson, JsonArgs};
use super::departments::{check_text, department_by};
use super::{Desk, exit, output};
use crate::data_dir::DataDir;
use crate::secrets::{new_passcode, new_staff_password};
use crate::store::SqliteStore;
use crate::web::hash_passcode;
use anyhow::{Context as _, Result, ensure};
use dispatch_core::store::{Account, Directory};
use dispatch_core::{Principal, PrincipalKind, Role, Scope, issue_staff_password};
use hospital_selection::HospitalTable;
use model::{CrewId, HospitalId};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// Longest sign-in name.
const LOGIN_BYTES: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum PersonRole {
    /// 救急隊員
    Crew,
    /// 隊長
    Leader,
    /// 指令員
    Dispatcher,
    /// 指令監督
    Supervisor,
    /// 本部管理者
    Admin,
    /// MC審査
    Review,
    /// 機械 (CAD)
    Machine,
}

impl PersonRole {
    fn rights(self) -> (PrincipalKind, BTreeSet<Role>) {
        match self {
            Self::Crew => (PrincipalKind::Crew, [Role::Crew].into()),
            Self::Leader => (PrincipalKind::Crew, [Role::Crew, Role::CrewLeader].into()),
            Self::Dispatcher => (PrincipalKind::Dispatcher, [Role::Dispatcher].into()),
            Self::Supervisor => (PrincipalKind::Dispatcher, [Role::Dispatcher, Role::DispatchSupervisor].into()),
            Self::Admin => (PrincipalKind::Dispatcher, [Role::DepartmentAdmin].into()),
            Self::Review => (PrincipalKind::Dispatcher, [Role::MedicalReview].into()),
            Self::Machine => (PrincipalKind::Machine, [Role::Machine].into()),
        }
    }
}

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum CrewCommand {
    /// Add a person; the passcode is printed once.
    Add {
        /// The sign-in name: letters, digits, `-`, `_`, `.`.
        login: String,
        /// The department, by name or id.
        #[arg(long, value_name = "DEPARTMENT")]
        department: String,
        /// The name on screens; the sign-in name when left out.
        #[arg(long)]
        name: Option<String>,
        /// What the person may do.
        #[arg(long, value_enum, default_value = "crew")]
        role: PersonRole,
        #[command(flatten)]
        io: DataJson,
    },
    /// Issue a crew member's staff password for 目視 (目視確認用パスワード), or another one when it was forgotten or locked. It is
    /// printed once.
    StaffPassword {
        /// The sign-in name.
        login: String,
        #[command(flatten)]
        io: DataJson,
    },
    /// List people.
    List {
        /// Only of this department.
        #[arg(long, value_name = "DEPARTMENT")]
        department: Option<String>,
        #[command(flatten)]
        io: DataJson,
    },
}

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum DeskCommand {
    /// Add a desk account; the passcode is printed once.
    Add(DeskArgs),
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct DeskArgs {
    /// The sign-in name: letters, digits, `-`, `_`, `.`.
    login: String,
    /// The hospital, by id, record id or whole name.
    #[arg(long, value_name = "HOSPITAL")]
    hospital: String,
    /// The name on screens; the hospital's name when left out.
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    io: DataJson,
}

/// A made account. Its passcode is shown once.
#[derive(Serialize)]
pub struct MadeAccount {
    /// Its id.
    pub id: CrewId,
    /// The sign-in name.
    pub login: String,
    /// The passcode.
    pub passcode: Zeroizing<String>,
}

/// A person to add.
#[derive(Clone, Debug)]
pub struct NewPerson<'a> {
    /// The department, by name or id.
    pub department: &'a str,
    /// The sign-in name.
    pub login: &'a str,
    /// The name on screens.
    pub name: &'a str,
    /// In what capacity.
    pub kind: PrincipalKind,
    /// With which rights.
    pub roles: BTreeSet<Role>,
}

#[derive(Serialize)]
struct PersonOut {
    id: CrewId,
    login: String,
    name: String,
    kind: PrincipalKind,
    scope: Scope,
    roles: Vec<&'static str>,
    disabled: bool,
}

pub(super) async fn make_account(
    store: &SqliteStore,
    desk: &Desk,
    login: &str,
    name: &str,
    (kind, scope, roles): (PrincipalKind, Scope, BTreeSet<Role>),
) -> Result<MadeAccount> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let fits = (1..=LOGIN_BYTES).contains(&login.len()) && login.bytes().all(plain);
    ensure!(fits, "read the sign-in name {login:?}: expected 1 to {LOGIN_BYTES} of letters, digits, '-', '_', '.'");
    check_text("the name", name)?;
    let passcode = new_passcode().context("take random numbers from the system")?;
    let id = CrewId::from_uuid(desk.call().uuid());
    let account = Account {
        id,
        login: login.to_owned(),
        name: name.to_owned(),
        kind,
        scope,
        roles,
        secret: hash_passcode(&passcode)?,
        // Persons change it on their first page; tablets, desks' machines and crews keep what they were handed.
        one_time: scope == Scope::Installation,
        disabled: false,
        locked_until: None,
    };
    store.add_account(account).await.with_context(|| format!("add the account {login}"))?;
    Ok(MadeAccount { id, login: login.to_owned(), passcode })
}

/// Adds a person of a department.
///
/// # Errors
/// An unknown department, a sign-in name that exists or is not usable.
pub async fn add_person(data: &DataDir, person: NewPerson<'_>) -> Result<MadeAccount> {
    let desk = Desk::new(data.installation()?.training)?;
    let store = data.open_store().await?;
    let department = department_by(&store, person.department).await?;
    let rights = (person.kind, Scope::Department(department.id), person.roles);
    let made = make_account(&store, &desk, person.login, person.name, rights).await?;
    store.close().await;
    Ok(made)
}

/// Adds an account for a hospital's desk.
///
/// # Errors
/// An unknown hospital, a sign-in name that exists or is not usable.
pub async fn add_desk(data: &DataDir, hospital: &str, login: &str, name: Option<&str>) -> Result<MadeAccount> {
    let desk = Desk::new(data.installation()?.training)?;
    let store = data.open_store().await?;
    let imported = store.imported_hospitals().await?;
    let table = imported.as_ref().unwrap_or_else(|| HospitalTable::embedded());
    let (id, official) = hospital_by(table, hospital)?;
    let rights = (PrincipalKind::Desk, Scope::Hospital(id), [Role::HospitalDesk].into());
    let made = make_account(&store, &desk, login, name.unwrap_or(&official), rights).await?;
    store.close().await;
    Ok(made)
}

fn hospital_by(table: &HospitalTable, key: &str) -> Result<(HospitalId, String)> {
    let by_id = key.parse().ok().and_then(|id| table.get(id)).or_else(|| table.by_record_id(key));
    let by_name = || {
        let mut named = table.hospitals().iter().filter(|hospital| hospital.name == key);
        named.next().filter(|_| named.next().is_none())
    };
    let found = by_id.or_else(by_name);
    let found = found.with_context(|| {
        format!("find the hospital {key:?}: not known or not unique; `hospitals list` shows ids and names")
    })?;
    Ok((found.id, found.name.clone()))
}

pub(super) async fn run(command: CrewCommand) -> Result<u8> {
    match command {
        CrewCommand::Add { login, department, name, role, io: DataJson { data, json } } => {
            let (kind, roles) = role.rights();
            let name = name.as_deref().unwrap_or(&login);
            let person = NewPerson { department: &department, login: &login, name, kind, roles };
            shown(&add_person(&DataDir::new(data.data), person).await?, &json)?;
        }
        CrewCommand::StaffPassword { login, io: DataJson { data, json } } => {
            let issued = issue(&DataDir::new(data.data), &login).await?;
            let lines =
                format!("{}\t一度だけ表示する目視確認用パスワード: {}\n", issued.login, issued.staff_password.as_str());
            output::result(json.json.as_deref(), &issued, &lines)?;
        }
        CrewCommand::List { department, io: DataJson { data, json } } => list(department, data, &json).await?,
    }
    Ok(exit::DONE)
}

/// A crew member's new staff password. It is shown once.
#[derive(Serialize)]
pub struct IssuedStaffPassword {
    /// The account.
    pub id: CrewId,
    /// The sign-in name.
    pub login: String,
    /// The four digits.
    pub staff_password: Zeroizing<String>,
}

/// Issues a crew member's staff password for 目視.
///
/// # Errors
/// A sign-in name that no crew member has.
pub async fn issue(data: &DataDir, login: &str) -> Result<IssuedStaffPassword> {
    let desk = Desk::new(data.installation()?.training)?;
    let store = data.open_store().await?;
    let account = store.account_by_login(login).await?;
    let id = account.with_context(|| format!("find the account {login:?}: not known; `crew list` shows all"))?.id;
    let staff_password = new_staff_password().context("take random numbers from the system")?;
    let secret = hash_passcode(&staff_password)?;
    let issued = issue_staff_password(&store, &desk.call(), &Principal::system(), id, secret).await;
    issued.with_context(|| format!("issue a staff password for {login}"))?;
    store.close().await;
    Ok(IssuedStaffPassword { id, login: login.to_owned(), staff_password })
}

pub(super) async fn run_desk(args: DeskArgs) -> Result<u8> {
    let data = DataDir::new(args.io.data.data);
    shown(&add_desk(&data, &args.hospital, &args.login, args.name.as_deref()).await?, &args.io.json)?;
    Ok(exit::DONE)
}

fn shown(made: &MadeAccount, json: &JsonArgs) -> Result<()> {
    let lines = format!("{}\t一度だけ表示するパスコード: {}\n", made.login, made.passcode.as_str());
    output::result(json.json.as_deref(), made, &lines)
}

async fn list(department: Option<String>, data: DataArgs, json: &JsonArgs) -> Result<()> {
    let store = DataDir::new(data.data).open_store().await?;
    let scope = match department {
        Some(name) => Scope::Department(department_by(&store, &name).await?.id),
        None => Scope::Installation,
    };
    let people = store.accounts(scope).await?.into_iter().map(|account| PersonOut {
        id: account.id,
        login: account.login,
        name: account.name,
        kind: account.kind,
        scope: account.scope,
        roles: account.roles.iter().map(|role| role.key()).collect(),
        disabled: account.disabled,
    });
    let people: Vec<PersonOut> = people.collect();
    let mut lines = String::new();
    for person in &people {
        writeln!(lines, "{}\t{}\t{}\t{}", person.id, person.login, person.name, person.roles.join(","))?;
    }
    output::result(json.json.as_deref(), &people, &lines)
}
