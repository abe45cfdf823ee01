//! Who exists. Sessions have a file of their own.

use super::fields::{Columns, failed, refused, scope, scope_columns};
use super::{SqliteStore, sessions};
use dispatch_core::store::{Account, Department, Device, Directory, Session, SignInNote, StoreError, Unit};
use dispatch_core::{PrincipalKind, Role, Scope};
use model::{CrewId, DepartmentId, DeviceId, SessionId, Timestamp, UnitId};
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use std::collections::BTreeSet;

const INSERT_DEPARTMENT: &str = "INSERT INTO department (id, name, pref) VALUES ($1, $2, $3)";
const SELECT_DEPARTMENTS: &str = "SELECT id, name, pref FROM department ORDER BY name";
const SELECT_DEPARTMENT: &str = "SELECT id, name, pref FROM department WHERE id = $1";
const SET_CONTACT: &str = "INSERT INTO department_contact (department, words) VALUES ($1, $2) \
     ON CONFLICT (department) DO UPDATE SET words = excluded.words";
const DELETE_CONTACT: &str = "DELETE FROM department_contact WHERE department = $1";
const SELECT_CONTACT: &str = "SELECT words FROM department_contact WHERE department = $1";
const INSERT_UNIT: &str = "INSERT INTO unit (id, department, callsign) VALUES ($1, $2, $3)";
const SELECT_UNITS: &str = "SELECT id, department, callsign FROM unit \
     WHERE $1 = 'installation' OR ($1 = 'department' AND department = $2) ORDER BY callsign, id";
const INSERT_DEVICE: &str = "INSERT INTO device (id, unit, department, name, fingerprint, enrolled_at, revoked_at) \
     SELECT $1, unit.id, unit.department, $4, $5, $6, $7 FROM unit WHERE unit.id = $2 AND unit.department = $3";
const SELECT_NAMES: &str = "SELECT u.callsign, d.name FROM unit u JOIN department d ON d.id = u.department \
     WHERE u.id = $1 AND u.department = $2";
const SELECT_REVOKED: &str = "SELECT id FROM device WHERE revoked_at IS NOT NULL";
const SELECT_DEVICES: &str = "SELECT * FROM device \
     WHERE $1 = 'installation' OR ($1 = 'department' AND department = $2) ORDER BY name, id";
const SELECT_DEVICE: &str = "SELECT * FROM device WHERE id = $1";
const REVOKE: &str = "UPDATE device SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1";
const INSERT_ACCOUNT: &str = "INSERT INTO account \
     (id, login, name, kind, scope_kind, scope, roles, secret, one_time, disabled, locked_until) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const SELECT_ACCOUNTS: &str = "SELECT * FROM account \
     WHERE $1 = 'installation' OR (scope_kind = $1 AND scope = $2) ORDER BY login";
const SELECT_LOGIN: &str = "SELECT * FROM account WHERE login = $1";
const SELECT_ACCOUNT: &str = "SELECT * FROM account WHERE id = $1";
const SET_SECRET: &str = "UPDATE account SET secret = $2, one_time = $3 WHERE id = $1";
const END_SESSIONS: &str = "UPDATE session SET ended = 1 WHERE account = $1";
const NOTE_RIGHT: &str = "UPDATE account SET wrong = 0, locked_until = NULL WHERE id = $1";
const NOTE_TRY: &str = "UPDATE account SET \
     locked_until = CASE WHEN wrong + 1 >= $2 THEN $3 ELSE locked_until END, \
     wrong = CASE WHEN wrong + 1 >= $2 THEN 0 ELSE wrong + 1 END \
     WHERE id = $1 AND (locked_until IS NULL OR locked_until <= $4)";

fn account(row: &SqliteRow) -> Result<Account, StoreError> {
    let damaged = || StoreError::Damaged("an account");
    let roles = row.text("roles")?;
    let roles = roles.split(',').filter(|word| !word.is_empty());
    Ok(Account {
        id: CrewId::from_bytes(row.fixed("id")?),
        login: row.text("login")?,
        name: row.text("name")?,
        kind: PrincipalKind::from_key(&row.text("kind")?).ok_or_else(damaged)?,
        scope: scope(&row.text("scope_kind")?, row.fixed("scope")?)?,
        roles: roles.map(|word| Role::from_key(word).ok_or_else(damaged)).collect::<Result<_, _>>()?,
        secret: row.text("secret")?,
        one_time: row.flag("one_time")?,
        disabled: row.flag("disabled")?,
        locked_until: row.maybe_int("locked_until")?.map(Timestamp),
    })
}

pub(super) fn insert_account(account: Account) -> Query<'static, Sqlite, SqliteArguments> {
    let (kind, id) = scope_columns(account.scope);
    let roles: Vec<&str> = account.roles.iter().map(|role| role.key()).collect();
    sqlx::query(INSERT_ACCOUNT)
        .bind(account.id.bytes().to_vec())
        .bind(account.login)
        .bind(account.name)
        .bind(account.kind.key())
        .bind(kind)
        .bind(id.to_vec())
        .bind(roles.join(","))
        .bind(account.secret)
        .bind(i64::from(account.one_time))
        .bind(i64::from(account.disabled))
        .bind(account.locked_until.map(|at| at.0))
}

fn device(row: &SqliteRow) -> Result<Device, StoreError> {
    Ok(Device {
        id: DeviceId::from_bytes(row.fixed("id")?),
        unit: UnitId::from_bytes(row.fixed("unit")?),
        department: DepartmentId::from_bytes(row.fixed("department")?),
        name: row.text("name")?,
        fingerprint: row.text("fingerprint")?,
        enrolled_at: Timestamp(row.int("enrolled_at")?),
        revoked_at: row.maybe_int("revoked_at")?.map(Timestamp),
    })
}

impl SqliteStore {
    /// A unit's name on the radio and its department's name: what every Welcome says, in one statement.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn names(&self, unit: UnitId, department: DepartmentId) -> Result<Option<(String, String)>, StoreError> {
        let query = sqlx::query(SELECT_NAMES).bind(unit.bytes().to_vec()).bind(department.bytes().to_vec());
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| Ok((row.text("callsign")?, row.text("name")?))).transpose()
    }

    /// All revoked tablets.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn revoked(&self) -> Result<BTreeSet<DeviceId>, StoreError> {
        let rows = sqlx::query(SELECT_REVOKED).fetch_all(&self.read).await.map_err(failed)?;
        rows.iter().map(|row| Ok(DeviceId::from_bytes(row.fixed("id")?))).collect()
    }
}

fn department_of(row: &SqliteRow) -> Result<Department, StoreError> {
    let id = DepartmentId::from_bytes(row.fixed("id")?);
    Ok(Department { id, name: row.text("name")?, pref: row.text("pref")? })
}

impl Directory for SqliteStore {
    async fn add_department(&self, department: Department) -> Result<(), StoreError> {
        let query = sqlx::query(INSERT_DEPARTMENT)
            .bind(department.id.bytes().to_vec())
            .bind(department.name)
            .bind(department.pref);
        query.execute(&self.write).await.map_err(refused("a department"))?;
        Ok(())
    }

    async fn departments(&self) -> Result<Vec<Department>, StoreError> {
        let rows = sqlx::query(SELECT_DEPARTMENTS).fetch_all(&self.read).await.map_err(failed)?;
        rows.iter().map(department_of).collect()
    }

    async fn department(&self, id: DepartmentId) -> Result<Option<Department>, StoreError> {
        let query = sqlx::query(SELECT_DEPARTMENT).bind(id.bytes().to_vec());
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.as_ref().map(department_of).transpose()
    }

    async fn set_contact(&self, department: DepartmentId, words: Option<String>) -> Result<(), StoreError> {
        let id = department.bytes().to_vec();
        let query = match words {
            Some(words) => sqlx::query(SET_CONTACT).bind(id).bind(words),
            None => sqlx::query(DELETE_CONTACT).bind(id),
        };
        query.execute(&self.write).await.map_err(refused("a contact"))?;
        Ok(())
    }

    async fn contact(&self, department: DepartmentId) -> Result<Option<String>, StoreError> {
        let query = sqlx::query(SELECT_CONTACT).bind(department.bytes().to_vec());
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| row.text("words")).transpose()
    }

    async fn add_unit(&self, unit: Unit) -> Result<(), StoreError> {
        let query = sqlx::query(INSERT_UNIT)
            .bind(unit.id.bytes().to_vec())
            .bind(unit.department.bytes().to_vec())
            .bind(unit.callsign);
        query.execute(&self.write).await.map_err(refused("a unit"))?;
        Ok(())
    }

    async fn units(&self, scope: Scope) -> Result<Vec<Unit>, StoreError> {
        let (kind, id) = scope_columns(scope);
        let query = sqlx::query(SELECT_UNITS).bind(kind).bind(id.to_vec());
        let rows = query.fetch_all(&self.read).await.map_err(failed)?;
        let unit = |row: &SqliteRow| {
            let department = DepartmentId::from_bytes(row.fixed("department")?);
            Ok(Unit { id: UnitId::from_bytes(row.fixed("id")?), department, callsign: row.text("callsign")? })
        };
        rows.iter().map(unit).collect()
    }

    async fn enrol(&self, device: Device) -> Result<(), StoreError> {
        let query = sqlx::query(INSERT_DEVICE)
            .bind(device.id.bytes().to_vec())
            .bind(device.unit.bytes().to_vec())
            .bind(device.department.bytes().to_vec())
            .bind(device.name)
            .bind(device.fingerprint)
            .bind(device.enrolled_at.0)
            .bind(device.revoked_at.map(|at| at.0));
        let done = query.execute(&self.write).await.map_err(refused("a tablet"))?;
        if done.rows_affected() == 0 { Err(StoreError::Missing("a tablet")) } else { Ok(()) }
    }

    async fn devices(&self, scope: Scope) -> Result<Vec<Device>, StoreError> {
        let (kind, id) = scope_columns(scope);
        let query = sqlx::query(SELECT_DEVICES).bind(kind).bind(id.to_vec());
        let rows = query.fetch_all(&self.read).await.map_err(failed)?;
        rows.iter().map(device).collect()
    }

    async fn device(&self, id: DeviceId) -> Result<Option<Device>, StoreError> {
        let query = sqlx::query(SELECT_DEVICE).bind(id.bytes().to_vec());
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| device(&row)).transpose()
    }

    async fn revoke(&self, device: DeviceId, at: Timestamp) -> Result<bool, StoreError> {
        let query = sqlx::query(REVOKE).bind(device.bytes().to_vec()).bind(at.0);
        Ok(query.execute(&self.write).await.map_err(failed)?.rows_affected() > 0)
    }

    async fn add_account(&self, account: Account) -> Result<(), StoreError> {
        insert_account(account).execute(&self.write).await.map_err(refused("an account"))?;
        Ok(())
    }

    async fn accounts(&self, scope: Scope) -> Result<Vec<Account>, StoreError> {
        let (kind, id) = scope_columns(scope);
        let query = sqlx::query(SELECT_ACCOUNTS).bind(kind).bind(id.to_vec());
        let rows = query.fetch_all(&self.read).await.map_err(failed)?;
        rows.iter().map(account).collect()
    }

    async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        let query = sqlx::query(SELECT_LOGIN).bind(login.to_owned());
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| account(&row)).transpose()
    }

    async fn account(&self, id: CrewId) -> Result<Option<Account>, StoreError> {
        let query = sqlx::query(SELECT_ACCOUNT).bind(id.bytes().to_vec());
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| account(&row)).transpose()
    }

    async fn set_secret(&self, account: CrewId, secret: String, one_time: bool) -> Result<(), StoreError> {
        let query = sqlx::query(SET_SECRET).bind(account.bytes().to_vec()).bind(secret).bind(i64::from(one_time));
        let mut transaction = self.write.begin().await.map_err(failed)?;
        let done = query.execute(&mut *transaction).await.map_err(failed)?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Missing("a passcode"));
        }
        let ended = sqlx::query(END_SESSIONS).bind(account.bytes().to_vec());
        ended.execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn note_sign_in(&self, account: CrewId, note: SignInNote) -> Result<bool, StoreError> {
        let id = account.bytes().to_vec();
        let query = match note {
            SignInNote::Right => sqlx::query(NOTE_RIGHT).bind(id),
            SignInNote::Try { now, limit, lock_until } => {
                sqlx::query(NOTE_TRY).bind(id).bind(i64::from(limit)).bind(lock_until.0).bind(now.0)
            }
        };
        Ok(query.execute(&self.write).await.map_err(failed)?.rows_affected() > 0)
    }

    async fn open_session(&self, session: Session) -> Result<Session, StoreError> {
        sessions::open(self, session).await
    }

    async fn session(&self, session: SessionId) -> Result<Option<Session>, StoreError> {
        sessions::by_id(self, session).await
    }

    async fn session_by_token(&self, token: [u8; 32]) -> Result<Option<Session>, StoreError> {
        sessions::by_token(self, token).await
    }

    async fn end_session(&self, session: SessionId) -> Result<(), StoreError> {
        sessions::end(self, session).await
    }
}
