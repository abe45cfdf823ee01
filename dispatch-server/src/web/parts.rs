//! Small parts of every page: ages, times, triage tags, stage tracks (design/web.md §5).

use super::session::SignedIn;
use case::StageTime;
use maud::{Markup, html};
use model::{Stage, Timestamp, Triage};

/// When something is drawn, and whether a script will keep its ages running.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The server's time.
    pub(crate) now: Timestamp,
    /// Sent into an open page, whose script writes the ages: equal content then has equal bytes.
    pub(crate) live: bool,
    /// In English.
    pub(crate) en: bool,
}

impl Moment {
    /// For a page that is read as it is.
    pub(crate) const fn page(now: Timestamp) -> Self {
        Self { now, live: false, en: false }
    }
    /// For a part that replaces one of an open page.
    pub(crate) const fn live(now: Timestamp) -> Self {
        Self { now, live: true, en: false }
    }
    /// The same in English, where the desk chose it.
    pub(crate) const fn english(self, en: bool) -> Self {
        Self { en, ..self }
    }
    /// `38秒`, `2分05秒`; `38 s`, `2 min 05 s`.
    pub(crate) fn span_words(self, seconds: i64) -> String {
        match (seconds / 60, seconds % 60, self.en) {
            (0, s, false) => format!("{s}秒"),
            (0, s, true) => format!("{s} s"),
            (m, s, false) => format!("{m}分{s:02}秒"),
            (m, s, true) => format!("{m} min {s:02} s"),
        }
    }
    /// The word in the page's language.
    pub(crate) const fn t<'a>(self, ja: &'a str, en: &'a str) -> &'a str {
        if self.en { en } else { ja }
    }
}

/// `10:42:18` in Japan.
pub(crate) fn hms(at: Timestamp) -> String {
    at.tokyo_rfc3339().get(11..19).unwrap_or("--:--:--").to_owned()
}

/// `10:42` in Japan.
pub(crate) fn hm(at: Timestamp) -> String {
    hms(at).get(..5).unwrap_or("--:--").to_owned()
}

/// `2026-11-20 10:42:18` in Japan.
pub(crate) fn day_hms(at: Timestamp) -> String {
    at.tokyo_rfc3339().get(..19).unwrap_or("--").replace('T', " ")
}

/// `9分前`.
pub(crate) fn age_text(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.since_us(at).max(0) / 1_000_000;
    match seconds {
        0..60 => format!("{seconds}秒前"),
        60..3_600 => format!("{}分前", seconds / 60),
        3_600..86_400 => format!("{}時間{}分前", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}日前", seconds / 86_400),
    }
}

/// `9 min`.
pub(crate) fn age_text_en(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.since_us(at).max(0) / 1_000_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// The age of a value that is worth something for `life_s` seconds: a pie that empties, and always the text.
pub(crate) fn age(at: Timestamp, life_s: i64, moment: Moment) -> Markup {
    let seconds = moment.now.since_us(at).max(0) / 1_000_000;
    let left = ((life_s - seconds).max(0) * 100) / life_s.max(1);
    let words = || if moment.en { age_text_en(at, moment.now) } else { age_text(at, moment.now) };
    let (dash, text) = if moment.live { (String::new(), String::new()) } else { (format!("{left} 100"), words()) };
    html! {
        span.age.old[!moment.live && left < 25] data-at=(at.millis()) data-life=(life_s) {
            svg viewBox="0 0 16 16" aria-hidden="true" {
                circle.ring cx="8" cy="8" r="7" {}
                circle.pie cx="8" cy="8" r="3.5" pathLength="100" stroke-dasharray=(dash) transform="rotate(-90 8 8)" {}
            }
            span { (text) }
        }
    }
}

/// How long something has lasted, running.
pub(crate) fn lasting(since: Timestamp, moment: Moment) -> Markup {
    let seconds = moment.now.since_us(since).max(0) / 1_000_000;
    let text = if moment.live { String::new() } else { minutes_seconds(seconds) };
    html! { span.n data-since=(since.millis()) { (text) } }
}

/// How long is left until something, running down; `0:00` when it is over.
pub(crate) fn remaining(until: Timestamp, moment: Moment) -> Markup {
    let seconds = until.since_us(moment.now).max(0) / 1_000_000;
    let text = if moment.live { String::new() } else { minutes_seconds(seconds) };
    html! { b.n data-until=(until.millis()) { (text) } }
}

/// `38:12`, or `2:03:04` from an hour on.
pub(crate) fn minutes_seconds(seconds: i64) -> String {
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60, seconds % 60);
    if hours > 0 { format!("{hours}:{:02}:{rest:02}", minutes % 60) } else { format!("{minutes}:{rest:02}") }
}

/// A statement that there is nothing, with the time at which we looked.
pub(crate) fn empty(sentence: &str, moment: Moment) -> Markup {
    let at = if moment.live { String::new() } else { hms(moment.now) };
    html! { p.empty { (sentence) " 　" span.q { (moment.t("確認", "checked")) " " time.n data-checked="" { (at) } } } }
}

/// A triage tag in Japanese; none = not yet triaged.
pub(crate) fn triage_tag(triage: Option<Triage>) -> Markup {
    triage_tag_in(triage, Moment::page(Timestamp(0)))
}

/// The same in the language of the page.
pub(crate) fn triage_tag_in(triage: Option<Triage>, moment: Moment) -> Markup {
    let Some(triage) = triage else {
        let title = moment.t("トリアージ未実施", "not triaged yet");
        return html! { span.tri.tn title=(title) { i { "–" } (moment.t("未", "not yet")) } };
    };
    let class = match triage {
        Triage::Red => "tri t1",
        Triage::Yellow => "tri t2",
        Triage::Green => "tri t3",
        Triage::Black => "tri t0",
    };
    html! { span class=(class) { i { (triage.numeral()) } (moment.t(triage.ja(), triage_en(triage))) } }
}

const fn triage_en(triage: Triage) -> &'static str {
    match triage {
        Triage::Red => "RED",
        Triage::Yellow => "YELLOW",
        Triage::Green => "GREEN",
        Triage::Black => "BLACK",
    }
}

/// A stage's time: `±` while the tablet's clock was not compared, and what it was corrected from.
pub(crate) fn stage_time(time: &StageTime) -> Markup {
    html! {
        time.n { (hms(time.at)) }
        @if time.uncertain { abbr title="タブレットの時計がまだ照合されていません" { "±" } }
        @if let Some(from) = time.corrected_from { " " span.q.xs { "訂正前 " s.n { (hms(from)) } } }
    }
}

/// One tick per stage from 指令 to 医師引継ぎ, done ones filled, the present one tall, its name beside.
pub(crate) fn stage_track(reached: Option<Stage>, moment: Moment) -> Markup {
    let ticks = Stage::ALL.into_iter().filter(|s| !matches!(s, Stage::CallReceived | Stage::BackInService));
    let name = reached.map_or(moment.t("覚知前", "before the call"), |stage| moment.t(stage.ja(), stage.en()));
    html! {
        span.trk role="img" aria-label=(format!("{} {name}", moment.t("段階", "stage"))) {
            @for stage in ticks {
                i.d[reached.is_some_and(|r| stage < r)].c[reached == Some(stage)] {}
            }
        }
        span.sm { (name) }
    }
}

/// The hidden proof of a form.
pub(crate) fn hidden_csrf(signed: &SignedIn) -> Markup {
    hidden(&signed.csrf())
}

/// The same from the proof itself.
pub(crate) fn hidden(csrf: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(csrf); }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_in_one_unit_that_fits() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let ago = |s: i64| age_text(now.plus_us(-s * 1_000_000), now);
        assert_eq!((ago(59), ago(60), ago(3_599)), ("59秒前".into(), "1分前".into(), "59分前".into()));
        assert_eq!((ago(3_660), ago(200_000), ago(-5)), ("1時間1分前".into(), "2日前".into(), "0秒前".into()));
        assert_eq!((minutes_seconds(2_292), minutes_seconds(7_384)), ("38:12".into(), "2:03:04".into()));
    }

    #[test]
    fn a_live_part_has_the_same_bytes_a_minute_later() {
        let at = Timestamp::from_millis(1_800_000_000_000);
        let drawn = |moment| age(at, 60, moment).into_string();
        assert_eq!(drawn(Moment::live(at)), drawn(Moment::live(at.plus_minutes(1))));
        assert_ne!(drawn(Moment::page(at)), drawn(Moment::page(at.plus_minutes(1))));
    }
}
