//! What this tablet's own list follows besides the hospital table: the prefecture's 実施基準 and closed roads, with their time.

use super::View;
use ambulance_core::{OwnEdition, UsedEdition};

fn edition(e: &UsedEdition) -> String {
    format!("{} {}", e.prefecture, e.version)
}

/// What is not as it should be, in one sentence; none where the prefecture's edition holds or it has none.
pub(super) fn trouble(view: &View<'_>) -> Option<String> {
    let published = view.state.published();
    match published.own(view.at()) {
        OwnEdition::Ended(e) => Some(view.say(
            &format!("実施基準 {} は期間が終わっています", edition(e)),
            &format!("Standard {} has ended", edition(e)),
        )),
        OwnEdition::NotYet(e) => Some(view.say(
            &format!("実施基準 {} はまだ始まっていません", edition(e)),
            &format!("Standard {} has not begun", edition(e)),
        )),
        OwnEdition::None | OwnEdition::InForce(_) => {
            let missing = published.left_out + published.not_used;
            (missing > 0).then(|| {
                view.say(
                    &format!("実施基準・通行止めの {missing}件を使えていません"),
                    &format!("{missing} standards or closures are not used"),
                )
            })
        }
    }
}

/// For the page of this tablet: 「東京都 2026-04-01 ・ 2027-04-01 まで ・ 通行止め 2か所」.
pub(super) fn in_words(view: &View<'_>) -> String {
    let published = view.state.published();
    let own = match published.own(view.at()) {
        OwnEdition::InForce(e) => {
            let until = e.validity.until.map_or_else(String::new, |until| {
                let day = until.tokyo_rfc3339().get(..10).unwrap_or_default().to_owned();
                view.say(&format!(" ・ {day} まで"), &format!(" ・ until {day}"))
            });
            format!("{}{until}", edition(e))
        }
        _ => trouble(view).unwrap_or_else(|| view.say("実施基準は届いていません", "no standard")),
    };
    let closed = published.closed;
    let closed = view.say(&format!("通行止め {closed}か所"), &format!("{closed} closed"));
    let others = published.editions.iter().filter(|e| Some(&e.prefecture) != published.prefecture.as_ref()).count();
    let others = if others == 0 {
        String::new()
    } else {
        view.say(&format!(" ・ ほかの県 {others}"), &format!(" ・ {others} of others"))
    };
    format!("{own}{others} ・ {closed}")
}
