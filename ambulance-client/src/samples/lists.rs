//! Lists in full: medicines, covered visits, excluded hospitals, moved ranks, all alerts, an empty section.

use super::shell::{self, Moment};
use super::{Sample, say};
use crate::frame::Tab;
use crate::screens::Screen;
use crate::screens::list::{ListRowKind, ListRowVm, ListVm};
use crate::text::Lang;

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let shell = shell::at(lang, "10:34", Moment::InVehicle, 11);
    let make = |name, vm| Sample { name, shell: shell.clone(), screen: Screen::List(vm) };
    vec![
        make("04d-medicines", medicines(lang, 0)),
        make("04e-medicines-last", medicines(lang, 1)),
        make("04f-visits", visits(lang)),
        make("04i-medicines-narrowed", narrowed(lang)),
        make("04g-surgery-empty", no_surgery(lang)),
        make("04h-alerts", alerts(lang)),
        make("05c-excluded", excluded(lang)),
        make("05d-moved", moved(lang)),
        make("05g-register", register(lang)),
        make("05j-why-not", why_not(lang)),
        make("05k-why-excluded", why_excluded(lang)),
    ]
}

type Words<'a> = (&'a str, &'a str);

fn row(lang: Lang, kind: ListRowKind, strong: Words<'_>, note: Words<'_>, right: Words<'_>) -> ListRowVm {
    ListRowVm {
        kind,
        strong: say(lang, strong.0, strong.1),
        note: say(lang, note.0, note.1),
        right: say(lang, right.0, right.1),
    }
}

fn of_history(lang: Lang, title: Words<'_>, note: Words<'_>, rows: Vec<ListRowVm>) -> ListVm {
    ListVm {
        tab: Some(Tab::History),
        title: say(lang, title.0, title.1),
        note: say(lang, note.0, note.1),
        rows,
        rule: Some((
            say(lang, "記録なし ≠ なし", "No record ≠ none"),
            say(lang, "市販薬・自費・9月より新しい受診は入りません。", "Not in here: after September, private care."),
        )),
        back_to: say(lang, "病歴の要点へ", "to the history"),
        ..ListVm::default()
    }
}

/// A page of a long list: only its rows are at hand, each with its sources, its age and its generic name.
fn narrowed(lang: Lang) -> ListVm {
    let days = ("28日分", "28 days");
    let both = (
        "2026-10-26(33日前) ・ 抗凝固薬 ・ 1日1回 朝 ・ 緑川医院 ・ 電子処方箋・お薬手帳",
        "2026-10-26(33 d ago) ・ Midorikawa ・ e-Prescription・Medication notebook",
    );
    let book = ("2026-10-26(33日前) ・ 緑川医院 ・ お薬手帳", "2026-10-26(33 d ago) ・ Medication notebook");
    let rows = vec![
        row(lang, ListRowKind::Plain, ("ワルファリンK錠1mg(ワルファリンカリウム)", "Warfarin K 1 mg"), both, days),
        row(lang, ListRowKind::Plain, ("アムロジピンOD錠5mg", "Amlodipine OD 5 mg"), book, days),
        row(
            lang,
            ListRowKind::Masked,
            ("伏せた薬剤 1件", "1 covered row"),
            ("押すと、伏せた記録を開きます", "a press opens what is covered"),
            ("", ""),
        ),
        row(lang, ListRowKind::Plain, ("炭酸ランタンOD錠250mg", "Lanthanum OD 250 mg"), book, days),
    ];
    ListVm {
        page: 1,
        total: Some(10),
        filter: Some((say(lang, "絞り込む", "Narrow down"), say(lang, "お薬手帳 3か月以内", "notebook, 3 months"))),
        ..of_history(lang, ("薬剤 10", "Medicine 10"), ("取得 10:30(4分前)", "10:30 (4 min)"), rows)
    }
}

fn medicines(lang: Lang, page: usize) -> ListVm {
    let (september, days) =
        (("2026-09-28 緑川医院 ・ レセプト", "2026-09-28 Midorikawa Clinic ・ claim"), ("28日分", "28 days"));
    let rows = [
        (("ワルファリンK錠1mg", "Warfarin K 1 mg"), september, days),
        (("インスリン グラルギンBS注ソロスター", "Insulin glargine BS"), september, days),
        (("アムロジピンOD錠5mg", "Amlodipine OD 5 mg"), september, days),
        (("カルシトリオールカプセル0.25μg", "Calcitriol 0.25 μg"), september, days),
        (("沈降炭酸カルシウム錠500mg", "Calcium carbonate 500 mg"), september, days),
        (("フロセミド錠40mg", "Furosemide 40 mg"), september, days),
        (
            ("アセトアミノフェン錠500mg", "Acetaminophen 500 mg"),
            ("2026-11-10 みどり薬局 ・ 電子処方箋", "2026-11-10 Midori Pharmacy ・ e-prescription"),
            ("5日分", "5 days"),
        ),
    ];
    let rows = rows.map(|(strong, note, right)| row(lang, ListRowKind::Plain, strong, note, right));
    let note = ("3か月 ・ 取得 10:30(4分前)", "3 months ・ 10:30 (4 min)");
    ListVm { page, ..of_history(lang, ("薬剤 7", "Medicine 7"), note, rows.to_vec()) }
}

fn visits(lang: Lang) -> ListVm {
    let rows = vec![
        row(
            lang,
            ListRowKind::Plain,
            ("みなと腎クリニック", "Minato Kidney Clinic"),
            ("透析 ・ 2026-11-18 ・ レセプト", "dialysis ・ 2026-11-18 ・ claim"),
            ("38回", "38 times"),
        ),
        row(
            lang,
            ListRowKind::Plain,
            ("青波中央病院", "Aonami Chuo"),
            ("循環器内科 ・ 2026-10-06 ・ レセプト", "cardiology ・ 2026-10-06 ・ claim"),
            ("", ""),
        ),
        row(
            lang,
            ListRowKind::Masked,
            ("伏せた受診 1件", "1 covered visit"),
            ("押すと開きます。だれが開いたか記録に残ります", "A press opens it; who opened it is logged"),
            ("", ""),
        ),
        row(
            lang,
            ListRowKind::Plain,
            ("緑川医院", "Midorikawa Clinic"),
            ("内科 ・ 2026-09-28 ・ レセプト", "internal medicine ・ 2026-09-28 ・ claim"),
            ("", ""),
        ),
    ];
    let note = ("3か月 ・ 取得 10:30(4分前)", "3 months ・ 10:30 (4 min)");
    of_history(lang, ("受診 4", "Visits 4"), note, rows)
}

fn no_surgery(lang: Lang) -> ListVm {
    ListVm {
        empty: say(
            lang,
            "5年さかのぼって、手術の記録は見つかりませんでした。手術をしていないという意味ではありません。",
            "No record of surgery in 5 years was found. That does not mean there was none.",
        ),
        ..of_history(lang, ("手術 0", "Surgery 0"), ("5年", "5 years"), Vec::new())
    }
}

fn alerts(lang: Lang) -> ListVm {
    let medicine = ("薬剤 2026-09-28 28日分 緑川医院", "medicine 2026-09-28, 28 days, Midorikawa");
    let rows = [
        (("抗凝固薬(ワルファリン)の処方記録", "Anticoagulant on record (warfarin)"), medicine, "R01"),
        (("インスリンの処方記録", "Record of insulin"), medicine, "R08"),
        (
            ("透析の記録", "Record of dialysis"),
            ("透析 2026-11-18 みなと腎クリニック", "dialysis 2026-11-18, Minato Kidney"),
            "R26",
        ),
        (
            ("人工弁の手術記録", "Valve replacement on record"),
            (
                "発熱・胸痛・麻痺のときは弁と血栓を伝える ・ 手術 2023-06 青波大学病院 心臓血管外科 ・ ほか 2件",
                "Tell of valve and clot with fever, chest pain or palsy ・ surgery 2023-06, Aonami University ・ 2 more",
            ),
            "R22",
        ),
    ];
    let rows = rows.map(|(strong, note, rule)| row(lang, ListRowKind::Alert, strong, note, (rule, rule)));
    let note = ("規則表 2026-10-01", "rule table 2026-10-01");
    of_history(lang, ("注意 4", "Alerts 4"), note, rows.to_vec())
}

fn excluded(lang: Lang) -> ListVm {
    let rows = [
        (
            ("市民第二病院", "Shimin Daini"),
            ("頭部CT停止 09:12 ・ 届出", "CT down 09:12 ・ as filed"),
            ("4.1 km", "4.1 km"),
        ),
        (
            ("さくら台病院", "Sakuradai"),
            ("入院透析なし ・ 届出", "no inpatient dialysis ・ as filed"),
            ("5.0 km", "5.0 km"),
        ),
        (
            ("北浜病院", "Kitahama"),
            ("受入停止 10:20 ・ 病院の申告", "closed 10:20 ・ told by it"),
            ("6.7 km", "6.7 km"),
        ),
    ];
    let rows = rows.map(|(strong, note, right)| row(lang, ListRowKind::Opens, strong, note, right));
    ListVm {
        tab: Some(Tab::Hospital),
        title: say(lang, "除外 3", "3 excluded"),
        note: say(lang, "近い順 ・ 計算 10:33", "nearest first ・ 10:33"),
        rows: rows.to_vec(),
        rule: Some((
            String::new(),
            say(
                lang,
                "外した理由は規則だけです。ほかの病院として、理由を付けて選べます。",
                "Only rules exclude. They can still be chosen with a reason.",
            ),
        )),
        back_to: say(lang, "候補の一覧へ", "to the list"),
        ..ListVm::default()
    }
}

fn moved(lang: Lang) -> ListVm {
    let rows = [
        (
            ("青波大学病院", "Aonami Univ."),
            ("手術した病院 2023-06 ・ 継続 −5分", "operated here 2023-06 ・ ties −5 min"),
            ("3位 → 2位", "3 → 2"),
        ),
        (
            ("汐見台記念病院", "Shiomidai Mem."),
            ("脳外科 当番外 ・ 不足 +6分", "neurosurgery off duty ・ lack +6 min"),
            ("2位 → 3位", "2 → 3"),
        ),
        (("さくら台病院", "Sakuradai"), ("入院透析なし", "no inpatient dialysis"), ("4位 → 除外", "4 → out")),
    ];
    let rows = rows.map(|(strong, note, right)| row(lang, ListRowKind::Plain, strong, note, right));
    ListVm {
        tab: Some(Tab::Hospital),
        title: say(lang, "病歴で順位が変わりました", "History changed the order"),
        note: "10:30".to_owned(),
        rows: rows.to_vec(),
        primary: Some((say(lang, "わかった", "Understood"), say(lang, "知らせを消します", "ends the notice"))),
        back_to: say(lang, "候補の一覧へ", "to the list"),
        ..ListVm::default()
    }
}

fn register(lang: Lang) -> ListVm {
    let mut rows: Vec<ListRowVm> = (1..=14)
        .map(|n| {
            let strong = (format!("青波第{n}病院"), format!("Aonami No. {n}"));
            let right = format!("{n}.4 km");
            let note = ("一覧にない ・ 二次救急", "not on the list ・ secondary");
            row(lang, ListRowKind::Opens, (&strong.0, &strong.1), note, (&right, &right))
        })
        .collect();
    if let Some(second) = rows.get_mut(1) {
        second.kind = ListRowKind::Chosen;
    }
    ListVm {
        tab: Some(Tab::Hospital),
        title: say(lang, "名簿から選ぶ(近い順)", "From the register, nearest first"),
        rows,
        back_to: say(lang, "理由の選択へ", "to the reasons"),
        ..ListVm::default()
    }
}

fn why(lang: Lang, name: Words<'_>, rows: Vec<ListRowVm>) -> ListVm {
    let name = say(lang, name.0, name.1);
    ListVm {
        tab: Some(Tab::Hospital),
        title: say(lang, &format!("なぜ {name} でないか"), &format!("Why not {name}")),
        rows,
        rule: Some((
            String::new(),
            say(
                lang,
                "一覧にない病院も、理由を1つ付けて選べます。記録に残ります。",
                "Any hospital can be chosen with one reason, which is recorded.",
            ),
        )),
        primary: Some((say(lang, "この病院を選ぶ", "Choose it"), say(lang, "理由を1つ選びます", "pick one reason"))),
        back_to: say(lang, "前の一覧へ", "to the list"),
        ..ListVm::default()
    }
}

/// A hospital far down: the sentence, its terms, its reasons.
fn why_not(lang: Lang) -> ListVm {
    let term = |word, here, more| row(lang, ListRowKind::Plain, word, here, more);
    let rows = vec![
        row(
            lang,
            ListRowKind::Plain,
            ("1位の青波中央病院より 21.4分 長い見込み", "21.4 min more than the first, Aonami Chuo"),
            (
                "12番目(全41か所) ・ 見込み 50分 ・ 受入確率 0.45 ・ 空床 申告なし",
                "12 of 41 ・ 50 min ・ accept 0.45 ・ beds not told",
            ),
            ("", ""),
        ),
        term(("移動", "Drive"), ("ここでは 24.2分", "24.2 min here"), ("+12.2分", "+12.2 min")),
        term(("不足", "Lack"), ("ここでは 6.0分", "6.0 min here"), ("+6.0分", "+6.0 min")),
        term(("受入", "Reply"), ("ここでは 8.9分", "8.9 min here"), ("+3.2分", "+3.2 min")),
        row(
            lang,
            ListRowKind::Plain,
            ("理由", "Reasons"),
            (
                "頭部CT ○ 届出 ・ 脳外科24時間(希望) 未確認 ・ 入院透析 ○ 届出",
                "CT: filed ・ Neurosurgery: not confirmed",
            ),
            ("", ""),
        ),
    ];
    let vm = why(lang, ("青波第2病院", "Aonami Daini"), rows);
    ListVm {
        note: say(lang, "この端末で計算 ・ 他隊の照会は含まない", "computed here, without other units"), ..vm
    }
}

fn why_excluded(lang: Lang) -> ListVm {
    let line = row(
        lang,
        ListRowKind::Plain,
        ("候補に含めていません", "Not on the list"),
        ("頭部CT停止 09:12", "CT down 09:12"),
        ("", ""),
    );
    why(lang, ("市民第二病院", "Shimin Daini"), vec![line])
}
