//! The times of all stages with their correction, and the endings without a handover.

use super::{Shown, View, screen};
use crate::screens::Screen;
use crate::screens::ending::EndingVm;
use crate::screens::stage_times::{StageEditVm, StageTimeVm, StageTimesVm};
use crate::widgets::chips::ChipVm;
use case::{CorrectionReason, Ending};
use model::Stage;

/// Reasons for a correction, in screen order: ja, en.
pub(crate) const REASONS: [(CorrectionReason, &str, &str); 4] = [
    (CorrectionReason::PressedLate, "押し忘れ", "Pressed late"),
    (CorrectionReason::Mistake, "押しまちがい", "Mistake"),
    (CorrectionReason::ClockWrong, "時計のずれ", "Clock off"),
    (CorrectionReason::RadioLog, "無線の記録", "Radio log"),
];

pub(super) fn stages(view: &View<'_>) -> Shown {
    let case = view.case();
    let edit = view.nav.stage_edit;
    let stages = Stage::ALL
        .into_iter()
        .map(|stage| {
            let time = case.and_then(|c| c.view.stage(stage));
            let corrected = time.and_then(|t| t.corrected_from.map(|from| (from.tokyo_hhmm(), t.at.tokyo_hhmm())));
            StageTimeVm {
                word: view.say(stage.ja(), stage.en()),
                time: time.map(|t| t.at.tokyo_hhmm()),
                uncertain: time.is_some_and(|t| t.uncertain),
                corrected: corrected.map_or_else(String::new, |(from, to)| {
                    view.say(&format!("訂正 {from}→{to}"), &format!("was {from}"))
                }),
                chosen: edit.is_some_and(|e| e.stage == stage),
            }
        })
        .collect();
    screen(Screen::StageTimes(StageTimesVm {
        note: view.say("± は端末の時計が確かでなかった時刻", "±: the clock was not certain"),
        stages,
        edit: edit_vm(view),
    }))
}

fn edit_vm(view: &View<'_>) -> Option<StageEditVm> {
    let edit = view.nav.stage_edit?;
    let word = view.say(edit.stage.ja(), edit.stage.en());
    let Some(time) = view.case().and_then(|c| c.view.stage(edit.stage)) else {
        let can = view.open_case().is_some_and(|c| !c.view.is_closed());
        return Some(StageEditVm {
            record: can.then(|| word.clone()),
            missing: if can { String::new() } else { view.say("事案が終わっています", "the case is over") },
            word,
            ..StageEditVm::default()
        });
    };
    let from = time.at.tokyo_hhmm();
    let to = time.at.plus_minutes(edit.shift).tokyo_hhmm();
    let change = match (edit.removed, edit.shift) {
        (true, _) => view.say(&format!("{from} → なかった"), &format!("{from} → did not happen")),
        (false, 0) => from,
        (false, _) => format!("{from} → {to}"),
    };
    let changed = edit.removed || edit.shift != 0;
    let (record, missing) = match (changed, edit.reason) {
        (true, Some(_)) => (Some(change.clone()), String::new()),
        (true, None) => (None, view.say("理由を選ぶと押せます", "choose a reason first")),
        (false, _) => (None, view.say("時刻を動かすと押せます", "move the time first")),
    };
    let reason = |(r, ja, en): &(CorrectionReason, &str, &str)| ChipVm {
        word: view.say(ja, en),
        chosen: edit.reason == Some(*r),
    };
    Some(StageEditVm {
        word,
        stamped: true,
        change,
        removed: edit.removed,
        reasons: REASONS.iter().map(reason).collect(),
        record,
        missing,
    })
}

pub(super) fn endings(view: &View<'_>) -> Shown {
    let case = view.open_case().map_or_else(String::new, |c| {
        let n = c.view.patient_no.max(1);
        view.say(&format!("傷病者 {n}"), &format!("Patient {n}"))
    });
    let at = view.at().tokyo_hhmm();
    let callsign = &view.state.callsign;
    let chip = |e: Ending| ChipVm { word: view.say(e.ja(), en(e)), chosen: view.nav.ending == Some(e) };
    screen(Screen::Ending(EndingVm {
        case,
        endings: Ending::WITHOUT_HANDOVER.into_iter().map(chip).collect(),
        record: view.say(
            &format!("記録する内容: 終わり方 ・ {at} ・ {callsign}"),
            &format!("Recorded: how it ended, {at}, {callsign}"),
        ),
    }))
}

const fn en(ending: Ending) -> &'static str {
    match ending {
        Ending::HandedOver => "Handed over",
        Ending::NoPatient => "No patient",
        Ending::Refused => "Refused transport",
        Ending::ObviousDeath => "Obvious death",
        Ending::FalseAlarm => "False alarm",
        Ending::Cancelled => "Cancelled",
        Ending::OtherUnit => "Another unit",
        Ending::PassedToUnit => "Passed to another unit",
    }
}
