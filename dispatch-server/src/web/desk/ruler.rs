//! The ruler of the next 60 minutes (design/web.md a05): arrivals with their uncertainty, and the bays against them.

use super::capacity::Known;
use super::words::complaints;
use crate::web::parts::{Moment, hm};
use dispatch_core::{Bays, BoardEnquiry};
use maud::{Markup, html};
use model::time::MINUTE_US;
use model::{Timestamp, Triage};

/// What the ruler shows, minutes.
const MINUTES: i64 = 60;
/// Arrivals that are drawn; the list below has them all.
const ROWS: usize = 8;
/// Width, and where the scale begins and ends.
const WIDTH: i64 = 1240;
const LEFT: i64 = 130;
const RIGHT: i64 = 1200;
const ROW: i64 = 30;
const HEAD: i64 = 34;
const LOAD: i64 = 84;

/// One arrival on the scale.
struct Arrival<'a> {
    row: &'a BoardEnquiry,
    eta: Timestamp,
    late: Timestamp,
}

/// Who comes within the hour, the first first. Who should have been here stands at the beginning.
fn arrivals<'a>(coming: &[&'a BoardEnquiry], from: Timestamp) -> Vec<Arrival<'a>> {
    let end = from.plus_minutes(MINUTES);
    let on_way = coming.iter().filter(|row| row.arrived_at.is_none());
    let mut found: Vec<Arrival<'a>> = on_way
        .filter_map(|row| {
            let eta = row.eta?.max(from);
            Some(Arrival { row, eta, late: row.eta_late.unwrap_or(eta).max(eta) })
        })
        .filter(|arrival| arrival.eta < end)
        .collect();
    found.sort_by_key(|arrival| arrival.eta);
    found
}

fn x(at: Timestamp, from: Timestamp) -> i64 {
    let span = MINUTES * MINUTE_US;
    LEFT + at.since_us(from).clamp(0, span) * (RIGHT - LEFT) / span
}

/// The panel. It is drawn anew every minute.
pub(super) fn ruler_panel(coming: &[&BoardEnquiry], known: &Known, moment: Moment) -> Markup {
    let from = moment.now.plus_us(-moment.now.0.rem_euclid(MINUTE_US));
    let all = arrivals(coming, from);
    html! {
        div.p {
            header.ph {
                h2 { (moment.t("これから60分", "Next 60 minutes")) }
                span.q.sm {
                    (moment.t("向かっている", "en route")) " " b.n { (coming.iter().filter(|row| row.arrived_at.is_none()).count()) }
                    @if let Some(bays) = known.bays { "・" (moment.t("処置中", "in treatment")) " " b.n { (bays.taken) } " / " b.n { (bays.total) }
                        " " (moment.t("床", "bays")) }
                    @else { "・" a href="/desk/capacity" { (moment.t("初療の床数を入れると混み具合が出ます", "count the bays to see the load")) } }
                }
                @if let Some(words) = known.bays.and_then(|bays| full_words(&bays, &all, moment)) { b.nowt { (words) } }
            }
            (drawing(&all, known.bays.as_ref(), from, moment))
        }
    }
}

/// When more people are expected than there are bays. Nobody is taken to have left: that is not known.
fn full_words(bays: &Bays, all: &[Arrival<'_>], moment: Moment) -> Option<String> {
    let taken = usize::from(bays.taken);
    let (n, over) = all.iter().enumerate().find(|(n, _)| taken + n + 1 > usize::from(bays.total))?;
    let (people, total) = (taken + n + 1, bays.total);
    Some(if moment.en {
        format!("from {}: {people} people / {total} bays", hm(over.eta))
    } else {
        format!("{} から {people}人 / {total}床", hm(over.eta))
    })
}

fn drawing(all: &[Arrival<'_>], bays: Option<&Bays>, from: Timestamp, moment: Moment) -> Markup {
    let rows = i64::try_from(all.len().min(ROWS)).unwrap_or_default().max(1);
    let bottom = HEAD + rows * ROW + 8;
    let height = bottom + if bays.is_some() { LOAD } else { 0 };
    html! {
        svg.ruler viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(spoken(all, moment)) {
            @for ten in 0..=6 {
                @let at = from.plus_minutes(ten * 10);
                line.grid x1=(x(at, from)) x2=(x(at, from)) y1=(HEAD - 8) y2=(height - 6) {}
                text.tick x=(x(at, from)) y="18" text-anchor="middle" { @if ten == 0 { (moment.t("いま ", "now ")) } @else { "+" (ten * 10) " " } (hm(at)) }
            }
            text.side x="8" y=(HEAD + 18) { (moment.t("到着（線は幅）", "arrivals, range")) }
            @if all.is_empty() { text.label x=(LEFT + 14) y=(HEAD + 20) { (moment.t("60分以内に着く見込みの患者はいません", "Nobody is expected within the hour")) } }
            @for (n, arrival) in all.iter().take(ROWS).enumerate() {
                (bar(arrival, HEAD + i64::try_from(n).unwrap_or_default() * ROW, from, moment))
            }
            @if let Some(bays) = bays { (load(all, bays, bottom, from, moment)) }
        }
    }
}

fn bar(arrival: &Arrival<'_>, top: i64, from: Timestamp, moment: Moment) -> Markup {
    let (at, late, middle) = (x(arrival.eta, from), x(arrival.late, from), top + ROW / 2);
    let (class, sign) = tag(arrival.row.findings.triage);
    let words = complaints(&arrival.row.findings, moment);
    // Where the label would leave the picture it stands in front.
    let (label, anchor) =
        if late.max(at + 20) > RIGHT - 360 { (at - 26, "end") } else { (late.max(at + 20) + 10, "start") };
    html! {
        line.band x1=(at) x2=(late) y1=(middle) y2=(middle) {}
        line.band x1=(late) x2=(late) y1=(middle - 7) y2=(middle + 7) {}
        rect class=(class) x=(at - 17) y=(middle - 12) width="34" height="24" rx="4" {}
        text class=(format!("{class}x")) x=(at) y=(middle + 6) text-anchor="middle" { (sign) }
        text.label x=(label) y=(middle + 5) text-anchor=(anchor) { (words) " " tspan.n { (hm(arrival.eta)) } " " (arrival.row.callsign) }
    }
}

/// Class and numeral of a triage tag.
const fn tag(triage: Option<Triage>) -> (&'static str, &'static str) {
    match triage {
        Some(Triage::Red) => ("g1", "I"),
        Some(Triage::Yellow) => ("g2", "II"),
        Some(Triage::Green) => ("g3", "III"),
        Some(Triage::Black) => ("g0", "0"),
        None => ("gn", "–"),
    }
}

/// People expected in the bays, as a step at each arrival.
fn load(all: &[Arrival<'_>], bays: &Bays, top: i64, from: Timestamp, moment: Moment) -> Markup {
    let (taken, total) = (i64::from(bays.taken), i64::from(bays.total));
    let people = i64::try_from(all.len()).unwrap_or_default();
    let most = total.max(taken + people).max(1);
    let base = top + LOAD - 10;
    let y = |n: i64| base - n * (LOAD - 26) / most;
    let mut path = format!("M{LEFT} {base} V{}", y(taken));
    for (n, arrival) in all.iter().enumerate() {
        path.push_str(&format!(" H{} V{}", x(arrival.eta, from), y(taken + 1 + i64::try_from(n).unwrap_or_default())));
    }
    path.push_str(&format!(" H{RIGHT} V{base} Z"));
    html! {
        path.load d=(path) {}
        line.full x1=(LEFT) x2=(RIGHT) y1=(y(total)) y2=(y(total)) {}
        text.tick x=(RIGHT + 4) y=(y(total) + 5) { (total) (moment.t("床", "")) }
        text.side x="8" y=(top + 24) { (moment.t("初療室の人数", "people in bays")) }
        text.side x="8" y=(top + 42) { (moment.t("（退室は数えない）", "(leaving not counted)")) }
    }
}

/// The picture in words.
fn spoken(all: &[Arrival<'_>], moment: Moment) -> String {
    let one = |a: &Arrival<'_>| format!("{}〜{} {}", hm(a.eta), hm(a.late), complaints(&a.row.findings, moment));
    let list = all.iter().map(one).collect::<Vec<_>>().join("、");
    if list.is_empty() { moment.t("60分以内の到着なし", "no arrival within the hour").to_owned() } else { list }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_holds_the_hour_and_nothing_leaves_it() {
        let from = Timestamp::from_millis(1_795_138_380_000);
        assert_eq!((x(from, from), x(from.plus_minutes(60), from)), (LEFT, RIGHT));
        assert_eq!(x(from.plus_minutes(30), from), (LEFT + RIGHT) / 2);
        assert_eq!((x(from.plus_minutes(-5), from), x(from.plus_minutes(500), from)), (LEFT, RIGHT));
    }
}
