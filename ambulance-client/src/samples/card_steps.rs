//! Face, consent, refusals, mismatch, ladders.

use super::shell::{self, Moment};
use super::{Sample, say};
use crate::screens::Screen;
use crate::screens::card::{CardState, CardStatusVm, CardVm};
use crate::screens::consent_refused::ConsentRefusedVm;
use crate::screens::consent_unobtainable::ConsentUnobtainableVm;
use crate::screens::ladder::{LadderStepVm, LadderVm, StepState};
use crate::screens::mismatch::{MismatchRowVm, MismatchVm, OfOtherVm};
use crate::text::Lang;
use crate::widgets::chips::ChipVm;
use crate::widgets::icons::Icon;

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let mut shell = shell::at(lang, "10:29", Moment::Contact, 6);
    if let Some(card) = shell.rail.get_mut(1) {
        *card = say(lang, "読めた", "read");
    }
    let make = |name, screen| Sample { name, shell: shell.clone(), screen };
    let offline = shell::offline(lang, shell.clone());
    vec![
        make("03a-card-face", Screen::Card(card(lang, None))),
        make("03b-card-consent", Screen::Card(card(lang, Some("10:29:11")))),
        make("03d-consent-unobtainable", Screen::ConsentUnobtainable(unobtainable(lang))),
        make("03e-consent-refused", Screen::ConsentRefused(refused(lang))),
        make("03f-mismatch", Screen::Mismatch(mismatch(lang))),
        make("03f2-of-other", Screen::Mismatch(of_other(lang))),
        make("11a-read-moved", Screen::Ladder(moved(lang))),
        make("11b-read-expired", Screen::Ladder(expired(lang))),
        make("11c-read-unregistered", Screen::Ladder(unregistered(lang))),
        Sample { name: "11d-read-radio-lost", shell: offline, screen: Screen::Ladder(radio_lost(lang)) },
    ]
}

pub(super) fn card(lang: Lang, matched_at: Option<&str>) -> CardVm {
    CardVm {
        status: CardStatusVm {
            state: CardState::Read,
            title: say(lang, "カードを読みました", "Card read"),
            note: say(
                lang,
                "証明書は有効 ・ 暗証番号は使いません ・ 個人番号は読みません",
                "certificate valid ・ no PIN ・ the number is not read",
            ),
            right: say(lang, "10:29:04 ・ 0.8秒", "10:29:04 ・ 0.8 s"),
        },
        matched_at: matched_at.map(str::to_owned),
        ..CardVm::default()
    }
}

fn chips(lang: Lang, words: &[(&str, &str)], chosen: Option<usize>) -> Vec<ChipVm> {
    words
        .iter()
        .enumerate()
        .map(|(i, (ja, en))| ChipVm { word: say(lang, ja, en), chosen: chosen == Some(i) })
        .collect()
}

fn unobtainable(lang: Lang) -> ConsentUnobtainableVm {
    let reasons = [
        ("意識がない", "Unconscious"),
        ("意識がもうろう", "Drowsy"),
        ("話せない(失語・挿管)", "Cannot speak"),
        ("認知症で判断がむずかしい", "Dementia"),
        ("幼児で保護者がいない", "Child without guardian"),
        ("その他(あとで記録)", "Other (noted later)"),
    ];
    ConsentUnobtainableVm {
        matched: say(lang, "顔の一致 10:29:11", "face matched 10:29:11"),
        reasons: chips(lang, &reasons, Some(1)),
        record: say(
            lang,
            "記録する内容: 隊長 高橋 ・ 10:29 ・ 理由 ・ 見た項目 ・ 目視。本人はマイナポータルで照会の履歴を見られます。あとで審査があります。",
            "Recorded: captain Takahashi, 10:29, the reason, what was seen. The patient can see it on Mynaportal. It is reviewed.",
        ),
    }
}

fn refused(lang: Lang) -> ConsentRefusedVm {
    let reasons = [
        ("早く運んでほしい", "Wants to go now"),
        ("隊員に知られたくない", "Does not want the crew to know"),
        ("情報の安全が心配", "Worried about safety of data"),
        ("理由は言わない", "Gives no reason"),
    ];
    ConsentRefusedVm { reasons: chips(lang, &reasons, None) }
}

fn of_other(lang: Lang) -> MismatchVm {
    let say = |ja: &str, en: &str| if lang == Lang::Ja { ja.to_owned() } else { en.to_owned() };
    MismatchVm {
        rows: vec![MismatchRowVm {
            what: say("カード", "Card"),
            card: say("傷病者 1 と一致", "of Patient 1"),
            observed: say("いま 傷病者 2", "now Patient 2"),
            differs: true,
        }],
        undecided: true,
        of_other: Some(OfOtherVm {
            title: say("このカードは 傷病者 1 のものです", "This is the card of Patient 1"),
            body: say("照会を止めました。だれのカードか、確かめてください。", "Stopped: whose card is it?"),
            confirm: say("傷病者 2 のカード", "Card of Patient 2"),
            go_to: say("傷病者 1 にもどる", "To Patient 1"),
        }),
    }
}

pub(super) fn mismatch(lang: Lang) -> MismatchVm {
    let row = |what: (&str, &str), card: (&str, &str), seen: (&str, &str)| MismatchRowVm {
        what: say(lang, what.0, what.1),
        card: say(lang, card.0, card.1),
        observed: say(lang, seen.0, seen.1),
        differs: true,
    };
    MismatchVm {
        rows: vec![
            row(("性別", "Sex"), ("男", "M"), ("女", "F")),
            row(("年齢", "Age"), ("47歳", "47"), ("70代", "70s")),
        ],
        undecided: false,
        of_other: None,
    }
}

fn step(lang: Lang, state: StepState, pressable: bool, title: (&str, &str), note: (&str, &str)) -> LadderStepVm {
    LadderStepVm { state, title: say(lang, title.0, title.1), note: say(lang, note.0, note.1), pressable }
}

fn no_wait(lang: Lang) -> (String, String) {
    (
        say(lang, "待たなくてよい ― 候補は出ています", "No need to wait ― hospitals are shown"),
        say(
            lang,
            "病歴なしの計算: 青波中央病院 31分 ・ 汐見台記念病院 32分 ・ 青波大学病院 39分",
            "without history: Aonami Chuo 31 min ・ Shiomidai 32 ・ Aonami Univ. 39",
        ),
    )
}

fn moved(lang: Lang) -> LadderVm {
    let again = (
        ("置きなおす", "Put it down again"),
        ("置くと自動で読みます。押す必要はありません", "It reads by itself; no press needed"),
    );
    let case = (
        ("ケースから出す", "Out of its case"),
        ("財布・ケース・ほかのカードから離す", "Away from wallet, case, other cards"),
    );
    let turn = (
        ("裏返して、まん中に置く", "Turn it over, in the middle"),
        ("面の向きで読みやすさが変わります", "One side may read better"),
    );
    let without = (
        ("カードなしで進む", "Go on without the card"),
        ("3回だめなら、待たずに進んでください", "After three tries, do not wait"),
    );
    LadderVm {
        icon: Icon::Warning,
        title: say(lang, "カードが動きました", "The card moved"),
        meaning: say(
            lang,
            "読み取りが途中で切れました。カードは壊れていません。",
            "Reading broke off. The card is not damaged.",
        ),
        steps: vec![
            step(lang, StepState::Failed, false, again.0, again.1),
            step(lang, StepState::Now, false, case.0, case.1),
            step(lang, StepState::Later, false, turn.0, turn.1),
            step(lang, StepState::Later, true, without.0, without.1),
        ],
        no_wait: no_wait(lang),
        rule: None,
        footer: say(lang, "読み取りにかけた時間 0:34 ・ 記号 CARD-MOVED", "Time spent reading 0:34 ・ sign CARD-MOVED"),
        primary: (say(lang, "カードなしで進む", "Go on without card"), say(lang, "2回めです", "second try")),
        side: vec![
            (say(lang, "照合番号Bで開く", "Open by number B"), String::new()),
            (say(lang, "読み取りをやめる", "Stop reading"), String::new()),
        ],
    }
}

fn unregistered(lang: Lang) -> LadderVm {
    let book = (
        ("お薬手帳を読む", "Read the medicine book"),
        ("QRが付いていれば薬を取り込めます", "With a QR its medicines can be taken in"),
    );
    let oral = (
        ("聞き取りで進む", "Ask and note"),
        ("薬・既往・アレルギーを押して選ぶ", "Medicine, past, allergy by presses"),
    );
    LadderVm {
        icon: Icon::Warning,
        title: say(lang, "保険証の利用登録がありません", "Not registered as insurance card"),
        meaning: say(
            lang,
            "このカードからは病歴を見られません。現場では登録できません。",
            "No history through this card. It cannot be registered on scene.",
        ),
        steps: vec![
            step(lang, StepState::Now, true, book.0, book.1),
            step(lang, StepState::Later, true, oral.0, oral.1),
        ],
        no_wait: no_wait(lang),
        rule: Some((
            say(lang, "見られない ≠ 記録なし", "Not visible ≠ no record"),
            say(lang, "病歴がないのではなく、このカードでは見られないだけです。", "This card just cannot show it."),
        )),
        footer: say(
            lang,
            "記号 NOT-REGISTERED ・ 照会にかかった時間 1.4秒",
            "sign NOT-REGISTERED ・ look-up took 1.4 s",
        ),
        primary: (say(lang, "お薬手帳へ", "Medicine book"), say(lang, "QRを読む", "read its QR")),
        side: vec![(say(lang, "聞き取りへ", "Ask and note"), say(lang, "押して選ぶだけ", "presses only"))],
    }
}

/// The certificate is past its date, within the time in which the insurer still answers.
fn expired(lang: Lang) -> LadderVm {
    let ask = (
        ("照会してみる", "Look up all the same"),
        (
            "資格だけ分かることもあります。その場合も記録します",
            "Perhaps only the insurance is known; that is noted too",
        ),
    );
    let book = (
        ("お薬手帳を読む", "Read the medicine book"),
        ("QRが付いていれば薬を取り込めます", "With a QR its medicines can be taken in"),
    );
    let oral = (
        ("聞き取りで進む", "Ask and note"),
        ("薬・既往・アレルギーを押して選ぶ", "Medicine, past, allergy by presses"),
    );
    LadderVm {
        icon: Icon::Warning,
        title: say(lang, "証明書の期限が切れています", "The certificate has expired"),
        meaning: say(
            lang,
            "期限 2026-09-30。資格の確認は 2026-12-30 まで続けられます。病歴が見られるかは、照会すると分かります。",
            "It ended 2026-09-30; the insurer answers until 2026-12-30. A look-up tells whether history is shown.",
        ),
        steps: vec![
            step(lang, StepState::Now, true, ask.0, ask.1),
            step(lang, StepState::Later, true, book.0, book.1),
            step(lang, StepState::Later, true, oral.0, oral.1),
        ],
        no_wait: no_wait(lang),
        rule: None,
        footer: say(
            lang,
            "更新の案内は救急活動のあとで。記号 CERT-GRACE",
            "Tell of the renewal afterwards ・ sign CERT-GRACE",
        ),
        primary: (say(lang, "照会してみる", "Look it up"), say(lang, "顔の一致と同意へ", "face and consent")),
        side: vec![(say(lang, "カードなしで進む", "Go on without"), say(lang, "お薬手帳・聞き取り", "by asking"))],
    }
}

/// Card and consent are recorded, only the radio is missing.
fn radio_lost(lang: Lang) -> LadderVm {
    let wait = (
        ("待たずに進む", "Go on, do not wait"),
        ("電波が戻ると自動で照会します。押す必要はありません", "looked up by itself when the radio returns"),
    );
    let oral = (("聞き取り", "Ask and note"), ("電波なしで使えます", "works without radio"));
    let voice = (
        ("指令台へ無線で伝える", "Tell dispatch by voice"),
        ("氏名・生年月日は無線で言わない", "no name or birth date over the air"),
    );
    LadderVm {
        icon: Icon::BarsStruck,
        title: say(lang, "照会を送れません", "The look-up cannot be sent"),
        meaning: say(
            lang,
            "カードは読めました。同意も記録しました。電波だけがありません。",
            "The card is read, the consent recorded. Only the radio is missing.",
        ),
        steps: vec![
            step(lang, StepState::Now, false, wait.0, wait.1),
            step(lang, StepState::Later, true, oral.0, oral.1),
            step(lang, StepState::Later, false, voice.0, voice.1),
        ],
        no_wait: no_wait(lang),
        rule: Some((
            say(lang, "まだ届いていない ≠ 記録なし", "Not yet here ≠ no record"),
            say(lang, "同意があるあいだ、順番を待ちます。", "Waits as long as the consent stands."),
        )),
        footer: say(lang, "記号 LINK-DOWN ・ 送信待ち 3件", "sign LINK-DOWN ・ 3 waiting"),
        primary: (say(lang, "聞き取りへ", "Ask and note"), say(lang, "待たずに進む", "do not wait")),
        side: vec![
            (say(lang, "いますぐつなぐ", "Connect now"), String::new()),
            (say(lang, "照会を取り消す", "Cancel look-up"), String::new()),
        ],
    }
}
