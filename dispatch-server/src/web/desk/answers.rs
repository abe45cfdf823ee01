//! What this desk has answered in the hours that the board keeps (design/web.md a05): how often, what, how soon.

use crate::web::parts::Moment;
use case::{DeclineReason, EnquiryAnswer};
use dispatch_core::BoardEnquiry;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Reasons that are named; the rest is in the number.
const REASONS_SHOWN: usize = 3;

/// Answers in numbers. The standing answer of each enquiry counts, so that a correction counts once.
#[derive(Debug, Default, PartialEq, Eq)]
struct Answers {
    asked: usize,
    accepted: usize,
    conditional: usize,
    declined: usize,
    /// The most frequent first, of equals in the order of the buttons.
    reasons: Vec<(DeclineReason, usize)>,
    unanswered: usize,
    /// Seconds from the enquiry to the standing answer: the middle one, of an even number the earlier of the two.
    median_s: Option<i64>,
}

impl Answers {
    fn of(rows: &[BoardEnquiry]) -> Self {
        let mut found = Self { asked: rows.len(), ..Self::default() };
        let mut reasons: BTreeMap<DeclineReason, usize> = BTreeMap::new();
        let mut seconds = Vec::new();
        for row in rows {
            match &row.answer {
                Some((EnquiryAnswer::Accepted, _)) => found.accepted += 1,
                Some((EnquiryAnswer::Conditional { .. }, _)) => found.conditional += 1,
                Some((EnquiryAnswer::Declined(reason), _)) => {
                    found.declined += 1;
                    *reasons.entry(*reason).or_default() += 1;
                }
                Some((EnquiryAnswer::NoAnswer, _)) | None => found.unanswered += 1,
            }
            let answered = row.answer.as_ref().filter(|(answer, _)| *answer != EnquiryAnswer::NoAnswer);
            seconds.extend(answered.map(|(_, at)| at.since_us(row.sent_at).max(0) / 1_000_000));
        }
        seconds.sort_unstable();
        found.median_s = seconds.len().checked_sub(1).and_then(|last| seconds.get(last / 2)).copied();
        found.reasons = reasons.into_iter().collect();
        found.reasons.sort_by_key(|(_, count)| core::cmp::Reverse(*count));
        found.reasons.truncate(REASONS_SHOWN);
        found
    }
}

/// One line below the board. `rows`: what was asked here by page, newest first; nothing by telephone.
pub(super) fn answers_panel(rows: &[BoardEnquiry], moment: Moment) -> Markup {
    let told = Answers::of(rows);
    let one = |ja, en, count: usize| html! { span { (moment.t(ja, en)) " " b.n { (count) } } };
    html! {
        div.p.pb.row.answered {
            h2 { (moment.t("回答", "Answers")) } span.q.sm { (moment.t("12時間以内", "within 12 h")) }
            (one("照会", "asked", told.asked))
            (one("受入", "accepted", told.accepted))
            (one("条件付き", "conditional", told.conditional))
            span { (moment.t("不可", "declined")) " " b.n { (told.declined) }
                @if !told.reasons.is_empty() { " " span.q.sm { "（" (reasons(&told.reasons, moment)) "）" } } }
            (one("回答なし", "no answer", told.unanswered))
            @if let Some(seconds) = told.median_s {
                span { (moment.t("返答の中央値", "median time to answer")) " " b.n { (moment.span_words(seconds)) } }
            }
        }
    }
}

fn reasons(all: &[(DeclineReason, usize)], moment: Moment) -> String {
    let word = |(reason, count): &(DeclineReason, usize)| format!("{}{count}", moment.t(reason.ja(), reason.en()));
    all.iter().map(word).collect::<Vec<_>>().join("・")
}
