//! いま使えるもの: what works, what waits, what is broken.

use super::{Shown, View, screen, shell};
use crate::screens::Screen;
use crate::screens::works_now::{WorksNowVm, WorksRowVm, WorksVm};
use ambulance_core::{Fault, HistoryState, LinkState, ReaderState};

pub(super) fn works_now(view: &View<'_>) -> Shown {
    screen(Screen::WorksNow(WorksNowVm {
        banner: banner(view),
        rows: vec![stages(view), card(view), history(view), list(view), enquiry(view), position(view), document(view)],
        waiting: waiting(view),
        phone: view.ranking().and_then(|r| r.candidates.first()).map_or_else(String::new, |c| c.short_name.clone()),
    }))
}

fn banner(view: &View<'_>) -> Option<(String, String)> {
    match &view.state.link {
        LinkState::Up { .. } => None,
        LinkState::Down { why, .. } => {
            let since = view.nav.offline_since.map_or_else(String::new, |t| t.tokyo_hhmm());
            let m = shell::offline_minutes(view);
            Some((
                view.say(&format!("圏外 {m}分({since} から)"), &format!("No radio {m} min (since {since})")),
                view.say(why, "Reconnecting by itself."),
            ))
        }
        LinkState::Refused { code } => Some(shell::kept_out(view, *code)),
    }
}

fn row(view: &View<'_>, works: WorksVm, what: (&str, &str), state: (&str, &str), note: (&str, &str)) -> WorksRowVm {
    WorksRowVm {
        works,
        what: view.say(what.0, what.1),
        state: view.say(state.0, state.1),
        note: view.say(note.0, note.1),
    }
}

const WORKS: (&str, &str) = ("使える", "works");

fn stages(view: &View<'_>) -> WorksRowVm {
    let what = ("段階の記録", "Stages");
    if view.state.faults.contains(&Fault::DiskFull) {
        return row(
            view,
            WorksVm::No,
            what,
            ("保存できない", "cannot save"),
            ("端末の空きがありません。紙に控えてください", "the disk is full: note on paper"),
        );
    }
    if view.state.faults.contains(&Fault::StoreFailed) {
        return row(
            view,
            WorksVm::No,
            what,
            ("保存できない", "cannot save"),
            ("端末の記録が壊れています。管理者へ", "the store failed: tell the administrator"),
        );
    }
    let n = view.state.outbox.waiting;
    row(view, WorksVm::Yes, what, WORKS, (&format!("端末に保存。未送信 {n}件"), &format!("kept here, {n} unsent")))
}

fn card(view: &View<'_>) -> WorksRowVm {
    let what = ("カードを読む", "Card");
    match view.state.reader {
        ReaderState::Missing => row(
            view,
            WorksVm::No,
            what,
            ("リーダーなし", "no reader"),
            ("ケーブルを差し直してください", "plug its cable in again"),
        ),
        ReaderState::Unknown => row(view, WorksVm::Partly, what, ("調べています", "looking"), ("", "")),
        _ if view.state.crew.is_none() => row(
            view,
            WorksVm::Partly,
            what,
            ("読めます", "reads"),
            ("照会にはサインインが要ります", "a look-up needs a sign-in"),
        ),
        _ => row(view, WorksVm::Yes, what, WORKS, ("置くと自動で読みます", "read when put down")),
    }
}

fn history(view: &View<'_>) -> WorksRowVm {
    let what = ("病歴", "History");
    let up = view.state.link.is_up();
    match (view.case().map(|c| &c.history), up) {
        (Some(HistoryState::Here { answer, .. }), _) => {
            let age = view.ago(answer.snapshot.fetched_at);
            let works = if up { WorksVm::Yes } else { WorksVm::Partly };
            row(
                view,
                works,
                what,
                (&format!("{age}の記録"), &format!("{age} old")),
                ("新しい照会は電波が要ります", "a new look-up needs radio"),
            )
        }
        (_, true) => row(
            view,
            WorksVm::Yes,
            what,
            ("照会できます", "can be asked"),
            ("カードと同意のあと", "after card and consent"),
        ),
        (_, false) => row(
            view,
            WorksVm::No,
            what,
            ("待ち", "waits"),
            ("電波が戻りしだい照会します", "asked when the radio returns"),
        ),
    }
}

fn list(view: &View<'_>) -> WorksRowVm {
    let what = ("受入候補", "Hospitals");
    let Some(list) = view.case().and_then(|c| c.suggestion.as_ref()) else {
        return row(view, WorksVm::Partly, what, ("まだ", "not yet"), ("場所がわかると計算します", "needs the place"));
    };
    let beds = view.state.capacity_at.map_or_else(
        || view.say("空床 申告なし", "no bed report"),
        |at| view.say(&format!("{}の空床", view.ago(at)), &format!("beds {} old", view.ago(at))),
    );
    match (list.decision.is_some(), view.state.link.is_up()) {
        (true, true) => row(view, WorksVm::Yes, what, WORKS, (&beds, &beds)),
        _ => row(
            view,
            WorksVm::Partly,
            what,
            (&beds, &beds),
            ("端末で計算。古い空床は割り引きます", "computed here, old beds discounted"),
        ),
    }
}

fn enquiry(view: &View<'_>) -> WorksRowVm {
    let what = ("照会", "Enquiry");
    if view.state.link.is_up() {
        row(view, WorksVm::Yes, what, WORKS, ("返事はこの画面に届きます", "answers come here"))
    } else {
        row(view, WorksVm::No, what, ("電話で", "by phone"), ("この端末からは送れません", "cannot be sent from here"))
    }
}

fn position(view: &View<'_>) -> WorksRowVm {
    let what = ("位置の送信", "Position");
    if view.state.link.is_up() {
        row(view, WorksVm::Yes, what, WORKS, ("最新だけ送ります", "the latest only"))
    } else {
        row(
            view,
            WorksVm::No,
            what,
            ("止まっています", "stopped"),
            ("戻ると最新だけ送ります", "only the latest is sent later"),
        )
    }
}

fn document(view: &View<'_>) -> WorksRowVm {
    let what = ("引継書・QR", "Document");
    if view.state.link.is_up() {
        row(view, WorksVm::Yes, what, WORKS, ("引継ぎの画面で出ます", "on the handover page"))
    } else {
        row(view, WorksVm::Partly, what, ("画面で", "on screen"), ("QRは電波が要ります", "the QR needs radio"))
    }
}

fn waiting(view: &View<'_>) -> (String, Vec<String>) {
    let outbox = &view.state.outbox;
    let mut lines = Vec::new();
    if let Some(at) = outbox.oldest_waiting_at {
        lines.push(view.say(&format!("いちばん古い {}", at.tokyo_hhmm()), &format!("oldest {}", at.tokyo_hhmm())));
    }
    lines.push(view.say(&format!("送れない記録 {}件", outbox.wedged), &format!("stuck {}", outbox.wedged)));
    if outbox.forked > 0 || view.state.faults.contains(&Fault::Forked) {
        lines.push(view.say("記録が二重 ― 管理者へ", "forked: tell the admin"));
    }
    if let Some(case) = view.case() {
        if !case.view.gaps.is_empty() {
            lines.push(view.say(
                &format!("欠けの恐れ {}か所", case.view.gaps.len()),
                &format!("possible gaps {}", case.view.gaps.len()),
            ));
        }
        if case.view.not_understood > 0 {
            lines.push(view.say(
                &format!("読めない記録 {}件", case.view.not_understood),
                &format!("not understood {}", case.view.not_understood),
            ));
        }
    }
    if let Some(offset) = view.state.offset.filter(|o| o.us.unsigned_abs() > 2_000_000) {
        let s = offset.us / 1_000_000;
        lines.push(view.say(&format!("時計のずれ {s}秒(補正中)"), &format!("clock off {s} s")));
    }
    (view.say(&format!("送信待ち {}件", outbox.waiting), &format!("{} waiting", outbox.waiting)), lines)
}
