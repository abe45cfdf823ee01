//! The personas' histories mean on scene what their notes say.

use super::super::{Register, answer};
use super::end_to_end::certificate_of;
use eligibility::protocol::{Consents, HistoryRequest, RequestBody, RequestHeader};
use model::Timestamp;
use patient_history::{ConsentBasis, ConsentScope, IdentityLevel, Period, SectionKind};
use std::sync::OnceLock;
use virtual_card::Persona;

/// 2026-11-20 in the afternoon, Asia/Tokyo.
pub(super) const NOW: Timestamp = Timestamp(1_795_150_000_000_000);

fn request(persona: &Persona, period: Period) -> HistoryRequest {
    let all = ConsentBasis::Spoken { scope: ConsentScope::All, told_to_hospitals: true };
    HistoryRequest {
        message_header: RequestHeader {
            qualification_confirmation_date: "20261120".into(),
            arbitrary_file_identifier: "test".into(),
            fire_department: "d".into(),
            viewer: "v".into(),
            terminal: "t".into(),
        },
        message_body: RequestBody {
            certificate: hex(&certificate_of(persona)).into(),
            identity_level: IdentityLevel::Visual,
            period,
            search: None,
            emergency_reason: None,
            consents: Consents::spoken(&all, NOW),
        },
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn register() -> &'static Register {
    static REGISTER: OnceLock<Register> = OnceLock::new();
    REGISTER.get_or_init(|| Register::of_personas().expect("readable"))
}

fn rows(id: &str, period: Period, kind: SectionKind) -> usize {
    let persona = Persona::named(id).expect("a persona");
    let body = answer(register(), &request(&persona, period), NOW).message_body.expect("an answer");
    body.sections.iter().find(|s| s.known_kind() == Some(kind)).map_or(0, |s| s.rows.len())
}

#[test]
fn every_persona_is_insured_and_its_rows_are_few_enough() {
    assert_eq!(register().len(), 12);
    for persona in Persona::all().expect("personas") {
        let total: usize = SectionKind::ALL.iter().map(|k| rows(&persona.id, Period::Full, *k)).sum();
        let expected = if persona.id == "blank" || persona.id == "lapsed" { 0..=0 } else { 5..=60 };
        assert!(expected.contains(&total), "{}: {total} rows", persona.id);
    }
}

#[test]
fn look_back_depends_on_the_view() {
    assert_eq!(rows("dialysis", Period::Summary, SectionKind::Dialysis), 39, "three a week for three months");
    assert_eq!(rows("warfarin", Period::Summary, SectionKind::Checkups), 2);
    assert!(rows("transplant", Period::Summary, SectionKind::Surgeries) == 1, "the older one is out of five years");
    assert!(
        rows("warfarin", Period::Full, SectionKind::EPrescriptions)
            >= rows("warfarin", Period::Summary, SectionKind::EPrescriptions)
    );
}

#[test]
fn no_facility_is_without_a_code_and_no_medicine_without_a_name() {
    for persona in Persona::all().expect("personas") {
        let insured = register().find(&persona.certificate.serial).expect("insured");
        let today = NOW.tokyo_date().expect("a date");
        for kind in SectionKind::ALL {
            for row in insured.rows(kind, today, today.plus_days(-3000)) {
                assert!(!row.name.is_empty(), "{} {kind:?}", persona.id);
                assert_eq!(row.medical_institution_name.is_some(), row.medical_institution_code.is_some());
                assert!(row.code_type != "YJ" || row.code.as_str().len() == 12, "{} {kind:?}", persona.id);
            }
        }
    }
}
