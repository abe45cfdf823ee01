//! The question.

use super::text::{date_text, time_text};
use model::{Sex, Timestamp};
use patient_history::{
    ConsentBasis, ConsentKind, HistoryQuery, MedicalText, NotObtainableReason, Period, PersonAttributes,
};
use serde::{Deserialize, Serialize};

const YES: &str = "1";
const NO: &str = "0";

/// A question for one person's history.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HistoryRequest {
    /// Who asks, and under which name.
    pub message_header: RequestHeader,
    /// Whose history, and what may be read.
    pub message_body: RequestBody,
}

/// Who asks.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RequestHeader {
    /// The day of the question, `YYYYMMDD`.
    pub qualification_confirmation_date: String,
    /// The look-up's id; the answer repeats it.
    pub arbitrary_file_identifier: String,
    /// 消防本部.
    pub fire_department: String,
    /// The signed-in crew member.
    pub viewer: String,
    /// The tablet.
    pub terminal: String,
}

/// What is asked.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RequestBody {
    /// 利用者証明用電子証明書, DER in lower hex; empty without a card.
    pub certificate: MedicalText,
    /// How the person was identified: `signed`, `signed_late`, `visual`, `visual_b`, `four_attributes`.
    pub identity_level: patient_history::IdentityLevel,
    /// `summary` or `full`.
    pub period: Period,
    /// In a disaster, without a card: whom the crew was told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<PersonSearch>,
    /// Why consent could not be obtained; absent when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_reason: Option<NotObtainableReason>,
    /// What the person allowed.
    #[serde(flatten)]
    pub consents: Consents,
}

/// Whose history is searched for without a card: all four, and they must narrow to one person.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PersonSearch {
    /// カナ氏名, in any way of writing kana.
    pub name_kana: MedicalText,
    /// `YYYYMMDD`.
    pub birthdate: String,
    /// 1 男, 2 女, 3 未設定.
    pub sex1: String,
    /// 住所, from the prefecture on.
    pub address: MedicalText,
}

impl PersonSearch {
    fn of(attributes: &PersonAttributes) -> Self {
        let sex = match attributes.sex {
            Sex::Male => "1",
            Sex::Female => "2",
            Sex::Unspecified => "3",
        };
        Self {
            name_kana: attributes.kana.clone(),
            birthdate: date_text(attributes.birth_date),
            sex1: sex.to_owned(),
            address: attributes.address.clone(),
        }
    }
}

/// The consent triplets of the layout: flag, time, usable until.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Consents {
    /// 薬剤情報: flag.
    pub pharmacists_info_cons_flg: String,
    /// 薬剤情報: when it was given.
    pub pharmacists_info_cons_time: String,
    /// 薬剤情報: until when it may be used.
    pub pharmacists_info_available_time: String,
    /// 診療情報: flag.
    pub diagnosis_info_cons_flg: String,
    /// 診療情報: when it was given.
    pub diagnosis_info_cons_time: String,
    /// 診療情報: until when it may be used.
    pub diagnosis_info_available_time: String,
    /// 手術情報: flag.
    pub operation_info_cons_flg: String,
    /// 手術情報: when it was given.
    pub operation_info_cons_time: String,
    /// 手術情報: until when it may be used.
    pub operation_info_available_time: String,
    /// 特定健診情報: flag.
    pub specific_health_checkups_info_cons_flg: String,
    /// 特定健診情報: when it was given.
    pub specific_health_checkups_info_cons_time: String,
    /// 特定健診情報: until when it may be used.
    pub specific_health_checkups_info_available_time: String,
}

impl Consents {
    /// Triplets for what was spoken at `given`; usable to the end of the next day, as the home-visit type has it.
    #[must_use]
    pub fn spoken(basis: &ConsentBasis, given: Timestamp) -> Self {
        let spoken = matches!(basis, ConsentBasis::Spoken { .. });
        let until = given.tokyo_date().map_or_else(String::new, |d| format!("{}235959", date_text(d.plus_days(1))));
        let triplet = |kind| match spoken && basis.permits_kind(kind) {
            true => (YES.to_owned(), time_text(given), until.clone()),
            false => (NO.to_owned(), String::new(), String::new()),
        };
        let (pharmacists, diagnosis) = (triplet(ConsentKind::Medications), triplet(ConsentKind::Treatments));
        let (operation, checkups) = (triplet(ConsentKind::Surgeries), triplet(ConsentKind::Checkups));
        Self {
            pharmacists_info_cons_flg: pharmacists.0,
            pharmacists_info_cons_time: pharmacists.1,
            pharmacists_info_available_time: pharmacists.2,
            diagnosis_info_cons_flg: diagnosis.0,
            diagnosis_info_cons_time: diagnosis.1,
            diagnosis_info_available_time: diagnosis.2,
            operation_info_cons_flg: operation.0,
            operation_info_cons_time: operation.1,
            operation_info_available_time: operation.2,
            specific_health_checkups_info_cons_flg: checkups.0,
            specific_health_checkups_info_cons_time: checkups.1,
            specific_health_checkups_info_available_time: checkups.2,
        }
    }

    /// Whether a kind is consented to and still usable at `now`.
    #[must_use]
    pub fn covers(&self, kind: ConsentKind, now: Timestamp) -> bool {
        let (flag, until) = match kind {
            ConsentKind::Medications => (&self.pharmacists_info_cons_flg, &self.pharmacists_info_available_time),
            ConsentKind::Treatments => (&self.diagnosis_info_cons_flg, &self.diagnosis_info_available_time),
            ConsentKind::Surgeries => (&self.operation_info_cons_flg, &self.operation_info_available_time),
            ConsentKind::Checkups => {
                (&self.specific_health_checkups_info_cons_flg, &self.specific_health_checkups_info_available_time)
            }
        };
        flag == YES && super::text::timestamp(until).is_some_and(|until| now <= until)
    }
}

impl HistoryRequest {
    /// The question as it is sent.
    #[must_use]
    pub fn of(query: &HistoryQuery) -> Self {
        let day = query.asked_at.tokyo_date().map_or_else(String::new, date_text);
        let emergency_reason = match &query.consent {
            ConsentBasis::NotObtainable { reason } => Some(*reason),
            _ => None,
        };
        Self {
            message_header: RequestHeader {
                qualification_confirmation_date: day,
                arbitrary_file_identifier: query.lookup.to_string(),
                fire_department: query.requester.department.to_string(),
                viewer: query.requester.crew.to_string(),
                terminal: query.requester.device.to_string(),
            },
            message_body: RequestBody {
                certificate: MedicalText::new(hex::encode(&query.evidence.certificate)),
                identity_level: query.evidence.level,
                period: query.period,
                search: query.evidence.attributes.as_deref().map(PersonSearch::of),
                emergency_reason,
                consents: Consents::spoken(&query.consent, query.asked_at),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use patient_history::ConsentScope;

    #[test]
    fn a_consent_ends_with_the_next_day() {
        let given = super::super::timestamp("20261120233000").expect("a time");
        let basis = ConsentBasis::Spoken {
            scope: ConsentScope::Only([ConsentKind::Medications].into()),
            told_to_hospitals: true,
        };
        let consents = Consents::spoken(&basis, given);
        assert_eq!(consents.pharmacists_info_available_time, "20261121235959");
        assert!(consents.covers(ConsentKind::Medications, given.plus_minutes(24 * 60)));
        assert!(!consents.covers(ConsentKind::Medications, given.plus_minutes(24 * 60 + 30)));
        assert!(!consents.covers(ConsentKind::Surgeries, given));
    }

    #[test]
    fn an_emergency_carries_no_consent_flag() {
        let basis = ConsentBasis::NotObtainable { reason: NotObtainableReason::Unconscious };
        let consents = Consents::spoken(&basis, Timestamp(0));
        assert!(ConsentKind::ALL.into_iter().all(|kind| !consents.covers(kind, Timestamp(0))));
        assert_eq!(consents.diagnosis_info_cons_flg, "0");
    }
}
