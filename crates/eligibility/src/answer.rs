//! From the answer's words to a snapshot, believing no more than what was asked for.

use crate::protocol::{
    HistoryResponse, PersonResult, RESULT_GRACE, ResponseBody, ResponseRow, SectionResult, SectionStateText, date,
    error_code,
};
use model::{Sex, Timestamp};
use patient_history::{
    Facility, HistoryQuery, HistorySnapshot, Notice, PersonOnRecord, QualificationValidity, Row, RowCode, Section,
    SectionKind, SectionState, SourceError,
};

/// Rows of one section at most; a longer answer is refused as not understood.
pub(crate) const MAX_SECTION_ROWS: usize = 5_000;
/// Letters of an error code that are kept.
const MAX_CODE_CHARS: usize = 32;

/// Turns an answer into a snapshot.
pub(crate) fn snapshot(
    response: HistoryResponse,
    query: &HistoryQuery,
    fetched_at: Timestamp,
    stand_in: bool,
) -> Result<HistorySnapshot, SourceError> {
    let header = response.message_header;
    if header.arbitrary_file_identifier != query.lookup.to_string() {
        return Err(malformed("it answers another look-up"));
    }
    if header.segment_of_result != "1" {
        return Err(national_error(&header.error_code.unwrap_or_default()));
    }
    let body = response.message_body.ok_or_else(|| malformed("it has no body"))?;
    if body.processing_result_status != "1" {
        return Err(national_error(&body.processing_result_code));
    }
    let validity = validity(&body)?;
    let person = body.result_of_qualification_confirmation.ok_or_else(|| malformed("it names nobody"))?;
    let person = person_on_record(person)?;
    let sections = SectionKind::ALL
        .into_iter()
        .map(|kind| state(kind, &body.sections, query).map(|state| Section { kind, state }))
        .collect::<Result<Vec<_>, SourceError>>()?;
    let mut notices = Vec::new();
    let mut note = |when: bool, notice: Notice| notices.extend(when.then_some(notice));
    note(body.processing_result_code == RESULT_GRACE, Notice::CertificateInGrace);
    note(validity == QualificationValidity::InvalidNewExists, Notice::NewEntitlementExists);
    note(stand_in, Notice::StandIn);
    Ok(HistorySnapshot { lookup: query.lookup, fetched_at, person, validity, period: query.period, sections, notices })
}

fn malformed(what: &str) -> SourceError {
    SourceError::Protocol { what: what.to_owned() }
}

/// Only letters, digits and hyphens of a code get out: it is text from outside.
fn national_error(code: &str) -> SourceError {
    match code {
        error_code::CARD_UNKNOWN => SourceError::CardUnknown,
        error_code::NOT_REGISTERED => SourceError::NotRegistered,
        error_code::CERTIFICATE_REJECTED => SourceError::CertificateRejected,
        error_code::NO_CONSENT => SourceError::ConsentRefused,
        error_code::NOT_NARROWED => SourceError::NotNarrowed,
        other => {
            let clean = other.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(MAX_CODE_CHARS).collect();
            SourceError::National { code: clean }
        }
    }
}

fn validity(body: &ResponseBody) -> Result<QualificationValidity, SourceError> {
    let code = body.qualification_validity.parse::<u8>().ok();
    let validity =
        code.and_then(QualificationValidity::from_code).ok_or_else(|| malformed("its validity is not 1 to 6"))?;
    match validity {
        QualificationValidity::MultipleMatches => Err(SourceError::MultipleMatches),
        v if v.opens_record() => Ok(v),
        validity => Err(SourceError::NoEntitlement { validity }),
    }
}

fn person_on_record(person: PersonResult) -> Result<PersonOnRecord, SourceError> {
    let sex = match person.sex1.as_str() {
        "1" => Sex::Male,
        "2" => Sex::Female,
        _ => Sex::Unspecified,
    };
    let birth_date = date(&person.birthdate).ok_or_else(|| malformed("its birth date is no date"))?;
    Ok(PersonOnRecord { name: person.name, kana: person.name_kana, birth_date, sex })
}

fn state(kind: SectionKind, sections: &[SectionResult], query: &HistoryQuery) -> Result<SectionState, SourceError> {
    // Consent is applied here again: what was not allowed is dropped, whatever the other side sent.
    if !query.consent.permits(kind) {
        return Ok(SectionState::NotPermitted);
    }
    let Some(section) = sections.iter().find(|s| s.known_kind() == Some(kind)) else {
        return Ok(SectionState::NotAsked);
    };
    let look_back = section.look_back.map_or_else(|| kind.look_back(query.period), |l| l.span);
    Ok(match section.state {
        SectionStateText::NotPermitted => SectionState::NotPermitted,
        SectionStateText::NoRecord => SectionState::NoRecord { look_back },
        SectionStateText::Records if section.rows.is_empty() => SectionState::NoRecord { look_back },
        SectionStateText::Records => {
            if section.rows.len() > MAX_SECTION_ROWS {
                return Err(malformed("a section has too many rows"));
            }
            let mut rows = section.rows.iter().map(row).collect::<Result<Vec<_>, SourceError>>()?;
            rows.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.cmp(b)));
            let complete_up_to = section.complete.as_ref().and_then(|c| date(&c.up_to));
            SectionState::Records { rows, look_back, complete_up_to }
        }
    })
}

fn row(row: &ResponseRow) -> Result<Row, SourceError> {
    let code = match row.code_type.as_str() {
        "YJ" => RowCode::Yj(row.code.clone()),
        "Receipt" => RowCode::Receipt(row.code.clone()),
        "Procedure" => RowCode::Procedure(row.code.clone()),
        // A kind of code that we do not know yet is a row without code: shown, and matched by no rule.
        _ => RowCode::None,
    };
    let facility = row
        .medical_institution_name
        .clone()
        .map(|name| Facility { name, institution_code: row.medical_institution_code.clone() });
    Ok(Row {
        date: date(&row.date).ok_or_else(|| malformed("a row's date is no date"))?,
        code,
        name: row.name.clone(),
        days_supplied: row.days_supplied,
        quantity: row.quantity.clone(),
        source: row.source,
        facility,
        sensitive: row.sensitive,
    })
}
