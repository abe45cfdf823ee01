//! One alert, one hospital, consent by section, further complaints.

use super::shell::{self, Moment};
use super::{Sample, say};
use crate::screens::Screen;
use crate::screens::alert_detail::AlertDetailVm;
use crate::screens::consent_sections::{ConsentSectionVm, ConsentSectionsVm};
use crate::screens::hospital_detail::{CapabilityVm, HospitalDetailVm, MarkVm};
use crate::screens::more_complaints::MoreComplaintsVm;
use crate::text::Lang;
use crate::widgets::chips::ChipVm;

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let contact = shell::at(lang, "10:29", Moment::Contact, 6);
    let vehicle = shell::at(lang, "10:34", Moment::InVehicle, 11);
    let sections = |chosen| Screen::ConsentSections(consent(lang, chosen));
    vec![
        Sample { name: "02d-complaints", shell: contact.clone(), screen: Screen::MoreComplaints(complaints(lang)) },
        Sample { name: "03g-consent-sections", shell: contact.clone(), screen: sections(&[true, false, true, false]) },
        Sample { name: "03h-consent-sections-none", shell: contact, screen: sections(&[false; 4]) },
        Sample { name: "04i-alert-detail", shell: vehicle.clone(), screen: Screen::AlertDetail(alert(lang)) },
        Sample { name: "05e-hospital-detail", shell: vehicle.clone(), screen: Screen::HospitalDetail(asked(lang)) },
        Sample {
            name: "05f-hospital-excluded",
            shell: vehicle.clone(),
            screen: Screen::HospitalDetail(excluded(lang)),
        },
        Sample { name: "05h-hospital-long", shell: vehicle, screen: Screen::HospitalDetail(long(lang)) },
    ]
}

fn alert(lang: Lang) -> AlertDetailVm {
    AlertDetailVm {
        record: say(lang, "抗凝固薬(ワルファリン)の処方記録", "Anticoagulant on record (warfarin)"),
        watch: say(lang, "軽症に見えても急変に注意", "May worsen though it looks mild"),
        item: say(lang, "ワルファリンK錠1mg(成分 ワルファリンカリウム)", "Warfarin K 1 mg (warfarin potassium)"),
        date: say(lang, "2026-09-28 ・ 53日前", "2026-09-28 ・ 53 days ago"),
        days: say(lang, "28日分", "28 days"),
        source: say(lang, "レセプト ・ 9月診療分まで", "claims, up to September"),
        facility: say(lang, "緑川医院", "Midorikawa Clinic"),
        further: say(lang, "同じ規則の記録 ほか 2件", "2 more rows of this rule"),
        rule: "R01".to_owned(),
        rule_version: "2".to_owned(),
        table_version: "2026-10-01".to_owned(),
        needs: say(lang, "頭部CT ・ 脳神経外科", "head CT ・ neurosurgery"),
        others: 3,
    }
}

fn asked(lang: Lang) -> HospitalDetailVm {
    let term = |minutes, ja: &str, en: &str| (minutes, say(lang, ja, en));
    let mark = |mark, word: (&str, &str), source: (&str, &str)| CapabilityVm {
        mark,
        word: say(lang, word.0, word.1),
        source: say(lang, source.0, source.1),
    };
    HospitalDetailVm {
        title: say(lang, "3位 汐見台記念病院", "3. Shiomidai Memorial"),
        place: say(lang, "青波市汐見台 ・ 3.2 km ・ 二次救急", "Aonami, Shiomidai ・ 3.2 km ・ secondary"),
        minutes: 38,
        terms: [
            term(
                9,
                "道のり 4.5 km。半分の日は 8分、10日に 9日は 10分以内",
                "4.5 km; half of days 8 min, nine in ten 10",
            ),
            term(8, "照会 1回 4分 ÷ 受入確率 0.55", "one enquiry 4 min ÷ accept 0.55"),
            term(12, "頭部CTまで 12分", "12 min to head CT"),
            term(3, "向かっている救急車 1台", "1 ambulance on its way there"),
            term(6, "脳神経外科 当番外", "neurosurgery off duty"),
            term(0, "受診・手術の記録なし(3か月・5年)", "no visit or surgery on record"),
        ],
        capabilities: vec![
            mark(MarkVm::Yes, ("頭部CT", "Head CT"), ("届出", "as filed")),
            mark(MarkVm::Yes, ("入院透析", "Inpatient dialysis"), ("届出", "as filed")),
            mark(MarkVm::No, ("脳神経外科", "Neurosurgery"), ("当番外", "off duty")),
            mark(MarkVm::Unconfirmed, ("夜間の手術", "Night surgery"), ("派生 D04", "derived D04")),
            mark(MarkVm::Unconfirmed, ("英語", "English"), ("未確認", "not known")),
        ],
        reasons: vec![
            say(lang, "移動は 1位より 3分 短い", "drive 3 min shorter than the first"),
            say(lang, "脳外科 当番外 +6分", "neurosurgery off duty +6 min"),
            say(lang, "空床の申告が古い(26分前)", "beds told long ago (26 min)"),
        ],
        beds: say(
            lang,
            "空床 あり ・ 26分前の申告(15分より古い)・ 受入確率 0.55",
            "beds free ・ told 26 min ago (over 15) ・ accept 0.55",
        ),
        beds_old: true,
        telephone: Some("000-123-4567".to_owned()),
        ask: Some(say(lang, "汐見台記念病院", "Shiomidai Mem.")),
    }
}

fn excluded(lang: Lang) -> HospitalDetailVm {
    HospitalDetailVm {
        title: say(lang, "除外 さくら台病院", "Excluded: Sakuradai"),
        reasons: vec![say(lang, "入院透析なし(規則 H03)", "no inpatient dialysis (rule H03)")],
        telephone: None,
        ask: None,
        ..asked(lang)
    }
}

/// As many and as long words as the rules can say.
fn long(lang: Lang) -> HospitalDetailVm {
    let mut vm = asked(lang);
    if let Some((_, why)) = vm.terms.get_mut(4) {
        *why = say(
            lang,
            "脳外科24時間(希望) 未確認(実績から推定) ・ 心臓血管外科 未確認(実績から推定) ・ 入院透析 × 当番外",
            "Neurosurgery: not confirmed (derived) ・ CV surgery: not confirmed (derived) ・ Dialysis: off duty",
        );
    }
    for capability in &mut vm.capabilities {
        if capability.mark == MarkVm::Unconfirmed {
            capability.word = say(lang, "心臓血管外科24時間", "Cardiovascular surgery");
            capability.source = say(lang, "推定 救急車 年3,000台", "derived: 3,000 amb./y");
        }
    }
    let more = say(lang, "脳外科24時間(希望) 未確認(実績から推定)", "Neurosurgery: not confirmed (derived)");
    vm.reasons.extend([more.clone(), more.clone(), more]);
    vm
}

fn consent(lang: Lang, chosen: &[bool]) -> ConsentSectionsVm {
    let sections = [
        (("薬剤", "Medicines"), ("処方・調剤の記録 3か月", "prescribed and dispensed, 3 months")),
        (("診療", "Care"), ("受診・透析の記録 3か月", "visits and dialysis, 3 months")),
        (("手術", "Surgery"), ("手術の記録 5年", "surgery, 5 years")),
        (("健診", "Check-ups"), ("特定健診の結果 5年", "health check results, 5 years")),
    ];
    let section = |((word, holds), chosen): ((_, (&str, &str)), &bool)| {
        let (ja, en): (&str, &str) = word;
        ConsentSectionVm { word: say(lang, ja, en), holds: say(lang, holds.0, holds.1), chosen: *chosen }
    };
    ConsentSectionsVm {
        matched: say(lang, "顔の一致 10:29:11", "face matched 10:29:11"),
        sections: sections.into_iter().zip(chosen).map(section).collect(),
    }
}

fn complaints(lang: Lang) -> MoreComplaintsVm {
    let words = [
        ("心肺停止", "Cardiac arrest"),
        ("アレルギー症状", "Allergic reaction"),
        ("失神", "Syncope"),
        ("ショック", "Shock"),
        ("妊娠・出産", "Pregnancy, birth"),
        ("熱傷", "Burn"),
        ("中毒・過量内服", "Poisoning, overdose"),
        ("自損", "Self-harm"),
        ("精神症状", "Psychiatric"),
        ("背部痛", "Back pain"),
        ("嘔吐", "Vomiting"),
        ("脱力", "Weakness"),
        ("その他", "Other"),
    ];
    let chip = |(i, (ja, en)): (usize, (&str, &str))| ChipVm { word: say(lang, ja, en), chosen: i == 2 };
    MoreComplaintsVm {
        chosen_before: say(lang, "1 / 2 で選択中: 頭部打撲 ・ 意識の変化", "Chosen on 1 / 2: Head injury ・ Altered"),
        complaints: words.into_iter().enumerate().map(chip).collect(),
    }
}
