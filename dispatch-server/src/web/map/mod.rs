//! The live map of the dispatch page: an empty canvas with its buttons, painted by `assets/map/*.js` from outlines that are
//! served with the page, and a stream of what moved. Everything on it also stands in a list of the page.

mod rows;
mod stream;

pub(crate) use stream::live;

use super::municipalities;
use super::parts::Moment;
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

/// The map's part of the page. `pref` is the department's prefecture.
pub(crate) fn section(pref: &str, moment: Moment) -> Markup {
    html! {
        section.p.map id="map" data-home=(home(pref)) data-now=(moment.now.millis()) aria-label="地図" {
            canvas tabindex="0" role="application" data-key="KeyM" aria-label="隊・事案・病院の地図。矢印キーで動かし、＋と−で拡大・縮小します。同じ内容は一覧にもあります。" {}
            div.tools {
                form.find role="search" {
                    label {
                        span.hide { "隊・事案・病院を探す" }
                        input type="search" name="find" autocomplete="off" list="map-names" placeholder="隊・事案・病院を探す（/）" data-key="Slash";
                    }
                    datalist id="map-names" {}
                }
                span.sp {}
                button.btn.sml type="button" data-map="in" aria-label="拡大" { "＋" }
                button.btn.sml type="button" data-map="out" aria-label="縮小" { "−" }
                button.btn.sml type="button" data-map="all" data-key="Digit0" { kbd { "0" } "全域" }
            }
            div.callout hidden aria-live="polite" {}
            div.legend {
                p { @for (mark, words) in [("待", "待機"), ("出", "出動"), ("現", "現場"), ("搬", "搬送"), ("病", "病院"), ("帰", "帰署")] {
                    span { b { (mark) } " " (words) " " span.n data-count=(mark) { "–" } }
                } span { "◇ 事案（中に緊急度）" } }
                p { span { "病院 ◎ 余裕　○ 可　× 不可　– 報告なし" } span { "点線＝位置・報告が古い" } span { "位置 " span.n data-moved="" { "受信待ち" } } }
                p.xs.q { (CREDIT) }
            }
        }
    }
}
