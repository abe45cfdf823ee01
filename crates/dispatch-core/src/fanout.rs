//! Who is told of a committed fact. A pure decision; the program carries it out.

use crate::store::CaseHead;
use case::Subject;
use model::{DepartmentId, HospitalId, UnitId};
use std::collections::BTreeSet;

/// Who is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Units whose feeds carry the fact itself.
    pub units: BTreeSet<UnitId>,
    /// The department whose console reads on.
    pub department: Option<DepartmentId>,
    /// Hospitals whose boards look again: a hint, never the fact.
    pub hospitals: BTreeSet<HospitalId>,
}

/// Who is told of a fact in this stream; `head` is its case's head after the commit.
#[must_use]
pub fn told(stream: Subject, department: DepartmentId, head: Option<&CaseHead>) -> Told {
    match (stream, head) {
        (Subject::Case(_), Some(head)) => {
            Told { units: head.units.clone(), department: Some(head.department), hospitals: head.hospitals.clone() }
        }
        (Subject::Unit(unit), _) => Told { units: [unit].into(), department: Some(department), ..Told::default() },
        (Subject::Case(_) | Subject::Incident(_), _) => Told { department: Some(department), ..Told::default() },
    }
}
