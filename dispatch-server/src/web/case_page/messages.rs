//! 連絡 and マイナ保険証の用意: what dispatch told the units and what became of it, and what the caller said of card and notebook.

use crate::web::parts::{Moment, age, empty, hidden, hms, lasting};
use case::message::MESSAGE_CHARS_MAX;
use case::{CardAnswer, CaseView, Message};
use maud::{Markup, html};
use model::{CaseId, MessageId, UnitId};

/// A message that no tablet has shown for so many seconds is drawn as old: use the radio.
const SHOWN_LIFE_S: i64 = 60;

/// 定型: short sentences that dispatchers say often.
const PHRASES: [&str; 8] = [
    "容体に変化があれば一報ください",
    "カードとお薬手帳の用意を家族に伝えました",
    "家族が玄関先で待っています",
    "警察官が先着しています",
    "消防隊（PA連携）が向かっています",
    "広域へ照会を広げる準備をしています",
    "無線で呼んでください",
    "到着が遅れる場合は知らせてください",
];

/// The messages, the newest first, each with what every unit's tablet made of it.
pub(super) fn panel(view: &CaseView, moment: Moment) -> Markup {
    let mut list: Vec<&Message> = view.messages.values().collect();
    list.sort_by_key(|message| core::cmp::Reverse(message.sent_at));
    html! {
        header.ph { h2 { "連絡" } span.q.sm { "✓ 隊の画面に出た　✓✓ 了解" } }
        @if list.is_empty() { div.pb { (empty("まだ連絡していません", moment)) } }
        @else { ol.said { @for message in list { li { (one(view, message, moment)) } } } }
    }
}

fn one(view: &CaseView, message: &Message, moment: Moment) -> Markup {
    let to: Vec<&(UnitId, String)> = view.units.values().flatten().filter(|(unit, _)| message.is_for(*unit)).collect();
    html! {
        p.sm { time.n { (hms(message.sent_at)) } " 指令台 → "
            @for (n, (_, callsign)) in to.iter().enumerate() { @if n > 0 { "・" } (callsign) }
            @if to.is_empty() { span.q { "隊が決まると表示されます" } }
        }
        p.words { (message.text) }
        @for (unit, callsign) in to { p.sm { (callsign) " " (state(message, *unit, moment)) } }
    }
}

fn state(message: &Message, unit: UnitId, moment: Moment) -> Markup {
    html! {
        @if let Some(at) = message.acknowledged.get(&unit) { b { "✓✓ 了解" } " " span.n { (hms(*at)) } }
        @else if let Some(at) = message.shown.get(&unit) {
            "✓ 表示 " span.n { (hms(*at)) } "・了解待ち " (lasting(message.sent_at, moment))
        }
        @else { span.q { "送信済・隊の表示待ち " } (age(message.sent_at, SHOWN_LIFE_S, moment)) }
    }
}

/// The form that sends one: `I` writes, `J` chooses a phrase.
pub(super) fn form(view: &CaseView, case: CaseId, csrf: &str, message: MessageId) -> Markup {
    let units: Vec<&(UnitId, String)> = view.units.values().flatten().collect();
    html! {
        form.pb.tell method="post" action=(format!("/cases/{case}/message")) data-quiet="" data-renew="message" {
            (hidden(csrf))
            input type="hidden" name="message" value=(message);
            @if units.len() > 1 {
                label { "あて先" select name="to" {
                    option value="" { "すべての隊" }
                    @for (unit, callsign) in units { option value=(unit) { (callsign) } }
                } }
            }
            label { kbd aria-hidden="true" { "J" } "定型"
                select name="phrase" data-key="KeyJ" aria-keyshortcuts="J" data-fills="text" {
                    option value="" { "選ばない" }
                    @for phrase in PHRASES { option { (phrase) } }
                }
            }
            label { kbd aria-hidden="true" { "I" } "書く（" (MESSAGE_CHARS_MAX) "字まで）"
                input name="text" maxlength=(MESSAGE_CHARS_MAX) autocomplete="off" data-needed="" data-key="KeyI" aria-keyshortcuts="I";
            }
            div.row { button.btn.pri type="submit" { "送る" } span.nowt.sm role="alert" data-said="" {} }
        }
    }
}

/// "Card ready?": what was answered, and the four answers. `digits`: they have the keys 1–4; else `C` leads to the first.
pub(super) fn card(view: &CaseView, case: CaseId, csrf: Option<&str>, digits: bool, moment: Moment) -> Markup {
    let answered = view.card_asked;
    html! {
        header.ph { h2 { "マイナ保険証の用意" }
            @match answered {
                Some((answer, at)) => span.q.sm { (answer.ja()) " " time.n { (hms(at)) } "・隊の画面に出ています" },
                None => span.q.sm { "119の通話中に聞く" },
            }
        }
        @if let Some(csrf) = csrf {
            form.pb.four method="post" action=(format!("/cases/{case}/card")) data-quiet="" {
                (hidden(csrf))
                @for (n, answer) in (1..).zip(CardAnswer::ALL) { (button(n, answer, answered.map(|(known, _)| known), digits)) }
                span.nowt.sm role="alert" data-said="" {}
            }
        } @else if answered.is_none() { div.pb { (empty("まだ聞いていません", moment)) } }
    }
}

fn button(n: u8, answer: CardAnswer, chosen: Option<CardAnswer>, digits: bool) -> Markup {
    let key = match (digits, n) {
        (true, n) => Some((format!("Digit{n}"), n.to_string())),
        (false, 1) => Some(("KeyC".to_owned(), "C".to_owned())),
        (false, _) => None,
    };
    let chosen = chosen == Some(answer);
    let (code, printed) = key.map_or((None, None), |(code, printed)| (Some(code), Some(printed)));
    html! {
        button.btn.pri[chosen] type="submit" name="answer" value=(answer.key()) aria-pressed=(chosen.to_string())
            data-key=[code] data-press=[digits.then_some("")] aria-keyshortcuts=[printed.as_deref()] {
            @if let Some(printed) = &printed { kbd aria-hidden="true" { (printed) } }
            (answer.ja())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_may_be_sent() {
        for phrase in PHRASES {
            assert!(phrase.chars().count() <= MESSAGE_CHARS_MAX, "{phrase}");
        }
    }
}
