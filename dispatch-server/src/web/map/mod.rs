//! The live map of the dispatch page: an empty canvas with its buttons, painted by `assets/map/*.js` from outlines that are
//! served with the page, over tiles where the server has some, and a stream of what moved. Everything on it also stands in a list of the page.

mod rows;
mod stream;
mod tiles;

pub(crate) use stream::live;
pub(crate) use tiles::tile;

use super::console::Wanted;
use super::municipalities;
use super::parts::Moment;
use crate::map_tiles::MapTiles;
use maud::{Markup, html};

/// What the data of every map came from; shown on the map.
pub(crate) const CREDIT: &str =
    "国土数値情報（国土交通省）を加工・医療機関: 病床機能報告・医療情報ネット（厚生労働省）ほかを加工";

/// Where the map looks at first: the middle of the prefecture's municipalities, or of Japan.
fn home(pref: &str) -> String {
    let points = municipalities::of_prefecture(pref);
    let middle = |mut numbers: Vec<f64>| {
        numbers.sort_by(f64::total_cmp);
        numbers.get(numbers.len() / 2).copied().unwrap_or_default()
    };
    let lat = middle(points.iter().map(|point| point.position.lat()).collect());
    let lon = middle(points.iter().map(|point| point.position.lon()).collect());
    format!("{lat:.4},{lon:.4}")
}

/// Marks of units: kanji and word, letter and English word.
const UNITS: [(&str, &str, &str, &str); 6] = [
    ("待", "待機", "F", "free"),
    ("出", "出動", "E", "en route"),
    ("現", "現場", "S", "scene"),
    ("搬", "搬送", "T", "transport"),
    ("病", "病院", "H", "hospital"),
    ("帰", "帰署", "R", "returning"),
];

/// `Y`: which category the hospitals' marks show.
fn category(wanted: &Wanted, moment: Moment) -> Markup {
    let now = wanted.of.map_or(moment.t("全体", "all of it"), |of| moment.t(of.ja(), of.en()));
    let next = Wanted { of: wanted.next_category(), ..wanted.clone() };
    html! {
        a.btn.sml href=(next.link()) data-key="KeyY" aria-keyshortcuts="Y" {
            kbd aria-hidden="true" { "Y" } (moment.t("病院の印", "Hospitals show")) ": " (now)
        }
    }
}

/// The map's part of the page. `pref` is the department's prefecture.
/// `live`: where its rows come from. `wanted`: with the key that changes the category of the hospitals' marks.
pub(crate) fn section(pref: &str, live: &str, wanted: Option<&Wanted>, tiles: &MapTiles, moment: Moment) -> Markup {
    let t = |ja, en| moment.t(ja, en);
    let find = t("隊・事案・病院を探す", "Find unit, case, hospital");
    let what = t(
        "隊・事案・病院の地図。矢印キーで動かし、＋と−で拡大・縮小します。同じ内容は一覧にもあります。",
        "Map of units, incidents and hospitals. Arrow keys move it, plus and minus zoom. The lists hold the same.",
    );
    html! {
        section.p.map id="map" data-home=(home(pref)) data-live=(live) data-tiles=[tiles::shape(tiles)]
            data-now=(moment.now.millis()) aria-label=(t("地図", "Map")) {
            canvas tabindex="0" role="application" data-key="KeyM" aria-label=(what) {}
            div.tools {
                form.find role="search" {
                    label {
                        span.hide { (find) }
                        input type="search" name="find" autocomplete="off" list="map-names" placeholder=(format!("{find} (/)")) data-key="Slash";
                    }
                    datalist id="map-names" {}
                }
                @if let Some(wanted) = wanted { (category(wanted, moment)) }
                span.sp {}
                button.btn.sml type="button" data-map="in" aria-label=(t("拡大", "Zoom in")) { "＋" }
                button.btn.sml type="button" data-map="out" aria-label=(t("縮小", "Zoom out")) { "−" }
                button.btn.sml type="button" data-map="all" data-key="Digit0" { kbd { "0" } (t("全域", "All")) }
            }
            div.callout hidden aria-live="polite" {}
            div.legend {
                p { @for (mark, ja, letter, en) in UNITS {
                    span { b { (t(mark, letter)) } " " (t(ja, en)) " " span.n data-count=(mark) { "–" } }
                } span { (t("◇ 事案（中に緊急度）", "◇ incident (triage inside)")) } }
                p { span { (t("病院 ◎ 余裕　○ 可　× 不可　– 報告なし", "hospital ◎ open + ○ open × closed – not told")) }
                    span { (t("点線＝位置・報告が古い", "dashed = old")) }
                    span { (t("位置", "positions")) " " span.n data-moved="" { (t("受信待ち", "waiting")) } } }
                p.xs.q { (CREDIT) @if let Some(credit) = tiles::credit(tiles) { "・" (credit) } }
            }
        }
    }
}
