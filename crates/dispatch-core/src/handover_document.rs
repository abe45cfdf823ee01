//! The handover document's content: what the crew did and saw, for the accepting hospital. No rows of a history.

use crate::board::DESK;
use crate::call::Call;
use crate::error::{NotPermitted, UseCaseError};
use crate::principal::{Principal, PrincipalKind, Scope};
use crate::server_log::{LoadedCase, load_case, write_about};
use crate::store::{Directory, EventStore};
use case::{Body, CaseView, HowDecided};
use model::{CaseId, Findings, HospitalId, Need, Position, Stage, Timestamp, Vital};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// One stage with its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentStage {
    /// Which; its key is [`Stage::key`].
    pub stage: Stage,
    /// Of which leg.
    pub leg: u8,
    /// When, corrected.
    pub at: Timestamp,
    /// The tablet's clock was not yet compared: show '±'.
    pub uncertain: bool,
}

/// The document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandoverDocument {
    /// The form's version.
    pub version: u16,
    /// The case.
    pub case: CaseId,
    /// 1 for the incident's first patient.
    pub patient_no: u8,
    /// For which hospital.
    pub hospital: HospitalId,
    /// How it became the destination.
    pub how: HowDecided,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// The department.
    pub department: String,
    /// Units by leg.
    pub units: Vec<String>,
    /// 訓練.
    pub training: bool,
    /// Where.
    pub scene: Option<Position>,
    /// The place in words.
    pub place: Option<String>,
    /// What the caller said.
    pub call_text: Option<String>,
    /// Stage times in order.
    pub stages: Vec<DocumentStage>,
    /// What was observed.
    pub findings: Findings,
    /// When each vital sign was taken.
    pub vitals_at: BTreeMap<Vital, Timestamp>,
    /// What was needed of the hospital.
    pub needs: Vec<Need>,
    /// How many enquiries were sent.
    pub enquiries: usize,
    /// The basis of the look-up in one word, if there was one, or that it was taken back; the rows are opened apart.
    pub consent: Option<String>,
    /// Facts of a tablet may be missing.
    pub may_have_gaps: bool,
}

/// A made document.
#[derive(Clone, Debug, PartialEq)]
pub struct MadeDocument {
    /// Its content.
    pub document: HandoverDocument,
    /// SHA-256 of its JSON bytes, hexadecimal.
    pub sha256: String,
}

/// Makes the document for the present destination and records that it was made; the same content is recorded once.
/// The crew of the case and its dispatchers may.
///
/// # Errors
/// [`UseCaseError::NotFound`] while no destination is decided; [`UseCaseError::NoSuchCase`], [`UseCaseError::NotPermitted`].
pub async fn make_handover_document<S: EventStore + Directory>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    case: CaseId,
) -> Result<MadeDocument, UseCaseError> {
    let what = "making the handover document";
    let department = principal.require_department(what)?;
    let names = store.departments().await?;
    let name = names.into_iter().find(|d| d.id == department).map(|d| d.name).unwrap_or_default();
    let mut made = None;
    let scope = Scope::Department(department);
    write_about(store, call, scope, case, principal.on_behalf(), |loaded| {
        may_make(principal, loaded, what)?;
        let document = document_of(case, &loaded.view, &name)?;
        let known = loaded.view.handover_document.clone();
        let is_new = known != Some((document.document.hospital, document.sha256.clone()));
        let body = Body::HandoverDocumentMade { hospital: document.document.hospital, sha256: document.sha256.clone() };
        made = Some(document);
        Ok(if is_new { vec![body] } else { Vec::new() })
    })
    .await?;
    made.ok_or(UseCaseError::NotFound("the document"))
}

/// Reads the document as it is now: for the destination's desk and for the department.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for a hospital that is not the destination; as [`make_handover_document`].
pub async fn read_handover_document<S: EventStore + Directory>(
    store: &S,
    principal: &Principal,
    case: CaseId,
) -> Result<MadeDocument, UseCaseError> {
    let what = "reading the handover document";
    let loaded = load_case(store, principal.case_scope(what)?, case).await?;
    match principal.scope {
        Scope::Hospital(hospital) => {
            principal.require_any(DESK, what)?;
            if loaded.view.destination().is_none_or(|d| d.hospital != hospital) {
                return Err(NotPermitted { what }.into());
            }
        }
        Scope::Department(_) | Scope::Installation => may_make(principal, &loaded, what)?,
    }
    let names = store.departments().await?;
    let name = names.into_iter().find(|d| d.id == loaded.head.department).map(|d| d.name).unwrap_or_default();
    document_of(case, &loaded.view, &name)
}

pub(crate) fn may_make(principal: &Principal, loaded: &LoadedCase, what: &'static str) -> Result<(), NotPermitted> {
    let own_unit = principal.tablet.is_none_or(|tablet| loaded.head.units.contains(&tablet.unit));
    let may = own_unit && !matches!(principal.kind, PrincipalKind::Device | PrincipalKind::Machine);
    if may { Ok(()) } else { Err(NotPermitted { what }) }
}

fn document_of(case: CaseId, view: &CaseView, department: &str) -> Result<MadeDocument, UseCaseError> {
    let destination = view.destination().ok_or(UseCaseError::NotFound("the destination"))?;
    let stages = view.stages.iter().map(|((leg, stage), time)| DocumentStage {
        stage: *stage,
        leg: *leg,
        at: time.at,
        uncertain: time.uncertain,
    });
    let asked = destination.enquiry.and_then(|id| view.enquiries.get(&id));
    let document = HandoverDocument {
        version: 1,
        case,
        patient_no: view.patient_no,
        hospital: destination.hospital,
        how: destination.how,
        decided_at: destination.at,
        department: department.to_owned(),
        units: view.units.values().flatten().map(|(_, callsign)| callsign.clone()).collect(),
        training: view.training,
        scene: view.scene,
        place: view.place.clone(),
        call_text: view.call_text.clone(),
        stages: stages.collect(),
        findings: view.findings.clone(),
        vitals_at: view.vitals_at.clone(),
        needs: asked.map(|enquiry| enquiry.needs.clone()).unwrap_or_default(),
        enquiries: view.enquiries.len(),
        consent: view.consents.last().map(|c| if c.withdrawn { "同意取消" } else { c.basis.ja() }.to_owned()),
        may_have_gaps: !(view.gaps.is_empty() && view.lost.is_empty()),
    };
    let json = serde_json::to_vec(&document).map_err(|_| UseCaseError::BadRequest("the document cannot be written"))?;
    Ok(MadeDocument { document, sha256: hex::encode(Sha256::digest(&json)) })
}
