//! `/keys`: every key of the console on one page; and the desk's look, light or dark.

use super::fault::Fault;
use super::layout::{self, Shell};
use super::session::{AnySession, CsrfField, LANGUAGE, LOOK, SignedForm};
use super::state::App;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use dispatch_core::Store;
use maud::{Markup, html};
use serde::Deserialize;

/// Where, the key, what it does. The keys themselves stand on the buttons (`data-key`).
const KEYS: &[(&str, &[(&str, &str)])] = &[
    (
        "どの画面でも",
        &[
            ("Alt 1", "指令"),
            ("Alt 2", "119受付"),
            ("Alt 3", "同意なし閲覧"),
            ("Alt 4", "統計"),
            ("Alt 5", "災害"),
            ("?", "この一覧"),
            ("L", "明るい・暗い画面"),
            ("Shift L", "指令・病院の画面の 日本語・English"),
            ("Esc", "入力欄から出る"),
        ],
    ),
    (
        "指令",
        &[
            ("↑ ↓", "要対応を選ぶ"),
            ("Enter", "選んだものを開く"),
            ("A", "割り当てが要る最初の事案を開く"),
            ("K", "選んだ要対応（なければ最初の）を確認済みにする"),
            ("/", "隊・事案・病院を探す"),
            ("M", "地図へ移る"),
            ("0", "地図を全域に戻す"),
            ("F", "事案を絞る: すべて・対応中・自分が受けた・困難"),
            ("Y", "地図の病院の印の区分を替える"),
            ("X", "受入の状況にほかの4区分を出す"),
            ("S", "音を入れる（画面を開くたびに1回）"),
        ],
    ),
    (
        "病院",
        &[
            ("Alt 1", "受入照会"),
            ("Alt 2", "応需情報"),
            ("A", "受入可を選ぶ"),
            ("Q W E R", "条件を選ぶ"),
            ("1–9", "不可の理由を選ぶ"),
            ("Enter", "選んだ回答を送る。照会がないときは応需の提案どおりにする"),
            ("Esc", "選び直す"),
            ("M", "音を30秒止める"),
            ("R", "受領の欄へ（照会がないとき）"),
            ("H", "未読の履歴を読む（照会がないとき）"),
            ("1–9", "来る患者の引継書を開く（照会がないとき）"),
            ("X", "切れそうな応需を1時間延ばす（照会がないとき）"),
            ("矢印 Space", "週間の型のマスを動く・押す"),
        ],
    ),
    ("地図", &[("矢印", "動かす"), ("＋ −", "拡大・縮小"), ("Esc", "選んだものを閉じる")]),
    (
        "事案（隊を出す前）",
        &[
            ("1–6 ↑ ↓", "近い隊を選ぶ"),
            ("Enter", "その隊を出場させる"),
            ("O", "別の隊を選ぶ"),
            ("C", "カードの用意へ移る"),
        ],
    ),
    (
        "事案（隊を出したあと）",
        &[
            ("1–4", "カードの用意: あり・手元にない・持っていない・聞けない"),
            ("I", "隊への連絡を書く（Enter で送る）"),
            ("J", "定型から選ぶ"),
            ("K", "知らせを確認済みにする"),
            ("A ↑ ↓", "足す隊を選ぶ"),
        ],
    ),
];

/// `GET /keys`.
pub(crate) async fn page<S: Store + 'static>(State(app): State<App<S>>, AnySession(signed): AnySession) -> Markup {
    let shell = Shell::inside("キーの一覧", &app, &signed);
    layout::page(
        &shell,
        &html! {
            main.two {
                h1.hide { "キーの一覧" }
                @for (place, keys) in KEYS {
                    section.p {
                        header.ph { h2 { (place) } }
                        table.facts { tbody { @for (key, words) in *keys { tr { th scope="row" { kbd { (key) } } td { (words) } } } } }
                    }
                }
                section.p { div.pb { p { "文字を入れている間は、1文字のキーは働きません（Alt と組み合わせるキーは働きます）。" } } }
            }
        },
    )
}

/// The form behind 画面の明暗.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookForm {
    csrf: String,
}

impl CsrfField for LookForm {
    const BEFORE_CHANGE: bool = true;
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// The desk keeps its look for so long, seconds.
const LOOK_SECONDS: u32 = 400 * 24 * 3_600;

/// `POST /look`: the other look, for this desk's browser. A script cannot read it, as every cookie of ours.
pub(crate) async fn look(headers: HeaderMap, SignedForm(signed, _): SignedForm<LookForm>) -> Result<Response, Fault> {
    let look = if signed.dark { "light" } else { "dark" };
    let text = format!("{LOOK}={look}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={LOOK_SECONDS}");
    let value = HeaderValue::from_str(&text).map_err(|_| Fault::internal("writing a cookie"))?;
    Ok(([(header::SET_COOKIE, value)], Redirect::to(&back(&headers))).into_response())
}

/// `POST /language`: the dispatch page in the other language, for this desk's browser.
pub(crate) async fn language(
    headers: HeaderMap,
    SignedForm(signed, _): SignedForm<LookForm>,
) -> Result<Response, Fault> {
    let language = if signed.english { "ja" } else { "en" };
    let text = format!("{LANGUAGE}={language}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={LOOK_SECONDS}");
    let value = HeaderValue::from_str(&text).map_err(|_| Fault::internal("writing a cookie"))?;
    Ok(([(header::SET_COOKIE, value)], Redirect::to(&back(&headers))).into_response())
}

/// The page it was pressed on: a path of ours, never an address of somebody else's.
fn back(headers: &HeaderMap) -> String {
    let from = headers.get(header::REFERER).and_then(|value| value.to_str().ok()?.parse::<Uri>().ok());
    let path = from.map(|uri| uri.path().to_owned()).filter(|path| path.starts_with('/') && !path.starts_with("//"));
    path.unwrap_or_else(|| "/".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_a_path_of_ours() {
        let to =
            |referer: &'static str| back(&[(header::REFERER, HeaderValue::from_static(referer))].into_iter().collect());
        assert_eq!(to("https://localhost:1/cases/1?x=2"), "/cases/1");
        assert_eq!(to("https://localhost:1//elsewhere.example/"), "/");
        assert_eq!(back(&HeaderMap::new()), "/");
    }
}
