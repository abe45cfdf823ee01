//! 出動中, and standing by without a case.

use super::{Shown, View, screen};
use crate::screens::Screen;
use crate::screens::ready::ReadyVm;
use crate::widgets::stage_strip::{StageCellVm, StageState};
use ambulance_core::CaseState;
use model::Stage;

/// The eight stages of the strip; 指令 and 帰署 stand on the page of all times.
pub(crate) const STRIP: [Stage; 8] = [
    Stage::CallReceived,
    Stage::EnRoute,
    Stage::OnScene,
    Stage::AtPatient,
    Stage::InVehicle,
    Stage::LeftScene,
    Stage::AtDestination,
    Stage::TransferOfCare,
];

pub(super) fn ready(view: &View<'_>) -> Shown {
    let vm = view.open_case().map_or_else(|| standby(view), |case| called(view, case));
    screen(Screen::Ready(vm))
}

fn standby(view: &View<'_>) -> ReadyVm {
    let session = view.state.crew.as_ref();
    let detail = session.map_or_else(
        || view.say("サインインしていません。病歴の照会はできません。", "Nobody is signed in: no history look-up."),
        |s| {
            view.say(
                &format!("サインイン {} ・ {} まで", s.name, s.until.tokyo_hhmm()),
                &format!("Signed in {} until {}", s.name, s.until.tokyo_hhmm()),
            )
        },
    );
    let address = format!("{} {}", view.department(), view.state.callsign);
    ReadyVm {
        call: view.say("待機中", "Standing by"),
        headline: view.say("指令を待っています", "Waiting for a call"),
        detail,
        address,
        place_note: view.say("指令が届くと、この画面に出ます", "A call appears here by itself"),
        card: (view.say("―", "―"), view.say("事案がありません", "no case")),
        candidates: (view.say("―", "―"), beds_age(view)),
        stages: strip(view, None),
        ..ReadyVm::default()
    }
}

fn called(view: &View<'_>, case: &CaseState) -> ReadyVm {
    let said = case.view.call_text.as_deref().unwrap_or_default().trim();
    let (headline, detail) = split(said);
    let headline = if headline.is_empty() {
        view.say("通報の内容は届いていません", "No call text has come")
    } else {
        headline
    };
    let received = case.view.stage(Stage::CallReceived).or_else(|| case.view.stage(Stage::Notified));
    let n = case.view.patient_no.max(1);
    let candidates = view.ranking().map_or(0, |r| r.candidates.len());
    let (count, count_note) = if candidates == 0 {
        (view.say("計算できません", "none yet"), view.say("場所がまだわかりません", "the place is not known"))
    } else {
        (view.say(&format!("{candidates}か所"), &format!("{candidates} hospitals")), beds_age(view))
    };
    ReadyVm {
        call: view.say(&format!("救急出動 ・ 傷病者 {n}"), &format!("Ambulance call ・ patient {n}")),
        call_age: received.map_or_else(String::new, |t| {
            view.say(&format!("指令の内容 {}", view.ago(t.at)), &format!("call text {}", view.ago(t.at)))
        }),
        headline,
        detail,
        address: case.view.place.clone().unwrap_or_else(|| view.say("場所の言葉はありません", "No place in words")),
        place_note: units(view, case),
        eta_minutes: None,
        card: (card_said(view, case), view.say("あれば置くだけで読みます", "read when put down")),
        candidates: (count, count_note),
        stages: strip(view, Some(case)),
    }
}

/// What the caller said of card and notebook.
fn card_said(view: &View<'_>, case: &CaseState) -> String {
    match case.view.card_asked {
        Some((answer, at)) => {
            let at = at.tokyo_hhmm();
            view.say(&format!("{} {at}", answer.ja()), &format!("{} {at}", answer.en()))
        }
        None => view.say("未確認", "not known"),
    }
}

/// The first sentence, and the rest.
fn split(said: &str) -> (String, String) {
    let cut = said.char_indices().find(|(_, c)| matches!(c, '。' | '\n' | '.')).map(|(i, c)| (i, i + c.len_utf8()));
    match cut {
        Some((end, next)) => {
            (said.get(..end).unwrap_or(said).trim().to_owned(), said.get(next..).unwrap_or_default().trim().to_owned())
        }
        None => (said.to_owned(), String::new()),
    }
}

fn units(view: &View<'_>, case: &CaseState) -> String {
    let names: Vec<&str> = case.view.units.values().flatten().map(|(_, name)| name.as_str()).collect();
    if names.is_empty() { String::new() } else { format!("{} {}", view.pick("出動隊", "Units"), names.join("・")) }
}

fn beds_age(view: &View<'_>) -> String {
    view.state.capacity_at.map_or_else(
        || view.say("空床の申告はまだありません", "no bed report yet"),
        |at| view.say(&format!("空床の申告 {}", view.ago(at)), &format!("beds told {}", view.ago(at))),
    )
}

fn strip(view: &View<'_>, case: Option<&CaseState>) -> Vec<StageCellVm> {
    let next = case.and_then(|c| c.view.next_stage());
    STRIP
        .into_iter()
        .map(|stage| {
            let time = case.and_then(|c| c.view.stage(stage));
            StageCellVm {
                word: view.say(stage.ja(), stage.en()),
                time: time.map(View::stage_time),
                state: match (time, next == Some(stage)) {
                    (Some(_), _) => StageState::Done,
                    (None, true) => StageState::Next,
                    (None, false) => StageState::Later,
                },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_first_sentence_is_the_headline() {
        assert_eq!(split("78歳女性、転倒。意識あり。"), ("78歳女性、転倒".into(), "意識あり。".into()));
        assert_eq!(split("胸痛"), ("胸痛".into(), String::new()));
    }
}
