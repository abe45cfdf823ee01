//! The patient's receipt: what was looked at, by whom, on which basis, until when. From the case's facts and the audit
//! alone; which sections and how many rows, never a row, never a name.

use crate::board::DESK;
use crate::call::Call;
use crate::error::{NotPermitted, UseCaseError};
use crate::handover_document::may_make;
use crate::look_up_history::{code, end_of_next_day, viewer_of};
use crate::principal::{Principal, Scope};
use crate::server_log::{LoadedCase, load_case};
use crate::store::{AuditLog, CaseLook, Department, Device, Directory, EventStore, Unit};
use audit::{Act, Basis, Outcome, ShownItem, Viewing};
use case::CaseView;
use model::{CaseId, DeviceId, HospitalId, Timestamp};
use patient_history::{ConsentBasis, LookBack, Period, SectionKind};

/// What somebody does with a receipt; each is an entry of the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptUse {
    /// Reads it on a page.
    Shown,
    /// Makes a single-use code that opens it.
    CodeMade,
    /// Opened it with such a code.
    OpenedByCode,
}

impl ReceiptUse {
    const fn act(self) -> &'static str {
        match self {
            Self::Shown => "receipt.shown",
            Self::CodeMade => "receipt.code",
            Self::OpenedByCode => "receipt.opened",
        }
    }
}

/// A basis for looking, as the crew recorded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptBasis {
    /// When.
    pub at: Timestamp,
    /// What.
    pub basis: ConsentBasis,
    /// Taken back since.
    pub withdrawn: bool,
}

/// Who looked. People are not named: a department or a hospital answers for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiptWho {
    /// A crew: its department, and its unit when its tablet is known.
    Crew {
        /// 消防本部.
        department: String,
        /// 救急隊.
        unit: Option<String>,
    },
    /// The hospital that received the patient.
    Hospital(HospitalId),
}

/// A section that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptSection {
    /// Its word; the code itself for one that this program does not know.
    pub name: String,
    /// How far back; none when the look-up's facts have not arrived.
    pub look_back: Option<LookBack>,
    /// How many rows were shown; 0 = looked, and nothing is recorded.
    pub rows: u32,
}

/// One look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptLook {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: ReceiptWho,
    /// In which way.
    pub viewing: Viewing,
    /// On what basis.
    pub basis: Basis,
    /// How it ended; none when that is not on record.
    pub outcome: Option<Outcome>,
    /// What was shown.
    pub sections: Vec<ReceiptSection>,
}

/// The receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The case: what a patient names when asking.
    pub case: CaseId,
    /// 訓練.
    pub training: bool,
    /// The department that answers for it.
    pub department: String,
    /// Whom to ask, in the department's words; none where nobody wrote any.
    pub contact: Option<String>,
    /// Units by leg.
    pub units: Vec<String>,
    /// The hospital that the patient goes or went to.
    pub hospital: Option<HospitalId>,
    /// Every basis that was recorded, the first one first.
    pub bases: Vec<ReceiptBasis>,
    /// Every look, the first one first.
    pub looks: Vec<ReceiptLook>,
    /// Until when what was looked up can be read at the latest; none when nothing was shown, or the consent was taken back.
    pub readable_until: Option<Timestamp>,
    /// The consent was taken back: what was looked up can be read no more.
    pub withdrawn: bool,
    /// Facts of a tablet may be missing.
    pub may_have_gaps: bool,
}

/// Makes the receipt of a case: for its department, for the destination's desk, for a crew of the case, and for the server
/// itself when a code opens it. The audit entry is durable before anything is handed out.
///
/// # Errors
/// [`UseCaseError::NoSuchCase`]; [`UseCaseError::NotPermitted`] for a hospital that is not the destination, and for machines.
pub async fn patient_receipt<S: EventStore + AuditLog + Directory>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    case: CaseId,
    usage: ReceiptUse,
) -> Result<Receipt, UseCaseError> {
    let what = "making a patient's receipt";
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
    let looks = store.looks(case).await?;
    let names = Names::read(store, &looks).await?;
    let receipt = receipt_of(store, &loaded, &names, &looks).await?;
    store.note(call.now(), act(principal, usage, &loaded)).await?;
    Ok(receipt)
}

fn act(principal: &Principal, usage: ReceiptUse, loaded: &LoadedCase) -> Act {
    Act {
        by: viewer_of(principal),
        act: code(usage.act()),
        lookup: None,
        case: Some(loaded.head.case),
        account: None,
        department: Some(loaded.head.department),
        until: None,
        unit: None,
    }
}

async fn receipt_of(
    store: &impl Directory,
    loaded: &LoadedCase,
    names: &Names,
    looks: &[CaseLook],
) -> Result<Receipt, UseCaseError> {
    let (head, view) = (&loaded.head, &loaded.view);
    let basis = |c: &case::ConsentEntry| ReceiptBasis { at: c.at, basis: c.basis.clone(), withdrawn: c.withdrawn };
    Ok(Receipt {
        case: head.case,
        training: view.training,
        department: names.department(head.department),
        contact: store.contact(head.department).await?,
        units: view.units.values().flatten().map(|(_, callsign)| callsign.clone()).collect(),
        hospital: view.destination().map(|d| d.hospital),
        bases: view.consents.iter().map(basis).collect(),
        looks: looks.iter().map(|look| look_of(view, names, look)).collect(),
        readable_until: readable_until(view, looks)?,
        withdrawn: view.consents.iter().any(|c| c.withdrawn) && view.consent().is_none(),
        may_have_gaps: !(view.gaps.is_empty() && view.lost.is_empty()),
    })
}

fn look_of(view: &CaseView, names: &Names, look: &CaseLook) -> ReceiptLook {
    let viewer = &look.begin.viewer;
    let who = match viewer.hospital {
        Some(hospital) => ReceiptWho::Hospital(hospital),
        None => ReceiptWho::Crew {
            department: viewer.department.map_or_else(String::new, |id| names.department(id)),
            unit: viewer.device.and_then(|id| names.unit(id)),
        },
    };
    let period = view.lookups.get(&look.begin.lookup).map(|state| state.period);
    let shown = look.end.as_ref().map(|end| end.shown.as_slice()).unwrap_or_default();
    ReceiptLook {
        at: look.at,
        who,
        viewing: look.begin.viewing,
        basis: look.begin.basis.clone(),
        outcome: look.end.as_ref().map(|end| end.outcome.clone()),
        sections: shown.iter().map(|item| section_of(item, period)).collect(),
    }
}

fn section_of(item: &ShownItem, period: Option<Period>) -> ReceiptSection {
    let kind = SectionKind::ALL.into_iter().find(|kind| kind.key() == item.item.as_str());
    let name = kind.map_or_else(|| item.item.as_str().to_owned(), |kind| kind.ja().to_owned());
    let look_back = kind.zip(period).map(|(kind, period)| kind.look_back(period));
    ReceiptSection { name, look_back, rows: item.rows }
}

/// Every key dies at the end of the day after its fetch, and none outlives the consent.
fn readable_until(view: &CaseView, looks: &[CaseLook]) -> Result<Option<Timestamp>, UseCaseError> {
    if view.consent().is_none() {
        return Ok(None);
    }
    let fetched = looks.iter().filter(|look| matches!(look.begin.viewing, Viewing::CrewLookup | Viewing::Disaster));
    let shown = fetched.filter_map(|look| look.end.as_ref()).filter(|end| end.outcome == Outcome::Shown);
    shown.map(|end| end.at).max().map(end_of_next_day).transpose()
}

/// Departments and the units of the tablets that looked.
struct Names {
    departments: Vec<Department>,
    devices: Vec<Device>,
    units: Vec<Unit>,
}

impl Names {
    async fn read(store: &impl Directory, looks: &[CaseLook]) -> Result<Self, UseCaseError> {
        let mut names = Self { departments: store.departments().await?, devices: Vec::new(), units: Vec::new() };
        for id in looks.iter().filter_map(|look| look.begin.viewer.device) {
            if names.devices.iter().any(|known| known.id == id) {
                continue;
            }
            let Some(device) = store.device(id).await? else { continue };
            // A relief unit's tablet is another department's than the case.
            names.units.extend(store.units(Scope::Department(device.department)).await?);
            names.devices.push(device);
        }
        Ok(names)
    }
    fn department(&self, id: model::DepartmentId) -> String {
        self.departments.iter().find(|d| d.id == id).map(|d| d.name.clone()).unwrap_or_default()
    }
    fn unit(&self, id: DeviceId) -> Option<String> {
        let device = self.devices.iter().find(|device| device.id == id)?;
        self.units.iter().find(|unit| unit.id == device.unit).map(|unit| unit.callsign.clone())
    }
}
