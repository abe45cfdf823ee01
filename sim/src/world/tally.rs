//! What is counted of the cases: times as the product's fold measures them, enquiries, units at work.

use super::demand::{CardFate, PlaceKind};
use super::geography::{Geography, PREFECTURES};
use super::hospital::HospitalState;
use super::state::Case;
use crate::engine::{Ticks, stats::TimeAverage, stats::Welford};
use case::CaseView;
use model::{Stage, Timestamp};

/// Enquiries that are told apart; more count as this many. The published tables end here too.
pub const MOST_ENQUIRIES: usize = 15;
/// 搬送困難: so many enquiries, and so many minutes on scene.
const DIFFICULT: (usize, f64) = (4, 30.0);

/// A stretch of a run, from one stage to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stretch {
    /// 入電→現着, of every dispatch.
    Arrival,
    /// 現着→接触.
    Contact,
    /// 接触→車内収容.
    IntoVehicle,
    /// 車内収容→現発.
    InVehicle,
    /// 現発→病着.
    Drive,
    /// 病着→引継.
    Handover,
    /// 現着→現発.
    OnScene,
    /// 入電→引継 (病院収容所要時間).
    Whole,
}

impl Stretch {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Arrival,
        Self::Contact,
        Self::IntoVehicle,
        Self::InVehicle,
        Self::Drive,
        Self::Handover,
        Self::OnScene,
        Self::Whole,
    ];
    /// Its published name.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Arrival => "入電→現着",
            Self::Contact => "現着→接触",
            Self::IntoVehicle => "接触→車内収容",
            Self::InVehicle => "車内収容→現発",
            Self::Drive => "現発→病着",
            Self::Handover => "病着→引継",
            Self::OnScene => "現着→現発",
            Self::Whole => "入電→引継",
        }
    }
    /// The same in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Arrival => "call to arrival",
            Self::Contact => "arrival to patient",
            Self::IntoVehicle => "patient to vehicle",
            Self::InVehicle => "in vehicle to departure",
            Self::Drive => "departure to hospital",
            Self::Handover => "hospital to handover",
            Self::OnScene => "on scene",
            Self::Whole => "call to handover",
        }
    }
    const fn ends(self) -> (Stage, Stage) {
        match self {
            Self::Arrival => (Stage::CallReceived, Stage::OnScene),
            Self::Contact => (Stage::OnScene, Stage::AtPatient),
            Self::IntoVehicle => (Stage::AtPatient, Stage::InVehicle),
            Self::InVehicle => (Stage::InVehicle, Stage::LeftScene),
            Self::Drive => (Stage::LeftScene, Stage::AtDestination),
            Self::Handover => (Stage::AtDestination, Stage::TransferOfCare),
            Self::OnScene => (Stage::OnScene, Stage::LeftScene),
            Self::Whole => (Stage::CallReceived, Stage::TransferOfCare),
        }
    }
}

/// Sizes of departments in the published table of stages, people: at least so many.
pub const SIZES: [u32; 5] = [700_000, 300_000, 100_000, 50_000, 0];

/// How often which number of enquiries was needed; the first is one enquiry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enquiries(pub [u64; MOST_ENQUIRIES]);

impl Enquiries {
    fn push(&mut self, enquiries: usize) {
        if let Some(count) = enquiries.checked_sub(1).and_then(|i| self.0.get_mut(i.min(MOST_ENQUIRIES - 1))) {
            *count += 1;
        }
    }
    /// Cases in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
    /// Share of cases with at least so many.
    #[must_use]
    pub fn share_from(&self, least: usize) -> f64 {
        let many: u64 = self.0.iter().skip(least.saturating_sub(1)).sum();
        ratio(many, self.total())
    }
    /// Share accepted at the k-th enquiry of those who came so far, k from 1.
    #[must_use]
    pub fn accepted_at(&self, k: usize) -> f64 {
        let left: u64 = self.0.iter().skip(k.saturating_sub(1)).sum();
        ratio(self.0.get(k.saturating_sub(1)).copied().unwrap_or(0), left)
    }
    /// Mean number.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let sum: u64 = self.0.iter().zip(1_u64..).map(|(n, k)| n * k).sum();
        ratio(sum, self.total())
    }
    /// Adds another.
    pub fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a += b);
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of cases")]
fn ratio(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}

/// One prefecture's figures.
#[derive(Clone, Debug, Default)]
pub struct OfPrefecture {
    /// Calls.
    pub calls: u64,
    /// Transports.
    pub transports: u64,
    /// Minutes from the call to the arrival.
    pub arrival: Welford,
    /// Minutes from the call to the handover.
    pub whole: Welford,
    /// Minutes on scene.
    pub on_scene: Welford,
    /// Enquiries of serious cases without transfers.
    pub serious: Enquiries,
    /// 搬送困難.
    pub difficult: u64,
    /// Units.
    pub units: u32,
    /// Units at work, mean over time.
    pub busy_units: f64,
}

/// One municipality's figures.
#[derive(Clone, Debug, Default)]
pub struct OfMunicipality {
    /// Calls.
    pub calls: u64,
    /// Transports.
    pub transports: u64,
    /// Minutes from the call to the arrival.
    pub arrival: Welford,
    /// Minutes from the call to the handover.
    pub whole: Welford,
}

impl OfMunicipality {
    /// Adds another.
    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.transports += other.transports;
        self.arrival.merge(&other.arrival);
        self.whole.merge(&other.whole);
    }
}

/// All that is counted of one replication.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Calls in the counted time.
    pub calls: u64,
    /// Of them with a transport.
    pub transports: u64,
    /// Calls that found no unit free within reach.
    pub waited: u64,
    /// 搬送困難.
    pub difficult: u64,
    /// Cases that turned to the last resort.
    pub last_resorts: u64,
    /// Enquiries that waited for the radio.
    pub radio_waits: u64,
    /// Cases that drove to the last resort without asking, because the radio stayed away.
    pub unannounced: u64,
    /// Minutes they waited in all.
    pub radio_minutes: f64,
    /// Minutes of each stretch, in the order in which the cases ended; by [`Stretch::ALL`].
    pub stretches: Vec<Vec<f64>>,
    /// Means by size of the department ([`SIZES`]) and stretch.
    pub by_size: Vec<[Welford; 8]>,
    /// Enquiries of all transports without transfers.
    pub enquiries: Enquiries,
    /// Of serious ones.
    pub serious: Enquiries,
    /// Prefectures in the order of [`PREFECTURES`].
    pub prefectures: Vec<OfPrefecture>,
    /// In the order of [`Geography::municipalities`].
    pub municipalities: Vec<OfMunicipality>,
    /// Calls by hour of the day.
    pub hours: [u64; 24],
    /// Minutes on scene of transports with a card that was read, and of the others.
    pub on_scene_by_card: [Welford; 2],
    /// What became of the card, by [`CardFate::ALL`].
    pub cards: [u64; 7],
    /// Places, by [`PlaceKind::ALL`].
    pub places: [u64; 7],
    /// Patients accepted by hospital, in the order of the table.
    pub accepted: Vec<u32>,
    /// Units in all.
    pub units: usize,
    /// Units at work, mean over the counted time.
    pub busy: f64,
    /// Cases that never ended.
    pub open: u64,
    busy_now: TimeAverage,
}

impl Tally {
    pub(super) fn new(units: usize) -> Self {
        Self {
            calls: 0,
            transports: 0,
            waited: 0,
            difficult: 0,
            last_resorts: 0,
            radio_waits: 0,
            unannounced: 0,
            radio_minutes: 0.0,
            stretches: vec![Vec::new(); Stretch::ALL.len()],
            by_size: vec![<[Welford; 8]>::default(); SIZES.len()],
            enquiries: Enquiries::default(),
            serious: Enquiries::default(),
            prefectures: vec![OfPrefecture::default(); PREFECTURES.len()],
            municipalities: vec![OfMunicipality::default(); Geography::embedded().municipalities.len()],
            hours: [0; 24],
            on_scene_by_card: <[Welford; 2]>::default(),
            cards: [0; 7],
            places: [0; 7],
            accepted: Vec::new(),
            units,
            busy: 0.0,
            open: 0,
            busy_now: TimeAverage::new(0, 0.0),
        }
    }

    pub(super) fn busy_changed(&mut self, now: Ticks, change: f64) {
        self.busy_now.add(now, change);
    }

    pub(super) fn count_from(&mut self, now: Ticks) {
        self.busy_now.restart(now);
    }

    /// The counted time is over.
    pub(super) fn count_until(&mut self, now: Ticks) {
        self.busy = self.busy_now.mean(now);
    }

    pub(super) fn without_radio(&mut self, case: Option<&Case>, ticks: Ticks) {
        if case.is_some_and(|c| c.counted) {
            self.radio_waits += 1;
            #[expect(clippy::cast_precision_loss, reason = "hours of microseconds")]
            let minutes = ticks as f64 / 60e6;
            self.radio_minutes += minutes;
        }
    }

    pub(super) fn opened(&mut self, case: &Case) {
        self.open += 1;
        if !case.counted {
            return;
        }
        let incident = &case.incident;
        self.calls += 1;
        let count = |list: &mut [u64], i: Option<usize>| {
            if let Some(n) = i.and_then(|i| list.get_mut(i)) {
                *n += 1;
            }
        };
        count(&mut self.hours, Some(usize::from(incident.at.tokyo_hour_of_week() % 24)));
        count(&mut self.places, PlaceKind::ALL.iter().position(|p| *p == incident.found));
        if incident.transported {
            count(&mut self.cards, CardFate::ALL.iter().position(|c| *c == incident.card));
        }
        if let Some(p) = self.prefectures.get_mut(incident.prefecture) {
            p.calls += 1;
        }
        if let Some(m) = self.municipalities.get_mut(incident.municipality) {
            m.calls += 1;
        }
    }

    /// A case has ended: its times are those of the fold of its record.
    pub(super) fn closed(&mut self, case: &Case, view: &CaseView) {
        self.open -= 1;
        if !case.counted {
            return;
        }
        let incident = &case.incident;
        self.waited += u64::from(case.waited);
        self.last_resorts += u64::from(case.last_resort);
        let minutes = Stretch::ALL.map(|s| minutes_of(view, case.incident.at, s));
        let size = size_of(incident.municipality);
        for (i, found) in minutes.iter().enumerate() {
            let Some(found) = found else { continue };
            if let Some(all) = self.stretches.get_mut(i) {
                all.push(*found);
            }
            if let Some(mean) = self.by_size.get_mut(size).and_then(|s| s.get_mut(i)) {
                mean.push(*found);
            }
        }
        let [arrival, .., on_scene, whole] = minutes;
        if let Some(m) = self.municipalities.get_mut(incident.municipality) {
            arrival.into_iter().for_each(|minutes| m.arrival.push(minutes));
            whole.filter(|_| incident.transported).into_iter().for_each(|minutes| m.whole.push(minutes));
            m.transports += u64::from(incident.transported);
        }
        let Some(p) = self.prefectures.get_mut(incident.prefecture) else { return };
        arrival.into_iter().for_each(|m| p.arrival.push(m));
        if !incident.transported {
            return;
        }
        self.transports += 1;
        p.transports += 1;
        whole.into_iter().for_each(|m| p.whole.push(m));
        on_scene.into_iter().for_each(|m| p.on_scene.push(m));
        if let Some(m) = on_scene {
            let read = usize::from(incident.card != CardFate::Read);
            self.on_scene_by_card.iter_mut().skip(read).take(1).for_each(|w| w.push(m));
        }
        let asked = view.enquiries.len();
        let difficult = asked >= DIFFICULT.0 && on_scene.is_some_and(|m| m >= DIFFICULT.1);
        self.difficult += u64::from(difficult);
        p.difficult += u64::from(difficult);
        self.enquiries.push(asked);
        if incident.severity.is_serious() {
            self.serious.push(asked);
            p.serious.push(asked);
        }
    }

    pub(super) fn close(&mut self, hospitals: &[HospitalState]) {
        self.accepted = hospitals.iter().map(|h| h.accepted).collect();
    }
}

/// A stretch's minutes as the fold has them; the call itself stands in the record's first event.
fn minutes_of(view: &CaseView, call: Timestamp, stretch: Stretch) -> Option<f64> {
    let at = |stage: Stage| match stage {
        Stage::CallReceived => Some(view.stages.get(&(1, stage)).map_or(call, |s| s.at)),
        _ => view.stages.get(&(1, stage)).map(|s| s.at),
    };
    let (from, to) = stretch.ends();
    #[expect(clippy::cast_precision_loss, reason = "hours of microseconds")]
    let minutes = at(to)?.since_us(at(from)?) as f64 / 60e6;
    Some(minutes)
}

fn size_of(municipality: usize) -> usize {
    let geography = Geography::embedded();
    let department = geography.municipalities.get(municipality).and_then(|m| geography.departments.get(m.department));
    let people = department.map_or(0, |d| d.people);
    SIZES.iter().position(|least| people >= *least).unwrap_or(SIZES.len() - 1)
}
