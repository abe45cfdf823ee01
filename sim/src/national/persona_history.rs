//! The `[insurance]` and `[history]` tables of a persona, and the register made of them.

use anyhow::{Context as _, Result, ensure};
use eligibility::protocol::{ResponseRow, date_text};
use model::CivilDate;
use patient_history::{MedicalText, QualificationValidity, RowSource, SectionKind};
use serde::Deserialize;
use std::collections::BTreeMap;
use virtual_card::Persona;

/// Rows of one persona at most.
const MAX_ROWS: usize = 500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InsurancePart {
    validity: u8,
    registered: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HistoryPart {
    complete_up_to_days_ago: Option<u16>,
    facilities: BTreeMap<String, FacilityPart>,
    visits: Vec<RowPart>,
    e_prescriptions: Vec<RowPart>,
    medications: Vec<RowPart>,
    surgeries: Vec<RowPart>,
    treatments: Vec<RowPart>,
    dialysis: Vec<RowPart>,
    checkups: Vec<RowPart>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FacilityPart {
    name: String,
    code: String,
}

/// The same again every so many days, further back.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    every: u16,
    times: u16,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowPart {
    days_ago: Vec<u16>,
    #[serde(default)]
    repeat: Option<Repeat>,
    #[serde(default)]
    yj: Option<String>,
    #[serde(default)]
    procedure: Option<String>,
    name: String,
    #[serde(default)]
    days: Option<u16>,
    #[serde(default)]
    quantity: Option<String>,
    #[serde(default)]
    facility: Option<String>,
    #[serde(default)]
    sensitive: bool,
}

/// One insured person.
#[derive(Clone)]
pub struct Insured {
    /// The persona.
    pub persona: Persona,
    /// What a check of the entitlement says.
    pub validity: QualificationValidity,
    /// Whether the card is registered as 保険証.
    pub registered: bool,
    /// Up to how many days ago the claims are complete.
    pub complete_up_to_days_ago: Option<u16>,
    rows: BTreeMap<SectionKind, Vec<(u16, ResponseRow)>>,
}

impl Insured {
    /// Reads the two tables of a persona.
    ///
    /// # Errors
    /// A table that is not of this form, or a value that cannot be meant; the persona's id is named.
    pub fn of(persona: Persona) -> Result<Self> {
        let at = |table| format!("persona {}: reading [{table}]", persona.id);
        let insurance: InsurancePart = persona.insurance.clone().try_into().with_context(|| at("insurance"))?;
        let history: HistoryPart = persona.history.clone().try_into().with_context(|| at("history"))?;
        let validity = QualificationValidity::from_code(insurance.validity);
        let validity = validity.with_context(|| format!("persona {}: validity is not 1 to 6", persona.id))?;
        let complete_up_to_days_ago = history.complete_up_to_days_ago;
        let rows = all_rows(&history).with_context(|| at("history"))?;
        let count: usize = rows.values().map(Vec::len).sum();
        ensure!(count <= MAX_ROWS, "persona {}: {count} rows, at most {MAX_ROWS}", persona.id);
        Ok(Self { persona, validity, registered: insurance.registered, complete_up_to_days_ago, rows })
    }

    /// A section's rows on `today` no older than `earliest`, newest first.
    #[must_use]
    pub fn rows(&self, kind: SectionKind, today: CivilDate, earliest: CivilDate) -> Vec<ResponseRow> {
        let mut rows: Vec<ResponseRow> = Vec::new();
        for (days_ago, row) in self.rows.get(&kind).into_iter().flatten() {
            let date = today.plus_days(-i32::from(*days_ago));
            if date >= earliest {
                rows.push(ResponseRow { date: date_text(date), ..row.clone() });
            }
        }
        rows.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.code.cmp(&b.code)));
        rows
    }
}

fn all_rows(history: &HistoryPart) -> Result<BTreeMap<SectionKind, Vec<(u16, ResponseRow)>>> {
    let facilities = &history.facilities;
    let sections = [
        (SectionKind::Visits, &history.visits),
        (SectionKind::EPrescriptions, &history.e_prescriptions),
        (SectionKind::Medications, &history.medications),
        (SectionKind::Surgeries, &history.surgeries),
        (SectionKind::Treatments, &history.treatments),
        (SectionKind::Dialysis, &history.dialysis),
        (SectionKind::Checkups, &history.checkups),
    ];
    let mut all = BTreeMap::new();
    for (kind, parts) in sections {
        let mut rows = Vec::new();
        for part in parts {
            let row = response_row(kind, part, facilities)?;
            rows.extend(days(part).into_iter().map(|ago| (ago, row.clone())));
        }
        all.insert(kind, rows);
    }
    Ok(all)
}

fn days(part: &RowPart) -> Vec<u16> {
    let Repeat { every, times } = part.repeat.unwrap_or(Repeat { every: 0, times: 1 });
    let rounds = (0..times).map(|n| n.saturating_mul(every));
    rounds.flat_map(|later| part.days_ago.iter().map(move |d| d.saturating_add(later))).collect()
}

fn response_row(kind: SectionKind, part: &RowPart, facilities: &BTreeMap<String, FacilityPart>) -> Result<ResponseRow> {
    let (code_type, code) = match (&part.yj, &part.procedure) {
        (Some(yj), None) if yj.len() == 12 => ("YJ", yj.as_str()),
        (None, Some(code)) => ("Procedure", code.as_str()),
        (None, None) => ("None", ""),
        _ => anyhow::bail!("the row {:?} needs one code, a YJ code of 12 characters or a procedure", part.name),
    };
    let facility = match &part.facility {
        Some(key) => Some(facilities.get(key).with_context(|| format!("the facility {key:?} is not declared"))?),
        None => None,
    };
    let source = match kind {
        SectionKind::EPrescriptions => RowSource::EPrescription,
        SectionKind::Checkups => RowSource::Checkup,
        _ => RowSource::Claims,
    };
    Ok(ResponseRow {
        date: String::new(),
        code_type: code_type.to_owned(),
        code: code.into(),
        name: part.name.as_str().into(),
        days_supplied: part.days,
        quantity: part.quantity.as_deref().map(Into::into),
        source,
        medical_institution_name: facility.map(|f| MedicalText::from(f.name.as_str())),
        medical_institution_code: facility.map(|f| MedicalText::from(f.code.as_str())),
        sensitive: part.sensitive,
    })
}

/// Everybody who is insured, by the serial number of the card's certificate.
#[derive(Clone, Default)]
pub struct Register {
    people: BTreeMap<String, Insured>,
}

impl Register {
    /// The personas that come with the program.
    ///
    /// # Errors
    /// A persona file that cannot be read, which a test keeps from happening.
    pub fn of_personas() -> Result<Self> {
        Self::of(Persona::all()?)
    }
    /// These personas.
    ///
    /// # Errors
    /// The first one that cannot be read.
    pub fn of(personas: Vec<Persona>) -> Result<Self> {
        let mut people = BTreeMap::new();
        for persona in personas {
            let insured = Insured::of(persona)?;
            people.insert(insured.persona.certificate.serial.clone(), insured);
        }
        Ok(Self { people })
    }
    /// Who holds the certificate with this serial number (lower hex).
    #[must_use]
    pub fn find(&self, serial: &str) -> Option<&Insured> {
        self.people.get(serial)
    }
    /// Everybody.
    pub(super) fn all(&self) -> impl Iterator<Item = &Insured> {
        self.people.values()
    }
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len()
    }
    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }
}
