//! カード: face, consent, refused, another person; the reading that ended otherwise is in `ladder`.

use super::lists::plain;
use super::{Shown, View, ladder, number_b, pin, screen, shell, staff_password, who, without_card};
use crate::frame::Tab;
use crate::screens::Screen;
use crate::screens::card::{CardState as Lamp, CardStatusVm, CardVm};
use crate::screens::consent_refused::ConsentRefusedVm;
use crate::screens::consent_unobtainable::ConsentUnobtainableVm;
use crate::screens::list::{ListRowKind, ListRowVm, ListVm};
use crate::screens::mismatch::{MismatchRowVm, MismatchVm};
use crate::widgets::chips::ChipVm;
use ambulance_core::state::CardSummary;
use ambulance_core::{CardState, CaseState, ReaderState};
use card::Failure;
use patient_history::{ConsentBasis, ConsentScope, IdentityLevel, NotObtainableReason, RefusalReason};

pub(super) fn card(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case() else {
        return plain_card(view);
    };
    if let Some(error) = staff_password::trouble(case) {
        return staff_password::waiting(view, error);
    }
    match &case.card {
        CardState::Done(_) | CardState::None if ladder::is_queued(case) => ladder::queued(view, case),
        CardState::Face(_) if case.number_b.face().is_some() => number_b::opened(view, case),
        CardState::Face(summary) => face(view, case, summary),
        CardState::Consent(summary) => consent(view, case, summary),
        CardState::Pin(_) => pin::keypad(view),
        CardState::None if view.state.reader == ReaderState::Missing => ladder::failed(view, Failure::NoReader),
        CardState::None if case.view.consent().is_some() => done(view, case),
        CardState::None | CardState::Reading => plain_card(view),
        CardState::OfOther { other, .. } => screen(Screen::Mismatch(who::of_other(view, *other))),
        CardState::Mismatch => screen(Screen::Mismatch(mismatch(view))),
        CardState::Refused => screen(Screen::ConsentRefused(refused(view, case))),
        CardState::Done(_) => done(view, case),
        CardState::Failed(failure) => ladder::failed(view, *failure),
    }
}

fn plain_card(view: &View<'_>) -> Shown {
    let disaster = without_card::offer(view);
    screen(Screen::Card(CardVm { status: reader(view), disaster, ..CardVm::default() }))
}

/// 目視, one tap; 照合番号B and the PIN stand beside it.
fn face(view: &View<'_>, case: &CaseState, summary: &CardSummary) -> Shown {
    let consent = case.view.consent().filter(|_| summary.consented);
    screen(Screen::Card(CardVm {
        status: read(view, summary),
        without_pin: !view.state.pin_offered,
        no_pin: pin::offer(view).err(),
        consented_at: consent.map(|consent| view.own_time(consent.at).tokyo_hhmm()),
        ..CardVm::default()
    }))
}

fn consent(view: &View<'_>, case: &CaseState, summary: &CardSummary) -> Shown {
    if summary.is_without_card() {
        let status = told(view, summary);
        let told = Some(without_card::as_told(view));
        return screen(Screen::Card(CardVm { status, told, ..CardVm::default() }));
    }
    let by_pin = summary.by_pin();
    let matched_at = if by_pin { None } else { matched_at(case) };
    screen(Screen::Card(CardVm { status: read(view, summary), matched_at, by_pin, ..CardVm::default() }))
}

/// There is no card: what the crew was told stands in its place.
fn told(view: &View<'_>, summary: &CardSummary) -> CardStatusVm {
    CardStatusVm {
        state: Lamp::None,
        title: view.say("カードなしで照会します(災害時)", "Look-up without a card (disaster)"),
        note: view.say(
            "本人確認: 4情報 ・ 一人に絞れたときだけ回答があります",
            "identity: name, birth, sex, address ・ must fit one person",
        ),
        right: View::hms(summary.read_at),
    }
}

fn matched_at(case: &CaseState) -> Option<String> {
    // The judgement's own time is not in the view; the reading's is, and both are seconds apart.
    case.view.card.as_ref().map(|(_, at)| at.tokyo_hhmm())
}

/// `顔の一致 10:29`.
pub(super) fn matched_words<'v>(view: &'v View<'_>) -> impl Fn(&CaseState) -> Option<String> + 'v {
    move |case| match &case.card {
        CardState::Consent(summary) if summary.by_pin() => Some(view.say("暗証番号で確かめます", "by PIN")),
        CardState::Consent(summary) if summary.is_without_card() => {
            Some(view.say("カードなし ・ 4情報", "no card, four details"))
        }
        _ => matched_at(case).map(|at| view.say(&format!("顔の一致 {at}"), &format!("face matched {at}"))),
    }
}

fn reader(view: &View<'_>) -> CardStatusVm {
    let (state, ja, en, note_ja, note_en) = match view.state.reader {
        ReaderState::Unknown => (
            Lamp::None,
            "リーダーを調べています",
            "Looking for the reader",
            "カードなしでも、すべて使えます",
            "everything works without a card",
        ),
        ReaderState::Missing => (
            Lamp::None,
            "リーダーがつながっていません",
            "No reader",
            "ケーブルを差し直してください",
            "plug its cable in again",
        ),
        ReaderState::Empty => (
            Lamp::None,
            "カードをリーダーに置いてください",
            "Put the card on the reader",
            "置くと自動で読みます。押す必要はありません",
            "it is read by itself, no press needed",
        ),
        ReaderState::Reading { .. } => {
            (Lamp::Reading, "カードを読んでいます", "Reading the card", "動かさないでください", "do not move it")
        }
        ReaderState::Card => (
            Lamp::None,
            "カードが置かれています",
            "A card lies on the reader",
            "読みなおすときは、いちど離してください",
            "lift it once to read again",
        ),
    };
    let note = if view.open_case().is_none() {
        view.say("事案が始まると読めます", "read once a case has begun")
    } else {
        view.say(note_ja, note_en)
    };
    CardStatusVm { state, title: view.say(ja, en), note, right: String::new() }
}

fn read(view: &View<'_>, summary: &CardSummary) -> CardStatusVm {
    let (note_ja, note_en) = if summary.by_pin() {
        ("同意のあと、本人が暗証番号を押します", "the patient keys the PIN after the consent")
    } else if summary.in_grace {
        (
            "証明書は期限切れ(3か月以内) ・ 照会してみてください",
            "certificate expired within 3 months ・ try the look-up",
        )
    } else {
        (
            "証明書は有効 ・ 暗証番号は使いません ・ 個人番号は読みません",
            "certificate valid ・ no PIN ・ the number is not read",
        )
    };
    let tenths = summary.took_ms / 100;
    let took = if tenths == 0 {
        view.say("0.1秒未満", "under 0.1 s")
    } else {
        let (s, t) = (tenths / 10, tenths % 10);
        view.say(&format!("{s}.{t}秒"), &format!("{s}.{t} s"))
    };
    let at = View::hms(summary.read_at);
    CardStatusVm {
        state: Lamp::Read,
        title: view.say("カードを読みました", "Card read"),
        note: view.say(note_ja, note_en),
        right: format!("{at} ・ {took}"),
    }
}

fn mismatch(view: &View<'_>) -> MismatchVm {
    let seen = view.sex_and_age();
    MismatchVm {
        rows: vec![MismatchRowVm {
            what: view.say("顔", "Face"),
            card: view.say("券面の写真", "photo on the card"),
            observed: if seen.is_empty() { view.say("目の前の人", "this person") } else { seen },
            differs: true,
        }],
        undecided: false,
        of_other: None,
    }
}

fn refused(view: &View<'_>, case: &CaseState) -> ConsentRefusedVm {
    let told = match case.view.consents.last().map(|c| &c.basis) {
        Some(ConsentBasis::Refused { reason }) => *reason,
        _ => None,
    };
    let chip = |r: RefusalReason| ChipVm { word: view.say(r.ja(), r.en()), chosen: told == Some(r) };
    ConsentRefusedVm { reasons: RefusalReason::ALL.into_iter().map(chip).collect() }
}

pub(super) fn unobtainable(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case().filter(|c| matches!(c.card, CardState::Consent(_))) else { return card(view) };
    let matched = matched_words(view)(case).unwrap_or_default();
    let chip =
        |r: NotObtainableReason| ChipVm { word: view.say(r.ja(), r.en()), chosen: view.nav.unobtainable == Some(r) };
    let crew =
        view.state.crew.as_ref().map_or_else(|| view.say("(サインインなし)", "(not signed in)"), |c| c.name.clone());
    let at = view.at().tokyo_hhmm();
    let how = match &case.card {
        CardState::Consent(summary) if summary.is_without_card() => summary.level.ja(),
        _ => "目視",
    };
    screen(Screen::ConsentUnobtainable(ConsentUnobtainableVm {
        matched,
        reasons: NotObtainableReason::ALL.into_iter().map(chip).collect(),
        record: view.say(
            &format!("記録する内容: {crew} ・ {at} ・ 理由 ・ 見た項目 ・ {how}。本人はマイナポータルで照会の履歴を見られます。あとで審査があります。"),
            &format!("Recorded: {crew}, {at}, the reason, what was seen. The patient can see it on Mynaportal. It is reviewed."),
        ),
    }))
}

/// What the consent covers, in words.
pub(super) fn basis_words(view: &View<'_>, basis: &ConsentBasis) -> String {
    match basis {
        ConsentBasis::Spoken { scope: ConsentScope::All, .. } => view.say("口頭・すべて", "spoken, all"),
        ConsentBasis::Spoken { scope: ConsentScope::Only(kinds), .. } => {
            let words: Vec<&str> = kinds.iter().map(|k| view.pick(k.ja(), k.en())).collect();
            view.say(&format!("口頭・{}", words.join("と")), &format!("spoken, {}", words.join(", ")))
        }
        ConsentBasis::NotObtainable { reason } => {
            view.say(&format!("得られず({})", reason.ja()), &format!("not obtainable ({})", reason.en()))
        }
        ConsentBasis::Refused { .. } => view.say("断られた", "refused"),
    }
}

/// A basis is recorded: what it says, and the way to take it back.
fn done(view: &View<'_>, case: &CaseState) -> Shown {
    let mut rows = Vec::new();
    let consent = case.view.consents.last();
    if let Some(consent) = consent {
        let at = consent.at.tokyo_hhmm();
        let words = basis_words(view, &consent.basis);
        let state = if consent.withdrawn {
            view.say("取り消されました", "withdrawn")
        } else {
            view.say("有効", "stands")
        };
        rows.push(plain(view.say(&format!("同意 {words}"), &format!("Consent: {words}")), format!("{at} ・ {state}")));
    }
    if let Some((level, same, _)) = &case.view.identity {
        let word = if *same { view.say("一致", "same person") } else { view.say("一致しない", "not the same") };
        rows.push(plain(view.say("本人確認", "Identity"), format!("{} ・ {word}", view.pick(level.ja(), level.en()))));
    }
    let of_lookup = case.history.lookup().and_then(|lookup| case.view.lookups.get(&lookup)).map(|state| state.level);
    if let Some(level) = of_lookup.filter(|level| *level == IdentityLevel::FourAttributes) {
        rows.push(plain(view.say("本人確認", "Identity"), view.say(level.ja(), level.en())));
    }
    if let Some(answer) = case.history.answer() {
        rows.push(plain(view.say("病歴", "History"), shell::person(view, answer)));
    }
    if consent.is_some_and(|c| !c.withdrawn) {
        rows.push(ListRowVm {
            kind: ListRowKind::Opens,
            strong: view.say("同意を取り消す", "Withdraw the consent"),
            note: view.say(
                "本人が取りやめたいとき。病歴はこの端末から消えます",
                "when the patient takes it back; the history goes",
            ),
            right: String::new(),
        });
    }
    screen(Screen::List(ListVm {
        tab: Some(Tab::Card),
        title: view.say("同意は記録されています", "The consent is recorded"),
        rows,
        rule: Some((
            String::new(),
            view.say("カードを置きなおせば、もう一度たずねられます。", "Put the card down again to ask again."),
        )),
        back_to: view.words().tab_assess.to_owned(),
        primary: Some((view.words().tab_history.to_owned(), String::new())),
        ..ListVm::default()
    }))
}
