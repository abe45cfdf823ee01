//! Rows of facts, cases and enquiries.

use super::fields::{Columns, failed, subject};
use super::multi::{keys, push_ids};
use case::{EventName, Stored};
use dispatch_core::store::{CaseHead, CommittedFact, EnquiryRow, StoreError};
use model::{CaseId, DepartmentId, EnquiryId, HospitalId, IncidentId, LogId, Timestamp, UnitId};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn committed_fact(row: &SqliteRow) -> Result<CommittedFact, StoreError> {
    let name = EventName { log: LogId::from_bytes(row.fixed("log")?), seq: row.counter("seq")? };
    let schema = u16::try_from(row.int("schema_no")?).map_err(|_| StoreError::Damaged("a fact"))?;
    let stored = Stored { name, schema, bytes: row.bytes("bytes")? };
    let event = Stored::decode(stored.schema, &stored.bytes).map_err(|_| StoreError::Damaged("a fact"))?;
    Ok(CommittedFact {
        stream: subject(row.int("stream_kind")?, row.fixed("stream")?)?,
        position: row.counter("position")?,
        received_at: Timestamp(row.int("received_at")?),
        stored,
        event,
    })
}

pub(super) fn enquiry_row(row: &SqliteRow) -> Result<EnquiryRow, StoreError> {
    Ok(EnquiryRow {
        enquiry: EnquiryId::from_bytes(row.fixed("id")?),
        case: CaseId::from_bytes(row.fixed("case_id")?),
        hospital: HospitalId::from_bytes(row.fixed("hospital")?),
        sent_at: Timestamp(row.int("sent_at")?),
        standing: row.flag("standing")?,
    })
}

/// Heads with their units and hospitals: two more statements for the whole page, whatever its length.
pub(super) async fn case_heads(pool: &SqlitePool, rows: &[SqliteRow]) -> Result<Vec<CaseHead>, StoreError> {
    let mut heads = rows.iter().map(case_head).collect::<Result<Vec<_>, _>>()?;
    if heads.is_empty() {
        return Ok(heads);
    }
    let ids: Vec<CaseId> = heads.iter().map(|head| head.case).collect();
    let units = members(pool, "SELECT case_id, unit AS member FROM case_unit WHERE case_id IN (", &ids).await?;
    let hospitals =
        members(pool, "SELECT case_id, hospital AS member FROM case_hospital WHERE case_id IN (", &ids).await?;
    for head in &mut heads {
        head.units = units.get(&head.case).into_iter().flatten().map(|id| UnitId::from_bytes(*id)).collect();
        head.hospitals =
            hospitals.get(&head.case).into_iter().flatten().map(|id| HospitalId::from_bytes(*id)).collect();
    }
    Ok(heads)
}

async fn members(
    pool: &SqlitePool,
    select: &'static str,
    cases: &[CaseId],
) -> Result<BTreeMap<CaseId, BTreeSet<[u8; 16]>>, StoreError> {
    let mut found: BTreeMap<CaseId, BTreeSet<[u8; 16]>> = BTreeMap::new();
    for list in keys(cases) {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(select);
        push_ids(&mut query, list.iter().map(|case| case.bytes()));
        for row in query.build().fetch_all(pool).await.map_err(failed)? {
            let case = CaseId::from_bytes(row.fixed("case_id")?);
            found.entry(case).or_default().insert(row.fixed("member")?);
        }
    }
    Ok(found)
}

fn case_head(row: &SqliteRow) -> Result<CaseHead, StoreError> {
    let version = row.maybe_int("destination_version")?.and_then(|n| u32::try_from(n).ok());
    let hospital = row.maybe_fixed("destination_hospital")?.map(HospitalId::from_bytes);
    Ok(CaseHead {
        case: CaseId::from_bytes(row.fixed("id")?),
        department: DepartmentId::from_bytes(row.fixed("department")?),
        incident: row.maybe_fixed("incident")?.map(IncidentId::from_bytes),
        position: row.counter("position")?,
        opened_at: Timestamp(row.int("opened_at")?),
        changed_at: Timestamp(row.int("changed_at")?),
        closed: row.flag("closed")?,
        units: BTreeSet::new(),
        hospitals: BTreeSet::new(),
        destination: version.zip(hospital),
    })
}
