//! 端末の状態: link, clock, queue and disk of this tablet, each with its age and what to do next.

use super::banner::{kept_out, trouble};
use super::lists::plain;
use super::without_card::month_day_hm;
use super::{View, works_now};
use crate::screens::list::{ListRowKind, ListRowVm, ListVm};
use ambulance_core::{Fault, LinkState, Part, Stuck};
use delivery::Recovered;
use model::LogId;
use wire::log::QuarantineReason;

/// A clock that is further off than this is said to be (2 s, design §9).
pub(super) const CLOCK_OFF_US: i64 = 2_000_000;

pub(super) fn tablet(view: &View<'_>) -> ListVm {
    // What wants a look stands first.
    let mut rows: Vec<ListRowVm> = view.state.recovered.iter().flat_map(|r| taken_over(view, r)).collect();
    rows.extend(view.state.faults.iter().filter_map(|f| damage(view, f)));
    rows.extend(view.state.stuck.iter().rev().map(|s| stuck(view, s)));
    rows.extend([link(view), clock(view), queue(view), disk(view)]);
    rows.extend(held_for_a_time(view));
    rows.extend(left_out(view));
    rows.extend(case_gaps(view));
    let unseen = damage_count(view) > view.nav.seen_damage || view.state.recovered.is_some();
    ListVm {
        title: view.words().tablet_state.to_owned(),
        note: view.say("記録は消えません", "no record is ever deleted"),
        rows,
        page: view.nav.turn,
        back_to: view.words().works_now.to_owned(),
        primary: unseen.then(|| (view.say("確かめた", "Seen"), view.say("知らせを消します", "ends the notice"))),
        ..ListVm::default()
    }
}

/// Damaged places that the crew must have seen once.
pub(crate) fn damage_count(view: &View<'_>) -> usize {
    view.state.faults.iter().filter(|f| matches!(f, Fault::RowDamaged | Fault::Missing { .. })).count()
}

/// In a word, for the button that leads here.
pub(super) fn in_a_word(view: &View<'_>) -> String {
    let stuck = view.state.outbox.wedged;
    if stuck > 0 {
        view.say(&format!("送れない {stuck}件"), &format!("{stuck} stuck"))
    } else if !view.state.faults.is_empty() || view.state.recovered.is_some() {
        view.say("見てください", "look here")
    } else if view.state.offset.is_none() {
        view.say("時計 ± 不明", "clock ± unknown")
    } else if view.state.offset.is_some_and(|o| o.us.abs() > CLOCK_OFF_US) {
        view.say("時計にずれ", "clock off")
    } else {
        view.say("通信・時計・保存", "link, clock, disk")
    }
}

fn row(attention: bool, strong: String, note: String, right: String) -> ListRowVm {
    let kind = if attention { ListRowKind::Notice } else { ListRowKind::Plain };
    ListRowVm { kind, strong, note, right }
}

/// A disaster period and the work for another department, each with its end.
fn held_for_a_time(view: &View<'_>) -> Vec<ListRowVm> {
    let disaster = view.state.disaster(view.now).map(|period| {
        let until = month_day_hm(period.until);
        row(
            false,
            view.say("災害時の照会 期間中", "Disaster period"),
            view.say("カードなしでも照会できます", "look-ups without a card"),
            view.say(&format!("{until} まで"), &format!("until {until}")),
        )
    });
    let relief = view.state.relief(view.now).map(|relief| {
        let until = month_day_hm(relief.until);
        row(
            false,
            view.say("応援中", "Relief unit"),
            relief.department_name.clone(),
            view.say(&format!("{until} まで"), &format!("until {until}")),
        )
    });
    disaster.into_iter().chain(relief).collect()
}

fn link(view: &View<'_>) -> ListRowVm {
    match &view.state.link {
        LinkState::Up { since, heard_at, rtt_us, late } => {
            let (since, heard) = (view.own_time(*since).tokyo_hhmm(), View::hms(view.own_time(*heard_at)));
            let rtt = rtt_us.map_or_else(|| "―".to_owned(), |us| us.div_ceil(1_000).to_string());
            let good = if *late {
                view.say("通信 返事待ち", "No reply yet")
            } else {
                view.say("通信 良", "Link good")
            };
            row(
                *late,
                good,
                view.say(&format!("{since} から ・ 最後に聞いた {heard}"), &format!("since {since} ・ heard {heard}")),
                view.say(&format!("往復 {rtt}ミリ秒"), &format!("{rtt} ms")),
            )
        }
        LinkState::Down { why, .. } => {
            let since = view.nav.offline_since.map_or_else(String::new, |t| view.own_time(t).tokyo_hhmm());
            let why = trouble(view, *why).trim_end_matches(['。', '.']).to_owned();
            row(
                true,
                view.say(&format!("圏外({since} から)"), &format!("No radio since {since}")),
                why,
                view.offline_for(),
            )
        }
        LinkState::Refused { code } => {
            let (what, next) = kept_out(view, *code);
            row(true, what, next, String::new())
        }
    }
}

fn clock(view: &View<'_>) -> ListRowVm {
    let Some(offset) = view.state.offset else {
        return row(
            true,
            view.say("時計のずれ ― 不明", "Clock: offset not known"),
            view.say("サーバーと話すまで、時刻に ± が付きます", "times carry ± until the server is heard"),
            "±".to_owned(),
        );
    };
    let off = offset.us.abs() > CLOCK_OFF_US;
    // The server's clock minus ours: a positive offset means that this tablet is slow.
    let (ja, en) = if offset.us < 0 { ("進み", "fast") } else { ("遅れ", "slow") };
    let (size, within) = (tenths(offset.us), tenths(offset.uncertainty_us));
    row(
        off,
        view.say(&format!("時計 {size}秒 {ja}"), &format!("Clock {size} s {en}")),
        if off {
            view.say("記録の時刻は補正ずみ。端末の時計を管理者へ", "times are corrected; tell the administrator")
        } else {
            view.say("2秒以内です。記録の時刻は補正しています", "within 2 s; recorded times are corrected")
        },
        view.say(&format!("± {within}秒"), &format!("± {within} s")),
    )
}

/// `3.2` of microseconds, without sign.
fn tenths(us: i64) -> String {
    let tenths = us.unsigned_abs().div_ceil(100_000);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn queue(view: &View<'_>) -> ListRowVm {
    let outbox = &view.state.outbox;
    let kinds = works_now::kinds(view).join(" ・ ");
    let since = outbox.oldest_waiting_at.filter(|_| outbox.waiting > 0).map_or_else(String::new, |at| {
        let at = view.own_time(at).tokyo_hhmm();
        view.say(&format!("{at} から"), &format!("since {at}"))
    });
    let note = if outbox.waiting == 0 {
        view.say("すべてサーバーに届いています", "the server has everything")
    } else {
        kinds
    };
    row(false, view.say(&format!("送信待ち {}件", outbox.waiting), &format!("{} waiting", outbox.waiting)), note, since)
}

/// The server sends the newest cases of this unit only.
fn left_out(view: &View<'_>) -> Option<ListRowVm> {
    view.state.feed_leaves_out.then(|| {
        plain(
            view.say("古い事案は届いていません", "Older cases are not sent"),
            view.say("新しい事案だけを受けます。ほかは指令台へ", "the newest only; ask dispatch for the rest"),
        )
    })
}

fn disk(view: &View<'_>) -> ListRowVm {
    let faults = &view.state.faults;
    let cannot = view.say("使えません", "fails");
    if faults.contains(&Fault::DiskFull) {
        return row(
            true,
            view.say("保存できません ― 空きがありません", "Cannot save ― the disk is full"),
            view.say("ほかのファイルを消して空きを作る。管理者へ", "make room on the disk; tell the administrator"),
            cannot,
        );
    }
    if faults.contains(&Fault::StoreFailed) {
        return row(
            true,
            view.say("保存できません", "Cannot save"),
            view.say("10秒ごとに試しています。端末の故障として管理者へ", "tried every 10 s; tell the administrator"),
            cannot,
        );
    }
    row(
        false,
        view.say("保存 できます", "Saving works"),
        view.say("押すごとに、この端末へ書きこみます", "every press is written to this tablet"),
        String::new(),
    )
}

/// A log's name for people: its first letters.
fn short(log: LogId) -> String {
    log.to_string().chars().take(8).collect()
}

/// `12` or `12–15`.
fn seqs(from: u64, through: u64) -> String {
    if from == through { from.to_string() } else { format!("{from}–{through}") }
}

/// What became of an earlier store: the number taken over, every gap by log and seq, and where the old file is.
fn taken_over(view: &View<'_>, recovered: &Recovered) -> Vec<ListRowVm> {
    let n = recovered.entries;
    let file = recovered.kept.rsplit('/').next().unwrap_or(&recovered.kept);
    let mut rows = vec![row(
        true,
        view.say("壊れた記録から引きつぎました", "Taken over from a damaged record"),
        view.say(&format!("もとのファイル {file}"), &format!("kept: {file}")),
        view.say(&format!("{n}件"), &n.to_string()),
    )];
    rows.extend(recovered.gaps.iter().map(|gap| {
        let through = gap.through.map_or_else(|| format!("{}–", gap.from), |through| seqs(gap.from, through));
        row(
            true,
            view.say("読めなかった記録", "Records that could not be read"),
            view.say("サーバーに届いていれば、そちらにあります", "the server has them if they had arrived"),
            format!("{} {through}", short(gap.log)),
        )
    }));
    if recovered.logs_may_miss {
        rows.push(row(
            true,
            view.say("ほかにも欠けがあるかもしれません", "More may be missing"),
            view.say("紙の控えと合わせてください。管理者へ", "compare with paper; tell the administrator"),
            String::new(),
        ));
    }
    rows
}

fn damage(view: &View<'_>, fault: &Fault) -> Option<ListRowVm> {
    let (strong, right) = match fault {
        Fault::Forked => (
            view.say("この端末の写しが、ほかでも記録しました", "A copy of this tablet has recorded too"),
            String::new(),
        ),
        Fault::RowDamaged => (view.say("読めない記録がありました", "A record could not be read"), String::new()),
        Fault::Missing { log, from, kept_from } => (
            view.say("サーバーに欠けている記録が、ここにもありません", "Records missing at the server and here"),
            format!("{} {}", short(*log), seqs(*from, kept_from.saturating_sub(1))),
        ),
        Fault::DiskFull | Fault::StoreFailed => return None,
    };
    let note = match fault {
        Fault::Forked | Fault::RowDamaged => view
            .say("未送信の分は書きなおしました。管理者へ", "what was unsent was recorded anew; tell the administrator"),
        _ => view.say("管理者へ。ファイルはそのまま残っています", "tell the administrator; the file is kept"),
    };
    Some(row(true, strong, note, right))
}

/// A part in the words of the queue.
pub(super) fn part_word(view: &View<'_>, part: Part) -> String {
    let (ja, en) = match part {
        Part::Stages => ("段階", "stages"),
        Part::Findings => ("観察", "findings"),
        Part::Consent => ("同意", "consent"),
        Part::Lookup => ("照会", "look-up"),
        Part::Choice => ("選定", "choice"),
        Part::Other => ("ほか", "other"),
    };
    view.say(ja, en)
}

fn stuck(view: &View<'_>, stuck: &Stuck) -> ListRowVm {
    let (entry, at) = (&stuck.entry, view.own_time(stuck.entry.at).tokyo_hhmm());
    let part = stuck.part.map_or_else(|| view.say("記録", "record"), |p| part_word(view, p));
    let n = stuck.case.and_then(|c| view.state.cases.get(&c)).map(|c| c.view.patient_no.max(1));
    let whose = n.map_or_else(String::new, |n| view.say(&format!("傷病者 {n} の"), &format!("patient {n}, ")));
    let why = reason(view, entry.reason);
    row(
        true,
        view.say(&format!("送れない: {whose}{part}"), &format!("Stuck: {whose}{part}")),
        view.say(&format!("{at} {why} ・ ここに残ります"), &format!("{at} {why} ・ kept here")),
        format!("{}-{}", short(entry.log), entry.seq),
    )
}

/// Why the server can never accept an entry.
fn reason(view: &View<'_>, reason: QuarantineReason) -> String {
    let (ja, en) = match reason {
        QuarantineReason::MALFORMED => ("形が壊れています", "malformed"),
        QuarantineReason::UNKNOWN_SCHEMA => ("サーバーの版が古い", "the server is too old"),
        QuarantineReason::TOO_LONG => ("長すぎます", "too long"),
        QuarantineReason::NOT_ALLOWED => ("この隊には許されていません", "not allowed for this unit"),
        QuarantineReason::BROKEN_CHAIN => ("前の記録とつながりません", "does not follow the one before"),
        QuarantineReason::REFUSED => ("事案の規則で受け取れません", "refused by a rule of the case"),
        QuarantineReason(n) => return view.say(&format!("理由 {n}"), &format!("reason {n}")),
    };
    view.say(ja, en)
}

/// What may be missing from the case on screen, whoever wrote it.
fn case_gaps(view: &View<'_>) -> Vec<ListRowVm> {
    let Some(case) = view.case() else { return Vec::new() };
    let gap = |g: &case::Gap| {
        row(
            true,
            view.say("この事案の記録に欠けのおそれ", "Records of this case may be missing"),
            view.say(
                "前の端末の記録。端末が見つかれば管理者へ",
                "of an earlier tablet; if found, tell the administrator",
            ),
            format!("{} {}–", short(g.log), g.known_through + 1),
        )
    };
    let lost = |l: &case::Lost| {
        row(
            true,
            view.say("失われた記録", "Lost records"),
            view.say("読めなくなった所。紙の控えで補ってください", "no longer readable: fill in from paper"),
            format!("{} {}", short(l.log), seqs(l.from, l.through)),
        )
    };
    let mut rows: Vec<ListRowVm> = case.view.gaps.iter().map(gap).chain(case.view.lost.iter().map(lost)).collect();
    let unknown = case.view.not_understood;
    if unknown > 0 {
        rows.push(plain(
            view.say(&format!("この版に読めない記録 {unknown}件"), &format!("{unknown} records of a newer version")),
            view.say("新しい版の端末では読めます。残しています", "kept; a newer tablet reads them"),
        ));
    }
    rows
}
