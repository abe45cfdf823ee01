//! What hospitals file ahead of need, and what they count.

use super::SqliteStore;
use super::fields::{Columns, failed};
use dispatch_core::places::{Bays, MassOffer};
use dispatch_core::store::{Filings, StoreError};
use dispatch_core::week::{Week, WeekLevels};
use model::{Capability, HospitalId, Timestamp};
use sqlx::sqlite::SqliteRow;

const UPSERT_WEEK: &str = "INSERT INTO capacity_week (hospital, capability, at, levels) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (hospital, capability) DO UPDATE SET at = excluded.at, levels = excluded.levels";
const SELECT_WEEKS: &str =
    "SELECT * FROM capacity_week WHERE $1 IS NULL OR hospital = $1 ORDER BY hospital, capability";
const UPSERT_OFFER: &str = "INSERT INTO mass_offer (hospital, at, until, red, yellow, green, black) \
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hospital) DO UPDATE SET at = excluded.at, \
     until = excluded.until, red = excluded.red, yellow = excluded.yellow, green = excluded.green, black = excluded.black";
const SELECT_OFFERS: &str = "SELECT * FROM mass_offer ORDER BY hospital";
const UPSERT_BAYS: &str = "INSERT INTO bays (hospital, at, taken, total) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (hospital) DO UPDATE SET at = excluded.at, taken = excluded.taken, total = excluded.total";
const SELECT_BAYS: &str = "SELECT * FROM bays WHERE hospital = $1";

const DAMAGED: StoreError = StoreError::Damaged("what a hospital filed");

fn hospital(row: &SqliteRow) -> Result<HospitalId, StoreError> {
    Ok(HospitalId::from_bytes(row.fixed("hospital")?))
}

fn week(row: &SqliteRow) -> Result<Week, StoreError> {
    let name = row.text("capability")?;
    let capability: Option<Capability> =
        if name.is_empty() { None } else { Some(serde_json::from_str(&name).map_err(|_| DAMAGED)?) };
    let levels = WeekLevels::parse(&row.text("levels")?).ok_or(DAMAGED)?;
    Ok(Week { hospital: hospital(row)?, capability, at: Timestamp(row.int("at")?), levels })
}

fn number(row: &SqliteRow, column: &'static str) -> Result<u16, StoreError> {
    u16::try_from(row.int(column)?).map_err(|_| DAMAGED)
}

fn offer(row: &SqliteRow) -> Result<MassOffer, StoreError> {
    let of = |column| number(row, column);
    Ok(MassOffer {
        hospital: hospital(row)?,
        at: Timestamp(row.int("at")?),
        until: Timestamp(row.int("until")?),
        places: [of("red")?, of("yellow")?, of("green")?, of("black")?],
    })
}

impl Filings for SqliteStore {
    async fn file_week(&self, week: Week) -> Result<(), StoreError> {
        let capability = match week.capability {
            None => String::new(),
            Some(capability) => serde_json::to_string(&capability).map_err(|_| DAMAGED)?,
        };
        let query = sqlx::query(UPSERT_WEEK)
            .bind(week.hospital.bytes().to_vec())
            .bind(capability)
            .bind(week.at.0)
            .bind(week.levels.text());
        query.execute(&self.write).await.map_err(failed)?;
        Ok(())
    }

    async fn weeks(&self, of: Option<HospitalId>) -> Result<Vec<Week>, StoreError> {
        let query = sqlx::query(SELECT_WEEKS).bind(of.map(|id| id.bytes().to_vec()));
        let rows = query.fetch_all(&self.read).await.map_err(failed)?;
        rows.iter().map(week).collect()
    }

    async fn offer_places(&self, offer: MassOffer) -> Result<(), StoreError> {
        let [red, yellow, green, black] = offer.places.map(i64::from);
        let query = sqlx::query(UPSERT_OFFER)
            .bind(offer.hospital.bytes().to_vec())
            .bind(offer.at.0)
            .bind(offer.until.0)
            .bind(red)
            .bind(yellow)
            .bind(green)
            .bind(black);
        query.execute(&self.write).await.map_err(failed)?;
        Ok(())
    }

    async fn mass_offers(&self) -> Result<Vec<MassOffer>, StoreError> {
        let rows = sqlx::query(SELECT_OFFERS).fetch_all(&self.read).await.map_err(failed)?;
        rows.iter().map(offer).collect()
    }

    async fn count_bays(&self, bays: Bays) -> Result<(), StoreError> {
        let query = sqlx::query(UPSERT_BAYS)
            .bind(bays.hospital.bytes().to_vec())
            .bind(bays.at.0)
            .bind(i64::from(bays.taken))
            .bind(i64::from(bays.total));
        query.execute(&self.write).await.map_err(failed)?;
        Ok(())
    }

    async fn bays(&self, of: HospitalId) -> Result<Option<Bays>, StoreError> {
        let query = sqlx::query(SELECT_BAYS).bind(of.bytes().to_vec());
        let Some(row) = query.fetch_optional(&self.read).await.map_err(failed)? else { return Ok(None) };
        let (taken, total) = (number(&row, "taken")?, number(&row, "total")?);
        Ok(Some(Bays { hospital: of, at: Timestamp(row.int("at")?), taken, total }))
    }
}
