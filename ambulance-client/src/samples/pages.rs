//! Pages opened from the band, and the sign-in: times, ending, patients, crew.

use super::shell::{self, Moment};
use super::{Sample, say};
use crate::frame::ShellVm;
use crate::screens::Screen;
use crate::screens::ending::EndingVm;
use crate::screens::lock::CrewMemberVm;
use crate::screens::patients::{PatientRowVm, PatientsVm};
use crate::screens::sign_in::SignInVm;
use crate::screens::stage_times::{StageEditVm, StageTimeVm, StageTimesVm};
use crate::text::Lang;
use crate::widgets::chips::{ChipVm, TriageVm};

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let shell = shell::at(lang, "10:35", Moment::InVehicle, 12);
    let make = |name, screen| Sample { name, shell: shell.clone(), screen };
    let unsigned = signed_out(lang);
    vec![
        make("14-stage-times", Screen::StageTimes(times(lang, None))),
        make("14b-stage-correct", Screen::StageTimes(times(lang, Some((5, correction(lang)))))),
        make("14c-stage-no-reason", Screen::StageTimes(times(lang, Some((5, without_reason(lang)))))),
        make("14d-stage-skipped", Screen::StageTimes(times(lang, Some((4, skipped(lang)))))),
        make("15-ending", Screen::Ending(ending(lang, None))),
        make("15b-ending-chosen", Screen::Ending(ending(lang, Some(1)))),
        make("16-patients", Screen::Patients(patients(lang, 0))),
        make("16b-patients-last", Screen::Patients(patients(lang, 1))),
        Sample { name: "10b-sign-in", shell: unsigned.clone(), screen: Screen::SignIn(sign_in(lang, 6)) },
        Sample { name: "10c-sign-in-no-list", shell: unsigned, screen: Screen::SignIn(sign_in(lang, 0)) },
    ]
}

fn times(lang: Lang, edit: Option<(usize, StageEditVm)>) -> StageTimesVm {
    let stages = [
        ("覚知", "Call", Some("10:14"), false, ("", "")),
        ("指令", "Notified", Some("10:15"), false, ("", "")),
        ("出動", "Dispatched", Some("10:16"), false, ("", "")),
        ("現場到着", "On scene", Some("10:23"), true, ("訂正 10:25→10:23", "was 10:25")),
        ("傷病者接触", "Patient contact", None, false, ("取消 10:20", "removed 10:20")),
        ("車内収容", "In vehicle", Some("10:31"), false, ("", "")),
        ("現場出発", "Depart", None, false, ("", "")),
        ("病院到着", "At hospital", None, false, ("", "")),
        ("医師引継ぎ", "Handed over", None, false, ("", "")),
        ("帰署", "In service", None, false, ("", "")),
    ];
    let chosen = edit.as_ref().map(|(i, _)| *i);
    let mut all = Vec::new();
    for (i, (ja, en, time, uncertain, corrected)) in stages.into_iter().enumerate() {
        all.push(StageTimeVm {
            word: say(lang, ja, en),
            time: time.map(str::to_owned),
            uncertain,
            corrected: say(lang, corrected.0, corrected.1),
            chosen: chosen == Some(i),
        });
    }
    StageTimesVm {
        note: say(lang, "± は端末の時計が確かでなかった時刻", "±: the clock was not certain"),
        stages: all,
        edit: edit.map(|(_, edit)| edit),
    }
}

fn reasons(lang: Lang, chosen: Option<usize>) -> Vec<ChipVm> {
    [
        ("押し忘れ", "Pressed late"),
        ("押しまちがい", "Mistake"),
        ("時計のずれ", "Clock off"),
        ("無線の記録", "Radio log"),
    ]
    .into_iter()
    .enumerate()
    .map(|(i, (ja, en))| ChipVm { word: say(lang, ja, en), chosen: chosen == Some(i) })
    .collect()
}

fn correction(lang: Lang) -> StageEditVm {
    StageEditVm {
        word: say(lang, "車内収容", "In vehicle"),
        stamped: true,
        change: "10:31 → 10:29".to_owned(),
        removed: false,
        reasons: reasons(lang, Some(0)),
        record: Some(say(lang, "車内収容 10:29", "In vehicle 10:29")),
        missing: String::new(),
    }
}

fn without_reason(lang: Lang) -> StageEditVm {
    StageEditVm {
        change: say(lang, "10:31 → なかった", "10:31 → did not happen"),
        removed: true,
        reasons: reasons(lang, None),
        record: None,
        missing: say(lang, "理由を選ぶと押せます", "choose a reason first"),
        ..correction(lang)
    }
}

fn skipped(lang: Lang) -> StageEditVm {
    StageEditVm {
        word: say(lang, "傷病者接触", "Patient contact"),
        stamped: false,
        record: Some(say(lang, "傷病者接触", "Patient contact")),
        ..StageEditVm::default()
    }
}

fn ending(lang: Lang, chosen: Option<usize>) -> EndingVm {
    let endings = [
        ("傷病者なし", "No patient"),
        ("拒否", "Refused transport"),
        ("明らかな死亡", "Obvious death"),
        ("誤報", "False alarm"),
        ("取消", "Cancelled"),
        ("他隊が対応", "Another unit"),
        ("他隊へ引継ぎ", "Passed to another unit"),
    ];
    let chip = |(i, (ja, en)): (usize, (&str, &str))| ChipVm { word: say(lang, ja, en), chosen: chosen == Some(i) };
    EndingVm {
        case: say(lang, "傷病者 1 ・ 指令番号 1120-0417", "Patient 1 ・ 1120-0417"),
        endings: endings.into_iter().enumerate().map(chip).collect(),
        record: say(
            lang,
            "記録する内容: 終わり方 ・ 10:35 ・ 中央救急1",
            "Recorded: how it ended, 10:35, Chuo Ambulance 1",
        ),
    }
}

fn patients(lang: Lang, page: usize) -> PatientsVm {
    let here = ("この端末が記録", "this tablet writes");
    let there = ("2号端末が記録", "tablet 2 writes");
    let row = |number: usize, triage, who: (&str, &str), stage: (&str, &str), writer: (&str, &str)| PatientRowVm {
        number: say(lang, &format!("傷病者 {number}"), &format!("Patient {number}")),
        triage,
        who: say(lang, who.0, who.1),
        stage: say(lang, stage.0, stage.1),
        writer: say(lang, writer.0, writer.1),
        ..PatientRowVm::default()
    };
    let vehicle = ("車内収容 10:31", "In vehicle 10:31");
    let contact = ("傷病者接触 10:24", "Contact 10:24");
    let kazuko = ("森川 和子 78歳 女", "Morikawa Kazuko 78 F");
    let rows = vec![
        PatientRowVm { current: true, ..row(1, Some(TriageVm::Yellow), kazuko, vehicle, here) },
        PatientRowVm {
            can_take_over: true,
            gap: say(lang, "記録の欠落の可能性 10:26 から", "Records may be missing since 10:26"),
            ..row(2, Some(TriageVm::Red), ("男 40代", "M in his 40s"), contact, there)
        },
        PatientRowVm {
            can_take_over: true,
            ..row(3, None, ("身元不明 B 男 60代", "Unknown B M 60s"), ("現場到着 10:23", "On scene 10:23"), there)
        },
        row(4, Some(TriageVm::Green), ("女 10代", "F in her teens"), ("終了 他隊へ引継ぎ", "Ended: passed on"), here),
        row(5, Some(TriageVm::Black), ("男 60代", "M in his 60s"), contact, here),
    ];
    PatientsVm {
        incident: say(lang, "指令番号 1120-0417 ・ 汐見台", "1120-0417 ・ Shiomidai"),
        rows,
        page,
        seen: Some(say(lang, "女 ・ 70代", "F ・ 70s")),
        identity: Some(say(lang, "身元不明 A", "Unknown A")),
    }
}

fn signed_out(lang: Lang) -> ShellVm {
    let mut shell = shell::before_contact(lang);
    shell.locked = true;
    shell.who.note = say(lang, "傷病者 1", "Patient 1");
    shell.who.strong = say(lang, "表示を隠しています", "Display hidden");
    shell
}

fn sign_in(lang: Lang, members: usize) -> SignInVm {
    let crew = [
        (("高橋 誠", "Takahashi Makoto"), ("隊長 ・ 閲覧責任者", "captain ・ may see history")),
        (("佐々木 優", "Sasaki Yu"), ("救急救命士", "paramedic")),
        (("中村 健", "Nakamura Ken"), ("機関員 ・ 段階の記録のみ", "driver ・ stages only")),
        (("小林 葵", "Kobayashi Aoi"), ("救急救命士", "paramedic")),
        (("加藤 陽", "Kato Yo"), ("隊員", "crew")),
        (("吉田 凪", "Yoshida Nagi"), ("隊員", "crew")),
    ];
    let mut all = Vec::new();
    for (i, (name, role)) in crew.into_iter().take(members).enumerate() {
        all.push(CrewMemberVm { name: say(lang, name.0, name.1), role: say(lang, role.0, role.1), chosen: i == 1 });
    }
    let error = say(
        lang,
        "暗証番号がちがいます。もう一度、6桁を入れてください。あと 4回でこの端末を止めます。",
        "That PIN is wrong. Enter the six digits again. After 4 more tries this tablet stops.",
    );
    SignInVm {
        title: say(lang, "中央救急1 ・ 隊員の確認", "Chuo Ambulance 1 ・ crew"),
        crew: all,
        page: 0,
        entered: if members == 0 { 0 } else { 3 },
        state: if members == 0 { String::new() } else { say(lang, "残り 4回", "4 tries left") },
        error: (members > 0).then_some(error),
        theme: say(lang, "表示: 昼", "Display: Day"),
    }
}
