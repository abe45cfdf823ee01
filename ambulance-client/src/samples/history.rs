//! The history, waited for, empty.

use super::shell::{self, Moment};
use super::{Sample, say};
use crate::screens::Screen;
use crate::screens::history::{FullVm, HistoryVm};
use crate::screens::history_empty::HistoryEmptyVm;
use crate::screens::history_waiting::{HistoryWaitingVm, LookupStepVm};
use crate::text::Lang;
use crate::widgets::alert_row::AlertVm;
use crate::widgets::section_card::{SectionLine, SectionVm};

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let vehicle = shell::at(lang, "10:32", Moment::InVehicle, 9);
    let mut offline = shell::offline(lang, shell::at(lang, "10:49", Moment::InVehicle, 26));
    if let Some(banner) = &mut offline.age_banner {
        banner.title = say(
            lang,
            "圏外 6分12秒 ― これは 19分前の記録。新しい照会は待ち",
            "No radio 6:12 ― records of 19 min ago; look-ups wait",
        );
        banner.body = String::new();
    }
    let back = say(lang, "電波が要ります", "needs the radio");
    let blocked = HistoryVm { look_up_blocked: Some(back), ..history(lang) };
    let offered = FullVm::Offered(say(lang, "いまは要点の期間だけ", "now the summary only"));
    let offered = HistoryVm { full: offered, ..history(lang) };
    let asked = HistoryVm { full: FullVm::Asked("0:12".to_owned()), ..history(lang) };
    let whole = HistoryVm { full_period: true, ..history(lang) };
    let mut contact = shell::at(lang, "10:30", Moment::Contact, 7);
    contact.age.strong = say(lang, "病歴 照会中", "History asked");
    vec![
        Sample { name: "04-history", shell: vehicle.clone(), screen: Screen::History(history(lang)) },
        Sample { name: "04b-history-waiting", shell: contact, screen: Screen::HistoryWaiting(waiting(lang)) },
        Sample { name: "04d-history-full-offered", shell: vehicle.clone(), screen: Screen::History(offered) },
        Sample { name: "04d2-history-full-asked", shell: vehicle.clone(), screen: Screen::History(asked) },
        Sample { name: "04d3-history-full", shell: vehicle.clone(), screen: Screen::History(whole) },
        Sample { name: "04c-history-empty", shell: vehicle, screen: Screen::HistoryEmpty(empty(lang)) },
        Sample { name: "09b-offline-history", shell: offline, screen: Screen::History(blocked) },
    ]
}

fn alert(lang: Lang, record: (&str, &str), watch: (&str, &str), source: (&str, &str), rule: &str) -> AlertVm {
    AlertVm {
        record: say(lang, record.0, record.1),
        watch: say(lang, watch.0, watch.1),
        source: say(lang, source.0, source.1),
        rule: rule.to_owned(),
    }
}

fn section(lang: Lang, title: (&str, &str), back: (&str, &str), lines: &[(&str, &str)]) -> SectionVm {
    SectionVm {
        title: say(lang, title.0, title.1),
        look_back: say(lang, back.0, back.1),
        lines: lines.iter().map(|(ja, en)| SectionLine::words(say(lang, ja, en))).collect(),
    }
}

fn alerts(lang: Lang) -> Vec<AlertVm> {
    let medicine = ("薬剤 2026-09-28 28日分 緑川医院", "medicine 2026-09-28, 28 days, Midorikawa");
    let dialysis = ("透析 2026-11-18 みなと腎クリニック", "dialysis 2026-11-18, Minato Kidney");
    let watch_bleed = ("軽症に見えても急変に注意", "May worsen though it looks mild");
    vec![
        alert(
            lang,
            ("抗凝固薬(ワルファリン)の処方記録", "Anticoagulant on record (warfarin)"),
            watch_bleed,
            medicine,
            "R01",
        ),
        alert(
            lang,
            ("インスリンの処方記録", "Record of insulin"),
            ("血糖測定を考慮", "Consider glucose"),
            medicine,
            "R08",
        ),
        alert(
            lang,
            ("透析の記録", "Record of dialysis"),
            ("シャント側で血圧・静路を取らない", "No BP or line on the shunt arm"),
            dialysis,
            "R26",
        ),
    ]
}

fn sections(lang: Lang) -> Vec<SectionVm> {
    let months = ("3か月", "3 months");
    vec![
        section(
            lang,
            ("薬剤 7", "Medicine 7"),
            months,
            &[
                ("ワルファリンK錠1mg 09-28 28日分", "Warfarin K 1 mg 09-28, 28 days"),
                ("インスリン グラルギンBS 09-28", "Insulin glargine BS 09-28"),
                ("アムロジピンOD錠5mg 09-28 28日分", "Amlodipine OD 5 mg 09-28"),
            ],
        ),
        section(
            lang,
            ("受診 4", "Visits 4"),
            months,
            &[
                ("みなと腎クリニック 11-18", "Minato Kidney Clinic 11-18"),
                ("青波中央病院(循環器) 10-06", "Aonami Chuo (cardiology) 10-06"),
                ("伏せた受診 1件 ・ ほか 1件", "1 covered visit ・ 1 more"),
            ],
        ),
        section(
            lang,
            ("手術 1", "Surgery 1"),
            ("5年", "5 years"),
            &[
                ("人工弁置換術 2023-06 ・ 注意 R22", "Valve replacement 2023-06 ・ R22"),
                ("青波大学病院", "Aonami University"),
            ],
        ),
        section(
            lang,
            ("透析", "Dialysis"),
            months,
            &[
                ("最終 11-18 ・ 直近3か月 38回", "Last 11-18 ・ 38 times in 3 months"),
                ("みなと腎クリニック(青波市)", "Minato Kidney Clinic (Aonami)"),
            ],
        ),
    ]
}

fn history(lang: Lang) -> HistoryVm {
    HistoryVm {
        full_period: false,
        full: FullVm::None,
        fetched: say(
            lang,
            "取得 10:30(2分前) ・ 同意 口頭・すべて ・ 薬は9月診療分まで",
            "10:30 (2 min) ・ consent: all ・ claims to Sept.",
        ),
        alerts: alerts(lang),
        more_alerts: say(lang, "ほかの注意 1件は手術の欄", "1 more alert under surgery"),
        sections: sections(lang),
        told: say(lang, "5件", "5 answers"),
        changed: Some((
            say(lang, "候補が変わりました", "The order changed"),
            vec![
                say(lang, "青波大学病院 3位→2位", "Aonami Univ. 3 → 2"),
                say(lang, "さくら台病院 除外(透析)", "Sakuradai out (dialysis)"),
            ],
        )),
        look_up_blocked: None,
        best: say(lang, "1位 青波中央病院 29分", "1. Aonami Chuo 29 min"),
    }
}

fn waiting(lang: Lang) -> HistoryWaitingVm {
    let step =
        |done, ja: &str, en: &str, time: &str| LookupStepVm { done, words: say(lang, ja, en), time: time.to_owned() };
    HistoryWaitingVm {
        title: say(lang, "照会しています 0:03", "Looking up 0:03"),
        steps: vec![
            step(true, "カードを送りました", "Card sent", "10:30:02"),
            step(true, "本人の資格を確認しました", "Entitlement confirmed", "10:30:03"),
            step(false, "薬・受診・手術・透析を待っています", "Waiting for the sections", ""),
        ],
        candidates: (
            say(lang, "候補は病歴なし", "Order without history"),
            vec![
                say(lang, "届くと順位を計算しなおし、", "Computed again when it"),
                say(lang, "変わった所を知らせます", "comes; changes are told"),
            ],
        ),
    }
}

fn empty(lang: Lang) -> HistoryEmptyVm {
    let row = |ja: &str, en: &str, back_ja: &str, back_en: &str| (say(lang, ja, en), say(lang, back_ja, back_en));
    HistoryEmptyVm {
        offers_full: false,
        searched: vec![
            row("薬剤", "Medicine", "3か月に記録なし", "no record in 3 months"),
            row("受診", "Visits", "3か月に記録なし", "no record in 3 months"),
            row("手術", "Surgery", "5年に記録なし", "no record in 5 years"),
            row("透析", "Dialysis", "3か月に記録なし", "no record in 3 months"),
        ],
        rule_note: say(
            lang,
            "9月より新しい受診・市販薬・自費・アレルギーは入りません。",
            "Not in here: after Sept., allergies.",
        ),
        candidates: (
            say(lang, "候補は変わりません", "The order stays"),
            vec![
                say(lang, "記録なしを理由に", "No record never relaxes"),
                say(lang, "条件を外すことはありません", "a condition"),
            ],
        ),
    }
}
