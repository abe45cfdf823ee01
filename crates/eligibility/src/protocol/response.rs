//! The answer. Everything that names content is a `MedicalText`.

use patient_history::{LookBack, MedicalText, RowSource, SectionKind};
use serde::{Deserialize, Serialize};

/// An answer.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HistoryResponse {
    /// How it went.
    pub message_header: ResponseHeader,
    /// What there is; absent with an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_body: Option<ResponseBody>,
}

/// How it went.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResponseHeader {
    /// When it was processed, `YYYYMMDDHHmmss` in Asia/Tokyo.
    pub process_execution_time: String,
    /// The look-up's id, repeated.
    pub arbitrary_file_identifier: String,
    /// 1 マイナンバーカード.
    pub reference_classification: String,
    /// 1 正常, 3 異常.
    pub segment_of_result: String,
    /// With 異常.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// With 異常.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// 0 UTF-8.
    pub character_code_identifier: String,
}

/// What there is.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResponseBody {
    /// 1 正常終了, 2 異常終了.
    pub processing_result_status: String,
    /// A code for what the crew should know.
    pub processing_result_code: String,
    /// The same in words.
    pub processing_result_message: String,
    /// 1 to 6.
    pub qualification_validity: String,
    /// Whose it is; absent when no entitlement fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_of_qualification_confirmation: Option<PersonResult>,
    /// The sections.
    #[serde(default)]
    pub sections: Vec<SectionResult>,
}

/// Whose it is.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PersonResult {
    /// 氏名, with ● for characters outside the shared set.
    pub name: MedicalText,
    /// カナ氏名.
    pub name_kana: MedicalText,
    /// 1 男, 2 女, 3 未設定.
    pub sex1: String,
    /// `YYYYMMDD`.
    pub birthdate: String,
}

/// What is known of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SectionStateText {
    /// There are rows.
    Records,
    /// Looked; nothing is recorded.
    NoRecord,
    /// Consent does not cover it.
    NotPermitted,
}

/// How far back was looked.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LookBackText {
    /// `days`, `months`, `years` with their number.
    pub span: LookBack,
}

/// Up to which day a section is complete.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompleteSection {
    /// `YYYYMMDD`.
    pub up_to: String,
}

/// One section.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SectionResult {
    /// Which part, as `medications`; one that is not known is passed over.
    pub kind: String,
    /// Which case.
    pub state: SectionStateText,
    /// How far back was looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look_back: Option<LookBackText>,
    /// How complete it is, when the source said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<CompleteSection>,
    /// The rows, newest first.
    #[serde(default)]
    pub rows: Vec<ResponseRow>,
}

impl SectionResult {
    /// Which part it is, if it is one that we know.
    #[must_use]
    pub fn known_kind(&self) -> Option<SectionKind> {
        SectionKind::ALL.into_iter().find(|kind| kind.key() == self.kind)
    }
}

/// One row.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResponseRow {
    /// `YYYYMMDD`.
    pub date: String,
    /// `YJ`, `Receipt`, `Procedure` or `None`.
    pub code_type: String,
    /// The code; empty with `None`.
    #[serde(default)]
    pub code: MedicalText,
    /// Name as recorded.
    pub name: MedicalText,
    /// Days of supply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_supplied: Option<u16>,
    /// Quantity as recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<MedicalText>,
    /// Where it comes from.
    pub source: RowSource,
    /// Who recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medical_institution_name: Option<MedicalText>,
    /// 医療機関コード, 10 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medical_institution_code: Option<MedicalText>,
    /// Masked until opened.
    #[serde(default)]
    pub sensitive: bool,
}
