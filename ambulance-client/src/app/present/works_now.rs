//! いま使えるもの: what works, what waits, what is broken; each with its age and what comes next.

use super::banner::{kept_out, trouble, waiting};
use super::shell::{BEDS_OLD_MIN, HISTORY_OLD_MIN};
use super::{Shown, View, screen, tablet, transport};
use crate::screens::Screen;
use crate::screens::works_now::{WorksNowVm, WorksRowVm, WorksVm};
use ambulance_core::{CardState, Fault, HistoryState, LinkState, Part, ReaderState};
use model::Timestamp;
use patient_history::ConsentBasis;
use std::collections::BTreeMap;

/// Kinds of waiting entries on one line.
const KINDS_PER_LINE: usize = 3;

pub(super) fn works_now(view: &View<'_>) -> Shown {
    screen(Screen::WorksNow(WorksNowVm {
        banner: banner(view),
        rows: vec![stages(view), card(view), history(view), list(view), enquiry(view), position(view), document(view)],
        waiting: queue(view),
        can_connect: !view.state.link.is_up(),
        tablet: tablet::in_a_word(view),
        phone: phone(view),
    }))
}

/// Whom the primary phones: the destination, else the first of the list, else dispatch.
fn phone(view: &View<'_>) -> (String, String) {
    let to = view.case().and_then(|c| transport::destination(&c.view));
    let name = to.map(|h| view.hospital(h)).or_else(|| Some(view.ranking()?.candidates.first()?.short_name.clone()));
    match name {
        Some(name) => (view.words().hospital_phone.to_owned(), name),
        None => (view.words().dispatch_phone.to_owned(), view.say("隊の電話で", "by the unit's phone")),
    }
}

fn banner(view: &View<'_>) -> Option<(String, String)> {
    match &view.state.link {
        LinkState::Up { .. } => None,
        LinkState::Down { why, .. } => {
            let since = view.nav.offline_since.map_or_else(String::new, |t| view.own_time(t).tokyo_hhmm());
            let time = view.offline_for();
            Some((
                view.say(&format!("圏外 {time}({since} から)"), &format!("No radio {time} (since {since})")),
                format!(
                    "{}{}",
                    trouble(view, *why),
                    view.pick("自動でつなぎなおしています", " Reconnecting by itself.")
                ),
            ))
        }
        LinkState::Refused { code } => {
            let (what, next) = kept_out(view, *code);
            Some((what, next))
        }
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
    let no = |note| row(view, WorksVm::No, what, ("残りません", "not kept"), note);
    if view.nav.stopped {
        return no(("閉じて開きなおす。時刻は紙に", "close and open again; times on paper"));
    }
    if view.state.faults.contains(&Fault::DiskFull) {
        return no(("端末の空きがありません。時刻は紙に", "the disk is full: times on paper"));
    }
    if view.state.faults.contains(&Fault::StoreFailed) {
        return no(("端末に保存できません。時刻は紙に", "the disk fails: times on paper"));
    }
    let waits = waiting(view);
    let note_ja = format!("端末に保存。{waits}");
    if view.state.offset.is_none() {
        let note = (format!("{note_ja}時刻に ± が付きます"), format!("kept here. {waits} Times carry ±"));
        return row(view, WorksVm::Partly, what, ("使える ±", "works ±"), (&note.0, &note.1));
    }
    row(view, WorksVm::Yes, what, WORKS, (&note_ja, &format!("kept here. {waits}")))
}

fn card(view: &View<'_>) -> WorksRowVm {
    let what = ("カードを読む", "Card");
    if view.state.reader == ReaderState::Missing {
        let next = ("ケーブルを差し直す。照合は目視で", "plug its cable in again");
        return row(view, WorksVm::No, what, ("リーダーなし", "no reader"), next);
    }
    if view.state.reader == ReaderState::Unknown {
        return row(view, WorksVm::Partly, what, ("調べています", "looking"), ("まもなく出ます", "in a moment"));
    }
    if view.state.crew.is_none() {
        let next = ("照会にはサインインが要ります", "a look-up needs a sign-in");
        return row(view, WorksVm::Partly, what, ("読めます", "reads"), next);
    }
    let read_at = view.case().and_then(|c| match &c.card {
        CardState::Face(s) | CardState::Consent(s) | CardState::Pin(s) | CardState::Done(s) => Some(s.read_at),
        _ => None,
    });
    let note = read_at.map_or_else(
        || view.say("置くと自動で読みます", "read when put down"),
        |at| {
            let at = view.own_time(at).tokyo_hhmm();
            view.say(&format!("{at} に読みました"), &format!("read {at}"))
        },
    );
    row(view, WorksVm::Yes, what, WORKS, (&note, &note))
}

/// When a look-up on the emergency basis ends unsent.
pub(super) fn emergency_ends(view: &View<'_>, since: Timestamp) -> Option<Timestamp> {
    let basis = &view.case()?.view.consent()?.basis;
    let wait = i64::try_from(ambulance_core::limits::EMERGENCY_LOOKUP_WAIT_US).unwrap_or(i64::MAX);
    matches!(basis, ConsentBasis::NotObtainable { .. }).then(|| since.plus_us(wait))
}

fn history(view: &View<'_>) -> WorksRowVm {
    let what = ("病歴", "History");
    let up = view.state.link.is_up();
    let later = ("新しい照会は電波が戻りしだい", "new look-ups wait for the radio");
    match view.case().map(|c| &c.history) {
        Some(HistoryState::Here { answer, .. }) => {
            let at = answer.snapshot.fetched_at;
            let age = view.ago(at);
            let fresh = up && at.age_minutes(view.at()) < HISTORY_OLD_MIN;
            let works = if fresh { WorksVm::Yes } else { WorksVm::Partly };
            let again = ("照会しなおせます", "can be looked up again");
            let note = if up { again } else { later };
            row(view, works, what, (&format!("{age}まで"), &format!("{age} old")), note)
        }
        Some(HistoryState::Waiting { since, queued: true, .. }) => {
            let at = view.own_time(*since).tokyo_hhmm();
            let note = match emergency_ends(view, *since) {
                Some(end) => {
                    let end = view.own_time(end).tokyo_hhmm();
                    (format!("{at} から。同意なしは {end} まで待ちます"), format!("since {at}; ends unsent at {end}"))
                }
                None => (format!("{at} から。電波が戻ると自動で照会します"), format!("since {at}, sent by itself")),
            };
            row(view, WorksVm::Partly, what, ("順番待ち", "queued"), (&note.0, &note.1))
        }
        Some(HistoryState::Waiting { .. }) => {
            row(view, WorksVm::Yes, what, ("照会中", "asked"), ("届きしだい出ます", "shown when it comes"))
        }
        Some(HistoryState::Failed { error, .. }) => {
            row(view, WorksVm::No, what, ("見られません", "not visible"), (&error.ja, &error.en))
        }
        Some(HistoryState::Wiped { at }) => {
            let at = view.own_time(*at).tokyo_hhmm();
            let note = (format!("{at} に消しました"), format!("erased {at}"));
            row(view, WorksVm::No, what, ("消去済", "erased"), (&note.0, &note.1))
        }
        _ if view.state.crew.is_none() => {
            let note = ("サインインのあと。聞き取りは使えます", "after a sign-in; asking works");
            row(view, WorksVm::No, what, ("照会できません", "not possible"), note)
        }
        _ if up => row(
            view,
            WorksVm::Yes,
            what,
            ("照会できます", "can be asked"),
            ("カードと同意のあと", "after card and consent"),
        ),
        _ => row(
            view,
            WorksVm::Partly,
            what,
            ("順番待ち", "queues"),
            ("同意のあと、電波が戻りしだい", "sent when the radio returns"),
        ),
    }
}

fn list(view: &View<'_>) -> WorksRowVm {
    let what = ("受入候補", "Hospitals");
    let Some(list) = view.case().and_then(|c| c.suggestion.as_ref()) else {
        return row(view, WorksVm::Partly, what, ("まだ", "not yet"), ("場所がわかると計算します", "needs the place"));
    };
    let at = list.at.tokyo_hhmm();
    let beds = view.state.capacity_at.map_or_else(
        || view.say("空床 申告なし", "no bed report"),
        |beds| view.say(&format!("{}の空床", view.ago(beds)), &format!("beds {}", view.ago(beds))),
    );
    let fresh = view.state.capacity_at.is_some_and(|at| at.age_minutes(view.at()) < BEDS_OLD_MIN);
    let by_server = list.by_server && view.state.link.is_up();
    let note = if by_server {
        view.say(&format!("{at} サーバーで計算"), &format!("{at}, by the server"))
    } else {
        view.say(&format!("{at} 端末で計算。古い空床は割引き"), &format!("{at}, here; old beds discounted"))
    };
    let works = if by_server && fresh { WorksVm::Yes } else { WorksVm::Partly };
    row(view, works, what, (&beds, &beds), (&note, &note))
}

fn enquiry(view: &View<'_>) -> WorksRowVm {
    let what = ("照会", "Enquiry");
    if view.state.link.is_up() {
        return row(view, WorksVm::Yes, what, WORKS, ("返事はこの画面に届きます", "answers come here"));
    }
    let phoned = view.case().map_or(0, |c| c.view.enquiries.values().filter(|e| e.by_telephone).count());
    let note = (format!("返事は押して入れます。電話 {phoned}件"), format!("note the answer here; calls: {phoned}"));
    row(view, WorksVm::No, what, ("電話で", "by phone"), (&note.0, &note.1))
}

fn position(view: &View<'_>) -> WorksRowVm {
    let what = ("位置の送信", "Position");
    let age = view.state.position_at.map(|at| view.span(view.now.utc.since_us(at)));
    match (age, view.state.link.is_up()) {
        (None, _) => row(
            view,
            WorksVm::Partly,
            what,
            ("位置なし", "no position"),
            ("現場の場所から計算します", "computed from the scene"),
        ),
        (Some(_), true) if !position_old(view) => {
            row(view, WorksVm::Yes, what, WORKS, ("最新だけ送ります", "the latest only"))
        }
        (Some(age), true) => {
            let state = (format!("{age}前の位置"), format!("{age} old"));
            row(
                view,
                WorksVm::Partly,
                what,
                (&state.0, &state.1),
                ("新しい位置が来ていません", "no newer one has come"),
            )
        }
        (Some(age), false) => {
            let note = (format!("{age}前の位置。戻ると最新だけ送る"), format!("{age} old; only the latest later"));
            row(view, WorksVm::No, what, ("止まっています", "stopped"), (&note.0, &note.1))
        }
    }
}

/// A position older than this is shown as old (30 s, design §9).
const POSITION_OLD_US: i64 = 30_000_000;

/// Whether the last position is too old to be the present one.
pub(super) fn position_old(view: &View<'_>) -> bool {
    view.state.position_at.is_some_and(|at| view.now.utc.since_us(at) > POSITION_OLD_US)
}

fn document(view: &View<'_>) -> WorksRowVm {
    let what = ("引継書・QR", "Document");
    if view.case().is_some_and(|c| c.document.is_some()) {
        return row(view, WorksVm::Yes, what, WORKS, ("QRは引継ぎの画面にあります", "the QR is on its page"));
    }
    if view.state.link.is_up() {
        row(view, WorksVm::Yes, what, WORKS, ("引継ぎの画面で出ます", "on the handover page"))
    } else {
        row(view, WorksVm::Partly, what, ("画面と口頭で", "on screen"), ("QRは電波が戻ってから", "the QR needs radio"))
    }
}

/// 「段階 2」, 「観察 6」 …: own entries of every case that wait, by what they are.
pub(super) fn kinds(view: &View<'_>) -> Vec<String> {
    let mut sums: BTreeMap<Part, u64> = BTreeMap::new();
    for case in view.state.cases.values() {
        for (part, n) in &case.unsent {
            *sums.entry(*part).or_default() += u64::from(*n);
        }
    }
    // What no case holds is of the unit itself, or on its way to the disk.
    let known: u64 = sums.values().sum();
    let rest = view.state.outbox.waiting.saturating_sub(known);
    if rest > 0 {
        *sums.entry(Part::Other).or_default() += rest;
    }
    sums.into_iter().map(|(part, n)| format!("{} {n}", tablet::part_word(view, part))).collect()
}

fn queue(view: &View<'_>) -> (String, Vec<String>) {
    let outbox = &view.state.outbox;
    let n = outbox.waiting;
    let mut lines: Vec<String> = kinds(view).chunks(KINDS_PER_LINE).map(|line| line.join(" ・ ")).collect();
    if let Some(at) = outbox.oldest_waiting_at.filter(|_| n > 0) {
        let at = view.own_time(at).tokyo_hhmm();
        lines.push(view.say(&format!("いちばん古い {at}"), &format!("oldest {at}")));
    }
    if n == 0 {
        lines.push(view.say("すべて届いています", "the server has all"));
    }
    lines.push(view.say(&format!("送れない記録 {}件", outbox.wedged), &format!("stuck {}", outbox.wedged)));
    (view.say(&format!("送信待ち {n}件"), &format!("{n} waiting")), lines)
}
