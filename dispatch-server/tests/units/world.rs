//! A training server with two departments, a tablet and a crew member each, on ports of its own.

use case::{Body, Event, EventName, Hash, Stored, Subject, Writer};
use dispatch_core::{PrincipalKind, Role};
use dispatch_server::admin::{EnrolTablet, MadeAccount, NewPerson, add_desk, add_person, enrol, init, make_department};
use dispatch_server::{DataDir, Handle, Listen, SharedSource, start};
use hospital_selection::CapacityReport;
use model::{
    BootId, CaseId, DepartmentId, DeviceId, EventTime, LogId, Monotonic, QuestionId, SessionId, Timestamp, UnitId,
};
use pki::{DeviceBundle, EarlyData};
use quic_link::{ClientEndpoint, Connection, FrameReceiver, FrameSender, LinkError, PROTOCOLS, StreamKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tempfile::TempDir;
use wire::codec::{decode, encode};
use wire::{
    Answer, Ask, Entry, FeedItem, FeedStart, Hello, HelloReply, LogFrame, LogReply, Passcode, Question, Welcome,
};

/// Nothing in these tests takes longer.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);
pub(crate) const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
pub(crate) const HOSPITAL: &str = "R7-0806-14";

pub(crate) struct World {
    pub(crate) directory: TempDir,
    pub(crate) data: DataDir,
    pub(crate) server: Handle,
    pub(crate) crew: [MadeAccount; 2],
    pub(crate) desk: MadeAccount,
}

pub(crate) fn now() -> Timestamp {
    let since = dispatch_server::edge::system_time().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    Timestamp(i64::try_from(since.as_micros()).expect("fits"))
}

impl World {
    pub(crate) async fn new(source: SharedSource) -> Self {
        let directory = TempDir::new().expect("a directory");
        let data = DataDir::new(directory.path().join("data"));
        init(&data, true, &[]).await.expect("an installation");
        let mut crew = Vec::new();
        for n in 1..=2 {
            let name = format!("第{n}消防本部");
            make_department(&data, &name, "茨城県").await.expect("a department");
            let out = directory.path().join(format!("tablet{n}"));
            let callsign = format!("救急{n}");
            let tablet = EnrolTablet {
                department: &name,
                callsign: &callsign,
                device_name: &format!("tablet{n}"),
                out: &out,
                servers: &[],
                test_card_roots: &[],
            };
            enrol(&data, tablet).await.expect("a tablet");
            let person = NewPerson {
                department: &name,
                login: &format!("crew{n}"),
                name: "隊員",
                kind: PrincipalKind::Crew,
                roles: [Role::Crew].into(),
            };
            crew.push(add_person(&data, person).await.expect("a crew member"));
        }
        let desk = add_desk(&data, HOSPITAL, "desk", None).await.expect("a desk");
        let listen = Listen { quic: LOCAL, https: LOCAL };
        let server = start(data.clone(), listen, source).await.expect("a server");
        Self { directory, data, server, crew: crew.try_into().ok().expect("two"), desk }
    }

    /// The server stops and starts again on the same data.
    pub(crate) async fn restarted(self, source: SharedSource) -> Self {
        let Self { directory, data, server, crew, desk } = self;
        server.stop().await;
        let server = start(data.clone(), Listen { quic: LOCAL, https: LOCAL }, source).await.expect("starts again");
        Self { directory, data, server, crew, desk }
    }

    pub(crate) fn bundle(&self, n: usize) -> DeviceBundle {
        DeviceBundle::load(&self.directory.path().join(format!("tablet{n}"))).expect("a bundle")
    }

    pub(crate) async fn dial(&self, bundle: &DeviceBundle) -> Result<Connection, LinkError> {
        let tls = pki::quic_client_config(bundle, PROTOCOLS, EarlyData::Off).expect("a configuration");
        let endpoint = ClientEndpoint::new(tls, LOCAL).expect("an endpoint");
        endpoint.connect(self.server.quic_addr, "localhost", DEADLINE).await
    }

    pub(crate) async fn tablet(&self, n: usize) -> Tablet {
        let bundle = self.bundle(n);
        let link = self.dial(&bundle).await.expect("a connection");
        match hello(&link, true).await.expect("an answer") {
            (HelloReply::Welcome(welcome), control) => Tablet { link, welcome, _control: control, logs: None },
            (HelloReply::Refused { code }, _) => panic!("refused: {code:?}"),
        }
    }
}

pub(crate) type Stream = (FrameSender, FrameReceiver);

pub(crate) async fn hello(link: &Connection, training: bool) -> Option<(HelloReply, Stream)> {
    let (mut send, mut receive) = link.open(StreamKind::Control, 0).await.ok()?;
    let hello = Hello { versions: vec![1], program: "test".into(), training, sent_at: now(), session: None };
    send.send(&encode(&hello).expect("encodes")).await.ok()?;
    let frame = tokio::time::timeout(DEADLINE, receive.recv()).await.expect("in time").ok()??;
    Some((decode(&frame).expect("a reply"), (send, receive)))
}

pub(crate) struct Tablet {
    pub(crate) link: Connection,
    pub(crate) welcome: Welcome,
    _control: Stream,
    logs: Option<Stream>,
}

impl Tablet {
    /// Sends a frame and takes in replies until one that ends it.
    pub(crate) async fn log(&mut self, frame: LogFrame) -> Vec<LogReply> {
        if self.logs.is_none() {
            self.logs = Some(self.link.open(StreamKind::Log, 0).await.expect("a stream"));
        }
        let (send, receive) = self.logs.as_mut().expect("open");
        send.send(&encode(&frame).expect("encodes")).await.expect("sent");
        let mut replies = Vec::new();
        loop {
            let frame = tokio::time::timeout(DEADLINE, receive.recv()).await.expect("in time");
            let reply: LogReply = decode(&frame.expect("a frame").expect("not ended")).expect("a reply");
            let last = !matches!(reply, LogReply::Quarantined { .. });
            replies.push(reply);
            if last {
                return replies;
            }
        }
    }

    pub(crate) async fn append(&mut self, entries: Vec<Stored>) -> Vec<LogReply> {
        let entry = |s: Stored| Entry { log: s.name.log, seq: s.name.seq, schema: s.schema, bytes: s.bytes };
        self.log(LogFrame::Append { entries: entries.into_iter().map(entry).collect(), before: None }).await
    }

    pub(crate) async fn ask(&self, id: QuestionId, session: Option<SessionId>, question: Question) -> Answer {
        let (mut send, mut receive) = self.link.open(StreamKind::Question, 0).await.expect("a stream");
        send.send(&encode(&Ask { id, session, question }).expect("encodes")).await.expect("sent");
        send.finish();
        let frame = tokio::time::timeout(DEADLINE, receive.recv()).await.expect("in time");
        decode(&frame.expect("a frame").expect("an answer")).expect("an answer")
    }

    pub(crate) async fn sign_in(&self, account: &MadeAccount) -> SessionId {
        let question =
            Question::SignIn { login: account.login.clone(), passcode: Passcode::new(account.passcode.to_string()) };
        match self.ask(QuestionId::from_bytes(self.welcome.device.bytes()), None, question).await {
            Answer::SignedIn(signed) => signed.session,
            Answer::Error(error) => panic!("not signed in: {}", error.code),
            _ => panic!("another answer"),
        }
    }

    pub(crate) async fn feed(&self, start: FeedStart) -> Feed {
        let (mut send, receive) = self.link.open(StreamKind::Feed, 0).await.expect("a stream");
        send.send(&encode(&start).expect("encodes")).await.expect("sent");
        send.finish();
        Feed { frames: receive, left_out: false, reports: Vec::new() }
    }

    pub(crate) fn pen(&self, log: u8, case: CaseId) -> Pen {
        Pen {
            device: self.welcome.device,
            unit: self.welcome.unit,
            department: self.welcome.department,
            case,
            next: EventName { log: LogId::from_bytes([log; 16]), seq: 1 },
            prev: Hash::NONE,
        }
    }
}

pub(crate) struct Feed {
    pub(crate) frames: FrameReceiver,
    /// The server said that it leaves older cases out.
    pub(crate) left_out: bool,
    /// What it was told of hospitals.
    pub(crate) reports: Vec<CapacityReport>,
}

impl Feed {
    /// Positions of the facts until the server has nothing more.
    pub(crate) async fn caught_up(&mut self) -> Vec<(CaseId, u64, Entry)> {
        let mut facts = Vec::new();
        loop {
            let frame = tokio::time::timeout(DEADLINE, self.frames.recv()).await.expect("in time");
            match decode::<FeedItem>(&frame.expect("a frame").expect("not ended")).expect("an item") {
                FeedItem::Fact { case, position, entry, .. } => facts.push((case, position, entry)),
                FeedItem::Capacity { reports } => self.reports.extend(reports),
                FeedItem::Notice(_) => {}
                FeedItem::CaughtUp { left_out, .. } => {
                    self.left_out = left_out;
                    return facts;
                }
            }
        }
    }
    /// The next time that there are facts.
    pub(crate) async fn next_facts(&mut self) -> Vec<(CaseId, u64, Entry)> {
        loop {
            let facts = self.caught_up().await;
            if !facts.is_empty() {
                return facts;
            }
        }
    }
}

/// Writes a log of a tablet.
pub(crate) struct Pen {
    pub(crate) device: DeviceId,
    pub(crate) unit: UnitId,
    pub(crate) department: DepartmentId,
    case: CaseId,
    next: EventName,
    prev: Hash,
}

impl Pen {
    pub(crate) fn write(&mut self, body: Body) -> Stored {
        let at = EventTime {
            utc: now(),
            mono: Monotonic { boot: BootId::from_bytes([1; 16]), us: self.next.seq },
            offset: None,
        };
        let event = Event {
            name: self.next,
            prev: self.prev,
            at,
            writer: Writer::Tablet { device: self.device, unit: self.unit, crew: None },
            department: self.department,
            subject: Subject::Case(self.case),
            training: true,
            body,
        };
        let stored = Stored::encode(&event).expect("encodes");
        self.prev = stored.hash();
        self.next.seq += 1;
        stored
    }
    pub(crate) fn last(&self) -> EventName {
        EventName { seq: self.next.seq - 1, ..self.next }
    }
}
