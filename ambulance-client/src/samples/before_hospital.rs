//! Turned out, on scene, a value, a stamp.

use super::shell::{self, Moment};
use super::{Sample, say};
use crate::screens::Screen;
use crate::screens::on_scene::{FollowUpsVm, OnSceneVm, SideCandidateVm, SideCandidatesVm};
use crate::screens::ready::ReadyVm;
use crate::screens::value_keypad::ValueKeypadVm;
use crate::text::Lang;
use crate::widgets::chips::{ChipVm, FollowUpState, FollowUpVm, TriageVm};
use crate::widgets::stage_strip::{StageCellVm, StageState};
use crate::widgets::value_cell::ValueVm;

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let contact = shell::at(lang, "10:27", Moment::Contact, 4);
    let stamped = shell::with_undo(lang, shell::at(lang, "10:31", Moment::InVehicle, 8));
    let offline = shell::offline(lang, shell::at(lang, "10:34", Moment::Contact, 11));
    vec![
        Sample { name: "01-ready", shell: shell::before_contact(lang), screen: Screen::Ready(ready(lang)) },
        Sample { name: "02-onscene", shell: contact.clone(), screen: Screen::OnScene(on_scene(lang)) },
        Sample { name: "02b-vital-keypad", shell: contact, screen: Screen::ValueKeypad(glucose(lang)) },
        Sample { name: "02c-stage-undo", shell: stamped, screen: Screen::OnScene(on_scene(lang)) },
        Sample { name: "09a-offline-onscene", shell: offline, screen: Screen::OnScene(on_scene(lang)) },
    ]
}

fn ready(lang: Lang) -> ReadyVm {
    let stages = [
        ("覚知", "Call", Some("10:14")),
        ("出動", "Dispatched", Some("10:16")),
        ("現場到着", "On scene", None),
        ("傷病者接触", "Patient contact", None),
        ("車内収容", "In vehicle", None),
        ("現場出発", "Depart", None),
        ("病院到着", "At hospital", None),
        ("医師引継ぎ", "Handed over", None),
    ];
    let stages = stages.iter().enumerate().map(|(i, (ja, en, time))| StageCellVm {
        word: say(lang, ja, en),
        time: time.map(str::to_owned),
        state: match i {
            0 | 1 => StageState::Done,
            2 => StageState::Next,
            _ => StageState::Later,
        },
    });
    ReadyVm {
        call: say(lang, "救急出動 ・ 指令番号 1120-0417", "Ambulance call ・ 1120-0417"),
        call_age: say(lang, "指令の内容 1分前", "call text 1 min"),
        headline: say(lang, "78歳 女性 ・ 自宅で転倒、頭を打った", "78 F ・ fell at home, hit her head"),
        detail: say(lang, "意識あり、呼びかけに返事。出血は少し。", "Conscious, answers. A little bleeding."),
        address: say(lang, "青波市汐見台 3-12-4 ハイツ汐見 203号", "Aonami, Shiomidai 3-12-4, Heights 203"),
        place_note: say(
            lang,
            "2階 ・ エレベーターなし ・ 通報は同居の娘",
            "2nd floor ・ no lift ・ called by her daughter",
        ),
        eta_minutes: Some(2),
        card: (
            say(lang, "娘が手元に用意", "Daughter has it"),
            say(lang, "10:17 通報者に確認", "10:17 asked the caller"),
        ),
        candidates: (
            say(lang, "4か所", "4 hospitals"),
            say(lang, "空床の申告 3分前〜26分前", "beds told 3 to 26 min ago"),
        ),
        stages: stages.collect(),
    }
}

pub(super) fn values(lang: Lang, glucose: Option<&str>) -> Vec<ValueVm> {
    let rows = [
        ("呼吸", "Resp.", "回/分", "/min", Some("20")),
        ("脈拍", "Pulse", "回/分", "/min", Some("88")),
        ("血圧", "BP", "mmHg", "mmHg", Some("168/92")),
        ("SpO2", "SpO2", "%", "%", Some("96")),
        ("体温", "Temp.", "℃", "℃", Some("36.8")),
        ("血糖", "Glu.", "mg/dL", "mg/dL", glucose),
    ];
    let value = |(ja, en, unit_ja, unit_en, value): (&str, &str, &str, &str, Option<&str>)| ValueVm {
        label: say(lang, ja, en),
        unit: say(lang, unit_ja, unit_en),
        value: value.map(str::to_owned),
    };
    rows.map(value).to_vec()
}

fn on_scene(lang: Lang) -> OnSceneVm {
    let complaints = [
        ("頭部打撲", "Head injury"),
        ("意識の変化", "Altered"),
        ("胸痛", "Chest pain"),
        ("呼吸苦", "Dyspnoea"),
        ("頭痛", "Headache"),
        ("麻痺・ろれつ", "Stroke signs"),
        ("けいれん", "Seizure"),
        ("腹痛", "Abd. pain"),
        ("吐血・下血", "GI bleeding"),
        ("発熱", "Fever"),
        ("外傷", "Trauma"),
        ("その他", "Other"),
    ];
    let chip = |(i, (ja, en)): (usize, (&str, &str))| ChipVm { word: say(lang, ja, en), chosen: i < 2 };
    let jcs = ["0", "1", "2", "3", "10", "20", "30", "100", "200", "300"];
    let follow = |ja: &str, en: &str, state| FollowUpVm { word: say(lang, ja, en), state, value: None };
    OnSceneVm {
        complaints: complaints.into_iter().enumerate().map(chip).collect(),
        jcs: jcs.map(|word| ChipVm { word: word.to_owned(), chosen: word == "2" }).to_vec(),
        values: values(lang, None),
        follow_ups: Some(FollowUpsVm {
            title: say(lang, "頭部打撲のとき", "With a head injury"),
            chips: vec![
                follow("嘔吐", "Vomiting", FollowUpState::No),
                follow("麻痺", "Palsy", FollowUpState::No),
                follow("けいれん", "Seizure", FollowUpState::Untouched),
                FollowUpVm {
                    word: say(lang, "受傷", "Injured"),
                    state: FollowUpState::Untouched,
                    value: Some("10:05".to_owned()),
                },
            ],
        }),
        triage: Some(TriageVm::Yellow),
        candidates: candidates(lang),
    }
}

fn candidates(lang: Lang) -> SideCandidatesVm {
    let best = [
        ("青波中央病院", "Aonami Chuo", 31, [12, 6, 11, 2], 3),
        ("汐見台記念病院", "Shiomidai Mem.", 32, [9, 8, 12, 3], 25),
        ("青波大学病院", "Aonami Univ.", 39, [19, 7, 9, 4], 8),
    ];
    let row = |(ja, en, minutes, [drive, reply, treat, load], age): (&str, &str, i32, [i32; 4], i32)| SideCandidateVm {
        name: say(lang, ja, en),
        minutes,
        old: age >= 15,
        lines: match lang {
            Lang::Ja => vec![format!("移動{drive} 受入{reply} 治療{treat}"), format!("混雑{load} ・ 空床 {age}分前")],
            Lang::En => vec![
                format!("Drive {drive} Reply {reply}"),
                format!("Treat {treat} Load {load}"),
                format!("beds {age} min"),
            ],
        },
    };
    SideCandidatesVm {
        note: say(lang, "病歴なし ・ 空床 3分前", "no history"),
        warn: false,
        best: best.map(row).to_vec(),
    }
}

fn glucose(lang: Lang) -> ValueKeypadVm {
    ValueKeypadVm {
        title: say(lang, "血糖", "Glucose"),
        unit: "mg/dL".to_owned(),
        value: "112".to_owned(),
        taken_at: say(lang, "10:28 測定", "taken 10:28"),
        advice: say(lang, "測定器の表示をそのまま入れます", "as the meter shows it"),
        previous: say(lang, "まえの値 なし", "No value before"),
        parts: Vec::new(),
        limits: true,
        next_item: say(lang, "区分", "Category"),
        revert: Some(say(lang, "もどす(112 → ―)", "Revert (112 → ―)")),
        record_note: Some(say(lang, "血糖 112", "Glucose 112")),
        missing: String::new(),
    }
}
