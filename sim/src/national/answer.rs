//! What the stand-in answers to one question. No IO: register, question and time in, answer out.

use super::persona_history::{Insured, Register};
use super::search::the_one;
use eligibility::protocol::{
    CompleteSection, HistoryRequest, HistoryResponse, LookBackText, PersonResult, RESULT_GRACE, RESULT_NORMAL,
    RequestBody, ResponseBody, ResponseHeader, SectionResult, SectionStateText, certificate_serial, date, date_text,
    error_code, time_text,
};
use model::{CivilDate, Timestamp};
use patient_history::{ConsentKind, IdentityLevel, MedicalText, QualificationValidity, SectionKind};
use virtual_card::Sex;

/// Seconds in which an expired certificate is still answered: three months.
const GRACE_SECONDS: i64 = 92 * 86_400;

/// Answers one question.
#[must_use]
pub fn answer(register: &Register, request: &HistoryRequest, now: Timestamp) -> HistoryResponse {
    let body = find(register, &request.message_body, now);
    let mut header = ResponseHeader {
        process_execution_time: time_text(now),
        arbitrary_file_identifier: request.message_header.arbitrary_file_identifier.clone(),
        reference_classification: "1".into(),
        segment_of_result: "1".into(),
        error_code: None,
        error_message: None,
        character_code_identifier: "0".into(),
    };
    match body {
        Ok(body) => HistoryResponse { message_header: header, message_body: Some(body) },
        Err((code, message)) => {
            header.segment_of_result = "3".into();
            header.error_code = Some(code.into());
            header.error_message = Some(message.into());
            HistoryResponse { message_header: header, message_body: None }
        }
    }
}

type Refusal = (&'static str, &'static str);

fn find(register: &Register, asked: &RequestBody, now: Timestamp) -> Result<ResponseBody, Refusal> {
    let bad = (error_code::BAD_REQUEST, "要求の形式が正しくありません。");
    let today = now.tokyo_date().ok_or(bad)?;
    let insured = match &asked.search {
        Some(search) if asked.identity_level == IdentityLevel::FourAttributes && asked.certificate.is_empty() => {
            the_one(register.all(), search).ok_or((error_code::NOT_NARROWED, "該当する方を一人に絞れません。"))?
        }
        Some(_) => return Err(bad),
        None => {
            let der = hex_bytes(asked.certificate.as_str()).ok_or(bad)?;
            let serial = certificate_serial(&der).ok_or(bad)?;
            register.find(&serial).ok_or((error_code::CARD_UNKNOWN, "該当する方がいません。"))?
        }
    };
    if !SectionKind::ALL.into_iter().any(|kind| permitted(asked, kind, now)) {
        return Err((error_code::NO_CONSENT, "同意がありません。"));
    }
    if !insured.registered {
        return Err((error_code::NOT_REGISTERED, "健康保険証利用登録がありません。"));
    }
    let seconds = now.0.div_euclid(1_000_000);
    let (_, valid_to) = insured.persona.validity(seconds);
    // Without a card nobody shows a certificate.
    let valid_to = if asked.search.is_some() { i64::MAX } else { valid_to };
    if seconds > valid_to.saturating_add(GRACE_SECONDS) {
        return Err((error_code::CERTIFICATE_REJECTED, "電子証明書の有効期限が切れています。"));
    }
    Ok(body(insured, asked, now, today, seconds > valid_to))
}

fn body(insured: &Insured, asked: &RequestBody, now: Timestamp, today: CivilDate, grace: bool) -> ResponseBody {
    let named = !matches!(insured.validity, QualificationValidity::NoMatch | QualificationValidity::MultipleMatches);
    let sections = match insured.validity.opens_record() {
        true => SectionKind::ALL.into_iter().map(|kind| section(insured, asked, kind, now, today)).collect(),
        false => Vec::new(),
    };
    let (code, message) = match grace {
        true => (RESULT_GRACE, "電子証明書の有効期限が切れています。3か月以内に更新が必要です。"),
        false => (RESULT_NORMAL, ""),
    };
    ResponseBody {
        processing_result_status: "1".into(),
        processing_result_code: code.into(),
        processing_result_message: message.into(),
        qualification_validity: insured.validity.code().to_string(),
        result_of_qualification_confirmation: named.then(|| person(insured)),
        sections,
    }
}

fn person(insured: &Insured) -> PersonResult {
    let person = &insured.persona.person;
    let sex = match person.sex {
        Sex::Male => "1",
        Sex::Female => "2",
    };
    PersonResult {
        name: MedicalText::from(person.name.as_str()),
        name_kana: MedicalText::from(person.kana.as_str()),
        sex1: sex.into(),
        birthdate: person.birth.replace('-', ""),
    }
}

fn permitted(asked: &RequestBody, kind: SectionKind, now: Timestamp) -> bool {
    let consent: ConsentKind = kind.consent_kind();
    asked.emergency_reason.is_some() || asked.consents.covers(consent, now)
}

fn section(
    insured: &Insured,
    asked: &RequestBody,
    kind: SectionKind,
    now: Timestamp,
    today: CivilDate,
) -> SectionResult {
    let mut result = SectionResult {
        kind: kind.key().into(),
        state: SectionStateText::NotPermitted,
        look_back: None,
        complete: None,
        rows: Vec::new(),
    };
    if !permitted(asked, kind, now) {
        return result;
    }
    let look_back = kind.look_back(asked.period);
    result.look_back = Some(LookBackText { span: look_back });
    result.rows = insured.rows(kind, today, look_back.earliest(today));
    result.state = if result.rows.is_empty() { SectionStateText::NoRecord } else { SectionStateText::Records };
    // Electronic prescriptions are near real time; everything else comes from claims.
    if kind != SectionKind::EPrescriptions {
        result.complete = insured
            .complete_up_to_days_ago
            .map(|ago| CompleteSection { up_to: date_text(today.plus_days(-i32::from(ago))) });
    }
    debug_assert!(result.rows.iter().all(|row| date(&row.date).is_some()), "dates are written by this module");
    result
}

fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let digits = text.as_bytes().chunks_exact(2);
    digits.map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
