//! The first item of the content: without radio how old what is shown is, how many entries wait and since when; before
//! that, what is wrong with this tablet itself.

use super::View;
use crate::app::navigation::{List, Page};
use crate::frame::{AgeBannerVm, BannerKind};
use ambulance_core::{Fault, LinkState, LinkTrouble};
use delivery::Recovered;
use wire::RefusalCode;

pub(super) fn banner(view: &View<'_>) -> Option<AgeBannerVm> {
    if let Some(alarm) = alarm(view) {
        return Some(alarm);
    }
    if view.nav.locked.is_some() {
        return None;
    }
    if let Some(message) = super::messages::strip(view) {
        return Some(message);
    }
    if let Some(notice) = notice(view) {
        return Some(notice);
    }
    match &view.state.link {
        LinkState::Up { .. } => None,
        LinkState::Refused { code } => {
            let (title, next) = kept_out(view, *code);
            Some(age(title, format!("{next}{}{}", view.pick("", " "), waiting(view))))
        }
        LinkState::Down { .. } => Some(age(offline_title(view), offline_body(view))),
    }
}

fn age(title: String, body: String) -> AgeBannerVm {
    AgeBannerVm { kind: BannerKind::Age, title, body }
}

/// Nothing that is pressed is kept.
pub(super) fn keeps_nothing(view: &View<'_>) -> bool {
    view.nav.stopped || view.state.faults.iter().any(|f| matches!(f, Fault::DiskFull | Fault::StoreFailed))
}

/// What is pressed is not kept: stands on every page, also on the lock page, until the cause ends.
fn alarm(view: &View<'_>) -> Option<AgeBannerVm> {
    let faults = &view.state.faults;
    let (ja, en, next_ja, next_en) = if view.nav.stopped {
        (
            "この端末のプログラムが止まりました",
            "This tablet's program has stopped",
            "これからの入力は残りません。閉じて開きなおしてください。段階は紙に。",
            "Close it and open it again; note the times on paper.",
        )
    } else if faults.contains(&Fault::DiskFull) {
        (
            "記録できません ― 端末の空きがありません",
            "Nothing is kept ― the tablet's disk is full",
            "段階の時刻は紙に。指令台へ連絡を。空きができると自動で戻ります。",
            "Times on paper, tell dispatch. Ends by itself when there is room.",
        )
    } else if faults.contains(&Fault::StoreFailed) {
        (
            "記録できません ― 端末に保存できません",
            "Nothing is kept ― the tablet cannot save",
            "段階の時刻は紙に。指令台へ連絡を。10秒ごとに試しています。",
            "Times on paper, tell dispatch. It is tried again every 10 s.",
        )
    } else {
        return None;
    };
    Some(AgeBannerVm { kind: BannerKind::Alarm, title: view.say(ja, en), body: view.say(next_ja, next_en) })
}

/// Something is damaged that does not stop the work: stays until somebody has looked at it.
fn notice(view: &View<'_>) -> Option<AgeBannerVm> {
    if let Some(recovered) = &view.state.recovered {
        return Some(taken_over(view, recovered));
    }
    let damaged = |f: &Fault| matches!(f, Fault::RowDamaged | Fault::Missing { .. });
    let count = view.state.faults.iter().filter(|f| damaged(f)).count();
    if count == 0 || view.nav.seen_damage >= count {
        return None;
    }
    let body = where_to_look(view);
    let title = view.say(
        &format!("この端末の記録に読めない所が {count}か所あります"),
        &format!("{count} places of this tablet's record cannot be read"),
    );
    Some(AgeBannerVm { kind: BannerKind::Notice, title, body })
}

/// Without radio also how long and how many wait; then where the notice is told in full.
fn where_to_look(view: &View<'_>) -> String {
    let offline = match &view.state.link {
        LinkState::Up { .. } => String::new(),
        _ => {
            let since = view.offline_for();
            format!("{}{}", view.say(&format!("圏外 {since}。"), &format!("No radio {since}. ")), waiting(view))
        }
    };
    let page = view.say("右上の欄から「端末の状態」へ。", " See \"Tablet state\", last cell above.");
    format!("{offline}{page}")
}

/// The record was damaged: how much was read from it, what may be missing, where it is told in full.
fn taken_over(view: &View<'_>, recovered: &Recovered) -> AgeBannerVm {
    let (n, gaps) = (recovered.entries, recovered.gaps.len());
    let lost = match (gaps, recovered.logs_may_miss) {
        (0, false) => view.say("欠けなし", "none missing"),
        (0, true) => view.say("欠けのおそれ", "some may miss"),
        _ => view.say(&format!("欠け {gaps}か所"), &format!("{gaps} gaps")),
    };
    let title = view.say(
        &format!("記録が壊れていました ― {n}件を引きつぎ、{lost}"),
        &format!("Damaged record ― {n} entries taken over, {lost}"),
    );
    let body = where_to_look(view);
    AgeBannerVm { kind: BannerKind::Notice, title, body }
}

/// What the page shows is how old, in its own words.
fn offline_title(view: &View<'_>) -> String {
    let since = view.offline_for();
    let (ja, en) = match view.nav.page {
        Page::History | Page::List(List::Rows(_) | List::Alerts | List::Alert(_)) => history(view),
        Page::Hospitals | Page::Override | Page::List(List::Terms(_) | List::Excluded | List::Register) => beds(view),
        Page::Enquiry | Page::List(List::Telephone(_)) => {
            ("返事は電話で聞いて、押して入れます".to_owned(), "ask by phone, note the answer here".to_owned())
        }
        Page::Transport => ("見込みはこの端末の計算です".to_owned(), "the estimate is computed here".to_owned()),
        Page::Handover | Page::List(List::Document) => {
            ("引継書とQRは電波が戻ってから".to_owned(), "document and QR need the radio".to_owned())
        }
        Page::Card | Page::Unobtainable | Page::List(List::Sections) => {
            ("カードは読めます。照会は順番待ち".to_owned(), "cards are read, look-ups wait".to_owned())
        }
        _ => ("入力と段階はこの端末に残ります".to_owned(), "entries stay on this tablet".to_owned()),
    };
    view.say(&format!("圏外 {since} ― {ja}"), &format!("No radio {since} ― {en}"))
}

fn history(view: &View<'_>) -> (String, String) {
    match view.case().and_then(|c| c.history.answer()) {
        Some(answer) => {
            let age = view.ago(answer.snapshot.fetched_at);
            (format!("これは {age}の記録。新しい照会は待ち"), format!("records {age} old; look-ups wait"))
        }
        None => ("照会は電波が戻りしだい".to_owned(), "look-ups wait for the radio".to_owned()),
    }
}

fn beds(view: &View<'_>) -> (String, String) {
    match view.state.capacity_at {
        Some(at) => {
            let age = view.ago(at);
            (format!("空床は {age}まで。端末で計算"), format!("beds {age} old, computed here"))
        }
        None => ("空床の申告なし。端末で計算".to_owned(), "no bed report, computed here".to_owned()),
    }
}

fn offline_body(view: &View<'_>) -> String {
    let next = view.say("電波が戻ると自動で送ります。", "They go out when the radio returns.");
    match view.state.outbox.waiting {
        0 => view.say("未送信はありません。自動でつなぎなおします。", "Nothing waits. It reconnects by itself."),
        _ => format!("{}{}{next}", waiting(view), view.pick("", " ")),
    }
}

/// 「未送信 12件(10:43 から)。」
pub(super) fn waiting(view: &View<'_>) -> String {
    let outbox = &view.state.outbox;
    let n = outbox.waiting;
    match outbox.oldest_waiting_at {
        Some(at) if n > 0 => {
            let at = view.own_time(at).tokyo_hhmm();
            view.say(&format!("未送信 {n}件({at} から)。"), &format!("{n} unsent since {at}."))
        }
        _ => view.say(&format!("未送信 {n}件。"), &format!("{n} unsent.")),
    }
}

/// Why the server keeps this tablet out, and what to do.
pub(super) fn kept_out(view: &View<'_>, code: RefusalCode) -> (String, String) {
    let words = view.pick(code.ja(), code.en());
    let (what, next) = words.split_once(['。', '.']).unwrap_or((words, ""));
    (what.to_owned(), next.trim_start().to_owned())
}

/// Why there is no link, in one sentence or two.
pub(super) fn trouble(view: &View<'_>, why: LinkTrouble) -> &'static str {
    let words = view.words();
    match why {
        LinkTrouble::Starting => words.link_starting,
        LinkTrouble::Silent => words.link_silent,
        LinkTrouble::NoWelcome => words.link_no_welcome,
        LinkTrouble::Closed => words.link_closed,
        LinkTrouble::NotUnderstood => words.link_not_understood,
        LinkTrouble::WrongServer => words.link_wrong_server,
        LinkTrouble::CertificateOrClock => words.link_certificate_or_clock,
        LinkTrouble::OwnCertificate => words.link_own_certificate,
        LinkTrouble::Busy => words.link_busy,
        LinkTrouble::Outdated => words.link_outdated,
        LinkTrouble::NoNetwork => words.link_no_network,
        LinkTrouble::Other => words.link_other,
    }
}
