//! The rows of a group, each table's together, and the statements that write them.

use crate::store::fields::{count, failed, owner_columns, stream_id, stream_kind};
use crate::store::multi::pieces;
use case::{EventName, Hash, Stored, Subject};
use dispatch_core::store::{CommittedFact, Index, LogHead, Quarantine, StoreError, index};
use model::{CaseId, DepartmentId, EnquiryId, HospitalId, IncidentId, LogId, Timestamp, UnitId};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

const INSERT_LOGS: &str = "INSERT INTO log (log, owner_kind, owner, head, hash) ";
const ON_LOG: &str = " ON CONFLICT (log) DO UPDATE SET head = excluded.head, hash = excluded.hash";
const FORK_LOG: &str = "UPDATE log SET forked_at = $2 WHERE log = $1 AND forked_at IS NULL";
const INSERT_FORK: &str = "INSERT INTO fork (log, seq, hash, bytes, received_at) VALUES ($1, $2, $3, $4, $5)";
const INSERT_ENTRIES: &str = "INSERT INTO entry \
     (log, seq, schema_no, bytes, hash, received_at, stream_kind, stream, position, quarantine) ";
const INSERT_STREAMS: &str = "INSERT INTO stream (kind, id, position) ";
const ON_STREAM: &str = " ON CONFLICT (kind, id) DO UPDATE SET position = excluded.position";
const INSERT_CASES: &str = "INSERT INTO cases (id, department, incident, position, opened_at, changed_at, closed, \
     destination_version, destination_hospital) ";
/// The first incident stays, an ended case stays ended, the newest version of the destination counts; one that ended has no
/// hospital.
const ON_CASE: &str = " ON CONFLICT (id) DO UPDATE SET position = excluded.position, \
     changed_at = excluded.changed_at, incident = COALESCE(cases.incident, excluded.incident), \
     closed = CASE WHEN excluded.closed = 1 THEN 1 ELSE cases.closed END, \
     destination_hospital = CASE WHEN excluded.destination_version > COALESCE(cases.destination_version, -1) \
     THEN excluded.destination_hospital \
     WHEN excluded.destination_version = cases.destination_version AND excluded.destination_hospital IS NULL THEN NULL \
     ELSE cases.destination_hospital END, \
     destination_version = CASE WHEN excluded.destination_version > COALESCE(cases.destination_version, -1) \
     THEN excluded.destination_version ELSE cases.destination_version END";
const INSERT_UNITS: &str = "INSERT INTO case_unit (case_id, unit) ";
const INSERT_HOSPITALS: &str = "INSERT INTO case_hospital (case_id, hospital) ";
const INSERT_ENQUIRIES: &str = "INSERT INTO enquiry (id, case_id, hospital, sent_at, standing, on_board) ";
const SETTLE_ENQUIRY: &str = "UPDATE enquiry SET standing = 0 WHERE id = $1 AND case_id = $2";
const INSERT_DECIDED: &str = "INSERT INTO decided (case_id, version, hospital) ";
const UNLESS_THERE: &str = " ON CONFLICT DO NOTHING";

/// See the module.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) heads: BTreeMap<LogId, LogHead>,
    entries: Vec<EntryRow>,
    forks: Vec<ForkRow>,
    ended: BTreeMap<LogId, u64>,
    streams: BTreeMap<Subject, u64>,
    cases: BTreeMap<CaseId, CaseRow>,
    units: BTreeSet<(CaseId, UnitId)>,
    hospitals: BTreeSet<(CaseId, HospitalId)>,
    enquiries: BTreeMap<EnquiryId, EnquiryRow>,
    settled: Vec<(EnquiryId, CaseId)>,
    decided: BTreeMap<(CaseId, u32), HospitalId>,
}

struct EntryRow {
    stored: Stored,
    hash: Hash,
    at: Timestamp,
    place: Result<(Subject, u64), Quarantine>,
}

struct ForkRow {
    name: EventName,
    hash: Hash,
    bytes: Vec<u8>,
    at: Timestamp,
}

struct CaseRow {
    department: DepartmentId,
    incident: Option<IncidentId>,
    position: u64,
    opened_at: Timestamp,
    changed_at: Timestamp,
    closed: bool,
    /// The newest version, and its hospital while it stands.
    destination: Option<(u32, Option<HospitalId>)>,
}

struct EnquiryRow {
    case: CaseId,
    hospital: HospitalId,
    at: Timestamp,
    standing: bool,
    on_board: bool,
}

impl Rows {
    pub(super) fn note_fork(&mut self, name: EventName, hash: Hash, bytes: Vec<u8>, at: Timestamp) {
        self.forks.push(ForkRow { name, hash, bytes, at });
    }

    /// A log that its writer ended.
    pub(super) fn ended(&mut self, head: LogHead) {
        self.heads.entry(head.log).or_insert(head);
        self.ended.extend(head.forked_at.map(|at| (head.log, at)));
    }

    pub(super) fn quarantined(&mut self, stored: Stored, hash: Hash, at: Timestamp, reason: Quarantine) {
        self.entries.push(EntryRow { stored, hash, at, place: Err(reason) });
    }

    pub(super) fn fact(&mut self, fact: &CommittedFact, hash: Hash) {
        let (stored, at) = (fact.stored.clone(), fact.received_at);
        self.entries.push(EntryRow { stored, hash, at, place: Ok((fact.stream, fact.position)) });
        self.streams.insert(fact.stream, fact.position);
        let Some(case) = fact.event.subject.case() else { return };
        let row = self.cases.entry(case).or_insert(CaseRow {
            department: fact.event.department,
            incident: None,
            position: 0,
            opened_at: at,
            changed_at: at,
            closed: false,
            destination: None,
        });
        row.position = fact.position;
        row.changed_at = at;
        for change in index(&fact.event) {
            self.change(case, change);
        }
    }

    fn change(&mut self, case: CaseId, change: Index) {
        let Some(row) = self.cases.get_mut(&case) else { return };
        match change {
            Index::Incident(incident) => drop(row.incident.get_or_insert(incident)),
            Index::Unit(unit) => drop(self.units.insert((case, unit))),
            Index::Sent { enquiry, hospital, at, on_board } => {
                if on_board {
                    self.hospitals.insert((case, hospital));
                }
                let sent = EnquiryRow { case, hospital, at, standing: true, on_board };
                self.enquiries.entry(enquiry).or_insert(sent);
            }
            Index::Settled(enquiry) => {
                // One that is known already is settled there; one of this group is settled before it is written.
                self.settled.push((enquiry, case));
                if let Some(sent) = self.enquiries.get_mut(&enquiry).filter(|sent| sent.case == case) {
                    sent.standing = false;
                }
            }
            Index::Decided { version, hospital } => {
                self.decided.insert((case, version), hospital);
                self.hospitals.insert((case, hospital));
                if row.destination.is_none_or(|(newest, _)| newest < version) {
                    row.destination = Some((version, Some(hospital)));
                }
            }
            Index::Opened { version } => {
                if row.destination.is_none_or(|(newest, _)| newest <= version) {
                    row.destination = Some((version, None));
                }
            }
            Index::Ended => row.closed = true,
        }
    }

    /// Writes all of it.
    pub(super) async fn write(self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        self.write_logs(conn).await?;
        for rows in pieces(&self.entries) {
            let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new(INSERT_ENTRIES);
            insert.push_values(rows, |mut row, entry| {
                let place = entry.place.ok();
                row.push_bind(entry.stored.name.log.bytes().to_vec())
                    .push_bind(count(entry.stored.name.seq))
                    .push_bind(i64::from(entry.stored.schema))
                    .push_bind(entry.stored.bytes.clone())
                    .push_bind(entry.hash.0.to_vec())
                    .push_bind(entry.at.0)
                    .push_bind(place.map(|(stream, _)| stream_kind(stream)))
                    .push_bind(place.map(|(stream, _)| stream_id(stream).to_vec()))
                    .push_bind(place.map(|(_, position)| count(position)))
                    .push_bind(entry.place.err().map(|reason| i64::from(reason.number())));
            });
            insert.build().execute(&mut *conn).await.map_err(failed)?;
        }
        let streams: Vec<_> = self.streams.iter().collect();
        for rows in pieces(&streams) {
            let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new(INSERT_STREAMS);
            insert.push_values(rows, |mut row, (stream, position)| {
                row.push_bind(stream_kind(**stream))
                    .push_bind(stream_id(**stream).to_vec())
                    .push_bind(count(**position));
            });
            insert.push(ON_STREAM).build().execute(&mut *conn).await.map_err(failed)?;
        }
        self.write_cases(conn).await?;
        self.write_enquiries(conn).await
    }

    async fn write_logs(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let heads: Vec<_> = self.heads.values().collect();
        for rows in pieces(&heads) {
            let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new(INSERT_LOGS);
            insert.push_values(rows, |mut row, head| {
                let (kind, owner) = owner_columns(head.owner);
                row.push_bind(head.log.bytes().to_vec())
                    .push_bind(kind)
                    .push_bind(owner.to_vec())
                    .push_bind(count(head.head))
                    .push_bind(head.hash.0.to_vec());
            });
            insert.push(ON_LOG).build().execute(&mut *conn).await.map_err(failed)?;
        }
        for fork in &self.forks {
            let (log, seq) = (fork.name.log.bytes().to_vec(), count(fork.name.seq));
            sqlx::query(INSERT_FORK)
                .bind(log.clone())
                .bind(seq)
                .bind(fork.hash.0.to_vec())
                .bind(fork.bytes.clone())
                .bind(fork.at.0)
                .execute(&mut *conn)
                .await
                .map_err(failed)?;
            sqlx::query(FORK_LOG).bind(log).bind(seq).execute(&mut *conn).await.map_err(failed)?;
        }
        for (log, at) in &self.ended {
            let query = sqlx::query(FORK_LOG).bind(log.bytes().to_vec()).bind(count(*at));
            query.execute(&mut *conn).await.map_err(failed)?;
        }
        Ok(())
    }

    async fn write_cases(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let cases: Vec<_> = self.cases.iter().collect();
        for rows in pieces(&cases) {
            let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new(INSERT_CASES);
            insert.push_values(rows, |mut row, (case, values)| {
                row.push_bind(case.bytes().to_vec())
                    .push_bind(values.department.bytes().to_vec())
                    .push_bind(values.incident.map(|id| id.bytes().to_vec()))
                    .push_bind(count(values.position))
                    .push_bind(values.opened_at.0)
                    .push_bind(values.changed_at.0)
                    .push_bind(i64::from(values.closed))
                    .push_bind(values.destination.map(|(version, _)| i64::from(version)))
                    .push_bind(values.destination.and_then(|(_, hospital)| hospital).map(|id| id.bytes().to_vec()));
            });
            insert.push(ON_CASE).build().execute(&mut *conn).await.map_err(failed)?;
        }
        let units: Vec<_> = self.units.iter().map(|(case, unit)| (case.bytes(), unit.bytes())).collect();
        write_pairs(conn, INSERT_UNITS, &units).await?;
        let hospitals: Vec<_> = self.hospitals.iter().map(|(case, id)| (case.bytes(), id.bytes())).collect();
        write_pairs(conn, INSERT_HOSPITALS, &hospitals).await
    }

    async fn write_enquiries(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        for (enquiry, case) in &self.settled {
            let query = sqlx::query(SETTLE_ENQUIRY).bind(enquiry.bytes().to_vec()).bind(case.bytes().to_vec());
            query.execute(&mut *conn).await.map_err(failed)?;
        }
        let enquiries: Vec<_> = self.enquiries.iter().collect();
        for rows in pieces(&enquiries) {
            let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new(INSERT_ENQUIRIES);
            insert.push_values(rows, |mut row, (enquiry, sent)| {
                row.push_bind(enquiry.bytes().to_vec())
                    .push_bind(sent.case.bytes().to_vec())
                    .push_bind(sent.hospital.bytes().to_vec())
                    .push_bind(sent.at.0)
                    .push_bind(i64::from(sent.standing))
                    .push_bind(i64::from(sent.on_board));
            });
            insert.push(UNLESS_THERE).build().execute(&mut *conn).await.map_err(failed)?;
        }
        let decided: Vec<_> = self.decided.iter().collect();
        for rows in pieces(&decided) {
            let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new(INSERT_DECIDED);
            insert.push_values(rows, |mut row, ((case, version), hospital)| {
                row.push_bind(case.bytes().to_vec())
                    .push_bind(i64::from(*version))
                    .push_bind(hospital.bytes().to_vec());
            });
            insert.build().execute(&mut *conn).await.map_err(failed)?;
        }
        Ok(())
    }
}

async fn write_pairs(
    conn: &mut SqliteConnection,
    insert: &'static str,
    pairs: &[([u8; 16], [u8; 16])],
) -> Result<(), StoreError> {
    for rows in pieces(pairs) {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(insert);
        query.push_values(rows, |mut row, (one, other)| {
            row.push_bind(one.to_vec()).push_bind(other.to_vec());
        });
        query.push(UNLESS_THERE).build().execute(&mut *conn).await.map_err(failed)?;
    }
    Ok(())
}
