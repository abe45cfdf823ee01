//! The frame of every page: head, top bar with the 訓練 banner, and where live updates come from.

use super::fault::Fault;
use super::parts::{hidden_csrf, hms};
use super::session::{ADMIN, CONSOLE, DESK, REVIEW, SUPERVISE, SignedIn};
use super::state::App;
use dispatch_core::{Role, Scope};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::Timestamp;

/// The banner's words; on every page and print of a training installation.
pub(crate) const TRAINING: &str = "訓練";

/// What surrounds a page's content.
pub(crate) struct Shell<'a> {
    title: &'a str,
    training: bool,
    now: Timestamp,
    signed: Option<&'a SignedIn>,
    place: String,
    live: Option<String>,
    with: Option<&'static str>,
    english: bool,
    wall: bool,
}

impl<'a> Shell<'a> {
    /// Of a page for which nobody is signed in.
    pub(crate) const fn outside(title: &'a str, training: bool, now: Timestamp) -> Self {
        Self {
            title,
            training,
            now,
            signed: None,
            place: String::new(),
            live: None,
            with: None,
            english: false,
            wall: false,
        }
    }
    /// Of a signed-in person's page.
    pub(crate) fn inside<S>(title: &'a str, app: &App<S>, signed: &'a SignedIn) -> Self {
        let place = signed.web.principal.hospital().map(|id| app.hospital_name(id)).unwrap_or_default();
        Self {
            title,
            training: app.training,
            now: app.now(),
            signed: Some(signed),
            place,
            live: None,
            with: None,
            english: false,
            wall: false,
        }
    }
    /// The department or hospital beside the title.
    pub(crate) fn at(mut self, place: String) -> Self {
        self.place = place;
        self
    }
    /// Kept up to date from this address.
    pub(crate) fn live(mut self, address: String) -> Self {
        self.live = Some(address);
        self
    }
    /// In English.
    pub(crate) const fn english(mut self, english: bool) -> Self {
        self.english = english;
        self
    }
    /// The screen of the room: dark, large, without what only one person needs.
    pub(crate) const fn wall(mut self) -> Self {
        self.wall = true;
        self
    }
    /// Its word in the page's language.
    const fn t<'w>(&self, ja: &'w str, en: &'w str) -> &'w str {
        if self.english { en } else { ja }
    }
    /// With a style sheet and a script of its own, by their common name.
    pub(crate) const fn with(mut self, name: &'static str) -> Self {
        self.with = Some(name);
        self
    }
}

/// A whole page. Titles hold no patient's data.
pub(crate) fn page(shell: &Shell<'_>, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(shell.t("ja", "en")) data-look=[dark(shell)] data-wall[shell.wall] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { @if shell.training { "【" (TRAINING) "】" } (shell.title) }
                link rel="stylesheet" href="/assets/style.css";
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                script type="module" src="/assets/live.js" {}
                script type="module" src="/assets/keys.js" {}
                @if let Some(name) = shell.with {
                    link rel="stylesheet" href=(format!("/assets/{name}.css"));
                    script type="module" src=(format!("/assets/{name}.js")) {}
                }
            }
            body data-live=[shell.live.as_deref()] data-now=(shell.now.millis()) {
                @if shell.training {
                    aside aria-label=(TRAINING) {
                        div.train role="note" {
                            b { (TRAINING) }
                            span { (shell.t("訓練用のサーバーです。実際の傷病者・病院の回答ではありません。", "A training server: no real patients, no real answers.")) }
                            b { (TRAINING) }
                        }
                    }
                }
                @if shell.wall { (wall_top(shell)) } @else { (top(shell)) }
                @if shell.live.is_some() {
                    div.lost.nowbar role="alert" hidden { span { "" } }
                }
                (content)
            }
        }
    }
}

fn dark(shell: &Shell<'_>) -> Option<&'static str> {
    (shell.wall || shell.signed.is_some_and(|signed| signed.dark)).then_some("dark")
}

/// What everybody in the room may know of the page itself.
fn wall_top(shell: &Shell<'_>) -> Markup {
    html! {
        header.top {
            div.app { (mark()) b { (shell.place) } }
            span.sp {}
            b.nowt role="status" { span data-again="" hidden { "再接続中" } }
            span.link data-link="" { "更新 " time.n data-checked="" { (hms(shell.now)) } }
            time.clock data-clock="" { (hms(shell.now)) }
            a.back href="/" data-key="Escape" aria-keyshortcuts="Escape" { kbd aria-hidden="true" { "Esc" } "指令へ" }
        }
    }
}

fn top(shell: &Shell<'_>) -> Markup {
    html! {
        header.top {
            div.app { (mark()) b { (shell.title) } small { (shell.place) } }
            @if let Some(signed) = shell.signed.filter(|signed| signed.web.session.confirmed) { (tabs(shell, signed)) }
            span.sp {}
            @if shell.live.is_some() {
                b.nowt role="status" { span data-again="" hidden { (shell.t("再接続中", "Reconnecting")) } }
            }
            @if shell.live.is_some() { span.link data-link="" { (shell.t("更新", "Updated")) " " time.n data-checked="" { (hms(shell.now)) } } }
            time.clock data-clock="" { (hms(shell.now)) }
            @if let Some(signed) = shell.signed {
                span.who {
                    (signed.web.account.name) " " small { (role_words(signed)) }
                }
                form method="post" action="/look" {
                    (hidden_csrf(signed))
                    button.btn.sml type="submit" data-key="KeyL" data-press="" aria-keyshortcuts="L" {
                        kbd aria-hidden="true" { "L" }
                        @if signed.dark { (shell.t("明るい画面", "Light")) } @else { (shell.t("暗い画面", "Dark")) }
                    }
                }
                @if signed.has(CONSOLE) || signed.has(DESK) {
                    form method="post" action="/language" {
                        (hidden_csrf(signed))
                        button.btn.sml type="submit" data-key="Shift+KeyL" data-press="" aria-keyshortcuts="Shift+L" {
                            @if signed.english { span lang="ja" { "日本語" } } @else { span lang="en" { "EN" } }
                        }
                    }
                }
                a.btn.sml href="/keys" data-key="Shift+Slash" aria-keyshortcuts="?" { kbd aria-hidden="true" { "?" } (shell.t("キー", "Keys")) }
                form method="post" action="/sign-out" { (hidden_csrf(signed)) button.btn.sml type="submit" { (shell.t("サインアウト", "Sign out")) } }
            }
        }
    }
}

fn role_words(signed: &SignedIn) -> String {
    signed.web.account.roles.iter().map(|role: &Role| role.ja()).collect::<Vec<_>>().join("・")
}

fn tabs(shell: &Shell<'_>, signed: &SignedIn) -> Markup {
    let department = matches!(signed.web.principal.scope, Scope::Department(_));
    html! {
        nav.tabs {
            @if signed.has(CONSOLE) && department { (tab(1, "/", shell.t("指令", "Map"))) }
            @if signed.has(super::session::DISPATCH) && department { (tab(2, "/incidents/new", shell.t("119受付", "New call"))) }
            @if signed.has(REVIEW) && department { (tab(3, "/reviews", shell.t("同意なし閲覧", "No-consent"))) }
            @if signed.has(super::session::STATISTICS) && department { (tab(4, "/stats", shell.t("統計", "Statistics"))) }
            @if signed.has(SUPERVISE) && department { (tab(5, "/disaster", shell.t("災害", "Disaster"))) }
            @if signed.has(DESK) { (tab(1, "/desk", shell.t("受入照会", "Board"))) (tab(2, "/desk/capacity", shell.t("応需情報", "Capacity"))) }
            @if signed.has(ADMIN) { a href="/admin" { "管理" } }
            @if signed.has(CONSOLE) && department { a href="/wall" { (shell.t("壁面", "Wall")) } }
            a href="/password" { (shell.t("パスコード", "Passcode")) }
        }
    }
}

/// A tab with the digit that, with Alt, leads there.
fn tab(digit: u8, path: &str, words: &str) -> Markup {
    let (key, spoken) = (format!("Alt+Digit{digit}"), format!("Alt+{digit}"));
    html! { a href=(path) data-key=(key) aria-keyshortcuts=(spoken) { (words) kbd aria-hidden="true" { (digit) } } }
}

/// The product's mark, drawn.
fn mark() -> PreEscaped<&'static str> {
    PreEscaped(include_str!("assets/icon.svg"))
}

/// A refusal as a page.
pub(crate) fn fault_page(training: bool, now: Timestamp, fault: &Fault) -> Markup {
    let shell = Shell::outside("お知らせ", training, now);
    page(
        &shell,
        &html! {
            main.narrow {
                section.p {
                    header.ph { h1 { (fault.title) } }
                    div.pb {
                        p { (fault.detail) }
                        p.q.sm { "コード " code { (fault.code) } " · " time.n { (hms(now)) } }
                        p.row {
                            a.btn href="/" { "はじめの画面へ" }
                            a.btn href="/sign-in" { "サインイン" }
                            @if fault.code == "passcode_one_time" { a.btn.pri href="/password" { "パスコードの変更" } }
                        }
                    }
                }
            }
        },
    )
}
