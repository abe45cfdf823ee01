//! What a refusal suggests for the desk's own capacity: it waits for one press and is never applied by itself (design/web.md §5).

use super::capacity::{CATEGORIES, Category, Known, key};
use crate::web::fault::Fault;
use crate::web::parts::{Moment, hm};
use crate::web::session::{CsrfField, DESK, SignedForm};
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::response::Redirect;
use case::{DeclineReason, EnquiryAnswer};
use dispatch_core::{BoardEnquiry, Store, board};
use hospital_selection::params::LEVEL_MINUTES;
use hospital_selection::{CapacitySource, CapacityState, Category as Kind};
use maud::{Markup, html};
use model::{Capability, EnquiryId, Timestamp};
use serde::Deserialize;

/// One proposal: this category is ×.
pub(super) struct Proposal {
    enquiry: EnquiryId,
    of: &'static Category,
    reason: DeclineReason,
    at: Timestamp,
}

/// The desk's category that a kind of patients falls into; none = the hospital as a whole.
const fn category_of(kind: Kind) -> Option<Capability> {
    match kind {
        Kind::Stroke => Some(Capability::StrokeThrombolysis),
        Kind::Cardiac => Some(Capability::Cardiology24h),
        Kind::Trauma => Some(Capability::Trauma),
        Kind::Paediatric => Some(Capability::Paediatrics),
        Kind::Perinatal => Some(Capability::Perinatal),
        Kind::Psychiatric => Some(Capability::PsychiatrySomatic),
        Kind::Critical => Some(Capability::IntensiveCare),
        Kind::Burn | Kind::Poisoning | Kind::General => None,
    }
}

/// The newest refusal for want of room, unless the desk has said something of its category since.
pub(super) fn proposal(
    rows: &[BoardEnquiry],
    known: &Known,
    aside: impl Fn(EnquiryId) -> bool,
    now: Timestamp,
) -> Option<Proposal> {
    let from = |row: &BoardEnquiry| {
        let (EnquiryAnswer::Declined(reason), at) = row.answer.as_ref()? else { return None };
        let room = matches!(reason, DeclineReason::BedsFull | DeclineReason::Busy | DeclineReason::InSurgery);
        let wanted = category_of(row.category);
        let of = CATEGORIES.iter().find(|category| category.of == wanted)?;
        let said = known.level(wanted);
        let typed =
            said.is_some_and(|r| r.source == CapacitySource::Desk && (r.at >= *at || r.state == CapacityState::Full));
        let new = at.age_minutes(now) < LEVEL_MINUTES;
        (room && new && !typed && !aside(row.enquiry)).then_some(Proposal {
            enquiry: row.enquiry,
            of,
            reason: *reason,
            at: *at,
        })
    };
    rows.iter().filter_map(from).max_by_key(|proposal| proposal.at)
}

/// The proposal with its two buttons.
pub(super) fn proposal_panel(proposal: Option<&Proposal>, csrf: &str, moment: Moment) -> Markup {
    let Some(Proposal { enquiry, of, reason, at }) = proposal else { return html! {} };
    let name = of.words(moment);
    html! {
        div.p.nowbox.propose {
            p { b { (moment.t("応需の更新の提案", "Proposed update")) } "　" span.n { (hm(*at)) } " "
                (moment.t("不可", "declined")) "・" (moment.t(reason.ja(), reason.en())) " → " b { (name) " ×" } }
            div.row {
                form method="post" action="/desk/capacity" {
                    input type="hidden" name="csrf" value=(csrf);
                    input type="hidden" name="of" value=(key(of.of));
                    button.btn.pri name="say" value="full" data-proposal="" aria-keyshortcuts="Enter" {
                        kbd aria-hidden="true" { "Enter" } (moment.t("提案どおり", "As proposed:")) " " (name) " ×"
                    }
                }
                form method="post" action=(format!("/desk/enquiries/{enquiry}/put-aside")) {
                    input type="hidden" name="csrf" value=(csrf);
                    button.btn { (moment.t("しない", "Not now")) }
                }
                span.q.xs { (moment.t("押すまで何も変わりません", "Nothing changes before you press")) }
            }
        }
    }
}

/// Nothing but the proof.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Aside {
    csrf: String,
}

impl CsrfField for Aside {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /desk/enquiries/{enquiry}/put-aside`: the proposal that follows from this enquiry is made no more.
pub(crate) async fn put_aside_form<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(enquiry): Path<EnquiryId>,
    SignedForm(signed, _): SignedForm<Aside>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DESK)?;
    let rows = board(app.store.as_ref(), &app.rules, app.now(), principal).await?;
    if !rows.iter().any(|row| row.enquiry == enquiry) {
        return Err(Fault::not_found());
    }
    app.put_aside.put(enquiry);
    app.changes.touch();
    Ok(Redirect::to("/desk"))
}
