//! Transport, handover, wipe, what works now, lock, display.

use super::shell::{self, Moment};
use super::{Sample, before_hospital, say};
use crate::frame::{ShellVm, UndoVm};
use crate::screens::Screen;
use crate::screens::display::{DisplayVm, Loudness};
use crate::screens::handover::{DocumentLineVm, HandoverVm};
use crate::screens::lock::{CrewMemberVm, LockVm};
use crate::screens::transport::{QuestionVm, TransportVm};
use crate::screens::wipe::WipeVm;
use crate::screens::works_now::{WorksNowVm, WorksRowVm, WorksVm};
use crate::text::Lang;
use crate::widgets::chips::ChipVm;
use crate::widgets::qr::QrVm;
use crate::widgets::value_cell::ValueVm;

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let vehicle = shell::at(lang, "10:35", Moment::InVehicle, 12);
    let offline = shell::offline(lang, shell::at(lang, "10:49", Moment::InVehicle, 26));
    let leaving = shell::at(lang, "10:59", Moment::Leaving, 3);
    let mut hospital = shell::at(lang, "11:12", Moment::AtHospital, 4);
    hospital.stage.note = say(lang, "受取 医師", "to a doctor");
    let display =
        Screen::Display(DisplayVm { auto_theme: false, brightness: "70%".to_owned(), loudness: Loudness::Middle });
    vec![
        Sample { name: "07-transport", shell: leaving, screen: Screen::Transport(transport(lang)) },
        Sample { name: "08-handover", shell: hospital, screen: Screen::Handover(handover(lang)) },
        Sample { name: "08b-wipe", shell: wiping(lang), screen: Screen::Wipe(wipe(lang)) },
        Sample { name: "09c-works-now", shell: offline, screen: Screen::WorksNow(works_now(lang)) },
        Sample { name: "10-lock", shell: locked(lang), screen: Screen::Lock(lock(lang)) },
        Sample { name: "13-display", shell: vehicle, screen: display },
    ]
}

fn chips(lang: Lang, words: &[(&str, &str)], chosen: Option<usize>) -> Vec<ChipVm> {
    words
        .iter()
        .enumerate()
        .map(|(i, (ja, en))| ChipVm { word: say(lang, ja, en), chosen: chosen == Some(i) })
        .collect()
}

fn transport(lang: Lang) -> TransportVm {
    let mut values = before_hospital::values(lang, Some("112"));
    values.retain(|v| v.unit != "℃");
    values.insert(0, ValueVm { label: "JCS".to_owned(), unit: String::new(), value: Some("2".to_owned()) });
    let when = [("今朝", "This morning"), ("きのう", "Yesterday"), ("もっと前", "Earlier"), ("不明", "Unknown")];
    let family = [("娘が同乗", "Daughter here"), ("あとから来る", "Comes later"), ("いない", "None")];
    TransportVm {
        eta_minutes: Some(9),
        eta_line: say(lang, "10:59 → 到着 11:08", "10:59 → there 11:08"),
        position_age: say(lang, "位置 4秒前", "position 4 s"),
        position_old: false,
        destination: say(lang, "青波大学病院 救急外来", "Aonami Univ. emergency"),
        accepted: say(lang, "受入決定 10:55 ・ 条件 CT 15分待ち", "accepted 10:55 ・ CT in 15 min"),
        seen: Some(say(lang, "病歴を見ました 10:57(看護師)", "History seen 10:57 (nurse)")),
        questions: vec![
            QuestionVm {
                question: say(lang, "ワルファリンを最後に飲んだのは", "When was warfarin last taken?"),
                state: "10:58".to_owned(),
                received: false,
                answers: chips(lang, &when, None),
            },
            QuestionVm {
                question: say(lang, "家族は同乗していますか", "Is family on board?"),
                state: say(lang, "返事を受け取り 10:59", "received 10:59"),
                received: true,
                answers: chips(lang, &family, Some(0)),
            },
        ],
        values,
        values_at: say(lang, "前回 10:52", "last 10:52"),
    }
}

fn handover(lang: Lang) -> HandoverVm {
    let text =
        |bold: (&str, &str), ja: &str, en: &str| DocumentLineVm::Text(say(lang, bold.0, bold.1), say(lang, ja, en));
    let record = ("処方記録", "Prescribed");
    let receivers = [("医師", "Doctor"), ("看護師", "Nurse"), ("救急救命士", "Paramedic"), ("氏名を選ぶ", "By name")];
    HandoverVm {
        returned: Some(say(lang, "11:10 に記録しました", "Recorded 11:10")),
        delivered: Some(say(lang, "青波大学病院に届きました 11:09", "Aonami Univ. has it 11:09")),
        lines: vec![
            DocumentLineVm::Heading(say(lang, "森川 和子 78歳 女 ・ 区分 黄 II", "Morikawa Kazuko 78 F ・ Yellow II")),
            text(
                ("", ""),
                "10:05ごろ自宅で転倒、頭部打撲。JCS 2、嘔吐なし",
                "About 10:05 fell at home. JCS 2, no vomiting",
            ),
            text(("", ""), "11:05 呼吸20 脈90 血圧160/88 SpO2 97", "11:05 resp 20 pulse 90 BP 160/88 SpO2 97"),
            text(("血糖 112", "Glucose 112"), "(10:58)・ 頸部固定 ・ 心電図", "(10:58) ・ neck fixed ・ ECG"),
            DocumentLineVm::Rule,
            text(record, "ワルファリン 09-28 28日分", "warfarin 09-28, 28 days"),
            text(record, "インスリン 09-28 28日分", "insulin 09-28, 28 days"),
            text(("透析", "Dialysis"), "11-18 みなと腎クリニック", "11-18 Minato Kidney Clinic"),
            text(("手術", "Surgery"), "人工弁置換 2023-06 青波大学病院", "valve 2023-06 Aonami Univ."),
            text(("聞き取り", "Told"), "最終内服 今朝(娘)・ アレルギー 不明", "last dose today ・ allergy unknown"),
            DocumentLineVm::Rule,
            DocumentLineVm::Times(say(
                lang,
                "覚知10:14 現着10:23 接触10:24 収容10:31",
                "call 10:14 scene 10:23 contact 10:24",
            )),
            DocumentLineVm::Times(say(lang, "出発10:56 病着11:08", "vehicle 10:31 depart 10:56 hospital 11:08")),
        ],
        qr: Some(pattern()),
        qr_note: say(lang, "あと 14分 ・ 1回だけ開けます", "14 min left ・ opens once"),
        receivers: chips(lang, &receivers, Some(0)),
    }
}

/// A pattern with finders, so that the picture looks like a code; it encodes nothing.
fn pattern() -> QrVm {
    let side: usize = 33;
    let finder = |r: usize, c: usize| {
        let ring = r.abs_diff(3).max(c.abs_diff(3));
        ring != 2 && ring <= 3
    };
    let mut dark = Vec::with_capacity(side * side);
    let mut noise: u32 = 0x2545_F491;
    for r in 0..side {
        for c in 0..side {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let (low_r, low_c) = (r < 8, c < 8);
            let (high_r, high_c) = (r >= side - 8, c >= side - 8);
            dark.push(match (low_r, low_c, high_r, high_c) {
                (true, true, _, _) => r < 7 && c < 7 && finder(r, c),
                (true, _, _, true) => r < 7 && c > side - 8 && finder(r, side - 1 - c),
                (_, true, true, _) => r > side - 8 && c < 7 && finder(side - 1 - r, c),
                _ => noise & 1 == 1,
            });
        }
    }
    QrVm { side, dark }
}

fn wiping(lang: Lang) -> ShellVm {
    let mut shell = shell::at(lang, "11:13", Moment::AtHospital, 5);
    shell.who.note = say(lang, "傷病者 1 ・ 引継ぎ済", "Patient 1 ・ handed over");
    shell.stage.caption = say(lang, "引継ぎ 済", "Handed over");
    shell.stage.word = say(lang, "待機にもどる", "Back to standby");
    shell.undo =
        Some(UndoVm { recorded: String::new(), stage: say(lang, "医師引継ぎ", "Handed over"), seconds_left: 7 });
    shell
}

fn wipe(lang: Lang) -> WipeVm {
    WipeVm {
        title: say(lang, "医師引継ぎ 11:13:20", "Handed over 11:13:20"),
        received: say(lang, "青波大学病院 ・ 医師が受け取りました", "Aonami Univ. ・ received by a doctor"),
        countdown: say(lang, "病歴は あと 7秒で消えます", "The history goes in 7 s"),
        passed: 0.7,
        what: say(
            lang,
            "消す: 氏名・薬・受診・手術・透析\n残す: 段階の時刻、照会した事実と根拠、引継書の受領",
            "Goes: name, medicine, visits, surgery, dialysis\nStays: times, the look-up and its basis, the receipt",
        ),
        returned: [Some(say(lang, "11:10 に記録しました", "Recorded 11:10")), None],
        counting: true,
    }
}

fn works_now(lang: Lang) -> WorksNowVm {
    let row = |works, what: (&str, &str), state: (&str, &str), note: (&str, &str)| WorksRowVm {
        works,
        what: say(lang, what.0, what.1),
        state: say(lang, state.0, state.1),
        note: say(lang, note.0, note.1),
    };
    let works = ("使える", "works");
    let (yes, partly, no) = (WorksVm::Yes, WorksVm::Partly, WorksVm::No);
    WorksNowVm {
        banner: Some((
            say(lang, "圏外 6分12秒(10:43 から)", "No radio 6:12 (since 10:43)"),
            say(lang, "自動でつなぎなおしています。つぎは 4秒後", "Reconnecting by itself, next in 4 s"),
        )),
        rows: vec![
            row(yes, ("段階の記録", "Stages"), works, ("端末に保存。未送信 12件", "kept here, 12 unsent")),
            row(yes, ("カードを読む", "Card"), works, ("読んだ証拠は 11:04 まで有効", "evidence valid until 11:04")),
            row(
                partly,
                ("病歴", "History"),
                ("19分前まで", "19 min old"),
                ("新しい照会は電波が戻りしだい", "look-ups go when radio returns"),
            ),
            row(
                partly,
                ("受入候補", "Hospitals"),
                ("9分前の空床", "beds 9 min old"),
                ("端末で計算。古い空床は割り引きます", "computed here, old beds discounted"),
            ),
            row(
                no,
                ("照会", "Enquiry"),
                ("電話で", "by phone"),
                ("この端末からは送れません", "cannot be sent from here"),
            ),
            row(
                no,
                ("位置の送信", "Position"),
                ("止まっています", "stopped"),
                ("戻ると最新だけ送ります", "only the latest is sent later"),
            ),
            row(yes, ("引継書・QR", "Document"), works, ("紙・画面のQRで渡せます", "by paper or the QR")),
        ],
        waiting: (
            say(lang, "送信待ち 12件", "12 waiting"),
            vec![
                say(lang, "段階 2 ・ 観察 6 ・ 同意 1", "stages 2 ・ findings 6"),
                say(lang, "照会 1 ・ 選定 2", "look-up 1 ・ choice 2"),
                say(lang, "いちばん古い 10:43", "oldest 10:43"),
                say(lang, "送れない記録 0件", "stuck 0"),
            ],
        ),
        can_connect: true,
        tablet: say(lang, "通信・時計・保存", "link, clock, disk"),
        phone: (say(lang, "病院へ電話", "Phone hospital"), say(lang, "青波中央病院", "Aonami Chuo")),
    }
}

fn locked(lang: Lang) -> ShellVm {
    let mut shell = shell::at(lang, "10:38", Moment::InVehicle, 15);
    shell.locked = true;
    shell.who.note = say(lang, "傷病者 1", "Patient 1");
    shell.who.strong = say(lang, "表示を隠しています", "Display hidden");
    shell.age.note = say(lang, "施錠 10:36", "Locked 10:36");
    shell.age.strong = say(lang, "2分 操作なし", "2 min untouched");
    shell.stage.note = say(lang, "開かずに記録", "without unlocking");
    shell
}

fn lock(lang: Lang) -> LockVm {
    let member = |name: (&str, &str), role: (&str, &str), chosen| CrewMemberVm {
        name: say(lang, name.0, name.1),
        role: say(lang, role.0, role.1),
        chosen,
    };
    LockVm {
        title: say(lang, "中央救急1 ・ 施錠中", "Chuo Ambulance 1 ・ locked"),
        crew: vec![
            member(("高橋 誠", "Takahashi Makoto"), ("隊長 ・ 閲覧責任者", "captain ・ may see history"), true),
            member(("佐々木 優", "Sasaki Yu"), ("救急救命士", "paramedic"), false),
            member(("中村 健", "Nakamura Ken"), ("機関員 ・ 段階の記録のみ", "driver ・ stages only"), false),
        ],
        entered: 2,
        state: say(lang, "残り 5回", "5 tries left"),
        theme: say(lang, "表示: 昼", "Display: Day"),
    }
}
