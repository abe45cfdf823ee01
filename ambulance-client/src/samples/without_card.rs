//! No card: the medicine book and what is told.

use super::shell::{self, Moment};
use super::{Sample, say};
use crate::frame::ShellVm;
use crate::screens::Screen;
use crate::screens::card::{CardState, CardStatusVm, CardVm};
use crate::screens::notebook::{FoundVm, NotebookVm};
use crate::screens::oral::{OralVm, QuestionVm};
use crate::screens::without_card::{Part, WithoutCardVm};
use crate::text::Lang;
use crate::widgets::chips::ChipVm;
use patient_history::{Informant, LastMeal, OralTopic};

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let shell = no_card(lang);
    let make = |name, screen| Sample { name, shell: shell.clone(), screen };
    vec![
        make("12a-medicine-book-qr", Screen::Notebook(read(lang))),
        make("12c-medicine-book-waiting", Screen::Notebook(waiting(lang))),
        make("12d-medicine-book-parts", Screen::Notebook(parts(lang))),
        make("12b-oral-history", Screen::Oral(oral(lang, true))),
        make("12e-oral-nothing-asked", Screen::Oral(oral(lang, false))),
        make("13a-disaster-name", Screen::WithoutCard(told(lang, Part::Name))),
        make("13b-disaster-birth", Screen::WithoutCard(told(lang, Part::Birth))),
        make("13c-disaster-address", Screen::WithoutCard(told(lang, Part::Address))),
        make("13d-disaster-offered", Screen::Card(offered(lang))),
        make("13e-disaster-consent", Screen::Card(consent(lang))),
    ]
}

/// The look-up without a card: a part is open, the ones before it are complete.
fn told(lang: Lang, part: Part) -> WithoutCardVm {
    let chip = |ja: &str, en: &str, chosen| ChipVm { word: say(lang, ja, en), chosen };
    let done = |other: Part| Part::ALL.iter().position(|p| *p == other) < Part::ALL.iter().position(|p| *p == part);
    let (entered, note) = match part {
        Part::Name => ("タカギ　ハナ", say(lang, "姓と名をカナで", "family and given name in kana")),
        Part::Birth => ("昭和 23年03月08日", String::new()),
        Part::Address => ("訓練県見本市1-2-3", say(lang, "市区町村を選び、番地を数字で", "municipality, then numbers")),
    };
    let era = |ja, en| chip(ja, en, ja == "昭和");
    WithoutCardVm {
        part,
        parts: vec![
            chip("カナ氏名", "Name (kana)", true),
            chip("生年月日・性別", "Birth, sex", done(Part::Birth)),
            chip("住所", "Address", part == Part::Address),
        ],
        entered: entered.into(),
        note,
        eras: vec![
            era("西暦", "Western"),
            era("大正", "Taisho"),
            era("昭和", "Showa"),
            era("平成", "Heisei"),
            era("令和", "Reiwa"),
        ],
        sexes: vec![chip("男", "M", false), chip("女", "F", true)],
        places: vec![chip("訓練県見本市", "訓練県見本市", true), chip("訓練県隣町", "訓練県隣町", false)],
        more_places: true,
        explanation: vec![
            say(
                lang,
                "災害時の照会は 11/21 12:00 まで。\nカードのない人だけに使います。",
                "Until 11/21 12:00, only for\nthose without a card.",
            ),
            say(
                lang,
                "4つがそろい、一人に絞れたときだけ\n回答があります。",
                "All four are needed, and they\nmust narrow to one person.",
            ),
        ],
        primary: (lang.words().ask_consent.to_owned(), say(lang, "本人確認: 4情報", "name, birth, sex, address")),
        ready: true,
    }
}

fn offered(lang: Lang) -> CardVm {
    let until = say(lang, "11/21 12:00 まで", "until 11/21 12:00");
    CardVm {
        status: CardStatusVm {
            state: CardState::None,
            title: say(lang, "カードをリーダーに置いてください", "Put the card on the reader"),
            note: say(lang, "置くと自動で読みます。押す必要はありません", "it is read by itself, no press needed"),
            right: String::new(),
        },
        disaster: Some((lang.words().disaster_lookup.to_owned(), until)),
        ..CardVm::default()
    }
}

fn consent(lang: Lang) -> CardVm {
    CardVm {
        status: CardStatusVm {
            state: CardState::None,
            title: say(lang, "カードなしで照会します(災害時)", "Look-up without a card (disaster)"),
            note: say(
                lang,
                "本人確認: 4情報 ・ 一人に絞れたときだけ回答があります",
                "identity: name, birth, sex, address ・ must fit one person",
            ),
            right: "10:29:40".to_owned(),
        },
        told: Some("タカギ　ハナ\n1948-03-08 女\n訓練県見本市1-2-3".into()),
        ..CardVm::default()
    }
}

fn no_card(lang: Lang) -> ShellVm {
    let mut shell = shell::at(lang, "10:29", Moment::Contact, 6);
    shell.who.note = say(lang, "傷病者 1 ・ カードなし", "Patient 1 ・ no card");
    shell.who.strong = say(lang, "女 70代", "F in her 70s");
    shell.age.strong = say(lang, "病歴 手帳のみ", "Book only");
    shell
}

fn found(lang: Lang) -> FoundVm {
    let daily = |ja: &str, en: &str| say(lang, &format!("1日1回 朝 ・ {ja}"), en);
    FoundVm {
        title: say(lang, "読めた薬 3", "3 medicines"),
        date: say(lang, "調剤 2026-10-26", "on 2026-10-26"),
        medicines: vec![
            (say(lang, "ワルファリンK錠1mg", "Warfarin K 1 mg"), daily("28日分", "once daily, 28 days")),
            (say(lang, "アムロジピンOD錠5mg", "Amlodipine OD 5 mg"), daily("28日分", "once daily, 28 days")),
            (say(lang, "炭酸ランタンOD錠250mg", "Lanthanum OD 250 mg"), daily("28日分", "once daily, 28 days")),
        ],
        more: vec![say(lang, "みどり薬局", "Midori Pharmacy"), say(lang, "処方 緑川医院", "prescribed by Midorikawa")],
        owner: say(lang, "手帳の名前 森川 和子 1948-03-04 女", "Book: Morikawa Kazuko 1948-03-04 F"),
    }
}

fn waiting(lang: Lang) -> NotebookVm {
    NotebookVm {
        progress: (say(lang, "待っています", "Waiting"), say(lang, "まだ読んでいません", "nothing read yet")),
        trouble: None,
        found: None,
        empty: (say(lang, "読めた薬", "Medicines"), vec![say(lang, "読むと、ここに出ます", "appear here when read")]),
        back_to: say(lang, "観察", "Assess"),
    }
}

fn read(lang: Lang) -> NotebookVm {
    NotebookVm {
        progress: (say(lang, "読み終わりました", "All read"), say(lang, "QR 3枚", "3 codes")),
        found: Some(found(lang)),
        ..waiting(lang)
    }
}

fn parts(lang: Lang) -> NotebookVm {
    let trouble = (
        say(
            lang,
            "1件目は処方箋のQRコードです。お薬手帳ではありません。",
            "Code 1 is a prescription's. Read the notebook's code.",
        ),
        say(lang, "お薬手帳のQRコードを読み取ってください。", ""),
    );
    NotebookVm {
        progress: (say(lang, "3枚のうち 2枚", "2 of 3 parts"), say(lang, "残り 2枚め", "still missing: 2")),
        trouble: Some(trouble),
        empty: (
            say(lang, "使っている手帳", "Books in use"),
            vec![say(lang, "10:21 に読んだ手帳 ・ 薬 4件", "read at 10:21 ・ 4 medicines")],
        ),
        ..waiting(lang)
    }
}

fn oral(lang: Lang, asked: bool) -> OralVm {
    let chip =
        |(i, (ja, en)): (usize, (&str, &str)), chosen| ChipVm { word: say(lang, ja, en), chosen: asked && i == chosen };
    let answers = [Some(0), Some(2), None, Some(2), None, Some(0), None, Some(1)];
    let hospitals = [
        ("緑川医院", "Midorikawa"),
        ("みなと腎クリニック", "Minato Kidney"),
        ("青波中央病院", "Aonami Chuo"),
        ("青波大学病院", "Aonami Univ."),
    ];
    let informants = Informant::ALL.iter().map(|by| (by.ja(), by.en())).enumerate();
    let meals = LastMeal::ALL.iter().map(|meal| (meal.ja(), meal.en())).enumerate();
    let question = |(topic, chosen): (&OralTopic, Option<usize>)| QuestionVm {
        word: say(lang, topic.ja(), topic.en()),
        chosen: chosen.filter(|_| asked),
    };
    let moved = say(lang, "さくら台病院 除外", "Sakuradai out");
    OralVm {
        informants: informants.map(|each| chip(each, 0)).collect(),
        questions: OralTopic::ALL.iter().zip(answers).map(question).collect(),
        meals: meals.map(|each| chip(each, 1)).collect(),
        own_hospitals: hospitals.into_iter().enumerate().map(|each| chip(each, 1)).collect(),
        changed: asked.then(|| (say(lang, "候補が変わりました", "The order changed"), vec![moved])),
        best: say(lang, "1位 青波中央病院 31分", "1. Aonami Chuo 31 min"),
        back_to: say(lang, "観察", "Assess"),
    }
}
