//! The grid of a weekly pattern (design/web.md a08): three hours a cell, kept hour by hour. Each press is kept at once.

use super::{CATEGORIES, Known, key, sign_of};
use crate::web::parts::Moment;
use hospital_selection::CapacityState;
use maud::{Markup, html};
use model::Capability;

/// Hours of one cell of the grid.
pub(super) const CELL_HOURS: usize = 3;
const CELLS: usize = 24 / CELL_HOURS;
const DAYS: [(&str, &str); 7] =
    [("月", "Mon"), ("火", "Tue"), ("水", "Wed"), ("木", "Thu"), ("金", "Fri"), ("土", "Sat"), ("日", "Sun")];

/// What a press makes of a cell: ◎ → ○ → × → nothing → ◎.
pub(super) const fn next(level: Option<CapacityState>) -> Option<CapacityState> {
    match level {
        None => Some(CapacityState::Free),
        Some(CapacityState::Free) => Some(CapacityState::Limited),
        Some(CapacityState::Limited) => Some(CapacityState::Full),
        Some(_) => None,
    }
}

/// The hours of a cell.
pub(super) const fn hours(cell: usize) -> core::ops::Range<usize> {
    let first = cell * CELL_HOURS;
    first..first + CELL_HOURS
}

/// The pattern of one category.
pub(crate) fn week_panel(known: &Known, of: Option<Capability>, csrf: &str, moment: Moment) -> Markup {
    let week = known.weeks.iter().find(|week| week.capability == of);
    let words = CATEGORIES.iter().find(|c| c.of == of).map_or("", |c| c.words(moment));
    html! {
        div.p {
            header.ph {
                h2 { (moment.t("週間の型", "Weekly pattern")) " — " (words) }
                span.sp {}
                nav.row aria-label=(moment.t("区分", "Category")) {
                    @for c in &CATEGORIES { a.chip href=(format!("/desk/capacity?of={}", key(c.of)))
                        aria-current=[(c.of == of).then_some("true")] { (c.words(moment)) } }
                }
            }
            form.pb method="post" action="/desk/capacity/week" {
                input type="hidden" name="csrf" value=(csrf);
                input type="hidden" name="of" value=(key(of));
                table.week data-grid="" aria-label=(words) {
                    thead { tr { td {} @for cell in 0..CELLS { th.n scope="col" { (cell * CELL_HOURS) (moment.t("時", "h")) } } } }
                    tbody { @for (day, (ja, en)) in DAYS.iter().enumerate() { tr {
                        th scope="row" { (moment.t(ja, en)) }
                        @for cell in 0..CELLS { td {
                            (cell_button(week.and_then(|w| w.levels.level(hours(day * CELLS + cell).start)), day * CELLS + cell, moment)) } }
                    } } }
                }
                p.q.xs { (moment.t("マスを押すたび ◎→○→×→なし。矢印キーと Space でも。押すとすぐに保存され、手入力のない時間に効きます。祝日は曜日どおりです。",
                    "Each press: ◎ → ○ → × → none; also by arrow keys and Space. Kept at once; speaks where nothing was typed. \
                        Holidays count as their weekday.")) }
                p.row {
                    button.btn.sml name="say" value="weekdays" { (moment.t("月曜を平日へ写す", "Copy Monday to weekdays")) }
                    button.btn.sml name="say" value="clear" { (moment.t("この区分を消す", "Clear this category")) }
                    @if let Some(week) = week { span.q.xs { (moment.t("保存", "kept")) " " span.n { (crate::web::parts::day_hms(week.at)) } } }
                }
            }
        }
    }
}

fn cell_button(level: Option<CapacityState>, cell: usize, moment: Moment) -> Markup {
    let (sign, words) = level.map_or(("–", moment.t("なし", "none")), |state| sign_of(state, moment));
    let (ja, en) = DAYS.get(cell / CELLS).copied().unwrap_or(("", ""));
    let from = cell % CELLS * CELL_HOURS;
    let name = format!("{} {from}–{} {words}", moment.t(ja, en), from + CELL_HOURS);
    let class = match level {
        None => "cell",
        Some(CapacityState::Free) => "cell l2",
        Some(CapacityState::Limited) => "cell l1",
        Some(_) => "cell l0",
    };
    html! { button class=(class) name="say" value=(cell) aria-label=(name) { (sign) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presses_go_through_all_levels_and_cells_through_all_hours() {
        let mut level = None;
        for wanted in [Some(CapacityState::Free), Some(CapacityState::Limited), Some(CapacityState::Full), None] {
            level = next(level);
            assert_eq!(level, wanted);
        }
        assert_eq!((hours(0), hours(7 * CELLS - 1)), (0..3, 165..168));
    }
}
