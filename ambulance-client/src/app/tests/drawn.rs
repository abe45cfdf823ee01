//! Every page that the presenter can reach, in every situation: drawn, named, within its sizes, in the font.

use super::bench::{Bench, blank_record, full_record, woman_of_1948};
use super::{Shown, harness};
use crate::app::navigation::{Absent, Entry, Field, List, Page};
use crate::app::present::GROUPS;
use crate::app::told::Told;
use crate::canvas::Kind;
use crate::screens::without_card::Part;
use crate::text::Lang;
use ambulance_core::{Command, Input, LinkInput};
use card::Failure;
use case::{DeclineReason, EnquiryAnswer, FindingsChange, OralChange};
use egui_kittest::Harness;
use model::{AgeBand, Sex, Stage, Timestamp};
use patient_history::{ConsentScope, OralAnswer, OralTopic};
use wire::RefusalCode;

/// One notebook in two codes; written by hand after JAHIS 電子版お薬手帳データフォーマット仕様書 Ver.2.6.
const NOTEBOOK: [&str; 2] = [
    "JAHISTC08,1\n1,東海林 寿美礼,2,S230308\n5,20261026,1\n11,みどり調剤薬局 青波駅前店,13,4,0000000\n\
     51,青波市立総合医療センター,13,1,0000000\n201,1,ワルファリンK錠1mg,1,錠,4,3332001F1032\n\
     301,1,1日1回朝食後,28,日分,1\n911,12345678901234,2,1",
    "JAHISTC08,1\n201,2,レボチロキシンナトリウム水和物散0.01%「サンプル」,1,錠,4,2431004B1022\n\
     301,2,1日3回毎食直前 食事をとらないときは飲まない,28,日分,1\n201,3,アムロジピン錠,1,錠,1,\n\
     201,4,酸化マグネシウム錠,1,錠,1,\n201,5,ロキソプロフェン錠,1,錠,1,\n201,6,レバミピド錠,1,錠,1,\n\
     201,7,フロセミド錠,1,錠,1,\n911,12345678901234,2,2",
];

fn base(online: bool) -> Bench {
    let bench = Bench::new();
    if online {
        bench.link_up();
        bench.sign_in();
    }
    bench.on_scene();
    bench
}

fn with_history(sections: Vec<patient_history::Section>) -> Bench {
    let bench = base(true);
    bench.card();
    bench.consent();
    bench.history(sections);
    bench
}

/// Situations by name.
fn situations() -> Vec<(&'static str, Bench)> {
    let empty = Bench::new();
    let called = Bench::new();
    called.command(Command::OpenCase);
    let refused = base(true);
    refused.card();
    refused.command(Command::FaceMatches);
    refused.command(Command::ConsentRefused);
    let mismatch = base(true);
    mismatch.card();
    mismatch.command(Command::FaceDiffers);
    let consent = base(true);
    consent.card();
    consent.command(Command::FaceMatches);
    let waiting = base(true);
    waiting.card();
    waiting.consent();
    let failed = base(true);
    failed.card();
    failed.consent();
    failed.history_fails();
    let kept_out = base(true);
    kept_out.input(Input::Link(LinkInput::Refused(RefusalCode::REVOKED)));
    let full = with_history(full_record());
    let offline_history = with_history(full_record());
    offline_history.link_down();
    offline_history.pass_seconds(3_900);
    let closed = with_history(full_record());
    closed.command(Command::Stamp(Stage::TransferOfCare));
    let wiped = with_history(full_record());
    wiped.command(Command::Stamp(Stage::TransferOfCare));
    wiped.pass_seconds(11);
    let standby = with_history(full_record());
    standby.command(Command::Stamp(Stage::TransferOfCare));
    standby.pass_seconds(11);
    standby.command(Command::Stamp(Stage::BackInService));
    let second = with_history(full_record());
    second.command(Command::OpenCase);
    vec![
        ("no case", empty),
        ("called", called),
        ("no card", base(true)),
        ("offline", base(false)),
        ("consent", consent),
        ("refused", refused),
        ("mismatch", mismatch),
        ("waiting", waiting),
        ("failed history", failed),
        ("empty history", with_history(blank_record())),
        ("full history", full),
        ("old history offline", offline_history),
        ("kept out", kept_out),
        ("hard case", hard()),
        ("decided by phone", by_phone()),
        ("wiping", closed),
        ("wiped", wiped),
        ("standby", standby),
        ("second patient", second),
    ]
}

/// 照合番号B in every state.
fn numbers() -> Vec<(&'static str, Bench)> {
    let read = || {
        let bench = base(true);
        bench.card();
        bench
    };
    let refused = read();
    refused.number_b(Err(Failure::NumberBWrong { left: 9 }));
    let blocked = read();
    blocked.number_b(Err(Failure::NumberBBlocked));
    let opened = read();
    opened.number_b(Ok(woman_of_1948(true)));
    let without_photo = read();
    without_photo.number_b(Ok(woman_of_1948(false)));
    let contradicting = || {
        let bench = read();
        bench.command(Command::Observe(FindingsChange::Sex(Some(Sex::Male))));
        bench.command(Command::Observe(FindingsChange::AgeBand(Some(AgeBand(3)))));
        bench.number_b(Ok(woman_of_1948(true)));
        bench
    };
    let decided = contradicting();
    decided.command(Command::CompareAnyway);
    vec![
        ("keying", read()),
        ("number refused", refused),
        ("number blocked", blocked),
        ("photo", opened),
        ("no photo", without_photo),
        ("contradiction", contradicting()),
        ("compared anyway", decided),
    ]
}

/// The PIN in every state.
fn pins() -> Vec<(&'static str, Bench)> {
    let consenting = base(true);
    consenting.nonces(32);
    consenting.card();
    consenting.command(Command::ByPin);
    let asked = || {
        let bench = base(true);
        bench.pin_asked();
        bench
    };
    let answered = |failure| {
        let bench = asked();
        bench.pin(Err(failure));
        bench
    };
    let signed = asked();
    signed.pin(Ok(vec![7; 256]));
    let used_up = base(true);
    used_up.nonces(1);
    used_up.card();
    used_up.command(Command::ByPin);
    used_up.command(Command::ConsentSpoken { scope: ConsentScope::All });
    used_up.pin(Err(Failure::PinWrong { left: 2 }));
    let by_eye = answered(Failure::PinNotOffered);
    by_eye.command(Command::PinToVisual);
    vec![
        ("by PIN", consenting),
        ("PIN asked", asked()),
        ("PIN wrong", answered(Failure::PinWrong { left: 2 })),
        ("PIN nearly blocked", answered(Failure::PinWrong { left: 1 })),
        ("PIN last try", answered(Failure::LastTry)),
        ("PIN blocked", answered(Failure::PinBlocked)),
        ("card moved at the PIN", answered(Failure::CardMoved)),
        ("no nonce left", used_up),
        ("signed", signed),
        ("by eye after the PIN", by_eye),
    ]
}

/// A notebook in every state, alone and with what else is known.
fn notebooks() -> Vec<(&'static str, Bench)> {
    let book = base(true);
    book.notebook(&NOTEBOOK[1..]);
    let book_read = base(false);
    book_read.notebook(&NOTEBOOK);
    book_read.code("JAHIS10");
    let book_used = with_history(full_record());
    book_used.notebook(&NOTEBOOK);
    book_used.command(Command::NotebookUse);
    let told = base(false);
    told.notebook(&NOTEBOOK);
    told.command(Command::NotebookUse);
    for topic in OralTopic::ALL {
        told.command(Command::Tell(OralChange::Topic { topic, answer: Some(OralAnswer::Unknown) }));
    }
    let failed_book = base(true);
    failed_book.card();
    failed_book.consent();
    failed_book.history_fails();
    failed_book.notebook(&NOTEBOOK);
    failed_book.command(Command::NotebookUse);
    vec![
        ("half a notebook", book),
        ("notebook read", book_read),
        ("notebook and history", book_used),
        ("notebook and told, offline", told),
        ("notebook after a failure", failed_book),
    ]
}

/// Four hospitals asked in vain, half an hour on scene.
fn hard() -> Bench {
    let bench = base(true);
    for _ in 0..4 {
        let asked: Vec<_> = vec![bench.first_hospital()];
        bench.command(Command::Enquire { hospitals: asked, by_telephone: true, override_reason: None });
        let state = crate::app::Tablet::state(&bench);
        let open =
            state.case().expect("a case").view.enquiries.iter().find(|(_, e)| e.answer.is_none()).map(|(id, _)| *id);
        if let Some(enquiry) = open {
            bench.command(Command::TelephoneAnswer {
                enquiry,
                answer: EnquiryAnswer::Declined(DeclineReason::BedsFull),
            });
        }
        bench.pass_seconds(600);
    }
    bench
}

fn by_phone() -> Bench {
    let bench = base(false);
    let hospitals = vec![bench.first_hospital()];
    bench.command(Command::Enquire { hospitals, by_telephone: true, override_reason: None });
    let enquiry = bench.first_enquiry();
    bench.command(Command::TelephoneAnswer { enquiry, answer: EnquiryAnswer::Accepted });
    bench.command(Command::Stamp(Stage::LeftScene));
    bench.pass_seconds(120);
    bench
}

fn pages(bench: &Bench) -> Vec<Page> {
    let mut pages = vec![
        Page::Assess,
        Page::Value,
        Page::Card,
        Page::NumberB,
        Page::StaffPassword,
        Page::Unobtainable,
        Page::History,
        Page::Hospitals,
        Page::Override,
        Page::Enquiry,
        Page::Transport,
        Page::Handover,
        Page::Display,
        Page::WorksNow,
    ];
    let mut lists = vec![
        List::Patients,
        List::Seen,
        List::Who,
        List::Stages,
        List::Complaints,
        List::Sections,
        List::Oral,
        List::Notebook,
        List::Filter(0),
        List::Filter(GROUPS.len()),
        List::NotHere(Absent::Training),
        List::Alerts,
        List::Alert(0),
        List::Excluded,
        List::Changes,
        List::Register,
        List::Find,
        List::Route,
        List::Endings,
        List::Phone(None),
        List::Document,
        List::About,
        List::Letters,
    ];
    lists.extend((0..=GROUPS.len()).map(List::Rows));
    let state = crate::app::Tablet::state(bench);
    if let Some(case) = state.case() {
        lists.extend(case.view.enquiries.keys().map(|id| List::Telephone(*id)));
        let first = case.suggestion.as_ref().and_then(|s| s.ranking.candidates.first());
        lists.extend(first.map(|c| List::Terms(c.hospital)));
        let ranking = case.suggestion.as_ref().map(|s| &s.ranking);
        let others = ranking.into_iter().flat_map(|r| {
            r.candidates.get(1).map(|c| c.hospital).into_iter().chain(r.excluded.first().map(|e| e.hospital))
        });
        lists.extend(others.map(List::WhyNot));
    }
    pages.extend(lists.into_iter().map(Page::List));
    pages
}

/// Lists are drawn where they hold something, and where they hold nothing.
const WITH_LISTS: [&str; 10] = [
    "no case",
    "full history",
    "old history offline",
    "hard case",
    "wiped",
    "half a notebook",
    "notebook read",
    "notebook and history",
    "notebook and told, offline",
    "notebook after a failure",
];

fn check(what: &str, harness: &Harness<'_, Shown>, problems: &mut Vec<String>) {
    let ledger = &harness.state().ledger;
    let mut names: Vec<&str> = Vec::new();
    for target in &ledger.targets {
        let least = if matches!(target.kind, Kind::Primary | Kind::Stage) { 118.0 } else { 59.5 };
        if target.rect.width() < least || target.rect.height() < least {
            problems.push(format!("{what}: {} is {:?}", target.name, target.rect.size()));
        }
        if target.name.trim().is_empty() {
            problems.push(format!("{what}: a target without a name at {:?}", target.rect));
        }
        names.push(&target.name);
    }
    names.sort_unstable();
    for pair in names.windows(2) {
        if pair.first() == pair.last() {
            problems.push(format!("{what}: {:?} twice", pair.first()));
        }
    }
    for words in &ledger.words {
        if !words.room.expand(1.5).contains_rect(words.ink) {
            problems.push(format!("{what}: 「{}」 leaves its box", words.text));
        }
        for banned in ["服用中", "アレルギーなし", "送信済"] {
            if words.text.contains(banned) {
                problems.push(format!("{what}: {banned}"));
            }
        }
    }
    if ledger.words.is_empty() {
        problems.push(format!("{what}: nothing is shown"));
    }
    missing_glyphs(what, harness, problems);
}

fn missing_glyphs(what: &str, harness: &Harness<'_, Shown>, problems: &mut Vec<String>) {
    let font = egui::FontId::proportional(20.0);
    let texts: String = harness.state().ledger.words.iter().map(|w| w.text.as_str()).collect();
    let mut seen: Vec<char> = texts.chars().filter(|c| !c.is_control() && *c != ' ' && *c != '　').collect();
    seen.sort_unstable();
    seen.dedup();
    harness.ctx.fonts_mut(|fonts| {
        for c in seen {
            if !fonts.has_glyph(&font, c) {
                problems.push(format!("{what}: no glyph for {c:?} U+{:04X}", u32::from(c)));
            }
        }
    });
}

/// One language a test: side by side they take half as long.
fn every_page_of_every_situation(lang: Lang) {
    let mut problems = Vec::new();
    for (name, bench) in situations().into_iter().chain(numbers()).chain(notebooks()) {
        let mut harness = harness(bench.app());
        let nav = &mut harness.state_mut().app.nav;
        nav.scripted = true;
        nav.locked = None;
        nav.display.lang = lang;
        harness.run_steps(2);
        for page in pages(&bench).into_iter().filter(|p| !matches!(p, Page::List(_)) || WITH_LISTS.contains(&name)) {
            let nav = &mut harness.state_mut().app.nav;
            nav.entry = Some(entry());
            nav.go(page);
            harness.step();
            check(&format!("{name}, {page:?}, {lang:?}"), &harness, &mut problems);
        }
        let now = crate::app::Tablet::now(&bench);
        harness.state_mut().app.nav.lock(now);
        harness.step();
        check(&format!("{name}, locked, {lang:?}"), &harness, &mut problems);
    }
    problems.sort();
    problems.dedup();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_page_of_every_situation_is_drawn_in_japanese() {
    every_page_of_every_situation(Lang::Ja);
}

#[test]
fn every_page_of_every_situation_is_drawn_in_english() {
    every_page_of_every_situation(Lang::En);
}

#[test]
fn the_card_s_pages_are_drawn_in_every_state_of_the_pin() {
    let mut problems = Vec::new();
    for (name, bench) in pins() {
        let mut harness = harness(bench.app());
        harness.state_mut().app.nav.scripted = true;
        harness.state_mut().app.nav.locked = None;
        harness.run_steps(2);
        for lang in Lang::ALL {
            for page in [Page::Card, Page::Pin, Page::Unobtainable, Page::WorksNow, Page::List(List::Sections)] {
                let nav = &mut harness.state_mut().app.nav;
                nav.display.lang = lang;
                nav.go(page);
                harness.step();
                check(&format!("{name}, {page:?}, {lang:?}"), &harness, &mut problems);
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// Everything of the look-up without a card, and what else a disaster period and relief put on the screens.
#[test]
fn the_pages_of_a_disaster_are_drawn_in_every_part() {
    let offered = || {
        let bench = Bench::new();
        bench.link_up_in_disaster(60);
        bench.sign_in();
        bench.on_scene();
        bench
    };
    let told = |bench: &Bench| {
        let birth_date = model::CivilDate::new(1948, 3, 8).expect("a date");
        let (kana, address) = ("タカギ　ハナ".into(), "訓練県見本市1-2-3".into());
        let person = patient_history::PersonAttributes { kana, birth_date, sex: Sex::Female, address };
        bench.command(Command::ByAttributes(Box::new(person)));
    };
    let offline = offered();
    offline.link_down();
    offline.pass_seconds(600);
    let no_card = offered();
    no_card.card_fails(Failure::NoCard);
    let consent = offered();
    told(&consent);
    let queued = offered();
    queued.link_down();
    told(&queued);
    queued.command(Command::ConsentSpoken { scope: ConsentScope::All });
    let here = offered();
    told(&here);
    here.command(Command::ConsentSpoken { scope: ConsentScope::All });
    here.history(full_record());
    let nobody = offered();
    told(&nobody);
    nobody.command(Command::ConsentSpoken { scope: ConsentScope::All });
    nobody.refuse_history("not_narrowed", "この氏名・生年月日・性別・住所では、一人に絞れませんでした。");
    let standby = Bench::new();
    standby.link_up_in_disaster(60);
    standby.sign_in();
    let benches = [
        ("offered", offered()),
        ("offline", offline),
        ("no card", no_card),
        ("consent", consent),
        ("queued", queued),
        ("history here", here),
        ("nobody found", nobody),
        ("standby", standby),
    ];
    let mut problems = Vec::new();
    for (name, bench) in benches {
        let mut harness = harness(bench.app());
        harness.state_mut().app.nav.scripted = true;
        harness.state_mut().app.nav.locked = None;
        harness.run_steps(2);
        keyed_at_length(&mut harness.state_mut().app.nav.told);
        for lang in Lang::ALL {
            harness.state_mut().app.nav.display.lang = lang;
            for part in Part::ALL {
                harness.state_mut().app.nav.told.part = part;
                harness.state_mut().app.nav.go(Page::WithoutCard);
                harness.step();
                check(&format!("{name}, {part:?}, {lang:?}"), &harness, &mut problems);
            }
            for page in [Page::Assess, Page::Card, Page::Unobtainable, Page::History, Page::List(List::Tablet)] {
                harness.state_mut().app.nav.go(page);
                harness.step();
                check(&format!("{name}, {page:?}, {lang:?}"), &harness, &mut problems);
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// A long name and a long address.
fn keyed_at_length(told: &mut Told) {
    "カワチノカミナカ゛オカ コウノスケサフ゛ロウ".chars().for_each(|key| told.push_kana(key));
    told.part = Part::Birth;
    "19480308".bytes().for_each(|digit| told.push_digit(digit - b'0'));
    told.sex = Some(Sex::Female);
    told.place = "訓練県遠くの長い名前の第1村".into();
    told.part = Part::Address;
    for digit in [1, 2, 3, 4] {
        told.push_digit(digit);
        told.push_digit(digit);
        told.push_dash();
    }
}

fn entry() -> Entry {
    Entry { field: Field::Pressure, first: "168".into(), second: String::new(), lower: true, taken_at: Timestamp(0) }
}

#[test]
fn every_failure_of_a_card_has_its_ladder() {
    let bench = base(true);
    let mut harness = harness(bench.app());
    harness.run_steps(2);
    let mut problems = Vec::new();
    for failure in Failure::ALL {
        bench.card_fails(failure);
        for lang in Lang::ALL {
            harness.state_mut().app.nav.display.lang = lang;
            harness.state_mut().app.nav.go(Page::Card);
            harness.step();
            assert_eq!(harness.state().app.shown().1.key(), "ladder", "{failure:?}");
            check(&format!("{failure:?} {lang:?}"), &harness, &mut problems);
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}
