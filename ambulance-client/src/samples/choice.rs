//! The candidates, another hospital, the enquiries.

use super::shell::{self, Moment};
use super::{Sample, say};
use crate::screens::Screen;
use crate::screens::enquiry::EnquiryVm;
use crate::screens::hospitals::{HospitalsVm, TogetherVm};
use crate::screens::override_choice::OverrideChoiceVm;
use crate::text::Lang;
use crate::widgets::chips::ChipVm;
use crate::widgets::enquiry_row::{AnswerVm, EnquiryRowVm};
use crate::widgets::hospital_row::HospitalRowVm;

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let vehicle = shell::at(lang, "10:33", Moment::InVehicle, 10);
    let mut hard = shell::at(lang, "10:54", Moment::InVehicle, 31);
    hard.stage_cell.warn = true;
    if let Some(state) = hard.rail.get_mut(3) {
        *state = say(lang, "照会 5", "Ask 5");
    }
    let mut open = shell::at(lang, "10:57", Moment::InVehicle, 34);
    open.stage_cell.warn = true;
    vec![
        Sample { name: "06b-taken-back", shell: open, screen: Screen::Enquiry(taken_back(lang)) },
        Sample { name: "05-hospitals", shell: vehicle.clone(), screen: Screen::Hospitals(hospitals(lang)) },
        Sample { name: "05b-override", shell: vehicle.clone(), screen: Screen::OverrideChoice(other(lang)) },
        Sample { name: "05h-together", shell: vehicle.clone(), screen: Screen::Hospitals(together(lang)) },
        Sample { name: "05i-nowhere", shell: vehicle, screen: Screen::OverrideChoice(nowhere(lang)) },
        Sample { name: "06-enquiry", shell: hard, screen: Screen::Enquiry(enquiry(lang)) },
    ]
}

fn row(
    lang: Lang,
    rank: u32,
    name: (&str, &str),
    terms: [i32; 6],
    reasons: (&str, &str),
    state: (&str, u32),
) -> HospitalRowVm {
    let (p, age) = state;
    HospitalRowVm {
        rank,
        name: say(lang, name.0, name.1),
        minutes: terms.iter().sum(),
        terms,
        reasons: say(lang, reasons.0, reasons.1),
        state: say(lang, &format!("受入確率 {p} ・ 空床 {age}分前"), &format!("accept {p} ・ beds {age} min")),
        old: age >= 15,
        selected: rank == 1,
    }
}

fn rows(lang: Lang) -> Vec<HospitalRowVm> {
    vec![
        row(
            lang,
            1,
            ("青波中央病院", "Aonami Chuo"),
            [12, 6, 11, 2, 0, -2],
            ("頭部CT ○ 脳外科24時間 ○ 入院透析 ○", "CT ○ Neurosurgery ○ Dialysis ○"),
            ("0.72", 4),
        ),
        row(
            lang,
            2,
            ("青波大学病院", "Aonami Univ."),
            [19, 7, 9, 4, 0, -5],
            ("手術した病院 ○ 脳外科24時間 ○ 透析 ○", "Operated here ○ Neurosurgery ○"),
            ("0.61", 9),
        ),
        row(
            lang,
            3,
            ("汐見台記念病院", "Shiomidai Mem."),
            [9, 8, 12, 3, 6, 0],
            ("頭部CT ○ 入院透析 ○ 脳外科 当番外 ×", "CT ○ Dialysis ○ Neurosurg. off duty ×"),
            ("0.55", 26),
        ),
        row(
            lang,
            4,
            ("県東救命センター", "Kento Critical"),
            [24, 5, 8, 4, 0, 0],
            ("三次 ○ 脳外科24時間 ○ 入院透析 ○", "Tertiary ○ Neurosurgery ○ Dialysis ○"),
            ("0.80", 7),
        ),
    ]
}

fn hospitals(lang: Lang) -> HospitalsVm {
    HospitalsVm {
        changed: Some((
            say(lang, "病歴で順位が変わりました", "History changed the order"),
            say(
                lang,
                "青波大学病院 3位 → 2位(手術 2023-06)  汐見台記念病院 2位 → 3位",
                "Aonami Univ. 3 → 2 (surgery 2023-06) ・ Shiomidai 2 → 3",
            ),
        )),
        count: 4,
        rows: rows(lang),
        excluded: Some((
            say(lang, "除外 3", "3 excluded"),
            say(
                lang,
                "市民第二病院 CT停止 09:12\nさくら台病院 入院透析なし ・ 北浜病院 受入停止 10:20",
                "Shimin Daini: CT down 09:12\nSakuradai: no inpatient dialysis ・ Kitahama: closed 10:20",
            ),
        )),
        credit: Some(say(
            lang,
            "移動時間の道路データ © OpenStreetMap contributors",
            "Roads: © OpenStreetMap contributors",
        )),
        footer: say(
            lang,
            "最終の受入は照会で確かめます ・ 規則 v1.2 ・ 名簿 2026-04-01版",
            "The hospital confirms on enquiry ・ rules v1.2 ・ list 2026-04-01",
        ),
        ask: Some(say(lang, "青波中央病院", "Aonami Chuo")),
        together: TogetherVm {
            whom: say(lang, "おすすめ 2か所", "proposed: 2"),
            minutes: say(lang, "見込み 25分(順に 29分)", "25 min, in turn 29"),
            picked: false,
        },
        last_resort: Some((
            say(lang, "不可 3件で最終受入", "Last resort after 3"),
            vec![say(lang, "県東救命センター", "Kento Critical")],
        )),
    }
}

fn other(lang: Lang) -> OverrideChoiceVm {
    let hospitals = [
        ("青波大学病院 34分", "Aonami Univ. 34 min"),
        ("汐見台記念病院 38分", "Shiomidai Mem. 38 min"),
        ("県東救命センター 41分", "Kento Critical 41 min"),
    ];
    let reasons = [
        ("本人・家族の希望", "Patient's or family's wish"),
        ("かかりつけ", "Regular hospital"),
        ("道路の状況", "Road"),
        ("現場の判断", "Judged on scene"),
        ("医師の指示", "Doctor's order"),
        ("指令台の指示", "Dispatch's order"),
        ("病院からの申し出", "The hospital offered"),
        ("その他(あとで記録)", "Other (noted later)"),
    ];
    let chip = |(ja, en): &(&str, &str), chosen| ChipVm { word: say(lang, ja, en), chosen };
    OverrideChoiceVm {
        first: say(lang, "1位は 青波中央病院 29分", "first is Aonami Chuo 29 min"),
        hospitals: hospitals.iter().enumerate().map(|(i, w)| chip(w, i == 1)).collect(),
        reasons: reasons.iter().enumerate().map(|(i, w)| chip(w, i == 0)).collect(),
        compare: Some((
            say(lang, "汐見台記念病院は 1位より 9分 長い見込み", "Shiomidai Mem. takes 9 min more than the first"),
            say(
                lang,
                "9 移動 + 8 受入 + 12 治療 + 3 混雑 + 6 不足(脳外科 当番外)= 38分",
                "9 drive + 8 reply + 12 treat + 3 load + 6 lack (neurosurgery) = 38 min",
            ),
        )),
        changes: false,
        nowhere: None,
        ask: Some((say(lang, "汐見台記念病院", "Shiomidai Mem."), say(lang, "本人・家族の希望", "family's wish"))),
    }
}

/// Those that are proposed are chosen; long names everywhere.
fn together(lang: Lang) -> HospitalsVm {
    let mut vm = HospitalsVm { changed: None, ..hospitals(lang) };
    let names = [
        ("災害医療センター", "Disaster Medical"),
        ("東京都立多摩総合医療センター", "Tama General Medical"),
        ("武蔵野赤十字病院", "Musashino Red Cross"),
        ("公立昭和病院", "Showa Public"),
    ];
    for (row, name) in vm.rows.iter_mut().zip(names) {
        row.name = say(lang, name.0, name.1);
        row.selected = row.rank <= 2;
    }
    vm.together.picked = true;
    vm.ask = Some(say(lang, "災害医療センター\nほか 1か所", "Disaster Medical\nand 1 more"));
    vm.last_resort = Some((
        say(lang, "最終受入を頼む時期", "Last resort: now"),
        vec![say(lang, "東京都立多摩総合医療センター", "Tama General Medical")],
    ));
    vm
}

/// A destination stands and is given up.
fn nowhere(lang: Lang) -> OverrideChoiceVm {
    let mut vm = OverrideChoiceVm { changes: true, compare: None, ..other(lang) };
    for chip in &mut vm.hospitals {
        chip.chosen = false;
    }
    let word = say(lang, "搬送先を未定にもどす", "No destination");
    vm.nowhere = Some(ChipVm { word: word.clone(), chosen: true });
    vm.ask = Some((word, say(lang, "本人・家族の希望", "family's wish")));
    vm
}

fn enquiry(lang: Lang) -> EnquiryVm {
    let declined = |ja: &str, en: &str, note_ja: &str, note_en: &str| EnquiryRowVm {
        answer: AnswerVm::Declined,
        word: say(lang, "不可", "Declined"),
        name: say(lang, ja, en),
        note: say(lang, note_ja, note_en),
        button: None,
        highlighted: false,
    };
    EnquiryVm {
        alarm: Some((
            say(lang, "搬送困難 ― 照会 5件 ・ 現場 31分", "Hard to place: 5 asked, 31 min"),
            say(lang, "指令台にも同じ表示 ・ 指令員が 10:54 に見ました", "Dispatch sees this too ・ seen there 10:54"),
        )),
        asked: say(lang, "一斉照会 10:34(3件)・ 追加 10:48(2件)", "together 10:34 (3) ・ more 10:48 (2)"),
        rows: vec![
            EnquiryRowVm {
                answer: AnswerVm::Conditional,
                word: say(lang, "条件付", "Conditional"),
                name: say(lang, "青波大学病院", "Aonami Univ."),
                note: say(lang, "10:53 救急外来 CT 15分待ち ・ 確保 あと 4:10", "10:53 CT in 15 min ・ held 4:10 more"),
                button: Some(say(lang, "条件を見る", "Condition")),
                highlighted: true,
            },
            EnquiryRowVm {
                answer: AnswerVm::Waiting,
                word: say(lang, "待ち 1:12", "Wait 1:12"),
                name: say(lang, "東青波総合病院", "East Aonami General"),
                note: say(
                    lang,
                    "10:53 見た ・ 返事なし → 0:48 で電話に切替",
                    "10:53 seen ・ no answer → phone in 0:48",
                ),
                button: Some(say(lang, "電話した", "Phoned")),
                highlighted: false,
            },
            declined("青波中央病院", "Aonami Chuo", "10:36 満床", "10:36 beds full"),
            declined("汐見台記念病院", "Shiomidai Mem.", "10:41 手術中", "10:41 in surgery"),
            declined("県東救命センター", "Kento Critical", "10:47 患者対応中", "10:47 busy"),
        ],
        phone_count: 1,
        next_note: say(lang, "範囲を20kmに広げる", "widen to 20 km"),
        decide: Some((
            say(lang, "青波大学病院", "Aonami Univ."),
            say(lang, "CT 15分待ち ・ 移動 19分", "CT in 15 ・ drive 19 min"),
        )),
        last_resort: false,
        last_resort_note: say(lang, "あと 2件 断られたら", "after 2 more refusals"),
    }
}

/// The destination is open again, and nobody has seen the next enquiry.
fn taken_back(lang: Lang) -> EnquiryVm {
    let row = |answer, word: (&str, &str), name: (&str, &str), note: (&str, &str), button: Option<(&str, &str)>| {
        EnquiryRowVm {
            answer,
            word: say(lang, word.0, word.1),
            name: say(lang, name.0, name.1),
            note: say(lang, note.0, note.1),
            button: button.map(|(ja, en)| say(lang, ja, en)),
            highlighted: false,
        }
    };
    let phone = Some(("電話へ", "Phone"));
    EnquiryVm {
        alarm: Some((
            say(lang, "受入取消 ― 青波大学病院", "Taken back: Aonami Univ."),
            say(
                lang,
                "10:56 手術中 ・ 搬送先は未定です。次の病院へ",
                "10:56 in surgery ・ no destination: ask the next",
            ),
        )),
        asked: say(lang, "照会 10:34から ・ 4件", "asked since 10:34 ・ 4"),
        rows: vec![
            row(
                AnswerVm::Waiting,
                ("未読 0:41", "Unread 0:41"),
                ("東青波総合病院", "East Aonami General"),
                ("届きましたが見ていません ・ 電話へ", "delivered, not seen ・ phone"),
                phone,
            ),
            row(
                AnswerVm::Waiting,
                ("未読 0:12", "Unread 0:12"),
                ("県東救命センター", "Kento Critical"),
                ("画面を見ている人がいません ・ 電話へ", "nobody watches the page ・ phone"),
                phone,
            ),
            row(
                AnswerVm::Declined,
                ("受入取消", "Taken back"),
                ("青波大学病院", "Aonami Univ."),
                ("10:56 手術中", "10:56 in surgery"),
                None,
            ),
            row(
                AnswerVm::Declined,
                ("不可", "Declined"),
                ("青波中央病院", "Aonami Chuo"),
                ("10:36 満床", "10:36 beds full"),
                None,
            ),
        ],
        phone_count: 0,
        next_note: say(lang, "汐見台記念病院・青葉台病院", "Shiomidai Mem. ・ Aobadai"),
        decide: None,
        last_resort: false,
        last_resort_note: say(lang, "あと 2件 断られたら", "after 2 more refusals"),
    }
}
