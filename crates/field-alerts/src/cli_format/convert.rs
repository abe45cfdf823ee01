//! From the file's form to the types of the domain, checking what the types cannot.

use super::history_file::{HistoryFile, RowFile, SectionFile, SectionStateFile, SectionsFile};
use super::{FormatError, HistoryInput, MAX_ROWS};
use model::{CivilDate, Findings, LookupId, Timestamp, VitalReading};
use patient_history::{
    Facility, HistorySnapshot, MedicalText, Period, PersonOnRecord, Row, RowCode, Section, SectionKind, SectionState,
};

/// Oldest age that can be entered.
const MAX_AGE_YEARS: u8 = 130;
/// Last band of ten years: 90 and older.
const MAX_AGE_BAND: u8 = 9;

type Checked<T> = Result<T, FormatError>;

fn fault<T>(path: String, what: impl Into<String>) -> Checked<T> {
    Err(FormatError { file: "history", path, what: what.into() })
}

pub(super) fn history(file: HistoryFile) -> Checked<HistoryInput> {
    let HistoryFile { today, person, period, validity, sections, format: _ } = file;
    if person.birth_date > today {
        return fault("person.birth_date".into(), "is after today; expected a birth date in the past");
    }
    let sections = all_sections(sections)
        .into_iter()
        .filter_map(|(kind, section)| section.map(|s| (kind, s)))
        .map(|(kind, s)| state(kind, s, period, today).map(|state| Section { kind, state }))
        .collect::<Checked<Vec<_>>>()?;
    let person = PersonOnRecord {
        name: person.name.unwrap_or_default(),
        kana: person.kana.unwrap_or_default(),
        birth_date: person.birth_date,
        sex: person.sex,
    };
    // A file has no look-up and no hour of fetching; neither bears on an alert.
    let lookup = LookupId::from_bytes([0; 16]);
    let history =
        HistorySnapshot { lookup, fetched_at: Timestamp(0), person, validity, period, sections, notices: Vec::new() };
    Ok(HistoryInput { history, today })
}

fn all_sections(s: SectionsFile) -> [(SectionKind, Option<SectionFile>); 7] {
    [
        (SectionKind::Visits, s.visits),
        (SectionKind::EPrescriptions, s.e_prescriptions),
        (SectionKind::Medications, s.medications),
        (SectionKind::Surgeries, s.surgeries),
        (SectionKind::Treatments, s.treatments),
        (SectionKind::Dialysis, s.dialysis),
        (SectionKind::Checkups, s.checkups),
    ]
}

fn state(kind: SectionKind, section: SectionFile, period: Period, today: CivilDate) -> Checked<SectionState> {
    let path = format!("sections.{}", kind.key());
    let look_back = kind.look_back(period);
    if section.state != SectionStateFile::Records && !section.rows.is_empty() {
        return fault(format!("{path}.rows"), "rows in a section whose state is not \"records\"");
    }
    if section.rows.len() > MAX_ROWS {
        return fault(format!("{path}.rows"), format!("{} rows; expected at most {MAX_ROWS}", section.rows.len()));
    }
    Ok(match section.state {
        SectionStateFile::NoRecord => SectionState::NoRecord { look_back },
        SectionStateFile::NotPermitted => SectionState::NotPermitted,
        SectionStateFile::NotAsked => SectionState::NotAsked,
        SectionStateFile::Records => {
            if section.rows.is_empty() {
                return fault(format!("{path}.rows"), "no rows; expected at least one, or the state \"no_record\"");
            }
            let mut rows = section
                .rows
                .into_iter()
                .enumerate()
                .map(|(i, r)| row(r, &format!("{path}.rows[{i}]"), today))
                .collect::<Checked<Vec<_>>>()?;
            rows.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.cmp(b)));
            SectionState::Records { rows, look_back, complete_up_to: section.complete_up_to }
        }
    })
}

fn row(file: RowFile, path: &str, today: CivilDate) -> Checked<Row> {
    if file.date > today {
        return fault(format!("{path}.date"), format!("{} is after today, {today}", file.date));
    }
    check_code(&file.code, path)?;
    if file.name.is_empty() {
        return fault(format!("{path}.name"), "is empty; expected the name as recorded");
    }
    let facility = file.facility.map(|f| Facility { name: f.name, institution_code: f.institution_code });
    let institution = facility.as_ref().and_then(|f| f.institution_code.as_ref());
    if institution.is_some_and(|code| !digits(code, 10)) {
        return fault(format!("{path}.facility.institution_code"), "expected 10 digits");
    }
    Ok(Row {
        date: file.date,
        code: file.code,
        name: file.name,
        days_supplied: file.days_supplied,
        quantity: file.quantity,
        source: file.source,
        facility,
        sensitive: file.sensitive,
    })
}

fn check_code(code: &RowCode, path: &str) -> Checked<()> {
    let (field, good, expected) = match code {
        RowCode::Yj(c) => ("yj", is_yj(c.as_str()), "expected 12 characters: seven digits, then letters or digits"),
        RowCode::Receipt(c) => ("receipt", digits(c, 9), "expected 9 digits"),
        RowCode::Hot(c) => ("hot", [7, 9, 13].iter().any(|len| digits(c, *len)), "expected 7, 9 or 13 digits"),
        RowCode::Procedure(c) => {
            ("procedure", is_procedure(c.as_str()), "expected a letter and digits, as \"K597-2\", \"J038\"")
        }
        RowCode::None => return Ok(()),
    };
    if good { Ok(()) } else { fault(format!("{path}.code.{field}"), expected) }
}

fn is_yj(code: &str) -> bool {
    code.len() == 12 && code.bytes().enumerate().all(|(i, b)| b.is_ascii_digit() || (i >= 7 && b.is_ascii_uppercase()))
}

fn is_procedure(code: &str) -> bool {
    let mut chars = code.chars();
    let head = chars.next().is_some_and(|c| c.is_ascii_uppercase());
    let rest = chars.as_str();
    head && (3..=12).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

fn digits(text: &MedicalText, len: usize) -> bool {
    text.as_str().len() == len && text.as_str().bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn check_findings(findings: &Findings) -> Checked<()> {
    let fault = |path: String, what: String| Err(FormatError { file: "findings", path, what });
    for (vital, reading) in &findings.vitals {
        let VitalReading::Measured(tenths) = reading else { continue };
        let (low, high) = vital.range_tenths();
        if !(low..=high).contains(tenths) {
            let name = serde_json::to_value(vital).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
            return fault(
                format!("vitals.{name}.measured"),
                format!("{tenths} tenths of the unit; expected {low} to {high}"),
            );
        }
    }
    if findings.age_years.is_some_and(|age| age > MAX_AGE_YEARS) {
        return fault("age_years".into(), format!("expected 0 to {MAX_AGE_YEARS}"));
    }
    if findings.age_band.is_some_and(|band| band.0 > MAX_AGE_BAND) {
        return fault("age_band".into(), format!("expected 0 to {MAX_AGE_BAND}, tens of years"));
    }
    Ok(())
}
