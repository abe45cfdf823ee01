//! Which cases stand in which stage, as a page's HTML says it.

use model::{CaseId, Stage};

/// What stands before the id of a case in a row: the console's link and the board's mark.
const MARKS: [&str; 2] = ["href=\"/cases/", "data-case=\""];
/// Length of an id as text.
const ID_CHARS: usize = 36;

/// Each case of the part with the stage that its row names.
pub(super) fn stages(html: &str) -> Vec<(CaseId, Stage)> {
    let Some(mark) = MARKS.into_iter().find(|mark| html.contains(mark)) else { return Vec::new() };
    html.split(mark).skip(1).filter_map(row).collect()
}

fn row(piece: &str) -> Option<(CaseId, Stage)> {
    let case = piece.get(..ID_CHARS)?.parse().ok()?;
    let stage = Stage::ALL.into_iter().find(|stage| piece.contains(&format!(">{}<", stage.ja())))?;
    Some((case, stage))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_its_link_and_the_stage_behind_it() {
        let (one, two) = (CaseId::from_bytes([1; 16]), CaseId::from_bytes([2; 16]));
        let html = format!(
            "<tr><td><a href=\"/cases/{one}\">0101</a></td><td><span class=\"sm\">現場到着</span></td></tr>\
             <tr><td><a href=\"/cases/{two}\">0202</a></td><td><span class=\"sm\">車内収容</span></td></tr>"
        );
        assert_eq!(stages(&html), [(one, Stage::OnScene), (two, Stage::InVehicle)]);
        let board =
            format!("<div data-case=\"{one}\"><span class=\"chip\">出動</span></div><div data-case=\"{two}\"></div>");
        assert_eq!(stages(&board), [(one, Stage::EnRoute)]);
        assert!(stages("<p>いま対応中の事案はありません</p>").is_empty());
    }
}
