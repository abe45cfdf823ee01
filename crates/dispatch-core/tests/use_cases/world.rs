//! Two departments and two hospitals.

use card::TrustAnchors;
use case::{Body, EnquiryAnswer, EventName, Stored};
use dispatch_core::call::SharedClock;
use dispatch_core::contract::fixtures::{self, NOW, TabletPen, Town, opened};
use dispatch_core::memory::MemoryStore;
use dispatch_core::nonces::SECRET_BYTES;
use dispatch_core::server_log::load_case;
use dispatch_core::store::AppendOutcome;
use dispatch_core::{
    Call, CardChecks, LookUp, NonceSecret, Scope, UnitAppended, UseCaseError, answer_enquiry, append_from_unit,
};
use field_alerts::{RuleSet, RuleTable};
use model::{CivilDate, EnquiryId, HospitalId, LookupId, Sex};
use patient_history::{
    ConsentBasis, ConsentScope, Facility, HistoryQuery, HistorySnapshot, HistorySource, IdentityLevel, LookBack,
    LookupEvidence, Period, PersonOnRecord, QualificationValidity, Row, RowCode, RowSource, Section, SectionKind,
    SectionState, SourceError,
};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

pub(crate) const A: Town = Town(1);
pub(crate) const B: Town = Town(2);
pub(crate) const LOOKUP: LookupId = LookupId::from_bytes([0x10; 16]);

pub(crate) fn hospital(n: usize) -> HospitalId {
    let table = hospital_selection::HospitalTable::embedded();
    table.hospitals().get(n).map(|h| h.id).expect("a hospital")
}

pub(crate) fn enquiry(n: u8) -> EnquiryId {
    EnquiryId::from_bytes([n; 16])
}

pub(crate) struct World {
    pub(crate) store: MemoryStore,
    pub(crate) clock: SharedClock,
    pub(crate) rules: RuleSet,
    pub(crate) source: FakeSource,
    pub(crate) secret: NonceSecret,
    /// None at first: most look-ups here show no certificate that anybody signed.
    pub(crate) roots: Option<TrustAnchors>,
    seed: AtomicU64,
}

impl World {
    pub(crate) async fn new() -> Self {
        let store = MemoryStore::new();
        A.settle(&store).await.expect("settled");
        B.settle(&store).await.expect("settled");
        let rules = RuleSet::all_on(RuleTable::embedded().expect("rules"));
        let secret = NonceSecret::new([7; SECRET_BYTES].into());
        let (clock, source, seed) = (fixtures::clock(), FakeSource::default(), AtomicU64::new(0));
        Self { store, clock, rules, source, secret, roots: None, seed }
    }
    pub(crate) fn call(&self) -> Call<'_> {
        fixtures::call(&self.clock, self.seed.fetch_add(1, Ordering::Relaxed))
    }
    pub(crate) async fn append(&self, town: Town, entries: Vec<Stored>) -> UnitAppended {
        append_from_unit(&self.store, &mut self.call(), &town.tablet(), entries, None).await.expect("appended")
    }
    /// A case of the town with a standing consent; the pen goes on.
    pub(crate) async fn consented(&self, town: Town, log: u8) -> (TabletPen, EventName) {
        let mut pen = TabletPen::new(town, log);
        let batch = vec![pen.write(opened(1)), pen.write(Body::ConsentRecorded { basis: basis() })];
        assert_eq!(self.append(town, batch).await.outcome, AppendOutcome::Durable { through: 2 });
        let consent = EventName { log: pen.log(), seq: 2 };
        (pen, consent)
    }
    pub(crate) async fn look_up(&self, town: Town, question: LookUp) -> Result<(), UseCaseError> {
        self.look_up_as(&town.crew_member(), question).await
    }
    pub(crate) async fn look_up_as(
        &self,
        principal: &dispatch_core::Principal,
        question: LookUp,
    ) -> Result<(), UseCaseError> {
        let mut call = self.call();
        let Self { store, source, rules, secret, roots, .. } = self;
        let checks = CardChecks { secret, roots: roots.as_ref() };
        dispatch_core::look_up_history(store, source, rules, checks, &mut call, principal, question).await.map(drop)
    }
    pub(crate) async fn answer(&self, n: u8, hospital: HospitalId, said: EnquiryAnswer) -> Result<(), UseCaseError> {
        answer_enquiry(&self.store, &mut self.call(), &fixtures::desk(hospital), enquiry(n), said).await
    }
    pub(crate) async fn view(&self, town: Town) -> case::CaseView {
        load_case(&self.store, Scope::Installation, town.case()).await.expect("the case").view
    }
}

pub(crate) fn basis() -> ConsentBasis {
    ConsentBasis::Spoken { scope: ConsentScope::All, told_to_hospitals: true }
}

pub(crate) fn question(town: Town, consent: EventName) -> LookUp {
    LookUp {
        case: town.case(),
        lookup: LOOKUP,
        consent,
        basis: basis(),
        evidence: LookupEvidence { level: IdentityLevel::Visual, certificate: vec![1], signed: None, attributes: None },
        period: Period::Summary,
    }
}

pub(crate) fn sent(n: u8, hospital: HospitalId) -> Body {
    Body::EnquirySent {
        enquiry: enquiry(n),
        hospital,
        lookup: Some(LOOKUP),
        needs: Vec::new(),
        tell_alerts: true,
        batch: 1,
        by_telephone: false,
        eta_tenths: Some(105),
        override_reason: None,
    }
}

/// One dispensing of an anticoagulant.
fn warfarin() -> SectionState {
    let row = Row {
        date: CivilDate::new(2026, 10, 30).expect("a date"),
        code: RowCode::Yj("3332001F1032".into()),
        name: "ワルファリンＫ錠１ｍｇ".into(),
        days_supplied: Some(60),
        quantity: None,
        source: RowSource::Claims,
        facility: None,
        sensitive: false,
    };
    SectionState::Records { rows: vec![row], look_back: LookBack::Months(3), complete_up_to: None }
}

/// One operation on coronary vessels.
fn stent(facility: &str) -> SectionState {
    let row = Row {
        date: CivilDate::new(2025, 6, 12).expect("a date"),
        code: RowCode::Procedure("K549".into()),
        name: "経皮的冠動脈ステント留置術".into(),
        days_supplied: None,
        quantity: None,
        source: RowSource::Claims,
        facility: Some(Facility { name: facility.into(), institution_code: None }),
        sensitive: false,
    };
    SectionState::Records { rows: vec![row], look_back: LookBack::Years(5), complete_up_to: None }
}

/// Counts, and answers with one medicine or a failure.
#[derive(Default)]
pub(crate) struct FakeSource {
    asked: AtomicUsize,
    failing: AtomicUsize,
    /// Where a stent was placed; unset = no operation is recorded.
    pub(crate) stent_at: OnceLock<String>,
}

impl FakeSource {
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
    pub(crate) fn fail_next(&self) {
        self.failing.store(1, Ordering::SeqCst);
    }
}

impl HistorySource for FakeSource {
    async fn fetch(&self, query: HistoryQuery) -> Result<HistorySnapshot, SourceError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.failing.swap(0, Ordering::SeqCst) > 0 {
            return Err(SourceError::Unreachable);
        }
        Ok(HistorySnapshot {
            lookup: query.lookup,
            fetched_at: NOW,
            person: PersonOnRecord {
                name: "訓練".into(),
                kana: "クンレン".into(),
                birth_date: CivilDate::new(1948, 3, 8).expect("a date"),
                sex: Sex::Female,
            },
            validity: QualificationValidity::Valid,
            period: query.period,
            sections: [Section { kind: SectionKind::Medications, state: warfarin() }]
                .into_iter()
                .chain(self.stent_at.get().map(|name| Section { kind: SectionKind::Surgeries, state: stent(name) }))
                .collect(),
            notices: Vec::new(),
        })
    }
}
