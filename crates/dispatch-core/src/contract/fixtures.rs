//! Small worlds for tests: two departments with a unit and a tablet each, and pens that write their logs.

use crate::call::{Call, SharedClock};
use crate::principal::{Principal, PrincipalKind, Role, Scope, TabletOf, Who};
use crate::store::{Account, Content, Department, Device, Directory, NewEntry, StoreError, Unit};
use case::{Body, Event, EventName, Hash, Stored, Subject, Writer};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use model::{
    BootId, CaseId, CrewId, DepartmentId, DeviceId, EventTime, HospitalId, IdSource, IncidentId, LogId, Monotonic,
    RngStreams, SessionId, Timestamp, UnitId,
};

/// 2026-11-20 09:00 in Japan.
pub const NOW: Timestamp = Timestamp(1_795_132_800_000_000);

/// Runs a future that never waits for anything (a store in memory).
///
/// # Panics
/// When the future waits.
pub fn block_on_ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a store in memory never waits"),
    }
}

/// A clock at [`NOW`].
#[must_use]
pub const fn clock() -> SharedClock {
    SharedClock::new(NOW)
}

/// A training call whose ids are named by `seed`: one seed per call keeps them apart.
#[must_use]
pub fn call(clock: &SharedClock, seed: u64) -> Call<'_> {
    Call::new(clock, IdSource::new(RngStreams::from_u64(seed).stream("test")), true)
}

/// A department with one unit, one tablet, one crew member and one dispatcher, all made of one byte.
#[derive(Clone, Copy, Debug)]
pub struct Town(pub u8);

impl Town {
    fn id(self, kind: u8) -> [u8; 16] {
        let mut bytes = [self.0; 16];
        bytes[0] = kind;
        bytes
    }
    /// Its department.
    #[must_use]
    pub fn department(self) -> DepartmentId {
        DepartmentId::from_bytes(self.id(1))
    }
    /// Its unit.
    #[must_use]
    pub fn unit(self) -> UnitId {
        UnitId::from_bytes(self.id(2))
    }
    /// Its tablet.
    #[must_use]
    pub fn device(self) -> DeviceId {
        DeviceId::from_bytes(self.id(3))
    }
    /// Its crew member.
    #[must_use]
    pub fn crew(self) -> CrewId {
        CrewId::from_bytes(self.id(4))
    }
    /// Its dispatcher.
    #[must_use]
    pub fn dispatcher_id(self) -> CrewId {
        CrewId::from_bytes(self.id(5))
    }
    /// A case of it.
    #[must_use]
    pub fn case(self) -> CaseId {
        CaseId::from_bytes(self.id(6))
    }
    /// Its tablet as a principal.
    #[must_use]
    pub fn tablet(self) -> Principal {
        Principal {
            who: Who::Device(self.device()),
            kind: PrincipalKind::Device,
            scope: Scope::Department(self.department()),
            roles: [].into(),
            tablet: Some(TabletOf { device: self.device(), unit: self.unit() }),
            session: None,
        }
    }
    /// Its crew member, signed in on the tablet.
    #[must_use]
    pub fn crew_member(self) -> Principal {
        Principal {
            who: Who::Person(self.crew()),
            kind: PrincipalKind::Crew,
            roles: [Role::Crew].into(),
            session: Some(SessionId::from_bytes(self.id(7))),
            ..self.tablet()
        }
    }
    /// Its dispatcher.
    #[must_use]
    pub fn dispatcher(self) -> Principal {
        Principal {
            who: Who::Person(self.dispatcher_id()),
            kind: PrincipalKind::Dispatcher,
            scope: Scope::Department(self.department()),
            roles: [Role::Dispatcher].into(),
            tablet: None,
            session: Some(SessionId::from_bytes(self.id(8))),
        }
    }
    /// Its crew member's account; the "hash" is the passcode itself, see [`PlainVerifier`].
    #[must_use]
    pub fn crew_account(self) -> Account {
        Account {
            id: self.crew(),
            login: format!("crew{}", self.0),
            name: format!("隊員{}", self.0),
            kind: PrincipalKind::Crew,
            scope: Scope::Department(self.department()),
            roles: [Role::Crew].into(),
            secret: "right".into(),
            one_time: false,
            disabled: false,
            locked_until: None,
        }
    }
    /// Puts it into a directory.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn settle(self, store: &impl Directory) -> Result<(), StoreError> {
        let (department, n) = (self.department(), self.0);
        store
            .add_department(Department {
                id: department, name: format!("第{n}消防本部"), pref: "東京都".into()
            })
            .await?;
        store.add_unit(Unit { id: self.unit(), department, callsign: format!("救急{n}") }).await?;
        let device = Device {
            id: self.device(),
            unit: self.unit(),
            department,
            name: format!("tablet-{n}"),
            fingerprint: "00".repeat(32),
            enrolled_at: NOW,
            revoked_at: None,
        };
        store.enrol(device).await?;
        store.add_account(self.crew_account()).await
    }
}

/// A hospital made of one byte, and its desk.
#[must_use]
pub fn desk(hospital: HospitalId) -> Principal {
    Principal {
        who: Who::Person(CrewId::from_bytes(hospital.bytes())),
        kind: PrincipalKind::Desk,
        scope: Scope::Hospital(hospital),
        roles: [Role::HospitalDesk].into(),
        tablet: None,
        session: Some(SessionId::from_bytes(hospital.bytes())),
    }
}

/// Compares passcodes as they are; for tests only.
#[derive(Clone, Copy, Debug)]
pub struct PlainVerifier;

impl crate::sign_in::PasscodeVerifier for PlainVerifier {
    fn verify(&self, hash: Option<&str>, passcode: &str) -> impl Future<Output = bool> + Send {
        core::future::ready(hash == Some(passcode))
    }
}

/// Writes one log of a tablet.
#[derive(Clone, Debug)]
pub struct TabletPen {
    town: Town,
    subject: Subject,
    next: EventName,
    prev: Hash,
    at: Timestamp,
    department: DepartmentId,
}

impl TabletPen {
    /// A new log about the town's case.
    #[must_use]
    pub fn new(town: Town, log: u8) -> Self {
        let log = LogId::from_bytes([log; 16]);
        let subject = Subject::Case(town.case());
        let department = town.department();
        Self { town, subject, next: EventName { log, seq: 1 }, prev: Hash::NONE, at: NOW, department }
    }
    /// About something else.
    #[must_use]
    pub const fn about(self, subject: Subject) -> Self {
        Self { subject, ..self }
    }
    /// In a log with another name.
    #[must_use]
    pub const fn in_log(self, log: LogId) -> Self {
        Self { next: EventName { log, seq: self.next.seq }, ..self }
    }
    /// For another department, as a relief unit.
    #[must_use]
    pub const fn for_department(self, department: DepartmentId) -> Self {
        Self { department, ..self }
    }
    /// From this time on.
    #[must_use]
    pub const fn at(self, at: Timestamp) -> Self {
        Self { at, ..self }
    }
    /// The log's name.
    #[must_use]
    pub const fn log(&self) -> LogId {
        self.next.log
    }
    /// The event that the next call of [`TabletPen::write`] makes of a body, for spoiling it.
    #[must_use]
    pub fn event(&self, body: Body) -> Event {
        let mono = Monotonic { boot: BootId::from_bytes([3; 16]), us: self.next.seq };
        Event {
            name: self.next,
            prev: self.prev,
            at: EventTime { utc: self.at, mono, offset: None },
            writer: Writer::Tablet { device: self.town.device(), unit: self.town.unit(), crew: None },
            department: self.department,
            subject: self.subject,
            training: true,
            body,
        }
    }
    /// The next entry of the log, one second later.
    ///
    /// # Panics
    /// When the body cannot be stored.
    pub fn write(&mut self, body: Body) -> Stored {
        let event = self.event(body);
        let stored = Stored::encode(&event).unwrap_or_else(|error| panic!("a fixture's event: {error}"));
        self.prev = stored.hash();
        self.next.seq += 1;
        self.at = self.at.plus_us(1_000_000);
        stored
    }
    /// The same as an accepted entry.
    ///
    /// # Panics
    /// As [`TabletPen::write`].
    pub fn fact(&mut self, body: Body) -> NewEntry {
        let event = self.event(body.clone());
        NewEntry { stored: self.write(body), content: Content::Fact(Box::new(event)) }
    }
}

/// The first fact of a case.
#[must_use]
pub fn opened(incident: u8) -> Body {
    Body::CaseOpened {
        incident: IncidentId::from_bytes([incident; 16]),
        patient_no: 1,
        call_received_at: None,
        scene: None,
        place: None,
        call_text: None,
    }
}
