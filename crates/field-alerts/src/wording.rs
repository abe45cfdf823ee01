//! What a rule's text may and may not say (selection.md §2.3: records, not diagnoses; no dose, no order, no comfort).

/// Characters of a title: one line of an alert row.
pub(crate) const MAX_TITLE_CHARS: usize = 32;
/// Characters of a watch text: two lines of an alert row.
pub(crate) const MAX_WATCH_CHARS: usize = 60;

/// Never in a Japanese text. `です` closes a diagnosis; units are doses; the verbs are orders.
const FORBIDDEN_JA: &[&str] = &[
    "服用中",
    "内服中",
    "アレルギーなし",
    "アレルギー無し",
    "安全",
    "不要",
    "問題な",
    "異常な",
    "大丈夫",
    "です",
    "である",
    "診断",
    "疑い",
    "確定",
    "mg",
    "ｍｇ",
    "ＭＧ",
    "μg",
    "µg",
    "mL",
    "ｍＬ",
    "単位",
    "錠",
    "投与",
    "点滴",
    "注入せ",
    "服用させ",
    "飲ませ",
    "中止",
    "禁忌",
    "してください",
    "せよ",
    "べき",
    "治療を開始",
];
/// Never in an English text (compared in lower case).
const FORBIDDEN_EN: &[&str] = &[
    "is taking",
    "takes ",
    "no allergy",
    "safe",
    "not needed",
    "unnecessary",
    "diagnos",
    " mg",
    "give ",
    "administer",
    "inject ",
    "must take",
    "contraindicated",
    "has diabetes",
    "has epilepsy",
    "suffers",
];
/// One of these is in every watch text: what a crew does with a record.
const WATCH_JA: &[&str] = &["考慮", "聴取", "伝達", "注意", "確認", "持参", "連絡", "MC医師"];
/// The same in English.
const WATCH_EN: &[&str] =
    &["consider", "ask", "pass on", "watch", "mind", "check", "bring", "contact", "beware", "keep"];

/// What is wrong with a rule's words; nothing when they are within the limits.
pub(crate) fn fault(title_ja: &str, title_en: &str, watch_ja: &str, watch_en: &str) -> Option<String> {
    of_source(("記録", "record"), (title_ja, title_en), (watch_ja, watch_en))
}

/// The same of a rule over an answer, which is no record.
pub(crate) fn told_fault(title_ja: &str, title_en: &str, watch_ja: &str, watch_en: &str) -> Option<String> {
    of_source(("聞き取り", "told"), (title_ja, title_en), (watch_ja, watch_en))
}

/// Every title says where it is from.
fn of_source(source: (&str, &str), title: (&str, &str), watch: (&str, &str)) -> Option<String> {
    let ((title_ja, title_en), (watch_ja, watch_en)) = (title, watch);
    if !title_ja.contains(source.0) {
        return Some(format!("the Japanese title does not say {}", source.0));
    }
    if !title_en.to_lowercase().contains(source.1) {
        return Some(format!("the English title does not say {}", source.1));
    }
    if title_ja.chars().count() > MAX_TITLE_CHARS || watch_ja.chars().count() > MAX_WATCH_CHARS {
        return Some(format!("title over {MAX_TITLE_CHARS} or watch over {MAX_WATCH_CHARS} characters"));
    }
    forbidden(&[title_ja, watch_ja], FORBIDDEN_JA)
        .or_else(|| forbidden(&[&title_en.to_lowercase(), &watch_en.to_lowercase()], FORBIDDEN_EN))
        .or_else(|| missing_act(watch_ja, WATCH_JA))
        .or_else(|| missing_act(&watch_en.to_lowercase(), WATCH_EN))
}

fn forbidden(texts: &[&str], words: &[&str]) -> Option<String> {
    let word = words.iter().find(|word| texts.iter().any(|text| text.contains(**word)))?;
    Some(format!("the forbidden word {word:?}"))
}

fn missing_act(watch: &str, acts: &[&str]) -> Option<String> {
    let none = !acts.iter().any(|act| watch.contains(act));
    none.then(|| format!("a watch text without any of {acts:?}"))
}
