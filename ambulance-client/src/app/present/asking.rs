//! How the list is asked: several at once where that is quicker (一斉照会), and when to turn to the last resort
//! (エスカレーション). The ranking says both; nothing is computed here.

use super::{View, hospitals};
use crate::screens::hospitals::TogetherVm;
use hospital_selection::{LastResort, Ranking, Together};
use model::HospitalId;

/// Hospitals that 一斉に照会 asks where the ranking proposes none.
const TOP: usize = 3;

/// Those that the ranking proposes to ask at once, without the ones that were asked; none where fewer than two are left.
fn proposed<'a>(view: &View<'a>) -> Option<(&'a Together, Vec<HospitalId>)> {
    let together = view.ranking()?.together.as_ref()?;
    let unasked = hospitals::next_unasked(view, usize::MAX);
    let left: Vec<HospitalId> = together.hospitals.iter().copied().filter(|id| unasked.contains(id)).collect();
    (left.len() > 1 && left.len() == together.hospitals.len()).then_some((together, left))
}

/// Those that are chosen to be asked at once; empty while one hospital is chosen.
#[must_use]
pub fn picked(view: &View<'_>) -> Vec<HospitalId> {
    proposed(view).filter(|_| view.nav.together).map_or_else(Vec::new, |(_, hospitals)| hospitals)
}

/// Whether the ranking proposes to ask some at once.
#[must_use]
pub fn is_proposed(view: &View<'_>) -> bool {
    proposed(view).is_some()
}

/// Whom 一斉に照会 asks at once without a proposal: the best that were not asked.
#[must_use]
pub fn top(view: &View<'_>) -> Vec<HospitalId> {
    hospitals::next_unasked(view, TOP)
}

/// What 一斉に照会 offers.
pub(super) fn offer(view: &View<'_>) -> TogetherVm {
    let Some((together, hospitals)) = proposed(view) else {
        let n = top(view).len();
        return TogetherVm {
            whom: view.say(&format!("上位{n}か所"), &format!("top {n}")), ..TogetherVm::default()
        };
    };
    let n = hospitals.len();
    let (at_once, one_by_one) = (together.minutes.whole_minutes(), together.one_by_one.whole_minutes());
    TogetherVm {
        whom: view.say(&format!("おすすめ {n}か所"), &format!("proposed: {n}")),
        minutes: view
            .say(&format!("見込み {at_once}分(順に {one_by_one}分)"), &format!("{at_once} min, in turn {one_by_one}")),
        picked: view.nav.together,
    }
}

/// The last resort is better turned to now: the prefecture's rule says so, or it is quicker than the first of the list.
pub(super) fn is_due(ranking: &Ranking) -> bool {
    ranking.fallback.is_some()
        && (ranking.escalate_after == Some(0) || ranking.last_resort.as_ref().is_some_and(|last| last.due))
}

/// When to turn to the last resort, in words for a button: 「あと 2件 断られたら」.
pub(super) fn when(view: &View<'_>) -> Option<String> {
    let ranking = view.ranking().filter(|ranking| ranking.fallback.is_some())?;
    match ranking.escalate_after {
        _ if is_due(ranking) => Some(view.say("いま頼む時期です", "time to ask for it now")),
        Some(n) => Some(view.say(&format!("あと {n}件 断られたら"), &format!("after {n} more refusals"))),
        None => None,
    }
}

/// 「不応需 4件 ・ 25分 ・ 調整 県救急医療情報センター」 of the prefecture's rule.
pub(super) fn gone(view: &View<'_>, last: &LastResort) -> String {
    let (n, minutes) = (last.refusals, last.minutes);
    let coordinator = last
        .coordinator
        .as_ref()
        .map_or_else(String::new, |who| view.say(&format!(" ・ 調整 {who}"), &format!(" ・ with {who}")));
    view.say(
        &format!("不応需 {n}件 ・ {minutes}分{coordinator}"),
        &format!("{n} refused ・ {minutes} min{coordinator}"),
    )
}

/// When to turn to the last resort and to whom: title and line of a panel; none without a last resort on the list.
pub(super) fn last_resort(view: &View<'_>) -> Option<(String, Vec<String>)> {
    let ranking = view.ranking()?;
    let fallback = ranking.fallback.as_ref()?;
    let title = match ranking.escalate_after {
        _ if is_due(ranking) => view.say("最終受入を頼む時期", "Last resort: now"),
        Some(n) => view.say(&format!("不可 {n}件で最終受入"), &format!("Last resort after {n}")),
        None => return None,
    };
    Some((title, vec![view.hospital(fallback.hospital)]))
}
