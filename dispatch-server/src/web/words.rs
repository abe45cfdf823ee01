//! One sentence for each fact on a timeline. A fact holds no row of a history, so no sentence can.

use super::clinical::{jcs_words, tenths, vital_words};
use super::parts::hms;
use case::{
    AlarmMark, Body, CardOutcome, CorrectionReason, EnquiryAnswer, FindingsChange, HowDecided, JoinReason,
    LookupOutcome, OnBehalf, OralChange, ReleaseReason, WipeCause, Writer,
};
use dispatch_core::Alarm;
use hospital_selection::HospitalTable;
use model::{HospitalId, VitalReading};
use patient_history::{ConsentBasis, ConsentScope};

/// Who wrote it.
pub(crate) const fn writer_words(writer: &Writer) -> &'static str {
    match writer {
        Writer::Tablet { .. } => "隊",
        Writer::Server(OnBehalf::Dispatcher(_)) => "指令台",
        Writer::Server(OnBehalf::Desk { .. }) => "病院",
        Writer::Server(OnBehalf::Machine(_)) => "指令システム",
        Writer::Server(OnBehalf::System) => "サーバー",
    }
}

/// The kind of mark in front of a line: stage, enquiry or record.
pub(crate) const fn mark_of(body: &Body) -> &'static str {
    match body {
        Body::StageStamped { .. }
        | Body::StageReported { .. }
        | Body::CaseOpened { .. }
        | Body::UnitAssigned { .. }
        | Body::CaseEnded { .. } => "dot",
        Body::EnquirySent { .. }
        | Body::EnquiryDelivered { .. }
        | Body::EnquiryUnwatched { .. }
        | Body::AcceptanceWithdrawn { .. }
        | Body::DestinationChanged { .. }
        | Body::EnquirySeen { .. }
        | Body::EnquiryAnswered { .. }
        | Body::EnquiryReleased { .. }
        | Body::OfferTaken { .. }
        | Body::DestinationAgreed { .. }
        | Body::DestinationDecided { .. } => "square",
        Body::GapNoted { .. } | Body::EntriesLost { .. } | Body::Unknown { .. } => "diamond",
        _ => "circle",
    }
}

/// The fact in one line.
pub(crate) fn sentence(body: &Body, hospitals: &HospitalTable) -> String {
    match body {
        Body::CaseOpened { .. } => "119覚知・事案を開いた".to_owned(),
        Body::UnitAssigned { callsign, leg, .. } => {
            if *leg > 1 {
                format!("{callsign} に指令（{leg}区間目）")
            } else {
                format!("{callsign} に指令")
            }
        }
        Body::TabletJoined { reason, .. } => join_words(*reason).to_owned(),
        Body::StageStamped { stage, .. } => stage.ja().to_owned(),
        Body::StageUndone { .. } => "直前の段階を取り消した".to_owned(),
        Body::StageCorrected { to: Some(to), reason, .. } => {
            format!("時刻を {} に訂正（{}）", hms(*to), correction_words(*reason))
        }
        Body::StageCorrected { to: None, reason, .. } => {
            format!("段階の記録を取り下げた（{}）", correction_words(*reason))
        }
        Body::Observed { change } => observed_words(change),
        Body::CardRead { outcome: CardOutcome::Read, took_ms } => format!("カードを読み取った（{took_ms} ミリ秒）"),
        Body::CardRead { outcome: CardOutcome::Failed { code }, .. } => format!("カードを読めなかった（{code}）"),
        Body::IdentityJudged { level, same_person } => {
            let same = if *same_person { "本人と一致" } else { "本人と一致しない" };
            format!("本人確認（{}）: {same}", level.ja())
        }
        Body::ConsentRecorded { basis } => consent_words(basis),
        Body::ConsentWithdrawn { .. } => "同意が取り消された".to_owned(),
        Body::LookupAsked { .. } => "履歴を照会".to_owned(),
        Body::AttributesLookupAsked { .. } => "カードなしで履歴を照会（災害時・本人確認: 4情報）".to_owned(),
        Body::LookupReaches { period: patient_history::Period::Full, .. } => "全期間を照会".to_owned(),
        Body::LookupReaches { .. } => "要点の期間を照会".to_owned(),
        Body::LookupEnded { outcome, .. } => lookup_words(outcome),
        Body::HistoryViewed { .. } => "隊が要約を見た".to_owned(),
        Body::BelongingReturned { what: case::Belonging::Card } => "カードを返した".to_owned(),
        Body::BelongingReturned { what: case::Belonging::MedicineBook } => "お薬手帳を返した".to_owned(),
        Body::HandoverReceived { by } => format!("受け取った人: {}", by.ja()),
        Body::SensitiveOpened { .. } => "伏せた記録を隊が開いた".to_owned(),
        Body::HistoryWiped { cause, .. } => format!("タブレットから履歴を消した（{}）", wipe_words(*cause)),
        Body::SuggestionRecorded { .. } => "搬送先の候補を計算した".to_owned(),
        Body::HandoverSigned { hospital, name: by } => {
            format!("引継の受領に署名: {by}（{}）", name(hospitals, *hospital))
        }
        Body::HandoverDocumentMade { hospital, .. } => format!("引継書を作成（{}）", name(hospitals, *hospital)),
        Body::CaseEnded { ending } => format!("終了: {}", ending.ja()),
        Body::GapNoted { known_through, .. } => format!("記録の欠落の可能性（{known_through}件目まで受信）"),
        Body::EntriesLost { log, from, through } => {
            let lost = case::Lost { log: *log, from: *from, through: *through };
            format!("端末で読めなくなり失われた記録（{}）", seqs(&lost))
        }
        Body::TabletStarted { version, .. } => format!("タブレット起動（{version}）"),
        Body::CrewSignedIn { .. } => "隊員がサインイン".to_owned(),
        Body::NotebookRead { medicines, .. } => format!("お薬手帳を読み取った（薬 {medicines}件、内容は端末だけ）"),
        Body::OralHistoryNoted { change } => oral_words(change, hospitals),
        Body::CardBound { also_of: None, .. } => "カードを本人のものと確かめた".to_owned(),
        Body::CardBound { also_of: Some(other), .. } => {
            format!("カードを本人のものと確かめた（事案 {other} と同じカード、隊が確認）")
        }
        Body::CardReleased { .. } => "カードは本人のものではなかった".to_owned(),
        Body::TemporaryIdSet { id: Some(id) } => format!("身元不明 {}", case::temporary_letter(*id)),
        Body::TemporaryIdSet { id: None } => "身元不明を取り下げた".to_owned(),
        Body::IdentityFound { by: Some(by) } => format!("身元がわかった（{}）", by.ja()),
        Body::IdentityFound { by: None } => "身元がわかったことを取り下げた".to_owned(),
        Body::SamePatient { other, goes_on } if other == goes_on => {
            format!("事案 {other} と同じ傷病者: 記録はそちらに続く")
        }
        Body::SamePatient { other, .. } => format!("事案 {other} と同じ傷病者: 記録はこちらに続く"),
        Body::SamePatientUndone { .. } => "同じ傷病者としたことを取り消した".to_owned(),
        Body::Unknown { kind } => format!("この版では読めない記録（{kind}）"),
        other => dispatch_words(other).unwrap_or_else(|| enquiry_words(other, hospitals)),
    }
}

/// What the dispatch centre did beside sending units, and what crews made of it.
fn dispatch_words(body: &Body) -> Option<String> {
    Some(match body {
        Body::MessageToUnit { text, .. } => format!("隊へ連絡「{text}」"),
        Body::MessageShown { .. } => "連絡が隊の画面に出た".to_owned(),
        Body::MessageAcknowledged { .. } => "隊が連絡を了解".to_owned(),
        Body::CardAsked { answer } => format!("マイナ保険証とお薬手帳の用意: {}", answer.ja()),
        Body::StageReported { stage, at, .. } => format!("{}（{} と伝えられた）", stage.ja(), hms(*at)),
        Body::AlarmChecked { alarm, .. } => format!("確認済みにした: {}", mark_words(*alarm)),
        _ => return None,
    })
}

/// What an alarm is about, in words.
pub(crate) const fn mark_words(mark: AlarmMark) -> &'static str {
    match mark {
        AlarmMark::Difficult => "搬送困難",
        AlarmMark::Silent { .. } => "隊の無応答",
        AlarmMark::MayHaveGap { .. } => "記録の欠けの可能性",
        AlarmMark::Conflict { .. } => "搬送先が二つ",
        AlarmMark::Withdrawn { .. } => "受入取消",
        AlarmMark::AgreedElsewhere { .. } | AlarmMark::AcceptedInVain { .. } => "搬送先の食い違い",
    }
}

/// The same in English.
pub(crate) const fn mark_en(mark: AlarmMark) -> &'static str {
    match mark {
        AlarmMark::Difficult => "Hard to place",
        AlarmMark::Silent { .. } => "Unit silent",
        AlarmMark::MayHaveGap { .. } => "Record may have a gap",
        AlarmMark::Conflict { .. } => "Two destinations",
        AlarmMark::Withdrawn { .. } => "Acceptance withdrawn",
        AlarmMark::AgreedElsewhere { .. } | AlarmMark::AcceptedInVain { .. } => "Destinations differ",
    }
}

/// The alarm's sentence in English.
pub(crate) fn alarm_en(alarm: &Alarm) -> String {
    let what = mark_en(alarm.mark());
    match alarm {
        Alarm::Difficult { enquiries, minutes, .. } => format!("{what}: {enquiries} asked, {minutes} min on scene"),
        Alarm::Silent { since: Some(since), .. } => format!("{what} since {}", since.tokyo_hhmm()),
        Alarm::Silent { since: None, .. } => format!("{what}: never heard"),
        Alarm::MayHaveGap { known_through, .. } => format!("{what}: {known_through} entries received"),
        Alarm::Withdrawn { at, .. } => format!("{what} at {}: the destination is open again", at.tokyo_hhmm()),
        Alarm::AgreedElsewhere { at, .. } => format!("{what}: the crew agreed another hospital at {}", at.tokyo_hhmm()),
        Alarm::AcceptedInVain { at, .. } => {
            format!("{what}: a hospital said yes by telephone at {}, another one is decided", at.tokyo_hhmm())
        }
        Alarm::Conflict { version, .. } => format!("{what}: version {version}"),
    }
}

fn oral_words(change: &OralChange, hospitals: &HospitalTable) -> String {
    const BACK: &str = "取り下げ";
    let (what, answer) = match change {
        OralChange::Informant(by) => ("答えた人".to_owned(), by.map_or(BACK.to_owned(), |by| by.ja().to_owned())),
        OralChange::Topic { topic, answer } => {
            (topic.ja().to_owned(), answer.map_or(BACK, |answer| answer.ja()).to_owned())
        }
        OralChange::LastMeal(meal) => ("最後に食べた".to_owned(), meal.map_or(BACK, |meal| meal.ja()).to_owned()),
        OralChange::OwnHospital(own) => {
            ("かかりつけ".to_owned(), own.map_or(BACK.to_owned(), |own| name(hospitals, own)))
        }
    };
    format!("聞き取り {what}: {answer}")
}

/// Which entries of a log.
pub(crate) fn seqs(lost: &case::Lost) -> String {
    let case::Lost { from, through, .. } = lost;
    if from == through { format!("{from}件目") } else { format!("{from}〜{through}件目") }
}

fn name(hospitals: &HospitalTable, id: HospitalId) -> String {
    hospitals.get(id).map_or_else(|| format!("病院 {id}"), |h| h.short_name().to_owned())
}

fn enquiry_words(body: &Body, hospitals: &HospitalTable) -> String {
    match body {
        Body::EnquirySent { hospital, by_telephone, batch, .. } => {
            let how = if *by_telephone { "電話で照会" } else { "照会" };
            let together = if *batch > 1 { format!("（同時{batch}院）") } else { String::new() };
            format!("{how} → {}{together}", name(hospitals, *hospital))
        }
        Body::EnquiryDelivered { .. } => "病院の画面に届いた".to_owned(),
        Body::EnquiryUnwatched { .. } => "病院の画面を見ている人がいない: 電話へ".to_owned(),
        Body::EnquirySeen { .. } => "病院で人が見た".to_owned(),
        Body::AcceptanceWithdrawn { hospital, reason, .. } => {
            format!("{} が受入を取り消した（{}）", name(hospitals, *hospital), reason.ja())
        }
        Body::DestinationChanged { to, reason, .. } => {
            let to = to.map_or_else(|| "未定に戻した".to_owned(), |to| format!("→ {}", name(hospitals, to)));
            format!("隊が搬送先を変更 {to}（{}）", reason.ja())
        }
        Body::EnquiryAnswered { hospital, answer, .. } => {
            format!("{} の回答: {}", name(hospitals, *hospital), answer_words(answer))
        }
        Body::OfferTaken { .. } => "条件付きの申し出を受けた".to_owned(),
        Body::EnquiryReleased { reason, .. } => format!("照会を終えた（{}）", release_words(*reason)),
        Body::DestinationDecided { version, hospital, how, .. } => {
            let again = if *version > 1 { format!("（第{version}版）") } else { String::new() };
            format!("搬送先決定: {}（{}）{again}", name(hospitals, *hospital), how_words(*how))
        }
        Body::DestinationAgreed { hospital, .. } => format!("電話で了解: {}", name(hospitals, *hospital)),
        other => other.kind().to_owned(),
    }
}

/// An answer in words.
pub(crate) fn answer_words(answer: &EnquiryAnswer) -> String {
    match answer {
        EnquiryAnswer::Accepted => "受入可".to_owned(),
        EnquiryAnswer::Conditional { condition, expires_at } => {
            format!("条件付き「{condition}」{}まで", expires_at.tokyo_hhmm())
        }
        EnquiryAnswer::Declined(reason) => format!("不可（{}）", reason.ja()),
        EnquiryAnswer::NoAnswer => "回答なし".to_owned(),
    }
}

/// Why an enquiry ended, in words.
pub(crate) const fn release_words(reason: ReleaseReason) -> &'static str {
    match reason {
        ReleaseReason::DecidedElsewhere => "他院に決定",
        ReleaseReason::CrewWithdrew => "隊が取り下げ",
        ReleaseReason::CaseEnded => "事案終了",
        ReleaseReason::TimedOut => "時間内に回答なし",
    }
}

/// How a destination came to be, in words.
pub(crate) const fn how_words(how: HowDecided) -> &'static str {
    match how {
        HowDecided::Accepted => "受入可の回答",
        HowDecided::OfferTaken => "条件付きを受諾",
        HowDecided::Telephone => "電話で了解",
        HowDecided::CrewChanged => "隊が変更",
    }
}

/// The basis in words, with its scope.
pub(crate) fn consent_words(basis: &ConsentBasis) -> String {
    match basis {
        ConsentBasis::Spoken { scope, told_to_hospitals } => {
            let scope = match scope {
                ConsentScope::All => "すべて".to_owned(),
                ConsentScope::Only(kinds) => kinds.iter().map(|k| k.ja()).collect::<Vec<_>>().join("・"),
            };
            let told =
                if *told_to_hospitals { "病院への提供に同意" } else { "病院への提供は同意なし" };
            format!("口頭同意（範囲 {scope}・{told}）")
        }
        ConsentBasis::NotObtainable { reason } => format!("同意取得困難（{}）", reason.ja()),
        ConsentBasis::Refused { .. } => "不同意".to_owned(),
    }
}

fn lookup_words(outcome: &LookupOutcome) -> String {
    match outcome {
        LookupOutcome::Answered => "履歴の照会に回答があった".to_owned(),
        LookupOutcome::Failed { code } => format!("履歴を照会できなかった（{code}）"),
        LookupOutcome::Expired { code } => format!("履歴の照会は期限切れ（{code}）"),
    }
}

const fn join_words(reason: JoinReason) -> &'static str {
    match reason {
        JoinReason::Assigned => "タブレットが記録を始めた",
        JoinReason::TakenOver => "別のタブレットが引き継いだ",
        JoinReason::NewStore => "タブレットの保存領域が新しくなった",
        JoinReason::RecordedAgain => "続けられない記録を書きなおした",
    }
}

const fn correction_words(reason: CorrectionReason) -> &'static str {
    match reason {
        CorrectionReason::PressedLate => "押し遅れ",
        CorrectionReason::Mistake => "押し間違い",
        CorrectionReason::ClockWrong => "時計のずれ",
        CorrectionReason::RadioLog => "無線記録による",
    }
}

const fn wipe_words(cause: WipeCause) -> &'static str {
    match cause {
        WipeCause::HandedOver => "医師引継ぎ",
        WipeCause::Withdrawn => "同意取消",
        WipeCause::WrongPerson => "本人不一致",
        WipeCause::LockedOut => "画面ロック",
        WipeCause::WindowOver => "閲覧時間終了",
        WipeCause::CaseEnded => "事案終了",
    }
}

fn observed_words(change: &FindingsChange) -> String {
    match change {
        FindingsChange::Complaint { complaint, chosen: true } => format!("観察: {}", complaint.ja()),
        FindingsChange::Complaint { complaint, chosen: false } => format!("観察を取り消し: {}", complaint.ja()),
        FindingsChange::Jcs(Some(jcs)) => format!("意識 JCS {}", jcs_words(*jcs)),
        FindingsChange::Vital { vital, reading: Some(VitalReading::Measured(value)) } => {
            let (name, unit) = vital_words(*vital);
            format!("{name} {} {unit}", tenths(*vital, *value))
        }
        FindingsChange::Vital { vital, reading: Some(VitalReading::NotMeasurable) } => {
            format!("{} 測れない", vital_words(*vital).0)
        }
        FindingsChange::Vital { vital, reading: Some(VitalReading::NotMeasured) } => {
            format!("{} 測らない", vital_words(*vital).0)
        }
        FindingsChange::Vital { vital, reading: None } => format!("{} を取り消し", vital_words(*vital).0),
        FindingsChange::FollowUp { question, answer } => format!(
            "{} {}",
            question.ja(),
            match answer {
                Some(model::FollowUpAnswer::Yes) => "あり",
                Some(model::FollowUpAnswer::No) => "なし",
                Some(model::FollowUpAnswer::Unknown) => "不明",
                None => "未確認に戻した",
            }
        ),
        FindingsChange::Triage(Some(triage)) => format!("トリアージ {} {}", triage.numeral(), triage.ja()),
        FindingsChange::Sex(Some(sex)) => format!("性別 {}", sex.ja()),
        FindingsChange::AgeBand(Some(band)) => format!("年齢 {}0代（推定）", band.0),
        FindingsChange::AgeYears(Some(years)) => format!("年齢 {years}歳"),
        FindingsChange::Onset(Some(at)) => format!("発症・最終健常 {}", hms(*at)),
        FindingsChange::Jcs(None) => "意識 を取り消し".to_owned(),
        FindingsChange::Triage(None) => "トリアージ を取り消し".to_owned(),
        FindingsChange::Sex(None) => "性別 を取り消し".to_owned(),
        FindingsChange::AgeBand(None) | FindingsChange::AgeYears(None) => "年齢 を取り消し".to_owned(),
        FindingsChange::Onset(None) => "発症時刻 を取り消し".to_owned(),
    }
}
