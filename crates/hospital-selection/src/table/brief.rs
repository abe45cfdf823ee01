//! A hospital in brief: what the search asks of thousands, small enough to be read in passing.

use super::{Hospital, Standing};
use crate::params;
use model::{Capability, HospitalId};
use travel_time::Land;

/// Capabilities as bits, in the order of [`Capability::ALL`].
pub(crate) type Bits = u64;

const _: () = assert!(Capability::ALL.len() <= 64, "a bit for each capability");

/// The bit of a capability.
pub(crate) const fn bit(capability: Capability) -> Bits {
    1 << capability as u32
}

/// Classes of [`params::BASE_BY_VOLUME`], and unknown as the last.
pub(crate) const VOLUME_CLASSES: usize = params::BASE_BY_VOLUME.len() + 1;

/// What the table alone says of a hospital.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Brief {
    /// Its place in the table.
    pub(crate) index: u32,
    pub(crate) id: HospitalId,
    /// Where it stands, as a unit vector.
    pub(crate) point: [f64; 3],
    /// Confirmed or filed.
    pub(crate) has: Bits,
    pub(crate) derived: Bits,
    pub(crate) absent: Bits,
    /// Less than [`VOLUME_CLASSES`].
    pub(crate) volume: u8,
    pub(crate) tertiary: bool,
    pub(crate) large: bool,
    pub(crate) children_only: bool,
    pub(crate) land: Land,
    /// An edition of 実施基準 speaks of it, so that the table's word is not the last.
    pub(crate) named: bool,
}

impl Brief {
    pub(super) fn new(index: u32, hospital: &Hospital, point: [f64; 3]) -> Self {
        let standing = |wanted: fn(&Standing) -> bool| {
            let so = |c: &&Capability| hospital.standing(**c).is_some_and(wanted);
            Capability::ALL.iter().filter(so).fold(0, |bits, c| bits | bit(*c))
        };
        Self {
            index,
            id: hospital.id,
            point,
            has: standing(Standing::satisfies),
            derived: standing(|s| matches!(s, Standing::Derived(_))),
            absent: standing(|s| *s == Standing::Absent),
            volume: volume_class(hospital.ambulance_accepted),
            tertiary: hospital.tertiary,
            large: hospital.is_large(),
            children_only: hospital.children_only,
            land: hospital.land,
            named: false,
        }
    }
}

fn volume_class(ambulance_accepted: Option<u32>) -> u8 {
    let class = ambulance_accepted.and_then(|n| params::BASE_BY_VOLUME.iter().position(|(from, _)| n >= *from));
    u8::try_from(class.unwrap_or(params::BASE_BY_VOLUME.len())).unwrap_or(u8::MAX)
}

/// Share of enquiries accepted when nothing was reported, of a class of volume.
pub(crate) fn base_of_class(class: usize) -> f64 {
    params::BASE_BY_VOLUME.get(class).map_or(params::BASE_UNKNOWN, |(_, p)| *p)
}
